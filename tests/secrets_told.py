"""Every secret of the tests holds MARKER; after each test nothing that it printed or wrote may.

Searched are what was printed and logged, the raw tables of its warehouses (all else is made of
those), and the files that it left in its folder.
"""

from __future__ import annotations

from pathlib import Path

from ingestion.destinations import Warehouse, WarehouseError

MARKER = "nobody-prints"
# Files with a secret that a test itself writes: settings of the environment.
OWN_FILES = (".env",)
LARGE = 20_000_000
TABLES = (
    "select table_schema as s, table_name as t from information_schema.tables"
    " where table_schema like 'raw%'"
)


def in_warehouse(warehouse: Warehouse) -> list[str]:
    """The tables in which the marker stands, each as one line; none for what cannot be opened."""
    found = []
    try:
        with warehouse.connect() as db:
            for row in db.fetch(TABLES):
                relation = '"{s}"."{t}"'.format(**row)
                is_told = (
                    f"select 1 as n from {relation} as t where cast(t as varchar) like ? limit 1"
                )
                found += [relation] if db.fetch(is_told, (f"%{MARKER}%",)) else []
    except WarehouseError:
        return []
    return found


def in_files(folder: Path) -> list[str]:
    """The files below `folder` that hold the marker, but for settings and databases."""
    files = (p for p in folder.rglob("*") if p.is_file() and p.name not in OWN_FILES)
    return [
        str(path.relative_to(folder))
        for path in files
        if path.suffix != ".duckdb"
        and path.stat().st_size < LARGE
        and MARKER.encode() in path.read_bytes()
    ]
