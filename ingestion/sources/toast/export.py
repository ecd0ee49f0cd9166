"""Toast, from its nightly export: a folder per business day, `20261008/OrderDetails.csv`.

The rows are put together to the records that the API gives (`export_bodies.py`), so everything
after the raw tables is the same. A day that was exported again counts as it is now; what stands
in the files of two days counts as the later has it.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from operator import itemgetter
from pathlib import Path

import orjson

from ingestion.accounts import Account
from ingestion.contract import Documents, Pull, Record, Rejection, SourceError
from ingestion.sources.toast import export_bodies
from ingestion.sources.toast.entities import ToastEntity
from ingestion.sources.toast.export_orders import Lacking, OrderRows, order, prices_lack
from ingestion.sources.toast.export_rows import BadRowError, Clock, Row, read_rows

READER_VERSION = "2"  # part of every hash: raise it when the same file gives other records
DAY = re.compile(r"20[0-9]{6}")

Batches = Iterator[list[Record]]


@dataclass(frozen=True)
class File:
    """One of the files of a day: the column of its rows' id, and what columns it must have too."""

    name: str
    id_column: str
    columns: tuple[str, ...] = ()

    @property
    def needed(self) -> tuple[str, ...]:
        """All columns that must be there."""
        return (self.id_column, *self.columns)


ORDERS = File("OrderDetails.csv", "Order Id", ("Opened", "Amount", "Tax", "Tip", "Gratuity"))
ITEMS = File(
    "ItemSelectionDetails.csv",
    "Item Selection Id",
    ("Order Id", "Check Id", "Menu Item", "Gross Price", "Qty", "Tax"),
)
MODIFIERS = File("ModifiersSelectionDetails.csv", "Item Selection Id", ("Order Id",))
PAYMENTS = File(
    "PaymentDetails.csv",
    "Payment Id",
    ("Order Id", "Paid Date", "Check Id", "Amount", "Tip", "Type", "Refund Amount", "Void Date"),
)
CHECKS = File("CheckDetails.csv", "Check Id")
SHIFTS = File("TimeEntries.csv", "Id", ("Employee", "In Date", "Out Date"))
CASH = File("CashEntries.csv", "Entry Id", ("Created Date", "Action", "Amount"))
OF_ORDERS = (ORDERS, ITEMS, MODIFIERS, PAYMENTS, CHECKS)

LISTED: dict[str, tuple[File, Callable[[Row], dict]]] = {
    "payments": (PAYMENTS, export_bodies.payment),
    "time_entries": (SHIFTS, export_bodies.time_entry),
    "cash_entries": (CASH, export_bodies.cash_entry),
}
NAMED: dict[str, tuple[File, Callable[[Row], dict | None]]] = {
    "restaurants": (ORDERS, export_bodies.restaurant),
    "menu_items": (ITEMS, export_bodies.menu_item),
    "employees": (SHIFTS, export_bodies.employee),
    "jobs": (SHIFTS, export_bodies.job),
    "configuration": (PAYMENTS, export_bodies.other_type),
}
PROBES: dict[File, Callable[[Row], object]] = {
    ORDERS: lambda row: (
        row.needed("Order Id"),
        [row.amount(column) for column in ("Amount", "Tax", "Tip", "Gratuity", "Total")],
    ),
    MODIFIERS: lambda row: [row.amount("Net Price"), row.amount("Gross Price"), row.flag("Void?")],
    ITEMS: export_bodies.selection,
    PAYMENTS: export_bodies.payment,
}


def read(account: Account, entity: ToastEntity, pull: Pull) -> Batches:
    """Yield the records of the days that are new or were exported again.

    A row that cannot be used goes to `pull.reject`, the rest goes on. Raises SourceError for a
    folder that is not there, and, when all other days were read, for files that cannot be read.
    """
    if not account.folder.is_dir():
        raise SourceError(
            f"account {account.account_id}: there is no folder {account.folder}. Put the folders"
            " of the export there, one per business day, or mend path in pos_accounts.csv."
        )
    export = _Export(account, entity, pull)
    if entity.name == "orders":
        yield from _orders(export)
    elif entity.name in LISTED:
        yield from _listed(export, *LISTED[entity.name])
    elif entity.name in NAMED:
        yield from _named(export, *NAMED[entity.name])
    if export.broken:
        export.keep_what_was_read()
        raise SourceError("\n".join(export.broken.values()))


