"""Whether two warehouses hold the same rows: `python -m scripts.compare_engines [duckdb postgres]`.

Builds nothing. For every mart (models below models/marts, from the manifest) each engine computes
the number of rows and a checksum that does not depend on their order; rows are looked at only
where these differ. A value is compared as text: numbers with ten decimals, times in UTC without
a zone, null as a mark of its own. Ends with 1 when a mart differs or is missing.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from dataclasses import dataclass, field

from rich.console import Console
from rich.table import Table

from ingestion.destinations import Connection, Warehouse, WarehouseError, open_warehouse
from scripts.manifest import ManifestError, current_manifest, key_columns, models

SHOWN = 5
NULL = "~null~"
NUMBERS = (
    "smallint",
    "integer",
    "bigint",
    "hugeint",
    "numeric",
    "decimal",
    "real",
    "double",
    "float",
)
TEXTS = ("text", "varchar", "character", "char")
HALF_HASH = {
    "duckdb": "cast('0x' || substr(row_hash, {start}, 15) as hugeint)",
    "postgres": "cast(('x' || substr(row_hash, {start}, 15))::bit(60) as bigint)",
}


@dataclass(frozen=True)
class Mart:
    """One mart as the manifest has it; `key` may be empty."""

    schema: str
    name: str
    key: tuple[str, ...] = ()


@dataclass(frozen=True)
class Content:
    """What one warehouse holds of a mart: its columns with their kinds, rows and checksum."""

    columns: dict[str, str]
    rows: int = 0
    checksum: str = ""


@dataclass
class Comparison:
    """One mart in both warehouses; `differences` is empty when they agree."""

    mart: Mart
    left: Content | None
    right: Content | None
    differences: list[str] = field(default_factory=list)


def main(arguments: list[str] | None = None) -> int:
    """Compare, print a table and the first rows that differ. Returns 0 when all marts agree."""
    parser = argparse.ArgumentParser(description="Compare every mart of two warehouses.")
    parser.add_argument("left", nargs="?", default="duckdb", help="an output of profiles.yml")
    parser.add_argument("right", nargs="?", default="postgres", help="the other output")
    options = parser.parse_args(arguments)
    try:
        marts = declared_marts(current_manifest())
        comparisons = compare(open_warehouse(options.left), open_warehouse(options.right), marts)
    except (WarehouseError, ManifestError) as error:
        print(error)
        return 1
    return _print_outcome(comparisons, options.left, options.right)


def declared_marts(manifest: dict) -> list[Mart]:
    """Every mart of the manifest with its key, by name."""
    return [
        Mart(model["schema"], model["alias"], tuple(key_columns(manifest, model)))
        for model in models(manifest, "models/marts")
    ]


def compare(left: Warehouse, right: Warehouse, marts: list[Mart]) -> list[Comparison]:
    """Every mart in both warehouses, with the differences in words."""
    with left.connect() as left_db, right.connect() as right_db:
        sides = ((left, left_db), (right, right_db))
        comparisons = []
        for mart in marts:
            found = [content(db, warehouse.engine, mart) for warehouse, db in sides]
            comparison = Comparison(mart, *found)
            comparison.differences = _differences(comparison, sides)
            comparisons.append(comparison)
    return comparisons


def content(db: Connection, engine: str, mart: Mart) -> Content | None:
    """What the warehouse holds of `mart`; None when it has no such table."""
    rows = db.fetch(
        "select column_name, lower(data_type) as data_type from information_schema.columns"
        " where table_schema = ? and table_name = ? order by column_name",
        (mart.schema, mart.name),
    )
    if not rows:
        return None
    columns = {row["column_name"]: _kind(row["data_type"]) for row in rows}
    _hash_rows(db, mart, columns)
    halves = [f"sum({HALF_HASH[engine].format(start=start)})" for start in (1, 16)]
    found = db.fetch(
        f"select count(*) as n, concat({halves[0]}, '-', {halves[1]}) as checksum from row_hashes"
    )[0]
    return Content(columns, found["n"], found["checksum"])


def _kind(data_type: str) -> str:
    if data_type.startswith(NUMBERS):
        return "number"
    if data_type.startswith(TEXTS):
        return "text"
    if data_type.startswith("timestamp") and data_type.endswith("with time zone"):
        return "moment"
    return "time" if data_type.startswith(("timestamp", "date")) else data_type


def _text(column: str, kind: str) -> str:
    """An expression that gives the same text on both engines for the same value."""
    name = f'"{column}"'
    if kind == "number":
        name = f"cast({name} as numeric(38, 10))"
    elif kind == "moment":
        name = f"timezone('UTC', {name})"
    if kind in ("time", "moment"):
        name = f"cast({name} as timestamp)"
    return f"coalesce(cast({name} as varchar), '{NULL}')"


def _hash_rows(db: Connection, mart: Mart, columns: dict[str, str]) -> None:
    """Fill the temporary table row_hashes: each row's hash and the text of its key."""
    texts = " || chr(31) || ".join(_text(name, kind) for name, kind in columns.items())
    db.execute("drop table if exists row_hashes")
    db.execute(
        f"create temporary table row_hashes as select md5({texts}) as row_hash,"
        f' {_key_text(mart, columns)} as row_key from "{mart.schema}"."{mart.name}"'
    )


