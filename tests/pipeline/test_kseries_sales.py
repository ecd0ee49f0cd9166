"""Generated K-Series sales through loader and models: each adds up to what was paid.

All other tills are switched off: what is left builds and passes every test.
"""

from __future__ import annotations

import random
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import pytest

from ingestion.fakes.lightspeed_k import FakeKSeries
from ingestion.load import load
from tests.ingestion.kseries_shop import business, small_bar
from tests.pipeline.kseries_records import sale

COUNT = 200
CENT = Decimal("0.01")


def corrected_shift() -> dict:
    """A shift whose clock-out was mended: the newest event of a type stands."""
    events = [
        ("CLOCK_IN", "2024-05-04T18:00:00Z", "2024-05-04T18:00:00Z"),
        ("CLOCK_OUT", "2024-05-05T09:00:00Z", "2024-05-05T09:00:00Z"),
        ("CLOCK_OUT", "2024-05-05T02:30:00Z", "2024-05-05T10:00:00Z"),
    ]
    return {
        "uuid": "s1",
        "businessLocationId": 101,
        "staffId": 7,
        "declaredCashTips": "10.00",
        "dateInUTC": "2024-05-05T10:00:00Z",
        "events": [
            {"uuid": f"e{n}", "eventType": kind, "timestamp": at, "createdOn": written}
            for n, (kind, at, written) in enumerate(events)
        ],
    }


@pytest.fixture(params=["duckdb", "postgres"])
def built(request, open_shop, shop, monkeypatch):
    """Two locations, one whose prices hold tax; loaded and built. What each sale comes to."""
    rng = random.Random(11)
    records: dict[str, list] = {"101": [], "102": []}
    wanted = {}
    for location, is_inclusive in (("101", True), ("102", False)):
        for number in range(COUNT):
            record, sums = sale(rng, number, is_inclusive)
            records[location].append(record)
            wanted[f"{location}|{record['accountFiscId']}"] = sums
    lists = small_bar() | {"sales": records, "shifts": {"101": [corrected_shift()]}}
    till = FakeKSeries([business(101, 102)], lists, token="token-nobody-prints")
    monkeypatch.setenv("TILLHOUSE_BAR_TOKEN", "token-nobody-prints")
    with till:
        place = {"transport": "api", "path": till.url, "active_to": "2024-05-31"}
        shop({"account_id": "bar", "source": "lightspeed_k", **place})
        opened = open_shop(request.param)
        rows = load(opened.warehouse, since=date(2024, 5, 1))
    assert {row.status for row in rows} <= {"success", "no_change"}
    opened.build("--vars", "{pos_sources: [lightspeed_k]}")
    return opened, wanted


def _check_people_and_products(opened):
    (shift,) = opened.fetch("select * from marts.fct_shifts")
    assert shift["worked_hours"] == Decimal("8.5")
    assert shift["declared_cash_tips"] == 10
    employees = opened.fetch("select * from marts.dim_employees")
    assert {row["employee_name"] for row in employees} >= {"sam"}
    products = {row["sku"] for row in opened.fetch("select sku from intermediate.int_products")}
    assert {"ale", "x"} <= products


def test_each_sale_adds_up_to_what_was_paid_in_every_layer(built):
    opened, wanted = built
    _check_people_and_products(opened)
    assert opened.fetch("select * from marts.fct_integrity where status <> 'ok'") == []
    headers = {row["sale_id"]: row for row in opened.fetch("select * from marts.fct_transactions")}
    lines = {
        row["sale_id"]: row
        for row in opened.fetch(
            "select sale_id, sum(net_amount) as net, sum(tax_amount) as tax,"
            " sum(case when line_type = 'tip' then net_amount else 0 end) as tip,"
            " sum(case when line_type in ('unreconciled', 'adjustment') then 1 else 0 end)"
            " as unexplained from marts.fct_sales group by sale_id"
        )
    }
    paid = {
        row["sale_id"]: row["amount"]
        for row in opened.fetch(
            "select sale_id, sum(amount) as amount from marts.fct_payments group by sale_id"
        )
    }
    assert set(headers) == set(wanted)
    for sale_id, sums in wanted.items():
        assert headers[sale_id]["total_amount"] == sums["total"], sale_id
        assert headers[sale_id]["tax_amount"] == sums["tax"].quantize(CENT, ROUND_HALF_UP), sale_id
        assert lines[sale_id]["net"] + lines[sale_id]["tax"] == sums["total"], sale_id
        assert lines[sale_id]["tip"] == sums["tip"], sale_id
        assert lines[sale_id]["unexplained"] == 0, sale_id
        assert paid[sale_id] == sums["total"], sale_id