class _Export:
    """The folders of an account: which days there are, which are new, what stands in them."""

    def __init__(self, account: Account, entity: ToastEntity, pull: Pull) -> None:
        self.entity, self.pull, self.clock = entity, pull, Clock(account)
        self._setting = f"{READER_VERSION}|{account.time_zone}|{account.day_cutoff}|"
        self._files: dict[str, dict[str, Path]] = {}
        self.broken: dict[str, str] = {}
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

    def unread(self, *files: File) -> list[str]:
        """The days of which one of these files is new; the first of them must be there."""
        if self.pull.refresh_day:
            return [d for d in self.days(files[0]) if d == f"{self.pull.refresh_day:%Y%m%d}"]
        found = []
        for day in self.days(files[0]):
            paths = [self._files[day].get(file.name.lower()) for file in files]
            news = [self.pull.is_unread(path, self._hash(path)) for path in paths if path]
            if any(news):
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

    def usable(self, day: str, file: File) -> list[Row]:
        """The readable rows that make sense; the others are listed."""
        return [row for row in self.readable(day, file) if self.is_usable(row, file)]

    def is_usable(self, row: Row, file: File) -> bool:
        """Whether a row makes sense; one that does not is listed."""
        return self.made(row, PROBES.get(file, Row.as_it_is)) is not None

    def is_told(self, day: str, file: File) -> bool:
        """Whether the day's file is whole and says something, if only that there was nothing."""
        is_sound = f"{day}/{file.name}".lower() not in self._faulty
        return day not in self.broken and is_sound and self.says(day, file)

    def says(self, day: str, file: File) -> bool:
        """Whether the day has the file, and it is not empty to the last byte."""
        path = self._files[day].get(file.name.lower())
        return path is not None and path.stat().st_size > 0

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


def _is_day(name: str) -> bool:
    if not DAY.fullmatch(name):
        return False
    try:
        datetime.strptime(name, "%Y%m%d")
    except ValueError:
        return False
    return True


class _Listing:
    """Which days list an id in a file, first to last: the last has the last word on it."""

    def __init__(self, export: _Export, file: File) -> None:
        self.days_of: dict[str, tuple[str, ...]] = {}
        for day in export.days(file):
            for row in export.readable(day, file):
                record_id = row.text(file.id_column) or ""
                self.days_of[record_id] = (*self.days_of.get(record_id, ()), day)

    def with_the_same(self, days: list[str]) -> list[str]:
        """These days, and all others that list an id of theirs."""
        chosen = set(days)
        return sorted(chosen.union(*(d for d in self.days_of.values() if chosen.intersection(d))))

    def home(self, record_id: str | None) -> str | None:
        """The day that has the last word; None for an id that no day lists."""
        return self.days_of.get(record_id or "", (None,))[-1]


# -- what is one row ---------------------------------------------------------------------------


def _listed(export: _Export, file: File, make: Callable[[Row], dict]) -> Batches:
    """A record per row, under its day; what a day no longer has is closed."""
    unread = export.unread(file)
    if not unread:
        return
    listing, documents = _Listing(export, file), _documents(export)
    for day in listing.with_the_same(unread):
        bodies = {}
        for row in export.readable(day, file):
            body = export.made(row, make)
            if body and listing.home(row.text(file.id_column)) == day:
                bodies[body["guid"]] = body | {"businessDate": day}
        if day not in export.broken:
            yield [export.record(f"{day}|{guid}", body) for guid, body in bodies.items()]
        if export.is_told(day, file):
            documents.read.add(day)


def _named(export: _Export, file: File, make: Callable[[Row], dict | None]) -> Batches:
    """What rows name on the way, as the last day names it: what an older day that comes again
    names, those after it may name otherwise.
    """
    found: dict[str, dict] = {}
    unread = export.unread(file)
    for day in (day for day in export.days(file) if unread and day >= unread[0]):
        made = (export.made(row, make) for row in export.readable(day, file))
        found |= export_bodies.distinct(made)
    if found:
        yield [export.record(guid, body) for guid, body in found.items()]


def _documents(export: _Export) -> Documents:
    documents = Documents(
        lambda record_id: record_id.partition("|")[0], why="their day was exported without them"
    )
    export.pull.documents = documents
    return documents


# -- orders ------------------------------------------------------------------------------------


