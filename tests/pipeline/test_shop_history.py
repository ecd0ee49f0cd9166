"""The whole way on both engines: the demo as planted, and a history that changes under the shop."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from scripts.compare_engines import compare, declared_marts
from tests.ingestion.connect_till import free_port
from tests.pipeline.shop_records import CUSTOMER, OUTLET, drop, money, product, sale

DEMO_ACCOUNTS = (
    {
        "account_id": "amber_main",
        "source": "files",
        "mapping": "amberpos",
        "active_from": "2021-01-02",
        "till_name": "AmberPOS",
        "location_name": "Harbour Toys",
    },
    {
        "account_id": "lightspeed_main",
        "active_from": "2022-12-28",
        "till_name": "Lightspeed X-Series",
        "location_name": "Harbour Toys",
    },
    {
        "account_id": "square_stall",
        "source": "square",
        "transport": "api",
        "active_from": "2024-05-04",
        "till_name": "Square",
        "location_name": "Harbour Toys Stall",
        "paused": "true",
    },
    {
        "account_id": "kseries_bar",
        "source": "lightspeed_k",
        "transport": "api",
        "active_from": "2024-07-05",
        "active_to": "2024-07-28",
        "day_cutoff": "05:00",
        "till_name": "Lightspeed K-Series",
        "location_name": "Harbour Bar",
        "paused": "true",
    },
    {
        "account_id": "toast_cafe",
        "source": "toast",
        "transport": "api",
        "active_from": "2024-08-03",
        "active_to": "2024-08-26",
        "day_cutoff": "04:00",
        "till_name": "Toast",
        "location_name": "Harbour Cafe",
        "paused": "true",
    },
)


def test_the_demo_is_found_as_planted_and_alike_on_both_engines(open_shop, shop, tmp_path):
    demo = tmp_path / "demo"
    served = (f"http://127.0.0.1:{free_port()}" for _ in range(3))
    places = (str(demo / "amber"), str(demo / "lightspeed"), *served)
    shop(*(a | {"path": place} for a, place in zip(DEMO_ACCOUNTS, places, strict=True)))
    warehouses = []
    for engine in ("duckdb", "postgres"):
        opened = open_shop(engine)
        size = ("--sales", "600", "--seed", "11")
        opened.run("ingestion.demo", "--out", str(demo), *size, "--load-cloud")
        opened.run("ingestion", "load")
        opened.build()
        opened.run("dbt", "test", "--quiet", "--select", "test_type:unit")
        opened.run("scripts.demo", "--truth", str(demo / "truth.json"))
        opened.run("dbt", "compile", "--quiet", "--select", "path:analyses")
        questions = list((opened.target / "compiled/tillhouse/analyses").glob("*.sql"))
        assert questions and all(opened.fetch(q.read_text(encoding="utf-8")) for q in questions)
        warehouses.append(opened.warehouse)
    manifest = json.loads((opened.target / "manifest.json").read_text(encoding="utf-8"))
    comparisons = compare(*warehouses, declared_marts(manifest))
    assert len(comparisons) >= 20
    assert [(c.mart.name, c.differences) for c in comparisons if c.differences] == []


FIRST = [
    sale(1, [("p1", 1, 10.0), ("p2", 3, 4.30435)]),
    sale(2, [("p1", 2, 10.0)]),
    sale(3, [("p2", -1, 4.30435)], return_for="s1"),
    sale(4, [("p3", 1, 25.0)], status="LAYBY"),
    sale(5, [("p1", 1, 10.0)]),
    sale(6, [("p1", 60, 10.90909)]),
]
CHANGES = [
    sale(1, [("p1", 1, 10.0), ("p2", 2, 4.30435)], version=101),  # a line went
    sale(2, [], version=102),  # edited down to no lines
    sale(4, [("p3", 1, 25.0)], status="VOIDED", version=104),
    sale(5, [("p1", 1, 12.6)], version=105),
    sale(7, [("p4", 1, 8.0)], version=107),
]


@pytest.mark.parametrize("engine", ["duckdb", "postgres"])
def test_nights_end_with_what_a_full_refresh_gives(engine, open_shop, shop, tmp_path):
    folder = tmp_path / "export"
    seeds = shop({"account_id": "x", "path": str(folder)})
    drop(
        folder,
        "2024-03-10",
        outlets=[OUTLET],
        customers=[CUSTOMER],
        products=[product(n) for n in (1, 2, 3)],
        sales=FIRST,
    )
    opened = open_shop(engine)
    opened.run("ingestion", "load")
    opened.night()
    assert money(opened, "s2") == Decimal("21.00")
    drop(
        folder,
        "2024-03-11",
        products=[product(4), product(1, sku="POSTAGE", version=200)],
        sales=CHANGES,
    )
    opened.run("ingestion", "load")
    opened.night()
    assert money(opened, "s2") == 0, "a sale edited down to no lines keeps none of its old ones"
    assert money(opened, "s4") == 0, "voided"
    assert money(opened, "s5") == Decimal("13.23")
    lines = opened.fetch("select count(*) as n from staging.stg_lightspeed_x__sale_lines")[0]["n"]
    assert lines == 2 + 0 + 1 + 1 + 1 + 1 + 1
    types = opened.fetch("select distinct line_type from marts.fct_sales where product_id = 'p1'")
    assert types == [{"line_type": "postage"}], "a rule reaches lines that did not change"
    rules = (seeds / "mapping/line_type_rules.csv").read_text(encoding="utf-8")
    (seeds / "mapping/line_type_rules.csv").write_text(
        rules + "mine,x,sku,equals,SKU4,fee,1,a test\n", encoding="utf-8"
    )
    accounts = (seeds / "pos_accounts.csv").read_text(encoding="utf-8")
    (seeds / "pos_accounts.csv").write_text(accounts.replace(",CAD,", ",JPY,"), encoding="utf-8")
    opened.night()
    changed = opened.fetch("select line_type from marts.fct_sales where product_id = 'p4'")
    assert changed == [{"line_type": "fee"}], "a new rule of the shop needs no full refresh"
    assert money(opened, "s5") == 13, "another currency rounds old sales anew"
    incremental = {mart: opened.rows(mart) for mart in opened.marts()}
    opened.build("--full-refresh")
    assert {mart: opened.rows(mart) for mart in incremental} == incremental
    assert "as they were" not in opened.night(), "what dbt builds by itself is not taken as known"


@pytest.mark.parametrize("engine", ["duckdb", "postgres"])
def test_an_invoice_that_left_a_snapshot_leaves_the_facts(engine, open_shop, shop, tmp_path):
    folder = tmp_path / "drop"
    folder.mkdir()
    mapping = tmp_path / "lines.yml"
    mapping.write_text(
        "name: Lines\nmode: snapshot\ndate_formats: ['%Y-%m-%d']\nentities:\n  sale_lines:\n"
        "    files: '*.csv'\n    columns: {sale_id: Invoice, sold_at: Date, product_id: Item,"
        " quantity: Qty, unit_price: Price}\n",
        encoding="utf-8",
    )
    shop({"account_id": "f", "source": "files", "path": str(folder), "mapping": str(mapping)})
    head = "Invoice,Date,Item,Qty,Price\n"
    both = head + "A1,2024-01-02,T1,2,1.005\nA1,2024-01-02,T1,2,1.005\nA2,2024-01-03,T2,1,3\n"
    (folder / "sales.csv").write_text(both, encoding="utf-8")
    opened = open_shop(engine)
    opened.run("ingestion", "load")
    opened.build()
    assert money(opened, "A1") == Decimal("4.02"), "identical lines stay two"
    assert money(opened, "A2") == 3
    (folder / "sales.csv").write_text(both.replace("A2,2024-01-03,T2,1,3\n", ""), encoding="utf-8")
    opened.run("ingestion", "load")
    opened.build()
    assert money(opened, "A2") == 0
    assert money(opened, "A1") == Decimal("4.02")
    kept = opened.fetch("select count(*) as n from raw_files.sale_lines")[0]["n"]
    assert kept == 3, "raw keeps what vanished, closed"


def test_a_build_before_any_load_says_what_to_do(open_shop, shop):
    shop()
    opened = open_shop("duckdb")
    printed = opened.run("scripts.build", expect=1)
    assert "load" in printed
