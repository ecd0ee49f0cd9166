"""The stand-ins' clock, and how many requests they take in a slice of its time.

The clock goes with `http.PATIENCE`: a loader in the same process that waits by it need not really
wait.

    with without_waiting() as waits:
        ... each wait sets the clock forward; `waits` are their seconds
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import NamedTuple

from ingestion import http

EPOCH = round(time.time() - time.monotonic())


def clock() -> float:
    """A stand-in's own time, in seconds since 1970."""
    return EPOCH + http.PATIENCE.now()


@contextmanager
def without_waiting() -> Iterator[list[float]]:
    """Nobody waits: time stands still but for the waits. Gives the list of them, in seconds.

    It begins with a quarter of an hour, so that slices always begin and end alike.
    """
    waits: list[float] = []
    before, began = http.PATIENCE, clock() // 900 * 900 - EPOCH
    http.PATIENCE = replace(
        before, sleep=waits.append, now=lambda: round(began + sum(waits), 6), jitter=lambda: 0.0
    )
    try:
        yield waits
    finally:
        http.PATIENCE = before


class Limit(NamedTuple):
    """At most `size` requests in each slice of `seconds`, of those that are `of` the same kind.

    `by` is what the till calls it. Slices are fixed: they begin at whole multiples of `seconds`.
    """

    by: str
    size: int
    seconds: int
    of: str = ""


class Left(NamedTuple):
    """What is left of a limit after a request; its slice `ends` at a second since 1970."""

    limit: Limit
    requests: int
    ends: int


class Slices:
    """The requests that were taken, counted in the slices of their limits."""

    def __init__(self) -> None:
        self._taken: Counter[tuple[Limit, int]] = Counter()
        self._lock = threading.Lock()

    def take(self, limits: Iterable[Limit], now: float) -> Left | None:
        """What is left of the limit that a request comes closest to; None without limits.

        Below zero it is over the limit, and not counted.
        """
        with self._lock:
            ends = [(limit, int(now // limit.seconds + 1) * limit.seconds) for limit in limits]
            left = [
                Left(limit, limit.size - self._taken[limit, end] - 1, end) for limit, end in ends
            ]
            closest = min(left, key=lambda one: (one.requests, -one.ends), default=None)
            if closest and closest.requests >= 0:
                self._taken.update(ends)
            return closest
