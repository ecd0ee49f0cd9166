"""What all sections share: processes with their seconds and memory, and a folder of one's own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ingestion.accounts import PROJECT_DIR

MEGA, GIGA = 1_000_000, 1_000_000_000
ACCOUNT = (
    "account_id,business_id,source,till_name,location_name,time_zone,day_cutoff,currency,"
    "transport,path,mapping,active_from,active_to,paused\n"
    "bench,bench,{source},Till,Bench,America/Vancouver,00:00,CAD,{transport},{path},,,,false\n"
)


class BenchmarkError(Exception):
    """Something that had to be measured did not run; the text holds what it said."""


@dataclass(frozen=True)
class Wishes:
    """How to measure: size against the usual one, without the longest parts, Splink's Python."""

    scale: float = 1.0
    is_short: bool = False
    splink_python: str = sys.executable

    def sized(self, count: int, least: int = 1) -> int:
        """`count` at the wished size."""
        return max(least, round(count * self.scale))


@dataclass(frozen=True)
class Measured:
    """One process: its seconds and those of the processors, peak memory in bytes, its output."""

    seconds: float
    processor_seconds: float
    peak: int
    said: str


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
        busy, peak = _wait(process)
        seconds = time.perf_counter() - start
        output.seek(0)
        return Measured(seconds, busy, peak, output.read())


def _wait(process: subprocess.Popen) -> tuple[float, int]:
    """Wait for the end; processor seconds and peak memory, 0 where the system does not tell."""
    if not hasattr(os, "wait4"):
        process.wait()
        return 0.0, 0
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    peak = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return usage.ru_utime + usage.ru_stime, peak


def measure_inside(code: str, arguments: list[str], environment: dict[str, str]) -> float:
    """Seconds that a piece of Python measured of itself and printed last."""
    done = measure(["-c", code, *arguments], environment)
    try:
        return float(done.said.splitlines()[-1])
    except (IndexError, ValueError):
        raise BenchmarkError(done.said) from None


@contextmanager
def own_folder() -> Iterator[Path]:
    """A folder inside the project, so that dbt sees its seeds as the project's own."""
    (PROJECT_DIR / "data").mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="bench_", dir=PROJECT_DIR / "data"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def own_shop(folder: Path, source: str, transport: str, path: str) -> dict[str, str]:
    """Seeds with one account `bench` in `folder`, and what makes Tillhouse work there alone."""
    shutil.copytree(PROJECT_DIR / "seeds", folder / "seeds")
    accounts = ACCOUNT.format(source=source, transport=transport, path=path)
    (folder / "seeds" / "pos_accounts.csv").write_text(accounts, encoding="utf-8")
    return {
        "TILLHOUSE_TARGET": "duckdb",
        "TILLHOUSE_DUCKDB": str(folder / "bench.duckdb"),
        "TILLHOUSE_SEEDS": str((folder / "seeds").relative_to(PROJECT_DIR)),
        "TILLHOUSE_OUT": str(folder / "out"),
        "TILLHOUSE_WORK": str(folder / "work"),
        "TILLHOUSE_CONNECTIONS": str(folder / "connections"),
        "TILLHOUSE_WEBHOOKS": str(folder / "webhooks.sqlite"),
        "DBT_TARGET_PATH": str(folder / "target"),
        "DBT_LOG_PATH": str(folder / "logs"),
    }


def gigabytes(peak: int) -> str:
    """Bytes for a person; empty for 0."""
    return f"{peak / GIGA:.2f} GB" if peak else ""


def verdict(is_within: bool | None) -> str:
    """The last cell of a row with a bound; None is for what could not be compared."""
    return {True: "[green]ok[/]", False: "[red]over[/]", None: "not compared"}[is_within]
