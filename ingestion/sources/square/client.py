"""Square's API: pages of records as they were written, followed by their cursor."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from ingestion.accounts import Account
from ingestion.connect import auth_for
from ingestion.contract import Pull, SourceError
from ingestion.http import Http, RefusedError, refuse_unprotected
from ingestion.json_text import Piece, record_list
from ingestion.sources.square.entities import SquareEntity

API = "v2"
VERSION = "2025-08-20"
EXAMPLE = "https://connect.squareup.com"
RESTARTS = 3  # of a list whose cursor has expired


class Client:
    """The Square account of one account. Threads may share it."""

    def __init__(self, account: Account) -> None:
        refuse_unprotected(account.account_id, account.path, EXAMPLE)
        self.account_id = account.account_id
        url = f"{account.path.rstrip('/')}/{API}"
        self._http = Http(url, auth_for(account), headers={"Square-Version": VERSION})

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def pages(self, entity: SquareEntity, query: dict, counts: Pull) -> Iterator[list[Piece]]:
        """All pages of `entity` that answer `query`; each request is counted in `counts`.

        A page may be short or empty and still not the last: only a missing cursor ends the list.
        A cursor lives five minutes; when it has expired the list is read again from the start.
        Raises SourceError.
        """
        for restart in range(RESTARTS + 1):
            try:
                yield from self._pages(entity, query, counts)
                return
            except RefusedError as error:
                if "INVALID_CURSOR" not in error.answer or restart == RESTARTS:
                    raise
                counts.retries += 1

    def _pages(self, entity: SquareEntity, query: dict, counts: Pull) -> Iterator[list[Piece]]:
        seen: set[str] = set()
        cursor: str | None = None
        while True:
            place = f"account {self.account_id}, {entity.name}, page {len(seen) + 1}"
            told = query | ({"cursor": cursor} if cursor else {})
            records, cursor = self._page(entity, told, place, counts)
            yield records
            if not cursor:
                return
            if cursor in seen:
                raise SourceError(
                    f"{place}: the till gave a cursor that it gave before, so reading on would not"
                    " end. What came before is kept."
                )
            seen.add(cursor)

    def _page(
        self, entity: SquareEntity, query: dict, place: str, counts: Pull
    ) -> tuple[list[Piece], str | None]:
        if entity.limit:
            query = {"limit": entity.limit} | query
        sent = {"params" if entity.method == "GET" else "json": query}
        cut = partial(record_list, name=entity.records)
        try:
            answer = self._http.ask(entity.method, entity.path, place, counts, cut, **sent)
        except ValueError:
            raise SourceError(f"{place}: the answer is not a list of records.") from None
        counts.pages += 1
        records, rest = answer.said
        return records, rest.get("cursor")

    def one(self, path: str, counts: Pull) -> str:
        """The JSON text at `path`. Raises NotFoundError when the till has nothing there."""
        counts.pages += 1
        return self._http.get(path, {}, f"account {self.account_id}, {path}", counts)