def _key_text(mart: Mart, columns: dict[str, str]) -> str:
    """What names a row in a message: its key, or all of it where the mart has none."""
    return " || ', ' || ".join(_text(name, columns[name]) for name in mart.key or columns)


def _differences(comparison: Comparison, sides: tuple) -> list[str]:
    """What differs, in words; the rows are read only when the checksums say so."""
    left, right = comparison.left, comparison.right
    if left is None or right is None:
        missing = [w.target for (w, _), c in zip(sides, (left, right), strict=True) if c is None]
        return [f"missing in {' and '.join(missing)}; build it there first"]
    if left.columns != right.columns:
        return [f"columns differ: {_odd_columns(left, right)}"]
    if (left.rows, left.checksum) == (right.rows, right.checksum):
        return []
    hashes = [_count_hashes(db) for _, db in sides]
    only = [hashes[0] - hashes[1], hashes[1] - hashes[0]]
    summary = [
        f"{sum(rows.values()):,} rows only in {warehouse.target}"
        for (warehouse, _), rows in zip(sides, only, strict=True)
    ]
    return [", ".join(summary), *_examples(comparison.mart, left.columns, sides, only)]


def _odd_columns(left: Content, right: Content) -> str:
    names = sorted(left.columns.keys() | right.columns.keys())
    return ", ".join(
        f"{name} ({left.columns.get(name, 'missing')}, {right.columns.get(name, 'missing')})"
        for name in names
        if left.columns.get(name) != right.columns.get(name)
    )


def _count_hashes(db: Connection) -> Counter[str]:
    rows = db.fetch("select row_hash, count(*) as n from row_hashes group by row_hash")
    return Counter({row["row_hash"]: row["n"] for row in rows})


def _examples(mart: Mart, columns: dict[str, str], sides: tuple, only: list[Counter]) -> list[str]:
    """Up to five rows that differ; those with one key on both sides with what differs in them."""
    keys: set[str] = set()
    for (_, db), hashes in zip(sides, only, strict=True):
        some = sorted(hashes)[:SHOWN]
        found = db.fetch(f"select row_key from row_hashes where row_hash in ({_marks(some)})", some)
        keys |= {row["row_key"] for row in found}
    shown = sorted(keys)[:SHOWN]
    left, right = (_rows_by_key(db, mart, columns, shown) for _, db in sides)
    names = [warehouse.target for warehouse, _ in sides]
    return [_example(key, left.get(key), right.get(key), names) for key in shown]


def _example(key: str, left: dict | None, right: dict | None, names: list[str]) -> str:
    if left and right:
        odd = [f"{c} {left[c]} | {right[c]}" for c in left if left[c] != right[c]]
        return f"{key}: {'; '.join(odd) or 'not as often on both sides'}"
    side, row = (names[0], left) if left else (names[1], right)
    return f"{key}: only in {side}: {', '.join(row.values())}"


def _rows_by_key(
    db: Connection, mart: Mart, columns: dict[str, str], keys: list[str]
) -> dict[str, dict[str, str]]:
    texts = ", ".join(f'{_text(name, kind)} as "{name}"' for name, kind in columns.items())
    key = _key_text(mart, columns)
    rows = db.fetch(
        f'select {key} as "row key", {texts} from "{mart.schema}"."{mart.name}"'
        f" where {key} in ({_marks(keys)})",
        keys,
    )
    return {row.pop("row key"): row for row in rows}


def _marks(values: list) -> str:
    return ", ".join("?" for _ in values) or "null"


def _print_outcome(comparisons: list[Comparison], left: str, right: str) -> int:
    console = Console(soft_wrap=True)
    table = Table("mart", f"rows in {left}", f"rows in {right}", "")
    for c in comparisons:
        counts = [f"{side.rows:,}" if side else "-" for side in (c.left, c.right)]
        table.add_row(
            f"{c.mart.schema}.{c.mart.name}", *counts, "differs" if c.differences else "ok"
        )
    console.print(table)
    odd = [c for c in comparisons if c.differences]
    for c in odd:
        console.print(f"\n{c.mart.schema}.{c.mart.name}: {c.differences[0]}", markup=False)
        for line in c.differences[1:]:
            console.print(f"  {line}", markup=False)
    if not comparisons:
        console.print("There are no marts to compare: the manifest has none.")
        return 1
    if odd:
        console.print(
            f"\n{len(odd)} of {len(comparisons)} marts differ between {left} and {right}."
        )
        return 1
    console.print(f"All {len(comparisons)} marts hold the same rows in {left} and {right}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
