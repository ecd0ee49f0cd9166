"""The commands as a person types them: what they print, and their exit codes."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
import sys

import pytest
from rich.console import Console

from ingestion import cli, lock, run_log
from ingestion.accounts import PROJECT_DIR
from ingestion.contract import Rejection, SourceError
from ingestion.destinations import WarehouseError, open_warehouse
from tests.ingestion.small_till import switch_on


@pytest.fixture
def profiles(tmp_path, monkeypatch):
    """profiles.yml as set-up makes it, in a folder of this test."""
    shutil.copy(PROJECT_DIR / "profiles.yml.example", tmp_path / "profiles.yml")
    monkeypatch.setenv("DBT_PROFILES_DIR", str(tmp_path))
    return tmp_path / "profiles.yml"


@pytest.fixture
def target(profiles, warehouse, monkeypatch):
    """The warehouse that the commands use, empty."""
    monkeypatch.setenv("TILLHOUSE_TARGET", warehouse.engine)
    return warehouse


@pytest.fixture
def duckdb_target(profiles, make_warehouse, monkeypatch):
    monkeypatch.setenv("TILLHOUSE_TARGET", "duckdb")
    return make_warehouse("duckdb")


@pytest.fixture
def till(monkeypatch, shop):
    shop(
        {"source": "small_till", "account_id": "old", "till_name": "OldTill"},
        {"source": "small_till", "account_id": "new", "till_name": "[NewTill]"},
    )
    return switch_on(monkeypatch)


@pytest.fixture
def run(capsys):
    """Runs one command; gives its exit code and what it printed."""

    def command(*words: str) -> tuple[int, str]:
        code = cli.main(words)
        return code, capsys.readouterr().out

    return command


def test_a_load_prints_plain_lines_where_there_is_no_terminal(till, target, run):
    till.gives["old", "sales"] = [{str(n): {} for n in range(1200)}]
    code, told = run("load", "--entity", "sales")
    assert code == 0
    assert told.splitlines() == [
        "old.sales: success, 1,200 fetched, 1,200 new, 0 changed, 0 unchanged, 0 closed,"
        " 0 rejected",
        "Next: `make build` to bring the models up to date.",
    ]
    till.gives.clear()
    code, told = run("load", "--entity", "sales")
    assert (code, told) == (0, "Nothing new since the last load.\n")


def test_a_terminal_gets_a_table(till, duckdb_target, monkeypatch):
    screen = io.StringIO()
    monkeypatch.setattr(cli, "console", Console(file=screen, force_terminal=True, width=120))
    till.gives["old", "sales"] = [{"1": {}}]
    assert cli.main(["load", "--entity", "sales"]) == 0
    assert "What was loaded" in screen.getvalue()
    screen.truncate(0)
    cli.main(["status"])
    assert "The tills" in screen.getvalue()
    assert "-> new: never loaded: stock. Run `make load`." in screen.getvalue()


def test_a_failed_account_is_named_and_shown_until_it_is_mended(till, target, run):
    till.gives["old", "sales"] = [SourceError("invoices.xlsx: sheet Lines is missing.")]
    till.gives["new", "sales"] = [{"1": {}}]
    code, told = run("load", "--entity", "sales")
    assert code == 1
    assert "old.sales: invoices.xlsx: sheet Lines is missing." in told
    assert "Not complete: old. The other accounts are loaded." in told
    code, told = run("status")
    assert code == 1
    assert "old: OldTill (files), failed; last success never" in told
    assert "-> sales: invoices.xlsx: sheet Lines is missing." in told
    till.gives["old", "sales"] = [{"1": {}}]
    assert run("load")[0] == 0
    code, told = run("status")
    assert (code, "All is well." in told) == (0, True)


def test_only_failed_accounts(till, duckdb_target, run):
    till.gives["old", "sales"] = till.gives["new", "sales"] = [SourceError("no answer")]
    code, told = run("load", "--entity", "sales")
    assert code == 1
    assert "Not complete: new, old. See" in told


def test_status_tells_every_account(till, target, run):
    assert run("status") == (
        1,
        "Nothing is loaded yet. Put the tills' files where pos_accounts.csv says, connect those"
        " with an API, and run `make load`.\n",
    )
    assert target.engine == "postgres" or not target.exists, "asking makes no file"
    till.gives["old", "sales"] = [
        lambda pull: pull.reject(Rejection("a.csv", "bad", value="x")),
        {"1": {}, "2": {}},
    ]
    assert run("load", "--account", "old")[0] == 0
    code, told = run("status")
    assert code == 1
    old, rejected, new, to_do = told.splitlines()
    assert rejected.startswith(
        "  -> 1 rows could not be used: raw_tillhouse.rejected_records lists"
    )
    assert "All is well" not in told
    assert old.startswith("old: OldTill (files), ok; last success 20")
    assert re.search(r"UTC \((just now|\d+ \w+ ago)\); 2 records; 1 rejected$", old)
    assert new == (
        "new: [NewTill] (files), never loaded; last success never; newest record never;"
        " 0 records; 0 rejected"
    )
    assert to_do == "  -> run `make load`."


def test_status_of_what_was_cut_off_paused_or_is_unknown(till, shop, duckdb_target, run):
    run("load")
    with duckdb_target.connect() as db:
        db.execute(f"update {run_log.SCHEMA}.sync_runs set status = 'running'")
    code, told = run("status")
    assert code == 1
    assert "OldTill (files), interrupted;" in told
    assert "-> its last load was cut off; nothing is lost: run `make load`." in told
    with duckdb_target.connect() as db:
        db.execute(
            f"update {run_log.SCHEMA}.sync_runs set status = 'asleep', account_id = 'gone'"
            " where account_id = 'new'"
        )
        db.execute(f"update {run_log.SCHEMA}.sync_runs set status = 'asleep'")
        db.execute(f"delete from {run_log.SCHEMA}.sync_runs where entity = 'stock'")
    shop(
        {"source": "small_till", "account_id": "old", "till_name": "OldTill"},
        {"source": "small_till", "account_id": "new", "paused": "true"},
    )
    code, told = run("status")
    assert code == 1
    assert "OldTill (files), unknown status asleep;" in told
    assert "-> never loaded: stock. Run `make load`." in told
    assert "new: Till (files), paused;" in told
    assert "no longer in pos_accounts.csv: gone." in told


def test_status_says_who_holds_the_warehouse(till, target, run):
    run("load")
    with lock.hold(target, "nightly"):
        code, told = run("status")
    assert f"is in use by `nightly` (process {os.getpid()}, since" in told
    assert code == 0
    assert ("All is well." in told) == (target.engine == "postgres"), told


def test_status_points_at_an_export_that_was_cut(shop, duckdb_target, run, tmp_path):
    shop({"account_id": "main", "path": str(tmp_path / "drop")})
    (tmp_path / "drop").mkdir()
    for entity, count in (("inventory", 5000), ("products", 5003)):
        lines = "".join(f'{{"id":"{n}","product_id":"{n}","version":{n}}}\n' for n in range(count))
        (tmp_path / "drop" / f"{entity}.jsonl").write_text(lines, encoding="utf-8")
    run("load")
    code, told = run("status")
    assert code == 1
    assert "-> inventory: exactly 5,000" in told
    assert "products: exactly" not in told


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["load", "--since", "last week"], "'last week' is not a day; write YYYY-MM-DD"),
        (["load", "--sinse", "2024-01-01"], "unrecognized arguments"),
        (["lod"], "invalid choice: 'lod'"),
        ([], "the following arguments are required: COMMAND"),
    ],
)
def test_misuse_is_told(words, told, capsys):
    with pytest.raises(SystemExit) as error:
        cli.main(words)
    assert error.value.code == 2
    assert told in capsys.readouterr().err


def test_what_does_not_exist_is_told(till, duckdb_target, run):
    assert run("load", "--account", "olde") == (
        1,
        "pos_accounts.csv has no account olde; it has old, new.\n",
    )
    assert run("--target", "snowflake", "load")[1].endswith(
        "has no output 'snowflake'; it has duckdb, postgres.\n"
    )


def test_a_stopped_load_says_that_nothing_is_lost(till, duckdb_target, run):
    def stop(_pull):
        raise KeyboardInterrupt

    till.gives["old", "sales"] = [stop]
    code, told = run("load")
    assert code == 130
    assert told.endswith("Stopped. Nothing is lost: the next load goes on from here.\n")
    till.gives.clear()
    assert run("load")[0] == 0


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("tillhouse: {outputs: {}", "cannot be read (ParserError"),
        ("other: {}", "cannot be read (KeyError: 'tillhouse')"),
        ("tillhouse: '{{ env_var(\"TILLHOUSE_NOT_SET\") }}'", "variable TILLHOUSE_NOT_SET"),
        ("tillhouse: {target: a, outputs: {a: {type: oracle}}}", "type of a is 'oracle'"),
        ("tillhouse: {{ nonsense", "cannot be read (TemplateSyntaxError"),
    ],
)
def test_a_profile_that_cannot_be_used(profiles, monkeypatch, text, told):
    monkeypatch.delenv("TILLHOUSE_TARGET", raising=False)
    profiles.write_text(text, encoding="utf-8")
    with pytest.raises(WarehouseError) as error:
        open_warehouse()
    assert told in str(error.value)


def test_a_profile_that_is_missing(profiles):
    profiles.unlink()
    with pytest.raises(WarehouseError, match="Run `make setup`"):
        open_warehouse()


def test_two_loads_at_once_both_succeed(target, shop, tmp_path):
    """Real processes, begun while a third holds the warehouse: the second finds the work done."""
    shop({"account_id": "main", "path": str(tmp_path / "drop")})
    (tmp_path / "drop").mkdir()
    lines = "".join(json.dumps({"id": str(n), "version": n}) + "\n" for n in range(1, 500))
    (tmp_path / "drop" / "sales.jsonl").write_text(lines, encoding="utf-8")
    command = [sys.executable, "-m", "ingestion", "load", "--entity", "sales"]
    with lock.hold(target, "nightly"):
        both = [
            subprocess.Popen(
                command, cwd=PROJECT_DIR, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
            )
            for _ in range(2)
        ]
        for process in both:
            assert "is in use by `nightly` (process" in process.stdout.readline()
    told = [process.communicate(timeout=120) for process in both]
    assert [process.returncode for process in both] == [0, 0], told
    assert [err for _, err in told] == ["", ""], "nobody's log reaches the person"
    said = "".join(out for out, _ in told)
    assert said.count("499 new") == 1
    assert said.count("Nothing new since the last load.") == 1
    with target.connect() as db:
        rows = db.fetch(
            "select count(*) as n, count(distinct record_id) as ids from raw_lightspeed_x.sales"
        )
    assert rows == [{"n": 499, "ids": 499}]
