"""The cafe of Harbour Toys: an August on Toast, as its API gives it, with the truth."""

from __future__ import annotations

import random
from datetime import date, timedelta

from ingestion.demo.days import ZONE, on_clock, utc_text
from ingestion.demo.shop import Shop
from ingestion.demo.toast_orders import Extra, Item, Terms, cents, give_back, pay, ring_up
from ingestion.demo.truth import Tally, cards_elsewhere, known_people
from ingestion.fakes.toast import RESTAURANT

CAFE = "toast_cafe"
FIRST_MORNING, LAST_MORNING = date(2024, 8, 3), date(2024, 8, 25)
OPEN_ON = (2, 5, 6)  # Wednesdays, Saturdays and Sundays
GST = 500
OAT = Extra("Oat milk", 75, "TM1")
SHOT = Extra("Extra shot", 100, "TM2", extras=(Extra("Decaf", 0, "TM3"),))
MENU = (
    Item("Flat white", 475, item_id="TI1"),
    Item("Pour-over", 525, item_id="TI2"),
    Item("London fog", 560, item_id="TI3"),
    Item("Cinnamon bun", 450, item_id="TI4"),
    Item("Avocado toast", 1350, item_id="TI5"),
    Item("Granola bowl", 1195, item_id="TI6"),
)
CARD = Item("Cafe voucher", 2500, item_id="TI9", kind="TOAST_CARD_SELL")
STAFF = (("TE1", "Remy", "Sato"), ("TE2", "Ines", "Moreau"))


