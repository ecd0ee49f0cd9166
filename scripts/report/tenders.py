"""How customers pay: the largest kinds of payment by month, and their shares year by year."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from scripts.report import text
from scripts.report.data import Rows, sum_by
from scripts.report.periods import month_start, months_before

MOST = 6
OTHER = "Other"


@dataclass(frozen=True)
class Tenders:
    """Amounts by kind and month (every kind has every month), largest kind first.

    `shares` are lines of a table: name, share of the last twelve months, share of those before.
    `undated` are the rows of the mix without a month.
    """

    by_kind: dict[str, dict[date, Decimal]]
    shares: list[tuple[str, str, str]]
    sentence: str
    undated: Rows = field(default_factory=list)


def read_tenders(rows: Rows, last_day: date) -> Tenders:
    """Sort the tender mix of one section for the page; empty where nothing was paid.

    Payments without a day, those of sales that no till holds, are told in words alone.
    """
    undated = [row for row in rows if row["month_start"] is None]
    rows = [row for row in rows if row["month_start"] is not None]
    sums = sum_by(rows, "amount", lambda row: row["tender_type"] or "")
    ranked = sorted(sums, key=lambda kind: (-abs(sums[kind]), kind))
    shown = ranked if len(ranked) <= MOST else ranked[: MOST - 1]
    names = {kind: text.words(kind) if kind in shown else OTHER for kind in ranked}
    order = list(dict.fromkeys(names[kind] for kind in ranked))
    months = sorted({row["month_start"] for row in rows})
    by_kind = {}
    for name in order:
        of_kind = [row for row in rows if names[row["tender_type"] or ""] == name]
        amounts = sum_by(of_kind, "amount", lambda row: row["month_start"])
        by_kind[name] = {month: amounts.get(month, Decimal()) for month in months}
    return replace(_with_shares(by_kind, last_day), undated=undated)


def _with_shares(by_kind: dict[str, dict[date, Decimal]], last_day: date) -> Tenders:
    start = months_before(month_start(last_day), 11)
    before = months_before(start, 12)

    def total(name: str, first: date, end: date | None) -> Decimal:
        amounts = by_kind[name].items()
        return sum((a for m, a in amounts if first <= m and (end is None or m < end)), Decimal())

    now = {name: total(name, start, None) for name in by_kind}
    then = {name: total(name, before, start) for name in by_kind}
    all_now, all_then = sum(now.values()), sum(then.values())
    shares = [
        (name, text.share(now[name], all_now), text.share(then[name], all_then)) for name in by_kind
    ]
    sentence = ""
    if all_now:
        top = max(now, key=lambda name: now[name])
        sentence = (
            f"{top} is the largest: {text.share(now[top], all_now)} of what was paid in the twelve"
            f" months up to {text.month(last_day)}."
        )
    return Tenders(by_kind, shares, sentence)
