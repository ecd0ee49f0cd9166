"""Measure Tillhouse on an invented shop: `python -m scripts.benchmark`, or `--scale 0.1` to try.

Everything is measured side by side in one run on this machine, each night in a process of its
own, and shown as ratios with their bounds and the peak memory. A bound that is missed is shown,
not an error: the exit code is 1 only when something could not run.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from rich.console import Console
from rich.table import Table

from ingestion.accounts import PROJECT_DIR
from ingestion.demo import write_lightspeed_day, write_lightspeed_export
from ingestion.terminal import open_console

PRODUCTS, CUSTOMERS, SALES, DAYS = 8_301, 2_265, 19_944, 960
LAST_DAY = date(2025, 8, 19)
SALES_A_DAY = 20
WIDTH = 112  # the table stays one line per row, also in a log
MEGA, GIGA = 1_000_000, 1_000_000_000
ACCOUNT = (
    "account_id,business_id,source,till_name,location_name,time_zone,day_cutoff,currency,"
    "transport,path,mapping,active_from,active_to,paused\n"
    "bench,bench,lightspeed_x,Lightspeed,Bench,America/Vancouver,00:00,CAD,files,{path},,,,false\n"
)
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


class BenchmarkError(Exception):
    """Something that had to be measured did not run; the text holds what it said."""


@dataclass(frozen=True)
class Measured:
    """One process: its seconds, peak memory in bytes, and what it printed."""

    seconds: float
    peak: int
    said: str


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
    nights: dict[str, Night] = field(default_factory=dict)

    @property
    def start(self) -> date:
        """The first day of its trade; the last is the same for every size."""
        return LAST_DAY - timedelta(days=self.days - 1)

    @property
    def exports(self) -> Path:
        """The folder that its account reads."""
        return self.folder / "exports"

    @property
    def environment(self) -> dict[str, str]:
        """What makes Tillhouse work in this folder alone."""
        own = {
            "TILLHOUSE_TARGET": "duckdb",
            "TILLHOUSE_DUCKDB": str(self.folder / "bench.duckdb"),
            "TILLHOUSE_SEEDS": str((self.folder / "seeds").relative_to(PROJECT_DIR)),
            "TILLHOUSE_OUT": str(self.folder / "out"),
            "TILLHOUSE_WORK": str(self.folder / "work"),
            "TILLHOUSE_WEBHOOKS": str(self.folder / "webhooks.sqlite"),
            "DBT_TARGET_PATH": str(self.folder / "target"),
            "DBT_LOG_PATH": str(self.folder / "logs"),
        }
        return os.environ | own

    def prepare(self) -> None:
        """Write the export and the seeds."""
        shutil.copytree(PROJECT_DIR / "seeds", self.folder / "seeds")
        accounts = ACCOUNT.format(path=self.exports.as_posix())
        (self.folder / "seeds" / "pos_accounts.csv").write_text(accounts, encoding="utf-8")
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
        self.nights[name] = Night(whole, told["seconds"], told["problems"])
        return self.nights[name]


def measure(
    arguments: Sequence[str], environment: dict[str, str], python: str = sys.executable
) -> Measured:
    """Run `python` with `arguments` in a process of its own; its output goes to `said`."""
    with tempfile.TemporaryFile("w+", encoding="utf-8") as output:
        start = time.perf_counter()
        process = subprocess.Popen(
            [python, *arguments],
            cwd=PROJECT_DIR,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        peak = _wait(process)
        seconds = time.perf_counter() - start
        output.seek(0)
        return Measured(seconds, peak, output.read())


def _wait(process: subprocess.Popen) -> int:
    """Wait for the end; the process's peak memory in bytes, 0 where the system does not tell."""
    if not hasattr(os, "wait4"):
        process.wait()
        return 0
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def measure_inside(code: str, arguments: list[str], environment: dict[str, str]) -> float:
    """Seconds that a piece of Python measured of itself and printed last."""
    done = measure(["-c", code, *arguments], environment)
    try:
        return float(done.said.splitlines()[-1])
    except (IndexError, ValueError):
        raise BenchmarkError(done.said) from None


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; 0 when everything could run."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scale", type=float, default=1.0, help="size of the shop (default 1)")
    parser.add_argument("--skip-ten", action="store_true", help="leave out ten times the history")
    options = parser.parse_args(arguments)
    console = open_console()
    console.width = max(console.width, WIDTH)
    try:
        with _folder() as folder:
            run(console, folder, options.scale, options.skip_ten)
    except BenchmarkError as error:
        console.print(f"The benchmark could not run:\n{error}", markup=False)
        return 1
    return 0


