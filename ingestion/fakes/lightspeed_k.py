"""A stand-in for K-Series' API that serves given records and does what the real one does.

    with FakeKSeries(businesses, {"sales": {"101": [...]}}, token="secret") as till:
        ... till.url, till.requests, till.change("sales", "101", {...}), till.close("101")

`records` is {entity: {location id: [dict or JSON text, ...]}}. Always on: sales by the moment they
were closed, at most 100 a page, with a token that belongs to one query; no payments, staff, tables
and customers unless `include` asks for them; 400 for a span of more than a year and for one before
a location opened; V1's other names and its changing order; items by offset, people by page, short
lists below `_embedded`, which is left out when empty; 404 for a location that was closed.
On order: `plan("sales", "ok", "429", ...)` decides the next answers of the paths that end so,
`before_page` runs before an answer, `incomplete` holds the (location, date) that the till is not
done with, `opened` the first moment of a location, `moved` the first business day of a sale.
No limit is published, so none is there. With `sign_in` it takes the tokens that this gives, not
`token`, each for the scopes it was granted for.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from ingestion.fakes.sign_in import FakeSignIn
from ingestion.fakes.till import FakeTill, RefusalError, TillHandler

EMBEDDED = {
    "tax-rates": ("tax_rates", "taxRateList"),
    "paymentMethods": ("payment_methods", "paymentMethodList"),
    "accountingGroups": ("accounting_groups", "accountingGroupList"),
}
SCOPES = {"f": "financial-api", "items": "items", "staff": "staff-api"}
ONLY_IF_ASKED = {  # `include` -> the fields of a sale that come with it
    "payments": ("payments",),
    "staff": ("ownerId", "ownerName"),
    "table": ("tableNumber", "tableName"),
    "account_profile": ("accountProfileCode",),
}
V1_NAMES = {"timeOfOpening": "timeofOpening", "timeClosed": "timeofCloseAndPaid"}


class _Handler(TillHandler):
    def refuse(self, refusal: RefusalError, headers: dict[str, str] | None = None) -> None:
        """In K-Series' shape."""
        self.send_text(refusal.status, json.dumps({"error": str(refusal)}), headers)


