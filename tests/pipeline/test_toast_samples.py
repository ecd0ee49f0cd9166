"""Orders of Toast through loader and models: each adds up to its own header.

TILLHOUSE_TOAST_SAMPLES may name a folder of recorded ones, JSON files, which Toast does not let us
pass on; else they are ours. What each states and what we make of it is printed (`pytest -s`); one
that does not add up by itself has a line for the rest.
"""

from __future__ import annotations

import json
import os
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from ingestion.demo.toast_orders import Extra, Item, Terms, cents, pay, ring_up
from ingestion.fakes.toast import RESTAURANT, FakeToast
from ingestion.load import load
from tests.pipeline.toast_records import moment

pytestmark = pytest.mark.usefixtures("slept")  # the till keeps its limits
SAMPLES = os.environ.get("TILLHOUSE_TOAST_SAMPLES", "")
DAY = 2


def write_ours(folder: Path) -> Path:
    """Two orders in Toast's shape, and one whose total somebody edited by hand."""
    extras = (Extra("Oat milk", 75), Extra("Side", 250))
    items = [Item("Tea", price=1_250, quantity=2, discount=150), Item("Cake", 499, extras=extras)]
    plain, full = Terms(tax_rate=888), Terms(tax_rate=1_300, discount=137, charge=333)
    kinds = {"plain": (plain, 0, 0), "full": (full, 250, 0), "cut": (full, 0, 1)}
    for name, (terms, tip, edit) in kinds.items():
        check = ring_up(name, [*items, Item("Scone", 399, is_voided=True)], terms)
        pay(check, f"{name}-p", "CASH", cents(check["totalAmount"]), tip)
        check["totalAmount"] = round(check["totalAmount"] - edit, 2)
        text = json.dumps({"checks": [check]})
        (folder / f"{name}.json").write_text(text, encoding="utf-8")
    return folder


def samples(folder: Path) -> dict[str, dict]:
    """Sample -> its order, made one of our day with ids of its own."""
    made = {}
    for path in sorted(folder.rglob("*.json")):
        order = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(order, dict) and "checks" in order:
            dates = {"openedDate": moment(DAY), "modifiedDate": moment(DAY)}
            name = path.stem
            for number, check in enumerate(order["checks"]):
                check |= {"guid": f"{name} {number}" if number else name, **dates}
                for place, payment in enumerate(check["payments"]):
                    payment |= {"guid": f"{check['guid']} p{place}", "paidDate": moment(DAY)}
                    payment |= {"paidBusinessDate": 20240502}
            made[name] = order | dates | {"guid": name, "businessDate": 20240502}
        else:
            print(f"\nleft out: {path.stem}: no order with its checks")
    return made


def stated(check: dict) -> tuple[Decimal, Decimal, Decimal]:
    """Total, tax and discounts of a check as it states them."""
    standing = [line for line in check["selections"] if not line["voided"]]
    discount = sum(exact(line["preDiscountPrice"]) - exact(line["price"]) for line in standing)
    return exact(check["totalAmount"]), exact(check["taxAmount"]), discount


def adds_up(check: dict) -> bool:
    """Whether a check is the sum of its own parts; one recorded answer was edited by hand."""
    standing = [line for line in check["selections"] if not line["voided"]]
    parts = [exact(line["price"]) for line in standing]
    parts += [exact(charge["chargeAmount"]) for charge in check["appliedServiceCharges"]]
    parts += [exact(payment["tipAmount"]) for payment in check["payments"]]
    return sum(parts) + exact(check["taxAmount"]) == exact(check["totalAmount"])


def exact(amount: float | int | None) -> Decimal:
    """A JSON number as the decimal that it was written as."""
    return Decimal(str(amount or 0))


@pytest.mark.parametrize("engine", ["duckdb", "postgres"])
def test_each_sample_adds_up_to_its_own_header(engine, open_shop, shop, monkeypatch, tmp_path):
    orders = samples(Path(SAMPLES) if SAMPLES else write_ours(tmp_path))
    monkeypatch.setenv("TILLHOUSE_CAFE_TOKEN", "t")
    monkeypatch.setenv("TILLHOUSE_CAFE_RESTAURANT_GUID", RESTAURANT)
    with FakeToast({"orders": list(orders.values())}, token="t") as till:
        place = {"transport": "api", "path": till.url, "active_to": "2024-05-31"}
        shop({"account_id": "cafe", "source": "toast", "currency": "USD", **place})
        opened = open_shop(engine)
        load(opened.warehouse, entities=["orders"], since=date(2024, 5, 1))
    opened.build("--select", "+fct_integrity", "--exclude-resource-type", "test")
    ours = {
        row["sale_id"]: row
        for row in opened.fetch(
            "select sale_id, count(*) as lines, sum(net_amount) as net, sum(tax_amount) as tax,"
            " sum(discount_amount) as discount, sum(total_amount) as total,"
            " sum(case when line_type = 'unreconciled' then total_amount else 0 end) as unexplained"
            " from marts.fct_sales group by sale_id"
        )
    }
    assert opened.fetch("select * from marts.fct_integrity where status <> 'ok'") == []
    paid = {
        row["sale_id"]: row["amount"]
        for row in opened.fetch(
            "select sale_id, sum(amount) as amount from marts.fct_payments group by sale_id"
        )
    }
    checks = [check for order in orders.values() for check in order["checks"]]
    for check in checks:
        row = ours[check["guid"]]
        print(f"\n{check['guid']}: {stated(check)}, adds up: {adds_up(check)}, ours {row}")
        assert (row["total"], row["tax"], row["discount"]) == stated(check)
        assert row["net"] == row["total"] - row["tax"]
        assert (row["unexplained"] == 0) == adds_up(check)
        taken = sum(exact(p["amount"]) + exact(p["tipAmount"]) for p in check["payments"])
        print(f"payments of {check['guid']}: {taken}, ours {paid.get(check['guid'], 0)}")
        assert paid.get(check["guid"], 0) == taken
    assert sum(adds_up(check) for check in checks) >= 2
