"""A stand-in for Square's API that serves given records and does what the real one does.

    with FakeSquare({"locations": [...], "orders": [...]}, token="secret") as till:
        ... till.url, till.requests, till.change("orders", {...})

Always on: limits per endpoint, ten locations a search, sort and filter that must agree, payments
of the main location alone unless one is named and of the last year unless told, deleted catalog
objects on demand, customers that vanish, cursors that belong to one query and live five minutes.
On order: `plan("orders/search", "ok", "429", ...)` decides the next answers of one path,
`before_page` runs before a page is answered, `empty_pages` puts an empty page with a cursor
before each full one, `expire_cursors()` ends all cursors, `seconds_per_record` is what a record of
an answer takes. No limit is published, so none is there; a 429 does not say how long to wait. With
`sign_in` it takes the tokens that this gives, not `token`, each for the scopes it was granted for.
"""

from __future__ import annotations

import json
import secrets
import threading
import time
from bisect import bisect_left
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from ingestion.fakes.limits import clock
from ingestion.fakes.sign_in import FakeSignIn
from ingestion.fakes.till import FakeTill, RefusalError, TillHandler

CURSOR_SECONDS = 300
LIMITS = {  # default, largest
    "catalog/search": (1000, 1000),
    "customers/search": (100, 100),
    "orders/search": (500, 1000),
    "payments": (100, 100),
    "refunds": (100, 100),
    "team-members/search": (100, 200),
    "labor/timecards/search": (200, 200),
    "inventory/counts/batch-retrieve": (1000, 1000),
    "inventory/changes/batch-retrieve": (1000, 1000),
    "gift-cards": (30, 200),
    "gift-cards/activities": (50, 100),
}
SCOPES = {  # what a path begins with -> the scope
    "locations": "MERCHANT_PROFILE_READ",
    "catalog": "ITEMS_READ",
    "orders": "ORDERS_READ",
    "payments": "PAYMENTS_READ",
    "refunds": "PAYMENTS_READ",
    "customers": "CUSTOMERS_READ",
    "team-members": "EMPLOYEES_READ",
    "labor": "TIMECARDS_READ",
    "inventory": "INVENTORY_READ",
    "gift-cards": "GIFTCARDS_READ",
}
ERRORS = {  # status -> category and code
    400: ("INVALID_REQUEST_ERROR", "BAD_REQUEST"),
    401: ("AUTHENTICATION_ERROR", "UNAUTHORIZED"),
    403: ("AUTHENTICATION_ERROR", "FORBIDDEN"),
    404: ("INVALID_REQUEST_ERROR", "NOT_FOUND"),
    405: ("INVALID_REQUEST_ERROR", "METHOD_NOT_ALLOWED"),
    429: ("RATE_LIMIT_ERROR", "RATE_LIMITED"),
}


class Stored:
    """One record: the text that is served and the fields that searches look at."""

    __slots__ = ("created_at", "location_id", "text", "updated_at")

    def __init__(self, text: str, value: dict) -> None:
        inner = value.get(str(value.get("type", "")).lower(), value)  # inventory changes
        value = inner if isinstance(inner, dict) else value
        self.text = text
        self.location_id = value.get("location_id") or value.get("from_location_id")
        self.created_at = value.get("created_at", "")
        self.updated_at = value.get("updated_at") or value.get("calculated_at") or self.created_at

    @property
    def value(self) -> dict:
        """What the record says."""
        return json.loads(self.text)


class _Cursor(NamedTuple):
    of: str
    start: int
    first_asked: str
    given: float


class _Handler(TillHandler):
    def read_posted(self, body: bytes) -> None:
        """Searches are asked by a JSON body."""
        self.read(self.path, json.loads(body or b"{}"))

    def check(self, path: str) -> None:
        """Each list is asked by GET or by POST, not by both."""
        super().check(path)
        if path in LISTS and (self.command == "POST") != (path in POSTED):
            raise RefusalError(self.command, 405)

    def limits(self) -> dict[str, str]:
        """No limit is told; the version of the API is, as it was asked for."""
        return {"Square-Version": self.headers.get("Square-Version", "")}

    def refuse(self, refusal: RefusalError, headers: dict[str, str] | None = None) -> None:
        """In Square's shape."""
        category, code = ERRORS.get(refusal.status, ("API_ERROR", "INTERNAL_SERVER_ERROR"))
        error = {"category": category, "code": refusal.code or code, "detail": str(refusal)}
        self.send_text(refusal.status, json.dumps({"errors": [error]}), headers)


