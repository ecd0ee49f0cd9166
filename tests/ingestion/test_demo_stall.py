"""The demo's market stall: what is written adds up, and is the same each time."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ingestion.demo import write_demo
from ingestion.demo.square_orders import Item, Terms, give_back, ring_up, spread


@pytest.fixture(scope="module")
def stall(tmp_path_factory) -> tuple[Path, dict]:
    out = tmp_path_factory.mktemp("demo")
    return out / "square", write_demo(out, sales=600, seed=3)["stall"]


def lines(folder: Path, entity: str) -> list[dict]:
    return [json.loads(line) for line in (folder / f"{entity}.jsonl").read_text().splitlines()]


def test_the_truth_is_the_sum_of_the_completed_headers(stall):
    folder, truth = stall
    done = [order for order in lines(folder, "orders") if order["state"] == "COMPLETED"]
    totals = [order["net_amounts"]["total_money"]["amount"] for order in done]
    assert (len(done), sum(totals)) == (truth["sales"], truth["total_cents"])
    paid = sum(p["total_money"]["amount"] for p in lines(folder, "payments"))
    given_back = sum(r["amount_money"]["amount"] for r in lines(folder, "refunds"))
    assert paid - given_back == truth["total_cents"]
    assert any("rounding_adjustment" in order for order in done)
    assert any(order["updated_at"] > order["created_at"] for order in done)


def test_prices_with_tax_and_without_come_to_the_same_identity():
    """As an example of Square's own papers has it: 9 % on top after 0.5 %, 5 % and 1.00 off."""
    items = [
        Item("New York Strip Steak", 1599, discount=87),
        Item("New York Steak", 2200, "2", modifiers=50, discount=346),
    ]
    order = ring_up(items, Terms(currency="USD", tax_rate=9_000))
    assert [line["total_tax_money"]["amount"] for line in order["line_items"]] == [136, 374]
    assert [line["total_money"]["amount"] for line in order["line_items"]] == [1648, 4528]
    assert order["total_money"]["amount"] == 6176
    inclusive = ring_up(items, Terms(currency="USD", tax_rate=9_000, is_inclusive=True))
    for line in inclusive["line_items"]:
        gross, off, tax, total = (
            line[f"{name}_money"]["amount"]
            for name in ("gross_sales", "total_discount", "total_tax", "total")
        )
        assert gross - off + tax == total
    back = give_back(order)
    assert back["net_amounts"]["total_money"]["amount"] == -6176


def test_shares_add_up():
    assert spread(100, [1, 1, 1]) == [34, 33, 33]
    assert spread(5, [0, 0]) == [5, 0]
