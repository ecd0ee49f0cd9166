"""A stand-in for the X-Series API that serves given records and does what the real one does.

    with FakeLightspeedX(folder_or_records, token="secret") as till:
        ... till.url, till.requests, till.change("sales", {...})

Its traps, always on: `page_size` is cut down without a word (`caps`), `page=` is ignored, deleted
records are hidden unless `deleted=true`, the last page is empty and its versions are null, and a
shop has 300 requests per register plus 50 in five minutes (slices, as the stand-in has them).
On order: `plan("sales", "ok", "500", ...)` decides the next answers of one path, `before_page`
runs before a page is answered (records that change while somebody reads). With `sign_in` it takes
the tokens that this gives, not `token`, each for the scopes it was granted for.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from ingestion.fakes.limits import Limit
from ingestion.fakes.sign_in import SCOPES, FakeSignIn
from ingestion.fakes.till import FakeTill, RefusalError, TillHandler

DEFAULT_CAP = 50_000
DEFAULT_CAPS = {"inventory": 5000, "gift_cards": 200, "product_categories": 1000}
DEFAULT_PAGE_SIZE = 200
TAKES_DELETED = {
    *("outlets", "registers", "customer_groups", "tags", "outlet_taxes", "customers", "products")
}
WITHOUT_VERSION = {"promotions", "gift_cards", "product_categories"}


class _Handler(TillHandler):
    fake: FakeLightspeedX
    html = (200, "<html>Sign in</html>")

    def check(self, path: str) -> None:
        """Note the headers first."""
        self.fake.headers_seen.append(dict(self.headers))
        super().check(path)

    def limits(self) -> dict[str, str]:
        """How many requests a window has, and how many are left."""
        if self.left is None:
            return {}
        told = {"Limit": self.left.limit.size, "Remaining": max(self.left.requests, 0)}
        return {f"X-RateLimit-{name}": str(number) for name, number in told.items()}

    def refuse(self, refusal: RefusalError, headers: dict[str, str] | None = None) -> None:
        """In X-Series' shape."""
        limited = "Rate limiting enforced" if refusal.status == 429 else str(refusal)
        told = {"error": str(refusal), "message": limited}
        self.send_text(refusal.status, json.dumps(told), headers)


class FakeLightspeedX(FakeTill):
    """One shop's till. `records` is {entity: [dict or JSON text, ...]} or a folder of JSONL."""

    handler = _Handler
    api = "/api/2.0/"
    own_faults = frozenset({"404", "repeat", "stuck", "no-version"})
    way_to_wait = "date"

    def __init__(
        self,
        records: dict[str, list] | Path | str,
        token: str = "test-token",
        caps: dict[str, int] | None = None,
        default_page_size: int = DEFAULT_PAGE_SIZE,
        sign_in: FakeSignIn | None = None,
    ) -> None:
        super().__init__(token, sign_in)
        self.caps = DEFAULT_CAPS | (caps or {})
        self.default_page_size = default_page_size
        self.headers_seen: list[dict[str, str]] = []
        self._last_page: dict[str, str] = {}
        self._shelf: dict[str, dict[str, _Stored]] = {}
        given = records if isinstance(records, dict) else _read_folder(Path(records))
        for entity, rows in given.items():
            self._shelf[entity] = {}
            for row in rows:
                self.change(entity, row)

    # -- what a test says ------------------------------------------------------------------

    def change(self, entity: str, record: dict | str) -> None:
        """Add a record, or put it in place of the one with its id."""
        text = record if isinstance(record, str) else json.dumps(record)
        stored = _Stored(text)
        shelf = self._shelf.setdefault(entity, {})
        shelf[_key(entity, stored.value, len(shelf))] = stored

    def remove(self, entity: str, record_id: str) -> None:
        """Take a record away for good."""
        del self._shelf[entity][record_id]

    def forget_requests(self) -> None:
        """Start counting anew."""
        self.requests.clear()
        self.queries.clear()
        self.headers_seen.clear()

    # -- what the till answers -------------------------------------------------------------

    def scope_of(self, path: str) -> str:
        """That of the entity's own name; where the papers list none, none is needed."""
        name = path.partition("/")[0]
        scope = "products:read:price_books" if name == "price_books" else f"{name}:read"
        return scope if scope in SCOPES["lightspeed_x"] else ""

    def limits_of(self, path: str) -> list[Limit]:
        """One limit of the shop: by its registers, at least one."""
        registers = [r for r in self._shelf.get("registers", {}).values() if r.is_there]
        return [Limit("SHOP", 300 * max(len(registers), 1) + 50, 300)]

    def body(self, path: str, query: dict[str, str], fault: str) -> str | None:
        """The JSON text of a list or of one record; None when there is none (404)."""
        parts = [unquote(part) for part in path.split("/")]
        if fault == "repeat" and path in self._last_page:
            return self._last_page[path]
        text = self._answer(parts, query)
        if fault == "stuck" and text:
            body = json.loads(text)
            body["version"] = {"min": 0, "max": int(query.get("after", 0))}
            for record in body["data"]:
                record.pop("version", None)
            text = json.dumps(body)
        if fault == "no-version" and text:
            body = json.loads(text)
            del body["version"]
            text = json.dumps(body)
        if text:
            self._last_page[path] = text
        return text

    def _answer(self, parts: list[str], query: dict[str, str]) -> str | None:
        if len(parts) == 1:
            return (
                self._list(parts[0], query)
                if parts[0] in self._shelf or parts[0] in KNOWN
                else None
            )
        if len(parts) == 2:
            stored = self._shelf.get(parts[0], {}).get(parts[1])
            if stored is None:
                return None
            return f'{{"data": {f"[{stored.text}]" if parts[0] == "users" else stored.text}}}'
        if parts[0] == "consignments" and parts[2] == "products":
            return self._consignment_lines(parts[1], query)
        if parts[0] == "registers" and parts[2] == "payments_summary":
            return self._newest_closure(parts[1])
        return None

    def _newest_closure(self, register_id: str) -> str | None:
        mine = [
            r.value
            for r in self._shelf.get("register_closures", {}).values()
            if r.value["register_id"] == register_id
        ]
        if not mine:
            return None
        newest = max(mine, key=lambda r: r["register_closure_sequence_number"])
        return json.dumps({"data": {k: v for k, v in newest.items() if k != "register_id"}})

    def _list(self, entity: str, query: dict[str, str]) -> str:
        rows = list(self._shelf.get(entity, {}).values())
        size = self._page_size(entity, query)
        if entity == "product_categories":
            return _categories(rows, query.get("after", ""), size)
        if entity == "gift_cards":
            return _gift_cards(rows, query.get("before"), size)
        if entity in TAKES_DELETED and query.get("deleted") != "true":
            rows = [r for r in rows if r.is_there]
        if entity in WITHOUT_VERSION or (rows and not any(r.version for r in rows)):
            return f'{{"data": [{", ".join(r.text for r in rows[:size])}]}}'
        return _version_page(rows, query, size)

    def _page_size(self, entity: str, query: dict[str, str]) -> int:
        default = 1000 if entity == "product_categories" else self.default_page_size
        return min(int(query.get("page_size", default)), self.caps.get(entity, DEFAULT_CAP))

    def _consignment_lines(self, consignment_id: str, query: dict[str, str]) -> str | None:
        if consignment_id not in self._shelf.get("consignments", {}):
            return None
        rows = [
            _Stored(json.dumps({k: v for k, v in r.value.items() if k != "consignment_id"}))
            for r in self._shelf.get("consignment_products", {}).values()
            if r.value["consignment_id"] == consignment_id
        ]
        for number, row in enumerate(rows, start=1):
            if "version" not in row.value:
                row.version = number
        return _version_page(rows, query, self._page_size("consignment_products", query))


