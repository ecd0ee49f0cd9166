"""The shop's sales in the order in which they were rung up, one at a time, at any size."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from ingestion.demo.clerk import Clerk
from ingestion.demo.days import (
    CLOSING_HOUR,
    ZONE,
    closing_time,
    open_days,
    sales_per_day,
    times_of_day,
)
from ingestion.demo.ids import new_uuid
from ingestion.demo.sale import Sale, make_line
from ingestion.demo.shop import FIRST_LIGHTSPEED_DAY, LAST_AMBER_DAY
from ingestion.demo.specials import returned_later, special_for

FIRST_INVOICE = 100_001
LEAST_SALES_IN_OVERLAP = 14


class Simulation:
    """Days of trade. `both_tills` starts with AmberPOS and moves over; else Lightspeed alone.

    `exact_copies` and `near_copies` collect pairs (AmberPOS sale, its copy in Lightspeed).
    """

    def __init__(
        self, clerk: Clerk, rng: random.Random, both_tills: bool, first_receipt: int = 1
    ) -> None:
        """`first_receipt`: the first number that Lightspeed's front register gives."""
        self.clerk, self.rng, self.both_tills = clerk, rng, both_tills
        self.numbers = {"amber": FIRST_INVOICE, "lightspeed": first_receipt}
        self.turns = {"amber": 0, "lightspeed": 0}
        self.coming_back: dict[date, list[Sale]] = {}
        self.exact_copies: list[tuple[Sale, Sale]] = []
        self.near_copies: list[tuple[Sale, Sale]] = []
        self.copied = 0

    def sales(self, start: date, end: date, count: int) -> Iterator[Sale]:
        """About `count` sales from `start` to `end` (exactly so with Lightspeed alone)."""
        self.days = open_days(start, end)
        budget = 0
        for place, day in enumerate(self.days):
            if place == 0:
                counts = sales_per_day(self.days, count, self.rng)
            budget += counts[place]
            returns = self.coming_back.pop(day, [])
            overlap = self.both_tills and FIRST_LIGHTSPEED_DAY <= day <= LAST_AMBER_DAY
            is_edge = self.both_tills and day in (start, end)
            least = LEAST_SALES_IN_OVERLAP if overlap else int(is_edge)
            new = max(least, budget - len(returns))
            budget -= new + len(returns)
            for sale in self._one_day(place, new, returns, overlap):
                sale.number = sale.number or self._next_number(sale)
                yield sale

    def _one_day(self, place: int, new: int, returns: list[Sale], overlap: bool) -> Iterator[Sale]:
        times = times_of_day(self.days[place], new + len(returns), self.rng)
        return_times = set(self.rng.sample(times, len(returns)))
        for at in times:
            if at in return_times:
                yield self._bring_back(returns.pop(), at)
                continue
            till = self._till_on(self.days[place])
            special = special_for(till, self.turns[till])
            self.turns[till] += 1
            sale = self.clerk.new_sale(till, at, known_to="both" if overlap else "")
            if special:
                special(self.clerk, sale)
                sale.special = special.__name__
            else:
                self.clerk.pay(sale)
            if special is returned_later or (not special and self.rng.random() < 0.02):
                self._plan_return(sale, place)
            if overlap and till == "amber" and not special:
                yield from self._with_copy(sale)
            else:
                yield sale

    def _till_on(self, day: date) -> str:
        if not self.both_tills or day > LAST_AMBER_DAY:
            return "lightspeed"
        if day < FIRST_LIGHTSPEED_DAY:
            return "amber"
        return self.rng.choices(("amber", "lightspeed"), (3, 2))[0]

    def _next_number(self, sale: Sale) -> str:
        number = self.numbers[sale.till]
        self.numbers[sale.till] += 1
        return str(number) if sale.till == "amber" else f"HT-{number}"

    def _plan_return(self, sale: Sale, place: int) -> None:
        """Choose the day on which part of the sale comes back, if it can within the days."""
        place += self.rng.choice((1, 2, 3, 5, 8, 13, 21))
        if place >= len(self.days) - 2 or sale.lines[0].product.line_type != "product":
            return
        day = self.days[place]
        till = sale.till if day <= LAST_AMBER_DAY else "lightspeed"
        if till == "lightspeed" and not sale.lines[0].product.lightspeed_id:
            return
        back = Sale(new_uuid(self.rng), till, sale.at, "CLOSED", [], staff=sale.staff)
        back.special, back.return_of = "return", sale
        if sale.till == till == "lightspeed":
            sale.return_ids.append(back.sale_id)
            sale.updated_at = closing_time(day)
        self.coming_back.setdefault(day, []).append(back)

    def _bring_back(self, back: Sale, at: datetime) -> Sale:
        """Ring up a planned return: the first line of the sale, paid back as it was paid."""
        original, line = back.return_of, back.return_of.lines[0]
        back.at = at
        back.lines = [make_line(line.product, -line.quantity, line.unit_price, line.unit_discount)]
        known = original.person and (original.person.amber, original.person.lightspeed)
        if known and known[back.till == "lightspeed"]:
            back.person = original.person
        self.clerk.pay(back, tender=original.tenders[0].name if original.tenders else "Debit")
        return back

    def _with_copy(self, sale: Sale) -> Iterator[Sale]:
        """An AmberPOS sale of the last days and, now and then, its copy typed into Lightspeed."""
        yield sale
        copy = Sale(
            new_uuid(self.rng), "lightspeed", sale.at, sale.status, sale.lines,
            list(sale.tenders), staff=sale.staff, special="copy",
        )  # fmt: skip
        if sale.person and sale.person.lightspeed:
            copy.person = sale.person
        if (copy.net_cents, copy.tax_cents) != (sale.net_cents, sale.tax_cents):
            return
        self.copied += 1
        if self.copied % 3 == 1:
            copy.number = sale.number
            self.exact_copies.append((sale, copy))
            yield copy
        elif self.copied % 6 == 2:
            apart = timedelta(minutes=self.rng.randrange(3, 10))
            is_late = sale.at.astimezone(ZONE).hour == CLOSING_HOUR - 1
            copy.at = sale.at - apart if is_late else sale.at + apart
            self.near_copies.append((sale, copy))
            yield copy
