"""Toast's API: pages by number or by token, no record rewritten."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingestion import http
from ingestion.accounts import Account
from ingestion.connect import auth_for
from ingestion.contract import Pull, SourceError
from ingestion.http import Answer, Http, RefusedError, refuse_unprotected
from ingestion.json_text import Piece, items, parse
from ingestion.pages import ENDLESS, there_and_back

EXAMPLE = "https://ws-api.toasttab.com"
PAGE_SIZE = 100
RESTARTS = 3  # of a list that was published anew while it was read
CONFLICT = 409
NEXT_TOKEN = "Toast-Next-Page-Token"
HAS_NEXT = re.compile(r"""rel\s*=\s*["']?next\b""")


class Client:
    """The restaurant of one account. Threads may share it."""

    def __init__(self, account: Account) -> None:
        refuse_unprotected(account.account_id, account.path, EXAMPLE)
        self.account, self.account_id = account, account.account_id
        self.active = tuple(
            day.replace("-", "") for day in (account.active_from, account.active_to)
        )
        self.restaurant = account.secret("restaurant_guid")
        headers = {"Toast-Restaurant-External-ID": self.restaurant}
        self._http = Http(account.path, auth_for(account), headers=headers)

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def one(self, path: str, counts: Pull) -> Piece:
        """The one record at `path`. Raises NotFoundError when the till has nothing there."""
        text = self._ask(path, {}, counts).text.strip()
        return Piece(text, parse(text))

    def whole_list(self, path: str, query: dict, counts: Pull) -> list[Piece]:
        """A list that comes in one answer."""
        return self._items(path, self._ask(path, query, counts))

    def numbered(
        self, path: str, query: dict, counts: Pull, pause: float = 0.0
    ) -> Iterator[list[Piece]]:
        """The pages of a list by their number, `pause` seconds between requests.

        The last is the one without a link to a next; without links, the first that is not full.
        """

        def ask(number: int) -> tuple[list[Piece], bool]:
            answer = self._ask(path, query | {"page": number + 1, "pageSize": PAGE_SIZE}, counts)
            page, link = self._items(path, answer), answer.headers.get("Link")
            return page, len(page) < PAGE_SIZE if link is None else not HAS_NEXT.search(link)

        def wait() -> None:
            if pause:
                http.PATIENCE.sleep(pause)

        yield from there_and_back(ask, PAGE_SIZE, counts, self._place(path), wait)

    def by_token(self, path: str, counts: Pull) -> list[Piece]:
        """A whole list, page by page by the token that each answer gives for the next.

        When the configuration is published meanwhile the till answers 409, and the list is read
        again from its start.
        """
        for restart in range(RESTARTS + 1):
            try:
                return self._by_token(path, counts)
            except RefusedError as error:
                if error.status != CONFLICT or restart == RESTARTS:
                    raise
                counts.retries += 1
        raise AssertionError("the last restart returns or raises")

    def _by_token(self, path: str, counts: Pull) -> list[Piece]:
        found: list[Piece] = []
        seen: set[str] = set()
        token = ""
        while True:
            answer = self._ask(path, {"pageToken": token} if token else {}, counts)
            found += self._items(path, answer)
            token = answer.headers.get(NEXT_TOKEN, "")
            if not token:
                return found
            if token in seen:
                raise SourceError(f"{self._place(path)}: {ENDLESS.format('page token')}")
            seen.add(token)

    def _ask(self, path: str, query: dict, counts: Pull) -> Answer:
        answer = self._http.ask("GET", path, self._place(path), counts, params=query)
        counts.pages += 1
        return answer

    def _items(self, path: str, answer: Answer) -> list[Piece]:
        try:
            return items(answer.text)
        except ValueError:
            raise SourceError(
                f"{self._place(path)}: the answer is not a list of records."
            ) from None

    def _place(self, path: str) -> str:
        return f"account {self.account_id}, {path}"
