"""Reading over HTTP with patience: retries, rate limits, and errors a person can act on."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol
from urllib.parse import urlsplit

import requests
import tenacity

from ingestion.contract import Pull, SourceError
from ingestion.json_text import decode, parse
from ingestion.rate_limit import RateLimit
from ingestion.redact import without_personal_detail

USER_AGENT = "Tillhouse/0.1"
LOOPBACK = ("127.0.0.1", "localhost", "::1")
REASONS = ("error", "message", "error_description", "category", "code", "detail", "field")


@dataclass(frozen=True)
class Patience:
    """How long to try, in seconds, by the clock `now`.

    `longest_told` is the most a server may ask us to wait: Toast's longest slice, and a little.
    `jitter` is the part that a wait of ours is longer, so that not all try again at once.
    """

    attempts: int = 6
    first_wait: float = 1.0
    longest_wait: float = 60.0
    longest_told: float = 930.0
    timeout: tuple[float, float] = (10.0, 60.0)
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], float] = time.monotonic
    jitter: Callable[[], float] = lambda: random.uniform(0, 0.25)


PATIENCE = Patience()


class NotFoundError(SourceError):
    """The server has nothing at this address (404 or 410)."""


class UnavailableError(SourceError):
    """The server gave no usable answer however often it was asked; it may give one later."""


class RefusedError(SourceError):
    """The server did not take the request; `answer` is what it said, with which `status`."""

    def __init__(self, text: str, answer: str, status: int) -> None:
        super().__init__(text)
        self.answer, self.status = answer, status


class _TransientError(Exception):
    """Something that may go well the next time; `wait` is what the server asked for, if it did."""

    def __init__(self, reason: str, wait: float | None = None) -> None:
        super().__init__(reason)
        self.wait = wait


class Auth(Protocol):
    """What a request proves itself with; a Bearer token that appears in no message.

    `refused` says what a person does when the server does not accept it.
    """

    refused: str

    def token(self) -> str:
        """The token to send now. Raises SourceError or AccountError when there is none."""
        ...

    def renew(self, refused_token: str) -> bool:
        """Whether there is another token to try, now that the server has refused this one."""
        ...


@dataclass(frozen=True)
class FixedToken:
    """A token that a person made in the till and that nobody but a person renews."""

    value: str
    refused: str

    def token(self) -> str:
        """The token."""
        return self.value

    def renew(self, refused_token: str) -> bool:
        """Never: only a person can make another one."""
        return False


class Answer(NamedTuple):
    """The JSON text of an answer, whole; its headers (names in any case); what it says."""

    text: str
    headers: Mapping[str, str]
    said: Any


class Http:
    """Requests to one API, each tried until it is answered or patience ends.

    `headers` are sent with every request; `window` is that of `RateLimit`. Threads may share it.
    """

    def __init__(
        self,
        base_url: str,
        auth: Auth,
        window: float = 300.0,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self._base_url, self._auth, self._patience = base_url.rstrip("/"), auth, PATIENCE
        self._limit = RateLimit(window, PATIENCE.longest_told, PATIENCE.now, PATIENCE.sleep)
        self._session = requests.Session()
        self._session.headers.update({"User-Agent": USER_AGENT, "Accept": "application/json"})
        self._session.headers.update(headers or {})

    def close(self) -> None:
        """Give the connections back."""
        self._session.close()

    def get(self, path: str, params: dict, place: str, pull: Pull) -> str:
        """The JSON text that GET `path` answers; see `ask`."""
        return self.ask("GET", path, place, pull, params=params).text

    def ask(
        self,
        method: str,
        path: str,
        place: str,
        pull: Pull,
        read: Callable[[str], Any] = parse,
        **sent: Any,
    ) -> Answer:
        """One answer; retries are counted in `pull.retries`.

        `place` names account, entity and page in every error; `sent` is what `requests` takes
        (`params`, `json`). `read` makes of the text what `Answer.said` is; what is no whole JSON
        is asked for again. A 401 renews the token once and asks once more. Raises NotFoundError
        for 404, RefusedError for a request that is not taken, UnavailableError where trying again
        did not help, ValueError where `read` does not take whole JSON, SourceError for all else.
        """

        def count(_: tenacity.RetryCallState) -> None:
            pull.retries += 1

        retrying = tenacity.Retrying(
            stop=tenacity.stop_after_attempt(self._patience.attempts),
            retry=tenacity.retry_if_exception_type(_TransientError),
            wait=self._wait,
            before_sleep=count,
            sleep=self._patience.sleep,
            reraise=True,
        )
        try:
            return retrying(self._ask_once, method, path, place, read, sent)
        except _TransientError as error:
            raise UnavailableError(
                f"{place}: no usable answer after {self._patience.attempts} attempts; the last:"
                f" {error}. What was read before it is kept; load again later."
            ) from None

    def _wait(self, state: tenacity.RetryCallState) -> float:
        told = state.outcome.exception().wait
        if told is not None:
            return told
        patience = self._patience
        wait = min(patience.first_wait * 2 ** (state.attempt_number - 1), patience.longest_wait)
        return wait * (1 + patience.jitter())

    def _ask_once(
        self, method: str, path: str, place: str, read: Callable[[str], Any], sent: dict
    ) -> Answer:
        token = self._auth.token()
        response, wait = self._send(method, path, place, sent, token)
        if response.status_code == 401 and self._auth.renew(token):
            response, wait = self._send(method, path, place, sent, self._auth.token())
        self._refuse(response, wait, place)
        text = decode(response.content)
        return Answer(text, response.headers, _read_whole(text, read))

    def _send(
        self, method: str, path: str, place: str, sent: dict, token: str
    ) -> tuple[requests.Response, float | None]:
        """The answer, and how long it says to wait before the next try."""

        def authorize(request: requests.PreparedRequest) -> requests.PreparedRequest:
            request.headers["Authorization"] = f"Bearer {token}"
            return request

        url, timeout = f"{self._base_url}/{path}", self._patience.timeout
        try:
            with self._limit.request():
                response = self._session.request(
                    method, url, auth=authorize, timeout=timeout, **sent
                )
                return response, self._limit.told(response.status_code, response.headers)
        except requests.exceptions.SSLError:
            raise SourceError(
                f"{place}: {self._base_url} has no valid certificate. Check path in"
                " pos_accounts.csv and the clock of this machine."
            ) from None
        except requests.exceptions.InvalidURL:
            raise SourceError(f"{place}: {self._base_url} is not a web address.") from None
        except requests.RequestException as error:
            raise _TransientError(f"the connection failed ({type(error).__name__})") from None

    def _refuse(self, response: requests.Response, wait: float | None, place: str) -> None:
        """Raise for every answer that is not a body to read."""
        status, address = response.status_code, response.url.partition("?")[0]
        if status == 429 or status >= 500:
            if wait is not None and wait > self._patience.longest_told:
                raise SourceError(
                    f"{place}: the server asks to wait {wait:,.0f} s. Load again after that."
                )
            what = "429 Too Many Requests" if status == 429 else f"the server answered {status}"
            raise _TransientError(what, wait)
        if status == 401:
            raise SourceError(f"{place}: the token was refused (401). {self._auth.refused}")
        if status == 403:
            raise SourceError(
                f"{place}: the token may not read this (403). Give it the right to, or leave it"
                f" out with --entity. {self._auth.refused}"
            )
        if status in (404, 410):
            raise NotFoundError(f"{place}: there is nothing at {address} ({status}).")
        if status >= 300:
            raise RefusedError(
                f"{place}: {address} answered {status}{_told_reason(response)}.",
                response.text,
                status,
            )
        if "html" in response.headers.get("Content-Type", ""):
            raise SourceError(
                f"{place}: {address} answered with a web page, not with data. Check the"
                " account's path in pos_accounts.csv."
            )


def refuse_unprotected(account_id: str, address: str, example: str) -> None:
    """Raise SourceError for an address that is none, or over which a token would go unprotected.

    Plain `http` is allowed to this machine itself.
    """
    parts = urlsplit(address)
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise SourceError(
            f"account {account_id}: path is {address!r}; for transport api it is the till's"
            f" address, such as {example}."
        )
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise SourceError(
            f"account {account_id}: {address} would send the token unprotected. Write https, as in"
            f" {example}."
        )


def _told_reason(response: requests.Response) -> str:
    """The words in which a server refuses, never the rest of its body: that may be anybody's."""
    try:
        body = parse(decode(response.content))
    except (ValueError, RecursionError):
        return ""
    errors = body.get("errors") if isinstance(body, dict) else None
    told = [body, *(errors if isinstance(errors, list) else [])]
    words = [
        str(part[name])
        for part in told
        if isinstance(part, dict)
        for name in REASONS
        if isinstance(part.get(name), str | int)
    ]
    return f": {without_personal_detail('; '.join(words))[:200]}" if words else ""


def _read_whole(text: str, read: Callable[[str], Any]) -> Any:
    """What `read` makes of a text that is whole JSON; an answer is large, so it is read once."""
    try:
        return read(text)
    except (ValueError, RecursionError):
        if read is parse or not _is_json(text):
            raise _TransientError("the answer is not whole JSON") from None
        raise


def _is_json(text: str) -> bool:
    try:
        parse(text)
        return True
    except (ValueError, RecursionError):
        return False
