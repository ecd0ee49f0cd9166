"""Generated sales of K-Series, for tests of its models."""

from __future__ import annotations

import random
from decimal import ROUND_HALF_EVEN, Decimal

CENT = Decimal("0.01")
SIX = Decimal("0.000001")


def money(value: Decimal, step: Decimal = SIX) -> str:
    """A decimal as K-Series writes it: text with fixed decimals, halves to the even one."""
    return str(value.quantize(step, ROUND_HALF_EVEN))


def line(rng: random.Random, number: int, is_inclusive: bool, sign: int) -> tuple[dict, Decimal]:
    """A line and what it comes to with tax and service charge."""
    quantity = Decimal(rng.choice(["1", "1", "2", "0.333"]))
    price = Decimal(rng.randint(0, 5_000)).scaleb(-2)
    discount = rng.choice([Decimal(0), Decimal(0), (price * quantity / 10).quantize(CENT)])
    rate = rng.choice([Decimal(0), Decimal("0.05"), Decimal("0.2"), Decimal("0.08875")])
    amount = sign * (price * quantity - discount)
    net = (amount / (1 + rate) if is_inclusive else amount).quantize(SIX)
    tax = (amount - net if is_inclusive else amount * rate).quantize(SIX)
    charge = (sign * rng.choice([Decimal(0), Decimal(0), Decimal("1.25")])).quantize(CENT)
    total = net + tax + charge
    made = {
        "id": f"S1.{number}",
        "name": f"Thing {number}",
        "sku": rng.choice([f"sku{number}", f"sku{number % 7}"]),
        "quantity": money(sign * quantity, Decimal("0.001")),
        "menuListPrice": money(price, CENT),
        "totalNetAmountWithTax": money(total if is_inclusive else net),
        "totalNetAmountWithoutTax": money(net),
        "taxAmount": money(tax),
        "serviceCharge": money(charge, CENT),
        "totalDiscountAmount": money(sign * discount, CENT),
        "taxLines": [{"taxCode": "T", "taxIncluded": is_inclusive}],
    }
    return made, total


def sale(rng: random.Random, number: int, is_inclusive: bool) -> tuple[dict, dict[str, Decimal]]:
    """A sale or refund of some lines, paid in one or two parts; and what it must add up to."""
    sign = rng.choice([1, 1, 1, -1])
    made = [line(rng, n, is_inclusive, sign) for n in range(rng.randint(1, 6))]
    due = sum(total for _, total in made).quantize(CENT, ROUND_HALF_EVEN)
    tip = sign * rng.choice([Decimal(0), Decimal("2.50")])
    first = due if rng.random() < 0.7 else (due / 3).quantize(CENT)
    parts = [first] + ([due - first] if first != due else [])
    payments = [
        {
            "fiscId": f"T1.{number}.{n}",
            "description": rng.choice(["Cash", "Visa"]),
            "type": "NORMAL",
            "netAmountWithTax": money(part, CENT),
            "tip": money(tip if n == 0 else Decimal(0), CENT),
            "surcharge": "0.00",
        }
        for n, part in enumerate(parts)
    ]
    at = f"2024-05-{1 + number % 28:02d}T19:{number % 60:02d}:00.000Z"
    tax = sum(Decimal(row["taxAmount"]) for row, _ in made)
    record = {
        "accountFiscId": f"A1.{number}",
        "type": "SALE" if sign > 0 else "REFUND",
        "timeOfOpening": at,
        "timeClosed": at,
        "cancelled": False,
        "salesLines": [row for row, _ in made],
        "payments": payments,
    }
    return record, {"total": due + tip, "tip": tip, "tax": tax}
