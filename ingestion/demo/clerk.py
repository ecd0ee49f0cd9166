"""What a clerk does at either till: picks goods and customers, takes money and gives change."""

from __future__ import annotations

import random
from bisect import bisect_right
from collections import deque
from datetime import date, datetime, timedelta

from ingestion.demo.days import ZONE, closing_time
from ingestion.demo.ids import new_uuid
from ingestion.demo.money import UNITS_PER_CENT, percent_of
from ingestion.demo.people import STAFF, Person
from ingestion.demo.sale import Line, Product, Sale, Tender, make_line
from ingestion.demo.shop import LAST_AMBER_DAY, LAST_DAY, GiftCard, Shop

TENDERS = ("Debit", "Visa", "Cash", "Mastercard", "Amex")
TENDER_WEIGHTS = (30, 28, 24, 15, 3)
LINE_COUNTS = (1, 2, 3, 4, 5, 6)
LINE_COUNT_WEIGHTS = (36, 27, 17, 11, 6, 3)


class Pool:
    """Things that come to exist one after another; early ones are asked for more often."""

    def __init__(self, things: list[tuple[date, object]]) -> None:
        """`things`: (first day, thing)."""
        things = sorted(things, key=lambda pair: pair[0])
        self.days = [day for day, _ in things]
        self.things = [thing for _, thing in things]

    def pick(self, day: date, rng: random.Random):
        """One that exists on that day, or None when there is none yet."""
        known = bisect_right(self.days, day)
        return self.things[int(known * rng.random() ** 1.6)] if known else None


class Clerk:
    """Rings up sales on either till with the shop's dice."""

    def __init__(self, shop: Shop, rng: random.Random, last_day: date = LAST_DAY) -> None:
        """Sort the shop's goods and people into what each till knows; trade ends on `last_day`."""
        self.shop = shop
        self.rng = rng
        self.last_evening = {
            "amber": closing_time(LAST_AMBER_DAY),
            "lightspeed": closing_time(last_day),
        }
        goods = shop.products
        self.goods = {
            "amber": Pool([(p.created, p) for p in goods if p.amber_no]),
            "lightspeed": Pool([(p.lightspeed_created, p) for p in goods if p.lightspeed_id]),
            "both": Pool([(p.created, p) for p in goods if p.amber_no and p.lightspeed_id]),
        }
        people = shop.people
        self.people = {
            "amber": Pool([(p.amber[0].since, p) for p in people if p.amber]),
            "lightspeed": Pool([(p.lightspeed[0].since, p) for p in people if p.lightspeed]),
        }
        self.gift_cards: list[GiftCard] = []
        self.open_gift_cards: deque[GiftCard] = deque(maxlen=100)

    def new_sale(self, till: str, at: datetime, known_to: str = "") -> Sale:
        """A sale of a few goods that a customer pays for and takes along."""
        rng = self.rng
        sale = Sale(
            sale_id=new_uuid(rng), till=till, at=at, status="CLOSED", lines=[],
            staff=rng.choices(range(len(STAFF)), (1, 3, 5, 5, 4, 2))[0],
        )  # fmt: skip
        count = rng.choices(LINE_COUNTS, LINE_COUNT_WEIGHTS)[0]
        sale.lines = [self.goods_line(sale, known_to) for _ in range(count)]
        if rng.random() < 0.35:
            sale.person = self.person(sale)
        sale.online = till == "lightspeed" and rng.random() < 0.04
        return sale

    def goods_line(self, sale: Sale, known_to: str = "") -> Line:
        """One line of goods, sometimes several pieces, sometimes marked down."""
        rng = self.rng
        product = self.goods[known_to or sale.till].pick(sale.at.astimezone(ZONE).date(), rng)
        quantity = rng.choices((1, 2, 3, 4, 6), (84, 11, 3, 1, 1))[0]
        percent = rng.choice((10, 15, 20, 25, 30)) if rng.random() < 0.05 else 0
        return self.line_at(sale, product, quantity, percent)

    def line_at(self, sale: Sale, product: Product, quantity: int, percent: int) -> Line:
        """A line at the till's shelf price with `percent` off."""
        price = product.price if sale.till == "amber" else product.lightspeed_price
        discount = percent_of(price, percent)
        if sale.till == "amber":
            discount = discount // UNITS_PER_CENT * UNITS_PER_CENT
        return make_line(product, quantity, price - discount, discount)

    def person(self, sale: Sale) -> Person | None:
        """A customer whom this till knows on that day."""
        return self.people[sale.till].pick(sale.at.astimezone(ZONE).date(), self.rng)

    def pay(self, sale: Sale, amount: int | None = None, tender: str = "", at=None) -> None:
        """Take `amount` cents (all that is due by default); cash is rounded to five cents."""
        due = sale.total_cents if amount is None else amount
        if due == 0:
            return
        if not tender:
            tender = self.rng.choices(TENDERS, TENDER_WEIGHTS)[0]
            tender = "Online Payments" if sale.online else tender
        at = at or sale.at
        if tender != "Cash":
            sale.tenders.append(Tender(tender, due, at))
            return
        cash = (abs(due) + 2) // 5 * 5 * (1 if due > 0 else -1)
        if cash:
            sale.tenders.append(Tender("Cash", cash, at))
        if due != cash:
            sale.tenders.append(Tender("Cash Rounding", due - cash, at))

    def later(self, sale: Sale, days: int) -> datetime:
        """Some days after the sale, a little off the hour, before the till's last closing."""
        moment = sale.at + timedelta(days=days, seconds=self.rng.randrange(-3000, 3000))
        return min(moment, self.last_evening[sale.till])

    def sell_gift_card(self, sale: Sale, cents: int) -> None:
        """Put a gift card of `cents` on the sale and remember it for redeeming."""
        product = self.shop.specials["gift_card"]
        sale.lines.append(make_line(product, 1, cents * UNITS_PER_CENT))
        number = f"HT{len(self.gift_cards) + 1:06d}{self.rng.randrange(1000):03d}"
        card = GiftCard(number, sale.till, sale.at, sale.sale_id, cents)
        card.movements.append((sale.at, "ACTIVATION", cents, sale.sale_id))
        self.gift_cards.append(card)
        self.open_gift_cards.append(card)

    def redeem_gift_card(self, sale: Sale) -> int:
        """Pay what an earlier gift card can pay; returns the cents it paid."""
        while self.open_gift_cards:
            card = self.open_gift_cards.popleft()
            paid = min(card.balance, sale.total_cents)
            if paid <= 0:
                continue
            card.movements.append((sale.at, "REDEEMING", -paid, sale.sale_id))
            if card.balance:
                self.open_gift_cards.append(card)
            sale.tenders.append(Tender("Gift Card", paid, sale.at, gift_card=card.number))
            return paid
        return 0
