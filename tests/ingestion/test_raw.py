"""The raw contract of the design, each finding as a test, on both engines."""

from __future__ import annotations

import json
import shutil

import pytest

from ingestion.contract import Entity, Pull, Record
from ingestion.raw import Landed, Landing, create_tables
from ingestion.spool import Spool, record_hash

SALES = Entity("sales")
STOCK = Entity("stock", snapshot=True)


@pytest.fixture
def land(warehouse, tmp_path):
    """Lands records of one entity for one account: `land("shop1", SALES, {"1": {...}})`."""

    def run(account: str, entity: Entity, records, bookmark: dict | None = None) -> Landed:
        pairs = records.items() if isinstance(records, dict) else records
        spool = Spool(account, entity, tmp_path / "spool.arrow")
        spool.add(Record(i, p if isinstance(p, str) else json.dumps(p)) for i, p in pairs)
        spool.close()
        pull = Pull(bookmark=bookmark or {}, snapshot=entity.snapshot)
        landing = Landing(warehouse, "till", account)
        landing.begin()
        return landing.land([(spool, pull)])[entity.name]

    return run


@pytest.fixture
def current(warehouse):
    """The current payloads of a raw table, by record_key."""

    def read(table: str = "sales") -> dict:
        with warehouse.connect() as db:
            rows = db.fetch(
                f"select record_key, payload from raw_till.{table} where _dlt_valid_to is null"
                " order by record_key, _dlt_id"
            )
        found = {r["record_key"]: r["payload"] for r in rows}
        assert len(found) == len(rows), "a record is current twice"
        return found

    return read


def versions(warehouse, table: str = "sales") -> int:
    with warehouse.connect() as db:
        return db.fetch(f"select count(*) as n from raw_till.{table}")[0]["n"]


def test_replay_changes_nothing_and_a_b_a_is_three_versions(land, warehouse, current):
    assert land("shop", SALES, {"1": {"v": "a"}, "2": {}}) == Landed(new=2)
    assert land("shop", SALES, {"1": {"v": "a"}, "2": {}}) == Landed(unchanged=2)
    assert land("shop", SALES, {"1": {"v": "b"}}) == Landed(changed=1)
    assert land("shop", SALES, {"1": {"v": "a"}}) == Landed(changed=1)
    assert versions(warehouse) == 4
    assert current() == {"shop|1": '{"v": "a"}', "shop|2": "{}"}


def test_the_same_payload_in_two_accounts_is_two_records(land, current):
    land("shop1", SALES, {"7": {"total": 1}})
    assert land("shop2", SALES, {"7": {"total": 1}}) == Landed(new=1)
    assert set(current()) == {"shop1|7", "shop2|7"}


def test_account_ids_that_are_prefixes_of_each_other_do_not_meet(land, current):
    land("shop1", SALES, {"23": {"v": 1}})
    land("shop12", SALES, {"3": {"v": 2}})
    assert land("shop12", SALES, {"3": {"v": 3}}) == Landed(changed=1)
    assert set(current()) == {"shop1|23", "shop12|3"}


def test_a_snapshot_closes_what_vanished_of_its_own_account_only(land, current):
    land("shop1", STOCK, {"1": {"q": 1}, "2": {"q": 2}})
    land("shop2", STOCK, {"1": {"q": 1}, "2": {"q": 2}})
    assert land("shop1", STOCK, {"1": {"q": 1}}) == Landed(unchanged=1, closed=1)
    assert set(current("stock")) == {"shop1|1", "shop2|1", "shop2|2"}


def test_an_empty_snapshot_closes_nothing(land, current):
    land("shop", STOCK, {"1": {"q": 1}})
    assert land("shop", STOCK, {}) == Landed()
    assert set(current("stock")) == {"shop|1"}


def test_a_record_that_comes_back_is_current_again(land, current):
    land("shop", STOCK, {"1": {"q": 1}, "2": {"q": 2}})
    land("shop", STOCK, {"1": {"q": 1}})
    assert land("shop", STOCK, {"1": {"q": 1}, "2": {"q": 2}}) == Landed(new=1, unchanged=1)
    assert set(current("stock")) == {"shop|1", "shop|2"}


def test_one_id_twice_in_a_drop_leaves_the_last(land, current):
    twice = [("1", {"v": "old"}), ("2", {}), ("1", {"v": "new"})]
    assert land("shop", SALES, twice) == Landed(new=2)
    assert current() == {"shop|1": '{"v": "new"}', "shop|2": "{}"}


