"""A throw-away warehouse: labelled lists go through the loader and the dbt models as any till's.

Each list becomes an account of source `files` with a mapping of its own, below a folder in `data`
that is deleted at the end; on PostgreSQL the warehouse is a database of its own on the server.
"""

from __future__ import annotations

import csv
import io
import os
import shutil
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager, redirect_stderr
from dataclasses import dataclass, replace
from pathlib import Path

import yaml
from rich.console import Console

from ingestion.accounts import PROJECT_DIR
from ingestion.destinations import Warehouse, open_warehouse
from ingestion.load import load
from ingestion.progress import LoadProgress
from ingestion.sources.files.cells import CellError, Formats, field_reader
from ingestion.sources.files.fields import FIELDS
from scripts.evaluate_matching.names import find_column
from scripts.evaluate_matching.problem import EvaluationError
from scripts.evaluate_matching.tables import Table
from scripts.manifest import run_dbt

DATE_FORMATS = ("iso", "%Y%m%d", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%d.%m.%Y")
ID_FIELD = {"products": "product_id", "customers": "customer_id"}
OVERRIDES = ("product_overrides.csv", "customer_overrides.csv")
PASSWORD = "TILLHOUSE_EVALUATION_PASSWORD"


@dataclass(frozen=True)
class Built:
    """What building took: seconds of the load, of dbt, and of the matching models alone."""

    load_seconds: float
    dbt_seconds: float
    model_seconds: float


@contextmanager
def throwaway(target: str | None) -> Iterator[tuple[Warehouse, Path]]:
    """An empty warehouse of the target's engine and a folder; both are gone afterwards.

    Meanwhile the environment names this warehouse, its seeds and its folders, and no other.
    """
    own = open_warehouse(target)
    (PROJECT_DIR / "data").mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="evaluate_", dir=PROJECT_DIR / "data"))
    kept = dict(os.environ)
    try:
        with _empty_database(own, folder) as warehouse:
            _write_profile(folder, warehouse)
            shutil.copytree(PROJECT_DIR / "seeds", folder / "seeds")
            os.environ |= {
                "TILLHOUSE_TARGET": warehouse.target,
                "TILLHOUSE_SEEDS": str((folder / "seeds").relative_to(PROJECT_DIR)),
                "TILLHOUSE_WORK": str(folder / "work"),
                "DBT_PROFILES_DIR": str(folder),
                "DBT_TARGET_PATH": str(folder / "target"),
                "DBT_LOG_PATH": str(folder / "logs"),
                PASSWORD: str(own.settings.get("password") or ""),
            }
            yield warehouse, folder
    finally:
        os.environ.clear()
        os.environ.update(kept)
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _empty_database(own: Warehouse, folder: Path) -> Iterator[Warehouse]:
    if own.engine == "duckdb":
        yield replace(own, settings=own.settings | {"path": str(folder / "evaluate.duckdb")})
        return
    name = f"tillhouse_evaluate_{uuid.uuid4().hex[:12]}"
    with closing(own.open_raw()) as raw:
        raw.cursor().execute(f"create database {name}")
    try:
        yield replace(own, settings=own.settings | {"dbname": name})
    finally:
        with closing(own.open_raw()) as raw:
            raw.cursor().execute(f"drop database if exists {name} with (force)")


def _write_profile(folder: Path, warehouse: Warehouse) -> None:
    settings = dict(warehouse.settings)
    if "password" in settings:
        settings["password"] = f"{{{{ env_var('{PASSWORD}') }}}}"
    if "port" in settings:
        settings["port"] = int(settings["port"])
    profile = {"target": warehouse.target, "outputs": {warehouse.target: settings}}
    (folder / "profiles.yml").write_text(yaml.safe_dump({"tillhouse": profile}), encoding="utf-8")


def write_accounts(
    folder: Path, kind: str, tables: list[Table], fields: dict[str, list[str]]
) -> list[str]:
    """Write each list as the file drop of an account, with its mapping and seeds.

    Returns, in words, what the columns hold that their fields cannot: those cells stay empty, as
    the loader would refuse the row. Raises EvaluationError for a column that is in no list.
    """
    remarks, lines = [], []
    for table in tables:
        drop = folder / table.name
        drop.mkdir()
        here = _columns_here(table, tables, fields, remarks)
        with (drop / f"{kind}.csv").open("w", encoding="utf-8", newline="") as file:
            columns, formats, unread = _cells(table, FIELDS[kind], here)
            remarks += unread
            writer = csv.writer(file)
            writer.writerow(["id", *columns])
            order = sorted(range(len(table.ids)), key=table.till_id)  # tells nothing of the truth
            for place in order:
                cells = [values[place] for values in columns.values()]
                writer.writerow([table.till_id(place), *cells])
        mapped = {
            field: names[0] if len(names) == 1 else names
            for field, names in ((f, [n for n in columns if n.split(" ")[0] == f]) for f in here)
        }
        _write_mapping(drop.with_suffix(".yml"), kind, mapped, formats)
        lines.append(_account_line(folder, table))
    _write_seeds(folder / "seeds", lines)
    return remarks


