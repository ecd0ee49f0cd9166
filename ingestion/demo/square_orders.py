"""Orders as Square writes them: what is invented adds up as it does there.

Money is in the smallest unit of the currency (cents). Rates are in parts of 100,000 (5,000 is 5 %).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from ingestion.demo.money import split_by_weight

RATE = 100_000


@dataclass(frozen=True)
class Item:
    """What is rung up: `price` and `modifiers` for one, `discount` on all of them."""

    name: str
    price: int
    quantity: str = "1"
    variation_id: str | None = None
    variation_name: str | None = None
    modifiers: int = 0
    discount: int = 0
    item_type: str = "ITEM"
    is_taxed: bool = True


@dataclass(frozen=True)
class Terms:
    """What holds for a whole order. `charge` is a service charge, a charge of its own or, when
    `is_apportioned`, spread over the items; `is_net_price` says whether Square reports gross sales
    without the tax that prices hold (US, CA, JP) or with it (EU, AU).
    """

    currency: str = "CAD"
    tax_rate: int = 0
    is_inclusive: bool = False
    is_net_price: bool = True
    order_discount: int = 0
    charge: int = 0
    is_apportioned: bool = False
    is_charge_taxed: bool = False
    tip: int = 0
    cash_rounding: int = 0


def ring_up(items: Sequence[Item], terms: Terms) -> dict:
    """The money part of an order: line_items, service_charges and totals."""
    gross = [_times(item.price + item.modifiers, item.quantity) for item in items]
    left = [g - min(item.discount, g) for g, item in zip(gross, items, strict=True)]
    shares = spread(min(terms.order_discount, sum(left)), left)
    net = [n - share for n, share in zip(left, shares, strict=True)]
    charges = spread(terms.charge if terms.is_apportioned else 0, net)
    lines = [
        _line(number, item, gross[number], gross[number] - net[number], charges[number], terms)
        for number, item in enumerate(items)
    ]
    order: dict = {"line_items": lines}
    if terms.charge:
        order["service_charges"] = [_charge(terms)]
    own = order.get("service_charges", []) if not terms.is_apportioned else []
    tax = _sum(lines, "total_tax_money") + _sum(own, "total_tax_money")
    total = _sum(lines, "total_money") + _sum(own, "total_money")
    total += terms.tip + terms.cash_rounding
    amounts = {
        "total_money": total,
        "tax_money": tax,
        "discount_money": _sum(lines, "total_discount_money"),
        "tip_money": terms.tip,
        "service_charge_money": terms.charge,
    }
    if terms.cash_rounding:
        rounding = {"uid": "rounding", "name": "Cash rounding"}
        order["rounding_adjustment"] = rounding | {
            "amount_money": _money(terms.cash_rounding, terms)
        }
    order |= {
        f"total_{name}" if name != "total_money" else name: _money(amount, terms)
        for name, amount in amounts.items()
    }
    order["net_amounts"] = {name: _money(amount, terms) for name, amount in amounts.items()}
    return order


def give_back(order: dict, keep: Sequence[int] = ()) -> dict:
    """The money part of a return order for all lines of `order` but those at `keep`.

    Square leaves total_money out there: the net amounts are negative.
    """
    lines = [line for n, line in enumerate(order["line_items"]) if n not in keep]
    currency = order["total_money"]["currency"]

    def money(amount: int) -> dict:
        return {"amount": amount, "currency": currency}

    amounts = {
        "total_money": _sum(lines, "total_money"),
        "tax_money": _sum(lines, "total_tax_money"),
        "discount_money": _sum(lines, "total_discount_money"),
        "tip_money": 0,
        "service_charge_money": _sum(lines, "total_service_charge_money"),
    }
    returned = [
        {name: value for name, value in line.items() if name != "gross_sales_money"}
        | {
            "uid": f"r{line['uid']}",
            "source_line_item_uid": line["uid"],
            "gross_return_money": line["gross_sales_money"],
        }
        for line in lines
    ]
    totals = {name: money(amount) for name, amount in amounts.items()}
    charges = [
        charge | {"uid": "rs1", "applied_money": totals["service_charge_money"]}
        for charge in order.get("service_charges", [])
        if charge["treatment_type"] == "APPORTIONED_TREATMENT"
    ]
    return {
        "returns": [
            {
                "uid": "return",
                "source_order_id": order.get("id"),
                "return_line_items": returned,
                "return_service_charges": charges,
                "return_amounts": totals,
            }
        ],
        "return_amounts": totals,
        "net_amounts": {name: money(-amount) for name, amount in amounts.items()},
    }


def spread(amount: int, weights: list[int]) -> list[int]:
    """`amount` split by `weights`; without any weight the first takes it all."""
    if not sum(weights):
        return [amount if n == 0 else 0 for n in range(len(weights))]
    return split_by_weight(amount, weights)


def _line(number: int, item: Item, gross: int, discount: int, charge: int, terms: Terms) -> dict:
    rate = terms.tax_rate if item.is_taxed else 0
    tax = _tax(gross - discount + charge, rate, terms.is_inclusive)
    total = gross - discount + charge + (0 if terms.is_inclusive else tax)
    shown = gross - (tax if terms.is_inclusive and terms.is_net_price else 0)
    line = {
        "uid": f"l{number + 1}",
        "name": item.name,
        "quantity": item.quantity,
        "item_type": item.item_type,
        "base_price_money": _money(item.price, terms),
        "variation_total_price_money": _money(_times(item.price, item.quantity), terms),
        "gross_sales_money": _money(shown, terms),
        "total_discount_money": _money(discount, terms),
        "total_tax_money": _money(tax, terms),
        "total_service_charge_money": _money(charge, terms),
        "total_money": _money(total, terms),
    }
    if item.variation_id:
        line |= {"catalog_object_id": item.variation_id, "variation_name": item.variation_name}
    if item.modifiers:
        line["modifiers"] = [
            {"uid": "m1", "name": "Extra", "base_price_money": _money(item.modifiers, terms)}
        ]
    return line


def _charge(terms: Terms) -> dict:
    rate = terms.tax_rate if terms.is_charge_taxed and not terms.is_apportioned else 0
    tax = _tax(terms.charge, rate, terms.is_inclusive)
    kind = "APPORTIONED_TREATMENT" if terms.is_apportioned else "LINE_ITEM_TREATMENT"
    return {
        "uid": "s1",
        "name": "Service",
        "type": "CUSTOM",
        "treatment_type": kind,
        "applied_money": _money(terms.charge, terms),
        "total_tax_money": _money(tax, terms),
        "total_money": _money(terms.charge + (0 if terms.is_inclusive else tax), terms),
    }


def _tax(amount: int, rate: int, is_inclusive: bool) -> int:
    base = RATE + rate if is_inclusive else RATE
    return _rounded(Decimal(amount * rate) / base)


def _times(price: int, quantity: str) -> int:
    return _rounded(price * Decimal(quantity))


def _rounded(amount: Decimal) -> int:
    return int(amount.quantize(Decimal(1), ROUND_HALF_EVEN))


def _sum(parts: Sequence[dict], name: str) -> int:
    return sum(part[name]["amount"] for part in parts)


def _money(amount: int, terms: Terms) -> dict:
    return {"amount": amount, "currency": terms.currency}
