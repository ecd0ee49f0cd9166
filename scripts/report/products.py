"""What sells and what comes back: the lines of the two product tables."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from scripts.report import text
from scripts.report.data import Rows
from scripts.report.periods import Span, month_end, month_start, months_before
from scripts.report.text import Money

IN_CHART = 12
IN_TABLE = 25
RETURNED = 6


def best_sellers(products: Rows) -> Rows:
    """The rows of the table of best sellers; the chart shows the first of them."""
    ranked = sorted(products, key=lambda row: (row["sales_rank"] is None, row["sales_rank"]))
    return ranked[:IN_TABLE]


def most_returned(products: Rows) -> Rows:
    """The products of which the most money came back."""
    rows = [row for row in products if row["returns_amount"]]
    return sorted(rows, key=lambda row: (-row["returns_amount"], row["product_key"]))[:RETURNED]


def products_sentence(products: Rows, money: Money) -> str:
    """How many products there are and how much the best sellers make of it."""
    total = sum((row["net_sales"] or 0 for row in products), Decimal())
    best = sum((row["net_sales"] or 0 for row in best_sellers(products)), Decimal())
    sold = text.count(len(products), "product")
    if len(products) <= IN_TABLE:
        return f"{sold} sold, {money.exact(total)} in all."
    return (
        f"{sold} sold over the whole history. The {IN_TABLE} best make {text.share(best, total)}"
        f" of the {money.exact(total)} that products brought."
    )


def margin_sentence(products: Rows) -> str:
    """For how many products the margin is known."""
    known = sum(row["gross_margin"] is not None for row in products)
    if known == len(products):
        return ""
    if not known:
        return "The margin is not shown: the tills give no costs."
    return (
        f"The margin is known for {text.number(known)} of {text.count(len(products), 'product')};"
        " the others have no cost in the till."
    )


def returns_sentence(daily: Rows, money: Money, last_day: date) -> str:
    """What came back in the last twelve months, against the twelve before."""
    year = Span(months_before(month_start(last_day), 11), month_end(last_day))
    now, then = _returned(daily, year), _returned(daily, year.year_before())
    if not now[1]:
        return "Nothing was sold in the last twelve months."
    sentence = (
        f"{money.exact(now[0])} came back in the twelve months up to {text.month(last_day)}:"
        f" {text.share(*now)} of gross sales"
    )
    before = f", after {text.share(*then)} in the year before" if then[1] else ""
    return f"{sentence}{before}."


def _returned(daily: Rows, span: Span) -> tuple[Decimal, Decimal]:
    rows = [row for row in daily if span.holds(row["business_date"])]
    returned = sum((row["returns_amount"] for row in rows), Decimal())
    return returned, sum((row["gross_sales"] for row in rows), Decimal())
