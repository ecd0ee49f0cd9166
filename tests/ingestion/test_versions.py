"""X-Series exports in any order: the newest version stands; what was mended is forgotten."""

from __future__ import annotations

import json

import pytest

from ingestion.fakes.lightspeed_x import FakeLightspeedX
from ingestion.load import load
from tests.ingestion.lightspeed_x_shop import TOKEN, small_shop, uid

SALES = ["sales"]


@pytest.fixture
def drop(tmp_path, warehouse, shop):
    """`drop("2024-02", {"id": ...}, "text", ...)` adds an export of sales and loads it."""
    shop({"account_id": "shop", "path": tmp_path / "drop"})

    def go(name: str, *lines: dict | str, then_load: bool = True):
        folder = tmp_path / "drop" / name
        folder.mkdir(parents=True, exist_ok=True)
        text = [line if isinstance(line, str) else json.dumps(line) for line in lines]
        (folder / "sales.jsonl").write_text("\n".join(text) + "\n", encoding="utf-8")
        return load(warehouse, entities=SALES)[0] if then_load else None

    return go


def fetch(warehouse, sql: str) -> list[dict]:
    with warehouse.connect() as db:
        return db.fetch(sql)


def current(warehouse) -> dict[str, int]:
    rows = fetch(
        warehouse,
        "select record_id, payload from raw_lightspeed_x.sales where _dlt_valid_to is null",
    )
    found = {row["record_id"]: json.loads(row["payload"]).get("total") for row in rows}
    assert len(found) == len(rows)
    return found


def sale(number: int, version: int | None, total: int) -> dict:
    return {"id": str(number), "version": version, "total": total}


def test_an_older_export_that_comes_later_replaces_nothing(drop, warehouse):
    drop("2024-02", sale(1, 20, 5), sale(2, 21, 5))
    row = drop("z older, by its name the newest", sale(1, 10, 4), sale(2, 21, 5), sale(3, 11, 4))
    assert current(warehouse) == {"1": 5, "2": 5, "3": 4}
    assert (row.fetched, row.new, row.changed, row.unchanged) == (3, 1, 0, 1)
    assert row.warnings == "1 older versions were passed over; the newer stand."
    row = drop("2024-03", sale(1, 30, 6))
    assert (row.changed, current(warehouse)["1"]) == (1, 6)


def test_within_one_load_the_newest_stands_whatever_folders_are_called(drop, warehouse):
    drop("2024-02", sale(1, 20, 5), sale(2, None, 5), then_load=False)
    drop(".", sale(1, 30, 6), sale(2, None, 6), then_load=False)
    row = drop("first", sale(1, 10, 4))
    assert current(warehouse) == {"1": 6, "2": 5}, "without a version the last name stands"
    assert "2 older versions were passed over" in row.warnings
    assert "1 records came twice under one id" in row.warnings


def test_a_record_of_the_same_version_that_says_something_else_is_taken(drop, warehouse):
    drop("1", sale(1, 20, 5))
    drop("2", sale(1, 20, 6))
    assert current(warehouse) == {"1": 6}


def rejected(warehouse) -> list[tuple]:
    rows = fetch(
        warehouse, "select file, row_number, payload from raw_tillhouse.rejected_records order by 1"
    )
    return [(row["file"], row["row_number"], row["payload"]) for row in rows]


def test_a_line_cut_off_is_listed_once_until_it_is_mended(drop, warehouse):
    drop("1", sale(1, 20, 5), '{"id": "2", "tot')
    assert rejected(warehouse) == [("1/sales.jsonl", 2, '{"id": "2", "tot')]
    assert current(warehouse) == {"1": 5}
    drop("1", sale(1, 20, 5), sale(2, 20, 5))
    assert rejected(warehouse) == []
    assert current(warehouse) == {"1": 5, "2": 5}


def test_what_was_rejected_is_forgotten_with_the_file_that_held_it(drop, warehouse, tmp_path):
    drop("1", sale(1, 20, 5), "broken")
    (tmp_path / "drop" / "1" / "sales.jsonl").unlink()
    drop("2", sale(2, 20, 5))
    assert rejected(warehouse) == []
    assert current(warehouse) == {"1": 5, "2": 5}


def test_a_line_taken_out_of_a_consignment_is_closed(warehouse, shop, monkeypatch):
    monkeypatch.setenv("TILLHOUSE_SHOP_TOKEN", TOKEN)

    def lines() -> set[str]:
        rows = fetch(
            warehouse,
            "select record_id from raw_lightspeed_x.consignment_products"
            " where _dlt_valid_to is null",
        )
        return {row["record_id"] for row in rows}

    with FakeLightspeedX(small_shop(), token=TOKEN) as till:
        shop({"account_id": "shop", "transport": "api", "path": till.url})
        load(warehouse, entities=["consignment_products"])
        before = lines()
        first, second = (uid(("consignments", n)) for n in range(2))
        gone = f"{first}|{uid(('products', 0))}"
        till.remove("consignment_products", "0")
        for number, name in enumerate((first, second)):
            till.change("consignments", {"id": name, "version": 2**40 + number})
        till.plan(f"consignments/{second}/products", "404")
        (row,) = load(warehouse, entities=["consignment_products"])
    assert lines() == before - {gone}, "of the second, whose list was not there, nothing is closed"
    assert row.closed == 1
