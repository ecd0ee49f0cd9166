"""Toast, from its nightly export: a folder per business day, `20261008/OrderDetails.csv`.

The rows are put together to the records that the API gives (`export_bodies.py`), so everything
after the raw tables is the same. A day that was exported again counts as it is now; what stands
in the files of two days counts as the later has it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from operator import itemgetter

from ingestion.accounts import Account
from ingestion.contract import Documents, Pull, Record, SourceError
from ingestion.sources.toast import export_bodies
from ingestion.sources.toast.entities import ToastEntity
from ingestion.sources.toast.export_days import (
    CASH,
    CHECKS,
    ITEMS,
    MODIFIERS,
    OF_ORDERS,
    ORDERS,
    PAYMENTS,
    SHIFTS,
    Export,
    File,
    Listing,
)
from ingestion.sources.toast.export_orders import Lacking, OrderRows, order, prices_lack
from ingestion.sources.toast.export_rows import Row

Batches = Iterator[list[Record]]

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
    export = Export(account, entity, pull)
    if entity.name == "orders":
        yield from _orders(export)
    elif entity.name in LISTED:
        yield from _listed(export, *LISTED[entity.name])
    elif entity.name in NAMED:
        yield from _named(export, *NAMED[entity.name])
    if export.broken:
        export.keep_what_was_read()
        raise SourceError("\n".join(export.broken.values()))


# -- what is one row ---------------------------------------------------------------------------


def _listed(export: Export, file: File, make: Callable[[Row], dict]) -> Batches:
    """A record per row, under its day; what a day no longer has is closed."""
    unread = export.unread(file)
    if not unread:
        return
    listing, documents = Listing(export, file), _documents(export)
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


def _named(export: Export, file: File, make: Callable[[Row], dict | None]) -> Batches:
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


def _documents(export: Export) -> Documents:
    documents = Documents(
        lambda record_id: record_id.partition("|")[0], why="their day was exported without them"
    )
    export.pull.documents = documents
    return documents


# -- orders ------------------------------------------------------------------------------------


def _orders(export: Export) -> Batches:
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
    export.tell_gap()
    listing = Listing(export, ORDERS)
    wanted, foreign = _foreign_payments(export, listing, set(unread))
    documents = _documents(export)
    for day in listing.with_the_same(sorted(wanted)):
        records = []
        orders = _rows_of_orders(export, day, foreign, listing)
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
    export.tell()


def _break_what_lacks_a_file(
    export: Export, day: str, orders: Iterable[OrderRows], lack: Lacking
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
    export: Export, listing: Listing, unread: set[str]
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
    export: Export, day: str, foreign: dict[str, list[tuple[str, Row]]], listing: Listing
) -> dict[str, OrderRows]:
    """All rows of the day by their order; those that cannot be used are listed and left out. An
    order that the day repeats without its items has those of the day before.
    """
    found: dict[str, OrderRows] = {}
    for row in export.usable(day, ORDERS):
        found[row.text("Order Id") or ""] = OrderRows(row)
    for file, name in ((ITEMS, "items"), (MODIFIERS, "modifiers"), (PAYMENTS, "payments")):
        for row in export.once(day, file):
            of_order = found.get(row.text("Order Id") or "")
            if not export.is_usable(row, file):
                if of_order is not None:
                    of_order.lacks_rows = True
            elif of_order is not None:
                getattr(of_order, name).append(row)
            elif file is not PAYMENTS:
                export.reject(row, "Order Id", f"names no order of {ORDERS.name} of its day")
    for order_id, rows in found.items():
        earlier = [d for d in listing.days_of.get(order_id, ()) if d < day]
        while earlier and not rows.items:
            before = earlier.pop()
            rows.items = _of_order(export, before, ITEMS, order_id)
            rows.modifiers = _of_order(export, before, MODIFIERS, order_id)
    checks = {row.text("Check Id"): row for row in export.usable(day, CHECKS)}
    for order_id, rows in found.items():
        payments = [(day, row) for row in rows.payments] + foreign.get(order_id, [])
        last = {row.text("Payment Id"): (d, row) for d, row in sorted(payments, key=itemgetter(0))}
        rows.payments = [row for d, row in last.values() if d == day]
        rows.late = [row for d, row in last.values() if d != day]
        rows.checks = checks
    return found


def _of_order(export: Export, day: str, file: File, order_id: str) -> list[Row]:
    """The rows of one order in the file of another day."""
    return [row for row in export.usable(day, file) if row.text("Order Id") == order_id]
