"""K-Series, one way of reading per kind of endpoint: its locations, whole lists, day by day."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from ingestion.accounts import Account
from ingestion.contract import Documents, Pull, Record
from ingestion.http import NotFoundError, RefusedError
from ingestion.json_text import Piece, with_field
from ingestion.records import GONE, keyed, tell_gone
from ingestion.sources.lightspeed_k import stated
from ingestion.sources.lightspeed_k.client import Client, Location
from ingestion.sources.lightspeed_k.entities import KEntity, key_of
from ingestion.sources.lightspeed_k.stated import NEXT_START, start_of_day
from ingestion.stated import Stated
from ingestion.windows import Window, Windows

WORKERS = 4  # days read at the same time
INCLUDE = "staff,table,consumer,payments,revenue_center,account_profile"
SALES_PER_PAGE = 100
MOMENT = r"\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})?)?"
EARLIEST = re.compile(rf"after:?\s*({MOMENT}),?[^.]*earliest available date", re.DOTALL)

Batches = Iterator[list[Record]]


def read(account: Account, entity: KEntity, pull: Pull) -> Batches:
    """Yield what the till holds of `entity`, or what may have changed since the last time.

    Raises SourceError, or AccountError when the account has no token.
    """
    with Client(account) as client:
        yield from WAYS[entity.way](client, entity, pull)


def _businesses(client: Client, entity: KEntity, pull: Pull) -> Batches:
    """The businesses, or their locations. One that is gone is closed, and told by its name."""
    if entity.name == "businesses":
        pieces = client.businesses(pull)
        told = stated.currencies(piece.value for piece in pieces)
        pull.warnings += stated.differences(client.account, told)
    else:
        locations = client.locations(pull)
        pieces = [location.piece for location in locations]
        tell_gone({location.id: location.name for location in locations}, pull)
    yield to_records(entity, pieces, pull, "")


def _lists(client: Client, entity: KEntity, pull: Pull) -> Batches:
    """The whole list of every location: what is gone from it is closed.

    What was read of a location that is no longer listed, whose list came empty, or whose list moved
    while it was read, stays.
    """
    pull.documents = Documents(_location_of, why="the till no longer lists them")
    for location in client.locations(pull):
        rejected, found = len(pull.rejections), 0
        for path in entity.paths:
            query = {} if "{location}" in path else {"businessLocationId": location.id}
            kind = path.rpartition("/")[2] if len(entity.paths) > 1 else ""
            try:
                for page in client.pages(entity, path.format(location=location.id), query, pull):
                    found += len(page)
                    yield to_records(entity, page, pull, location.id, kind)
            except NotFoundError:
                if _is_listed(client, location, pull):
                    raise
                found = 0
                break
        if found and pull.is_whole and len(pull.rejections) == rejected:
            pull.documents.read.add(location.id)


def _location_of(record_id: str) -> str:
    return record_id.partition("|")[0]


def _closed(client: Client, entity: KEntity, pull: Pull) -> Batches:
    """Sales by the moment they were closed; a day asked for by `--force-refresh` is the shop's."""

    def between(location: Location, start: datetime, end: datetime, counts: Pull) -> Batches:
        query = {"include": INCLUDE, "pageSize": SALES_PER_PAGE}
        query |= {"from": _text(start), "to": _text(end)}
        path = entity.paths[0].format(location=location.id)
        for answer in client.sales(path, query, counts):
            if answer.records:
                yield to_records(entity, answer.records, counts, location.id)

    def read_one(location: Location, window: Window, counts: Pull) -> Batches:
        start, end = _span(window, location.zone if pull.refresh_day else UTC)
        try:
            yield from between(location, start, end, counts)
        except RefusedError as error:
            opened = _opened(error.answer)
            if opened is None or opened < start:
                raise
            counts.warn(f"location {location.id} has nothing before {opened:%Y-%m-%d}.")
            if opened < end:
                yield from between(location, opened + timedelta(seconds=1), end, counts)

    yield from _by_day(client, entity, pull, read_one)


def _shifts(client: Client, entity: KEntity, pull: Pull) -> Batches:
    """Shifts of a day; the till takes moments without a zone."""

    def read_one(location: Location, window: Window, counts: Pull) -> Batches:
        start, end = (f"{moment:%Y-%m-%dT%H:%M:%S}" for moment in _span(window, UTC))
        query = {"startTime": start, "endTime": end, "sort": "date,desc"}
        path = entity.paths[0].format(location=location.id)
        for page in client.pages(entity, path, query, counts):
            yield to_records(entity, page, counts, location.id)

    yield from _by_day(client, entity, pull, read_one)


