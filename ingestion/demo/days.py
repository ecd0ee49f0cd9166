"""When the shop sells: opening days, seasons and hours on the shop's own clock."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from ingestion.demo.money import split_by_weight

ZONE = ZoneInfo("America/Vancouver")
MONTHS = (0.7, 0.75, 0.85, 0.95, 0.9, 0.9, 1.0, 1.0, 0.9, 1.05, 1.6, 2.9)
WEEKDAYS = (0.8, 0.8, 0.9, 0.95, 1.2, 1.9, 1.3)
HOURS = (10, 11, 12, 13, 14, 15, 16, 17)
CLOSING_HOUR = 18
HOUR_WEIGHTS = (5, 9, 12, 13, 14, 15, 13, 8)


def is_open(day: date) -> bool:
    """Closed on Mondays except in December, on Christmas, Boxing Day and New Year's Day."""
    if (day.month, day.day) in ((12, 25), (12, 26), (1, 1)):
        return False
    return day.weekday() != 0 or day.month == 12


def open_days(start: date, end: date) -> list[date]:
    """The days between `start` and `end`, both included, on which the shop is open."""
    every = (start + timedelta(days=n) for n in range((end - start).days + 1))
    return [day for day in every if is_open(day)]


def closing_time(day: date) -> datetime:
    """Half past six in the evening of that day, in UTC: after the last sale."""
    return datetime(day.year, day.month, day.day, 18, 30, tzinfo=ZONE).astimezone(UTC)


def on_clock(day: date, hour: float) -> datetime:
    """So many hours after the midnight that `day` begins with, on the shop's clock."""
    return datetime.combine(day, time(), ZONE) + timedelta(hours=hour)


def utc_text(moment: datetime, offset: str = "Z") -> str:
    """A moment in UTC, as the tills with an API write it."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S.000}{offset}"


def sales_per_day(days: list[date], sales: int, rng: random.Random) -> list[int]:
    """How many of `sales` fall on each day: season, weekday, growth over the years, luck."""
    first = days[0].toordinal()
    weights = []
    for day in days:
        growth = 1 + 0.06 * (day.toordinal() - first) / 365
        weight = MONTHS[day.month - 1] * WEEKDAYS[day.weekday()] * growth
        weights.append(int(1_000_000 * weight * rng.uniform(0.7, 1.3)))
    return split_by_weight(sales, weights)


def times_of_day(day: date, count: int, rng: random.Random) -> list[datetime]:
    """`count` times of that day in UTC, ascending and all different, while the shop is open."""
    seconds: set[int] = set()
    while len(seconds) < count:
        hour = rng.choices(HOURS, HOUR_WEIGHTS)[0]
        seconds.add(hour * 3600 + rng.randrange(3600))
    opening = datetime(day.year, day.month, day.day, tzinfo=ZONE)
    return [(opening + timedelta(seconds=second)).astimezone(UTC) for second in sorted(seconds)]
