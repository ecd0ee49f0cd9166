"""Histories read day by day: what is planned, what is final, what happens when a server is down."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from ingestion import http
from ingestion.contract import Pull, Record, SourceError
from ingestion.windows import NEW, Window, Windows

pytestmark = pytest.mark.usefixtures("slept")
NOW = datetime(2026, 3, 20, 15, 0, tzinfo=UTC)
OVERLAP = timedelta(hours=72)


class Kept:
    """What was saved of each day, in order."""

    def __init__(self, *known: Window, active=(None, None)) -> None:
        self.days = {window.day: window for window in known}
        self.history: list[tuple[date, str]] = []
        self.active, self.now = active, NOW

    def windows(self) -> Windows:
        return Windows(lambda: self.days.values(), self.save, self.active, now=lambda: self.now)

    def save(self, windows: list[Window]) -> None:
        self.days.update({window.day: window for window in windows})
        self.history += [(window.day, window.status) for window in windows]

    def statuses(self) -> list[str]:
        return [self.days[day].status for day in sorted(self.days)]


def day(number: int) -> date:
    return date(2026, 3, number)


def one_record(window: Window, counts: Pull):
    counts.pages += 1
    yield [Record(str(window.day), "{}")]


def run(
    kept: Kept, pull: Pull, read_one=one_record, workers: int = 1, locations: dict | None = None
) -> list[str]:
    windows = kept.windows()
    plan = windows.plan(pull, OVERLAP, locations)
    found = [r.record_id for b in windows.read(pull, plan, read_one, workers) for r in b]
    windows.landed(windows.cut())
    return found


@pytest.mark.parametrize("workers", [1, 4])
def test_days_come_in_order_and_are_done_once_landed(workers):
    kept, pull = Kept(), Pull(since=day(11))
    windows = kept.windows()
    plan = windows.plan(pull, OVERLAP)
    found = [r.record_id for b in windows.read(pull, plan, one_record, workers) for r in b]
    assert found == [f"{day(n)}" for n in range(11, 21)]
    assert set(kept.statuses()) == {"running"}
    windows.landed(windows.cut())
    assert set(kept.statuses()) == {"success"}
    assert pull.pages == 10


def test_a_day_is_final_once_it_was_read_after_the_overlap():
    read_at = NOW - timedelta(days=1)
    kept = Kept(*(Window(day(n), "success", 1, 5, read_at) for n in range(10, 20)))
    assert run(kept, Pull()) == [f"{day(n)}" for n in (16, 17, 18, 19, 20)]
    assert run(kept, Pull(force=True)) == [f"{day(n)}" for n in range(10, 21)]


def test_days_that_failed_or_were_cut_off_are_read_again():
    kept = Kept(
        *(Window(day(n), "no_data", 1, 0, NOW) for n in range(1, 16)),
        Window(day(5), "failed", 1, 0, NOW, "503"),
        Window(day(6), "running", 1, 0, NOW),
    )
    assert run(kept, Pull())[:2] == [f"{day(5)}", f"{day(6)}"]
    assert kept.days[day(5)].attempts == 2
    assert kept.days[day(5)].error == ""


def test_without_a_day_named_it_begins_90_days_back():
    assert len(run(Kept(), Pull())) == 91


def test_days_outside_of_the_account_are_skipped():
    kept = Kept(active=(day(15), day(17)))
    assert run(kept, Pull(since=day(13))) == [f"{day(n)}" for n in (15, 16, 17)]
    assert kept.statuses() == ["skipped"] * 2 + ["success"] * 3 + ["skipped"] * 3


def test_one_day_anew_and_nothing_else():
    kept = Kept(*(Window(day(n), "success", 1, 5, NOW) for n in range(1, 21)))
    assert run(kept, Pull(refresh_day=day(3))) == [f"{day(3)}"]
    kept.days[day(4)] = failed = Window(day(4), "failed", 1, 0, NOW, "503")
    run(kept, Pull(refresh_day=day(4)))
    assert kept.days[day(4)] == failed, "by the shop's clock it is another day"
    run(kept, Pull(refresh_day=date(2020, 1, 1)))
    assert min(kept.days) == day(1), "the history does not begin there from now on"


def unavailable(*bad: int):
    def read_one(window: Window, counts: Pull):
        if window.day.day in bad:
            raise http.UnavailableError("the server answered 503")
        yield [Record(str(window.day), "{}")]

    return read_one


def test_a_day_that_is_not_given_is_tried_again_and_then_passed_over(slept):
    kept, pull = Kept(), Pull(since=day(11))
    with pytest.raises(SourceError, match="not read: 2026-03-12; load again.*503"):
        run(kept, pull, unavailable(12))
    assert slept == [30, 60, 120]
    assert kept.days[day(12)].status == "failed"
    assert kept.days[day(12)].error == "the server answered 503"
    assert f"{day(12)}" in run(kept, Pull())


def test_two_days_in_a_row_end_the_read_and_the_others_wait_for_the_next():
    kept = Kept()
    with pytest.raises(SourceError, match="2026-03-12, 2026-03-13; load again"):
        run(kept, Pull(since=day(11)), unavailable(12, 13))
    assert kept.statuses()[1:] == ["failed", "failed", *["pending"] * 7]


def test_what_does_not_concern_a_day_alone_is_raised_at_once():
    def refused(window: Window, counts: Pull):
        raise SourceError("the token was refused")
        yield

    with pytest.raises(SourceError, match="the token was refused"):
        run(Kept(), Pull(since=day(11)), refused)
    with pytest.raises(ZeroDivisionError):
        run(Kept(), Pull(since=day(11)), lambda window, counts: iter([1 / 0]))


def test_a_day_that_the_till_is_not_done_with_stays_pending_until_it_is():
    kept = Kept()
    done: list[date] = []

    def read_one(window: Window, counts: Pull):
        counts.is_whole = window.day != day(3) or window.day in done
        yield from one_record(window, counts)

    run(kept, Pull(since=day(1)), read_one)
    assert [d.day for d, window in kept.days.items() if window.status == "pending"] == [3]
    done.append(day(3))
    assert f"{day(3)}" in run(kept, Pull(), read_one)
    assert kept.days[day(3)].status == "success"
    assert f"{day(3)}" not in run(kept, Pull(), read_one)


def test_days_read_without_a_location_that_is_new_or_back_are_read_again():
    kept, bookmark = Kept(), {}

    def told(now: int, *listed: str, since: int = 1) -> tuple[list[int], list[str]]:
        """The days that a load on day `now` reads, and what it tells."""
        pull = Pull(bookmark, since=day(since))
        locations = {id_: id_.upper() for id_ in listed}
        kept.now = datetime(2026, 3, now, 15, 0, tzinfo=UTC)
        return [int(d[-2:]) for d in run(kept, pull, locations=locations)], pull.warnings

    def again(names: str, days: int) -> list[str]:
        return [NEW.format(names=names, days=days)]

    assert told(10, "a") == ([*range(1, 11)], [])
    assert told(11, "a") == ([7, 8, 9, 10, 11], [])
    assert told(11, "a", "b") == ([*range(1, 12)], again("b (B)", 7))
    assert told(12, "a", "b") == ([8, 9, 10, 11, 12], [])
    assert told(14, "a") == ([9, 10, 11, 12, 13, 14], [])
    assert told(16) == ([11, 12, 13, 14, 15, 16], []), "a list that came empty is remembered too"
    assert told(17, "b") == ([*range(9, 18)], again("b (B)", 4))
    assert told(17, "a", "b", since=15)[1] == again("a (A)", 5)
    assert told(17, "a", "b") == ([*range(9, 18)], []), "what --since left out is pending"
    assert told(20, "a", "b", "c", "d", since=20)[1] == again("c (C), d (D)", 13)


def test_without_a_memory_of_locations_no_day_is_read_twice():
    kept = Kept(*(Window(day(n), "success", 1, 5, NOW) for n in range(1, 17)))
    pull = Pull(bookmark := {})
    assert run(kept, pull, locations={"a": "A"}) == [f"{day(n)}" for n in (17, 18, 19, 20)]
    run(kept, Pull(bookmark, refresh_day=day(3)), locations={"a": "A", "b": "B"})
    pull = Pull(bookmark)
    assert len(run(kept, pull, locations={"a": "A", "b": "B"})) == 20
    assert len(run(kept, Pull(bookmark))) == 4, "what is not read by location"
