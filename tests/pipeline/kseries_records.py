"""Generated sales of K-Series, for tests of its models."""

from __future__ import annotations

import random
from decimal import Decimal

from ingestion.demo.kseries_sales import CENT, Item, due, give_back, pay, ring_up


def random_item(rng: random.Random, number: int, is_inclusive: bool) -> Item:
    """Anything that a line can hold."""
    quantity = Decimal(rng.choice(["1", "1", "2", "0.333"]))
    price = Decimal(rng.randint(0, 5_000)).scaleb(-2)
    return Item(
        name=f"Thing {number}",
        sku=rng.choice([f"sku{number}", f"sku{number % 7}"]),
        price=price,
        quantity=quantity,
        rate=rng.choice([Decimal(0), Decimal("0.05"), Decimal("0.2"), Decimal("0.08875")]),
        is_inclusive=is_inclusive,
        discount=rng.choice([Decimal(0), Decimal(0), (price * quantity / 10).quantize(CENT)]),
        charge=rng.choice([Decimal(0), Decimal(0), Decimal("1.25")]),
    )


def sale(rng: random.Random, number: int, is_inclusive: bool) -> tuple[dict, dict[str, Decimal]]:
    """A sale or refund of some lines, paid in one or two parts; and what it must add up to."""
    items = [random_item(rng, n, is_inclusive) for n in range(rng.randint(1, 6))]
    is_refund = rng.random() < 0.25
    lines = ring_up(give_back(items) if is_refund else items)
    total = due(lines)
    tip = rng.choice([Decimal(0), Decimal("2.50")]) * (-1 if is_refund else 1)
    first = total if rng.random() < 0.7 else (total / 3).quantize(CENT)
    parts = [first] + ([total - first] if first != total else [])
    payments = [
        pay(
            f"T1.{number}.{n}",
            rng.choice(["Cash", "Visa"]),
            part,
            tip if n == 0 else Decimal(0),
        )
        for n, part in enumerate(parts)
    ]
    at = f"2024-05-{1 + number % 28:02d}T19:{number % 60:02d}:00.000Z"
    record = {
        "accountFiscId": f"A1.{number}",
        "type": "REFUND" if is_refund else "SALE",
        "timeOfOpening": at,
        "timeClosed": at,
        "cancelled": False,
        "salesLines": [line.record for line in lines],
        "payments": payments,
    }
    tax = sum((line.tax for line in lines), Decimal(0))
    return record, {"total": total + tip, "tip": tip, "tax": tax}
