"""The folders of Toast's export: which days there are, which are new, what their files hold."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import orjson

from ingestion.accounts import Account
from ingestion.contract import Pull, Record, Rejection, SourceError
from ingestion.sources.toast import export_bodies
from ingestion.sources.toast.entities import ToastEntity
from ingestion.sources.toast.export_rows import BadRowError, Clock, Row, read_column, read_rows

READER_VERSION = "4"  # part of every hash: raise it when the same file gives other records
WAITED = "waited"  # in the bookmark: days that could not be read, and may come back as they were
DAY = re.compile(r"20[0-9]{6}")


@dataclass(frozen=True)
class File:
    """One of the files of a day: the column of its rows' id, what columns it must have too, and
    `money`: those that may be missing, but it is told, as money depends on them.
    """

    name: str
    id_column: str
    columns: tuple[str, ...] = ()
    money: tuple[str, ...] = ()

    @property
    def needed(self) -> tuple[str, ...]:
        """All columns that must be there."""
        return (self.id_column, *self.columns)

    def of(self, day: str) -> str:
        """Its name with its day, in small letters."""
        return f"{day}/{self.name}".lower()


ORDERS = File(
    "OrderDetails.csv",
    "Order Id",
    ("Opened", "Amount", "Tax", "Tip", "Gratuity"),
    ("Total", "Voided", "Paid", "Closed"),
)
ITEMS = File(
    "ItemSelectionDetails.csv",
    "Item Selection Id",
    ("Order Id", "Check Id", "Menu Item", "Gross Price", "Qty", "Tax"),
    ("Net Price", "Discount|Discnt", "Void?|Void", "Deferred"),
)
MODIFIERS = File(
    "ModifiersSelectionDetails.csv",
    "Item Selection Id",
    ("Order Id",),
    ("Gross Price", "Net Price", "Void?|Void"),
)
PAYMENTS = File(
    "PaymentDetails.csv",
    "Payment Id",
    ("Order Id", "Paid Date", "Check Id", "Amount", "Tip", "Type", "Refund Amount", "Void Date"),
    ("Total", "Gratuity", "Status", "Refund Date", "Refund Tip Amount"),
)
CHECKS = File("CheckDetails.csv", "Check Id")
SHIFTS = File("TimeEntries.csv", "Id", ("Employee", "In Date", "Out Date"))
CASH = File("CashEntries.csv", "Entry Id", ("Created Date", "Action", "Amount"))
OF_ORDERS = (ORDERS, ITEMS, MODIFIERS, PAYMENTS, CHECKS)

PROBES: dict[File, Callable[[Row], object]] = {
    ORDERS: lambda row: (
        row.needed("Order Id"),
        [row.amount(column) for column in ("Amount", "Tax", "Tip", "Gratuity", "Total")],
        [row.moment(column) for column in ("Opened", "Paid", "Closed")],
        row.flag("Voided"),
    ),
    CHECKS: lambda row: row.amount("Tax"),
    MODIFIERS: lambda row: [row.amount("Net Price"), row.amount("Gross Price"), row.flag("Void?")],
    ITEMS: export_bodies.selection,
    PAYMENTS: export_bodies.payment,
}


class Export:
    """The folders of an account: which days there are, which are new, what stands in them."""

    def __init__(self, account: Account, entity: ToastEntity, pull: Pull) -> None:
        self.entity, self.pull, self.clock = entity, pull, Clock(account)
        self._setting = f"{READER_VERSION}|{account.time_zone}|{account.day_cutoff}|"
        self._files: dict[str, dict[str, Path]] = {}
        self.broken: dict[str, str] = {}
        self._repeated: dict[str, set[tuple[str, int]]] = defaultdict(set)
        self._absent: dict[tuple[str, str], set[str]] = defaultdict(set)
        self._rejected: set[tuple[str, int]] = set()
        self._faulty: set[str] = set()  # files with a row that is rejected: they close nothing
        first = account.active_from.replace("-", "")
        last = account.active_to.replace("-", "") or "99999999"
        for folder in sorted(account.folder.iterdir()):
            if _is_day(folder.name) and first <= folder.name <= last and folder.is_dir():
                files = {path.name.lower(): path for path in folder.iterdir() if path.is_file()}
                self._files[folder.name] = files

    def days(self, file: File) -> list[str]:
        """The days that have this file, however empty."""
        return [day for day, files in self._files.items() if file.name.lower() in files]

    def lost(self, files: Iterable[File]) -> dict[str, list[File]]:
        """The days that have files, but not all of these that were loaded of them before."""
        loaded = {name.lower() for name in self.pull.loaded_hashes}
        found = {
            day: [f for f in files if f.name.lower() not in there and f.of(day) in loaded]
            for day, there in self._files.items()
            if there
        }
        return {day: lost for day, lost in found.items() if lost}

    def unread(self, *files: File) -> list[str]:
        """The days of which one of these files is new, or that waited before; the first of the
        files must be there.
        """
        if self.pull.refresh_day:
            return [d for d in self.days(files[0]) if d == f"{self.pull.refresh_day:%Y%m%d}"]
        found, waited = [], self.pull.bookmark.get(WAITED, [])
        for day in self.days(files[0]):
            paths = [self._files[day].get(file.name.lower()) for file in files]
            news = [self.pull.is_unread(path, self._hash(path)) for path in paths if path]
            if any(news) or day in waited:
                found.append(day)
        return found

    def readable(self, day: str, file: File) -> list[Row]:
        """The rows of a file of a day; none of one that is missing, empty, or cannot be read.

        The last is noted in `broken`: nothing of that day is read.
        """
        path = self._files[day].get(file.name.lower())
        try:
            return list(read_rows(path, file.needed, self.clock)) if path else []
        except SourceError as error:
            self.broken[day] = str(error)
            return []

    def distinct(self, day: str, file: File, column: str) -> set[str]:
        """What stands in one column of a file of a day; as `readable`, but fast."""
        path = self._files[day].get(file.name.lower())
        try:
            return set(read_column(path, file.needed, column)) - {""} if path else set()
        except SourceError as error:
            self.broken[day] = str(error)
            return set()

    def once(self, day: str, file: File) -> list[Row]:
        """The readable rows, of each id the last one. `tell` says what that leaves out, and which
        columns are not there on which money depends.
        """
        rows = self.readable(day, file)
        found: dict[str, Row] = {}
        for row in rows:
            record_id = row.text(file.id_column) or f"row {row.number}"
            before = found.pop(record_id, row)
            if before.cells != row.cells:
                self._repeated[file.name].add((day, row.number))
            found[record_id] = row
        for column in file.money if rows else ():
            if not any(name.lower() in rows[0].place for name in column.split("|")):
                self._absent[file.name, column.split("|")[0]].add(day)
        return list(found.values())

    def usable(self, day: str, file: File) -> list[Row]:
        """The rows, each id once, that make sense; the others are listed."""
        return [row for row in self.once(day, file) if self.is_usable(row, file)]

    def tell(self) -> None:
        """What was odd in all files that were read, and is no row to be listed."""
        for (file, column), days in self._absent.items():
            self.pull.warn(
                f"{file} of {some(sorted(days))}: no column {column}. What it says of money is"
                " taken as nothing; ask Toast if it has another name now."
            )
        for file, rows in self._repeated.items():
            self.pull.warn(
                f"{len(rows):,} rows of {file} repeat an id otherwise: its last row counts."
            )

    def tell_gap(self) -> None:
        """The days without a folder between the last day that was loaded and the newest."""
        before = {name.partition("/")[0] for name in self.pull.loaded_hashes}
        last = max(before.intersection(self._files), default="")
        new = [day for day in self._files if last and day > last]
        if not new:
            return
        first, end = (datetime.strptime(day, "%Y%m%d") for day in (last, new[-1]))
        every = (first + timedelta(days=n) for n in range(1, (end - first).days))
        missing = [f"{day:%Y%m%d}" for day in every if f"{day:%Y%m%d}" not in self._files]
        if missing:
            self.pull.warn(
                f"there is no folder of {some(missing)}: was it closed? Else ask Toast for it, who"
                " keeps a day for about a week."
            )

    def is_usable(self, row: Row, file: File) -> bool:
        """Whether a row makes sense; one that does not is listed."""
        return self.made(row, PROBES.get(file, Row.as_it_is)) is not None

    def is_told(self, day: str, file: File) -> bool:
        """Whether the day's file is whole and none of its rows was rejected."""
        return self.is_whole(day, file) and file.of(day) not in self._faulty

    def is_whole(self, day: str, file: File) -> bool:
        """Whether the day can be read and has the file, if only to say that there was nothing."""
        return day not in self.broken and self.says(day, file)

    def says(self, day: str, file: File) -> bool:
        """Whether the day has the file, and it is not empty to the last byte."""
        path = self._files.get(day, {}).get(file.name.lower())
        return path is not None and path.stat().st_size > 0

    def remember_waiting(self) -> None:
        """Note in the bookmark the days that wait, or of which a file that was read is gone: they
        are new when they can be read, also when they come back as they were.
        """
        if self.pull.refresh_day:  # of the other days only their folders were looked at
            loaded = {name.partition("/")[0] for name in self.pull.loaded_hashes}
            gone = {day for day in loaded if _is_day(day) and day not in self._files}
            gone.update(self.pull.bookmark.get(WAITED, ()))
        else:
            gone = {name.partition("/")[0] for name in self.pull.gone_files}
        self.pull.bookmark[WAITED] = sorted(gone.union(self.broken))

    def keep_what_was_read(self) -> None:
        """The days that could be read need not be read again with those that could not."""
        for day in self.broken:
            for path in self._files[day].values():
                self.pull.read_files.pop(self.pull.file_name(path), None)
        self.pull.remembers_files = True

    def reject(self, row: Row, column: str, reason: str) -> None:
        """List a row that cannot be used, once."""
        if (row.file, row.number) in self._rejected:
            return
        self._rejected.add((row.file, row.number))
        self._faulty.add(row.file.lower())
        payload = orjson.dumps(row.given).decode()
        value = row.text(column) or "" if column else ""
        self.pull.reject(
            Rejection(
                row.file,
                reason,
                row_number=row.number,
                column=column,
                value=value,
                payload=payload,
            )
        )

    def made(self, row: Row, make: Callable[[Row], dict | None]) -> dict | None:
        """What a row makes, None for one that cannot be used; that is listed."""
        if row.fault:
            self.reject(row, "", row.fault)
            return None
        try:
            return make(row)
        except BadRowError as error:
            self.reject(error.row, error.column, error.reason)
            return None

    def record(self, record_id: str, body: dict) -> Record:
        """A record; values that are new to us are counted."""
        self.pull.note_unknown(self.entity.known, body)
        return Record(record_id, orjson.dumps(body).decode())

    def _hash(self, path: Path) -> str:
        return hashlib.sha256(self._setting.encode() + path.read_bytes()).hexdigest()


def some(days: list[str]) -> str:
    """Days with commas, the first of many."""
    return ", ".join(days[:5]) + (f" and {len(days) - 5} more" if len(days) > 5 else "")


def _is_day(name: str) -> bool:
    if not DAY.fullmatch(name):
        return False
    try:
        datetime.strptime(name, "%Y%m%d")
    except ValueError:
        return False
    return True
