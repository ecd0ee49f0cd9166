"""No token, secret or customer's detail in anything that is printed or noted of a load.

Marker secrets and a marker customer go through every command, with every way of failing; then
all output, every file and every table is searched for them.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ingestion import cli, http
from ingestion.accounts import PROJECT_DIR
from ingestion.connect import auth
from ingestion.fakes.lightspeed_x import FakeLightspeedX
from ingestion.fakes.sign_in import FakeSignIn
from ingestion.redact import hide_secrets, remember_secret
from tests.ingestion.connect_till import Person, free_port, settings
from tests.ingestion.lightspeed_x_shop import small_shop
from tests.secrets_told import MARKER

CUSTOMER = "Persephone"
ENTITIES = ("customers", "sales", "outlets")
ONLY = [word for entity in ENTITIES for word in ("--entity", entity)]


@pytest.fixture
def till(tmp_path, monkeypatch, shop):
    """A till whose every secret holds MARKER, the environment set, and one customer to hide."""
    records = small_shop()
    for customer in records["customers"]:
        customer |= {"name": CUSTOMER, "email": f"{CUSTOMER}@example.com", "phone": "604 555 0123"}
    sign_in = FakeSignIn("lightspeed_x")
    monkeypatch.setattr(auth, "FRESH_SECONDS", 0.0)
    patience = http.Patience(attempts=2, sleep=lambda _: None)
    monkeypatch.setattr(http, "PATIENCE", patience)
    for name, value in settings(sign_in, tmp_path / "connections").items():
        monkeypatch.setenv(name, value)
    with FakeLightspeedX(records, sign_in=sign_in) as fake:
        shop({"account_id": "shop", "transport": "api", "path": fake.url})
        yield fake


def quote_all(till: FakeLightspeedX, monkeypatch) -> None:
    """From now on the till answers with a body that quotes the request and a customer."""

    def body(path: str, query: dict, fault: str) -> str:
        token = next(iter(till.sign_in._access))
        quoted = {"error": f"Bearer {token} may not read {CUSTOMER}@example.com"}
        return json.dumps(quoted | {"customer": {"name": CUSTOMER}})

    monkeypatch.setattr(till, "body", body)


def connect(till: FakeLightspeedX, monkeypatch) -> None:
    """`connect`, with a person who reads what it prints."""
    person = Person()
    monkeypatch.setattr(cli, "_say", lambda text, style=None: (person.say(text), print(text)))
    uri = f"http://127.0.0.1:{free_port()}/callback"
    assert cli.main(["connect", "--account", "shop", "--no-browser", "--redirect-uri", uri]) == 0
    person.finish()


def every_value(warehouse) -> dict[str, str]:
    """Table -> all that stands in it, as text."""
    found = {}
    with warehouse.connect() as db:
        tables = db.fetch(
            "select table_schema as s, table_name as t from information_schema.tables"
            " where table_schema not in ('pg_catalog', 'information_schema')"
        )
        for row in tables:
            place = f"{row['s']}.{row['t']}"
            found[place] = repr(db.fetch(f"select * from {place}"))
    return found


def test_nothing_shows_a_secret_or_a_customer(till, warehouse, capfd, monkeypatch, tmp_path):
    target = ["--target", warehouse.target]
    monkeypatch.setenv("TILLHOUSE_TARGET", warehouse.target)
    connect(till, monkeypatch)
    assert cli.main([*target, "load", *ONLY]) == 0
    cli.main([*target, "verify", "--account", "shop"])
    assert_no_file_holds(tmp_path, MARKER)  # while there are tokens to hide
    for fault in ("401", "403", "404", "500", "html", "cut", "disconnect"):
        till.plan("sales", *[fault] * 3)
        cli.main([*target, "load", "--entity", "sales"])
    till.plan("sales")
    cli.main([*target, "status"])
    till.sign_in.end_access()
    till.sign_in.plan("500")
    assert cli.main([*target, "load", "--entity", "sales"]) == 1
    quote_all(till, monkeypatch)
    assert cli.main([*target, "load", *ONLY]) == 1
    cli.main([*target, "verify", "--account", "shop"])
    till.sign_in.end_grant()
    assert cli.main([*target, "load", *ONLY]) == 1
    cli.main([*target, "status"])

    said = capfd.readouterr()
    outputs = {"stdout": said.out, "stderr": said.err}
    assert "disconnected" in said.out
    tables = every_value(warehouse)
    assert CUSTOMER in tables["raw_lightspeed_x.customers"], "the till's record is kept whole"
    ours = {name: text for name, text in tables.items() if name.startswith("raw_tillhouse.")}
    assert "disconnected" in ours["raw_tillhouse.sync_runs"]
    for place, text in (outputs | ours).items():
        assert CUSTOMER not in text, place
        assert "555 0123" not in text, place
    for place, text in (outputs | tables).items():
        assert MARKER not in text, place
        assert os.environ["TILLHOUSE_SECRET_KEY"] not in text, place
    assert_no_file_holds(tmp_path, MARKER)
    assert_no_file_holds(warehouse.work_folder, MARKER)


def assert_no_file_holds(folder: Path, mark: str) -> None:
    """Look into every file, as bytes."""
    for file in folder.rglob("*"):
        if file.is_file():
            assert mark.encode() not in file.read_bytes(), file


def test_a_traceback_shows_no_secret(tmp_path):
    code = (
        "from ingestion.env_file import read_env_file\n"
        "from ingestion.redact import remember_secret\n"
        "read_env_file()\n"
        "remember_secret('m4rk3r-access')\n"
        "print('the token is m4rk3r-access')\n"
        "raise RuntimeError('Authorization: Bearer m4rk3r-access and m4rk3r-password')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=PROJECT_DIR,
        env=os.environ | {"TILLHOUSE_PG_PASSWORD": "m4rk3r-password"},
        capture_output=True,
        text=True,
    )
    assert done.stdout == "the token is ***\n"
    assert "RuntimeError: Authorization: Bearer *** and ***" in done.stderr
    shown = [line for line in done.stderr.splitlines() if "raise" not in line]
    assert MARKER not in "\n".join(shown)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Authorization: Bearer abcdef123456.xyz", "Authorization: Bearer ***"),
        ("GET /callback?code=abcdef123&state=1", "GET /callback?code=***&state=1"),
        ("refresh_token=abcdef123456", "refresh_token=***"),
        ('{"access_token": "abcdef123", "a": 1}', '{"access_token": "***", "a": 1}'),
        ("{'accessToken': 'abcdef123'}", "{'accessToken': '***'}"),
        ("code=ok, the bearer of news", "code=ok, the bearer of news"),
    ],
)
def test_what_looks_like_a_secret_is_hidden_even_when_unknown(text, shown):
    assert hide_secrets(text) == shown


def test_a_known_secret_is_hidden_however_it_is_written(monkeypatch):
    monkeypatch.setenv("TILLHOUSE_PG_PASSWORD", "p@ss/word")
    remember_secret("tok-1234", "tok-1234-longer")
    assert hide_secrets("postgresql://me:p%40ss%2Fword@host") == "postgresql://me:***@host"
    assert hide_secrets("p@ss/word tok-1234-longer tok-1234") == "*** *** ***"


def test_a_password_that_is_also_a_name_does_not_blot_out_the_name(monkeypatch):
    monkeypatch.setenv("TILLHOUSE_PG_DATABASE", "my_shop")
    monkeypatch.setenv("TILLHOUSE_PG_PASSWORD", "my_shop")
    assert hide_secrets("database my_shop") == "database my_shop"
