"""Write the CSV files that the exposures declare: `python -m scripts.export_csv`.

The files open in Excel by a double click (UTF-8 with its mark, comma, CRLF). Amounts are exact:
at least two decimals and no more than they need. Rows stand in one fixed order.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from ingestion import lock
from ingestion.accounts import AccountError
from ingestion.destinations import Warehouse, WarehouseError, open_warehouse
from scripts.atomic import DeliveryError, write_whole
from scripts.exposures import Delivery, read_deliveries

NOT_MONEY = ("units", "quantity", "_ratio", "_days", "_rank")
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def main(arguments: Sequence[str] | None = None) -> int:
    """Write all CSV files; 0 when they are written, 1 when something stands in the way."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--target", help="output of profiles.yml (default: the profile's own)")
    options = parser.parse_args(arguments)
    try:
        for path, rows in export_csv(open_warehouse(options.target)).items():
            print(f"{path}: {rows:,} rows")
    except (DeliveryError, WarehouseError, AccountError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def export_csv(warehouse: Warehouse) -> dict[Path, int]:
    """Write every CSV file that an exposure declares; returns the rows of each.

    Raises DeliveryError when a table is not built or a file cannot be written; the files written
    before it stay, each of them whole.
    """
    deliveries = read_deliveries("csv")
    with lock.hold(warehouse, "export"):
        return {delivery.path: _export(warehouse, delivery) for delivery in deliveries}


def _export(warehouse: Warehouse, delivery: Delivery) -> int:
    (table,) = delivery.tables.values()
    with warehouse.connect() as db:
        if not db.table_exists(table.schema, table.name):
            raise DeliveryError(
                f"{delivery.file} is not written: the warehouse has no table"
                f" {table.schema}.{table.name}. Run `make build`."
            )
        rows = table.fetch(db)
        columns = _columns(db, table.schema, table.name)
    absent = [name for name in delivery.order_by if name not in columns]
    if absent:
        raise DeliveryError(
            f"{delivery.file} is not written: {table.name} has no column {', '.join(absent)}"
            f" to order it by; it has {', '.join(columns)}."
        )
    write_rows(delivery.path, columns, sort_rows(rows, delivery.order_by or columns))
    return len(rows)


def _columns(db: Any, schema: str, table: str) -> list[str]:
    rows = db.fetch(
        "select column_name from information_schema.columns"
        " where table_schema = ? and table_name = ? order by ordinal_position",
        (schema, table),
    )
    return [row["column_name"] for row in rows]


def sort_rows(rows: Iterable[dict], columns: Sequence[str]) -> list[dict]:
    """Rows in the order of `columns`, nulls last, text by code point: the same on every engine."""
    return sorted(rows, key=lambda row: [(row[c] is None, row[c]) for c in columns if c in row])


def write_rows(path: Path, columns: Sequence[str], rows: Iterable[dict]) -> None:
    """Write `rows` as one CSV file with a header line, whole or not at all."""
    money = {name for name in columns if is_money(name)}
    with write_whole(path, encoding="utf-8-sig") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(columns)
        for row in rows:
            writer.writerow([cell(row[name], name in money) for name in columns])


def is_money(column: str) -> bool:
    """Whether decimals of this column are amounts of money: all but counts and ratios are."""
    return not any(part in column for part in NOT_MONEY)


def cell(value: Any, money: bool = False) -> str:
    """One value as CSV text: 12.50 and 9.345 for money, 3 and 0.25 for other numbers, ISO dates.

    Text that a spreadsheet would run as a formula gets an apostrophe in front.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return decimal_text(value, 2 if money else 0)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    text = str(value)
    is_text = isinstance(value, str)
    return f"'{text}" if is_text and text.startswith(FORMULA_STARTS) else text


def decimal_text(value: Decimal, least_decimals: int) -> str:
    """The exact value without exponent and trailing zeros, with at least so many decimals."""
    whole, _, decimals = f"{value:f}".partition(".")
    decimals = decimals.rstrip("0").ljust(least_decimals, "0")
    text = f"{whole}.{decimals}" if decimals else whole
    return text.removeprefix("-") if not value else text


if __name__ == "__main__":
    sys.exit(main())
