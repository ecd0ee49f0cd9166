"""A server's limits by its own word: how much is left of them, and how long to wait."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


class RateLimit:
    """What a server has told of its limit. Threads share it: none asks for more than is left.

    Told by `X-Toast-RateLimit-Remaining` and `-Reset` (the second since 1970 at which a slice
    ends), or by `X-RateLimit-Remaining` and `-Limit` of a window of `window` seconds, of which the
    end is not told: with nothing left we go on at the pace at which it fills. `longest` is the most
    seconds to wait at once; `now` and `sleep` are our clock.
    """

    def __init__(
        self,
        window: float,
        longest: float,
        now: Callable[[], float],
        sleep: Callable[[float], None],
    ) -> None:
        self._window, self._longest, self._now, self._sleep = window, longest, now, sleep
        self._changed = threading.Condition()
        self._under_way = 0
        self._left: int | None = None  # None: nobody knows
        self._until = 0.0  # by our clock
        self._slice = ""  # the end of the slice, as it was told
        self._ahead = -math.inf  # the server's clock is at least so far ahead of ours

    @contextmanager
    def request(self) -> Iterator[None]:
        """A request goes out once what is left is more than what is under way."""
        with self._changed:
            while self._left is not None and self._left <= self._under_way:
                seconds = min(self._until - self._now(), self._longest)
                if seconds > 0 and self._under_way:
                    self._changed.wait(seconds)  # the answer to another may tell more
                    continue
                if seconds > 0:
                    self._sleep(seconds)
                self._left = None
            self._under_way += 1
        try:
            yield
        finally:
            with self._changed:
                self._under_way -= 1
                self._changed.notify_all()

    def told(self, status: int, headers: Mapping[str, str]) -> float | None:
        """Take in an answer; for one that refuses, the seconds to wait if it says so."""
        with self._changed:
            self._take_in(headers)
            wait = retry_after(headers.get("Retry-After"), headers.get("Date"))
            if status == 429 and wait is not None:
                self._left, self._until = 0, self._now() + wait
            elif status == 429 and self._left == 0 and self._slice:
                wait = max(self._until - self._now(), 0.0) or None
            return wait

    def _take_in(self, headers: Mapping[str, str]) -> None:
        now = self._now()
        left, reset = (headers.get(f"X-Toast-RateLimit-{n}", "") for n in ("Remaining", "Reset"))
        if left.isdigit() and reset.isdigit():
            date = _http_date(headers.get("Date")) or datetime.now(UTC)
            # Told in whole seconds: the more answers, the closer to the server's own clock.
            self._ahead = max(self._ahead, date.timestamp() - now)
            is_same = reset == self._slice and self._left is not None
            self._left = min(int(left), self._left) if is_same else int(left)
            self._slice, self._until = reset, float(reset) - self._ahead
        left, size = (headers.get(f"X-RateLimit-{n}", "") for n in ("Remaining", "Limit"))
        if left.isdigit():
            self._left = int(left)
            self._until = now + self._window / (int(size) if size.isdigit() and int(size) else 300)


def retry_after(value: str | None, server_date: str | None = None) -> float | None:
    """Seconds to wait by a `Retry-After` of seconds or of an HTTP date; None when it says nothing.

    A date is compared with the server's own clock (`Date`) where it gives one, so that a wrong
    clock here neither hurries nor stalls us.
    """
    if not value:
        return None
    if value.strip().isdigit():
        return float(value)
    until, now = _http_date(value), _http_date(server_date) or datetime.now(UTC)
    return max((until - now).total_seconds(), 0.0) if until else None


def _http_date(value: str | None) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value or "")
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
