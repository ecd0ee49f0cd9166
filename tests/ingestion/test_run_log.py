"""What Tillhouse remembers of its loads: files that were read, rows that could not be."""

from __future__ import annotations

import json

import pytest

from ingestion import run_log
from ingestion.contract import Pull, Rejection
from ingestion.destinations import Connection
from ingestion.load import load
from ingestion.run_log import RunRow
from tests.ingestion.small_till import switch_on


@pytest.fixture
def drop(shop, tmp_path):
    """The folder of an X-Series account."""
    folder = tmp_path / "drop"
    folder.mkdir()
    shop({"account_id": "shop", "path": str(folder)})
    return folder


def write(path, *lines) -> None:
    path.parent.mkdir(exist_ok=True)
    texts = (line if isinstance(line, str) else json.dumps(line) for line in lines)
    path.write_text("".join(text + "\n" for text in texts), encoding="utf-8")


def sale(number: int, **fields) -> dict:
    return {"id": f"s{number}", "version": number, **fields}


def fetch(warehouse, sql: str) -> list[dict]:
    with warehouse.connect() as db:
        return db.fetch(sql)


def rejected(warehouse) -> list[tuple]:
    rows = fetch(
        warehouse,
        "select file, row_number, value from raw_tillhouse.rejected_records order by 1, 2",
    )
    return [tuple(row.values()) for row in rows]


def load_sales(warehouse, **options) -> RunRow:
    (row,) = load(warehouse, entities=["sales"], **options)
    return row


def test_unchanged_files_are_skipped_until_forced(drop, warehouse):
    write(drop / "sales.jsonl", sale(1), sale(2))
    assert load_sales(warehouse).new == 2
    row = load_sales(warehouse)
    assert (row.fetched, row.status) == (0, "no_change")
    row = load_sales(warehouse, force=True)
    assert (row.fetched, row.unchanged, row.status) == (2, 2, "no_change")
    write(drop / "sales.jsonl", sale(1), sale(2), sale(3))
    row = load_sales(warehouse)
    assert (row.fetched, row.new, row.unchanged) == (3, 1, 2)


def test_a_folder_that_was_moved_is_not_read_again(drop, make_warehouse, shop, tmp_path):
    warehouse = make_warehouse("duckdb")
    write(drop / "2025-09" / "sales.jsonl", sale(1), "{cut off")
    load_sales(warehouse)
    drop.rename(tmp_path / "elsewhere")
    shop({"account_id": "shop", "path": str(tmp_path / "elsewhere")})
    assert load_sales(warehouse).fetched == 0
    files = fetch(warehouse, "select file from raw_tillhouse.loaded_files")
    assert files == [{"file": "2025-09/sales.jsonl"}], "no path of this machine"
    assert rejected(warehouse) == [("2025-09/sales.jsonl", 2, "{cut off")]


def test_a_rejected_row_is_listed_once_and_gone_when_mended(drop, warehouse):
    write(drop / "a" / "sales.jsonl", sale(1), "{cut off")
    write(drop / "b" / "sales.jsonl", sale(2), "{also")
    both = [("a/sales.jsonl", 2, "{cut off"), ("b/sales.jsonl", 2, "{also")]
    assert load_sales(warehouse).rejected == 2
    assert rejected(warehouse) == both
    assert load_sales(warehouse).rejected == 0
    assert rejected(warehouse) == both, "nothing was read: what is known stays"
    load_sales(warehouse, force=True)
    assert rejected(warehouse) == both
    write(drop / "b" / "sales.jsonl", sale(2), sale(3))
    load_sales(warehouse)
    assert rejected(warehouse) == both[:1]


def till_with_files(monkeypatch, shop):
    """A till whose full list `stock` comes from the files the test names."""
    till = switch_on(monkeypatch)
    shop({"account_id": "shop", "source": "small_till"})

    def give(files: dict[str, tuple[str, dict]], rejections=()) -> None:
        def look(pull) -> None:
            unread = [pull.is_unread(name, version) for name, (version, _) in files.items()]
            pull.snapshot = any(unread)
            for rejection in rejections if any(unread) else ():
                pull.reject(rejection)
            if any(unread):
                till.gives["shop", "stock"][1:] = [records for _, records in files.values()]

        till.gives["shop", "stock"] = [look]

    return give


