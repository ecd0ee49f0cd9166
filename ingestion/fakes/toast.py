"""A stand-in for Toast's API that serves given records and does what the real one does.

    with FakeToast({"orders": [{...}], "employees": [...]}, token="secret") as till:
        ... till.url, till.requests, till.put("orders", {...}), till.menus

`records` is {entity: [dict or JSON text, ...]} by the entities of `ingestion.sources.toast`; those
of `configuration` have their `kind`, those of cash their `businessDate`, time entries and orders
their `modifiedDate`. Payments are those of the orders. Always on: one restaurant, asked for by the
header; orders by business date or by change, never both, at most 100 a page, with links and without
a count; changes of at most a month, the end exclusive, only in Toast's own way of writing moments;
payments as lists of ids; lists of the configuration by a token; what the limit leaves, in headers.
On order: `plan("ordersBulk", "ok", "429", ...)` decides the next answers of the paths that end so,
`before_page` runs before an answer, `publish` makes tokens given before worthless (409). With
`sign_in` it takes the tokens that this gives, not `token`.
"""

from __future__ import annotations

import json
import re
import secrets
import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit

from ingestion.fakes.handler import FakeHandler
from ingestion.fakes.sign_in import FakeSignIn, answer_sign_in

RESTAURANT = "5f0a0000-0000-4000-8000-00000000cafe"
FAULTS = {
    *("500", "503", "429", "429-reset", "401", "403", "400", "404"),
    *("html", "disconnect", "cut", "same-page", "no-links"),
}
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d{4}")
MONTH = timedelta(days=31)
CONFIGURATION_PAGE = 3
PAYMENT_DAYS = {
    "paidBusinessDate": lambda p: p.get("paidBusinessDate"),
    "refundBusinessDate": lambda p: (p.get("refund") or {}).get("refundBusinessDate"),
    "voidBusinessDate": lambda p: (p.get("voidInfo") or {}).get("voidBusinessDate"),
}


