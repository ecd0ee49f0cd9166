"""What was planted, to hold the warehouse against: totals, links, double counts, faults."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable
from datetime import date

from ingestion.demo.amber import invoice_lines
from ingestion.demo.days import ZONE
from ingestion.demo.money import cents
from ingestion.demo.people import Person
from ingestion.demo.sale import Sale
from ingestion.demo.shop import Shop

AMBER, LIGHTSPEED = "amber_main", "lightspeed_main"
ACCOUNTS = {"amber": AMBER, "lightspeed": LIGHTSPEED}
AMOUNTS = ("sales", "lines", "net_cents", "tax_cents", "total_cents")
RULES = {
    "counted": "sales, returns (negative), laybys open or closed, on account paid or not, "
    "and a status that nobody knows (it is listed, and no money is on it)",
    "not_counted": "VOID (AmberPOS), VOIDED and SAVED (Lightspeed), rows that were rejected",
    "month": "by the day of the sale on the shop's clock",
    "amounts": "whole cents of the sale's own header; net is before tax, total is net and tax",
    "lines": "lines of counted sales in the files, a Lightspeed discount line among them",
    "double_counts": "account totals hold both copies; counted_once leaves one exact copy out",
}


def tell_truth(
    shop: Shop, sales: list[Sale], exact: list[tuple[Sale, Sale]],
    near: list[tuple[Sale, Sale]], on_hand: dict[str, int], faults: list[dict],
) -> dict:  # fmt: skip
    """All that was planted, as plain JSON. Money in cents, exact."""
    accounts = {
        account: _totals([sale for sale in sales if sale.till == till])
        for till, account in ACCOUNTS.items()
    }
    return {
        "rules": RULES,
        "accounts": accounts,
        "counted_once": _counted_once(accounts, exact),
        "double_counts": {
            "exact": [_pair(*pair) for pair in exact],
            "near": [_pair(*pair) for pair in near],
        },
        "product_links": product_links(shop),
        "customer_links": customer_links(shop),
        "not_links": _not_links(shop),
        "stock": {AMBER: {"pieces": sum(on_hand.values()), "products": len(on_hand)}},
        "faults": faults,
    }


def _totals(sales: list[Sale]) -> dict:
    counted = [sale for sale in sales if sale.is_counted]
    months: dict[str, Counter] = {}
    for sale in counted:
        months.setdefault(f"{sale.at.astimezone(ZONE):%Y-%m}", Counter()).update(_amounts(sale))
    tenders: Counter = Counter()
    for sale in counted:
        for tender in sale.tenders:
            tenders[tender.name] += tender.cents
    specials = Counter(sale.special for sale in sales if sale.special)
    return {
        **_sum(map(_amounts, counted)),
        "first_sale_on": f"{min(s.at for s in sales).astimezone(ZONE):%Y-%m-%d}",
        "last_sale_on": f"{max(s.at for s in sales).astimezone(ZONE):%Y-%m-%d}",
        "by_month": {month: dict(sums) for month, sums in sorted(months.items())},
        "by_line_type": _by_line_type(counted),
        "payments_cents": dict(sorted(tenders.items())),
        "not_counted": dict(sorted(Counter(s.status for s in sales if not s.is_counted).items())),
        "specials": dict(sorted(specials.items())),
    }


def _amounts(sale: Sale) -> Counter:
    lines = sale.lines
    if sale.till == "amber":
        lines = [line for line in lines if line.product.line_type != "discount"]
    return Counter(
        sales=1, lines=len(lines), net_cents=sale.net_cents, tax_cents=sale.tax_cents,
        total_cents=sale.total_cents,
    )  # fmt: skip


def _sum(parts: Iterable[Counter]) -> dict[str, int]:
    sums: Counter = Counter()
    for part in parts:
        sums.update(part)
    return {name: sums[name] for name in AMOUNTS}


def _by_line_type(sales: list[Sale]) -> dict[str, dict]:
    """Lines, pieces and net of the lines as written.

    Their sum can miss the headers' by the cents that rounding leaves.
    """
    sums: dict[str, Counter] = {}
    for sale in sales:
        goods = [line for line in sale.lines if line.product.line_type != "discount"]
        if sale.till == "amber":
            sign = -1 if sale.total_cents < 0 else 1
            nets = [sign * round(row[-1] * 100) * 1000 for row in invoice_lines(sale)]
            pairs = list(zip(goods, nets, strict=True))
        else:
            pairs = [(line, line.net) for line in sale.lines]
        for line, net in pairs:
            sums.setdefault(line.product.line_type, Counter()).update(
                lines=1, pieces=line.quantity, net_units=net
            )
    return {
        kind: {"lines": s["lines"], "pieces": s["pieces"], "net_cents": cents(s["net_units"])}
        for kind, s in sorted(sums.items())
    }


def _counted_once(accounts: dict, exact: list[tuple[Sale, Sale]]) -> dict:
    both = _sum(Counter({n: account[n] for n in AMOUNTS}) for account in accounts.values())
    doubled = _sum(_amounts(copy) for _, copy in exact)
    return {"rule": RULES["double_counts"], **{n: both[n] - doubled[n] for n in AMOUNTS}}


def _pair(sale: Sale, copy: Sale) -> dict:
    return {
        AMBER: sale.number, LIGHTSPEED: copy.sale_id, "receipt_number": copy.number,
        "sold_at": sale.at.isoformat(), "copied_at": copy.at.isoformat(), **_amounts(copy),
    }  # fmt: skip


def product_links(shop: Shop) -> list[dict]:
    """Products that both tills hold: item number, Lightspeed id, and what they share."""
    return [
        {AMBER: p.amber_no, LIGHTSPEED: p.lightspeed_id, "shares": p.shares}
        for p in [*shop.specials.values(), *shop.products]
        if p.amber_no and p.lightspeed_id
    ]


def customer_links(shop: Shop) -> list[dict]:
    """People with more than one card, in one till or both."""
    return [
        {
            AMBER: [card.record_id for card in person.amber],
            LIGHTSPEED: [card.record_id for card in person.lightspeed],
            "shares": person.shares,
        }
        for person in shop.people
        if len(person.amber) + len(person.lightspeed) > 1
    ]


class Tally:
    """What is true of the sales of one more till, counted while they are made up, in cents."""

    def __init__(self) -> None:
        self._sums = Counter(dict.fromkeys(AMOUNTS, 0))
        self._days: Counter[str] = Counter()
        self.by_line_type: Counter[str] = Counter()

    def sale(self, lines: int, total: int, tax: int, day: date | None = None) -> None:
        """A sale of so many lines; `total` holds the tax."""
        self._sums.update(
            sales=1, lines=lines, net_cents=total - tax, tax_cents=tax, total_cents=total
        )
        if day:
            self._days[day.isoformat()] += total

    def told(self) -> dict:
        """All of it as plain JSON, the days where the sales had one."""
        by_line_type = {name: {"net_cents": n} for name, n in self.by_line_type.items()}
        days = {"days": dict(self._days)} if self._days else {}
        return {**self._sums, "by_line_type": by_line_type, **days}


def known_people(shop: Shop, most: int, rng: random.Random) -> list[Person]:
    """People of the shop who are customers of one more till as well, by their e-mail address."""
    people = [p for p in shop.people if p.email and p.lightspeed and p.shares == "both"]
    return rng.sample(people, min(most, len(people)))


def cards_elsewhere(account: str, ids: list[str], people: list[Person]) -> list[dict]:
    """People who are customers of one more till, under `ids`, with their cards in the shop."""
    return [
        {
            AMBER: [card.record_id for card in person.amber],
            LIGHTSPEED: [card.record_id for card in person.lightspeed],
            account: [id_],
        }
        for id_, person in zip(ids, people, strict=False)
    ]


def _not_links(shop: Shop) -> dict[str, list[dict]]:
    """Look-alikes: what must stay apart."""

    def cards(index: int) -> list[str]:
        person = shop.people[index]
        return [card.record_id for card in [*person.amber, *person.lightspeed]]

    return {
        "products": [
            {AMBER: number, LIGHTSPEED: product_id, "why": "the number went to another product"}
            for number, product_id in sorted(shop.number_traps.items())
        ],
        "customers": [
            {"one": cards(i), "other": cards(j), "why": why} for i, j, why in shop.look_alikes
        ],
    }
