"""Checks of Toast: what is sold, charged, paid and given back, in the till's own shapes.

Money is counted in cents here and written as Toast writes it: numbers in dollars.
"""

from __future__ import annotations

from dataclasses import dataclass

from ingestion.demo.money import divide_rounded, dollars_of_cents, split_by_weight

HUNDREDTH_OF_A_PERCENT = 10_000


@dataclass(frozen=True)
class Extra:
    """A modifier of an item: cents for one, and modifiers of its own; or a gift card."""

    name: str
    price: int = 0
    item_id: str = ""
    extras: tuple[Extra, ...] = ()
    is_card: bool = False

    @property
    def total(self) -> int:
        """Cents of one, its own modifiers included."""
        return self.price + sum(extra.total for extra in self.extras)

    @property
    def cards(self) -> int:
        """Cents of the gift cards that it is or holds."""
        return self.total if self.is_card else sum(extra.cards for extra in self.extras)


@dataclass(frozen=True)
class Item:
    """What is ordered: cents of one without modifiers, `discount` on all of them together.

    `kind` is the selection type; gift cards are sold for later and taxed never.
    """

    name: str
    price: int
    quantity: int = 1
    item_id: str = ""
    extras: tuple[Extra, ...] = ()
    discount: int = 0
    is_taxed: bool = True
    is_inclusive: bool = False
    is_voided: bool = False
    kind: str = "NONE"

    @property
    def is_deferred(self) -> bool:
        """Whether it is money for later."""
        return self.kind.startswith("TOAST_CARD")

    @property
    def before_discount(self) -> int:
        """Cents of all of them with modifiers."""
        return self.quantity * (self.price + sum(extra.total for extra in self.extras))

    @property
    def cards(self) -> int:
        """Cents of the gift cards among its modifiers."""
        return self.quantity * sum(extra.cards for extra in self.extras)

    @property
    def worth(self) -> int:
        """Cents of what can be discounted and taxed: all but gift cards, less its own discount."""
        return max(self.before_discount - self.cards - self.discount, 0)


@dataclass(frozen=True)
class Terms:
    """What holds for a whole check: rates in hundredths of a percent, the rest in cents."""

    tax_rate: int = 0
    discount: int = 0
    charge: int = 0
    charge_name: str = "Service"
    charge_category: str = "SERVICE_CHARGE"
    is_gratuity: bool = False
    is_charge_taxed: bool = False


def ring_up(guid: str, items: list[Item], terms: Terms) -> dict:
    """A check that is not paid yet. What it comes to is the sum of what stands on it."""
    worth = [0 if item.is_voided or item.is_deferred else item.worth for item in items]
    shares = split_by_weight(min(terms.discount, sum(worth)), worth)
    selections = [
        _selection(f"{guid}-s{n}", item, item_share, terms)
        for n, (item, item_share) in enumerate(zip(items, shares, strict=True))
    ]
    charges = [_charge(f"{guid}-g", terms)] if terms.charge else []
    standing = [selection for selection in selections if not selection["voided"]]
    amount = sum(cents(selection["price"]) for selection in standing)
    tax = sum(cents(selection["tax"]) for selection in standing)
    tax += sum(cents(applied["taxAmount"]) for made in charges for applied in made["appliedTaxes"])
    discounts = [{"discountAmount": dollars_of_cents(terms.discount)}] if terms.discount else []
    return {
        "guid": guid,
        "entityType": "Check",
        "paymentStatus": "OPEN",
        "voided": False,
        "deleted": False,
        "amount": dollars_of_cents(amount),
        "taxAmount": dollars_of_cents(tax),
        "totalAmount": dollars_of_cents(amount + tax + terms.charge),
        "selections": selections,
        "appliedServiceCharges": charges,
        "appliedDiscounts": discounts,
        "payments": [],
    }