class FakeKSeries(FakeTill):
    """What one sign-in may read."""

    handler = _Handler
    by_last_part = True
    own_faults = frozenset({"400", "same-token"})

    def __init__(
        self,
        businesses: list[dict],
        records: dict[str, dict[str, list]] | None = None,
        token: str = "test-token",
        sign_in: FakeSignIn | None = None,
        port: int = 0,
        day_starts: int = 5,
    ) -> None:
        super().__init__(token, sign_in, port)
        self.businesses = businesses
        self.incomplete: set[tuple[str, str]] = set()
        self.opened: dict[str, str] = {}
        self.moved: dict[str, str] = {}
        self.now: Callable[[], datetime] = lambda: datetime.now(UTC)
        self.day_starts = timedelta(hours=day_starts)
        self._shelf: dict[tuple[str, str], list[str]] = {}
        self._tokens: dict[str, tuple[str, int]] = {}
        for entity, by_location in (records or {}).items():
            for location, rows in by_location.items():
                for row in rows:
                    self.add(entity, location, row)

    # -- what a test says ------------------------------------------------------------------

    def add(self, entity: str, location: str, record: dict | str) -> None:
        """One more record of a location."""
        text = record if isinstance(record, str) else json.dumps(record)
        self._shelf.setdefault((entity, location), []).append(text)

    def change(self, entity: str, location: str, record: dict) -> None:
        """Put a record in place of the one with its id (its first field)."""
        name = next(iter(record))
        self.remove(entity, location, name, record[name])
        self.add(entity, location, record)

    def remove(self, entity: str, location: str, name: str, value: Any) -> None:
        """Take the records away whose field `name` is `value`."""
        rows = self._shelf.get((entity, location), [])
        self._shelf[entity, location] = [t for t in rows if json.loads(t).get(name) != value]

    def close(self, location: str) -> None:
        """A location that may no longer be read: neither listed nor answered."""
        for business in self.businesses:
            rows = business["businessLocations"]
            business["businessLocations"] = [r for r in rows if str(r["blID"]) != location]

    # -- what the till answers -------------------------------------------------------------

    def scope_of(self, path: str) -> str:
        """The scope of the API."""
        return SCOPES.get(path.partition("/")[0], "")

    def body(self, path: str, query: dict, fault: str) -> str | None:
        """The JSON text of an answer; None when there is nothing at this path (404)."""
        if path == "f/data/businesses":
            start, size = int(query.get("page", 0)), int(query.get("size", 1000))
            rows = self.businesses[start * size : (start + 1) * size]
            return _embedded("businessList", [json.dumps(row) for row in rows])
        if path == "items/v1/items":
            return self._items(query)
        parts = path.split("/")
        location = parts[3] if parts[:2] == ["staff", "v1"] else _location(parts)
        if location not in self._zones():
            return None
        ending = parts[-1]
        if ending in EMBEDDED:
            entity, name = EMBEDDED[ending]
            return _embedded(name, self._rows(entity, location))
        if ending in ("POS", "BACK_OFFICE"):
            rows = self._rows("staff", location)
            return self._people("staff", [t for t in rows if _is_of(t, ending)], query)
        answers = {
            "shift": self._shifts,
            "sales": self._sales,
            "sales-daily": self._sales_daily,
            "dailyFinancials": self._financials,
        }
        return answers[ending](location, query, fault) if ending in answers else None

    def _rows(self, entity: str, location: str) -> list[str]:
        return list(self._shelf.get((entity, location), []))

    def _zones(self) -> dict[str, ZoneInfo]:
        return {
            str(row["blID"]): ZoneInfo(row["timezone"])
            for business in self.businesses
            for row in business["businessLocations"]
        }

    def _items(self, query: dict) -> str | None:
        amount, offset = int(query.get("amount", 100)), int(query.get("offset", 0))
        if query.get("businessLocationId") not in self._zones():
            return None
        if not 1 <= amount <= 1000:
            raise RefusalError("amount must be between 1 and 1000")
        rows = self._rows("items", query["businessLocationId"])[offset : offset + amount]
        return f"[{', '.join(rows)}]"

    def _people(self, name: str, rows: list[str], query: dict) -> str:
        page, size = int(query.get("page", 1)), int(query.get("size", 10))
        total = -(-len(rows) // size)
        told = {"page": page, "size": size, "totalElements": len(rows), "totalPages": total}
        texts = ", ".join(rows[(page - 1) * size : page * size])
        return f'{{"data": {{"{name}": [{texts}]}}, "links": {{}}, "page": {json.dumps(told)}}}'

    def _shifts(self, location: str, query: dict, fault: str) -> str:
        """By the moment of their last change, newest first; moments have no zone and mean UTC."""
        start, end = query.get("startTime", ""), query.get("endTime", "9999")
        rows = sorted(self._rows("shifts", location), key=_changed, reverse=True)
        return self._people("shifts", [t for t in rows if start <= _changed(t) < end], query)

    def _sales(self, location: str, query: dict, fault: str) -> str:
        first, now = _moment(query.get("from")), self.now()
        last = min(_moment(query["to"]) if "to" in query else now, now)
        if last - first > timedelta(days=365) or first > last:
            raise RefusalError(f"Invalid date range: 'from' date {first} ... 'to' date {last}")
        opened = self.opened.get(location)
        if opened and first < datetime.fromisoformat(opened):
            raise RefusalError(
                "Invalid 'from' date query parameter. The requested business location was not"
                " operational on the provided date.\nPlease specify a date and time after:"
                f" {opened}, which is the earliest available date for this location.\n"
            )
        size = int(query.get("pageSize", 50))
        if not 1 <= size <= 100:
            raise RefusalError("pageSize must be between 1 and 100")
        rows = sorted(self._rows("sales", location), key=_closed)
        rows = [text for text in rows if first <= _moment(_closed(text)) <= last]
        asked = json.dumps({n: v for n, v in query.items() if n != "nextPageToken"}) + location
        token = query.get("nextPageToken", "")
        of, start = self._tokens.get(token, ("", 0)) if token else (asked, 0)
        if of != asked:
            raise RefusalError("Invalid nextPageToken")
        page = [_asked_for(text, query) for text in rows[start : start + size]]
        more = ""
        if start + size < len(rows):
            given = token if fault == "same-token" and token else secrets.token_urlsafe(12)
            self._tokens[given] = (asked, start if given == token else start + size)
            more = f', "nextPageToken": "{given}"'
        return f'{{"sales": [{", ".join(page)}]{more}}}'

    def _sales_daily(self, location: str, query: dict, fault: str) -> str:
        """The sales of a business day by the moment they were closed, or edited."""
        rows = sorted(self._of_day(location, query, by_edit=True), key=_closed)
        sales = ", ".join(_asked_for(text, query) for text in rows)
        return f'{{"sales": [{sales}], {self._end_of_day(location, query)}}}'

    def _financials(self, location: str, query: dict, fault: str) -> str:
        """V1: an edited sale stays on its first day; other names; no order to rely on."""
        rows = self._of_day(location, query, by_edit=False)
        secrets.SystemRandom().shuffle(rows)
        sales = ", ".join(json.dumps(_as_v1(_asked_for(text, query))) for text in rows)
        told = f'"businessLocationId": {location}, "businessName": "Fake"'
        return (
            f'{{{told}, "sales": [{sales}], {self._end_of_day(location, query)}, "_links": {{}}}}'
        )

    def _of_day(self, location: str, query: dict, by_edit: bool) -> list[str]:
        day, zone = query.get("date", ""), self._zones()[location]
        if day > f"{self.now().astimezone(zone):%Y-%m-%d}":
            raise RefusalError("Invalid date: it lies in the future")

        def is_of_day(text: str) -> bool:
            moved = self.moved.get(json.loads(text).get("accountFiscId"))
            closed = _moment(_closed(text)).astimezone(zone) - self.day_starts
            return (f"{closed:%Y-%m-%d}" if by_edit or not moved else moved) == day

        return [text for text in self._rows("sales", location) if is_of_day(text)]

    def _end_of_day(self, location: str, query: dict) -> str:
        is_complete = (location, query["date"]) not in self.incomplete
        zone = self._zones()[location]
        after = datetime.fromisoformat(query["date"]) + timedelta(days=1) + self.day_starts
        told = {"nextStartOfDayAsIso8601": after.replace(tzinfo=zone).isoformat()}
        return json.dumps(told | {"dataComplete": is_complete})[1:-1]


def _location(parts: list[str]) -> str:
    """The location of f/v2/business-location/101/... and of f/finance/101/..."""
    return parts[3] if parts[:2] == ["f", "v2"] else parts[2] if parts[0] == "f" else ""


def _is_of(text: str, user_type: str) -> bool:
    return user_type in json.loads(text).get("userTypes", [])


def _changed(text: str) -> str:
    return json.loads(text)["dateInUTC"].rstrip("Z")


def _closed(text: str) -> str:
    return json.loads(text)["timeClosed"]


def _moment(text: str | None) -> datetime:
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError:
        raise RefusalError(f"Invalid date format: {text}") from None
    if moment.tzinfo is None:
        raise RefusalError(f"Invalid date format: {text}")
    return moment


def _asked_for(text: str, query: dict) -> str:
    """A sale without what `include` does not ask for; untouched when it has nothing of that."""
    asked = query.get("include", "").split(",")
    hidden = {n for name, fields in ONLY_IF_ASKED.items() if name not in asked for n in fields}
    sale = json.loads(text)
    if "consumer" not in asked and any("consumer" in row for row in sale.get("payments", [])):
        sale["payments"] = [{**row, "consumer": {}} for row in sale["payments"]]
        hidden.add("")
    if not hidden & {*sale, ""}:
        return text
    return json.dumps({name: value for name, value in sale.items() if name not in hidden})


def _as_v1(text: str) -> dict:
    sale = {V1_NAMES.get(name, name): value for name, value in json.loads(text).items()}
    for line in sale.get("salesLines", []):
        if "timeOfSale" in line:
            line["timeofSale"] = line.pop("timeOfSale")
    return sale


def _embedded(name: str, rows: list[str]) -> str:
    inner = f'"_embedded": {{"{name}": [{", ".join(rows)}]}}, ' if rows else ""
    return f'{{{inner}"_links": {{"self": {{"href": "http://fake"}}}}}}'
