"""The matching: two product lists of 8,301, people in growing lists, and Splink 5 on the same list.

Each goes through `scripts.evaluate_matching`, so speed is told together with how many links are
right.
"""

from __future__ import annotations

import json
import math
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from ingestion.accounts import PROJECT_DIR
from scripts.bench.lists import write_people, write_products
from scripts.bench.measuring import GIGA, BenchmarkError, Wishes, gigabytes, measure, verdict

PRODUCTS, PEOPLE, GROWTH = 8_301, 50_000, (10_000, 100_000, 1_000_000)
PEOPLE_MAP = ",".join(
    ["address_1=address"]
    + [f"{n}={n}" for n in "given_name surname birth_date email phone postcode city".split()]
)
PRODUCTS_BOUND, SPLINK_BOUND, MEMORY_BOUND = 15, 1.5, 4 * GIGA
HAS_SPLINK = "import splink; print(splink.__version__)"


@dataclass(frozen=True)
class Measure:
    """One list: seconds of the matching models and of all, peak memory in bytes, and F1."""

    model_seconds: float
    wall_seconds: float
    peak: int
    precision: float
    f1: float


def run(console: Console, wishes: Wishes) -> list[str]:
    """Measure everything and print the table; nothing here can be lost."""
    with tempfile.TemporaryDirectory(prefix="tillhouse_bench_") as folder:
        _run(console, Path(folder), wishes)
    return []


def _run(console: Console, folder: Path, wishes: Wishes) -> None:
    table = Table(title=f"Matching (scale {wishes.scale:g}), DuckDB, {os.cpu_count()} cores")
    for name in ("what", "models, s", "in all, s", "precision", "F1", "peak memory", "bound", ""):
        table.add_column(name, justify="left" if name in ("what", "") else "right")
    products = _products(folder, wishes.sized(PRODUCTS))
    size = f"{wishes.sized(PRODUCTS):,}"
    _add(table, f"{size} x {size} products", products, f"< {PRODUCTS_BOUND} s",
         products.model_seconds < PRODUCTS_BOUND)  # fmt: skip
    people, path = _people(folder, wishes.sized(PEOPLE))
    splink = _splink(console, wishes.splink_python, path)
    within = bool(splink) and (
        people.model_seconds <= SPLINK_BOUND * splink["seconds"] and people.f1 > splink["f1"]
    )
    _add(table, f"{wishes.sized(PEOPLE):,} people", people,
         f"<= {SPLINK_BOUND:g} x Splink, higher F1", within if splink else None)  # fmt: skip
    if splink:
        table.add_row("  Splink 5, best threshold", f"{splink['seconds']:.1f}", "",
                      f"{splink['precision']:.4f}", f"{splink['f1']:.4f}")  # fmt: skip
    if not wishes.is_short:
        _add_growth(console, table, folder, wishes)
    console.print(table)


def _add_growth(console: Console, table: Table, folder: Path, wishes: Wishes) -> None:
    before: tuple[int, Measure] | None = None
    for count in (wishes.sized(size) for size in GROWTH):
        console.print(f"{count:,} people", markup=False)
        here, _ = _people(folder, count)
        bound, within = "< 4 GB", here.peak < MEMORY_BOUND
        if before:
            most = count * math.log(count) / (before[0] * math.log(before[0]))
            ratio = here.model_seconds / before[1].model_seconds
            bound = f"< 4 GB, {ratio:.1f} x <= {most:.1f} x"
            within = within and ratio <= most
        _add(table, f"{count:,} people", here, bound, within)
        before = (count, here)


def _products(folder: Path, count: int) -> Measure:
    left, right, gold = (folder / f"{name}.csv" for name in ("left", "right", "gold"))
    write_products(left, right, gold, count)
    return _evaluate(
        folder,
        *("products", "--left", str(left), "--right", str(right), "--gold", str(gold)),
        *("--map", "name=name,brand=brand,price=price"),
    )


def _people(folder: Path, count: int) -> tuple[Measure, Path]:
    path = folder / f"people_{count}.csv"
    write_people(path, count)
    told = ("customers", "--records", str(path), "--cluster-column", "cluster")
    return _evaluate(folder, *told, "--map", PEOPLE_MAP), path


def _evaluate(folder: Path, *arguments: str) -> Measure:
    out = folder / "figures.json"
    out.unlink(missing_ok=True)
    command = ["-m", "scripts.evaluate_matching", *arguments, "--json", str(out)]
    done = measure(command, os.environ | {"TILLHOUSE_TARGET": "duckdb"})
    if not out.exists():
        raise BenchmarkError(done.said)
    figures = json.loads(out.read_text(encoding="utf-8"))
    pairs, seconds = figures["pairs"], figures["seconds"]
    return Measure(seconds["models"], done.seconds, done.peak, pairs["precision"], pairs["f1"])


def _splink(console: Console, python: str, people: Path) -> dict | None:
    """Splink's figures on the same list; None, with how to get it, where there is no Splink."""
    environment = dict(os.environ)
    if "5." not in _run_with(python, ["-c", HAS_SPLINK], environment):
        console.print(
            "Without Splink 5 there is no side-by-side. Put it into an environment of its own and"
            " name that: see `python -m scripts.benchmark --help`.",
            markup=False,
        )
        return None
    script = str(PROJECT_DIR / "scripts" / "bench" / "beside_splink.py")
    said = _run_with(python, [script, str(people)], environment)
    try:
        return json.loads(said.splitlines()[-1])
    except (IndexError, ValueError):
        raise BenchmarkError(f"Splink: {said}") from None


def _run_with(python: str, arguments: list[str], environment: dict[str, str]) -> str:
    return measure(arguments, environment, python).said


def _add(table: Table, what: str, one: Measure, bound: str, within: bool | None) -> None:
    table.add_row(
        *(what, f"{one.model_seconds:.1f}", f"{one.wall_seconds:.1f}", f"{one.precision:.4f}"),
        *(f"{one.f1:.4f}", gigabytes(one.peak), bound, verdict(within)),
    )
