"""The bar of Harbour Toys: a July on K-Series, as its API gives it, with the truth."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from ingestion.demo.days import ZONE, on_clock, utc_text
from ingestion.demo.kseries_sales import CENT, Item, Line, due, give_back, pay, ring_up
from ingestion.demo.shop import Shop
from ingestion.demo.truth import Tally, cards_elsewhere, known_people

BAR = "kseries_bar"
PLACE = "4101"
FIRST_NIGHT, LAST_NIGHT = date(2024, 7, 5), date(2024, 7, 27)
NOTHING = Decimal(0)
FOOD, DRINK = Decimal("0.05"), Decimal("0.15")  # GST; GST and the tax on liquor
MENU = (
    ("Harbour lager, pint", "BAR-01", "7.50", DRINK),
    ("Dark mild, pint", "BAR-02", "7.95", DRINK),
    ("Dry cider", "BAR-03", "8.25", DRINK),
    ("Negroni", "BAR-04", "14.00", DRINK),
    ("Alcohol-free spritz", "BAR-05", "6.75", FOOD),
    ("Fish and chips", "BAR-06", "18.95", FOOD),
    ("Halloumi burger", "BAR-07", "17.50", FOOD),
    ("Bowl of olives", "BAR-08", "5.35", FOOD),
)
STAFF = ((71, "Noor", "Lind"), (72, "Jamie", "Ford"))


class Bar:
    """What the bar sells and to whom; `records` fills up with what K-Series would give."""

    def __init__(self, shop: Shop, rng: random.Random) -> None:
        self._rng = rng
        self._number = 0
        self.items = [Item(name, sku, Decimal(price), rate=rate) for name, sku, price, rate in MENU]
        self.people = known_people(shop, 4, rng)
        self.records: dict[str, list[dict]] = {
            "items": [
                {"id": 900 + n, "name": item.name, "sku": item.sku, "active": True,
                 "priceMode": "AMOUNT", "sharingType": "LOCAL", "costPrice": 2.5,
                 "prices": [{"name": "Bar", "amount": float(item.price)}],
                 "accountingGroup": {"name": "Drinks" if item.rate == DRINK else "Food"}}
                for n, item in enumerate(self.items, start=1)
            ],
            "tax_rates": [
                {"code": "GST", "rate": "1.05", "taxIncluded": False},
                {"code": "GST+LIQUOR", "rate": "1.15", "taxIncluded": False},
            ],
            "payment_methods": [
                {"pmId": 11, "code": "CASH", "name": "Cash"},
                {"pmId": 12, "code": "VISA", "name": "Visa"},
            ],
            "accounting_groups": [
                {"accountingGroupId": 21, "name": "Drinks"},
                {"accountingGroupId": 22, "name": "Food"},
            ],
            "staff": [
                {"staffId": number, "username": first.lower(), "firstName": first,
                 "lastName": last, "active": True, "userTypes": ["POS"]}
                for number, first, last in STAFF
            ],
            "shifts": [],
            "sales": [],
        }  # fmt: skip
        self.tally = Tally()
        self.uncounted = 0

    # -- nights ----------------------------------------------------------------------------

    def open(self) -> None:
        """Every Friday and Saturday of the month, from six until half past one."""
        night = FIRST_NIGHT
        while night <= LAST_NIGHT:
            if night.weekday() in (4, 5):
                self._work(night)
                sold = [self._sell(night) for _ in range(self._rng.randint(9, 14))]
                if self._rng.random() < 0.5:
                    self._refund(night, self._rng.choice(sold))
            night += timedelta(days=1)
        self._correct(LAST_NIGHT)
        self._call_off(LAST_NIGHT)

    def _work(self, night: date) -> None:
        """Who forgot to clock out was clocked out by hand the next noon."""
        for number, *_ in STAFF:
            start, end = on_clock(night, 17.5), on_clock(night, 26)
            written = on_clock(night, 36) if self._rng.random() < 0.2 else end
            times = [("CLOCK_IN", start, start), ("CLOCK_OUT", end, written)]
            if written != end:
                times.insert(1, ("CLOCK_OUT", on_clock(night, 29), on_clock(night, 29)))
            self.records["shifts"].append({
                "uuid": f"SH{night:%m%d}{number}", "businessLocationId": int(PLACE),
                "staffId": number, "declaredCashTips": "5.00", "dateInUTC": utc_text(written),
                "events": [
                    {"uuid": f"E{night:%m%d}{number}{n}", "eventType": kind,
                     "timestamp": utc_text(at), "createdOn": utc_text(noted)}
                    for n, (kind, at, noted) in enumerate(times)
                ],
            })  # fmt: skip

    def _sell(self, night: date) -> tuple[dict, list[Item]]:
        rng = self._rng
        items = [
            Item(
                i.name, i.sku, i.price, Decimal(rng.choice([1, 1, 2, 3])), i.rate,
                discount=rng.choice([NOTHING] * 5 + [Decimal("1.25")]),
                charge=rng.choice([NOTHING] * 9 + [Decimal("2.00")]),
            )
            for i in rng.sample(self.items, rng.randint(1, 4))
        ]  # fmt: skip
        lines, tender = ring_up(items), rng.choice(["Cash", "Visa"])
        total, tip = due(lines), rng.choice([NOTHING, Decimal("3.00")])
        if tender == "Cash":  # to five cents: what is paid beyond the lines
            paid = (total / 5).quantize(CENT) * 5
            parts = [(paid, tip, {"roundingAmount": str(paid - total)})]
        elif rng.random() < 0.2:
            half = (total / 2).quantize(CENT)
            parts = [(half, tip, {}), (total - half, NOTHING, {})]
        else:
            parts = [(total, tip, {})]
        sale = self._note(night, "SALE", lines, tender, parts)
        if self.people and rng.random() < 0.2:
            self._name(sale, rng.randrange(len(self.people)))
        return sale, items

    def _name(self, sale: dict, number: int) -> None:
        person = self.people[number]
        sale["payments"][0]["consumer"] = {
            "customerId": _guest(number), "firstName": person.first,
            "lastName": person.last, "email": person.email, "phoneNumber1": f"+1{person.phone}",
        }  # fmt: skip

    def _refund(self, night: date, sold: tuple[dict, list[Item]]) -> None:
        sale, items = sold
        lines = ring_up(give_back(items))
        parts = [(due(lines), NOTHING, {})]
        self._note(night, "REFUND", lines, "Visa", parts, of=sale)

    def _correct(self, night: date) -> None:
        """A sale is taken back and rung up anew, without its last line."""
        sale, items = self._sell(night)
        for kind, again in (("RECALL", give_back(items)), ("UPDATE", items[:-1] or items)):
            lines = ring_up(again)
            self._note(night, kind, lines, "Visa", [(due(lines), NOTHING, {})], of=sale)

    def _call_off(self, night: date) -> None:
        """A sale that was canceled and one that was voided: neither counts."""
        for fields in ({"cancelled": True}, {"type": "VOID"}):
            lines = ring_up(self.items[:1])
            parts = [(due(lines), NOTHING, {})]
            self._note(night, "SALE", lines, "Cash", parts, is_counted=False).update(fields)

    def _note(
        self,
        night: date,
        kind: str,
        lines: list[Line],
        tender: str,
        parts: list[tuple[Decimal, Decimal, dict]],
        of: dict | None = None,
        is_counted: bool = True,
    ) -> dict:
        self._number += 1
        closed = on_clock(night, 18.5) + timedelta(minutes=self._rng.randrange(7 * 60))
        number, (person, first, _) = self._number, self._rng.choice(STAFF)
        payments = [
            pay(f"T65.{number}.{n}", tender, amount, tip, fiscDate=utc_text(closed), **more)
            for n, (amount, tip, more) in enumerate(parts, start=1)
        ]
        sale = {
            "accountFiscId": f"A65.{number}", "receiptId": f"R65.{number}", "type": kind,
            "source": {"initialAccountId": (of or {}).get("accountFiscId", f"A65.{number}")},
            "timeOfOpening": utc_text(closed - timedelta(minutes=40)),
            "timeClosed": utc_text(closed), "cancelled": False, "ownerId": person,
            "ownerName": first, "deviceId": 1, "deviceName": "Bar till",
            "accountProfileCode": "TABLE",
            "salesLines": [line.record for line in lines], "payments": payments,
        }  # fmt: skip
        self.records["sales"].append(sale)
        if is_counted:
            self._count(night, lines, parts)
        else:
            self.uncounted += _cents(sum((amount for amount, _, _ in parts), NOTHING))
        return sale

    def _count(
        self, night: date, lines: list[Line], parts: list[tuple[Decimal, Decimal, dict]]
    ) -> None:
        tip = sum((tip for _, tip, _ in parts), NOTHING)
        total = _cents(sum((amount for amount, _, _ in parts), NOTHING) + tip)
        tax = _cents(sum((line.tax for line in lines), NOTHING))
        charges = [line.charge for line in lines if line.charge]
        self.tally.sale(len(lines) + len(charges), total, tax, night)
        self.tally.by_line_type["tip"] += _cents(tip)
        self.tally.by_line_type["service_charge"] += sum(_cents(charge) for charge in charges)


def invent_bar(shop: Shop, rng: random.Random) -> tuple[dict[str, list[dict]], dict]:
    """What K-Series would give, as {file: [record, ...]}, and what is true of it."""
    bar = Bar(shop, rng)
    bar.open()
    place = {"blID": int(PLACE), "blName": "Harbour Bar", "country": "CA", "timezone": ZONE.key}
    business = {"businessId": 41, "businessName": "Harbour Toys", "currencyCode": "CAD"}
    files = {"businesses": [business | {"businessLocations": [place]}]}
    files |= {f"{PLACE}.{entity}": records for entity, records in bar.records.items()}
    return files, {
        **bar.tally.told(),
        "reported": {
            "days": (LAST_NIGHT - FIRST_NIGHT).days + 2,  # to the account's last day, after it
            "sale that does not count": bar.uncounted,
        },
        "product_links": [],
        "customer_links": cards_elsewhere(BAR, [_guest(n) for n in range(4)], bar.people),
    }


def _guest(number: int) -> str:
    return f"C{number + 1:03d}"


def _cents(amount: Decimal) -> int:
    return int((amount * 100).quantize(Decimal(1), ROUND_HALF_UP))
