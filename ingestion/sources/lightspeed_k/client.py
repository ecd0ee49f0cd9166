"""K-Series' API: its locations, its lists and its sales, page by page, no record rewritten."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

from ingestion.accounts import Account
from ingestion.connect import auth_for
from ingestion.contract import Pull, SourceError
from ingestion.http import Http, refuse_unprotected
from ingestion.json_text import Piece, items, members, record_list
from ingestion.pages import ENDLESS, there_and_back
from ingestion.sources.lightspeed_k.entities import KEntity

EXAMPLE = "https://api.lsk.lightspeed.app"
BUSINESSES = "f/data/businesses"
INNER = {"_embedded", "data"}  # where a list may lie one level down


class Numbering(NamedTuple):
    """How the next part of a list is asked for: by which number, from where on, how much."""

    name: str
    first: int
    step: int
    size_name: str
    size: int


BY_BUSINESS = Numbering("page", 0, 1, "size", 1000)
BY_PAGING = {
    "offset": Numbering("offset", 0, 1000, "amount", 1000),
    "page": Numbering("page", 1, 1, "size", 100),
}


class Location(NamedTuple):
    """A business location: the till's id of it, its name, its clock, and the text it came in."""

    id: str
    name: str
    zone: ZoneInfo
    piece: Piece


class Answer(NamedTuple):
    """What was answered: its text, its records as they were written, and what else it says."""

    text: str
    records: list[Piece]
    rest: dict[str, Any]


class Client:
    """What one sign-in may read. Threads may share it."""

    def __init__(self, account: Account) -> None:
        refuse_unprotected(account.account_id, account.path, EXAMPLE)
        self.account, self.account_id = account, account.account_id
        self._http = Http(account.path, auth_for(account))

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def businesses(self, counts: Pull) -> list[Piece]:
        """All businesses that the sign-in may read, each with its locations."""
        pages = self._numbered(BUSINESSES, {}, "businessList", BY_BUSINESS, counts)
        return [piece for page in pages for piece in page]

    def locations(self, counts: Pull) -> list[Location]:
        """The locations of all businesses, in the till's order."""
        found = []
        for business in self.businesses(counts):
            place = members(business.text).get("businessLocations")
            for piece in items(place.text) if place and place.value else []:
                name, told = piece.value.get("blName") or "", piece.value.get("timezone")
                zone = zone_of(told, self.account)
                found.append(Location(str(piece.value.get("blID")), name, zone, piece))
        return found

    def pages(self, entity: KEntity, path: str, query: dict, counts: Pull) -> Iterator[list[Piece]]:
        """All pages of a list; each request is counted in `counts`. Raises SourceError."""
        if entity.paging == "one":
            yield self._answer(path, query, entity.records, counts).records
        else:
            by = BY_PAGING[entity.paging]
            yield from self._numbered(path, query, entity.records, by, counts)

    def sales(self, path: str, query: dict, counts: Pull) -> Iterator[Answer]:
        """The answers of an endpoint of sales, one after the other by the token of the next page.

        V2 gives the token, V1 the address of the next page with the token in it.
        """
        seen: set[str] = set()
        token = ""
        while True:
            told = query | ({"nextPageToken": token} if token else {})
            answer = self._answer(path, told, "sales", counts)
            yield answer
            token = answer.rest.get("nextPageToken") or _token_of_link(answer.rest)
            if not token:
                return
            if token in seen:
                raise SourceError(f"{self._place(path)}: {ENDLESS.format('page token')}")
            seen.add(token)

    def _numbered(
        self, path: str, query: dict, name: str, by: Numbering, counts: Pull
    ) -> Iterator[list[Piece]]:
        """Ask on until a page is empty, or until the last page by the answer's own count."""

        def ask(number: int) -> tuple[list[Piece], bool]:
            asked = {by.size_name: by.size, by.name: by.first + number * by.step}
            answer = self._answer(path, query | asked, name, counts)
            page = answer.rest.get("page")
            total = page.get("totalPages") if isinstance(page, dict) else None
            return answer.records, isinstance(total, int) and number + 1 >= total

        yield from there_and_back(ask, by.size, counts, self._place(path))

    def _answer(self, path: str, query: dict, name: str, counts: Pull) -> Answer:
        """One answer, its list `name` cut into records: at the top, or one level down.

        Without a name the answer is the list. HAL leaves out a list that is empty; any other
        answer without its list raises SourceError.
        """
        text = self._http.get(path, query, self._place(path), counts)
        counts.pages += 1
        try:
            if not name:
                return Answer(text, items(text), {})
            records, rest = record_list(text, name)
            for inner in INNER & rest.keys():
                records = record_list(members(text)[inner].text, name)[0]
            is_left_out = "_links" in rest and "_embedded" not in rest or rest.get("data") == {}
            if records or is_left_out or f'"{name}"' in text:
                return Answer(text, records, rest)
        except ValueError:
            pass
        raise SourceError(f"{self._place(path)}: the answer is not a list of records.")

    def _place(self, path: str) -> str:
        return f"account {self.account_id}, {path}"


def _token_of_link(rest: dict[str, Any]) -> str:
    links = rest.get("_links")
    next_page = links.get("nextPage") if isinstance(links, dict) else None
    href = next_page.get("href") if isinstance(next_page, dict) else None
    return parse_qs(urlsplit(str(href or "")).query).get("nextPageToken", [""])[0]


def zone_of(name: Any, account: Account) -> ZoneInfo:
    """The zone that the till names, or the account's where it names none that is known."""
    try:
        return ZoneInfo(name or account.time_zone)
    except (TypeError, ValueError, OSError, KeyError):
        return ZoneInfo(account.time_zone)
