"""The demo's tills with an API: what is written for them adds up to what is said of it."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from ingestion.demo import write_demo
from ingestion.demo.days import ZONE
from ingestion.demo.kseries_sales import Item as Drink
from ingestion.demo.kseries_sales import due
from ingestion.demo.kseries_sales import ring_up as ring_up_drinks
from ingestion.demo.square_orders import Item, Terms, give_back, ring_up, spread
from ingestion.demo.toast_orders import Extra, cents
from ingestion.demo.toast_orders import Item as Dish
from ingestion.demo.toast_orders import Terms as DishTerms
from ingestion.demo.toast_orders import ring_up as ring_up_dishes


@pytest.fixture(scope="module")
def demo(tmp_path_factory) -> tuple[Path, dict]:
    out = tmp_path_factory.mktemp("demo")
    return out, write_demo(out, sales=600, seed=3)["cloud_tills"]


@pytest.fixture
def stall(demo) -> tuple[Path, dict]:
    return demo[0] / "square", demo[1]["square_stall"]


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


def test_the_bar_is_paid_what_its_lines_come_to_night_by_night(demo):
    folder, truth = demo[0] / "kseries", demo[1]["kseries_bar"]
    nights: Counter[str] = Counter()
    for sale in lines(folder, "4101.sales"):
        paid = sum(Decimal(p["netAmountWithTax"]) + Decimal(p["tip"]) for p in sale["payments"])
        extra = sum(
            Decimal(p["tip"]) + Decimal(p.get("roundingAmount", 0)) for p in sale["payments"]
        )
        owed = sum(
            Decimal(line[name])
            for line in sale["salesLines"]
            for name in ("totalNetAmountWithoutTax", "taxAmount", "serviceCharge")
        )
        assert abs(paid - extra - owed) <= Decimal("0.005"), sale["accountFiscId"]
        if not sale["cancelled"] and sale["type"] != "VOID":
            closed = datetime.fromisoformat(sale["timeClosed"]).astimezone(ZONE)
            nights[f"{closed - timedelta(hours=5):%Y-%m-%d}"] += int(paid * 100)
    assert dict(nights) == truth["days"]
    assert sum(nights.values()) == truth["total_cents"]
    kinds = {sale["type"] for sale in lines(folder, "4101.sales")}
    assert kinds == {"SALE", "REFUND", "RECALL", "UPDATE", "VOID"}


def test_a_line_of_the_bar_comes_to_the_vendors_own_example():
    """11.00 with 20 % in the price and a service charge of 1.00: 8.33 without tax."""
    burger = Drink(
        "Burger", "52", Decimal("11.00"), rate=Decimal("0.2"), is_inclusive=True,
        discount=Decimal("1.00"), charge=Decimal("1.00"),
    )  # fmt: skip
    (line,) = ring_up_drinks([burger])
    assert line.record["totalNetAmountWithTax"] == "11.000000"
    assert line.record["totalNetAmountWithoutTax"].startswith("8.33")
    assert line.record["taxAmount"].startswith("1.666")
    assert due([line]) == Decimal("11.00")


def test_the_cafes_checks_come_to_what_stands_on_them_day_by_day(demo):
    folder, truth = demo[0] / "toast", demo[1]["toast_cafe"]
    days: Counter[str] = Counter()
    orders = [order for order in lines(folder, "orders") if "createdInTestMode" not in order]
    for order in orders:
        for check in order["checks"]:
            parts = [cents(s["price"]) + cents(s["tax"]) for s in standing(check["selections"])]
            for charge in check["appliedServiceCharges"]:
                taxes = sum(cents(tax["taxAmount"]) for tax in charge["appliedTaxes"])
                parts.append(cents(charge["chargeAmount"]) + taxes)
            parts += [cents(p["tipAmount"]) for p in check["payments"] if not p["voidInfo"]]
            assert cents(check["totalAmount"]) == sum(parts), check["guid"]
            if not check["voided"]:
                days[str(order["businessDate"])] += sum(parts)
            for refund in [p["refund"] for p in check["payments"] if p["refund"]]:
                days[str(refund["refundBusinessDate"])] -= cents(refund["refundAmount"])
    assert {day.replace("-", ""): total for day, total in truth["days"].items()} == days
    assert sum(days.values()) == truth["total_cents"]
    assert truth["by_line_type"].keys() >= {"tip", "service_charge", "gift_card"}


def test_a_modifier_stands_in_the_price_of_its_item_at_any_depth():
    extras = (Extra("Rings", 200), Extra("Sauce", 50, extras=(Extra("Hot", 25),)))
    burger = Dish("Burger", 1200, 2, extras=extras, discount=150)
    check = ring_up_dishes("c", [burger], DishTerms(tax_rate=500, discount=100))
    (line,) = check["selections"]
    assert (line["preDiscountPrice"], line["price"], line["tax"]) == (29.5, 27, 1.35)
    assert [modifier["price"] for modifier in line["modifiers"]] == [4, 1.5]
    assert check["totalAmount"] == 28.35


def standing(selections: list[dict]) -> list[dict]:
    return [selection for selection in selections if not selection["voided"]]
