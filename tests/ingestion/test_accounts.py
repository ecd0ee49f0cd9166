"""`pos_accounts.csv`: what it says, and a message for each thing that can be wrong in it."""

from __future__ import annotations

import os

import pytest

from ingestion import accounts
from ingestion.accounts import PROJECT_DIR, AccountError, read_accounts, switched_on_sources
from ingestion.env_file import read_env_file
from ingestion.redact import hide_secrets

GOOD = {"account_id": "main", "path": "data/main"}


def edit(seeds, old: str, new: str) -> None:
    path = seeds / "pos_accounts.csv"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def message() -> str:
    with pytest.raises(AccountError) as error:
        read_accounts()
    return str(error.value)


def test_the_accounts_of_the_project_are_good():
    assert [account.account_id for account in read_accounts()]


def test_values_are_read(shop):
    shop(GOOD | {"location_name": "Old Port", "paused": "TRUE"}, GOOD | {"account_id": "two"})
    main, two = read_accounts()
    assert (main.location_name, main.is_paused, two.is_paused) == ("Old Port", True, False)
    assert main.folder == PROJECT_DIR / "data" / "main"


@pytest.mark.parametrize(
    ("field", "value", "mend"),
    [
        ("account_id", "Main Shop", "lower-case letters, digits and _"),
        ("account_id", "", "lower-case letters, digits and _"),
        ("account_id", "a|b", "lower-case letters, digits and _"),
        ("account_id", " main", "Take away the spaces"),
        ("business_id", "", "Name the business"),
        ("business_id", "shop ", "Take away the spaces"),
        ("location_name", " Old Port", "Take away the spaces"),
        ("source", "lightspeed", "no such source; there are files, lightspeed_k, lightspeed_x"),
        ("time_zone", "PST8", "IANA name such as America/Vancouver"),
        ("time_zone", "../etc/passwd", "IANA name such as America/Vancouver"),
        ("day_cutoff", "25:00", "HH:MM"),
        ("day_cutoff", "4am", "HH:MM"),
        ("currency", "CA$", "ISO code that seeds/reference/currencies.csv lists"),
        ("transport", "ftp", "api, files or sftp"),
        ("path", "", "the folder that holds"),
        ("paused", "maybe", "true or false"),
        ("active_from", "01/02/2021", "YYYY-MM-DD"),
        ("active_to", "2021-02-30", "YYYY-MM-DD"),
        ("active_to", "20210101", "YYYY-MM-DD"),
    ],
)
def test_a_bad_value_is_named_with_its_line_and_what_to_do(shop, field, value, mend):
    shop(GOOD | {"account_id": "other"}, GOOD | {field: value})
    found = message()
    assert "pos_accounts.csv line 3" in found
    assert f"{field} is {value!r}" in found
    assert mend in found


def test_an_api_needs_an_address(shop):
    shop(GOOD | {"transport": "api"})
    assert "https://" in message()


def test_an_account_id_is_used_once(shop):
    shop(GOOD, GOOD)
    assert "line 3: account_id is 'main'. Another line has it" in message()


def test_a_source_that_is_off_names_the_line_to_write(shop, monkeypatch):
    monkeypatch.setattr(accounts, "switched_on_sources", lambda: ["lightspeed_x"])
    shop(GOOD | {"source": "files"})
    assert "`pos_sources: [lightspeed_x, files]`" in message()


def test_missing_columns_are_named(shop):
    seeds = shop(GOOD)
    edit(seeds, "time_zone,day_cutoff", "timezone,cutoff")
    assert "missing column time_zone, day_cutoff." in message()


def test_semicolons_are_recognised(shop):
    seeds = shop(GOOD)
    edit(seeds, ",", ";")
    assert "save it with commas" in message()


def test_a_line_that_is_too_short_or_too_long(shop):
    seeds = shop(GOOD)
    edit(seeds, ",false", "")
    assert "line 2: needs 14 values" in message()
    seeds = shop(GOOD)
    edit(seeds, ",false", ",false,,")
    assert "line 2: needs 14 values" in message()


def test_a_file_that_is_not_utf8(shop):
    seeds = shop(GOOD | {"location_name": "Cafe"})
    path = seeds / "pos_accounts.csv"
    path.write_bytes(path.read_bytes().replace(b"Cafe", "Café".encode("cp1252")))
    assert "is not UTF-8. Save it as CSV UTF-8" in message()


def test_a_file_that_is_missing_or_a_folder(shop):
    path = shop(GOOD) / "pos_accounts.csv"
    path.unlink()
    assert "missing" in message()
    path.mkdir()
    assert "cannot be read" in message()


def test_what_excel_writes_is_read(shop):
    seeds = shop(GOOD | {"till_name": '"Till, ""old"""', "location_name": '"High\nStreet"'})
    path = seeds / "pos_accounts.csv"
    text = path.read_text(encoding="utf-8") + "\n"
    path.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    (account,) = read_accounts()
    assert (account.till_name, account.location_name) == ('Till, "old"', "High\nStreet")


def test_lines_are_counted_over_a_quoted_line_break(shop):
    shop(GOOD | {"location_name": '"High\nStreet"'}, GOOD | {"account_id": "two", "currency": "?"})
    assert "line 4: currency" in message()


def test_an_open_quotation_mark(shop):
    shop(GOOD | {"till_name": '"Till'})
    assert "quotation mark" in message()


def test_a_separator_of_another_alphabet_does_not_break_a_line(shop):
    shop(GOOD | {"location_name": "Old\u2028Port"})
    assert read_accounts()[0].location_name == "Old\u2028Port"


def test_currencies_that_are_missing(shop):
    (shop(GOOD) / "reference" / "currencies.csv").unlink()
    assert "currencies.csv: missing" in message()


@pytest.mark.parametrize("text", ["vars: {}\n", "vars: {pos_sources: files}\n", "a: [\n", ""])
def test_a_project_without_its_list_of_sources(tmp_path, monkeypatch, text):
    (tmp_path / "dbt_project.yml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(accounts, "PROJECT_DIR", tmp_path)
    with pytest.raises(AccountError, match=r"dbt_project.yml: needs `vars: pos_sources"):
        switched_on_sources()


def test_a_secret_that_is_not_set_names_its_variable(shop, monkeypatch):
    shop(GOOD)
    (account,) = read_accounts()
    with pytest.raises(AccountError, match="Set TILLHOUSE_MAIN_TOKEN in the environment or .env"):
        account.secret("token")
    monkeypatch.setenv("TILLHOUSE_MAIN_TOKEN", "s3cret-value")
    assert account.secret("token") == "s3cret-value"
    assert hide_secrets("401 for s3cret-value") == "401 for ***"


def test_env_file_yields_to_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("TILLHOUSE_A", "from the environment")
    for name in ("TILLHOUSE_B", "TILLHOUSE_C"):
        monkeypatch.delenv(name, raising=False)
    path = tmp_path / ".env"
    lines = [
        "# a comment",
        "TILLHOUSE_A=1",
        "export TILLHOUSE_B='two words'",
        "TILLHOUSE_C=a=b",
        "?",
    ]
    path.write_text("\r\n".join(lines), encoding="utf-8-sig")
    read_env_file(path)
    assert os.environ["TILLHOUSE_A"] == "from the environment"
    assert os.environ.pop("TILLHOUSE_B") == "two words"
    assert os.environ.pop("TILLHOUSE_C") == "a=b"
    read_env_file(tmp_path / "none")
