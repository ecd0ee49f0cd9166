"""What a person sees while a till is read."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta

from rich.console import Console

from ingestion.fakes.square import FakeSquare
from ingestion.load import load
from ingestion.progress import LoadProgress
from tests.ingestion.square_shop import TOKEN, location, order


def screen(is_terminal: bool) -> Console:
    """A console whose file can be read."""
    return Console(file=io.StringIO(), force_terminal=is_terminal, width=120)


def test_a_terminal_shows_the_day_and_how_many_are_done():
    console = screen(is_terminal=True)
    with LoadProgress(console) as progress:
        progress.begin("stall.orders", 0, 1)
        progress.add(1500)
        progress.show_day(3, 91, date(2024, 5, 4))
    shown = console.file.getvalue()
    assert "stall.orders 2024-05-04 (4 of 91)" in shown
    assert "1,500 records" in shown


def test_a_file_gets_a_line_now_and_then_and_no_bar(monkeypatch):
    monkeypatch.setattr("ingestion.progress.LINE_EVERY_SECONDS", 0)
    console = screen(is_terminal=False)
    with LoadProgress(console) as progress:
        progress.begin("stall.orders", 0, 1)
        progress.add(1500)
        progress.show_day(3, 91, date(2024, 5, 4))
    assert console.file.getvalue() == "stall.orders: 1,500 records so far\n"


def test_each_day_of_a_load_is_shown_once_in_order(
    make_account, start, make_warehouse, monkeypatch
):
    monkeypatch.setenv("TILLHOUSE_STALL_TOKEN", TOKEN)
    given = {"locations": [location(1)], "orders": [order(n, n) for n in range(1, 4)]}
    make_account("stall", "square", start(FakeSquare(given, token=TOKEN)))
    today, seen = datetime.now(UTC).date(), []
    progress = LoadProgress(screen(is_terminal=False))
    monkeypatch.setattr(progress, "show_day", lambda *told: seen.append(told))
    first = today - timedelta(days=4)
    load(make_warehouse("duckdb"), entities=["orders"], since=first, progress=progress)
    assert seen == [(n, 5, first + timedelta(days=n)) for n in range(5)]
