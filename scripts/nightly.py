"""The whole night in one process: `python -m scripts.nightly`.

load -> dbt build with its data tests -> CSV files -> report page -> a dated copy of dbt's results

A till that cannot be read stops no other till, and a test that fails stops no file: the report
then says at its top what is not proved. The exit code is 0 only when all went well.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from ingestion import lock
from ingestion.accounts import AccountError, read_accounts, seeds_dir
from ingestion.destinations import Warehouse, WarehouseError, open_warehouse
from ingestion.run_log import RunRow
from scripts.atomic import DeliveryError, write_whole
from scripts.export_csv import export_csv
from scripts.exposures import out_folder, target_folder
from scripts.generate_reports import generate_reports
from scripts.manifest import parsed_beside
from scripts.report.proof import Build, Failure, keep_results, read_build
from scripts.setup import complete_seeds
from scripts.stale import build_stale

ARTIFACTS = ("manifest.json", "run_results.json")
SAY_EVERY_SECONDS = 10.0


@dataclass
class Night:
    """What a night did: seconds per step, what was done, and what a person has to mend.

    `notes` are what a person should look at although nothing failed.
    """

    seconds: dict[str, float] = field(default_factory=dict)
    done: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)
    build: Build = field(default_factory=Build)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Say that a step starts, and note how long it takes."""
        print(f"[{datetime.now():%H:%M:%S}] {name}", flush=True)
        start = time.monotonic()
        try:
            yield
        finally:
            self.seconds[name] = time.monotonic() - start


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the night as the command line says; 0 when all went well, else 1."""
    options = _parser().parse_args(arguments)
    start = time.monotonic()
    try:
        warehouse = open_warehouse(options.target)
        night = run_night(warehouse, options.skip_load, options.full_refresh)
    except (AccountError, WarehouseError) as error:
        print(f"The night did not start: {error}", file=sys.stderr)
        return 1
    night.seconds["all"] = time.monotonic() - start
    _print_summary(night, options.skip_load)
    if options.timings:
        with write_whole(options.timings) as file:
            json.dump({"seconds": night.seconds, "problems": night.problems}, file, indent=2)
    return int(bool(night.problems))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--target", help="output of profiles.yml (default: the profile's own)")
    parser.add_argument(
        "--skip-load", action="store_true", help="build from what is loaded already"
    )
    parser.add_argument("--full-refresh", action="store_true", help="build every table anew")
    parser.add_argument("--timings", type=Path, help="write the seconds of each step to this file")
    return parser


def run_night(warehouse: Warehouse, skip_load: bool = False, full_refresh: bool = False) -> Night:
    """Do all steps while holding the warehouse; what goes wrong is in `problems`.

    Raises WarehouseError when the warehouse is held or out of reach, AccountError when
    pos_accounts.csv cannot be used: then nothing was changed.
    """
    night = Night(notes=complete_seeds(seeds_dir()))
    with lock.hold(warehouse, "nightly"):
        if not skip_load:
            with parsed_beside(warehouse.target), night.step("load"):
                _load(night, warehouse)
        with night.step("build"):
            _build(night, warehouse, full_refresh)
        with night.step("export"):
            _deliver(night, lambda: list(export_csv(warehouse)))
        with night.step("report"):
            _deliver(night, lambda: generate_reports(warehouse, night.build))
    with night.step("keep dbt's results"):
        _deliver(night, keep_artifacts, is_for_owner=False)
    return night


def _load(night: Night, warehouse: Warehouse) -> None:
    from ingestion.load import load
    from ingestion.status import accounts_no_longer_listed

    rows = load(warehouse)
    for account_id in dict.fromkeys(row.account_id for row in rows):
        mine = [row for row in rows if row.account_id == account_id]
        night.done.append(f"{account_id}: {_count_records(mine)}")
        print(f"  {night.done[-1]}", flush=True)
        for row in mine:
            if row.status in ("failed", "partial"):
                night.problems.append(f"{account_id}.{row.entity} was not read whole: {row.error}")
            if row.rejected:
                night.notes.append(
                    f"{account_id}.{row.entity}: {row.rejected:,} could not be used and are in no"
                    " total; raw_tillhouse.rejected_records lists place and reason."
                )
    if not rows:
        night.problems.append("no till was read: pos_accounts.csv is empty or all are paused.")
    with warehouse.connect() as db:
        strangers = accounts_no_longer_listed(db, read_accounts())
    if strangers:
        night.notes.append(
            f"{strangers}: in the warehouse, but no longer in pos_accounts.csv, so in no total. A"
            " till that is not used any more stays listed there, with paused true."
        )


def _count_records(rows: list[RunRow]) -> str:
    names = ("new", "changed", "closed", "rejected")
    sums = {name: sum(getattr(row, name) for row in rows) for name in names}
    counts = ", ".join(f"{number:,} {name}" for name, number in sums.items() if number)
    return f"{sum(row.fetched for row in rows):,} records read, {counts or 'nothing new'}"


def _build(night: Night, warehouse: Warehouse, full_refresh: bool) -> None:
    results = target_folder() / "run_results.json"
    results.unlink(missing_ok=True)
    result, stayed, anew = build_stale(warehouse, full_refresh, [_Progress()])
    if results.exists():
        _deliver(night, lambda: keep_results(target_folder()), is_for_owner=False)
        night.build = read_build(target_folder())
        kinds = json.loads(results.read_text(encoding="utf-8"))["results"]
        tests = sum(r["unique_id"].startswith("test.") for r in kinds)
        night.done.append(f"{len(kinds) - tests:,} tables and views built, {tests:,} tests run")
    elif not result.success:
        reason = str(result.exception or "dbt gave no results").strip()
        night.build = Build((Failure("dbt build", "It could not start.", reason),))
    if anew and not full_refresh:
        night.done.append(
            f"{len(anew):,} built from the start, made otherwise than before an upgrade"
        )
    if stayed:
        night.done.append(f"{stayed:,} tables, views and tests as they were: nothing new for them")
    night.problems += [_told(failure) for failure in night.build.failures]
    night.notes += [_told(warning) for warning in night.build.warnings]
    if night.build.skipped:
        night.problems.append(f"{len(night.build.skipped)} tables waited for these.")


def _told(failure: Failure) -> str:
    return f"{failure.name}: {' '.join(filter(None, (failure.description, failure.detail)))}"


class _Progress:
    """Says now and then how far dbt is."""

    def __init__(self) -> None:
        self._finished, self._said = 0, time.monotonic()

    def __call__(self, event: object) -> None:
        if event.info.name != "NodeFinished":
            return
        self._finished += 1
        if time.monotonic() - self._said >= SAY_EVERY_SECONDS:
            self._said = time.monotonic()
            print(f"  {self._finished:,} done", flush=True)


def _deliver(night: Night, work: Callable[[], list[Path]], is_for_owner: bool = True) -> None:
    try:
        files = work()
    except DeliveryError as error:
        night.problems.append(str(error))
        return
    night.files += files if is_for_owner else []


def keep_artifacts(now: datetime | None = None) -> list[Path]:
    """Copy dbt's manifest and results to `out/artifacts/<UTC time>`; returns the copies.

    Raises DeliveryError when the disk refuses.
    """
    folder = out_folder() / "artifacts" / f"{now or datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    copies = []
    for name in ARTIFACTS:
        source = target_folder() / name
        if source.exists():
            with write_whole(folder / name) as file:
                file.write(source.read_text(encoding="utf-8"))
            copies.append(folder / name)
    return copies


def _print_summary(night: Night, is_load_skipped: bool) -> None:
    print("\nWhat happened")
    for line in night.done:
        print(f"  {line}")
    for name, seconds in night.seconds.items():
        print(f"  {name:<20}{seconds:7.1f} s")
    print("\nWhat it means")
    if night.problems:
        print("  Not all went well. What else could be done is done:")
        for problem in night.problems:
            print(f"  - {problem}")
    else:
        read = "What was loaded before is built" if is_load_skipped else "Every till was read"
        print(f"  {read}, every test passed: the totals are proved.")
    if night.notes:
        print("  Please look at this; it stopped nothing:")
        for note in night.notes:
            print(f"  - {note}")
    print("\nWhat next")
    for path in night.files:
        print(f"  {path}")
    if night.problems:
        print("  Mend what stands above and run this again: nothing is loaded twice.")


if __name__ == "__main__":
    sys.exit(main())