def test_a_file_that_leaves_a_snapshot_and_comes_back_is_read_again(
    shop, monkeypatch, make_warehouse
):
    warehouse = make_warehouse("duckdb")
    give = till_with_files(monkeypatch, shop)
    one, two = ("v1", {"1": {}}), ("v1", {"2": {}})

    def stock() -> set[str]:
        load(warehouse, entities=["stock"])
        rows = fetch(
            warehouse, "select record_id from raw_small_till.stock where _dlt_valid_to is null"
        )
        return {row["record_id"] for row in rows}

    give({"a.csv": one, "b.csv": two}, [Rejection("b.csv", "bad price")])
    assert stock() == {"1", "2"}
    give({"a.csv": ("v2", {"1": {}})})
    assert stock() == {"1"}
    assert rejected(warehouse) == [], "rejected rows of a file that is gone are gone with it"
    give({"a.csv": ("v2", {"1": {}}), "b.csv": two})
    assert stock() == {"1", "2"}


def test_an_empty_full_list_is_read_again_with_the_flag(shop, monkeypatch, make_warehouse):
    warehouse = make_warehouse("duckdb")
    give = till_with_files(monkeypatch, shop)
    give({"a.csv": ("v1", {"1": {}})})
    load(warehouse, entities=["stock"])
    for _ in range(2):
        give({"a.csv": ("v2", {})})
        (row,) = load(warehouse, entities=["stock"])
        assert "--allow-empty-snapshot" in row.warnings
    give({"a.csv": ("v2", {})})
    (row,) = load(warehouse, entities=["stock"], allow_empty_snapshot=True)
    assert (row.closed, row.status) == (1, "success")
    give({"a.csv": ("v2", {})})
    (row,) = load(warehouse, entities=["stock"], allow_empty_snapshot=True)
    assert (row.closed, row.warnings) == (0, ""), "unchanged files are no empty list"


def test_rejections_of_an_api_stay_when_a_later_page_has_others(shop, monkeypatch, make_warehouse):
    warehouse = make_warehouse("duckdb")
    till = switch_on(monkeypatch)
    shop({"account_id": "shop", "source": "small_till"})
    for value in ("first", "second", "second"):
        bad = Rejection("/api/2.0/sales", "no id", row_number=1, value=value)
        till.gives["shop", "sales"] = [lambda pull, bad=bad: pull.reject(bad)]
        load(warehouse, entities=["sales"])
    assert sorted(value for _, _, value in rejected(warehouse)) == ["first", "second"]


def row_of(entity: str = "sales", status: str = "running") -> RunRow:
    return RunRow("r1", "shop", "till", entity, None, run_log.utc_now(), status=status)


def test_thousands_of_rejections_are_written_many_at_a_time(warehouse, monkeypatch):
    pull = Pull()
    nasty = "a\x00b \ud83d ' ? % \u2028"
    for number in range(5000):
        pull.reject(Rejection("a.csv", "?", row_number=number or None, value=nasty, payload=nasty))
    pull.is_unread("a.csv", "v1")
    statements = []
    execute = Connection.execute

    def count(self, sql, params=()):
        statements.append(sql)
        execute(self, sql, params)

    with warehouse.connect() as db:
        run_log.create_tables(db)
        monkeypatch.setattr(Connection, "execute", count)
        run_log.write_rejections(db, row_of(), pull)
        assert len(statements) < 50
        (found,) = db.fetch(
            "select count(*) as n, count(row_number) as numbered, min(value) as value,"
            " count(distinct rejected_at) as moments from raw_tillhouse.rejected_records"
        )
    assert (found["n"], found["numbered"]) == (5000, 4999)
    assert found["value"] == "a\\u0000b \\ud83d ' ? % \u2028"


def test_lines_of_a_run_that_was_killed_become_interrupted(warehouse):
    with warehouse.connect() as db:
        run_log.create_tables(db)
        run_log.start(db, [row_of("sales"), row_of("products")])
        run_log.finish(db, [row_of("products", "success")])
        run_log.interrupt_all(db)
        rows = db.fetch("select entity, status from raw_tillhouse.sync_runs order by 1")
    assert [tuple(row.values()) for row in rows] == [
        ("products", "success"),
        ("sales", "interrupted"),
    ]


def test_a_transaction_is_all_or_nothing(warehouse):
    with warehouse.connect() as db:
        run_log.create_tables(db)
        with pytest.raises(KeyError), db.transaction():
            run_log.start(db, [row_of()])
            raise KeyError
        assert db.fetch("select * from raw_tillhouse.sync_runs") == []
        run_log.start(db, [row_of()])
        assert len(db.fetch("select * from raw_tillhouse.sync_runs")) == 1


def test_sessions_are_in_utc(warehouse):
    """Also on a machine whose own clock is elsewhere."""
    with warehouse.connect() as db:
        (row,) = db.fetch("select cast(cast('2025-07-01 12:00:00+00' as timestamptz) as varchar) t")
    assert row["t"].startswith("2025-07-01 12:00:00")