class Cafe:
    """What the cafe sells and to whom; `orders` and `shifts` fill up."""

    def __init__(self, shop: Shop, rng: random.Random) -> None:
        self._rng, self._number = rng, 0
        self.people = known_people(shop, 4, rng)
        self.orders: list[dict] = []
        self.shifts: list[dict] = []
        self.tally = Tally()

    def open(self) -> None:
        """The open days of the month; what is given back is given back on the next of them."""
        every = (FIRST_MORNING + timedelta(n) for n in range(23))
        mornings = [day for day in every if day.weekday() in OPEN_ON]
        for day, after in zip(mornings, [*mornings[1:], None], strict=True):
            self._work(day)
            orders = [self._order(day) for _ in range(self._rng.randint(7, 11))]
            if after and self._rng.random() < 0.7:
                self._refund(self._rng.choice(orders), after)
        self._odd_ones(mornings[-1])

    def _work(self, day: date) -> None:
        for guid, *_ in STAFF:
            noon = _text(day, 12), _text(day, 12.5)
            self.shifts.append({
                "guid": f"TT{day:%m%d}{guid}", "businessDate": f"{day:%Y%m%d}",
                "modifiedDate": _text(day, 17), "inDate": _text(day, 7.5),
                "outDate": _text(day, 15.5), "deleted": False, "hourlyWage": 19.5,
                "overtimeHours": 0, "declaredCashTips": 4, "jobReference": {"guid": "TJ1"},
                "employeeReference": {"guid": guid},
                "breaks": [{"paid": False, "inDate": noon[0], "outDate": noon[1]}],
            })  # fmt: skip

    def _order(self, day: date) -> dict:
        """An order of one check or of two, as the guests split it."""
        hour = self._rng.uniform(8, 15)
        return self._note(day, [self._check(day, hour) for _ in range(self._rng.choice([1, 1, 2]))])

    def _check(self, day: date, hour: float) -> dict:
        rng = self._rng
        items = [
            Item(
                item.name, item.price, rng.choice([1, 1, 2]), item.item_id,
                extras=rng.choice([(), (OAT,), (OAT, SHOT)]) if item.price < 600 else (),
                discount=rng.choice([0] * 6 + [100]), is_voided=rng.random() < 0.05,
            )
            for item in rng.sample(MENU, rng.randint(1, 4))
        ]  # fmt: skip
        items += [CARD] if rng.random() < 0.08 else []
        terms = Terms(
            GST,
            discount=rng.choice([0] * 5 + [250]),
            charge=rng.choice([0] * 7 + [300]),
            charge_name="Large party",
            is_gratuity=rng.random() < 0.5,
            is_charge_taxed=True,
        )
        check = self._ring_up(day, hour, items, terms)
        due, tip = cents(check["totalAmount"]), rng.choice([0, 100, 225])
        parts = [due] if rng.random() < 0.8 else [due // 2, due - due // 2]
        for n, part in enumerate(parts):
            kind = rng.choice(["CASH", "CREDIT", "CREDIT"])
            self._pay(check, day, hour + 0.6, n, kind, part, 0 if n else tip)
        if self.people and rng.random() < 0.15:
            number = rng.randrange(len(self.people))
            person = self.people[number]
            check["customer"] = {
                "guid": _guest(number), "firstName": person.first, "lastName": person.last,
                "email": person.email, "phone": person.phone,
            }  # fmt: skip
        self._count(day, check, tip, cents(check["totalAmount"]), cents(check["taxAmount"]))
        return check

    def _odd_ones(self, day: date) -> None:
        """After the last closing: a party past midnight, a tab left open, a void, a test."""
        party = self._ring_up(day, 23.5, [MENU[4]], Terms(GST))
        self._pay(party, day, 24.75, 0, "CREDIT", cents(party["totalAmount"]), 500)
        tab = self._ring_up(day, 15, [MENU[0]], Terms(GST))
        for check, tip in ((party, 500), (tab, 0)):
            self._count(day, check, tip, cents(check["totalAmount"]), cents(check["taxAmount"]))
        void = self._ring_up(day, 14, [MENU[1]], Terms(GST)) | {"voided": True}
        gone = {"paymentStatus": "VOIDED", "voidInfo": {"voidBusinessDate": _day(day)}}
        self._pay(void, day, 14.5, 0, "CASH", cents(void["totalAmount"]), 0, **gone)
        self._note(day, [party, tab, void])
        test = self._ring_up(day, 13, [MENU[2]], Terms(GST))
        self._note(day, [test])["createdInTestMode"] = True

    def _ring_up(self, day: date, hour: float, items: list[Item], terms: Terms) -> dict:
        self._number += 1
        check = ring_up(f"TC{self._number}", items, terms)
        return check | {"displayNumber": f"{self._number}", "openedDate": _text(day, hour)}

    def _pay(
        self, check: dict, day: date, hour: float, number: int, kind: str, part: int, tip: int,
        **fields: object,
    ) -> None:  # fmt: skip
        paid = {"paidDate": _text(day, hour), "paidBusinessDate": _day(day)}
        pay(check, f"{check['guid']}P{number}", kind, part, tip, **paid | fields)

    def _note(self, day: date, checks: list[dict]) -> dict:
        order = {
            "guid": f"TO{len(self.orders) + 1}", "entityType": "Order", "source": "In Store",
            "businessDate": _day(day), "openedDate": checks[0]["openedDate"],
            "modifiedDate": _text(day, 25), "deleted": False, "voided": False,
            "deletedDate": "1970-01-01T00:00:00.000+0000",
            "server": {"guid": self._rng.choice(STAFF)[0]}, "checks": checks,
        }  # fmt: skip
        self.orders.append(order)
        return order

    def _refund(self, order: dict, day: date) -> None:
        """One item of the first check, and a little beside."""
        check = order["checks"][0]
        by_amount = self._rng.choice([0, 150])
        back = give_back(check, 0, _text(day, 11), _day(day), [0], by_amount)
        item = check["selections"][0]["refundDetails"]
        if not back:
            check["payments"][0]["refund"] = None
            return
        order["modifiedDate"] = _text(day, 11)
        tax = cents(item["taxRefundAmount"]) if item else 0
        lines = (1 if item and cents(item["refundAmount"]) + tax else 0) + (1 if by_amount else 0)
        self.tally.sale(lines, -back, -tax, day)

    def _count(self, day: date, check: dict, tip: int, total: int, tax: int) -> None:
        charges = check["appliedServiceCharges"]
        own = [charge for charge in charges if not charge["gratuity"]]
        self.tally.sale(len(check["selections"]) + len(own), total, tax, day)
        staff = sum(cents(charge["chargeAmount"]) for charge in charges if charge["gratuity"])
        self.tally.by_line_type["tip"] += tip + staff
        self.tally.by_line_type["service_charge"] += sum(
            cents(charge["chargeAmount"]) for charge in own
        )
        cards = [line for line in check["selections"] if line["deferred"]]
        self.tally.by_line_type["gift_card"] += sum(cents(line["price"]) for line in cards)


def invent_cafe(shop: Shop, rng: random.Random) -> tuple[dict[str, list[dict]], dict]:
    """What Toast would give, as {file: [record, ...]}, and what is true of it."""
    cafe = Cafe(shop, rng)
    cafe.open()
    general = {"name": "Harbour Cafe", "timeZone": ZONE.key, "closeoutHour": 4}
    on_menu = [{"guid": i.item_id, "name": i.name, "price": i.price / 100} for i in MENU]
    extras = [{"guid": e.item_id, "name": e.name, "price": e.price / 100} for e in (OAT, SHOT)]
    group = {"name": "All day", "menuItems": on_menu, "menuGroups": []}
    files = {
        "restaurants": [{"guid": RESTAURANT, "general": general}],
        "employees": [
            {"guid": guid, "firstName": first, "lastName": last, "deleted": False}
            for guid, first, last in STAFF
        ],
        "jobs": [{"guid": "TJ1", "title": "Barista"}],
        "menus": [
            {
                "lastUpdated": "2024-08-01T00:00:00.000+0000",
                "menus": [{"name": "Cafe", "menuGroups": [group]}],
                "modifierOptionReferences": {str(n): e for n, e in enumerate(extras)},
            }
        ],
        "orders": cafe.orders,
        "time_entries": cafe.shifts,
    }
    told = cafe.tally.told()
    return files, {
        **told,
        "reported": {"days": len(told.get("days", {}))},
        "product_links": [],
        "customer_links": cards_elsewhere(CAFE, [_guest(n) for n in range(4)], cafe.people),
    }


def _guest(number: int) -> str:
    return f"TG{number + 1:03d}"


def _day(day: date) -> int:
    return int(f"{day:%Y%m%d}")


def _text(day: date, hour: float) -> str:
    return utc_text(on_clock(day, hour), "+0000")
