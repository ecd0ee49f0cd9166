"""Generated orders of Square accounts in several currencies, for tests of its models."""

from __future__ import annotations

import random

from ingestion.demo.square_orders import Item, Terms, give_back, ring_up

CURRENCIES = ("CAD", "JPY", "KWD")
PLACE = "L1"


def random_order(rng: random.Random, number: int, currency: str) -> dict:
    """A completed order with anything that Square can put into one."""
    items = [_random_item(rng, n) for n in range(rng.randint(1, 6))]
    terms = Terms(
        currency=currency,
        tax_rate=rng.choice([0, 5_000, 8_875, 20_000]),
        is_inclusive=rng.random() < 0.4,
        is_net_price=rng.random() < 0.5,
        order_discount=rng.choice([0, 0, 137, 1_000]),
        charge=rng.choice([0, 0, 333]),
        is_apportioned=rng.random() < 0.5,
        is_charge_taxed=rng.random() < 0.5,
        tip=rng.choice([0, 0, 250]),
        cash_rounding=rng.choice([0, 0, -2, 1]),
    )
    return _dated(number, ring_up(items, terms))


def random_return(rng: random.Random, number: int, order: dict) -> dict:
    """All lines of an order come back, or all but one."""
    lines = len(order["line_items"])
    keep = [rng.randrange(lines)] if lines > 1 and rng.random() < 0.5 else []
    return _dated(number, give_back(order, keep))


def exchange(number: int, sold: dict, order: dict) -> dict:
    """One order holds what is sold and what comes back for it."""
    back = give_back(order)
    net = {
        name: {
            "amount": sold["net_amounts"][name]["amount"] + back["net_amounts"][name]["amount"],
            "currency": money["currency"],
        }
        for name, money in sold["net_amounts"].items()
    }
    return _dated(number, sold | back | {"net_amounts": net})


def orders(seed: int, count: int, currency: str) -> list[dict]:
    """`count` orders: sales, and returns and exchanges of some of them."""
    rng = random.Random(f"{seed} {currency}")
    made: list[dict] = []
    for number in range(count):
        sales = [order for order in made if "line_items" in order and "returns" not in order]
        kind = rng.choice(["sale", "sale", "sale", "return", "exchange"]) if sales else "sale"
        if kind == "return":
            made.append(random_return(rng, number, rng.choice(sales)))
            continue
        order = random_order(rng, number, currency)
        if kind == "exchange":
            order = exchange(number, order, rng.choice(sales))
        made.append(order)
    return made


def payment_of(order: dict) -> dict:
    """One payment, or refund, of all that an order comes to."""
    amount = order["net_amounts"]["total_money"]
    given = {"amount": abs(amount["amount"]), "currency": amount["currency"]}
    common = {
        "order_id": order["id"],
        "location_id": PLACE,
        "status": "COMPLETED",
        "created_at": order["created_at"],
        "updated_at": order["updated_at"],
        "team_member_id": "T1",
    }
    if amount["amount"] < 0:
        return common | {"id": f"R{order['id']}", "amount_money": given}
    return common | {"id": f"P{order['id']}", "source_type": "CASH", "total_money": given}


def shop(made: list[dict]) -> dict[str, list]:
    """The records of a seller with these orders, each paid."""
    taken = [payment_of(order) for order in made]
    return {
        "locations": [{"id": PLACE, "name": "Market", "timezone": "America/Vancouver"}],
        "orders": made,
        "payments": [row for row in taken if row["id"].startswith("P")],
        "refunds": [row for row in taken if row["id"].startswith("R")],
        "gift_card_activities": [row for order in made for row in card_movements(order)],
    }


def card_movements(order: dict) -> list[dict]:
    """What Square notes of the gift cards that an order sells and of those that it takes back."""
    back = [line for part in order.get("returns", []) for line in part["return_line_items"]]
    sold = [("ACTIVATE", line, {"order_id": order["id"]}) for line in order.get("line_items", [])]
    given = [("ADJUST_DECREMENT", line, {"reason": "PURCHASE_WAS_REFUNDED"}) for line in back]
    return [
        {
            "id": f"G{order['id']} {number}",
            "type": kind,
            "location_id": PLACE,
            "created_at": order["closed_at"],
            f"{kind.lower()}_activity_details": more | {"amount_money": _worth(line)},
            "gift_card_balance_money": _worth(line),
        }
        for number, (kind, line, more) in enumerate(sold + given)
        if line["item_type"] == "GIFT_CARD"
    ]


def _worth(line: dict) -> dict:
    """What a gift card is worth: the price of its line without tax and share of charges."""
    besides = ("total_tax_money", "total_service_charge_money")
    taken = sum(line.get(name, {"amount": 0})["amount"] for name in besides)
    return line["total_money"] | {"amount": line["total_money"]["amount"] - taken}


def _random_item(rng: random.Random, number: int) -> Item:
    return Item(
        name=f"Thing {number}",
        price=rng.choice([0, 99, 1_250, rng.randint(1, 9_999)]),
        quantity=rng.choice(["1", "1", "3", "0.75", "1.33333"]),
        variation_id=rng.choice([None, f"V{number}"]),
        variation_name="Regular",
        modifiers=rng.choice([0, 0, 75]),
        discount=rng.choice([0, 0, 150]),
        item_type="GIFT_CARD" if rng.random() < 0.1 else "ITEM",
        is_taxed=rng.random() < 0.8,
    )


def _dated(number: int, order: dict) -> dict:
    at = f"2024-05-{1 + number % 28:02d}T19:{number % 60:02d}:00.000Z"
    dates = {"created_at": at, "updated_at": at, "closed_at": at}
    return {"id": f"O{number:05d}", "location_id": PLACE, "state": "COMPLETED", **dates, **order}