class _Stored:
    """One record: the text that is served, and what it says."""

    def __init__(self, text: str) -> None:
        self.text, self.value = text, json.loads(text)
        self.version = self.value.get("version", 0)
        self.is_there = not self.value.get("deleted_at")


def _key(entity: str, record: dict[str, Any], position: int) -> str:
    if entity == "outlet_taxes":
        return f"{record['outlet_id']}|{record['product_id']}"
    if entity == "consignment_products":
        return str(position)
    if entity == "register_closures":
        return f"{record['register_id']}|{record['register_closure_sequence_number']}"
    return str(record.get("id", f"no id {position}"))


def _version_page(rows: list[_Stored], query: dict[str, str], size: int) -> str:
    after, before = int(query.get("after", 0)), int(query.get("before", 2**62))
    page = sorted((r for r in rows if after < r.version < before), key=lambda r: r.version)[:size]
    versions = [r.version for r in page]
    told = {"min": min(versions, default=None), "max": max(versions, default=None)}
    return f'{{"data": [{", ".join(r.text for r in page)}], "version": {json.dumps(told)}}}'


def _categories(rows: list[_Stored], after: str, size: int) -> str:
    rest = sorted((r for r in rows if r.value["id"] > after), key=lambda r: r.value["id"])
    page = rest[:size]
    info = {"has_next": len(rest) > size, "last_seen": page[-1].value["id"] if page else None}
    listed = ", ".join(r.text for r in page)
    return f'{{"data": {{"categories": [{listed}]}}, "page_info": {json.dumps(info)}}}'


def _gift_cards(rows: list[_Stored], before: str | None, size: int) -> str:
    rest = [r for r in rows if before is None or r.value["id"] <= before]
    page = sorted(rest, key=lambda r: r.value["id"], reverse=True)[:size]
    return f'{{"data": [{", ".join(r.text for r in page)}]}}'


def _read_folder(folder: Path) -> dict[str, list[str]]:
    return {
        path.stem: [line for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]
        for path in sorted(folder.glob("*.jsonl"))
    }


KNOWN = {
    *TAKES_DELETED,
    *WITHOUT_VERSION,
    *("users", "brands", "product_types", "suppliers", "taxes", "payment_types", "inventory"),
    *("sales", "price_books", "consignments"),
}
