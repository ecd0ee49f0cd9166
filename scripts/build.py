"""Build and test all models: `python -m scripts.build [--full-refresh] [--select ...]`.

The same as `dbt build`, with the warehouse locked and an outcome in words: what was built, which
test failed and what it means, how long it took, what to do next. `--select` and `--exclude` take
what dbt takes, for example `--select fct_sales+`.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from rich.console import Console
from rich.status import Status

from ingestion import lock
from ingestion.accounts import AccountError, seeds_dir
from ingestion.destinations import Warehouse, WarehouseError, open_warehouse
from scripts.atomic import DeliveryError
from scripts.exposures import target_folder
from scripts.manifest import run_dbt
from scripts.report.proof import keep_results
from scripts.setup import complete_seeds

TESTS = ("test", "unit_test")
FAILED = ("fail", "error", "runtime error")
LINE_EVERY_SECONDS = 10.0
WORDS = {"model": "model", "seed": "seed", "test": "test", "unit_test": "unit test"}


@dataclass(frozen=True)
class Problem:
    """A node that failed, warned or was skipped: what it is, what it says, what dbt saw."""

    kind: str
    name: str
    meaning: str
    seen: str


@dataclass
class Outcome:
    """How a build ended; `done` counts what succeeded by resource type, `error` stopped it all."""

    done: Counter[str] = field(default_factory=Counter)
    failed: list[Problem] = field(default_factory=list)
    warned: list[Problem] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    seconds: float = 0.0
    error: str = ""

    @property
    def ok(self) -> bool:
        """Whether everything was built and every test passed."""
        return not (self.failed or self.skipped or self.error)


class Progress:
    """Hears dbt's events: a live line on a terminal, a line now and then elsewhere."""

    def __init__(self, console: Console) -> None:
        self._console, self._finished, self._said = console, 0, time.monotonic()
        self.status = Status("dbt starts", console=console)

    def __call__(self, event: Any) -> None:
        """Take one event of dbt."""
        if event.info.name != "NodeFinished":
            return
        self._finished += 1
        self.status.update(f"{self._finished:,} done, last {event.data.node_info.node_name}")
        is_due = time.monotonic() - self._said >= LINE_EVERY_SECONDS
        if is_due and not self._console.is_terminal:
            self._said = time.monotonic()
            self._console.print(f"{self._finished:,} done")


def main(arguments: Sequence[str] | None = None) -> int:
    """Build as the command line says. Returns 0 when all is built and every test passed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--target", help="output of profiles.yml (default: the profile's own)")
    parser.add_argument("--full-refresh", action="store_true", help="build every table anew")
    parser.add_argument("--select", nargs="+", default=[], help="only these, as dbt selects")
    parser.add_argument("--exclude", nargs="+", default=[], help="all but these")
    options = parser.parse_args(arguments)
    console = Console(soft_wrap=True, highlight=False)
    try:
        for line in complete_seeds(seeds_dir()):
            console.print(line, markup=False)
        outcome = build(
            open_warehouse(options.target),
            options.select,
            options.exclude,
            options.full_refresh,
            console,
        )
    except (AccountError, WarehouseError, DeliveryError) as error:
        console.print(str(error), markup=False)
        return 1
    print_outcome(outcome, console)
    return 0 if outcome.ok else 1


def build(
    warehouse: Warehouse,
    select: Sequence[str] = (),
    exclude: Sequence[str] = (),
    full_refresh: bool = False,
    console: Console | None = None,
) -> Outcome:
    """Run `dbt build` in this process while holding the warehouse.

    Raises WarehouseError when somebody else holds it, DeliveryError when the disk refuses.
    """
    progress = Progress(console or Console())
    command = ["build", "--target", warehouse.target]
    for option, chosen in (("--select", select), ("--exclude", exclude)):
        command += [option, *chosen] if chosen else []
    command += ["--full-refresh"] if full_refresh else []
    start = time.monotonic()
    with lock.hold(warehouse, "build"), progress.status:
        result = run_dbt(*command, callbacks=[progress])
        keep_results(target_folder())
    return read_outcome(result, time.monotonic() - start)


def read_outcome(result: Any, seconds: float) -> Outcome:
    """What dbt's result says, by kind."""
    outcome = Outcome(seconds=seconds)
    for run in getattr(result.result, "results", None) or []:
        kind, status = str(run.node.resource_type), str(run.status)
        if status in FAILED:
            outcome.failed.append(_problem(run, kind))
        elif status == "skipped":
            outcome.skipped.append(run.node.name)
        else:
            outcome.done[kind] += 1
            if status == "warn":
                outcome.warned.append(_problem(run, kind))
    if not (result.success or outcome.failed):
        outcome.error = str(result.exception or "dbt stopped without saying why").strip()
    return outcome


def _problem(run: Any, kind: str) -> Problem:
    node = run.node
    meaning = node.description.strip()
    if not meaning and getattr(node, "test_metadata", None):
        of = (node.attached_node or "").rpartition(".")[2]
        column = f"{of}.{node.column_name}" if node.column_name else of
        meaning = f"{node.test_metadata.name.replace('_', ' ')}: {column}"
    return Problem(
        kind, node.name, " ".join(meaning.split()), " ".join((run.message or "").split())
    )


def print_outcome(outcome: Outcome, console: Console) -> None:
    """Say for a person what was done, what it means and what is next."""

    def say(text: str, style: str | None = None) -> None:
        console.print(text, style=style, markup=False)

    if outcome.error:
        say("The build did not start.", "red")
        say(outcome.error)
        say("Next: mend that and run it again; the warehouse is as it was.")
        return
    for style, title, problems in (
        ("red", "Failed", outcome.failed),
        ("yellow", "Warnings", outcome.warned),
    ):
        if problems:
            say(f"{title}:", style)
        for problem in problems:
            say(f"  {WORDS.get(problem.kind, problem.kind)} {problem.name}")
            for line in (problem.meaning, problem.seen):
                say(f"    {line}") if line else None
    if outcome.skipped:
        say(f"Skipped, because they need what failed: {', '.join(outcome.skipped)}", "yellow")
    say(f"{_counts(outcome)} in {outcome.seconds:.1f} s.", "green" if outcome.ok else None)
    say(f"Next: {_next_step(outcome)}")


def _counts(outcome: Outcome) -> str:
    built = [
        _count(number, WORDS.get(kind, kind))
        for kind, number in sorted(outcome.done.items())
        if kind not in TESTS
    ]
    passed = sum(outcome.done[kind] for kind in TESTS)
    failed = sum(problem.kind in TESTS for problem in outcome.failed)
    tested = f"{_count(passed, 'test')} passed" + (f", {failed:,} failed" if failed else "")
    return f"{' and '.join(built) or 'nothing'} built, {tested}"


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def _next_step(outcome: Outcome) -> str:
    if outcome.ok:
        return "`make export` and `make report`, or `make nightly` for all in one."
    test = next((problem.name for problem in outcome.failed if problem.kind == "test"), None)
    if test:
        return f"see the rows that fail with `.venv/bin/dbt show --select {test}`."
    return "mend what failed and build again; what was built stays."


if __name__ == "__main__":
    sys.exit(main())
