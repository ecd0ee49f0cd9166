"""Toast, one way of reading per kind of endpoint: lists, menus, business days, what changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from ingestion import http, stated
from ingestion.accounts import Account
from ingestion.contract import Documents, Pull, Record, SourceError, values_at
from ingestion.http import NotFoundError
from ingestion.json_text import Piece, items, members, with_field
from ingestion.records import keyed
from ingestion.sources.toast.client import Client
from ingestion.sources.toast.entities import CONFIGURATION, ToastEntity, key_of
from ingestion.stated import Stated
from ingestion.windows import Window, Windows

WORKERS = 4  # days read at the same time
LONGEST_SPAN = timedelta(days=28)  # of changes asked for at once; the till takes up to a month
EDITS_OVERLAP = timedelta(hours=1)
EDITS_PAUSE = 5.0  # seconds between requests for changes
EDITS_READ = "edits_read_until"
REFUND_DAY = ["checks", "payments", "refund", "refundBusinessDate"]
PAYMENT_DAYS = ("paidBusinessDate", "refundBusinessDate", "voidBusinessDate")

Batches = Iterator[list[Record]]


def read(account: Account, entity: ToastEntity, pull: Pull) -> Batches:
    """Yield what the till holds of `entity`, or what may have changed since the last time.

    Raises SourceError, or AccountError when the account cannot log in.
    """
    with Client(account) as client:
        yield from WAYS[entity.way](client, entity, pull)


def _restaurant(client: Client, entity: ToastEntity, pull: Pull) -> Batches:
    """The restaurant itself: its name, zone, currency and the hour at which its day ends."""
    piece = client.one(entity.path.format(guid=client.restaurant), pull)
    for difference in differences(client.account, [piece.value]):
        pull.warn(difference)
    yield to_records(entity, [piece], pull)


def differences(account: Account, restaurants: Iterable[Any]) -> list[str]:
    """Where the restaurant's currency or closeout hour is not the account's, and what to do."""
    general = [one.get("general") for one in restaurants if isinstance(one, dict)]
    places = [_stated(one) for one in general if isinstance(one, dict)]
    return stated.differences(account, places, "closeout hour")


def _stated(general: dict) -> Stated:
    hour = general.get("closeoutHour")
    closeout = f"{hour:02d}:00" if isinstance(hour, int) else None
    name = str(general.get("name") or "the restaurant")
    return Stated(name, general.get("currencyCode"), closeout)


def _list(client: Client, entity: ToastEntity, pull: Pull) -> Batches:
    """The whole list each time. Who or what was deleted stays in it, marked."""
    yield to_records(entity, client.whole_list(entity.path, {}, pull), pull)


def _configuration(client: Client, entity: ToastEntity, pull: Pull) -> Batches:
    """All lists of the configuration, each record with its `kind`; what is gone is closed."""
    pull.documents = Documents(_kind_of, why="the till no longer lists them")
    for kind in CONFIGURATION:
        pieces = client.by_token(entity.path.format(kind=kind), pull)
        if pieces:
            yield to_records(
                entity, [with_field(piece, "kind", kind) for piece in pieces], pull, kind
            )
            pull.documents.read.add(kind)


def _kind_of(record_id: str) -> str:
    return record_id.partition("|")[0]


def _menus(client: Client, entity: ToastEntity, pull: Pull) -> Batches:
    """Everything that the menus hold, when they were published anew since the last read.

    The menus are one document; each item and modifier of it is a record, with the names of the
    menu and group that it was first found in. What they no longer hold is closed.
    """
    published = client.one("menus/v2/metadata", pull).value.get("lastUpdated")
    if published and published == pull.bookmark.get("published") and not pull.force:
        return
    found: dict[str, Piece] = {}
    try:
        for piece in _menu_items(client.one(entity.path, pull).text):
            found.setdefault(key_of(entity, piece.value) or piece.text, piece)
    except ValueError:
        raise SourceError(
            f"account {client.account_id}, {entity.path}: the answer holds no menus."
        ) from None
    pull.snapshot = True
    pull.bookmark["published"] = published
    yield to_records(entity, list(found.values()), pull)


def _menu_items(text: str) -> Iterator[Piece]:
    """Items of all groups, however deep, then the modifiers that they refer to."""
    whole = members(text)
    for menu in items(whole["menus"].text) if "menus" in whole else []:
        for group, piece in _group_items(menu):
            piece = with_field(piece, "menuGroupName", group)
            yield with_field(piece, "menuName", str(menu.value.get("name") or ""))
    references = whole.get("modifierOptionReferences")
    yield from members(references.text).values() if references and references.value else []


def _group_items(parent: Piece) -> Iterator[tuple[str, Piece]]:
    """The items of the groups of a menu or a group, each with the name of its own group."""
    groups = members(parent.text).get("menuGroups")
    for group in items(groups.text) if groups and groups.value else []:
        inside = members(group.text).get("menuItems")
        for piece in items(inside.text) if inside and inside.value else []:
            yield str(group.value.get("name") or ""), piece
        yield from _group_items(group)


def _orders(client: Client, entity: ToastEntity, pull: Pull) -> Batches:
    """Business day by business day, then what was edited since the last load, however old it is.

    The bookmark begins with the first load, before its first day is read: no edit is missed. What
    the day has brought already is not given twice.
    """
    if pull.refresh_day:
        yield from _business_days(client, entity, pull)
        return
    now = datetime.now(UTC)
    pull.bookmark.setdefault(EDITS_READ, now.isoformat())
    given: dict[str, int] = {}
    for records in _business_days(client, entity, pull):
        given.update((record.record_id, hash(record.payload)) for record in records)
        yield records
    start = datetime.fromisoformat(pull.bookmark[EDITS_READ]) - EDITS_OVERLAP
    while start < now:
        end = min(start + LONGEST_SPAN, now)
        span = {"startDate": _text(start), "endDate": _text(end)}
        for page in client.numbered(entity.path, span, pull, EDITS_PAUSE):
            records = to_records(entity, of_account(client, page), pull)
            yield [r for r in records if given.get(r.record_id) != hash(r.payload)]
        pull.bookmark[EDITS_READ] = end.isoformat()
        start = end
        if start < now:
            http.PATIENCE.sleep(EDITS_PAUSE)


def _business_days(client: Client, entity: ToastEntity, pull: Pull) -> Batches:
    """Business days as the till cuts them, each read again until three days after its end."""

    def read_one(window: Window, counts: Pull) -> Batches:
        query = {"businessDate": f"{window.day:%Y%m%d}"}
        if entity.way == "orders":
            for page in client.numbered(entity.path, query, counts):
                yield to_records(entity, page, counts)
            return
        pieces = client.whole_list(entity.path, query, counts)
        if pieces:
            day = window.day.isoformat()
            dated = [with_field(piece, "businessDate", day) for piece in pieces]
            yield to_records(entity, dated, counts)

    yield from _by_day(entity, pull, read_one)


def _payments(client: Client, entity: ToastEntity, pull: Pull) -> Batches:
    """The payments that were paid, refunded or voided on a business day, each by its id."""

    def read_one(window: Window, counts: Pull) -> Batches:
        day = f"{window.day:%Y%m%d}"
        lists = [client.whole_list(entity.path, {name: day}, counts) for name in PAYMENT_DAYS]
        for guid in dict.fromkeys(str(piece.value) for listed in lists for piece in listed):
            try:
                piece = client.one(entity.by_id.format(guid=guid), counts)
            except NotFoundError:
                counts.warn(f"payment {guid} is listed and not there.")
                continue
            yield to_records(entity, [piece], counts)

    yield from _by_day(entity, pull, read_one)


def _changed(client: Client, entity: ToastEntity, pull: Pull) -> Batches:
    """By the day (UTC) of the last change; with --force-refresh a business day as it was worked.

    Only asked by change does the till give what it has archived.
    """

    def read_one(window: Window, counts: Pull) -> Batches:
        query = {
            "modifiedStartDate": _text(window.start),
            "modifiedEndDate": _text(window.end),
        }
        if pull.refresh_day:
            query = {"businessDate": f"{window.day:%Y%m%d}"}
        pieces = of_account(client, client.whole_list(entity.path, query, counts))
        if pieces:
            yield to_records(entity, pieces, counts)

    yield from _by_day(entity, pull, read_one)


def _by_day(
    entity: ToastEntity, pull: Pull, read_one: Callable[[Window, Pull], Batches]
) -> Batches:
    windows = pull.windows or Windows()
    yield from windows.read(pull, windows.plan(pull, entity.overlap), read_one, WORKERS)


def _text(moment: datetime) -> str:
    """A moment as Toast takes it: with an offset that has no colon."""
    utc = moment.astimezone(UTC)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03}+0000"


WAYS: dict[str, Callable[[Client, ToastEntity, Pull], Batches]] = {
    "restaurant": _restaurant,
    "configuration": _configuration,
    "menus": _menus,
    "list": _list,
    "orders": _orders,
    "payments": _payments,
    "business_day": _business_days,
    "changed": _changed,
}


# -- what came -------------------------------------------------------------------------------


def of_account(client: Client, pieces: list[Piece]) -> list[Piece]:
    """The records of business days that are the account's: others belong to the one before or
    after it. An older order of which something was given back on its days is among them.
    """
    return [piece for piece in pieces if _is_of_account(*client.active, piece.value)]


def _is_of_account(first: str, last: str, record: Any) -> bool:
    """`first` and `last` are days as yyyymmdd, empty for any."""
    day = str(record.get("businessDate") or "") if isinstance(record, dict) else ""
    if not day or first <= day and (not last or day <= last):
        return True
    return day < first and any(str(back or "") >= first for back in values_at(record, REFUND_DAY))


def to_records(
    entity: ToastEntity, pieces: list[Piece], pull: Pull, kind: str = ""
) -> list[Record]:
    """Pieces as records by their guid, or `kind|guid`.

    One without a guid is landed all the same and listed as rejected.
    """
    return [
        Record(f"{kind}|{key}" if kind else key, piece.text)
        for key, piece in keyed(entity, pieces, pull, key_of, entity.path)
    ]
