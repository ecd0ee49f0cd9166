"""Numbers of records at which servers like to cut a list short."""

from __future__ import annotations

PAGE_SIZES = (100, 200, 250, 500)


def is_round_cap(count: int) -> bool:
    """Whether `count` is a usual page size or a whole number of thousands: 200, 5000, 10000."""
    return count in PAGE_SIZES or (count >= 1000 and count % 1000 == 0)
