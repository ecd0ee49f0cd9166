"""Rows of Toast's export put together to orders, as the API gives them.

An order comes to what the file says that it comes to, so that its lines have something to add up
to. What only the order knows, and not its checks, is the last check's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal, NamedTuple

from ingestion.sources.toast.export_bodies import named, payment, plain, selection, settled
from ingestion.sources.toast.export_rows import Row

CENT = Decimal("0.01")

Lacking = Literal["nothing", "modifiers", "modifiers of modifiers"]


@dataclass
class OrderRows:
    """All rows of one order. `late` are payments that stand in the files of other days;
    `lacks_rows` tells that there are rows of it which could not be used.
    """

    order: Row
    items: list[Row] = field(default_factory=list)
    modifiers: list[Row] = field(default_factory=list)
    payments: list[Row] = field(default_factory=list)
    late: list[Row] = field(default_factory=list)
    checks: dict[str, Row] = field(default_factory=dict)
    lacks_rows: bool = False

    @property
    def has_all_items(self) -> bool:
        """Whether what it comes to beyond its items is known to be no item."""
        return bool(self.items) and not self.lacks_rows


class _Hung(NamedTuple):
    """A modifier below its item: at depth 1, or of another modifier."""

    row: Row
    item: dict
    depth: int


def order(rows: OrderRows, day: str, lack: Lacking) -> dict:
    """An order of the business day `day` with its checks; `lack` is what its items' prices lack.

    Raises BadRowError.
    """
    row = rows.order
    checks = _checks(rows)
    hung = _hang_modifiers(rows, checks)
    for one in hung:
        extra = {"displayName": one.row.text("Modifier"), "export": one.row.given}
        one.item["modifiers"].append(extra)
    for one in _lacking(hung)[lack]:
        one.item["price"] += one.row.amount("Net Price")
        one.item["preDiscountPrice"] += one.row.amount("Gross Price")
    _charge_the_rest(rows, checks)
    return {
        "guid": row.needed("Order Id"),
        "displayNumber": row.text("Order #"),
        "businessDate": int(day),
        "openedDate": row.moment("Opened"),
        "paidDate": row.moment("Paid"),
        "closedDate": row.moment("Closed"),
        "source": row.text("Order Source"),
        "server": named(row.text("Server")),
        "voided": row.flag("Voided"),
        "checks": [_check(check, rows) for check in checks],
        "export": row.given,
    }


# -- an order's checks -------------------------------------------------------------------------


@dataclass
class _Check:
    """A check while it is put together, amounts as decimals."""

    check_id: str
    items: list[tuple[Row, dict]] = field(default_factory=list)
    payments: list[dict] = field(default_factory=list)
    charges: list[dict] = field(default_factory=list)
    gratuity: Decimal = Decimal(0)
    charge: Decimal = Decimal(0)
    tax: Decimal = Decimal(0)
    total: Decimal = Decimal(0)

    @property
    def net(self) -> Decimal:
        """Of what stands on it."""
        return sum((item["price"] for _, item in self.standing), Decimal(0))

    @property
    def item_tax(self) -> Decimal:
        """Of what stands on it, to the cent: items state eight decimals."""
        return sum((item["tax"] for _, item in self.standing), Decimal(0)).quantize(CENT)

    @property
    def tips(self) -> Decimal:
        """Of the payments that count."""
        return sum((Decimal(p["tipAmount"]) for p in self.payments if settled(p)), Decimal(0))

    @property
    def paid(self) -> Decimal:
        """Of the payments that count, tips included."""
        return sum((Decimal(p["amount"]) for p in self.payments if settled(p)), self.tips)

    @property
    def standing(self) -> Iterator[tuple[Row, dict]]:
        """Items that were not voided."""
        return ((row, item) for row, item in self.items if not item["voided"])


def _checks(rows: OrderRows) -> list[_Check]:
    found: dict[str, _Check] = {}
    order_id = rows.order.needed("Order Id")

    def check_of(row: Row) -> _Check:
        check_id = row.text("Check Id") or order_id
        return found.setdefault(check_id, _Check(check_id))

    for row in rows.items:
        check_of(row).items.append((row, selection(row)))
    for row in [*rows.payments, *rows.late]:
        check, made = check_of(row), payment(row)
        check.payments.append(made)
        check.gratuity += row.amount("Gratuity") if settled(made) else 0
    return list(found.values()) or [check_of(rows.order)]


def prices_lack(orders: Iterable[OrderRows]) -> Counter[Lacking]:
    """What the prices of items lack: how many of the orders with modifiers show which case.

    As in the API an item's price holds its modifiers. Where the items alone are less than the
    amount of their order by just what its modifiers come to, it does not. Modifiers hold those of
    their own, or do not, likewise. An order with a charge shows nothing, or by chance what is not
    so: the many tell.
    """
    shown: Counter[Lacking] = Counter()
    for rows in orders:
        if rows.modifiers:
            checks = _checks(rows)
            missing = rows.order.amount("Amount") - sum(check.net for check in checks)
            lacking = _lacking(_hang_modifiers(rows, checks))
            sums = {lack: _price(chosen) for lack, chosen in lacking.items()}
            shown.update(lack for lack in sums if sums[lack] == missing and any(sums.values()))
    return shown


def _price(hung: list[_Hung]) -> Decimal:
    return sum((one.row.amount("Net Price") for one in hung), Decimal(0))


def _lacking(hung: list[_Hung]) -> dict[Lacking, list[_Hung]]:
    """The modifiers whose prices count in each case; none that was voided."""
    standing = [one for one in hung if not (one.item["voided"] or one.row.flag("Void?", "Void"))]
    outer = [one for one in standing if one.depth <= 1]
    return {"nothing": [], "modifiers": outer, "modifiers of modifiers": standing}


def _hang_modifiers(rows: OrderRows, checks: list[_Check]) -> list[_Hung]:
    """Each modifier with its item and how deep below it it hangs."""
    items = {item["guid"]: item for check in checks for _, item in check.items}
    parent_of = {
        row.text("Item Selection Id"): row.text("Parent Menu Selection Item ID")
        for row in rows.modifiers
    }
    hung = []
    for row in rows.modifiers:
        at, depth = row.text("Item Selection Id"), 0
        while at is not None and at not in items and depth <= len(parent_of):
            at, depth = parent_of.get(at), depth + 1
        if at in items:
            hung.append(_Hung(row, items[at], depth))
    return hung


def _charge_the_rest(rows: OrderRows, checks: list[_Check]) -> None:
    """Tax, gratuity, charges and total of each check; what only the order knows is the last's.

    Gratuity is the staff's. What the order's amount, or the payments of a check that was paid,
    hold beyond the items are service charges: the export has no rows for them. Where items are
    missing it is not explained.
    """
    row, last = rows.order, checks[-1]
    others = checks[:-1]
    for check in others:
        stated = rows.checks.get(check.check_id)
        check.tax = stated.amount("Tax") if stated and stated.text("Tax") else check.item_tax
        known = check.net + check.tax + check.gratuity + check.tips
        check.total = max(check.paid, known) if row.text("Paid", "Closed") else known
        check.charge = check.total - known if rows.has_all_items else Decimal(0)
    charges = row.amount("Amount") - sum(check.net + check.charge for check in checks)
    last.charge = max(charges, Decimal(0)) if rows.has_all_items else Decimal(0)
    last.gratuity = row.amount("Gratuity") - sum(check.gratuity for check in others)
    last.tax = row.amount("Tax") - sum(check.tax for check in others)
    tip = sum(check.tips for check in checks) if rows.late else row.amount("Tip")
    parts = row.amount("Amount") + row.amount("Tax") + row.amount("Gratuity") + tip
    stated_total = row.number_text("Total")
    whole = parts if rows.late or stated_total is None else Decimal(stated_total)
    last.total = whole - sum(check.total for check in others)
    for check in checks:
        rest = check.tax - check.item_tax
        for name, amount, is_gratuity in (
            ("Service charge", check.charge, False),
            ("Gratuity", check.gratuity, True),
        ):
            if amount:
                taxes = [{"taxAmount": plain(rest)}] if rest > 0 else []
                rest = Decimal(0)
                check.charges.append(
                    {
                        "guid": f"{check.check_id}-{name}",
                        "name": name,
                        "chargeAmount": plain(amount),
                        "gratuity": is_gratuity,
                        "appliedTaxes": taxes,
                    }
                )


def _check(check: _Check, rows: OrderRows) -> dict:
    row, stated = rows.order, rows.checks.get(check.check_id)
    of_check = check.items[0][0] if check.items else None
    status = "CLOSED" if row.text("Closed") else "PAID" if row.text("Paid") else "OPEN"
    return {
        "guid": check.check_id,
        "displayNumber": (stated and stated.text("Check #")) or row.text("Order #"),
        "tabName": of_check and of_check.text("Tab Name"),
        "openedDate": row.moment("Opened"),
        "paidDate": row.moment("Paid"),
        "paymentStatus": status,
        "voided": row.flag("Voided"),
        "amount": plain(check.net),
        "taxAmount": plain(check.tax),
        "totalAmount": plain(check.total),
        "selections": [_texts(item) for _, item in check.items],
        "appliedServiceCharges": check.charges,
        "payments": check.payments,
        "customer": _customer(stated),
        "export": stated and stated.given,
    }


def _texts(item: dict) -> dict:
    amounts = {name: plain(item[name]) for name in ("preDiscountPrice", "price", "tax")}
    return item | amounts


def _customer(stated: Row | None) -> dict | None:
    if stated is None or not stated.text("Customer Id"):
        return None
    return {
        "guid": stated.text("Customer Id"),
        "firstName": stated.text("Customer"),
        "phone": stated.text("Customer Phone"),
        "email": stated.text("Customer Email"),
    }