def _business_day(client: Client, entity: KEntity, pull: Pull) -> Batches:
    """A business day as the till cuts it, read again with each load until it says it is complete.

    V2's answer is one record, as it came. V1 gives its sales in no order, so each is a record with
    the date of its business day added; that it says whether the day is complete is not documented,
    so a day of which it does not is read again for two days, as sales are. The last day that was
    read tells when a location's days start.
    """
    is_silence_complete = bool(entity.records)
    starts: dict[tuple[str, date], Stated] = {}

    def read_one(location: Location, window: Window, counts: Pull) -> Batches:
        if window.day > datetime.now(location.zone).date():
            counts.is_whole = False
            return
        path, day = entity.paths[0].format(location=location.id), window.day.isoformat()
        for answer in client.sales(path, {"date": day, "include": INCLUDE}, counts):
            if answer.rest.get("dataComplete", is_silence_complete) is not True:
                counts.is_whole = False
            if entity.records:
                pieces = [with_field(piece, "businessDate", day) for piece in answer.records]
            else:
                pieces = [with_field(Piece(answer.text, answer.rest), "date", day)]
                name, next_start = location.name or location.id, answer.rest.get(NEXT_START)
                starts[location.id, window.day] = start_of_day(name, next_start, location.zone)
            yield to_records(entity, pieces, counts, location.id)

    yield from _by_day(client, entity, pull, read_one)
    last = {location_id: starts[location_id, day] for location_id, day in sorted(starts)}
    pull.warnings += stated.differences(client.account, last.values())


def _by_day(
    client: Client,
    entity: KEntity,
    pull: Pull,
    read_one: Callable[[Location, Window, Pull], Batches],
) -> Batches:
    """All days that are left, each for every location that is listed now.

    A day in which a location goes away stays pending: it was not read of all that were planned.
    """
    windows = pull.windows or Windows()
    locations = client.locations(pull)

    def read_day(window: Window, counts: Pull) -> Batches:
        for location in locations:
            try:
                yield from read_one(location, window, counts)
            except NotFoundError:
                if _is_listed(client, location, counts):
                    raise
                counts.is_whole = False

    plan = windows.plan(pull, entity.overlap, {place.id: place.name for place in locations})
    yield from windows.read(pull, plan, read_day, WORKERS)


def _is_listed(client: Client, location: Location, pull: Pull) -> bool:
    """Whether a location that answered 404 is still there; told when it is gone by now."""
    if location.id in {there.id for there in client.locations(pull)}:
        return True
    pull.warn(GONE.format(id=location.id, name=location.name))
    return False


def _opened(answer: str) -> datetime | None:
    """The first moment of a location, where the till refuses to give what was before."""
    found = EARLIEST.search(answer)
    if not found:
        return None
    opened = datetime.fromisoformat(found[1])
    return opened if opened.tzinfo else opened.replace(tzinfo=UTC)


def _span(window: Window, zone: tzinfo) -> tuple[datetime, datetime]:
    """The first moment of the day and of the next one, in UTC."""
    days = (window.day, window.day + timedelta(days=1))
    first, after = (datetime.combine(day, time(), zone).astimezone(UTC) for day in days)
    return first, after


def _text(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


WAYS: dict[str, Callable[[Client, KEntity, Pull], Batches]] = {
    "businesses": _businesses,
    "lists": _lists,
    "closed": _closed,
    "shifts": _shifts,
    "business_day": _business_day,
}


# -- what came -------------------------------------------------------------------------------


def to_records(
    entity: KEntity, pieces: list[Piece], pull: Pull, location: str, kind: str = ""
) -> list[Record]:
    """Pieces as records: `location|id`, or `location|kind|id`, as ids may be a location's own.

    `businessLocationId` is added where the till leaves it out. A record without an id is landed
    all the same and listed as rejected.
    """
    records = []
    for key, piece in keyed(entity, pieces, pull, key_of, entity.name):
        if location:
            piece = with_field(piece, "businessLocationId", location)
        records.append(Record("|".join(part for part in (location, kind, key) if part), piece.text))
    return records