class FakeSquare(FakeTill):
    """One seller's account. `records` is {entity: [dict or JSON text, ...]}."""

    handler = _Handler
    api = "/v2/"
    own_faults = frozenset({"same-cursor"})
    way_to_wait = "untold"

    def __init__(
        self,
        records: dict[str, list],
        token: str = "test-token",
        sign_in: FakeSignIn | None = None,
        port: int = 0,
    ) -> None:
        super().__init__(token, sign_in, port)
        self.empty_pages = False
        self.seconds_per_record = 0.0
        self.now: Callable[[], datetime] = lambda: datetime.now(UTC)
        self._cursors: dict[str, _Cursor] = {}
        self._shelf: dict[str, dict[str, Stored]] = {}
        self._sorted: dict[tuple[str, str], tuple[list[str], list[Stored]]] = {}
        self._lock = threading.Lock()
        for entity, rows in records.items():
            for row in rows:
                self.change(entity, row)

    # -- what a test says ------------------------------------------------------------------

    def change(self, entity: str, record: dict | str) -> None:
        """Add a record, or put it in place of the one with its id."""
        text = record if isinstance(record, str) else json.dumps(record)
        value = json.loads(text)
        with self._lock:
            shelf = self._shelf.setdefault(entity, {})
            shelf[_key(value)] = Stored(text, value)
            self._sorted.clear()

    def remove(self, entity: str, record_id: str) -> None:
        """Take a record away for good, without a word."""
        with self._lock:
            del self._shelf[entity][record_id]
            self._sorted.clear()

    def expire_cursors(self) -> None:
        """Every cursor given so far is worth nothing now."""
        self._cursors.clear()

    # -- what the till answers -------------------------------------------------------------

    def scope_of(self, path: str) -> str:
        """The scope of the kind of record."""
        return SCOPES.get(path.partition("/")[0], "")

    def body(self, path: str, query: dict, fault: str) -> str | None:
        """The JSON text of an answer; None when there is nothing at this path (404)."""
        if path == "locations":
            return _list_text("locations", list(self._shelf.get("locations", {}).values()))
        if path not in LISTS:
            return self._one(path)
        entity, field, choose = LISTS[path]
        default, largest = LIMITS[path]
        limit = int(query.get("limit", default))
        if not 1 <= limit <= largest:
            raise RefusalError(f"limit must be between 1 and {largest}", code="VALUE_TOO_HIGH")
        start, first_asked = self._start(path, query)
        rows = choose(self, entity, query | {"first_asked": first_asked})
        page, rest = rows[start : start + limit], len(rows) - start - limit
        if self.empty_pages and query.get("cursor", "full").startswith("full"):
            page, rest, limit = [], len(rows) - start, 0
        time.sleep(self.seconds_per_record * len(page))
        cursor = None
        if rest > 0:
            kind = "empty" if self.empty_pages and not limit else "full"
            cursor = f"{kind}{secrets.token_urlsafe(24)}"
            if fault == "same-cursor" and query.get("cursor"):
                cursor, limit = query["cursor"], 0
            self._cursors[cursor] = _Cursor(_of(path, query), start + limit, first_asked, clock())
        return _list_text(field, page, cursor)

    def _start(self, path: str, query: dict) -> tuple[int, str]:
        """Where the page begins, and when its list was asked for first."""
        name = query.get("cursor")
        if name is None:
            return 0, _text(self.now())
        cursor = self._cursors.get(name)
        if not cursor or cursor.of != _of(path, query) or clock() > cursor.given + CURSOR_SECONDS:
            raise RefusalError("The cursor is invalid or has expired.", code="INVALID_CURSOR")
        return cursor.start, cursor.first_asked

    def _one(self, path: str) -> str | None:
        folder, _, record_id = path.rpartition("/")
        entity, field = SINGLE.get(folder, ("", ""))
        stored = self._shelf.get(entity, {}).get(record_id)
        return f'{{"{field}": {stored.text}}}' if stored else None

    def between(self, entity: str, field: str, start: str | None, end: str | None) -> list[Stored]:
        """The records whose `field` lies between two moments, both inclusive, oldest first."""
        with self._lock:
            if (entity, field) not in self._sorted:
                rows = sorted(self._shelf.get(entity, {}).values(), key=lambda r: getattr(r, field))
                self._sorted[entity, field] = ([getattr(r, field) for r in rows], rows)
            moments, rows = self._sorted[entity, field]
        first = bisect_left(moments, start) if start else 0
        last = bisect_left(moments, end + "\0") if end else len(rows)
        return rows[first:last]

    # -- each search with its own rules ----------------------------------------------------

    def orders(self, entity: str, query: dict) -> list[Stored]:
        """At most ten locations; filter and sort name the same moment; the end is now if untold."""
        locations = query.get("location_ids") or []
        if not 1 <= len(locations) <= 10:
            raise RefusalError("location_ids must hold 1 to 10 locations", code="INVALID_VALUE")
        asked = query.get("query", {})
        times = asked.get("filter", {}).get("date_time_filter", {})
        by = asked.get("sort", {}).get("sort_field", "CREATED_AT").lower()
        if times and list(times) != [by]:
            raise RefusalError("sort_field must be the field of date_time_filter")
        span = times.get(by, {})
        end = span.get("end_at", query["first_asked"] if span else None)
        rows = self.between(entity, by, span.get("start_at"), end)
        return [row for row in rows if row.location_id in locations]

    def payments(self, entity: str, query: dict) -> list[Stored]:
        """One location, the main one unless told; created in the last year unless told."""
        main = next(iter(self._shelf.get("locations", {})), None)
        location = query.get("location_id", main)
        year_ago = _text(self.now() - timedelta(days=365))
        first, last = query.get("begin_time", year_ago), query.get("end_time", "9999")
        spans = {k: query.get(f"updated_at_{k}_time") for k in ("begin", "end")}
        if any(spans.values()) and query.get("sort_field") != "UPDATED_AT":
            raise RefusalError("sort_field must be UPDATED_AT with updated_at filters")
        rows = self.between(entity, "updated_at", spans["begin"], spans["end"])
        return [r for r in rows if r.location_id == location and first <= r.created_at <= last]

    def catalog(self, entity: str, query: dict) -> list[Stored]:
        """begin_time is exclusive; deleted objects come only on demand."""
        begin = query.get("begin_time")
        types, deleted = query.get("object_types"), query.get("include_deleted_objects")
        rows = self.between(entity, "updated_at", begin, None)
        return [
            row
            for row in rows
            if (not begin or row.updated_at > begin)
            and (not types or row.value["type"] in types)
            and (deleted or not row.value.get("is_deleted"))
        ]

    def customers(self, entity: str, query: dict) -> list[Stored]:
        """By the moment of the last change."""
        span = query.get("query", {}).get("filter", {}).get("updated_at", {})
        return self.between(entity, "updated_at", span.get("start_at"), span.get("end_at"))

    def timecards(self, entity: str, query: dict) -> list[Stored]:
        """No filter by change, but an order."""
        sort = query.get("query", {}).get("sort", {})
        rows = self.between(entity, sort.get("field", "START_AT").lower(), None, None)
        return rows[::-1] if sort.get("order") == "DESC" else rows

    def inventory(self, entity: str, query: dict) -> list[Stored]:
        """By the moment it was calculated; all locations unless told."""
        locations = query.get("location_ids")
        rows = self.between(
            entity, "updated_at", query.get("updated_after"), query.get("updated_before")
        )
        return [row for row in rows if not locations or row.location_id in locations]

    def activities(self, entity: str, query: dict) -> list[Stored]:
        """By the moment they were made."""
        return self.between(entity, "created_at", query.get("begin_time"), query.get("end_time"))

    def everything(self, entity: str, query: dict) -> list[Stored]:
        """All of them."""
        return list(self._shelf.get(entity, {}).values())


