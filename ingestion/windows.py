"""Reading a long history day by day: what is done, what is left, what to try again.

A source that can be asked for a span of time plans its days and reads them:

    days = pull.windows.plan(pull, overlap=timedelta(hours=72))
    yield from pull.windows.read(pull, days, lambda day, counts: my_pages(client, day, counts))

The state of every day is a row of `raw_tillhouse.sync_windows` and outlives the run: a day is
`pending`, `running`, `success`, `no_data`, `failed`, or `skipped` (outside of the account's
active_from and active_to). It is done only once its records have landed, so a load that was
killed goes on with the days that were not, and a day read twice changes nothing. A day is read
again until a read that came `overlap` after its end: late and edited records are seen. A day of
which the till says that it is not complete yet (`counts.is_whole = False`) stays pending.

A day is done for the locations that the till listed when it was read. The plan remembers them in
the bookmark; the days that were read without one that is new in the list, or back, are read again.
"""

from __future__ import annotations

import queue
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from time import monotonic

from ingestion import http
from ingestion.contract import Pull, Record, SourceError

FIRST_DAYS = 90
WAITS = (30.0, 60.0, 120.0)  # seconds before a day is tried again
FAILURES_IN_A_ROW = 2  # then the server is down: the other days are left for the next run
DAYS_PER_WORKER = 2  # begun: while the warehouse takes one, or a large one lasts, others go on
BATCHES_AHEAD = 2  # of each day that is begun: what bounds the memory
DONE = ("success", "no_data")
LOCATIONS = "locations"  # in the bookmark: id -> since when it is not listed, "" where it is
NEW = (
    "new in the till's list of locations, or back: {names}. Days that were read without it, and are"
    " now read again for all locations: {days}."
)
SAVE_EVERY_SECONDS = 1.0
NEVER = "0001-01-01T00:00+00:00"

Batches = Iterator[list[Record]]
Save = Callable[[list["Window"]], None]


@dataclass(frozen=True)
class Window:
    """One day (UTC) of one entity of one account; `read_at` is when its last read began."""

    day: date
    status: str = "pending"
    attempts: int = 0
    records: int = 0
    read_at: datetime | None = None
    error: str = ""

    @property
    def start(self) -> datetime:
        """Its first moment, UTC."""
        return datetime.combine(self.day, time(), UTC)

    @property
    def end(self) -> datetime:
        """The first moment after it, UTC."""
        return self.start + timedelta(days=1)

    def is_final(self, overlap: timedelta) -> bool:
        """Whether it was read so late that nothing can have been missing."""
        return self.status in DONE and self.read_at >= self.end + overlap


