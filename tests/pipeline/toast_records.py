"""Generated orders of Toast, for tests of its models."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from decimal import Decimal

from ingestion.demo.toast_orders import Extra, Item, Terms, cents, give_back, pay, ring_up
from ingestion.fakes.toast import RESTAURANT

RARE_KINDS = ("OPEN_ITEM", "COMBO", "TOAST_CARD_SELL", "HOUSE_ACCOUNT_PAY_BALANCE")
CHARGES = {"FUNDRAISING_CAMPAIGN": "donation", "CASH_ROUNDING": "rounding"}
NOT_THERE = {"paymentStatus": "DENIED"}
VOIDED = {"paymentStatus": "VOIDED", "voidInfo": {"voidBusinessDate": 20240502}}


def random_item(rng: random.Random, number: int) -> Item:
    """An item with anything that Toast can put on it."""
    inner = (Extra("Well done", 0), Extra("More", 33, extras=(Extra("Still more", 7),)))
    extras = (Extra("Oat milk", 75, "x1"), Extra("Side", rng.choice([0, 250]), extras=inner))
    card = Extra("Gift card", 2_500, "x2", is_card=True)
    with_cards = (*extras, card, Extra("In a box", 40, extras=(card,)))
    kind = rng.choice(("NONE", "NONE", "NONE", *RARE_KINDS))
    return Item(
        f"Thing {number}",
        price=rng.choice([0, 99, 1_250, rng.randint(1, 9_999)]),
        quantity=rng.choice([1, 1, 2, 3]),
        item_id=rng.choice(["", f"i{number}"]),
        extras=rng.choice([(), (), extras, with_cards if kind in ("NONE", "COMBO") else ()]),
        discount=rng.choice([0, 0, 150]) if kind == "NONE" else 0,
        is_taxed=kind != "HOUSE_ACCOUNT_PAY_BALANCE" and rng.random() < 0.8,
        is_inclusive=rng.random() < 0.3,
        is_voided=rng.random() < 0.1,
        kind=kind,
    )


def random_check(rng: random.Random, guid: str, day: int) -> tuple[dict, Counter]:
    """A check, paid in one or two parts, some of it given back; and what it comes to, in cents."""
    items = [random_item(rng, n) for n in range(rng.randint(1, 6))]
    terms = Terms(
        tax_rate=rng.choice([0, 500, 888, 1_300]),
        discount=rng.choice([0, 0, 137, 1_000]),
        charge=rng.choice([0, 0, 333]),
        charge_category=rng.choice(["SERVICE_CHARGE", "FUNDRAISING_CAMPAIGN", "CASH_ROUNDING"]),
        is_gratuity=rng.random() < 0.3,
        is_charge_taxed=rng.random() < 0.5,
    )
    check = ring_up(guid, items, terms)
    due, tip = cents(check["totalAmount"]), rng.choice([0, 0, 250])
    first = due if rng.random() < 0.7 else due // 3
    paid = {"paidDate": moment(day), "paidBusinessDate": int(f"202405{day:02d}")}
    pay(check, f"{guid}-p0", rng.choice(["CASH", "CREDIT"]), first, tip, **paid)
    if first != due:
        pay(check, f"{guid}-p1", "OTHER", due - first, otherPayment={"guid": "apt1"}, **paid)
    if rng.random() < 0.2:
        pay(check, f"{guid}-p2", "CREDIT", due, 500, **paid | rng.choice([NOT_THERE, VOIDED]))
    sums = Counter(total=due + tip, tax=cents(check["taxAmount"]))
    if rng.random() < 0.05:
        check["voided"] = True
        check["payments"] = [payment | VOIDED for payment in check["payments"]]
        return check, Counter(total=0, tax=0)
    if rng.random() < 0.3:
        back = rng.sample(range(len(items)), rng.randint(0, len(items)))
        by_amount = rng.choice([0, 0, 111])
        sums["back"] = give_back(check, 0, moment(day + 1), 20240501 + day, back, by_amount)
        if check["appliedServiceCharges"] and sums["back"] and rng.random() < 0.5:
            charge = check["appliedServiceCharges"][0]
            charge["refundDetails"] = {"refundAmount": charge["chargeAmount"]}
            refund = check["payments"][0]["refund"]
            sums["back"] += cents(charge["chargeAmount"])
            refund["refundAmount"] = sums["back"] / 100
    return check, sums


def moment(day: int, half_past: bool = False) -> str:
    """A moment of the day in May 2024 on which the shop's day and the world's are one."""
    return f"2024-05-{day:02d}T19:{30 if half_past else 0:02d}:00.000+0000"


def orders(seed: int, count: int) -> tuple[list[dict], dict[str, Counter]]:
    """Orders of one to three checks, and what each check comes to."""
    rng = random.Random(seed)
    made, sums = [], {}
    for number in range(count):
        day = 1 + number % 27
        checks = []
        for place in range(rng.choice([1, 1, 1, 2, 3])):
            check, of_check = random_check(rng, f"c{number}-{place}", day)
            checks.append({**check, "openedDate": moment(day), "displayNumber": f"{number}"})
            sums[check["guid"]] = of_check
        made.append(
            {
                "guid": f"o{number}",
                "businessDate": int(f"202405{day:02d}"),
                "openedDate": moment(day),
                "modifiedDate": moment(day + 1),
                "deletedDate": "1970-01-01T00:00:00.000+0000",
                "source": "In Store",
                "server": {"guid": "e1"},
                "checks": checks,
            }
        )
    return made, sums


def net_by_type(made: list[dict], is_export: bool = False) -> dict[str, Decimal]:
    """What stands on the checks that count, by the type of its line; an export tells fewer."""
    nets: dict[str, Decimal] = defaultdict(Decimal)
    for check in (check for order in made for check in order["checks"] if not check["voided"]):
        for item in check["selections"]:
            cards = Decimal(0) if is_export else cards_within(item)
            nets[item_type(item, is_export)] += (
                0 if item["voided"] else exact(item["price"]) - cards
            )
            nets["gift_card"] += 0 if item["voided"] else cards
        for charge in check["appliedServiceCharges"]:
            nets[charge_type(charge, is_export)] += exact(charge["chargeAmount"])
        for payment in check["payments"]:
            counts = payment["paymentStatus"] == "CAPTURED" and not payment["voidInfo"]
            nets["tip"] += exact(payment["tipAmount"]) if counts else 0
    return nets


def back_by_type(made: list[dict], is_export: bool = False) -> dict[str, Decimal]:
    """What was given back, by the type of its line, and the tax; an export tells only how much."""
    back: dict[str, Decimal] = defaultdict(Decimal)
    for check in (check for order in made for check in order["checks"] if not check["voided"]):
        refund = check["payments"][0]["refund"]
        by_amount = exact(refund["refundAmount"]) if refund else Decimal(0)
        for item in () if is_export else check["selections"]:
            details = item["refundDetails"] or {"refundAmount": 0, "taxRefundAmount": 0}
            amount, tax = exact(details["refundAmount"]), exact(details["taxRefundAmount"])
            cards = cards_within(item) if item["refundDetails"] else Decimal(0)
            back[item_type(item)] -= amount - cards
            back["gift_card"] -= cards
            back["tax"] -= tax
            by_amount -= amount + tax
        for charge in () if is_export else check["appliedServiceCharges"]:
            amount = exact((charge["refundDetails"] or {"refundAmount": 0})["refundAmount"])
            back[charge_type(charge)] -= amount
            by_amount -= amount
        back["product"] -= by_amount
    return {name: amount for name, amount in back.items() if amount}


def item_type(item: dict, is_export: bool = False) -> str:
    """The type of an item's line; the export does not tell that an account was paid off."""
    if item["deferred"]:
        return "gift_card"
    is_account = item["selectionType"] == "HOUSE_ACCOUNT_PAY_BALANCE" and not is_export
    return "account_payment" if is_account else "product"