def _columns_here(
    table: Table, tables: list[Table], fields: dict[str, list[str]], remarks: list[str]
) -> dict[str, list[str]]:
    """Field -> the table's columns. One list may lack a column that the other has."""
    here: dict[str, list[str]] = {}
    for field, wanted in fields.items():
        for name in wanted:
            try:
                here.setdefault(field, []).append(find_column(name, table.columns, table.file))
            except EvaluationError:
                others = [other for other in tables if other is not table]
                if not others:
                    raise
                find_column(name, others[0].columns, f"{table.file}, like {others[0].file},")
                remarks.append(f"{table.file}: has no column {name!r}; it goes without.")
    return {field: names for field, names in here.items() if names}


def _cells(
    table: Table, kinds: dict, here: dict[str, list[str]]
) -> tuple[dict[str, list[str]], str, list[str]]:
    """The cells to write by column (`<field>`, `<field> 2`, ...), the date format, remarks."""
    columns, remarks, date_format = {}, [], "iso"
    given: dict[str, list[str]] = {name: [] for names in here.values() for name in names}
    for row in table.rows():
        for name, cells in given.items():
            cells.append(row[name])
    for field, names in here.items():
        for number, name in enumerate(names, start=1):
            cells, kind = given[name], kinds[field].kind
            if kind == "date":
                date_format = min(DATE_FORMATS, key=lambda form: len(_unread(cells, "date", form)))
            unread = _unread(cells, kind, date_format)
            if unread:
                example = cells[min(unread)]
                remarks.append(
                    f"{table.file}: {len(unread):,} of {len(cells):,} cells of {name} are no"
                    f" {kind} and stand empty, such as {example!r}."
                )
            label = field if number == 1 else f"{field} {number}"
            columns[label] = ["" if at in unread else cell for at, cell in enumerate(cells)]
    return columns, date_format, remarks


def _unread(cells: list[str], kind: str, date_format: str) -> set[int]:
    """Which cells the loader could not read as `kind`."""
    read, unread = field_reader(kind, Formats(date_formats=(date_format,))), set()
    for cell in set(cells):
        try:
            read(cell)
        except CellError:
            unread.add(cell)
    return {place for place, cell in enumerate(cells) if cell in unread} if unread else set()


def _write_mapping(path: Path, kind: str, mapped: dict, date_format: str) -> None:
    entity = {"files": f"{kind}.csv", "columns": {ID_FIELD[kind]: "id", **mapped}}
    mapping = {
        "name": path.stem,
        "mode": "snapshot",
        "date_formats": [date_format],
        "entities": {kind: entity},
    }
    path.write_text(yaml.safe_dump(mapping, sort_keys=False), encoding="utf-8")


def _account_line(folder: Path, table: Table) -> str:
    place = (folder / table.name).relative_to(PROJECT_DIR).as_posix()
    return (
        f"{table.name},labelled,files,{table.name},,UTC,00:00,USD,files,{place},{place}.yml,,,false"
    )


def _write_seeds(seeds: Path, lines: list[str]) -> None:
    """The shipped seeds with these accounts and no decisions of people."""
    accounts = seeds / "pos_accounts.csv"
    header = accounts.read_text(encoding="utf-8").splitlines()[0]
    accounts.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    for name in OVERRIDES:
        path = seeds / "mapping" / name
        path.write_text(path.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")


def build(warehouse: Warehouse, kind: str, console: Console) -> Built:
    """Load the accounts and build just what the links need.

    Raises EvaluationError when a list does not load whole or a model fails.
    """
    word = kind.removesuffix("s")
    start = time.perf_counter()
    quiet = Console(file=io.StringIO())
    rows = load(warehouse, entities=[kind], progress=LoadProgress(quiet))
    bad = [row for row in rows if row.status != "success" or row.rejected]
    if bad:
        raise EvaluationError(f"{bad[0].account_id}: {bad[0].error or bad[0].status}")
    loaded = time.perf_counter()
    console.print(f"Loaded in {loaded - start:.1f} s. dbt builds the links.", markup=False)
    with redirect_stderr(io.StringIO()):
        result = run_dbt(
            *("build", "--target", warehouse.target),
            *("--exclude-resource-type", "test", "unit_test"),
            *("--vars", "{pos_sources: [files]}"),
            *("--select", f"+int_{word}_links", f"+int_{word}_pair_evidence"),
        )
    runs = getattr(result.result, "results", None) or []
    failed = [run for run in runs if str(run.status) in ("error", "skipped")]
    if failed or not result.success:
        seen = failed[0].message if failed else result.exception
        raise EvaluationError(f"dbt: {seen}")
    matching = [run.execution_time for run in runs if "matching" in run.node.fqn]
    return Built(loaded - start, time.perf_counter() - loaded, sum(matching))
