"""Loading accounts: what fails stays where it failed, and nothing is lost, doubled or forgotten."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from pathlib import Path

import pytest

from ingestion.accounts import AccountError
from ingestion.contract import Rejection, SourceError
from ingestion.load import load
from ingestion.raw import Landing, LandingError
from tests.ingestion.small_till import switch_on


@pytest.fixture
def till(monkeypatch, shop):
    """A small till with two accounts, whose ids are prefixes of each other."""
    lines = [{"source": "small_till", "account_id": name} for name in ("shop1", "shop12")]
    shop(*lines)
    return switch_on(monkeypatch)


def fetch(warehouse, sql: str) -> list[dict]:
    with warehouse.connect() as db:
        return db.fetch(sql)


def current(warehouse, table: str = "sales", source: str = "small_till") -> dict[str, dict]:
    """Current payloads by record_key; fails when a record is current twice."""
    rows = fetch(
        warehouse,
        f"select record_key, payload from raw_{source}.{table} where _dlt_valid_to is null",
    )
    found = {row["record_key"]: json.loads(row["payload"]) for row in rows}
    assert len(found) == len(rows)
    return found


def named(rows) -> dict:
    """Rows of the run log by `account.entity`."""
    return {f"{row.account_id}.{row.entity}": row for row in rows}


def test_two_accounts_are_loaded_and_logged(till, warehouse):
    till.gives["shop1", "sales"] = [{"23": {"v": 1}}, {"24": {"v": 1}}]
    till.gives["shop12", "sales"] = [{"3": {"v": 1}}]
    rows = named(load(warehouse))
    assert {name: row.status for name, row in rows.items()} == {
        "shop1.sales": "success",
        "shop1.stock": "no_change",
        "shop12.sales": "success",
        "shop12.stock": "no_change",
    }
    till.gives["shop1", "sales"] = [{"23": {"v": 1}, "24": {"v": 2}}]
    till.gives["shop12", "sales"] = [{"3": {"v": 2}, "4": {"v": 1}}]
    rows = named(load(warehouse))
    one, twelve = rows["shop1.sales"], rows["shop12.sales"]
    assert (one.fetched, one.new, one.changed, one.unchanged, one.closed) == (2, 0, 1, 1, 0)
    assert (twelve.fetched, twelve.new, twelve.changed, twelve.unchanged) == (2, 1, 1, 0)
    assert current(warehouse) == {
        "shop1|23": {"v": 1},
        "shop1|24": {"v": 2},
        "shop12|3": {"v": 2},
        "shop12|4": {"v": 1},
    }
    log = fetch(warehouse, "select * from raw_tillhouse.sync_runs where account_id = 'shop12'")
    assert len(log) == 4
    (second,) = (r for r in log if r["run_id"] == twelve.run_id and r["entity"] == "sales")
    assert {k: second[k] for k in ("fetched", "new", "changed", "status", "source")} == {
        **{"fetched": 2, "new": 1, "changed": 1, "status": "success", "source": "small_till"},
    }
    assert second["ended_at"] >= second["started_at"]


def test_an_edited_and_a_vanished_record(till, warehouse):
    """Edited down to no lines: a new version. Gone from a full list: closed."""
    till.gives["shop1", "sales"] = [{"1": {"lines": [5, 6]}, "2": {"lines": [7]}}]
    till.gives["shop1", "stock"] = [{"1": {"lines": [5, 6]}, "2": {"lines": [7]}}]
    load(warehouse)
    till.gives["shop1", "sales"] = till.gives["shop1", "stock"] = [{"1": {"lines": []}}]
    rows = named(load(warehouse))
    assert current(warehouse) == {"shop1|1": {"lines": []}, "shop1|2": {"lines": [7]}}
    assert current(warehouse, "stock") == {"shop1|1": {"lines": []}}
    assert (rows["shop1.stock"].changed, rows["shop1.stock"].closed) == (1, 1)
    versions = fetch(warehouse, "select count(*) as n from raw_small_till.stock")
    assert versions[0]["n"] == 3, "what was is kept"


FAILURES = {
    "a message of the source": SourceError("items.xlsx: column Price is missing."),
    "a mistake in the source": KeyError("price"),
    "a disk that is full": OSError(28, "No space left on device"),
}


@pytest.mark.parametrize("failure", FAILURES)
def test_one_account_failing_does_not_stop_the_others(till, make_warehouse, failure, capsys):
    warehouse = make_warehouse("duckdb")
    till.gives["shop1", "sales"] = till.gives["shop1", "stock"] = [FAILURES[failure]]
    till.gives["shop12", "sales"] = [{"1": {}}]
    rows = named(load(warehouse))
    assert rows["shop1.sales"].status == rows["shop1.stock"].status == "failed"
    assert str(FAILURES[failure].args[-1]) in rows["shop1.sales"].error
    assert set(current(warehouse)) == {"shop12|1"}
    (logged,) = fetch(
        warehouse,
        "select status, error from raw_tillhouse.sync_runs"
        " where account_id = 'shop1' and entity = 'sales'",
    )
    assert logged == {"status": "failed", "error": rows["shop1.sales"].error}
    assert capsys.readouterr().out.count(rows["shop1.sales"].error) == 1, "said once"


def test_a_mistake_in_a_source_is_told_with_its_place(till, make_warehouse):
    till.gives["shop1", "sales"] = [KeyError("price")]
    row = load(make_warehouse("duckdb"), ["shop1"])[0]
    assert row.error.startswith("unexpected KeyError: 'price' (small_till.py:")


def test_an_error_tells_no_secret(till, make_warehouse, monkeypatch, capsys):
    monkeypatch.setenv("TILLHOUSE_SHOP1_TOKEN", "s3cret-value")
    till.gives["shop1", "sales"] = [RuntimeError("GET https://x/?token=s3cret-value: 500")]
    till.gives["shop1", "stock"] = [lambda pull: pull.warn("slow with s3cret-value")]
    warehouse = make_warehouse("duckdb")
    rows = load(warehouse)
    log = fetch(warehouse, "select error, warnings from raw_tillhouse.sync_runs")
    assert "s3cret" not in str(rows) + str(log) + capsys.readouterr().out


def test_a_pull_that_breaks_off_keeps_what_it_gave_with_the_bookmark_of_just_that(till, warehouse):
    def page(number):
        return lambda pull: pull.bookmark.update(page=number)

    till.gives["shop1", "sales"] = [page(1), {"1": {}}, page(2), SourceError("line dropped")]
    till.gives["shop1", "stock"] = [{"1": {}}, SourceError("line dropped")]
    rows = named(load(warehouse))
    assert rows["shop1.sales"].status == "partial"
    assert rows["shop1.stock"].status == "failed", "half a full list would close the other half"
    assert set(current(warehouse)) == {"shop1|1"}
    assert current(warehouse, "stock") == {}
    till.gives.clear()
    load(warehouse)
    assert till.pulls["shop1", "sales"].bookmark == {"page": 1}


def test_a_record_that_cannot_be_spooled_does_not_move_the_bookmark(till, make_warehouse):
    warehouse = make_warehouse("duckdb")
    till.gives["shop1", "sales"] = [lambda pull: pull.bookmark.update(page=1), {7: {}}]
    assert named(load(warehouse))["shop1.sales"].status == "failed"
    till.gives.clear()
    load(warehouse)
    assert till.pulls["shop1", "sales"].bookmark == {}


def test_the_bookmark_is_the_warehouses_own(till, make_warehouse):
    """An older copy of the warehouse is put back: what came after it has to be read again."""
    warehouse = make_warehouse("duckdb")

    def give(number):
        till.gives["shop1", "sales"] = [
            lambda pull: pull.bookmark.update(version=number),
            {str(number): {}},
        ]
        load(warehouse)

    give(1)
    older = warehouse.duckdb_path.read_bytes()
    give(2)
    warehouse.duckdb_path.write_bytes(older)
    till.gives.clear()
    load(warehouse)
    assert till.pulls["shop1", "sales"].bookmark == {"version": 1}


def test_a_warehouse_that_refuses_a_load_is_told_and_the_next_load_goes_on(
    till, warehouse, monkeypatch
):
    till.gives["shop1", "sales"] = [{"1": {}}]
    till.gives["shop12", "sales"] = [{"2": {}}]
    land = Landing.land

    def refuse(self, pulled):
        if self._account_id == "shop1":
            raise LandingError("disk full")
        return land(self, pulled)

    with monkeypatch.context() as patch:
        patch.setattr(Landing, "land", refuse)
        rows = named(load(warehouse))
    assert rows["shop1.sales"].error == "could not be written: disk full"
    assert set(current(warehouse)) == {"shop12|2"}
    load(warehouse)
    assert set(current(warehouse)) == {"shop1|1", "shop12|2"}


def test_a_package_that_can_never_be_finished_does_not_block_its_account(
    till, make_warehouse, monkeypatch
):
    """PostgreSQL refuses a NUL; were one to slip through, later loads must still go on."""
    warehouse = make_warehouse("postgres")
    till.gives["shop1", "sales"] = [{"1": {"v": "a\0b"}}]
    with monkeypatch.context() as patch:
        patch.setattr("tests.ingestion.small_till.json.dumps", lambda value: value["v"])
        patch.setattr("ingestion.spool.storable", lambda text: text)
        row = named(load(warehouse))["shop1.sales"]
    assert row.status == "failed"
    assert "could not be written: invalid byte sequence" in row.error
    assert Landing(warehouse, "small_till", "shop1").has_unfinished
    row = named(load(warehouse))["shop1.sales"]
    assert (row.status, row.new) == ("success", 1)
    assert current(warehouse) == {"shop1|1": {"v": "a\0b"}}
    assert not Landing(warehouse, "small_till", "shop1").has_unfinished


def test_unknown_accounts_and_entities_are_refused(till, make_warehouse):
    warehouse = make_warehouse("duckdb")
    with pytest.raises(AccountError, match="no account shop3; it has shop1, shop12"):
        load(warehouse, ["shop3"])
    with pytest.raises(AccountError, match="no entity sale; there are sales, stock"):
        load(warehouse, entities=["sale"])
    assert not warehouse.exists


def test_chosen_accounts_and_entities_only(till, warehouse):
    for name in ("shop1", "shop12"):
        till.gives[name, "sales"] = till.gives[name, "stock"] = [{"1": {}}]
    rows = load(warehouse, ["shop12", "shop12"], ["stock"])
    assert list(named(rows)) == ["shop12.stock"]
    till.gives["shop1", "stock"] = [{"2": {}}]
    load(warehouse, ["shop1"], ["stock"])
    assert set(current(warehouse, "stock")) == {"shop12|1", "shop1|2"}
    assert current(warehouse) == {}, "its table is there, empty"


def test_a_paused_account_is_left_alone(till, shop, make_warehouse):
    shop({"source": "small_till", "account_id": "shop1", "paused": "true"})
    assert load(make_warehouse("duckdb")) == []


def test_an_empty_full_list_closes_nothing_unless_told(till, warehouse):
    till.gives["shop1", "stock"] = till.gives["shop12", "stock"] = [{"1": {}, "2": {}}]
    load(warehouse)
    till.gives["shop1", "stock"] = till.gives["shop12", "stock"] = []
    row = named(load(warehouse))["shop1.stock"]
    assert row.closed == 0
    assert "nothing was closed" in row.warnings
    row = named(load(warehouse, ["shop1"], allow_empty_snapshot=True))["shop1.stock"]
    assert (row.closed, row.status) == (2, "success")
    assert "2 records closed" in row.warnings
    assert set(current(warehouse, "stock")) == {"shop12|1", "shop12|2"}
    till.gives["shop1", "stock"] = [{"1": {}}]
    assert named(load(warehouse, ["shop1"]))["shop1.stock"].new == 1


def test_an_id_that_comes_twice_is_told(till, make_warehouse):
    warehouse = make_warehouse("duckdb")
    till.gives["shop1", "sales"] = [{"1": {"v": 1}}, {"1": {"v": 2}}]
    row = named(load(warehouse))["shop1.sales"]
    assert (row.fetched, row.new, row.unchanged) == (2, 1, 0)
    assert row.warnings == "1 records came twice under one id; the last stands."
    assert current(warehouse) == {"shop1|1": {"v": 2}}


def test_an_id_that_an_engine_cannot_hold(till, warehouse):
    till.gives["shop1", "sales"] = [{"a\0b": {}, "c\ud83d": {}, "": {}}]
    assert named(load(warehouse))["shop1.sales"].new == 3
    assert set(current(warehouse)) == {"shop1|a\\u0000b", "shop1|c\\ud83d", "shop1|"}


def tree(folder: Path) -> dict[str, str]:
    """Every file below `folder` with the hash of its content."""
    return {
        str(path): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def contents(warehouse) -> dict[str, list]:
    tables = fetch(
        warehouse,
        "select table_schema as s, table_name as t from information_schema.tables"
        " where table_schema like 'raw_%' or table_schema = 'public' order by 1, 2",
    )
    return {
        f"{row['s']}.{row['t']}": fetch(warehouse, f"select * from {row['s']}.{row['t']}")
        for row in tables
    }


def test_a_dry_run_leaves_everything_as_it_is(till, warehouse, tmp_path):
    till.gives["shop1", "sales"] = [lambda pull: pull.bookmark.update(at=1), {"1": {}}]
    load(warehouse)
    till.gives["shop1", "sales"] = [
        lambda pull: pull.reject(Rejection("a.csv", "bad")),
        lambda pull: pull.bookmark.update(at=2),
        {"2": {}, "3": {}},
    ]
    files, rows = tree(tmp_path), contents(warehouse)
    row = named(load(warehouse, dry_run=True))["shop1.sales"]
    assert (row.status, row.fetched, row.rejected) == ("dry_run", 2, 1)
    assert till.pulls["shop1", "sales"].bookmark == {"at": 2}
    assert tree(tmp_path) == files
    assert contents(warehouse) == rows
    load(warehouse)
    assert set(current(warehouse)) == {"shop1|1", "shop1|2", "shop1|3"}


def test_a_dry_run_makes_no_warehouse(till, warehouse, tmp_path):
    till.gives["shop1", "sales"] = [{"1": {}}]
    assert named(load(warehouse, dry_run=True))["shop1.sales"].fetched == 1
    assert tree(tmp_path) == {}
    if warehouse.engine == "postgres":
        assert contents(warehouse) == {}


def test_nothing_is_left_of_what_waited_on_disk(till, make_warehouse):
    warehouse = make_warehouse("duckdb")
    till.gives["shop1", "sales"] = [{"1": {"name": "who-bought-it"}}]
    load(warehouse)
    left = [path for path in warehouse.work_folder.rglob("*") if path.is_file()]
    assert not [path for path in left if b"who-bought-it" in path.read_bytes()]


def test_since_reaches_the_till(till, make_warehouse):
    warehouse = make_warehouse("duckdb")
    load(warehouse, ["shop1"], since=date(2024, 5, 1))
    assert till.pulls["shop1", "sales"].since == date(2024, 5, 1)
    (row,) = fetch(warehouse, "select distinct since from raw_tillhouse.sync_runs")
    assert row["since"] == date(2024, 5, 1)