def charge_type(charge: dict, is_export: bool = False) -> str:
    """The type of a charge's line; the export tells only what is the staff's."""
    kind = CHARGES.get("" if is_export else charge["serviceChargeCategory"], "service_charge")
    return "tip" if charge["gratuity"] else kind


def cards_within(item: dict) -> Decimal:
    """The gift cards among the modifiers of an item."""
    standing = [m for m in item["modifiers"] if not m["voided"]]
    return sum(
        (exact(m["price"]) if m["deferred"] else cards_within(m) for m in standing), exact(0)
    )


def void_a_card(order: dict) -> None:
    """A gift card that was taken off the first item again: its price does not hold it."""
    card = {"deferred": True, "voided": True, "price": 99.5, "quantity": 1, "modifiers": []}
    order["checks"][0]["selections"][0]["modifiers"].append(card)


def exact(amount: float) -> Decimal:
    """A JSON number as it is written."""
    return Decimal(str(amount))


def shop(made: list[dict]) -> dict[str, list]:
    """The records of a restaurant with these orders."""
    general = {"name": "Cafe", "timeZone": "America/Vancouver", "closeoutHour": 4}
    shift = {
        "guid": "t1",
        "businessDate": "20240502",
        "modifiedDate": moment(3),
        "inDate": "2024-05-02T16:00:00.000+0000",
        "outDate": "2024-05-03T00:30:00.000+0000",
        "breaks": [
            {"guid": "b1", "paid": False, "inDate": moment(2), "outDate": moment(2, half_past=True)}
        ],
        "hourlyWage": 20.5,
        "overtimeHours": 0.5,
        "declaredCashTips": 12.25,
        "jobReference": {"guid": "j1"},
        "employeeReference": {"guid": "e1"},
        "deleted": False,
    }
    return {
        "restaurants": [{"guid": RESTAURANT, "general": general}],
        "configuration": [{"kind": "alternatePaymentTypes", "guid": "apt1", "name": "Voucher"}],
        "employees": [{"guid": "e1", "firstName": "Sam", "lastName": "Lee", "deleted": False}],
        "jobs": [{"guid": "j1", "title": "Barista"}],
        "orders": made,
        "time_entries": [shift, {**shift, "guid": "t2", "deleted": True}],
    }