class Windows:
    """The days of one entity of one account: `known` tells those of earlier runs, `save` keeps
    changes.

    `active` are the first and last day of the account, None for open. `tell` is told how many
    days are done, of how many, and which is next.
    """

    def __init__(
        self,
        known: Callable[[], Iterable[Window]] = tuple,
        save: Save = lambda _: None,
        active: tuple[date | None, date | None] = (None, None),
        tell: Callable[[int, int, date], None] = lambda *_: None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._earlier, self._save, self._active = known, save, active
        self._tell, self._now = tell, now
        self._known: dict[date, Window] = {}
        self._unlanded: list[Window] = []
        self._unsaved: dict[date, Window] = {}
        self._saved_at = 0.0

    def plan(
        self, pull: Pull, overlap: timedelta, locations: Mapping[str, str] | None = None
    ) -> list[Window]:
        """The days to read now, oldest first; saved as pending.

        They begin with `pull.since`, else with the first day known, else 90 days back. With
        `pull.refresh_day` it is that day alone, and no state is kept: a till may be asked for that
        day of the shop, which is not this day. With `pull.force` it is all of them. `locations` are
        those that the till lists now (id -> name), None for what is not read by location.
        """
        self._known = {window.day: window for window in self._earlier()}
        if locations is not None and not pull.refresh_day:
            self._note(self._read_without(pull, overlap, locations))
        today = self._now().date()
        if pull.refresh_day:
            days = [Window(pull.refresh_day)]
            self._save = lambda _: None
        else:
            first = pull.since or min(self._known, default=today - timedelta(days=FIRST_DAYS))
            every = (first + timedelta(days=n) for n in range((today - first).days + 1))
            days = [self._known.get(day, Window(day)) for day in every]
            if not pull.force:
                days = [window for window in days if not window.is_final(overlap)]
        out = [window for window in days if self._is_out(window)]
        wanted = [window for window in days if window not in out]
        self._note([replace(w, status="skipped") for w in out if w.status != "skipped"])
        self._note([replace(w, status="pending") for w in wanted])
        self._save_now()  # or a load that is killed at once forgets how far back it was to read
        return wanted

    def _read_without(
        self, pull: Pull, overlap: timedelta, locations: Mapping[str, str]
    ) -> list[Window]:
        """Days that are done and were read while a location was not listed that is now, as pending.

        The first plan that is told the locations only remembers them. The bookmark is kept with
        the first records that land; until then the next plan finds the same days again.
        """
        before = pull.bookmark.get(LOCATIONS)
        now = self._now().isoformat()
        pull.bookmark[LOCATIONS] = {
            **{id_: gone_at or now for id_, gone_at in (before or {}).items()},
            **dict.fromkeys(locations, ""),
        }
        come = [id_ for id_ in locations if before is not None and before.get(id_) != ""]
        if not come:
            return []
        since = min(datetime.fromisoformat(before.get(id_, NEVER)) for id_ in come)
        lacking = [
            replace(window, status="pending")
            for window in self._known.values()
            if window.is_final(overlap) and window.read_at >= since
        ]
        if days := sum(not self._is_out(window) for window in lacking):
            names = ", ".join(f"{id_} ({locations[id_]})" for id_ in come)
            pull.warn(NEW.format(names=names, days=f"{days:,}"))
        return lacking

    def _is_out(self, window: Window) -> bool:
        begin, end = self._active
        return bool((begin and window.day < begin) or (end and window.day > end))

    def read(
        self,
        pull: Pull,
        days: list[Window],
        read_one: Callable[[Window, Pull], Batches],
        workers: int = 1,
    ) -> Batches:
        """The batches of all days in order, `workers` of them asked for at the same time.

        `read_one(window, counts)` reads one day and counts and warns in `counts`. A day that the
        server does not give is tried again after 30, 60 and 120 seconds; then it is failed and
        the others go on. Raises SourceError at the end (or once two in a row have failed) that
        names the failed days; what does not concern a day alone is raised at once.
        """
        pull.in_parts = True
        waiting, running = deque(days), deque()
        failed: list[_Reader] = []
        in_a_row = 0
        stop, gate = threading.Event(), threading.Semaphore(workers)
        begun = workers * DAYS_PER_WORKER if workers > 1 else 1
        try:
            while (waiting or running) and in_a_row < FAILURES_IN_A_ROW:
                while waiting and len(running) < begun:
                    running.append(self._start(waiting.popleft(), read_one, stop, gate))
                reader = running.popleft()
                done = len(days) - len(waiting) - len(running) - 1
                self._tell(done, len(days), reader.window.day)
                yield from reader.batches()
                self._finish(reader, pull)
                in_a_row = in_a_row + 1 if reader.error else 0
                failed += [reader] if reader.error else []
        finally:
            stop.set()
            self._save_now()
        if failed:
            raise SourceError(_failure(failed))

    def cut(self) -> list[Window]:
        """The days that were read to their end since the last cut."""
        read, self._unlanded = self._unlanded, []
        return read

    def landed(self, days: Iterable[Window]) -> None:
        """These days are in the warehouse: keep them as done."""
        self._unsaved.update({window.day: window for window in days})
        self._save_now()

    def _start(
        self, window: Window, read_one, stop: threading.Event, gate: threading.Semaphore
    ) -> _Reader:
        running = replace(
            window, status="running", attempts=window.attempts + 1, read_at=self._now(), error=""
        )
        self._note([running])
        return _Reader(running, read_one, stop, gate)

    def _finish(self, reader: _Reader, pull: Pull) -> None:
        """Note how a day ended; success is saved once it has landed."""
        counts = reader.counts
        pull.pages, pull.retries = pull.pages + counts.pages, pull.retries + counts.retries
        pull.rejections += counts.rejections
        pull.unknown += counts.unknown
        pull.warnings += [text for text in counts.warnings if text not in pull.warnings]
        status = "failed" if reader.error else "success" if reader.records else "no_data"
        if not (counts.is_whole or reader.error):
            status = "pending"
        error = str(reader.error or "")
        ended = replace(reader.window, status=status, records=reader.records, error=error)
        if not reader.error:
            self._known[ended.day] = ended
            self._unlanded.append(ended)
            return
        self._note([ended])
        if reader.is_fatal:
            raise reader.error

    def _note(self, windows: list[Window]) -> None:
        """Keep them; written once a second, a long history has thousands of changes."""
        noted = {window.day: window for window in windows}
        self._known.update(noted)
        self._unsaved.update(noted)
        if monotonic() - self._saved_at >= SAVE_EVERY_SECONDS:
            self._save_now()

    def _save_now(self) -> None:
        self._save(list(self._unsaved.values()))
        self._unsaved, self._saved_at = {}, monotonic()


class _Reader:
    """One day being read by a thread of its own, a few batches ahead of who takes them.

    It asks for a batch while it is let through `gate`, and waits outside of it.
    """

    def __init__(
        self, window: Window, read_one, stop: threading.Event, gate: threading.Semaphore
    ) -> None:
        self.window, self.records = window, 0
        self.error: SourceError | None = None
        self.is_fatal = False
        self.counts = Pull()
        self._unforeseen: BaseException | None = None
        self._read_one, self._stop, self._gate = read_one, stop, gate
        self._batches: queue.Queue[list[Record] | None] = queue.Queue(BATCHES_AHEAD)
        threading.Thread(target=self._work, daemon=True).start()

    def batches(self) -> Batches:
        """Its batches, until it is done or has failed."""
        while (batch := self._batches.get()) is not None:
            self.records += len(batch)
            yield batch
        if self._unforeseen:
            raise self._unforeseen

    def _work(self) -> None:
        try:
            self._try_again()
        except SourceError as error:
            self.error = error
            self.is_fatal = not isinstance(error, http.UnavailableError | http.RefusedError)
        except BaseException as error:  # raised again where the batches are taken
            self._unforeseen = error
        finally:
            self._put(None)

    def _try_again(self) -> None:
        for wait in (*WAITS, None):
            try:
                batches = self._read_one(self.window, self.counts)
                while (batch := self._next(batches)) is not None:
                    self._put(batch)
                return
            except http.UnavailableError:
                if wait is None or self._stop.is_set():
                    raise
                http.PATIENCE.sleep(wait)

    def _next(self, batches: Batches) -> list[Record] | None:
        with self._gate:
            return next(batches, None)

    def _put(self, batch: list[Record] | None) -> None:
        while not self._stop.is_set():
            try:
                self._batches.put(batch, timeout=0.1)
                return
            except queue.Full:
                continue


def _failure(failed: list[_Reader]) -> str:
    days = ", ".join(f"{reader.window.day}" for reader in failed[:5])
    more = f" and {len(failed) - 5} more" if len(failed) > 5 else ""
    return f"not read: {days}{more}; load again. The reason: {failed[-1].error}"
