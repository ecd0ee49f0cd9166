"""Sales as K-Series writes them: what is invented adds up as it does there.

Money is text, lines with six decimals and payments with two. Rates are decimals (0.05 is 5 %).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_EVEN, Decimal

CENT, SIX = Decimal("0.01"), Decimal("0.000001")
NOTHING = Decimal(0)


@dataclass(frozen=True)
class Item:
    """What is rung up: `price` for one, `discount` and `charge` (a service charge) on all."""

    name: str
    sku: str
    price: Decimal
    quantity: Decimal = Decimal(1)
    rate: Decimal = NOTHING
    is_inclusive: bool = False
    discount: Decimal = NOTHING
    charge: Decimal = NOTHING


@dataclass(frozen=True)
class Line:
    """A line as the till has it, and what it comes to, in six decimals."""

    record: dict
    net: Decimal
    tax: Decimal
    charge: Decimal

    @property
    def total(self) -> Decimal:
        """What the guest owes for it."""
        return self.net + self.tax + self.charge


def ring_up(items: Sequence[Item]) -> list[Line]:
    """The lines of a sale. Where prices hold tax, the amount with tax holds the charge too."""
    return [_line(number, item) for number, item in enumerate(items, start=1)]


def give_back(items: Sequence[Item]) -> list[Item]:
    """The same items coming back: quantities and amounts below zero."""
    return [
        replace(item, quantity=-item.quantity, discount=-item.discount, charge=-item.charge)
        for item in items
    ]


def due(lines: Sequence[Line]) -> Decimal:
    """What a sale comes to, in cents."""
    return sum((line.total for line in lines), NOTHING).quantize(CENT, ROUND_HALF_EVEN)


def pay(number: str, tender: str, amount: Decimal, tip: Decimal = NOTHING, **more: object) -> dict:
    """A payment of `amount`, with a tip on top."""
    return {
        "fiscId": number,
        "code": tender.upper(),
        "description": tender,
        "type": "NORMAL",
        "netAmountWithTax": text(amount, CENT),
        "tip": text(tip, CENT),
        "surcharge": "0.00",
    } | more


def text(value: Decimal, step: Decimal = SIX) -> str:
    """A decimal as K-Series writes it: fixed decimals, halves to the even one."""
    return str(value.quantize(step, ROUND_HALF_EVEN))


def _line(number: int, item: Item) -> Line:
    amount = item.price * item.quantity - item.discount
    net = (amount / (1 + item.rate) if item.is_inclusive else amount).quantize(SIX)
    tax = (amount - net if item.is_inclusive else amount * item.rate).quantize(SIX)
    made = Line({}, net, tax, item.charge)
    made.record.update({
        "id": f"S1.{number}",
        "name": item.name,
        "sku": item.sku,
        "quantity": text(item.quantity, Decimal("0.001")),
        "menuListPrice": text(item.price, CENT),
        "totalNetAmountWithTax": text(made.total if item.is_inclusive else net),
        "totalNetAmountWithoutTax": text(net),
        "taxAmount": text(tax),
        "serviceCharge": text(item.charge, CENT),
        "serviceChargeType": "APPORTIONED" if item.charge else "NO_SERVICE_CHARGE",
        "totalDiscountAmount": text(item.discount, CENT),
        "taxLines": [{"taxCode": "T", "taxIncluded": item.is_inclusive}],
    })  # fmt: skip
    return made
