"""Square, one way of reading per kind of endpoint: whole lists, what changed, day by day."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from ingestion import stated
from ingestion.accounts import Account
from ingestion.contract import Pull, Record
from ingestion.json_text import Piece
from ingestion.records import keyed, tell_gone
from ingestion.sources.square.client import Client
from ingestion.sources.square.entities import BY_NAME, SquareEntity, key_of
from ingestion.stated import Stated
from ingestion.windows import Window, Windows

OVERLAP = timedelta(hours=72)  # a till that was offline sends its orders up to so much later
WEEK = timedelta(days=7)
WORKERS = 4  # requests at the same time
LOCATIONS_PER_REQUEST = {"orders": 10, "payments": 1, "refunds": 1}  # else all
NOT_BY_LOCATION = {"gift_card_activities"}
BEFORE_SQUARE = "2009-01-01T00:00:00.000Z"
CATALOG_TYPES = "ITEM ITEM_VARIATION CATEGORY TAX DISCOUNT MODIFIER_LIST MODIFIER"

Batches = Iterator[list[Record]]


def read(account: Account, entity: SquareEntity, pull: Pull) -> Batches:
    """Yield what the till holds of `entity`, or what may have changed since the last time.

    Raises SourceError, or AccountError when the account has no token.
    """
    with Client(account) as client:
        yield from WAYS[entity.way](client, account, entity, pull)


def _whole(client: Client, account: Account, entity: SquareEntity, pull: Pull) -> Batches:
    """The whole list each time; what is new or changed makes new versions.

    A location that is gone is told: of the others alone orders and payments are asked for.
    """
    locations: list[dict] = []
    for page in client.pages(entity, {}, pull):
        if entity.name == "locations":
            locations += [piece.value for piece in page if isinstance(piece.value, dict)]
        yield to_records(entity, page, pull)
    tell_gone(_names(locations), pull)
    pull.warnings += differences(account, locations)


def _names(locations: Iterable[dict]) -> dict[str, str]:
    """Location id -> its name."""
    return {str(one.get("id")): str(one.get("name") or "") for one in locations}


def differences(account: Account, locations: Iterable[Any]) -> list[str]:
    """Where a location's currency is not the account's; Square states no start of day."""
    known = [one for one in locations if isinstance(one, dict)]
    places = [Stated(str(one.get("name") or one.get("id")), one.get("currency")) for one in known]
    return stated.differences(account, places, "")


def _changed(client: Client, account: Account, entity: SquareEntity, pull: Pull) -> Batches:
    """What changed since the last read; all at first, with --force, and weekly where needed.

    A whole read of records that vanish without a word is a snapshot: what is gone is closed. The
    bookmark moves with the last records, so nothing is asked for twice in vain.
    """
    now = datetime.now(UTC)
    read_at, whole_at = (_moment(pull.bookmark.get(key)) for key in ("read_at", "whole_at"))
    is_whole = pull.force or read_at is None or (entity.vanishes and now - whole_at >= WEEK)
    since = None if is_whole else read_at - OVERLAP
    waiting: list[Record] = []
    for page in client.pages(entity, QUERIES[entity.name](client, since), pull):
        kept = _recent(entity, page, since)
        if kept:
            if waiting:
                yield waiting
            waiting = to_records(entity, kept, pull)
            pull.snapshot = is_whole and entity.vanishes
        if len(kept) < len(page):
            break
    if waiting:
        pull.bookmark["read_at"] = now.isoformat()
        if is_whole:
            pull.bookmark["whole_at"] = now.isoformat()
        yield waiting


def _recent(entity: SquareEntity, page: list[Piece], since: datetime | None) -> list[Piece]:
    """Timecards cannot be asked by date: they come newest first, and older ones end the list."""
    if entity.name != "timecards" or since is None:
        return page
    return [p for p in page if (_moment(p.value.get("updated_at")) or since) >= since]


def _by_day(client: Client, account: Account, entity: SquareEntity, pull: Pull) -> Batches:
    """Day by day of the last change; with --force-refresh one day of the shop as it was made."""
    windows = pull.windows or Windows()
    pages = client.pages(BY_NAME["locations"], {}, pull)
    listed = _names(piece.value for page in pages for piece in page)
    groups = _location_groups(entity, list(listed))

    def read_one(window: Window, counts: Pull) -> Batches:
        start, end = _span(window, account, bool(pull.refresh_day))
        for group in groups:
            query = QUERIES[entity.name](group, start, end, bool(pull.refresh_day))
            for page in client.pages(entity, query, counts):
                if page:
                    yield to_records(entity, page, counts)

    plan = windows.plan(pull, OVERLAP, None if entity.name in NOT_BY_LOCATION else listed)
    yield from windows.read(pull, plan, read_one, WORKERS)


def _location_groups(entity: SquareEntity, ids: list[str]) -> list[tuple[str, ...]]:
    """The locations of one request: ten for orders, one for payments, all for the rest."""
    size = LOCATIONS_PER_REQUEST.get(entity.name, max(len(ids), 1))
    return [tuple(ids[start : start + size]) for start in range(0, len(ids), size)]


def _span(window: Window, account: Account, on_the_shops_clock: bool) -> tuple[str, str]:
    """The first moment of the day and of the next one, as Square writes moments."""
    zone = ZoneInfo(account.time_zone) if on_the_shops_clock else UTC
    days = (window.day, window.day + timedelta(days=1))
    return tuple(_text(datetime.combine(day, time(), zone)) for day in days)


def _text(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S.000Z}"


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


# -- what is asked ---------------------------------------------------------------------------


def _ask_orders(group: tuple[str, ...], start: str, end: str, as_made: bool) -> dict:
    """Filter and sort must name the same field, or Square refuses."""
    by = "created_at" if as_made else "updated_at"
    return {
        "location_ids": list(group),
        "query": {
            "filter": {"date_time_filter": {by: {"start_at": start, "end_at": end}}},
            "sort": {"sort_field": by.upper(), "sort_order": "ASC"},
        },
    }


def _ask_payments(group: tuple[str, ...], start: str, end: str, as_made: bool) -> dict:
    """Without a location only the main one is given; without begin_time only the last year."""
    if as_made:
        return {"location_id": group[0], "begin_time": start, "end_time": end}
    return {
        "location_id": group[0],
        "begin_time": BEFORE_SQUARE,
        "updated_at_begin_time": start,
        "updated_at_end_time": end,
        "sort_field": "UPDATED_AT",
        "sort_order": "ASC",
    }


def _ask_inventory_changes(group: tuple[str, ...], start: str, end: str, as_made: bool) -> dict:
    return {"location_ids": list(group), "updated_after": start, "updated_before": end}


def _ask_activities(group: tuple[str, ...], start: str, end: str, as_made: bool) -> dict:
    return {"begin_time": start, "end_time": end, "sort_order": "ASC"}


def _ask_catalog(client: Client, since: datetime | None) -> dict:
    query: dict = {"object_types": CATALOG_TYPES.split(), "include_deleted_objects": True}
    return query | ({"begin_time": _text(since)} if since else {})


def _ask_customers(client: Client, since: datetime | None) -> dict:
    changed = {"filter": {"updated_at": {"start_at": _text(since)}}} if since else {}
    return {"query": changed | {"sort": {"field": "CREATED_AT", "order": "ASC"}}}


def _ask_timecards(client: Client, since: datetime | None) -> dict:
    return {"query": {"sort": {"field": "UPDATED_AT", "order": "DESC"}}}


def _ask_counts(client: Client, since: datetime | None) -> dict:
    return {"updated_after": _text(since)} if since else {}


QUERIES: dict[str, Callable[..., dict]] = {
    "orders": _ask_orders,
    "payments": _ask_payments,
    "refunds": _ask_payments,
    "inventory_changes": _ask_inventory_changes,
    "gift_card_activities": _ask_activities,
    "catalog_objects": _ask_catalog,
    "customers": _ask_customers,
    "timecards": _ask_timecards,
    "inventory_counts": _ask_counts,
}
WAYS: dict[str, Callable[[Client, Account, SquareEntity, Pull], Batches]] = {
    "whole": _whole,
    "changed": _changed,
    "days": _by_day,
}


# -- what came -------------------------------------------------------------------------------


def to_records(entity: SquareEntity, pieces: list[Piece], pull: Pull) -> list[Record]:
    """Pieces as records. One without an id is landed all the same and listed as rejected."""
    found = keyed(entity, pieces, pull, key_of, entity.path)
    return [Record(key, piece.text) for key, piece in found]
