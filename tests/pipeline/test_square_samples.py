"""Bodies of Square through loader and models: each adds up to its own header.

TILLHOUSE_SQUARE_SAMPLES may name a folder of recorded ones, JSON files; else they are ours. What
each states and what we make of it is printed (`pytest -s`), and what is left out and why.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from ingestion.demo.square_orders import Item, Terms, ring_up
from ingestion.fakes.square import FakeSquare
from ingestion.load import load

SAMPLES = os.environ.get("TILLHOUSE_SQUARE_SAMPLES", "")
AT = "2024-05-04T19:00:00.000Z"
SETTLED = ("COMPLETED",)


def found(value: Any, kind: str, is_inside: bool = False) -> Iterator[dict]:
    """Every object below a key such as `order`, `orders`."""
    if isinstance(value, list):
        for item in value:
            yield from found(item, kind, is_inside)
    elif isinstance(value, dict):
        if is_inside and "amount_money" in value | {"amount_money": kind == "order"}:
            yield value
        for key, below in value.items():
            yield from found(below, kind, key in (kind, f"{kind}s"))


def write_ours(folder: Path) -> Path:
    """Answers in Square's shapes: a tax on top, one within, discounts, a payment and a refund."""
    items = [Item("Tea", 1_250, quantity="3", discount=150), Item("Cake", 499, modifiers=75)]
    on_top = Terms("USD", tax_rate=8_875, order_discount=137)
    within = Terms("USD", tax_rate=20_000, is_inclusive=True)
    done = {"state": "COMPLETED", "closed_at": AT}
    orders = [done | ring_up(items, terms) for terms in (on_top, within)]
    settled = {"order_id": "order orders", "status": "COMPLETED"}
    whole = dict.fromkeys(("amount_money", "total_money"), orders[0]["total_money"])
    paid = settled | {"source_type": "CASH"} | whole
    back = settled | {"amount_money": {"amount": 499, "currency": "USD"}}
    bodies = {"orders": orders, "payment": paid, "refund": back}
    for name, body in bodies.items():
        (folder / f"{name}.json").write_text(json.dumps({name: body}), encoding="utf-8")
    return folder


def samples(folder: Path, kind: str) -> dict[str, dict]:
    """Sample -> its record, made one of our location and day; requests are not records."""
    made = {}
    for path in sorted(folder.rglob("*.json")):
        if path.stem.endswith("Request"):
            if kind == "order":
                print(f"\nleft out: {path.stem}: a request, not a record")
            continue
        body = json.loads(path.read_text(encoding="utf-8"))
        for number, record in enumerate(found(body, kind)):
            name = f"{path.stem}{f' {number}' if number else ''}"
            ours = {"id": f"{kind} {name}", "location_id": "L1", "updated_at": AT, "created_at": AT}
            made[name] = record | ours
    return made


@pytest.mark.parametrize("engine", ["duckdb", "postgres"])
def test_each_sample_adds_up_to_its_own_header(engine, open_shop, shop, monkeypatch, tmp_path):
    folder = Path(SAMPLES) if SAMPLES else write_ours(tmp_path)
    orders, payments, refunds = (samples(folder, kind) for kind in ("order", "payment", "refund"))
    for name in [name for name, order in orders.items() if "total_money" not in order]:
        print(f"\nleft out as order: {name}: it states no total")
        del orders[name]
    records = {
        "locations": [{"id": "L1", "timezone": "America/Los_Angeles"}],
        "orders": list(orders.values()),
        "payments": list(payments.values()),
        "refunds": list(refunds.values()),
    }
    monkeypatch.setenv("TILLHOUSE_S_TOKEN", "token-nobody-prints")
    with FakeSquare(records, token="token-nobody-prints") as till:
        place = {"transport": "api", "path": till.url, "active_to": "2024-05-31"}
        shop({"account_id": "s", "source": "square", "currency": "USD", **place})
        opened = open_shop(engine)
        load(opened.warehouse, since=date(2024, 5, 1))
    # Recorded payments are of orders that are not among the samples: on that day no sale has them.
    opened.build("--exclude", "assert_day_differences_have_a_cause")
    ours = {
        row["sale_id"]: row
        for row in opened.fetch(
            "select sale_id, count(*) as lines, sum(net_amount) as net, sum(tax_amount) as tax,"
            " sum(discount_amount) as discount, sum(total_amount) as total,"
            " sum(case when line_type = 'unreconciled' then 1 else 0 end) as unexplained"
            " from marts.fct_sales group by sale_id"
        )
    }
    for name, order in orders.items():
        stated, row = _stated(order), ours[order["id"]]
        print(f"\n{name}: {stated}, ours {row}")
        assert (row["total"], row["tax"], row["discount"]) == stated
        assert row["net"] == stated[0] - stated[1]
        assert row["lines"] == len(order["line_items"])
        assert row["unexplained"] == 0
    amounts = {
        row["payment_id"]: row["amount"]
        for row in opened.fetch("select payment_id, amount from marts.fct_payments")
    }
    for sign, field, taken in ((1, "total_money", payments), (-1, "amount_money", refunds)):
        for name, record in taken.items():
            is_settled = record["status"] in SETTLED
            stated = sign * _major(record[field]) if is_settled else Decimal(0)
            print(f"\n{name}: {record['status']} {record[field]}, ours {amounts[record['id']]}")
            assert amounts[record["id"]] == stated
    assert orders and payments and refunds


def _stated(order: dict) -> tuple[Decimal, Decimal, Decimal]:
    nothing = {"amount": 0}
    names = ("total_money", "total_tax_money", "total_discount_money")
    return tuple(_major(order.get(name, nothing)) for name in names)


def _major(money: dict) -> Decimal:
    return Decimal(money["amount"]).scaleb(-2)