def _orders(export: _Export) -> Batches:
    """The orders of each day with items, modifiers, payments and guests.

    A payment may stand in the file of another day than its order: that day's orders are read too.
    """
    if export.pull.since:
        export.pull.warn("--since does not apply to an export: what is there is read.")
    if lost := sorted(set(export.days(ITEMS)) - set(export.days(ORDERS))):
        export.pull.warn(f"{', '.join(lost)}: no {ORDERS.name}; without it nothing is sold there.")
    unread = export.unread(*OF_ORDERS)
    if not unread:
        return
    listing = _Listing(export, ORDERS)
    wanted, foreign = _foreign_payments(export, listing, set(unread))
    documents = _documents(export)
    for day in listing.with_the_same(sorted(wanted)):
        records = []
        orders = _rows_of_orders(export, day, foreign)
        lack = prices_lack(orders.values()) or export.pull.bookmark.get("prices_lack", "nothing")
        _break_what_lacks_a_file(export, day, orders.values(), lack)
        if day in export.broken:
            continue
        export.pull.bookmark["prices_lack"] = lack  # also of a day that does not show it
        make = partial(order, day=day, lack=lack)
        for order_id, rows in orders.items():
            if listing.home(order_id) == day:
                made = export.made(rows.order, lambda _, rows=rows, make=make: make(rows))
                if made:
                    records.append(export.record(f"{day}|{order_id}", made))
        yield records
        if export.is_told(day, ORDERS):
            documents.read.add(day)


def _break_what_lacks_a_file(
    export: _Export, day: str, orders: Iterable[OrderRows], lack: Lacking
) -> None:
    """A day that sold something waits for the files of its items and payments, and for that of the
    modifiers where the prices of items do not hold them: without them its sales were no sales.
    """
    if day in export.broken or not any(rows.order.amount("Amount") for rows in orders):
        return
    needed = (ITEMS, PAYMENTS) if lack == "nothing" else (ITEMS, PAYMENTS, MODIFIERS)
    if missing := [file.name for file in needed if not export.says(day, file)]:
        export.broken[day] = (
            f"{day}: {', '.join(missing)} is missing or empty, so its orders wait. Copy it again,"
            " or ask Toast for the day."
        )


def _foreign_payments(
    export: _Export, listing: _Listing, unread: set[str]
) -> tuple[set[str], dict[str, list[tuple[str, Row]]]]:
    """The days to read, those of orders that unread days name among them; and of every order the
    payments in the files of other days than its own, each with its day.
    """
    wanted, lost = set(unread), 0
    found: dict[str, list[tuple[str, Row]]] = defaultdict(list)
    for day in export.days(PAYMENTS):
        for row in export.readable(day, PAYMENTS):
            home = listing.home(row.text("Order Id"))
            if home is None:
                lost += day in unread
            elif home != day and export.is_usable(row, PAYMENTS):
                found[row.text("Order Id")].append((day, row))
                wanted |= {home} if day in unread else set()
    if lost:
        export.pull.warn(
            f"{lost:,} payments name orders that no day of the export has: they count nowhere yet."
        )
    return wanted, found


def _rows_of_orders(
    export: _Export, day: str, foreign: dict[str, list[tuple[str, Row]]]
) -> dict[str, OrderRows]:
    """All rows of the day by their order; those that cannot be used are listed and left out."""
    found: dict[str, OrderRows] = {}
    for row in export.usable(day, ORDERS):
        found[row.text("Order Id") or ""] = OrderRows(row)
    for file, name in ((ITEMS, "items"), (MODIFIERS, "modifiers"), (PAYMENTS, "payments")):
        for row in export.readable(day, file):
            of_order = found.get(row.text("Order Id") or "")
            if not export.is_usable(row, file):
                if of_order is not None:
                    of_order.lacks_rows = True
            elif of_order is not None:
                getattr(of_order, name).append(row)
            elif file is not PAYMENTS:
                export.reject(row, "Order Id", f"names no order of {ORDERS.name} of its day")
    checks = {row.text("Check Id"): row for row in export.usable(day, CHECKS)}
    for order_id, rows in found.items():
        payments = [(day, row) for row in rows.payments] + foreign.get(order_id, [])
        last = {row.text("Payment Id"): (d, row) for d, row in sorted(payments, key=itemgetter(0))}
        rows.payments = [row for d, row in last.values() if d == day]
        rows.late = [row for d, row in last.values() if d != day]
        rows.checks = checks
    return found
