"""Days, weeks and months, and sums over them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

DAY, WEEK, MONTH = "day", "week", "month"


@dataclass(frozen=True)
class Span:
    """Days from `first` to `last`, both included."""

    first: date
    last: date

    def holds(self, day: date) -> bool:
        """Whether the day lies in it."""
        return self.first <= day <= self.last

    def year_before(self) -> Span:
        """The same days one year earlier; 29 February becomes 28, month ends stay month ends."""
        first = _same_day(self.first, self.first.year - 1)
        if self.last == month_end(self.last):
            return Span(first, month_end(date(self.last.year - 1, self.last.month, 1)))
        return Span(first, _same_day(self.last, self.last.year - 1))


def _same_day(day: date, year: int) -> date:
    return day.replace(year=year, day=28) if (day.month, day.day) == (2, 29) else day.replace(year)


def week_start(day: date) -> date:
    """The Monday of that week."""
    return day - timedelta(days=day.weekday())


def month_start(day: date) -> date:
    """The first of that month."""
    return day.replace(day=1)


def next_month(day: date) -> date:
    """The first of the month after."""
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def month_end(day: date) -> date:
    """The last day of that month."""
    return next_month(day) - timedelta(days=1)


def months_before(day: date, months: int) -> date:
    """The first of the month that many months before the month of `day`."""
    index = day.year * 12 + day.month - 1 - months
    return date(index // 12, index % 12 + 1, 1)


PERIOD_START: dict[str, Callable[[date], date]] = {
    DAY: lambda day: day,
    WEEK: week_start,
    MONTH: month_start,
}


def period_end(view: str, start: date) -> date:
    """The last day of the period that starts on `start`."""
    return {DAY: start, WEEK: start + timedelta(days=6), MONTH: month_end(start)}[view]


def periods(view: str, first: date, last: date) -> Iterator[date]:
    """The starts of all periods from the one that holds `first` to the one that holds `last`."""
    start = PERIOD_START[view](first)
    while start <= last:
        yield start
        start = period_end(view, start) + timedelta(days=1)


def last_full_month(last_day: date) -> date:
    """The start of the latest month that is over on `last_day`."""
    if last_day == month_end(last_day):
        return month_start(last_day)
    return months_before(last_day, 1)
