"""Toast, from its nightly export: a folder per business day, `20261008/OrderDetails.csv`.

The rows are put together to the records that the API gives (`export_bodies.py`), so everything
after the raw tables is the same. A day that was exported again counts as it is now; what stands
in the files of two days counts as the later has it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Set
from functools import partial
from operator import itemgetter
from typing import get_args

from ingestion.accounts import Account
from ingestion.contract import Pull, Record, SourceError
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
)
from ingestion.sources.toast.export_homes import Homes
from ingestion.sources.toast.export_orders import Lacking, OrderRows, order, prices_lack
from ingestion.sources.toast.export_rest import Rest
from ingestion.sources.toast.export_rows import Row

Batches = Iterator[list[Record]]
# in the bookmark: what prices lack, and how many orders of each day show it
LACK, SHOWN = "prices_lack", "prices_shown_by_day"

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
    new = set(export.unread(file))
    if not new:
        return
    homes = Homes(export, file)
    days = homes.concerned(new)
    homes.settle({day: set(_bodies(export, day, file, make)) for day in homes.disputed(days)})
    documents = export.pull.documents = homes.documents()
    for day in days:
        bodies = _bodies(export, day, file, make)
        if day in export.broken:
            continue
        mine = {id_: body for id_, body in bodies.items() if homes.home(id_) == day}
        for id_ in mine:
            homes.note(id_, day)
        at = {"businessDate": day}
        yield [export.record(f"{day}|{id_}", body | at) for id_, body in mine.items()]
        if export.is_told(day, file):
            documents.read.add(day)
    export.remember_waiting()
    yield []


def _bodies(export: Export, day: str, file: File, make: Callable[[Row], dict]) -> dict[str, dict]:
    """What the rows of a file of a day make, by their id; of a row that stands twice the last."""
    made = (
        (row.text(file.id_column), export.made(row, make)) for row in export.readable(day, file)
    )
    return {id_: body for id_, body in made if id_ and body}


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


# -- orders ------------------------------------------------------------------------------------


def _orders(export: Export) -> Batches:
    """The orders of each day with items, modifiers, payments and guests.

    A payment may stand in the file of another day than its order: that day's orders are read too.
    """
    if export.pull.since:
        export.pull.warn("--since does not apply to an export: what is there is read.")
    for day in sorted(set(export.days(ITEMS)).difference(export.days(ORDERS))):
        if export.distinct(day, ITEMS, ITEMS.id_column):
            _wait(export, day, [ORDERS])
    for day, files in export.lost(OF_ORDERS).items():
        _wait(export, day, files)
    new = set(export.unread(*OF_ORDERS)).union(export.unread(PAYMENTS))
    if not new:
        return
    export.tell_gap()
    homes = Homes(export, ORDERS, PAYMENTS)
    paid = (order_id for order_id, days in homes.paid.items() if not new.isdisjoint(days))
    lost = sum(order_id not in homes.listed for order_id in paid)
    if lost:
        export.pull.warn(
            f"payments name {lost:,} orders that no day of the export has: they count nowhere yet."
        )
    days = homes.concerned(new)
    before = export.pull.bookmark.get(LACK)
    usable, lack = _look_through(export, homes, days, new)
    if before not in (None, lack):
        export.pull.warn(
            f"most orders show now that prices of items lack {lack}, and showed {before} before:"
            " all days are read again."
        )
        days = export.days(ORDERS)
        usable, _ = _look_through(export, homes, days, set())
    homes.settle(usable)
    days, rest = [day for day in days if day not in export.broken], Rest(export.pull)
    yield from _made_orders(export, homes, days, lack, rest)
    rest.remember(days)
    export.remember_waiting()
    if export.pull.bookmark.get(SHOWN):
        export.pull.bookmark[LACK] = lack
    yield []
    export.tell()
    rest.tell()


def _wait(export: Export, day: str, files: Iterable[File]) -> None:
    export.broken[day] = (
        f"{day}: {', '.join(file.name for file in files)} is missing or empty, so its orders wait."
        " Copy it again, or ask Toast for the day."
    )


def _look_through(
    export: Export, homes: Homes, days: list[str], new: Set[str]
) -> tuple[dict[str, Set[str]], Lacking]:
    """The orders of each day that can be used, and what prices of items lack, before anything of
    them counts. A day that sold something waits for the files of its orders, items and payments,
    and for that of the modifiers where prices do not hold them: without, its sales were no sales.
    """
    usable: dict[str, Set[str]] = {}
    shown = {day: Counter(votes) for day, votes in export.pull.bookmark.get(SHOWN, {}).items()}
    without_modifiers = []
    for day in sorted({*days, *new}):
        own = _own_rows(export, day)
        if missing := _missing(export, day, own, homes):
            _wait(export, day, missing)
        if day in export.broken:
            continue
        usable[day] = {
            id_ for id_ in own if own[id_].items or not _items_wait(export, homes, day, id_)
        }
        if export.says(day, MODIFIERS):
            shown[day] = prices_lack(own.values())
        elif _sold(own):
            without_modifiers.append(day)
    export.pull.bookmark[SHOWN] = {day: dict(votes) for day, votes in shown.items() if votes}
    votes = sum(shown.values(), Counter())
    before = export.pull.bookmark.get(LACK, "nothing")
    lack = max(get_args(Lacking), key=lambda lack: votes[lack]) if votes else before
    for day in without_modifiers if lack != "nothing" else ():
        _wait(export, day, [MODIFIERS])
        del usable[day]
    return usable, lack


def _missing(export: Export, day: str, own: dict[str, OrderRows], homes: Homes) -> list[File]:
    """What a day lacks that sold something; a file with a header alone may have been cut off. An
    order that a day before lists may have its items there.
    """
    if day in export.broken:
        return []
    if not export.distinct(day, ORDERS, ORDERS.id_column):
        return [ORDERS] if export.distinct(day, ITEMS, ITEMS.id_column) else []
    sold = _sold(own)
    missing = {file for file in (ITEMS, PAYMENTS) if sold and not export.says(day, file)}
    first_here = [own[id_] for id_ in sold if homes.listed[id_][0] == day]
    if first_here and not any(rows.items or rows.lacks_rows for rows in first_here):
        missing.add(ITEMS)
    paid = [id_ for id_ in sold if own[id_].order.text("Paid")]
    if paid and homes.paid.keys().isdisjoint(paid):
        missing.add(PAYMENTS)
    return [file for file in OF_ORDERS if file in missing]


def _items_wait(export: Export, homes: Homes, day: str, order_id: str) -> bool:
    """Whether a day before that lists the order waits: its items may be there."""
    return any(before < day for before in export.broken if before in homes.listed[order_id])


def _sold(own: dict[str, OrderRows]) -> list[str]:
    return [id_ for id_, rows in own.items() if rows.order.amount("Amount")]


def _made_orders(
    export: Export, homes: Homes, days: list[str], lack: Lacking, rest: Rest
) -> Batches:
    """The orders that count on these days; what they come to beyond their lines to `rest`."""
    late = _late_payments(export, homes, set(days))
    documents = export.pull.documents = homes.documents()
    for day in days:
        records = []
        make = partial(order, day=day, lack=lack)
        for order_id, rows in _own_rows(export, day).items():
            if homes.home(order_id) != day:
                continue
            others = _add_rows_of_other_days(export, day, order_id, rows, homes, late)
            if made := export.made(rows.order, lambda _, rows=rows, make=make: make(rows)):
                homes.note(order_id, day, others)
                rest.note(day, made, rows.order.amount("Amount"))
                records.append(export.record(f"{day}|{order_id}", made))
        yield records
        if export.is_told(day, ORDERS):
            documents.read.add(day)


def _own_rows(export: Export, day: str) -> dict[str, OrderRows]:
    """The rows of the day's files by their order; those that cannot be used are listed and left
    out.
    """
    checks = {row.text("Check Id"): row for row in export.usable(day, CHECKS)}
    listed = {row.text("Order Id"): row for row in export.once(day, ORDERS)}
    usable = (row for row in listed.values() if export.is_usable(row, ORDERS))
    found = {row.needed("Order Id"): OrderRows(row, checks=checks) for row in usable}
    for file, name in ((ITEMS, "items"), (MODIFIERS, "modifiers"), (PAYMENTS, "payments")):
        for row in export.once(day, file):
            of_order = found.get(row.text("Order Id") or "")
            if not export.is_usable(row, file):
                if of_order is not None:
                    of_order.lacks_rows = True
            elif of_order is not None:
                getattr(of_order, name).append(row)
            elif listed and file is not PAYMENTS and row.text("Order Id") not in listed:
                export.reject(row, "Order Id", f"names no order of {ORDERS.name} of its day")
    return found


def _late_payments(
    export: Export, homes: Homes, days: Set[str]
) -> dict[str, list[tuple[str, Row]]]:
    """Of the orders of these days the payments in the files of others, each with its day."""
    found: dict[str, list[tuple[str, Row]]] = defaultdict(list)
    theirs = {id_: home for id_ in homes.paid if (home := homes.home(id_)) in days}
    others = {day for id_, home in theirs.items() for day in homes.paid[id_] if day != home}
    for day in sorted(others.difference(export.broken)):
        for row in export.readable(day, PAYMENTS):
            order_id = row.text("Order Id") or ""
            if theirs.get(order_id, day) != day and export.is_usable(row, PAYMENTS):
                found[order_id].append((day, row))
    return found


def _add_rows_of_other_days(
    export: Export,
    day: str,
    order_id: str,
    rows: OrderRows,
    homes: Homes,
    late: dict[str, list[tuple[str, Row]]],
) -> set[str]:
    """Its payments in the files of other days, each as the last of them has it; and where its day
    repeats the order without items, those of the day before. Returns these days.
    """
    others = {of for of, _ in late.get(order_id, ())}
    earlier = [before for before in homes.listed[order_id] if before < day]
    while earlier and not rows.items:
        before = earlier.pop()
        rows.items = _of_order(export, before, ITEMS, order_id)
        rows.modifiers = _of_order(export, before, MODIFIERS, order_id)
        others |= {before} if rows.items else set()
    payments = [(day, row) for row in rows.payments] + late.get(order_id, [])
    last = {row.text("Payment Id"): (d, row) for d, row in sorted(payments, key=itemgetter(0))}
    rows.payments = [row for d, row in last.values() if d == day]
    rows.late = [row for d, row in last.values() if d != day]
    return others


def _of_order(export: Export, day: str, file: File, order_id: str) -> list[Row]:
    """The rows of one order in the file of another day."""
    return [row for row in export.usable(day, file) if row.text("Order Id") == order_id]
