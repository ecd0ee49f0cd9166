"""What the tills themselves report of their days beside our totals, in words."""

from __future__ import annotations

from dataclasses import dataclass

from scripts.report import text
from scripts.report.data import Rows

FIGURES = {"net_sales": "Net sales", "gross_sales": "Gross sales", "gift_cards": "Gift cards sold"}


@dataclass(frozen=True)
class Line:
    """One figure of a till and place with one verdict, as the table shows it."""

    till: str
    figure: str
    days: str
    theirs: str
    ours: str
    difference: str
    verdict: str
    is_good: bool


def reported_lines(rows: Rows) -> list[Line]:
    """A line per figure and cause; days without any money are left out when they agree."""
    return [
        _line(row)
        for row in rows
        if row["difference_amount"] or row["their_amount"] or row["verdict"] != "agrees"
    ]


def _line(row: dict) -> Line:
    place = f", {row['location_name']}" if row["location_name"] else ""
    days = text.count(row["days"], "day")
    if row["verdict"] != "agrees":
        days += f", {text.days(row['first_on'], row['last_on'])}"
    return Line(
        f"{row['till_name'] or row['account_id']}{place}",
        _figure(row["measure"]),
        days,
        text.money_text(row["their_amount"]),
        text.money_text(row["our_amount"]),
        text.money_text(row["difference_amount"]) if row["verdict"] != "agrees" else "–",
        {"agrees": "✓ agrees", "unexplained": "✕ nobody can say why"}.get(
            row["verdict"], row["cause"] or ""
        ),
        row["verdict"] != "unexplained",
    )


def _figure(measure: str) -> str:
    if measure.startswith("tender_"):
        return f"Paid: {text.words(measure.removeprefix('tender_')).lower()}"
    return FIGURES.get(measure, text.words(measure))