class RefusalError(Exception):
    """The request is not as the till wants it; answered with `status`."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


class Page(NamedTuple):
    """An answer: its JSON text and the headers that say what follows it."""

    text: str
    headers: dict[str, str] = {}


class FakeToast:
    """One restaurant."""

    def __init__(
        self,
        records: dict[str, list] | None = None,
        token: str = "test-token",
        sign_in: FakeSignIn | None = None,
        restaurant: str = RESTAURANT,
        port: int = 0,
    ) -> None:
        self.token, self.sign_in, self.restaurant = token, sign_in, restaurant
        self.requests: Counter[str] = Counter()
        self.queries: list[tuple[str, dict]] = []
        self.before_page: Callable[[str, dict], None] = lambda path, query: None
        self.menus: dict = {"lastUpdated": "2024-01-01T00:00:00.000+0000", "menus": []}
        self.remaining = 20
        self._port = port
        self._shelf: dict[str, dict[str, str]] = {}
        self._plans: dict[str, deque[str]] = {}
        self._tokens: dict[str, tuple[str, int]] = {}
        for entity, rows in (records or {}).items():
            for row in rows:
                self.put(entity, row)

    def accepts(self, authorization: str | None) -> bool:
        """Whether a request with this header may read: its own token, or one of `sign_in`."""
        if self.sign_in:
            return self.sign_in.accepts(authorization)
        return authorization == f"Bearer {self.token}"

    # -- what a test says ------------------------------------------------------------------

    def put(self, entity: str, record: dict | str) -> None:
        """One more record, or another version of one; the order of the first stays."""
        text = record if isinstance(record, str) else json.dumps(record)
        shelf = self._shelf.setdefault(entity, {})
        shelf[json.loads(text).get("guid") or f"row {len(shelf)}"] = text

    def remove(self, entity: str, guid: str) -> None:
        """Take a record away."""
        del self._shelf[entity][guid]

    def publish(self) -> None:
        """The configuration is published: a list that is being read is no longer whole."""
        self._tokens.clear()

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

    def __enter__(self) -> FakeToast:
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

    def answer(self, path: str, query: dict, fault: str) -> Page | None:
        """What is answered; None when there is nothing at this path (404)."""
        folder, _, last = path.rpartition("/")
        if path == "orders/v2/ordersBulk":
            return self._orders_bulk(query, fault)
        if path == "orders/v2/payments":
            return self._payment_ids(query)
        if folder == "config/v2":
            return self._configuration(last, query)
        if path == "labor/v1/timeEntries":
            return _whole(self._time_entries(query))
        if folder == "cashmgmt/v1":
            rows = self._rows("cash_entries" if last == "entries" else "cash_deposits")
            return _whole([_without_date(t) for t in rows if _day(t) == query["businessDate"]])
        texts = {
            "menus/v2/metadata": lambda: json.dumps({"lastUpdated": self.menus["lastUpdated"]}),
            "menus/v2/menus": lambda: json.dumps(self.menus),
            "labor/v1/employees": lambda: _whole(self._rows("employees")).text,
            "labor/v1/jobs": lambda: _whole(self._rows("jobs")).text,
        }
        if path in texts:
            return Page(texts[path]())
        singles = {
            "orders/v2/orders": lambda: self._shelf.get("orders", {}),
            "orders/v2/payments": lambda: {p["guid"]: json.dumps(p) for p in self._payments()},
            "restaurants/v1/restaurants": lambda: self._shelf.get("restaurants", {}),
        }
        text = singles[folder]().get(last) if folder in singles else None
        return Page(text) if text else None

    def _rows(self, entity: str) -> list[str]:
        return list(self._shelf.get(entity, {}).values())

    def _orders_bulk(self, query: dict, fault: str) -> Page:
        by_day = "businessDate" in query
        if by_day == ("startDate" in query or "endDate" in query):
            raise RefusalError("Provide either businessDate or startDate and endDate")
        if by_day:
            rows = [t for t in self._rows("orders") if _day(t) == query["businessDate"]]
        else:
            rows = self._changed("orders", query, "startDate", "endDate")
        size, number = int(query.get("pageSize", 100)), int(query.get("page", 1))
        if not 1 <= size <= 100:
            raise RefusalError("pageSize must be between 1 and 100")
        if fault == "same-page":
            number = 1
        links = {"first": 1, "self": number}
        if number > 1:
            links["prev"] = number - 1
        if number * size < len(rows) or fault == "same-page":
            links["next"] = number + 1
        path = f"{self.url}/orders/v2/ordersBulk?"
        link = ", ".join(
            f'<{path}{urlencode(query | {"page": n})}>; rel="{name}"' for name, n in links.items()
        )
        page = rows[(number - 1) * size : number * size]
        return Page(_whole(page).text, {} if fault == "no-links" else {"Link": link})

    def _payments(self) -> list[dict]:
        orders = map(json.loads, self._rows("orders"))
        return [
            {**payment, "orderGuid": order["guid"], "checkGuid": check["guid"]}
            for order in orders
            for check in order["checks"]
            for payment in check.get("payments", [])
        ]

    def _payment_ids(self, query: dict) -> Page:
        if len(query) != 1 or not query.keys() <= PAYMENT_DAYS.keys():
            raise RefusalError("Provide one of paidBusinessDate, refundBusinessDate, ...")
        ((name, day),) = query.items()
        found = [p["guid"] for p in self._payments() if str(PAYMENT_DAYS[name](p)) == day]
        return Page(json.dumps(found))

    def _configuration(self, kind: str, query: dict) -> Page:
        rows = [t for t in self._rows("configuration") if json.loads(t)["kind"] == kind]
        rows = [_without(t, "kind") for t in rows]
        token = query.get("pageToken", "")
        if token and token not in self._tokens:
            raise RefusalError("The configuration was published; begin again", 409)
        of, start = self._tokens[token] if token else (kind, 0)
        if of != kind:
            raise RefusalError("Invalid pageToken")
        headers = {}
        if start + CONFIGURATION_PAGE < len(rows):
            given = secrets.token_urlsafe(12)
            self._tokens[given] = (kind, start + CONFIGURATION_PAGE)
            headers = {"Toast-Next-Page-Token": given}
        return Page(_whole(rows[start : start + CONFIGURATION_PAGE]).text, headers)

    def _time_entries(self, query: dict) -> list[str]:
        """Asked for by business date, what was archived is left out."""
        if "modifiedStartDate" in query:
            return self._changed("time_entries", query, "modifiedStartDate", "modifiedEndDate")
        rows = self._rows("time_entries")
        return [
            t for t in rows if _day(t) == query["businessDate"] and not json.loads(t)["deleted"]
        ]

    def _changed(self, entity: str, query: dict, first: str, last: str) -> list[str]:
        start, end = _moment(query.get(first)), _moment(query.get(last))
        if end - start > MONTH:
            raise RefusalError("The time range is longer than one month")
        rows = self._rows(entity)
        return [t for t in rows if start <= _moment(json.loads(t)["modifiedDate"]) < end]


def _moment(text: str | None) -> datetime:
    if not MOMENT.fullmatch(text or ""):
        raise RefusalError(f"Invalid date: {text}")
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%f%z")


def _day(text: str) -> str:
    """The business date of a record as the query writes it; orders have it as a number."""
    return str(json.loads(text)["businessDate"]).replace("-", "")


def _without(text: str, name: str) -> str:
    return json.dumps({k: v for k, v in json.loads(text).items() if k != name})


def _without_date(text: str) -> str:
    return _without(text, "businessDate")


def _whole(rows: list[str]) -> Page:
    return Page(f"[{', '.join(rows)}]")


class _Handler(FakeHandler, BaseHTTPRequestHandler):
    """Answers one request, as planned or as it should be."""

    fake: FakeToast

    def do_GET(self) -> None:
        """All of it is read by GET."""
        fake, address = self.fake, urlsplit(self.path)
        path, query = address.path.strip("/"), dict(parse_qsl(address.query))
        ending = path.rpartition("/")[2]
        fake.requests[ending] += 1
        fake.queries.append((path, query))
        if not fake.accepts(self.headers.get("Authorization")):
            return self._error(401, "Unauthorized")
        if self.headers.get("Toast-Restaurant-External-ID") != fake.restaurant:
            return self._error(403, "No access to this restaurant")
        fake.before_page(path, query)
        fault = fake.next_fault(ending)
        if fault.startswith("429"):
            told = {"Retry-After": "7"} if fault == "429" else {}
            return self._error(429, "Too Many Requests", told)
        if fault.isdigit():
            return self._error(int(fault), "planned")
        if fault == "html":
            return self.send_text(502, "<html>bad gateway</html>", {"Content-Type": "text/html"})
        try:
            page = fake.answer(path, query, fault)
        except RefusalError as refusal:
            return self._error(refusal.status, str(refusal))
        if page is None:
            return self._error(404, "Not Found")
        if fault in ("disconnect", "cut"):
            return self.break_off(page.text, fault)
        return self.send_text(200, page.text, self._limit(fake.remaining) | page.headers)

    def do_POST(self) -> None:
        """Logging in."""
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if not answer_sign_in(self, self.fake.sign_in, body):
            self._error(405, "Method Not Allowed")

    def _limit(self, remaining: int) -> dict[str, str]:
        """What is left of the slice of one second, and when it ends."""
        return {
            "X-Toast-RateLimit-By": "API",
            "X-Toast-RateLimit-Remaining": str(remaining),
            "X-Toast-RateLimit-Reset": str(int(time.time()) + 3),
        }

    def _error(self, status: int, message: str, headers: dict[str, str] | None = None) -> None:
        told = {"status": status, "code": 10000 + status, "message": message, "canRetry": False}
        self.send_text(status, json.dumps(told), self._limit(0) | (headers or {}))