@contextmanager
def _folder() -> Iterator[Path]:
    """A folder inside the project, so that dbt sees its seeds as the project's own."""
    (PROJECT_DIR / "data").mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="bench_", dir=PROJECT_DIR / "data"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def run(console: Console, folder: Path, scale: float, skip_ten: bool) -> None:
    """Measure everything in `folder` and print the table."""
    one = _bench(folder / "one", scale, 1)
    ten = _bench(folder / "ten", scale, 10)
    table = _Results(console)
    day_sales = max(1, round(SALES_A_DAY * scale))

    table.tell("writing the export")
    one.prepare()
    files = sorted(str(path) for path in one.exports.rglob("*.jsonl"))
    size = sum(os.path.getsize(file) for file in files)
    table.tell(f"{size / MEGA:.0f} MB in {len(files)} files; DuckDB reads them bare")
    bare = sorted(measure_inside(BARE_READ, files, one.environment) for _ in range(3))[1]
    profiles = os.environ.get("DBT_PROFILES_DIR", str(PROJECT_DIR))
    start_up = measure_inside(EMPTY_PARSE, [profiles], one.environment)
    table.tell("the first night")
    first = table.note(one.run_night("first"))
    table.add("load, against DuckDB's bare read_json", first.steps["load"], bare, 8)
    table.add_night("first night: load, build, tests, files", first, 40)
    table.add_time("of it dbt's own start-up (an empty parse)", start_up)
    table.tell("a night with one new day")
    one.add_day(day_sales)
    second = table.note(one.run_night("second"))
    table.add_pair("one new day, against the first night", second, first, 0.5)
    if not skip_ten:
        table.tell("ten times the history: writing, first night, one new day")
        ten.prepare()
        long_first = table.note(ten.run_night("first"))
        ten.add_day(day_sales)
        long_second = table.note(ten.run_night("second"))
        table.add_pair("the same day, ten times the history", long_second, second, 2)
        table.add_pair("first night, ten times the sales", long_first, first, 10)
    table.show(size, scale)


def _bench(folder: Path, scale: float, times: int) -> Bench:
    products, customers = (max(50, round(n * scale)) for n in (PRODUCTS, CUSTOMERS))
    folder.mkdir()
    return Bench(folder, products, customers, max(50, round(SALES * scale)) * times, DAYS * times)


class _Results:
    """The table, line by line, and what was told on the way."""

    def __init__(self, console: Console) -> None:
        self._console, self._table, self._problems = console, Table(), []
        for name in ("what", "seconds", "against", "ratio", "bound", "peak memory", ""):
            self._table.add_column(name, justify="left" if name in ("what", "") else "right")

    def tell(self, message: str) -> None:
        self._console.print(f"[{time.strftime('%H:%M:%S')}] {message}", markup=False)

    def note(self, night: Night) -> Night:
        """Remember what went wrong in a night."""
        self._problems += [p for p in night.problems if p not in self._problems]
        return night

    def add(self, what: str, seconds: float, against: float, bound: float, peak: int = 0) -> None:
        ratio = seconds / against
        self._table.add_row(
            *(what, f"{seconds:.2f}", f"{against:.2f}", f"{ratio:.2f} x", f"<= {bound:g} x"),
            *(_gigabytes(peak), _verdict(ratio <= bound)),
        )

    def add_pair(self, what: str, night: Night, other: Night, bound: float) -> None:
        self.add(what, night.whole.seconds, other.whole.seconds, bound, night.whole.peak)

    def add_night(self, what: str, night: Night, bound: float) -> None:
        seconds, peak = night.whole.seconds, night.whole.peak
        within = seconds < bound and peak < 4 * GIGA
        limit = f"< {bound:g} s, < 4 GB"
        row = (what, f"{seconds:.2f}", "", "", limit, _gigabytes(peak), _verdict(within))
        self._table.add_row(*row)
        for name in ("load", "build", "export", "report"):
            self.add_time(f"  {name}", night.steps[name])

    def add_time(self, what: str, seconds: float) -> None:
        self._table.add_row(what, f"{seconds:.2f}", "", "", "", "", "")

    def show(self, size: int, scale: float) -> None:
        self._table.title = f"{size / MEGA:.0f} MB of exports (scale {scale:g}), DuckDB"
        self._table.title += f", {os.cpu_count()} cores"
        self._console.print(self._table)
        for problem in self._problems:
            self._console.print(f"Not proved: {problem}", markup=False)


def _gigabytes(peak: int) -> str:
    return f"{peak / GIGA:.2f} GB" if peak else ""


def _verdict(is_within: bool) -> str:
    return "[green]ok[/]" if is_within else "[red]over[/]"


if __name__ == "__main__":
    sys.exit(main())
