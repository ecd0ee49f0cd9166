"""Which till followed which, and what to say about the day of the change."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from scripts.report import text
from scripts.report.data import Rows

SIDE_BY_SIDE_DAYS = 92


@dataclass(frozen=True)
class Till:
    """One till at its location, with its days and how it was handed over.

    `handoff_on` is the first day of the next till at the location, None for the last one;
    overlap and gap are the days when both, or neither, sold.
    """

    account_id: str
    name: str
    location: str
    first: date
    last: date
    handoff_on: date | None
    overlap_days: int
    gap_days: int

    @property
    def key(self) -> tuple[str, str]:
        """Account and location."""
        return self.account_id, self.location

    @property
    def has_heir(self) -> bool:
        """Whether the next till took its place, rather than standing beside it for months."""
        return self.handoff_on is not None and self.overlap_days <= SIDE_BY_SIDE_DAYS


def till_key(row: dict) -> tuple[str, str]:
    """What tells tills apart: the account, and the location where it stands."""
    return row["account_id"], row["location_name"] or ""


def read_tills(timeline: Rows, daily: Rows) -> list[Till]:
    """The tills of one section, by location, in the order in which they came.

    A till that the timeline lacks (it may be older than the daily sales) is read from `daily`.
    Tills that share a name are told apart by their account, and by location where there are more.
    """
    rows = _from_daily(daily) | {till_key(row): row for row in timeline}
    many = len({location for _, location in rows}) > 1
    twins = Counter((location, rows[account, location]["till_name"]) for account, location in rows)
    tills = []
    for (account_id, location), row in rows.items():
        name = row["till_name"] or account_id
        if twins[location, row["till_name"]] > 1:
            name = f"{name} ({account_id})"
        tills.append(
            Till(
                account_id,
                f"{name}, {location or 'no location'}" if many else name,
                location,
                *(row["first_sale_on"], row["last_sale_on"], row["handoff_on"]),
                *(int(row["overlap_days"] or 0), int(row["gap_days"] or 0)),
            )
        )
    return sorted(tills, key=lambda till: (till.location, till.first, till.account_id))


def _from_daily(daily: Rows) -> dict[tuple[str, str], dict]:
    rows: dict[tuple[str, str], dict] = {}
    for row in sorted(daily, key=lambda row: row["business_date"]):
        till = rows.setdefault(
            till_key(row),
            {
                "till_name": row["till_name"],
                "first_sale_on": row["business_date"],
                **{"handoff_on": None, "overlap_days": 0, "gap_days": 0},
            },
        )
        till["last_sale_on"] = row["business_date"]
    return rows


def chains(tills: list[Till]) -> list[list[Till]]:
    """Tills in lines: each list is one continuous history, the next till taking over the last."""
    lines: list[list[Till]] = []
    for till in tills:
        follows = lines and lines[-1][-1].location == till.location and lines[-1][-1].has_heir
        if follows:
            lines[-1].append(till)
        else:
            lines.append([till])
    return lines


def handoff_sentences(tills: list[Till]) -> list[str]:
    """What happened at each change of till, in words."""
    sentences = []
    for till, heir in zip(tills, tills[1:], strict=False):
        if till.location != heir.location or till.handoff_on is None:
            continue
        start = f"{heir.name} took over from {till.name} on {text.day(till.handoff_on)}"
        if not till.has_heir:
            both = text.count(till.overlap_days, "day")
            sentences.append(
                f"{heir.name} stands beside {till.name} since {text.day(till.handoff_on)}:"
                f" both sold on {both}."
            )
        elif till.overlap_days:
            both = text.count(till.overlap_days, "day")
            sentences.append(f"{start}; both tills sold on {both}, until {text.day(till.last)}.")
        elif till.gap_days:
            gap = text.count(till.gap_days, "day")
            sentences.append(
                f"{start}, after {gap} without a sale (last one {text.day(till.last)})."
            )
        else:
            sentences.append(f"{start}, without a gap.")
    return sentences
