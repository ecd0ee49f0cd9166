"""Toast's export files as rows: columns by their names, cells as they are, read where needed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

from ingestion.accounts import Account
from ingestion.contract import SourceError
from ingestion.sources.files.cells import CellError, Formats, field_reader
from ingestion.sources.files.readers import (
    CUT_OFF,
    Layout,
    Table,
    delimiter_hint,
    did_you_mean,
    open_table,
    told_columns,
)

DATE_FORMATS = (
    "%m/%d/%y %I:%M %p",
    "%m/%d/%Y %I:%M %p",
    "%m/%d/%Y %I:%M:%S %p",
    "%m/%d/%Y %H:%M:%S",
    "%m/%d/%Y %H:%M",
    "%m/%d/%y %H:%M",
    "iso",
)


HEADERS = ("Location", "Order Id", "Check Id", "Server", "Total", "Employee", "Amount")
NO_ID = re.compile(r"=.*|\d+[.,]\d+|\d+([.,]\d+)?[eE]\+?\d+")  # what spreadsheets make of one


class BadRowError(ValueError):
    """A cell of a row that cannot be read: its column, its text, and why."""

    def __init__(self, row: Row, column: str, reason: str) -> None:
        super().__init__(reason)
        self.row, self.column, self.reason = row, column, reason


class Clock:
    """Reads what the export writes: the restaurant's own time without a zone, and its numbers."""

    def __init__(self, account: Account) -> None:
        formats = Formats(date_formats=DATE_FORMATS, time_zone=account.time_zone)
        self.number = field_reader("number", formats)
        self.boolean = field_reader("boolean", formats)
        self.moment = field_reader("timestamp", formats)
        hours, minutes = account.day_cutoff.split(":")
        self._cutoff = timedelta(hours=int(hours), minutes=int(minutes))

    def business_day(self, moment: str) -> str:
        """The business day, as yyyymmdd, on which a moment of `self.moment` lies."""
        local = datetime.fromisoformat(moment).replace(tzinfo=None)
        return f"{local - self._cutoff:%Y%m%d}"


@dataclass(frozen=True)
class Row:
    """One row of the file's `columns`; `place` says where one stands, in small letters."""

    file: str
    number: int
    columns: list[str]
    place: dict[str, int]
    cells: list[str]
    clock: Clock
    fault: str = ""

    @property
    def given(self) -> dict[str, str]:
        """The row as the file has it."""
        return dict(zip(self.columns, self.cells, strict=False))

    def text(self, *columns: str) -> str | None:
        """The first of these columns that is there and not empty."""
        for column in columns:
            at = self.place.get(column.lower())
            if at is not None and (value := self.cells[at].strip()):
                return value
        return None

    def needed(self, column: str) -> str:
        """An id, which has to be there. Raises BadRowError when it is not, or was rewritten."""
        value = self.text(column)
        if value is None:
            raise BadRowError(self, column, "is empty, and the record cannot do without it")
        if NO_ID.fullmatch(value):
            reason = "was rewritten by a spreadsheet: take the file as Toast wrote it"
            raise BadRowError(self, column, reason)
        return value

    def number_text(self, *columns: str) -> str | None:
        """A number, plain: `"1,013.00"` is 1013.00. Raises BadRowError when it is none."""
        return self._read(self.clock.number, columns, "is no number")

    def amount(self, *columns: str) -> Decimal:
        """A number, 0 where it is empty. Raises BadRowError when it is none."""
        return Decimal(self.number_text(*columns) or 0)

    def moment(self, *columns: str) -> str | None:
        """A moment with offset. Raises BadRowError when it is none."""
        return self._read(self.clock.moment, columns, "is no date with a time")

    def flag(self, *columns: str) -> bool:
        """Yes or no, no where it is empty. Raises BadRowError when it is neither."""
        return self._read(self.clock.boolean, columns, "is neither true nor false") == "true"

    def as_it_is(self) -> Row:
        """The row: of some rows no cell is read."""
        return self

    def _read(self, read, columns: tuple[str, ...], reason: str) -> str | None:
        text = self.text(*columns)
        try:
            return read(text) if text else None
        except CellError:
            raise BadRowError(self, columns[0], reason) from None


def read_rows(path: Path, columns: Iterable[str], clock: Clock) -> Iterator[Row]:
    """The rows of a file of a day; none of one that is empty. `columns` have to be there.

    A row that is not whole has a `fault`. Raises SourceError for a file that is not what its name
    says, lacks a column or was cut off.
    """
    table = _whole_table(path, columns)
    place = {column.lower(): n for n, column in enumerate(table.columns)}
    for number, cells, fault in table.rows:
        yield Row(table.file, number, table.columns, place, cells, clock, fault)


def read_column(path: Path, columns: Iterable[str], column: str) -> Iterator[str]:
    """The cells of one of `columns`: as `read_rows`, in a fraction of the time."""
    table = _whole_table(path, columns)
    place = {name.lower(): n for n, name in enumerate(table.columns)}
    for _, cells, _ in table.rows:
        yield cells[place[column.lower()]].strip()


def _whole_table(path: Path, columns: Iterable[str]) -> Table:
    name = f"{path.parent.name}/{path.name}"
    if not path.stat().st_size:
        return Table(name, "", [], set(), iter(()))
    try:
        path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise SourceError(
            f"{name}: is not UTF-8 text: a program has saved it anew. Take it as Toast wrote it."
        ) from None
    table = open_table(path, Layout(), name)
    plain = {column.lower() for column in table.columns}
    parted_otherwise = delimiter_hint(table, "take it as Toast wrote it.")
    for column in columns:
        if column.lower() not in plain:
            raise SourceError(
                f'{name}: has no column "{column}".'
                f"{parted_otherwise or told_columns(table.columns, (*columns, *HEADERS))}"
                f"{did_you_mean(column, table.columns)}"
            )
    return replace(table, rows=_until_cut(table))


def _until_cut(table: Table) -> Iterator[tuple[int, list, str]]:
    for number, cells, fault in table.rows:
        if fault.endswith(CUT_OFF):
            raise SourceError(f"{table.file}: row {number:,} {fault}. Copy it again.")
        yield number, cells, fault
