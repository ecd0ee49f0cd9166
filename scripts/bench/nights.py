"""An invented shop's nights, each in a process of its own: the first, one new day, a long history.

The shop has one till; the project is as set-up leaves it.
"""

from __future__ import annotations

import json
import os
import time
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from rich.console import Console
from rich.table import Table

from ingestion.accounts import PROJECT_DIR
from ingestion.demo import write_lightspeed_day, write_lightspeed_export
from scripts.bench.measuring import (
    GIGA,
    MEGA,
    BenchmarkError,
    Measured,
    Wishes,
    gigabytes,
    measure,
    measure_inside,
    own_folder,
    own_shop,
    verdict,
)

PRODUCTS, CUSTOMERS, SALES, DAYS = 8_301, 2_265, 19_944, 960
LAST_DAY = date(2025, 8, 19)
SALES_A_DAY = 20
BARE_READ = """
import sys, time, duckdb
db, start = duckdb.connect(), time.perf_counter()
for file in sys.argv[1:]:
    db.execute("create or replace table t as select * from read_json(?, format='nd')", [file])
print(time.perf_counter() - start)
"""
EMPTY_PARSE = """
import os, sys, time
start = time.perf_counter()
from dbt.cli.main import dbtRunner
done = dbtRunner().invoke(["--quiet", "--no-partial-parse", "parse", "--profiles-dir", sys.argv[1]])
print(time.perf_counter() - start)
sys.exit(not done.success)
"""


@dataclass(frozen=True)
class Night:
    """One night: the whole process, and the seconds of each step inside it."""

    whole: Measured
    steps: dict[str, float]
    problems: list[str]


@dataclass
class Bench:
    """An invented shop of one size, with exports, seeds and a warehouse of its own in `folder`."""

    folder: Path
    products: int
    customers: int
    sales: int
    days: int
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def start(self) -> date:
        """The first day of its trade; the last is the same for every size."""
        return LAST_DAY - timedelta(days=self.days - 1)

    @property
    def exports(self) -> Path:
        """The folder that its account reads."""
        return self.folder / "exports"

    def prepare(self) -> None:
        """Write the export and the seeds."""
        path = self.exports.as_posix()
        self.environment = os.environ | own_shop(self.folder, "lightspeed_x", "files", path)
        write_lightspeed_export(
            self.exports, self.products, self.customers, self.sales, days=self.days,
            start=self.start,
        )  # fmt: skip

    def add_day(self, sales: int) -> None:
        """Write one more day as an export of its own."""
        write_lightspeed_day(
            self.exports, self.products, self.customers, days=self.days, start=self.start,
            sales=sales,
        )  # fmt: skip

    def run_night(self, name: str) -> Night:
        """Run and measure one night."""
        timings = self.folder / f"{name}.json"
        command = ["-m", "scripts.nightly", "--timings", str(timings)]
        whole = measure(command, self.environment)
        if not timings.exists():
            raise BenchmarkError(whole.said)
        told = json.loads(timings.read_text(encoding="utf-8"))
        return Night(whole, told["seconds"], told["problems"])


def run(console: Console, wishes: Wishes) -> list[str]:
    """Measure the nights and print the table; what the nights themselves could not prove."""
    table = _Results(console)
    with own_folder() as folder:
        one, ten = _bench(folder / "one", wishes, 1), _bench(folder / "ten", wishes, 10)
        size = _measure(table, one, None if wishes.is_short else ten, wishes.sized(SALES_A_DAY))
    table.show(size, wishes.scale)
    return table.problems


def _measure(table: _Results, one: Bench, ten: Bench | None, day_sales: int) -> int:
    """Fill the table; the bytes of the export."""
    table.tell("writing the export")
    one.prepare()
    files = sorted(str(path) for path in one.exports.rglob("*.jsonl"))
    size = sum(os.path.getsize(file) for file in files)
    table.tell(f"{size / MEGA:.0f} MB in {len(files)} files; DuckDB reads them bare")
    bare = sorted(measure_inside(BARE_READ, files, one.environment) for _ in range(3))[1]
    profiles = os.environ.get("DBT_PROFILES_DIR", str(PROJECT_DIR))
    apart = one.environment | {"DBT_TARGET_PATH": str(one.folder / "empty_parse")}
    start_up = measure_inside(EMPTY_PARSE, [profiles], apart)
    table.tell("the first night")
    first = table.note(one.run_night("first"))
    table.add("load, against DuckDB's bare read_json", first.steps["load"], bare, 8)
    table.add_night("first night: load, build, tests, files", first, 40)
    table.add_time("of it dbt's own start-up (an empty parse)", start_up)
    table.tell("a night with one new day")
    one.add_day(day_sales)
    second = table.note(one.run_night("second"))
    table.add_pair("one new day, against the first night", second, first, 0.5)
    if ten:
        table.tell("ten times the history: writing, first night, one new day")
        ten.prepare()
        long_first = table.note(ten.run_night("first"))
        ten.add_day(day_sales)
        long_second = table.note(ten.run_night("second"))
        table.add_pair("the same day, ten times the history", long_second, second, 2)
        table.add_pair("first night, ten times the sales", long_first, first, 10)
    return size


def _bench(folder: Path, wishes: Wishes, times: int) -> Bench:
    products, customers, sales = (wishes.sized(n, 50) for n in (PRODUCTS, CUSTOMERS, SALES))
    folder.mkdir()
    return Bench(folder, products, customers, sales * times, DAYS * times)


class _Results:
    """The table, line by line, and what was told on the way."""

    def __init__(self, console: Console) -> None:
        self._console, self._table, self.problems = console, Table(), []
        for name in ("what", "seconds", "against", "ratio", "bound", "peak memory", ""):
            self._table.add_column(name, justify="left" if name in ("what", "") else "right")

    def tell(self, message: str) -> None:
        self._console.print(f"[{time.strftime('%H:%M:%S')}] {message}", markup=False)

    def note(self, night: Night) -> Night:
        """Remember what went wrong in a night."""
        self.problems += [p for p in night.problems if p not in self.problems]
        return night

    def add(self, what: str, seconds: float, against: float, bound: float, peak: int = 0) -> None:
        ratio = seconds / against
        self._table.add_row(
            *(what, f"{seconds:.2f}", f"{against:.2f}", f"{ratio:.2f} x", f"<= {bound:g} x"),
            *(gigabytes(peak), verdict(ratio <= bound)),
        )

    def add_pair(self, what: str, night: Night, other: Night, bound: float) -> None:
        self.add(what, night.whole.seconds, other.whole.seconds, bound, night.whole.peak)

    def add_night(self, what: str, night: Night, bound: float) -> None:
        seconds, peak = night.whole.seconds, night.whole.peak
        within = seconds < bound and peak < 4 * GIGA
        limit = f"< {bound:g} s, < 4 GB"
        row = (what, f"{seconds:.2f}", "", "", limit, gigabytes(peak), verdict(within))
        self._table.add_row(*row)
        busy = night.whole.processor_seconds
        if busy:
            self.add_time("  of which at work, on all cores", busy)
        for name in ("load", "build", "export", "report"):
            self.add_time(f"  {name}", night.steps[name])

    def add_time(self, what: str, seconds: float) -> None:
        self._table.add_row(what, f"{seconds:.2f}", "", "", "", "", "")

    def show(self, size: int, scale: float) -> None:
        self._table.title = f"{size / MEGA:.0f} MB of exports (scale {scale:g}), DuckDB"
        self._table.title += f", {os.cpu_count()} cores"
        self._console.print(self._table)