LISTS = {
    "catalog/search": ("catalog_objects", "objects", FakeSquare.catalog),
    "customers/search": ("customers", "customers", FakeSquare.customers),
    "orders/search": ("orders", "orders", FakeSquare.orders),
    "payments": ("payments", "payments", FakeSquare.payments),
    "refunds": ("refunds", "refunds", FakeSquare.payments),
    "team-members/search": ("team_members", "team_members", FakeSquare.everything),
    "labor/timecards/search": ("timecards", "timecards", FakeSquare.timecards),
    "inventory/counts/batch-retrieve": ("inventory_counts", "counts", FakeSquare.inventory),
    "inventory/changes/batch-retrieve": ("inventory_changes", "changes", FakeSquare.inventory),
    "gift-cards": ("gift_cards", "gift_cards", FakeSquare.everything),
    "gift-cards/activities": (
        "gift_card_activities", "gift_card_activities", FakeSquare.activities
    ),
}  # fmt: skip
SINGLE = {
    "orders": ("orders", "order"),
    "payments": ("payments", "payment"),
    "refunds": ("refunds", "refund"),
    "customers": ("customers", "customer"),
    "catalog/object": ("catalog_objects", "object"),
    "team-members": ("team_members", "team_member"),
    "labor/timecards": ("timecards", "timecard"),
    "gift-cards": ("gift_cards", "gift_card"),
}
POSTED = {path for path in LISTS if path.endswith(("search", "batch-retrieve"))}


def _key(record: dict[str, Any]) -> str:
    """The id; that of an inventory change lies deeper, an inventory count has none of its own."""
    if "id" in record:
        return record["id"]
    inner = record.get(str(record.get("type", "")).lower(), {})
    names = ("catalog_object_id", "location_id", "state")
    return inner.get("id") or "|".join(str(record.get(name)) for name in names)


def _of(path: str, query: dict) -> str:
    """What a cursor belongs to: the path and all of the query but the cursor itself."""
    asked = {name: value for name, value in query.items() if name != "cursor"}
    return f"{path} {json.dumps(asked, sort_keys=True)}"


def _text(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S.000Z}"


def _list_text(field: str, page: list[Stored], cursor: str | None = None) -> str:
    """An answer; an empty list is left out, as Square does."""
    parts = [f'"{field}": [{", ".join(row.text for row in page)}]'] if page else []
    parts += [f'"cursor": {json.dumps(cursor)}'] if cursor else []
    return "{" + ", ".join(parts) + "}"
