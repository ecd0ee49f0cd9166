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
With `sign_in` it takes the tokens that this gives, not `token`.
"""

from __future__ import annotations

import json
import secrets
import threading
from collections import Counter, deque
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo

from ingestion.fakes.handler import FakeHandler
from ingestion.fakes.sign_in import FakeSignIn, answer_sign_in

FAULTS = {"500", "503", "429", "401", "403", "400", "html", "disconnect", "cut", "same-token"}
EMBEDDED = {
    "tax-rates": ("tax_rates", "taxRateList"),
    "paymentMethods": ("payment_methods", "paymentMethodList"),
    "accountingGroups": ("accounting_groups", "accountingGroupList"),
}
ONLY_IF_ASKED = {  # `include` -> the fields of a sale that come with it
    "payments": ("payments",),
    "staff": ("ownerId", "ownerName"),
    "table": ("tableNumber", "tableName"),
    "account_profile": ("accountProfileCode",),
}
V1_NAMES = {"timeOfOpening": "timeofOpening", "timeClosed": "timeofCloseAndPaid"}


class RefusalError(Exception):
    """The request is not as the till wants it; answered with 400."""


class FakeKSeries:
    """What one sign-in may read."""

    def __init__(
        self,
        businesses: list[dict],
        records: dict[str, dict[str, list]] | None = None,
        token: str = "test-token",
        sign_in: FakeSignIn | None = None,
        port: int = 0,
        day_starts: int = 5,
    ) -> None:
        self.businesses, self.token, self.sign_in = businesses, token, sign_in
        self.requests: Counter[str] = Counter()
        self.queries: list[tuple[str, dict]] = []
        self.before_page: Callable[[str, dict], None] = lambda path, query: None
        self.incomplete: set[tuple[str, str]] = set()
        self.opened: dict[str, str] = {}
        self.moved: dict[str, str] = {}
        self.now: Callable[[], datetime] = lambda: datetime.now(UTC)
        self._port, self._day_starts = port, timedelta(hours=day_starts)
        self._shelf: dict[tuple[str, str], list[str]] = {}
        self._plans: dict[str, deque[str]] = {}
        self._tokens: dict[str, tuple[str, int]] = {}
        for entity, by_location in (records or {}).items():
            for location, rows in by_location.items():
                for row in rows:
                    self.add(entity, location, row)

    def accepts(self, authorization: str | None) -> bool:
        """Whether a request with this header may read: its own token, or one of `sign_in`."""
        if self.sign_in:
            return self.sign_in.accepts(authorization)
        return authorization == f"Bearer {self.token}"

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

    def plan(self, ending: str, *answers: str) -> None:
        """The next answers of the paths with this last part: `ok` or one of FAULTS."""
        unknown = set(answers) - FAULTS - {"ok"}
        if unknown:
            raise ValueError(f"no such answer: {unknown}; there are {sorted(FAULTS)}")
        self._plans[ending] = deque(answers)

    def next_fault(self, ending: str) -> str:
        """The planned answer for this request, `ok` when nothing is planned."""
        plan = self._plans.get(ending)
        return plan.popleft() if plan else "ok"

    # -- the server ------------------------------------------------------------------------

    def __enter__(self) -> FakeKSeries:
        till = self

        class Handler(_Handler):
            fake = till

        self._server = ThreadingHTTPServer(("127.0.0.1", self._port), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        ).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    # -- what the till answers -------------------------------------------------------------

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
        first, last = _moment(query.get("from")), _moment(query.get("to"))
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
            closed = _moment(_closed(text)).astimezone(zone) - self._day_starts
            return (f"{closed:%Y-%m-%d}" if by_edit or not moved else moved) == day

        return [text for text in self._rows("sales", location) if is_of_day(text)]

    def _end_of_day(self, location: str, query: dict) -> str:
        is_complete = (location, query["date"]) not in self.incomplete
        zone = self._zones()[location]
        after = datetime.fromisoformat(query["date"]) + timedelta(days=1) + self._day_starts
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


class _Handler(FakeHandler, BaseHTTPRequestHandler):
    """Answers one request, as planned or as it should be."""

    fake: FakeKSeries

    def do_GET(self) -> None:
        """All of it is read by GET."""
        if answer_sign_in(self, self.fake.sign_in):
            return None
        fake, address = self.fake, urlsplit(self.path)
        path, query = address.path.strip("/"), dict(parse_qsl(address.query))
        ending = path.rpartition("/")[2]
        fake.requests[ending] += 1
        fake.queries.append((path, query))
        if not fake.accepts(self.headers.get("Authorization")):
            return self._error(401, "Unauthorized")
        fake.before_page(path, query)
        fault = fake.next_fault(ending)
        if fault == "429":
            return self._error(429, "Too Many Requests", {"Retry-After": "7"})
        if fault.isdigit():
            return self._error(int(fault), "planned")
        if fault == "html":
            return self.send_text(502, "<html>bad gateway</html>", {"Content-Type": "text/html"})
        try:
            text = fake.body(path, query, fault)
        except RefusalError as refusal:
            return self._error(400, str(refusal))
        if text is None:
            return self._error(404, "Not Found")
        if fault in ("disconnect", "cut"):
            return self.break_off(text, fault)
        return self.send_text(200, text)

    def do_POST(self) -> None:
        """Signing in."""
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if not answer_sign_in(self, self.fake.sign_in, body):
            self._error(405, "Method Not Allowed")

    def _error(self, status: int, error: str, headers: dict[str, str] | None = None) -> None:
        self.send_text(status, json.dumps({"error": error}), headers)
