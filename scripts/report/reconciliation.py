"""What the tills themselves report of their days beside our totals, in words."""

from __future__ import annotations

from dataclasses import dataclass, field

from scripts.report import text
from scripts.report.data import Rows

FIGURES = {"net_sales": "Net sales", "gross_sales": "Gross sales", "gift_cards": "Gift cards sold"}
CAUSES = {
    "another business day": "taken on another day, in a register left open",
    "another place": "taken at another place",
    "payment without a sale": "paid without a sale, or given back on one older than the history",
    "sale not read yet": "paid in the last three days; its sale may still come",
    "no total of this day": "the till states no total of this day, or not yet",
    "not in a closed register": "in no closed register: taken online, after hours, or today",
    "counted in another till": "counted in another till already",
    "sale that does not count": "of a sale that was voided or never closed",
    "rounding of cash": "cash was rounded",
    "not finished yet": "a layby or account sale that the till counts later",
    "changed after closing": "probably a sale that changed after closing",
    "explained by a person": "explained in reconciliation_notes.csv",
}


@dataclass(frozen=True)
class Line:
    """One figure of a till on the days that differ for one cause."""

    figure: str
    days: str
    theirs: str
    ours: str
    difference: str
    why: str
    is_good: bool


@dataclass
class Reported:
    """One till and place: how many of its daily figures agree, and those that do not."""

    till: str
    agree: int = 0
    figures: int = 0
    lines: list[Line] = field(default_factory=list)

    @property
    def sentence(self) -> str:
        """How many of its figures agree to the cent."""
        if self.agree == self.figures:
            return f"all {text.number(self.figures)} daily figures agree to the cent."
        return (
            f"{text.number(self.agree)} of {text.number(self.figures)} daily figures agree to the"
            " cent. The others:"
        )


def read_reported(rows: Rows) -> list[Reported]:
    """The tills that report anything, each with its differences, those without a cause first."""
    tills: dict[str, Reported] = {}
    for row in sorted(rows, key=lambda row: row["verdict"] != "unexplained"):
        name = text.till_and_place(row)
        till = tills.setdefault(name, Reported(name))
        till.figures += row["days"]
        if row["verdict"] == "agrees":
            till.agree += row["days"]
        else:
            till.lines.append(_line(row))
    return [tills[name] for name in sorted(tills)]


def _line(row: dict) -> Line:
    days = text.days(row["first_on"], row["last_on"])
    if row["days"] > 1:
        days = f"{text.count(row['days'], 'day')}, {days}"
    causes = (row["cause"] or "").split(", ")
    is_good = row["verdict"] != "unexplained"
    why = "; ".join(CAUSES.get(cause, cause) for cause in causes if cause)
    if not is_good:
        left = text.money_text(row["unexplained_amount"])
        why = f"✕ {left} not explained; the rest: {why}" if why else "✕ not explained"
    return Line(
        _figure(row["measure"]),
        days,
        text.money_text(row["their_amount"]),
        text.money_text(row["our_amount"]),
        text.money_text(row["difference_amount"]),
        why,
        is_good,
    )


def _figure(measure: str) -> str:
    if measure.startswith("tender_"):
        return f"Paid: {text.words(measure.removeprefix('tender_')).lower()}"
    return FIGURES.get(measure, text.words(measure))
