"""Exports of any size: exact numbers of records, and days that follow on."""

import json
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from ingestion.demo import write_lightspeed_day, write_lightspeed_export

VANCOUVER = ZoneInfo("America/Vancouver")
SIZE = {"products": 120, "customers": 50, "seed": 5}


def local_day(sale):
    return datetime.fromisoformat(sale["sale_date"]).astimezone(VANCOUVER).date()


def records(folder, entity):
    with (folder / f"{entity}.jsonl").open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shop")
    return folder, write_lightspeed_export(folder, sales=700, **SIZE)


def test_an_export_has_exactly_the_records_asked_for(shop):
    _, export = shop
    for entity, count in (("products", 120), ("customers", 50), ("sales", 700)):
        ids = {record["id"] for record in records(export, entity)}
        assert len(ids) == count
    assert len(records(export, "inventory")) == 115


def test_an_export_covers_the_days_asked_for(tmp_path):
    export = write_lightspeed_export(tmp_path, 60, 20, 300, seed=5, days=40)
    days = sorted(local_day(record) for record in records(export, "sales"))
    assert (days[0], days[-1]) == (date(2023, 1, 3), date(2023, 2, 11))


def test_the_same_arguments_give_the_same_export(shop, tmp_path):
    _, export = shop
    again = write_lightspeed_export(tmp_path, sales=700, **SIZE)
    assert again.name == export.name
    for path in export.iterdir():
        assert path.read_bytes() == (again / path.name).read_bytes()


def test_two_days_follow_with_only_what_changed(shop):
    folder, export = shop
    day = write_lightspeed_day(folder, **SIZE)
    before = records(export, "sales")
    new = records(day, "sales")
    assert day.name > export.name
    assert len(new) == 20
    assert not {r["id"] for r in new} & {r["id"] for r in before}
    assert not {r["receipt_number"] for r in new} & {r["receipt_number"] for r in before}
    for entity in ("sales", "products", "customers", "inventory"):
        last = max(r["version"] for r in records(export, entity))
        assert min(r["version"] for r in records(day, entity)) > last
    prices = {r["id"]: r["price_excluding_tax"] for r in records(export, "products")}
    changed = records(day, "products")
    assert len(changed) == 5
    assert all(r["price_excluding_tax"] > prices[r["id"]] for r in changed)
    known = {r["id"] for r in records(export, "customers")}
    assert sum(r["id"] not in known for r in records(day, "customers")) == 1


def test_a_days_stock_is_the_stock_before_less_its_sales(shop):
    folder, export = shop
    day = write_lightspeed_day(folder, **SIZE)
    before = {r["product_id"]: r for r in records(export, "inventory")}
    sold = {}
    for sale in records(day, "sales"):
        if sale["status"] not in ("VOIDED", "SAVED"):
            for line in sale["line_items"]:
                sold[line["product_id"]] = sold.get(line["product_id"], 0) + line["quantity"]
    after = records(day, "inventory")
    assert after
    for record in after:
        old = before[record["product_id"]]
        assert record["id"] == old["id"]
        assert record["inventory_level"] == old["inventory_level"] - sold[record["product_id"]]