AWKWARD = {
    "nul": '{"note": "a\\u0000b"}',
    "raw_nul": '{"note": "a\x00b"}',
    "surrogate": '{"note": "\\ud83d"}',
    "raw_surrogate": '{"note": "\ud83d"}',
    "truncated": '{"id": "9", "total": 12.',
    "not_a_number": '{"total": NaN}',
    "quotes": 'say "hi", c:\\x\n\t;\'$$',
    "empty": "",
    "deep": '{"a": ' + "[" * 300 + "]" * 300 + "}",
    "bottomless": "[" * 100_000,
    "long": "x" * 300_000,
}


def test_payloads_that_json_columns_refuse_are_kept_as_text(land, current):
    assert land("shop", SALES, AWKWARD) == Landed(new=len(AWKWARD))
    kept = current()
    for name in (
        "nul",
        "surrogate",
        "truncated",
        "not_a_number",
        "quotes",
        "empty",
        "deep",
        "long",
    ):
        assert kept[f"shop|{name}"] == AWKWARD[name]
    assert kept["shop|raw_nul"] == '{"note": "a\\u0000b"}'
    assert kept["shop|raw_surrogate"] == '{"note": "\\ud83d"}'
    assert land("shop", SALES, AWKWARD) == Landed(unchanged=len(AWKWARD))


def test_the_same_export_made_twice_is_no_change(land):
    land("shop", SALES, {"1": '{"id": "1", "total": 5, "_exported_at": "2025-09-01"}'})
    again = {"1": '{"_exported_at": "2025-09-02", "total": 5, "id": "1"}'}
    assert land("shop", SALES, again) == Landed(unchanged=1)


def test_hash_tells_apart_what_is_different():
    def of(payload, key="a|1"):
        return record_hash(key, payload, ("_exported_at",))

    assert of('{"a":1,"b":2}') == of('{"b": 2, "a": 1}')
    assert of('{"a":1}') != of('{"a":2}')
    assert of('{"a":1}') != of('{"a":1}', "b|1")
    assert of('{"a":NaN}') == of('{ "a": NaN }') != of('{"a":null}')
    assert of("{bad") != of("{bad ")


def test_the_bookmark_moves_with_its_records(land, warehouse):
    land("shop", SALES, {"1": {}}, bookmark={"version": 42})
    shutil.rmtree(warehouse.work_folder)
    landing = Landing(warehouse, "till", "shop")
    assert landing.bookmark(SALES) == {}, "an empty working folder knows nothing by itself"
    landing.begin()
    assert landing.bookmark(SALES) == {"version": 42}, "the warehouse itself remembers"


def test_replay_of_300_000_rows_on_postgres_after_analyze(make_warehouse, tmp_path):
    warehouse = make_warehouse("postgres")

    def run(rows: int = 300_000, price: int = 1) -> Landed:
        spool = Spool("shop", SALES, tmp_path / "big.arrow")
        spool.add(Record(str(n), f'{{"price": {price}}}') for n in range(rows))
        spool.close()
        return Landing(warehouse, "till", "shop").land([(spool, Pull())])["sales"]

    assert run() == Landed(new=300_000)
    with warehouse.connect() as db:
        db.execute("analyze raw_till.sales")
    assert run() == Landed(unchanged=300_000)
    assert run(50_000, price=2) == Landed(changed=50_000)


def test_a_table_made_before_its_first_load_is_the_one_that_a_load_makes(land, warehouse, current):
    def columns(table: str) -> list[dict]:
        with warehouse.connect() as db:
            unique = db.fetch(
                "select count(*) as n from information_schema.table_constraints"
                " where table_schema = 'raw_till' and table_name = ?"
                " and constraint_type = 'UNIQUE'",
                (table,),
            )
            return unique + db.fetch(
                "select column_name, data_type, is_nullable, ordinal_position"
                " from information_schema.columns"
                " where table_schema = 'raw_till' and table_name = ? order by column_name",
                (table,),
            )

    with warehouse.connect() as db:
        create_tables(db, "till", ["sales", "customers"])
        create_tables(db, "till", ["sales", "customers"])
    land("shop", STOCK, {"1": {}})
    assert columns("sales") == columns("customers") == columns("stock")
    land("shop", SALES, {"1": {"v": 1}})
    land("shop", SALES, {"1": {"v": 2}})
    assert current() == {"shop|1": '{"v": 2}'}
    assert columns("sales") == columns("stock")


def test_no_second_copy_of_the_records_stays_in_the_warehouse(land, warehouse):
    land("shop", SALES, {"1": {"v": 1}})
    with warehouse.connect() as db:
        assert db.fetch("select count(*) as n from raw_till_staging.sales") == [{"n": 0}]
