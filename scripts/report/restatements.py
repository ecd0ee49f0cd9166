"""Days that changed after they were published, in words."""

from __future__ import annotations

from dataclasses import dataclass

from scripts.report import text
from scripts.report.data import Rows

SHOWN = 20
MOVED_BY = {
    "sales_new": "came in late",
    "sales_changed": "changed",
    "sales_gone": "no longer counted",
    "sales_moved": "moved to or from another day",
}


@dataclass(frozen=True)
class Restated:
    """One day of a till and place: what it was, what it is, and what moved it."""

    day: str
    till: str
    was: str
    becomes: str
    difference: str
    moved_by: str


def restated_days(rows: Rows) -> tuple[list[Restated], int]:
    """The days that changed last, latest first, and how many more there are."""
    latest = sorted(rows, key=lambda row: (row["restated_on"], row["business_date"]), reverse=True)
    return [_restated(row) for row in latest[:SHOWN]], max(len(rows) - SHOWN, 0)


def _restated(row: dict) -> Restated:
    money = text.Money(row["currency"])
    was, becomes = row["total_amount_before"], row["total_amount_after"]
    moved_by = [
        f"{text.count(row[kind], 'sale')} {what}" for kind, what in MOVED_BY.items() if row[kind]
    ]
    return Restated(
        text.day(row["business_date"]),
        text.till_and_place(row),
        money.exact(was),
        money.exact(becomes),
        money.exact(becomes - was),
        f"{', '.join(moved_by)} ({text.short_day(row['restated_on'])})",
    )
