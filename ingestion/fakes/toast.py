"""A stand-in for Toast's API that serves given records and does what the real one does.

    with FakeToast({"orders": [{...}], "employees": [...]}, token="secret") as till:
        ... till.url, till.requests, till.put("orders", {...}), till.menus

`records` is {entity: [dict or JSON text, ...]} by the entities of `ingestion.sources.toast`; those
of `configuration` have their `kind`, those of cash their `businessDate`, time entries and orders
their `modifiedDate`. Payments are those of the orders. Always on: one restaurant, asked for by the
header; orders by business date or by change, never both, at most 100 a page, with links and without
a count; changes of at most a month, the end exclusive, only in Toast's own way of writing moments;
payments as lists of ids; lists of the configuration by a token. Limits in fixed slices: 20 requests
a second and 10,000 in a quarter of an hour in all and per API, 1 a second of menus, 5 of orders,
and 5 seconds between requests for changed orders. What is left of the one that comes closest, and
when its slice ends, stands in every answer.
On order: `plan("ordersBulk", "ok", "429", ...)` decides the next answers of the paths that end so,
`before_page` runs before an answer, `publish` makes tokens given before worthless (409). With
`sign_in` it takes the tokens that this gives, not `token`, each for the scopes it was granted for.
"""

from __future__ import annotations

import json
import re
import secrets
from datetime import datetime, timedelta
from urllib.parse import urlencode

from ingestion.fakes.limits import Limit, clock
from ingestion.fakes.sign_in import FakeSignIn
from ingestion.fakes.till import FakeTill, Page, RefusalError, TillHandler, TooManyError

RESTAURANT = "5f0a0000-0000-4000-8000-00000000cafe"
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d{4}")
MONTH = timedelta(days=31)
CONFIGURATION_PAGE = 3
QUARTER = 900  # of an hour, in seconds
CHANGES_APART = 5  # seconds
PAYMENT_DAYS = {
    "paidBusinessDate": lambda p: p.get("paidBusinessDate"),
    "refundBusinessDate": lambda p: (p.get("refund") or {}).get("refundBusinessDate"),
    "voidBusinessDate": lambda p: (p.get("voidInfo") or {}).get("voidBusinessDate"),
}


class _Handler(TillHandler):
    fake: FakeToast

    def check(self, path: str) -> None:
        """The restaurant is named in a header."""
        super().check(path)
        if self.headers.get("Toast-Restaurant-External-ID") != self.fake.restaurant:
            raise RefusalError("No access to this restaurant", 403)

    def limits(self) -> dict[str, str]:
        """What is left of the limit that comes closest, and when its slice ends."""
        if self.left is None:
            return {}
        told = {"By": self.left.limit.by, "Remaining": max(self.left.requests, 0)}
        told["Reset"] = self.left.ends
        return {f"X-Toast-RateLimit-{name}": str(value) for name, value in told.items()}

    def refuse(self, refusal: RefusalError, headers: dict[str, str] | None = None) -> None:
        """In Toast's shape."""
        told = dict.fromkeys(("messageKey", "fieldName", "link", "requestId", "developerMessage"))
        told |= {"status": refusal.status, "code": 10000 + refusal.status}
        told |= {"message": str(refusal), "errors": [], "canRetry": refusal.status == 429}
        self.send_text(refusal.status, json.dumps(told), headers)


class FakeToast(FakeTill):
    """One restaurant."""

    handler = _Handler
    by_last_part = True
    own_faults = frozenset({"400", "404", "same-page", "no-links"})

    def __init__(
        self,
        records: dict[str, list] | None = None,
        token: str = "test-token",
        sign_in: FakeSignIn | None = None,
        restaurant: str = RESTAURANT,
        port: int = 0,
    ) -> None:
        super().__init__(token, sign_in, port)
        self.restaurant = restaurant
        self.menus: dict = {"lastUpdated": "2024-01-01T00:00:00.000+0000", "menus": []}
        self._changes_from = 0.0
        self._shelf: dict[str, dict[str, str]] = {}
        self._tokens: dict[str, tuple[str, int]] = {}
        for entity, rows in (records or {}).items():
            for row in rows:
                self.put(entity, row)

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

    # -- what the till answers -------------------------------------------------------------

    def scope_of(self, path: str) -> str:
        """That of the API; employees have one of their own."""
        api = path.partition("/")[0]
        return "labor.employees:read" if path.endswith("/employees") else f"{api}:read"

    def limits_of(self, path: str) -> list[Limit]:
        """In all, per API, and those of an endpoint."""
        api = path.partition("/")[0]
        kinds = {"GLOBAL": "", "API": api}
        limits = [Limit(by, 20, 1, of) for by, of in kinds.items()]
        limits += [Limit(by, 10_000, QUARTER, of) for by, of in kinds.items()]
        endpoints = {"menus/v2/menus": 1, "orders/v2/ordersBulk": 5}
        return limits + [Limit("ENDPOINT", n, 1, of) for of, n in endpoints.items() if of == path]

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
            if clock() < self._changes_from:
                raise TooManyError(self._changes_from - clock())
            self._changes_from = clock() + CHANGES_APART
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