def pay(check: dict, guid: str, kind: str, part: int, tip: int = 0, **fields: object) -> None:
    """Pay `part` cents of a check, and a tip, which its total then holds."""
    payment = {
        "guid": guid,
        "entityType": "OrderPayment",
        "type": kind,
        "amount": dollars_of_cents(part),
        "tipAmount": dollars_of_cents(tip),
        "paymentStatus": "CAPTURED",
        "refundStatus": "NONE",
        "refund": None,
        "voidInfo": None,
        **fields,
    }
    check["payments"].append(payment)
    if payment["paymentStatus"] == "CAPTURED" and not payment["voidInfo"]:
        check["totalAmount"] = dollars_of_cents(cents(check["totalAmount"]) + tip)
    check["paymentStatus"] = "CLOSED"


def give_back(check: dict, number: int, at: str, day: int, items: list[int], by_amount: int) -> int:
    """Give back whole items of a check, and cents by amount, on its payment `number`.

    Returns the cents given back; none when nothing is left to be given back.
    """
    total = by_amount
    for place in items:
        selection = check["selections"][place]
        if selection["voided"] or selection["refundDetails"]:
            continue
        selection["refundDetails"] = {
            "refundAmount": selection["price"],
            "taxRefundAmount": selection["tax"],
        }
        total += cents(selection["price"]) + cents(selection["tax"])
    payment = check["payments"][number]
    payment["refundStatus"] = "PARTIAL"
    payment["refund"] = {
        "refundAmount": dollars_of_cents(total),
        "tipRefundAmount": 0,
        "refundDate": at,
        "refundBusinessDate": day,
    }
    return total


def cents(amount: float | int) -> int:
    """What Toast writes, in cents."""
    return round(amount * 100)


def tax_of(net: int, rate: int) -> int:
    """Tax on top of cents."""
    return divide_rounded(net * rate, HUNDREDTH_OF_A_PERCENT)


def _selection(guid: str, item: Item, discount: int, terms: Terms) -> dict:
    net = item.worth - discount
    rate = terms.tax_rate if item.is_taxed and not item.is_deferred else 0
    tax = tax_of(net, rate)
    return {
        "guid": guid,
        "entityType": "MenuItemSelection",
        "displayName": item.name,
        "item": {"guid": item.item_id} if item.item_id else None,
        "selectionType": item.kind,
        "deferred": item.is_deferred,
        "quantity": item.quantity,
        "receiptLinePrice": dollars_of_cents(item.price),
        "preDiscountPrice": dollars_of_cents(item.before_discount),
        "price": dollars_of_cents(net + item.cards),
        "tax": dollars_of_cents(tax),
        "taxInclusion": "INCLUDED" if item.is_inclusive else "NOT_INCLUDED",
        "appliedTaxes": [{"taxAmount": dollars_of_cents(tax)}],
        "modifiers": [_modifier(f"{guid}-m{n}", e, item) for n, e in enumerate(item.extras)],
        "voided": item.is_voided,
        "refundDetails": None,
    }


def _modifier(guid: str, extra: Extra, item: Item) -> dict:
    """Its price stands in that of its item as well."""
    return {
        "guid": guid,
        "entityType": "MenuItemSelection",
        "displayName": extra.name,
        "item": {"guid": extra.item_id} if extra.item_id else None,
        "selectionType": "NONE",
        "deferred": extra.is_card,
        "quantity": item.quantity,
        "receiptLinePrice": dollars_of_cents(extra.price),
        "preDiscountPrice": dollars_of_cents(item.quantity * extra.total),
        "price": dollars_of_cents(item.quantity * extra.total),
        "tax": 0,
        "taxInclusion": "INHERITED",
        "modifiers": [_modifier(f"{guid}-m{n}", e, item) for n, e in enumerate(extra.extras)],
        "voided": item.is_voided,
        "refundDetails": None,
    }


def _charge(guid: str, terms: Terms) -> dict:
    tax = tax_of(terms.charge, terms.tax_rate) if terms.is_charge_taxed else 0
    parts = [tax // 2, tax - tax // 2] if tax else []
    return {
        "guid": guid,
        "entityType": "AppliedServiceCharge",
        "name": terms.charge_name,
        "chargeAmount": dollars_of_cents(terms.charge),
        "gratuity": terms.is_gratuity,
        "serviceChargeCategory": terms.charge_category,
        "appliedTaxes": [{"taxAmount": dollars_of_cents(part)} for part in parts],
        "refundDetails": None,
    }
