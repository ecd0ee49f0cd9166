"""Asking a till's token address: for the first tokens, for new ones, or to log in.

OAuth itself is Authlib's; here are the tills' ways of answering.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

import requests

from ingestion.accounts import Account, AccountError
from ingestion.connect.store import Grant
from ingestion.connect.vendors import Vendor
from ingestion.http import USER_AGENT
from ingestion.redact import hide_secrets, remember_secret, without_personal_detail

TIMEOUT = (10.0, 60.0)
LIFETIMES = ("expires_in", "expiresIn")
DEADLINES = ("expires_at", "expires")
REFRESH_LIFETIMES = ("refresh_expires_in",)
REFRESH_DEADLINES = ("refresh_token_expires_at",)


class TokenError(Exception):
    """The till gave no token; the text says why. It may go well another time."""


class GrantLostError(TokenError):
    """The till no longer knows the grant (`invalid_grant`): only a person can connect again."""


def exchange(
    account: Account, vendor: Vendor, came_back: str, state: str, verifier: str, redirect_uri: str
) -> Grant:
    """The first tokens, for the address at which the till sent the person back."""
    session = _session(account, vendor, redirect_uri)
    proof = {"code_verifier": verifier} if verifier else {}
    return _ask(
        lambda: session.fetch_token(
            vendor.token_address(account),
            authorization_response=came_back,
            state=state,
            timeout=TIMEOUT,
            **proof,
        )
    )


def refresh(account: Account, vendor: Vendor, grant: Grant) -> Grant:
    """New tokens for a refresh token; the old one stays where the till gives no other."""
    session = _session(account, vendor)
    session.scope = None  # all that was granted
    return _ask(
        lambda: session.refresh_token(
            vendor.token_address(account), refresh_token=grant.refresh_token, timeout=TIMEOUT
        )
    )


def log_in(account: Account, vendor: Vendor) -> Grant:
    """A token for the account's id and secret alone (Toast)."""
    body = {
        "clientId": account.secret("client_id"),
        "clientSecret": account.secret("client_secret"),
        "userAccessType": "TOAST_MACHINE_CLIENT",
    }

    def ask() -> dict:
        response = requests.post(
            vendor.token_address(account),
            json=body,
            headers={"User-Agent": USER_AGENT},
            timeout=TIMEOUT,
        )
        answer = json.loads(_readable(response).content)
        token = answer.get("token") or {}
        return {"access_token": token.get("accessToken"), "expires_in": token.get("expiresIn")}

    return _ask(ask)


def authorization(
    account: Account, vendor: Vendor, redirect_uri: str, state: str, verifier: str
) -> str:
    """The address at which a person allows Tillhouse to read."""
    url, _ = _session(account, vendor, redirect_uri).create_authorization_url(
        vendor.sign_in_address(account),
        state=state,
        code_verifier=verifier or None,
        **dict(vendor.authorize_extra),
    )
    return url


def has_client_secret(account: Account) -> bool:
    """Whether the application has a secret; one without proves itself by PKCE."""
    return bool(_client_secret(account))


def _client_secret(account: Account) -> str:
    try:
        return account.secret("client_secret")
    except AccountError:
        return ""


def _session(account: Account, vendor: Vendor, redirect_uri: str | None = None) -> Any:
    from authlib.integrations.requests_client import OAuth2Session

    secret = _client_secret(account)
    session = OAuth2Session(
        client_id=account.secret("client_id"),
        client_secret=secret or None,
        token_endpoint_auth_method=vendor.client if secret or vendor.client == "json" else "none",
        scope=vendor.scope,
        redirect_uri=redirect_uri,
        code_challenge_method="S256",
    )
    session.headers["User-Agent"] = USER_AGENT
    session.register_client_auth_method(("json", _as_json))
    for kind in ("access_token_response", "refresh_token_response"):
        session.register_compliance_hook(kind, _readable)
    return session


def _as_json(client: Any, method: str, uri: str, headers: dict, body: Any) -> tuple:
    """Square takes its token requests as JSON, id and secret among the fields."""
    fields = dict(parse_qsl(body.decode() if isinstance(body, bytes) else body or ""))
    fields["client_id"] = client.client_id
    if client.client_secret:
        fields["client_secret"] = client.client_secret
    text = json.dumps(fields)
    headers = dict(headers) | {"Content-Type": "application/json"}
    headers["Content-Length"] = str(len(text.encode()))
    return uri, headers, text


def _ask(ask: Callable[[], dict]) -> Grant:
    """Run one request; every way of failing becomes a TokenError in our words."""
    from authlib.common.errors import AuthlibBaseError

    try:
        answer = ask()
    except AuthlibBaseError as error:
        if error.error == "invalid_grant":
            raise GrantLostError("the till no longer accepts it (invalid_grant)") from None
        raise TokenError(
            f"the till answered {_clean(f'{error.error}: {error.description}')}"
        ) from None
    except requests.RequestException as error:
        raise TokenError(f"the connection failed ({type(error).__name__})") from None
    except (ValueError, AttributeError, TypeError) as error:
        raise TokenError(f"the answer could not be read ({type(error).__name__})") from None
    return _grant(answer)


def _readable(response: requests.Response) -> requests.Response:
    """Refuse what is no answer to a token request; errors in OAuth's shape are left to Authlib."""
    if response.status_code < 400:
        return response
    try:
        body = response.json()
    except ValueError:
        body = {}
    if isinstance(body, dict) and isinstance(body.get("error"), str) and response.status_code < 500:
        return response
    raise TokenError(f"the till answered {response.status_code}{_words(body)}")


def _words(body: Any) -> str:
    """Square's and Toast's own shapes of an error."""
    if not isinstance(body, dict):
        return ""
    errors = [e for e in body.get("errors") or [] if isinstance(e, dict)]
    found = [e.get("code") for e in errors] + [body.get("type"), body.get("message")]
    words = "; ".join(str(word) for word in found if word)
    return f": {_clean(words)}" if words else ""


def _clean(words: str) -> str:
    return without_personal_detail(hide_secrets(words))[:200]


def _grant(answer: dict) -> Grant:
    """The till's answer; lifetimes are the ones it tells."""
    access = answer.get("access_token")
    if not isinstance(access, str) or not access:
        raise TokenError("the till answered without a token")
    refresh_token = str(answer.get("refresh_token") or "")
    remember_secret(access, refresh_token)
    now = time.time()
    return Grant(
        access_token=access,
        refresh_token=refresh_token,
        obtained_at=now,
        expires_at=_until(answer, now, LIFETIMES, DEADLINES),
        refresh_expires_at=_until(answer, now, REFRESH_LIFETIMES, REFRESH_DEADLINES),
        changed_at=now,
    )


def _until(
    answer: dict, now: float, lifetimes: tuple[str, ...], deadlines: tuple[str, ...]
) -> float | None:
    """When something ends, by its lifetime (our clock) or its deadline; None: not told."""
    for name in lifetimes:
        if (seconds := _number(answer.get(name))) is not None:
            return now + seconds if seconds > 0 else None  # 0: does not end (Keycloak)
    for name in deadlines:
        value = answer.get(name)
        if (moment := _number(value)) is not None:
            return moment
        try:
            return datetime.fromisoformat(str(value)).timestamp() if value else None
        except ValueError:
            continue
    return None


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None
