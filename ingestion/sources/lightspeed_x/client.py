"""One answer of the X-Series API: asked for, checked, and cut into records as they were written."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import quote

from ingestion.accounts import Account
from ingestion.connect import auth_for
from ingestion.contract import Pull, SourceError
from ingestion.http import Http, refuse_unprotected
from ingestion.json_text import Piece, items, members

API = "api/2.0"
EXAMPLE = "https://yourshop.retail.lightspeed.app"


class Page(NamedTuple):
    """One page of a list: its records, and what it says about the next page."""

    records: list[Piece]
    version_max: int | None
    has_next: bool | None
    last_seen: str | None


class Client:
    """The till of one account. Every request is counted in `pull.pages`."""

    def __init__(self, account: Account, pull: Pull) -> None:
        refuse_unprotected(account.account_id, account.path, EXAMPLE)
        self.account_id, self._pull = account.account_id, pull
        self._http = Http(f"{account.path.rstrip('/')}/{API}", auth_for(account))

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def page(self, path: str, params: dict, place: str) -> Page:
        """One page of the list at `path`.

        `place` says which page of what, for errors. Raises SourceError, also when the answer is
        not a list.
        """
        place = f"account {self.account_id}, {place}"
        text = self._http.get(path, params, place, self._pull)
        self._pull.pages += 1
        try:
            body = members(text)
            return _page(body, _list_in(body["data"]))
        except (ValueError, KeyError, AttributeError):
            raise SourceError(
                f"{place}: the answer is not a list of records but {_shape(text)}."
            ) from None

    def record(self, path: str, record_id: str) -> Piece:
        """The record `record_id`. Raises NotFoundError when the till has none."""
        place = f"account {self.account_id}, {path} {record_id}"
        text = self._http.get(f"{path}/{quote(record_id, safe='')}", {}, place, self._pull)
        data = members(text).get("data", Piece("null", None))
        return items(data.text)[0] if isinstance(data.value, list) and data.value else data


def _shape(text: str) -> str:
    """What an answer is made of, without what it says: that may be a customer's."""
    try:
        return f"an object of {', '.join(list(members(text))[:9]) or 'nothing'}"
    except (ValueError, AttributeError):
        return f"{len(text):,} characters of something else"


def _list_in(data: Piece) -> list[Piece]:
    """The records of `data`: an array, or (product categories) the one array in an object."""
    if isinstance(data.value, list):
        return items(data.text)
    return next(items(p.text) for p in members(data.text).values() if isinstance(p.value, list))


def _page(body: dict[str, Piece], records: list[Piece]) -> Page:
    data = body["data"].value
    inner = data.get("page_info") if isinstance(data, dict) else None
    info = inner or _object(body, "page_info")
    return Page(
        records=records,
        version_max=_version_max(_object(body, "version"), records),
        has_next=info.get("has_next"),
        last_seen=info.get("last_seen"),
    )


def _object(body: dict[str, Piece], name: str) -> dict:
    value = body[name].value if name in body else None
    return value if isinstance(value, dict) else {}


def _version_max(told: dict, records: list[Piece]) -> int | None:
    """The version up to which this page reads: told by the page, or by its records.

    Where both speak and disagree, the lower: reading twice is harmless, skipping is not.
    """
    versions = [p.value.get("version") for p in records if isinstance(p.value, dict)]
    numbers = [v for v in versions if isinstance(v, int)]
    found = [max(numbers)] if numbers else []
    if isinstance(told.get("max"), int):
        found.append(told["max"])
    return min(found, default=None)
