"""What a person sees while a load runs: a live table on a terminal, plain log lines elsewhere."""

from __future__ import annotations

import time
from datetime import date
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

LINE_EVERY_SECONDS = 5.0


class LoadProgress:
    """Shows which entity of which account is being read and how many records came so far."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console()
        self._bar = Progress(
            SpinnerColumn(),
            TextColumn("{task.description:<44}"),
            BarColumn(bar_width=20),
            TextColumn("{task.fields[records]:>9,} records"),
            TimeElapsedColumn(),
            console=self.console,
            transient=True,
            disable=not self.console.is_terminal,
        )
        self._task = None
        self._records = 0
        self._label = ""
        self._last_line = 0.0

    def __enter__(self) -> LoadProgress:
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._bar.stop()

    def begin(self, label: str, step: int, steps: int) -> None:
        """A new entity starts: `step` of `steps` in this account."""
        self._label, self._records, self._last_line = label, 0, time.monotonic()
        if self._task is None:
            self._task = self._bar.add_task(label, total=steps, records=0)
        self._bar.update(self._task, description=label, completed=step, total=steps, records=0)

    def add(self, records: int) -> None:
        """That many more records were read."""
        self._records += records
        self._bar.update(self._task, records=self._records)
        if not self.console.is_terminal:
            now = time.monotonic()
            if now - self._last_line >= LINE_EVERY_SECONDS:
                self._last_line = now
                self.say(f"{self._label}: {self._records:,} records so far")

    def show_day(self, done: int, days: int, day: date) -> None:
        """A history is read day by day: `done` of `days` are, `day` is next."""
        self._bar.update(self._task, description=f"{self._label} {day} ({done + 1} of {days})")

    def say(self, message: str) -> None:
        """One line that stays, markup-free."""
        self.console.print(message, markup=False, highlight=False, soft_wrap=True)
