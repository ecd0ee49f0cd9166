"""What the shop's own register reports of each day, with differences planted to be explained."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from ingestion.demo.days import ZONE, closing_time, open_days
from ingestion.demo.lightspeed_sales import PAYMENT_TYPES, iso
from ingestion.demo.money import dollars_of_cents
from ingestion.demo.sale import Sale
from ingestion.demo.shop import FIRST_LIGHTSPEED_DAY, LAST_DAY

OPENS = time(9, 30)
LEFT_OPEN = date(2023, 3, 17)  # a Friday: nobody closed the register before Saturday evening
EDITED_CENTS = 500


@dataclass
class Closure:
    """One opening of the front register to its closing, and what it took by kind of payment."""

    opened_at: datetime
    closed_at: datetime
    cents: Counter = field(default_factory=Counter)


def front_register(sales: Iterable[Sale]) -> tuple[list[Closure], dict]:
    """The closures of Lightspeed's front register, and what the warehouse has to find in them.

    What is taken while the register is closed (a card charged by phone on a Monday) is in none.
    Planted: a register left open over night, and a sale whose payment was changed a week later.
    """
    closures = [
        Closure(datetime.combine(day, OPENS, ZONE), closing_time(day))
        for day in open_days(FIRST_LIGHTSPEED_DAY, LAST_DAY)
        if day != LEFT_OPEN + timedelta(days=1)
    ]
    by_day = {closure.opened_at.date(): closure for closure in closures}
    by_day[LEFT_OPEN].closed_at = closing_time(LEFT_OPEN + timedelta(days=1))
    by_day[LEFT_OPEN + timedelta(days=1)] = by_day[LEFT_OPEN]
    overnight = 0
    for sale in sales:
        if sale.till != "lightspeed" or sale.online:
            continue
        for tender in sale.tenders:
            day = tender.at.astimezone(ZONE).date()
            closure = by_day.get(day)
            if closure and closure.opened_at <= tender.at < closure.closed_at:
                closure.cents[tender.name] += tender.cents
                overnight += tender.cents if closure.opened_at.date() != day else 0
    edited = _plant_edit(sales, by_day)
    return closures, {
        "days": len(closures), "another business day": overnight,
        "changed after closing": EDITED_CENTS, "edited_sale": edited,
    }  # fmt: skip


def _plant_edit(sales: Iterable[Sale], by_day: dict[date, Closure]) -> str:
    """The register closed with five dollars more than a sale holds that was edited later."""
    for sale in sales:
        day = sale.at.astimezone(ZONE).date()
        is_plain = sale.is_counted and sale.tenders and sale.tenders[0].name == "Visa"
        is_late = sale.updated_at and sale.updated_at.astimezone(ZONE).date() > day
        if sale.till == "lightspeed" and not sale.online and is_plain and is_late:
            if sale.total_cents > EDITED_CENTS and day > LEFT_OPEN + timedelta(days=1):
                by_day[day].cents["Visa"] += EDITED_CENTS
                return sale.sale_id
    raise ValueError("no sale of the front register was changed after its day; give more sales")


def closure_records(
    closures: list[Closure], register_id: str, payment_type_ids: dict[str, str]
) -> list[dict]:
    """The closures as X-Series gives them, with the register and the time of closing."""
    return [
        {
            "register_id": register_id,
            "register_open_time": iso(_utc(closure.opened_at)),
            "register_close_time": iso(closure.closed_at),
            "register_closure_sequence_number": number,
            "payments": [
                {
                    "payment_type_id": payment_type_ids[name],
                    "payment_type_name": name,
                    "total": f"{dollars_of_cents(closure.cents[name]):.2f}",
                }
                for name in PAYMENT_TYPES
            ],
        }
        for number, closure in enumerate(closures, start=1)
    ]


def _utc(moment: datetime) -> datetime:
    return (moment - moment.utcoffset()).replace(tzinfo=None)
