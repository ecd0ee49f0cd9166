"""What the stand-ins of all tills do alike: who may read what, limits, planned answers."""

from __future__ import annotations

import math
from collections import Counter, deque
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import NamedTuple
from urllib.parse import parse_qsl, urlsplit

from ingestion.fakes.handler import FakeHandler, FakeServer
from ingestion.fakes.limits import Left, Limit, Slices, clock
from ingestion.fakes.sign_in import FakeSignIn, answer_sign_in

WAITS = ("seconds", "date", "untold")  # how a 429 says how long to wait
FAULTS = {"500", "503", "429", "401", "403", "html", "disconnect", "cut"}
FAULTS |= {f"429-{way}" for way in WAITS}


class RefusalError(Exception):
    """The request is not as the till wants it; answered with `status` (and Square's `code`)."""

    def __init__(self, message: str, status: int = 400, code: str = "") -> None:
        super().__init__(message)
        self.status, self.code = status, code


class TooManyError(RefusalError):
    """The request is one too many; the next is taken `wait` seconds later, as is said in `way`."""

    def __init__(self, wait: float, way: str = "") -> None:
        super().__init__("Too Many Requests", 429)
        self.wait, self.way = wait, way


class Page(NamedTuple):
    """An answer: its JSON text and the headers that say what follows it."""

    text: str
    headers: dict[str, str] = {}


class FakeTill(FakeServer):
    """One till. `api` is what its paths begin with; requests are counted and planned by the whole
    path, or by its last part (`by_last_part`); `own_faults` are its answers beside FAULTS.

    Its limits are on (`limits_of`; a test may put others there); `too_many` are the requests that
    were refused for them. A planned 429 asks for `retry_after_seconds`, said in the till's own way
    (`way_to_wait`), or as `429-seconds`, `429-date` and `429-untold` name it.
    """

    api = "/"
    by_last_part = False
    own_faults: frozenset[str] = frozenset()
    way_to_wait = "seconds"
    retry_after_seconds = 7

    def __init__(self, token: str, sign_in: FakeSignIn | None = None, port: int = 0) -> None:
        self.token, self.sign_in, self.port = token, sign_in, port
        self.requests: Counter[str] = Counter()
        self.queries: list[tuple[str, dict]] = []
        self.before_page: Callable[[str, dict], object] = lambda path, query: None
        self.too_many = 0
        self.slices = Slices()
        self._plans: dict[str, deque[str]] = {}

    def accepts(self, authorization: str | None) -> bool:
        """Whether a request with this header may read: its own token, or one of `sign_in`."""
        if self.sign_in:
            return self.sign_in.accepts(authorization)
        return authorization == f"Bearer {self.token}"

    def scope_of(self, path: str) -> str:
        """The scope that a token from `sign_in` needs for this path; empty for none."""
        return ""

    def limits_of(self, path: str) -> Iterable[Limit]:
        """The limits that a request for this path counts in; none where none is published."""
        return ()

    def plan(self, name: str, *answers: str) -> None:
        """The next answers of a path (see `by_last_part`): `ok`, or one of the faults, in order."""
        faults = FAULTS | self.own_faults
        unknown = set(answers) - faults - {"ok"}
        if unknown:
            raise ValueError(f"no such answer: {unknown}; there are {sorted(faults)}")
        self._plans[name] = deque(answers)

    def next_fault(self, name: str) -> str:
        """The planned answer for this request, `ok` when nothing is planned."""
        plan = self._plans.get(name)
        return plan.popleft() if plan else "ok"

    def answer(self, path: str, query: dict, fault: str) -> Page | None:
        """What is answered; None when there is nothing at this path (404)."""
        text = self.body(path, query, fault)
        return None if text is None else Page(text)

    def body(self, path: str, query: dict, fault: str) -> str | None:
        """The JSON text of an answer, where that is all of it."""
        raise NotImplementedError


class TillHandler(FakeHandler):
    """Answers one request, as planned or as it should be."""

    fake: FakeTill
    html = (502, "<html>bad gateway</html>")
    left: Left | None = None

    def date_time_string(self, timestamp: float | None = None) -> str:
        """By the clock of the stand-ins."""
        return super().date_time_string(clock() if timestamp is None else timestamp)

    def get(self) -> None:
        """Signing in, or reading."""
        if not answer_sign_in(self, self.fake.sign_in):
            address = urlsplit(self.path)
            self.read(address.path, dict(parse_qsl(address.query)))

    def post(self, body: bytes) -> None:
        """Signing in, or what the till takes by POST."""
        if not answer_sign_in(self, self.fake.sign_in, body):
            self.read_posted(body)

    def read_posted(self, body: bytes) -> None:
        """The tills are read by GET, unless they say otherwise."""
        self.refuse(RefusalError("Method Not Allowed", 405))

    def read(self, path: str, query: dict) -> None:
        """Answer a request to read."""
        fake, path = self.fake, path.removeprefix(self.fake.api)
        name = path.rpartition("/")[2] if fake.by_last_part else path
        fake.requests[name] += 1
        fake.queries.append((path, query))
        self.left = None
        try:
            self.check(path)
            self.count(path)
            fake.before_page(path, query)
            fault = fake.next_fault(name)
            if fault == "html":
                return self.send_text(*self.html, {"Content-Type": "text/html"})
            if fault.startswith("429"):
                raise TooManyError(fake.retry_after_seconds, fault.partition("-")[2])
            if fault.isdigit():
                raise RefusalError("planned", int(fault))
            page = fake.answer(path, query, fault)
            if page is None:
                raise RefusalError("Not Found", 404)
        except TooManyError as refusal:
            fake.too_many += 1
            ends = math.ceil(round(clock() + refusal.wait, 3))
            self.left = self.left and self.left._replace(requests=0, ends=ends)
            return self.refuse(refusal, self.limits() | self.wait(refusal, ends))
        except RefusalError as refusal:
            return self.refuse(refusal, self.limits())
        if fault in ("disconnect", "cut"):
            return self.break_off(page.text, fault)
        return self.send_text(200, page.text, self.limits() | page.headers)

    def check(self, path: str) -> None:
        """Raise RefusalError when the request may not read here."""
        fake, proof = self.fake, self.headers.get("Authorization")
        if not fake.accepts(proof):
            raise RefusalError("Unauthorized", 401)
        scope = fake.scope_of(path)
        if scope and fake.sign_in and scope not in fake.sign_in.scopes_of(proof):
            raise RefusalError(f"the token lacks the scope {scope}", 403, "INSUFFICIENT_SCOPES")

    def count(self, path: str) -> None:
        """Count the request in its limits. Raises TooManyError beyond one of them."""
        now = clock()
        self.left = self.fake.slices.take(self.fake.limits_of(path), now)
        if self.left and self.left.requests < 0:
            raise TooManyError(self.left.ends - now)

    def wait(self, refusal: TooManyError, ends: int) -> dict[str, str]:
        """The header that says how long to wait, until the second `ends`."""
        way = refusal.way or self.fake.way_to_wait
        date = format_datetime(datetime.fromtimestamp(ends, UTC), usegmt=True)
        told = {"seconds": str(math.ceil(ends - clock())), "date": date}
        return {"Retry-After": told[way]} if way in told else {}

    def limits(self) -> dict[str, str]:
        """The headers by which the till says what is left of its limit."""
        return {}

    def refuse(self, refusal: RefusalError, headers: dict[str, str] | None = None) -> None:
        """An error in the till's own shape."""
        raise NotImplementedError
