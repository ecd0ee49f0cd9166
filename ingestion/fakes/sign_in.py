"""A stand-in for the tills' token servers: signing in, tokens that rotate, and how they refuse.

    with FakeSignIn("lightspeed_k", expires_in=1500) as till:
        ... till.url, till.requests, till.plan("500", "ok"), till.end_access(), till.end_grant()

It answers in each till's own shape. An X-Series or K-Series refresh token is good for once: used a
second time, the whole grant is revoked, as Keycloak does it. Square's stay good, but for an
application without a secret. A token is good for the scopes that were asked for; one that is not in
`allowed`, or none for X-Series, is `invalid_scope`. Toast gives all that are `allowed`. Access
tokens end. Toast and X-Series take ten requests for tokens a minute: how many they really take is
not published. `GET <url>/things` is a small resource that needs a live token; another fake uses
`answer`, `accepts` and `scopes_of` to guard its own.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections import Counter, deque
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit

from ingestion.fakes.handler import FakeHandler, FakeServer
from ingestion.fakes.limits import Limit, Slices, clock

AUTHORIZE = ("/connect", "/oauth2/authorize", "/realms/k-series/protocol/openid-connect/auth")
TOKEN = ("/api/1.0/token", "/oauth2/token", "/realms/k-series/protocol/openid-connect/token")
LOG_IN = "/authentication/v1/authentication/login"
SCOPES = {
    "lightspeed_x": (
        "products:read sales:read customers:read inventory:read consignments:read outlets:read"
        " registers:read users:read taxes:read payment_types:read suppliers:read gift_cards:read"
        " webhooks products:read:price_books services:read serial_numbers:read"
    ),
    "lightspeed_k": "financial-api items staff-api offline_access",
    "square": (
        "MERCHANT_PROFILE_READ ITEMS_READ ORDERS_READ PAYMENTS_READ CUSTOMERS_READ EMPLOYEES_READ"
        " TIMECARDS_READ INVENTORY_READ GIFTCARDS_READ"
    ),
    "toast": (
        "orders:read menus:read labor:read labor.employees:read cashmgmt:read config:read"
        " restaurants:read"
    ),
}
LIMITED = ("toast", "lightspeed_x")
TOKENS_A_MINUTE = Limit("TOKENS", 10, 60)
DAY = 86_400


class Token(NamedTuple):
    """What an access token is good for, and until when (seconds since 1970)."""

    grant: str
    scopes: frozenset[str]
    ends: float


class Reply(NamedTuple):
    """What is sent back."""

    status: int
    body: dict
    headers: dict[str, str] = {}


class _Handler(FakeHandler):
    fake: FakeSignIn

    def get(self) -> None:
        """A person who signs in, or a request for `/things`."""
        if answer_sign_in(self, self.fake):
            return
        self.fake.requests["things"] += 1
        may_read = self.fake.accepts(self.headers.get("Authorization"))
        _send(self, Reply(200, {"data": []}) if may_read else Reply(401, {"error": "Unauthorized"}))

    def post(self, body: bytes) -> None:
        """A request for tokens."""
        if not answer_sign_in(self, self.fake, body):
            _send(self, Reply(404, {"error": "Not Found"}))


class FakeSignIn(FakeServer):
    """The token server of one application at one till."""

    handler = _Handler

    def __init__(
        self,
        source: str,
        expires_in: int = 1500,
        client_id: str = "app-1",
        client_secret: str = "client-secret-nobody-prints",
    ) -> None:
        self.source, self.expires_in = source, expires_in
        self.client_id, self.client_secret = client_id, client_secret
        self.requests: Counter[str] = Counter()
        self.refuse_next_person = False
        self.allowed = set(SCOPES[source].split())
        self.personal_token = ""  # made by hand: good for everything
        self._slices = Slices()
        self._plan: deque[str] = deque()
        self._codes: dict[str, dict] = {}
        self._access: dict[str, Token] = {}
        self._refresh: dict[str, str] = {}  # every refresh token ever given -> its grant
        self._spent: set[str] = set()
        self._live_grants: dict[str, frozenset[str]] = {}  # -> its scopes
        self._lock = threading.Lock()

    # -- what a test says ------------------------------------------------------------------

    def plan(self, *answers: str) -> None:
        """The next answers of the token address: `ok`, a status such as `500`, or `drop`."""
        self._plan = deque(answers)

    def end_access(self) -> None:
        """Access tokens given so far are refused from now on."""
        self._access.clear()

    def end_grant(self) -> None:
        """The person took the permission back: nothing given so far is good."""
        self._access.clear()
        self._live_grants.clear()

    def accepts(self, authorization: str | None) -> bool:
        """Whether a request with this header may read."""
        scheme, _, name = (authorization or "").partition(" ")
        token = self._access.get(name)
        is_live = token is not None and time.time() < token.ends
        return scheme == "Bearer" and (is_live or bool(name) and name == self.personal_token)

    def scopes_of(self, authorization: str | None) -> set[str] | frozenset[str]:
        """What a token that is accepted is good for."""
        token = self._access.get((authorization or "").partition(" ")[2])
        return token.scopes if token else self.allowed

    # -- what it answers -------------------------------------------------------------------

    def answer(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes
    ) -> Reply | None:
        """The reply to a request; None when the address is not one of these."""
        parts = urlsplit(target)
        if method == "GET" and parts.path in AUTHORIZE:
            return self._person(dict(parse_qsl(parts.query)))
        if method == "POST" and parts.path in (*TOKEN, LOG_IN):
            with self._lock:
                return self._token(parts.path, headers, body)
        return None

    def _person(self, asked: dict[str, str]) -> Reply:
        """A person who says yes at once."""
        self.requests["authorize"] += 1
        told, scopes = {"state": asked["state"]}, set(asked.get("scope", "").split())
        if not scopes <= self.allowed or not scopes and self.source == "lightspeed_x":
            told |= {"error": "invalid_scope", "error_description": "unknown or missing scope"}
        elif self.refuse_next_person:
            told |= {"error": "access_denied", "error_description": "The owner said no"}
        else:
            code = self._new("code")
            self._codes[code] = asked
            told["code"] = code
        if self.source == "lightspeed_x":
            told["domain_prefix"] = "yourshop"
        return Reply(302, {}, {"Location": f"{asked['redirect_uri']}?{urlencode(told)}"})

    def _token(self, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        told = self._plan.popleft() if self._plan else "ok"
        if told != "ok":
            self.requests["refused"] += 1
            headers = self._until_next() if told == "429" else {}
            return Reply(0 if told == "drop" else int(told), {"message": "planned"}, headers)
        limits = [TOKENS_A_MINUTE] if self.source in LIMITED else []
        left = self._slices.take(limits, clock())
        if left and left.requests < 0:
            self.requests["refused"] += 1
            return Reply(429, {"message": "Too Many Requests"}, self._until_next())
        if path == LOG_IN:
            return self._log_in(json.loads(body))
        is_json = "json" in headers.get("Content-Type", "")
        fields = json.loads(body) if is_json else dict(parse_qsl(body.decode()))
        if is_json != (self.source == "square") or not self._is_client(fields, headers):
            return Reply(401, {"error": "invalid_client"})
        kind = fields["grant_type"]
        self.requests[kind] += 1
        if kind == "authorization_code":
            return self._by_code(fields)
        return self._by_refresh(fields)

    def _until_next(self) -> dict[str, str]:
        """X-Series says when the next token can be had, Toast does not."""
        reset = str(int(clock()) + TOKENS_A_MINUTE.seconds)
        return {"X-RateLimit-Reset": reset} if self.source == "lightspeed_x" else {}

    def _is_client(self, fields: dict, headers: Mapping[str, str]) -> bool:
        if self.source == "lightspeed_k":
            told = f"{self.client_id}:{self.client_secret}".encode()
            return headers.get("Authorization") == f"Basic {base64.b64encode(told).decode()}"
        if fields.get("client_id") != self.client_id:
            return False
        is_public = self.source == "square" and "client_secret" not in fields
        return is_public or fields.get("client_secret") == self.client_secret

    def _by_code(self, fields: dict) -> Reply:
        asked = self._codes.pop(fields.get("code", ""), None)
        if asked is None or asked["redirect_uri"] != fields.get("redirect_uri"):
            return Reply(400, {"error": "invalid_grant", "error_description": "unknown code"})
        challenge = asked.get("code_challenge")
        digest = hashlib.sha256(fields.get("code_verifier", "").encode()).digest()
        proof = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if challenge and challenge != proof:
            return Reply(400, {"error": "invalid_grant", "error_description": "PKCE"})
        grant = self._new("grant")
        self._live_grants[grant] = frozenset(asked.get("scope", "").split())
        return Reply(200, self._give(grant, rotates=self._rotates(fields)))

    def _by_refresh(self, fields: dict) -> Reply:
        token = fields.get("refresh_token", "")
        grant = self._refresh.get(token)
        if token in self._spent:
            self.requests["reused"] += 1
            self._live_grants.pop(grant, None)
        if grant not in self._live_grants:
            self.requests["invalid_grant"] += 1
            return Reply(400, {"error": "invalid_grant", "error_description": "gone"})
        if not set(fields.get("scope", "").split()) <= self._live_grants[grant]:
            return Reply(400, {"error": "invalid_scope", "error_description": "never granted"})
        rotates = self._rotates(fields)
        if rotates:
            self._spent.add(token)
        return Reply(200, self._give(grant, rotates, None if rotates else token))

    def _rotates(self, fields: dict) -> bool:
        return self.source != "square" or "client_secret" not in fields

    def _log_in(self, fields: dict) -> Reply:
        self.requests["log_in"] += 1
        told = (fields.get("clientId"), fields.get("clientSecret"), fields.get("userAccessType"))
        if told != (self.client_id, self.client_secret, "TOAST_MACHINE_CLIENT"):
            return Reply(401, {"status": 401, "code": 10001, "message": "unauthorized"})
        access = self._new_access("machine", frozenset(self.allowed))
        token = dict.fromkeys(("scope", "idToken", "refreshToken"))
        token |= {"tokenType": "Bearer", "expiresIn": self.expires_in, "accessToken": access}
        told = {"@class": ".SuccessfulResponse", "token": token, "status": "SUCCESS"}
        return Reply(200, told)

    def _give(self, grant: str, rotates: bool, kept: str | None = None) -> dict:
        scopes = self._live_grants[grant]
        access, refresh = self._new_access(grant, scopes), kept or self._new("refresh")
        self._refresh[refresh] = grant
        ends = int(time.time()) + self.expires_in
        told: dict = {"access_token": access, "token_type": "Bearer", "refresh_token": refresh}
        if self.source == "square":
            told["expires_at"] = datetime.fromtimestamp(ends, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            told |= {"merchant_id": "M1"}
            if rotates:
                told["refresh_token_expires_at"] = "2099-01-01T00:00:00Z"
        else:
            told["expires_in"] = self.expires_in
        if self.source == "lightspeed_x":
            told |= {"expires": ends, "domain_prefix": "yourshop", "scope": " ".join(scopes)}
        if self.source == "lightspeed_k":
            told["refresh_expires_in"] = 40 * DAY if "offline_access" in scopes else 1800
        return told

    def _new_access(self, grant: str, scopes: frozenset[str]) -> str:
        access = self._new("access")
        self._access[access] = Token(grant, scopes, time.time() + self.expires_in)
        return access

    def _new(self, kind: str) -> str:
        return f"{kind}-nobody-prints-{secrets.token_hex(12)}"


def answer_sign_in(handler: FakeHandler, sign_in: FakeSignIn | None, body: bytes = b"") -> bool:
    """Whether the request was for the till's sign-in, and is answered with that."""
    if sign_in is None:
        return False
    reply = sign_in.answer(handler.command, handler.path, handler.headers, body)
    if reply is not None:
        _send(handler, reply)
    return reply is not None


def _send(handler: FakeHandler, reply: Reply) -> None:
    """Send a reply; status 0 drops the connection without a word."""
    if reply.status == 0:
        handler.close_connection = True
    else:
        handler.send_text(reply.status, json.dumps(reply.body), reply.headers)
