"""The first thing an owner asks: how is it going, compared with a year ago?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from scripts.report import text
from scripts.report.data import Rows
from scripts.report.periods import Span, last_full_month, month_end
from scripts.report.text import Money

CLOSED_AT_FIRST = timedelta(days=6)  # a shop that first sells on 2 January has the whole year


@dataclass(frozen=True)
class Headline:
    """One number with its name, what it is compared with, and whether that is good news.

    `trend` is up, down, or empty where there is nothing to compare.
    """

    name: str
    value: str
    note: str
    trend: str = ""


def headlines(daily: Rows, money: Money, last_day: date) -> list[Headline]:
    """The last full month, the year so far, and the whole history of one section."""
    return [
        _month(daily, money, last_day),
        _year(daily, money, last_day),
        _history(daily, money),
    ]


def _month(daily: Rows, money: Money, last_day: date) -> Headline:
    start = last_full_month(last_day)
    span = Span(start, month_end(start))
    if min(row["business_date"] for row in daily) > span.first + CLOSED_AT_FIRST:
        return Headline("Last full month", text.NOTHING, "The first full month is not over yet.")
    note, trend = _compare(daily, money, span, text.month(start.replace(year=start.year - 1)))
    sales = sum(_of(daily, span, "transactions"))
    if sales:
        average = sum(_of(daily, span, "net_sales"), Decimal()) / sales
        note = f"{text.number(sales)} sales, {money.exact(average)} each. {note}"
    return Headline(text.month(start), money.whole(_net(daily, span)), note, trend)


def _year(daily: Rows, money: Money, last_day: date) -> Headline:
    span = Span(last_day.replace(month=1, day=1), last_day)
    before = span.year_before()
    is_whole = last_day == month_end(last_day) and last_day.month == 12
    until = f"{last_day.year} up to {last_day.day} {last_day:%B}"
    name = f"All of {last_day.year}" if is_whole else until
    label = f"{before.first.year}" if is_whole else f"the same days of {before.first.year}"
    note, trend = _compare(daily, money, span, label)
    return Headline(name, money.whole(_net(daily, span)), note, trend)


def _history(daily: Rows, money: Money) -> Headline:
    first = min(row["business_date"] for row in daily)
    last = max(row["business_date"] for row in daily)
    tills = len({row["account_id"] for row in daily})
    total = sum((row["net_sales"] for row in daily), Decimal())
    sales = sum(row["transactions"] for row in daily)
    note = f"{text.number(sales)} sales on {text.count(tills, 'till')}, {text.days(first, last)}."
    return Headline("The whole history", money.whole(total), note)


def _compare(daily: Rows, money: Money, span: Span, label: str) -> tuple[str, str]:
    """How `span` did against the same days a year before: the words, and up or down."""
    before = span.year_before()
    first = min(row["business_date"] for row in daily)
    if first > before.last:
        return "No sales a year earlier to compare with.", ""
    if first > before.first + CLOSED_AT_FIRST:
        return f"The year before is not whole: its first sale is on {text.day(first)}.", ""
    now, then = _net(daily, span), _net(daily, before)
    if then <= 0:
        return f"{money.whole(then)} in {label}.", ""
    ratio = (now - then) / then
    if text.round_half_up(ratio * 100, 1) == 0:
        return f"The same as {label}.", ""
    trend = "up" if ratio > 0 else "down"
    more = "more" if ratio > 0 else "less"
    return f"{text.percent(abs(ratio))} {more} than {label} ({money.whole(then)}).", trend


def _net(daily: Rows, span: Span) -> Decimal:
    return sum(_of(daily, span, "net_sales"), Decimal())


def _of(daily: Rows, span: Span, column: str) -> list:
    return [row[column] for row in daily if span.holds(row["business_date"])]
