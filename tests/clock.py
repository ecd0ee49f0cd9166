"""When the running test began: one moment for all its records, a new one for every test.

A whole run takes over an hour; a record of "just now" that is dated by the start of the run lies
before the hour that a till's reader asks again, and after midnight on the wrong day.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache


@cache
def now() -> datetime:
    """The whole second, UTC, in which this was first asked in the running test."""
    return datetime.now(UTC).replace(microsecond=0)


def on(days: float) -> str:
    """The day `days` ago, UTC."""
    return f"{now() - timedelta(days=days):%Y-%m-%d}"


def yesterday() -> date:
    """The day before, UTC."""
    return now().date() - timedelta(days=1)
