"""Reading over HTTP with patience: retries, rate limits, and errors a person can act on."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import requests
import tenacity

from ingestion.contract import Pull, SourceError
from ingestion.json_text import decode, parse

USER_AGENT = "Tillhouse/0.1"


@dataclass(frozen=True)
class Patience:
    """How long to try, in seconds. `longest_told` is the most a server may ask us to wait."""

    attempts: int = 6
    first_wait: float = 1.0
    longest_wait: float = 60.0
    longest_told: float = 330.0
    timeout: tuple[float, float] = (10.0, 60.0)
    sleep: Callable[[float], None] = time.sleep


PATIENCE = Patience()


class NotFoundError(SourceError):
    """The server has nothing at this address (404 or 410)."""


class _TransientError(Exception):
    """Something that may go well the next time; `wait` is what the server asked for, if it did."""

    def __init__(self, reason: str, wait: float | None = None) -> None:
        super().__init__(reason)
        self.wait = wait


class Http:
    """GET requests to one API.

    `token` is sent as a Bearer token and appears in no message. `refused` says what to do when
    the server does not accept it. `window` is the length in seconds of the rate-limit window
    whose size and rest the server tells in `X-RateLimit-Limit` and `X-RateLimit-Remaining`.
    """

    def __init__(self, base_url: str, token: str, refused: str, window: float = 300.0) -> None:
        self._base_url, self._refused, self._window = base_url.rstrip("/"), refused, window
        self._patience = PATIENCE
        self._session = requests.Session()
        self._session.headers.update(
            {
                "Authorization": f"Bearer {token}",
                "User-Agent": USER_AGENT,
                "Accept": "application/json",
            }
        )

    def close(self) -> None:
        """Give the connections back."""
        self._session.close()

    def get(self, path: str, params: dict, place: str, pull: Pull) -> str:
        """The JSON text that `path` answers, whole; retries are counted in `pull.retries`.

        `place` names account, entity and page in every error. Raises NotFoundError for 404 and
        SourceError for everything that trying again did not mend.
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
            return retrying(self._get_once, path, params, place)
        except _TransientError as error:
            raise SourceError(
                f"{place}: no usable answer after {self._patience.attempts} attempts; the last:"
                f" {error}. What was read before it is kept; load again later."
            ) from None

    def _wait(self, state: tenacity.RetryCallState) -> float:
        told = state.outcome.exception().wait
        if told is not None:
            return told
        return min(
            self._patience.first_wait * 2 ** (state.attempt_number - 1), self._patience.longest_wait
        )

    def _get_once(self, path: str, params: dict, place: str) -> str:
        try:
            response = self._session.get(
                f"{self._base_url}/{path}", params=params, timeout=self._patience.timeout
            )
        except requests.exceptions.SSLError:
            raise SourceError(
                f"{place}: {self._base_url} has no valid certificate. Check path in"
                " pos_accounts.csv and the clock of this machine."
            ) from None
        except requests.exceptions.InvalidURL:
            raise SourceError(f"{place}: {self._base_url} is not a web address.") from None
        except requests.RequestException as error:
            raise _TransientError(f"the connection failed ({type(error).__name__})") from None
        self._refuse(response, place)
        text = decode(response.content)
        if not _is_json(text):
            raise _TransientError("the answer is not whole JSON")
        self._slow_down(response)
        return text

    def _refuse(self, response: requests.Response, place: str) -> None:
        """Raise for every answer that is not a body to read."""
        status = response.status_code
        if status == 429:
            raise _TransientError("429 Too Many Requests", self._told_wait(response, place))
        if status >= 500:
            raise _TransientError(f"the server answered {status}", self._told_wait(response, place))
        if status == 401:
            raise SourceError(f"{place}: the token was refused (401). {self._refused}")
        if status == 403:
            raise SourceError(
                f"{place}: the token may not read this (403). Give it the right to, or leave it"
                f" out with --entity. {self._refused}"
            )
        if status in (404, 410):
            raise NotFoundError(f"{place}: there is nothing at {response.url} ({status}).")
        if status >= 300:
            raise SourceError(f"{place}: {response.url} answered {status}: {response.text[:200]}")
        if "html" in response.headers.get("Content-Type", ""):
            raise SourceError(
                f"{place}: {response.url} answered with a web page, not with data. Check the"
                " account's path in pos_accounts.csv."
            )

    def _told_wait(self, response: requests.Response, place: str) -> float | None:
        told = retry_after(response.headers.get("Retry-After"), response.headers.get("Date"))
        if told is not None and told > self._patience.longest_told:
            raise SourceError(
                f"{place}: the server asks to wait {told:,.0f} s. Load again after that."
            )
        return told

    def _slow_down(self, response: requests.Response) -> None:
        """With the bucket empty, go on at the pace at which it fills."""
        if response.headers.get("X-RateLimit-Remaining") != "0":
            return
        limit = response.headers.get("X-RateLimit-Limit", "")
        requests_per_window = int(limit) if limit.isdigit() and int(limit) else 300
        self._patience.sleep(self._window / requests_per_window)


def retry_after(value: str | None, server_date: str | None = None) -> float | None:
    """Seconds to wait by a `Retry-After` of seconds or of an HTTP date; None when it says nothing.

    A date is compared with the server's own clock (`Date`) where it gives one, so that a wrong
    clock here neither hurries nor stalls us.
    """
    if not value:
        return None
    if value.strip().isdigit():
        return float(value)
    until, now = _http_date(value), _http_date(server_date) or datetime.now(UTC)
    return max((until - now).total_seconds(), 0.0) if until else None


def _http_date(value: str | None) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value or "")
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _is_json(text: str) -> bool:
    try:
        parse(text)
        return True
    except (ValueError, RecursionError):
        return False
