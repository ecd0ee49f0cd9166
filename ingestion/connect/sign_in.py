"""`python -m ingestion connect`: a person allows Tillhouse to read a till."""

from __future__ import annotations

import os
import secrets
import time
import webbrowser
from collections.abc import Callable
from dataclasses import dataclass
from getpass import getpass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from ingestion.accounts import Account, AccountError
from ingestion.connect import token_server
from ingestion.connect.auth import token_variable
from ingestion.connect.store import Grant, Store, make_key
from ingestion.connect.vendors import Vendor, vendor_of
from ingestion.contract import SourceError
from ingestion.http import LOOPBACK
from ingestion.redact import remember_secret, without_personal_detail

REDIRECT_URI = "http://127.0.0.1:8765/callback"
PAGE = "<!doctype html><meta charset=utf-8><title>Tillhouse</title><p>{}</p>"


@dataclass(frozen=True)
class Wishes:
    """How the person wants it done.

    `redirect_uri` is what is registered with the till. `paste`: the address at which the browser
    ends is pasted here, for a machine without one. `personal_token`: instead of signing in, a
    token that a person made in the till is asked for and kept.
    """

    redirect_uri: str = REDIRECT_URI
    personal_token: bool = False
    paste: bool = False
    open_browser: bool = True
    wait_seconds: float = 300.0


def connect(
    account: Account,
    wishes: Wishes,
    say: Callable[[str], None] = print,
    ask: Callable[[str], str] = input,
    ask_hidden: Callable[[str], str] = getpass,
) -> None:
    """Connect one account and store its tokens; asks the person where the till wants one.

    Raises AccountError when id or secret of the application are missing, SourceError when the
    till, or the person, did not agree.
    """
    vendor = vendor_of(account)
    make_key()
    store = Store(account.account_id)
    try:
        if wishes.personal_token:
            grant = _by_personal_token(account, vendor, ask_hidden)
        elif vendor.grant == "machine":
            grant = token_server.log_in(account, vendor)
        else:
            grant = _by_person(account, vendor, wishes, say, ask)
    except token_server.TokenError as error:
        raise SourceError(f"account {account.account_id}: not connected: {error}.") from None
    except AccountError as error:  # an application without id or secret
        hint = " Or use --personal-token." if vendor.personal_token else ""
        raise AccountError(f"{error}{hint}") from None
    except EOFError:
        raise SourceError(
            f"account {account.account_id}: nothing was given; not connected."
        ) from None
    with store.lock():
        store.write(grant)
    say(f"{account.account_id} is connected to {vendor.name}. Next: `make load`.")
    if os.environ.get(token_variable(account)):
        say(f"But {token_variable(account)} is set and goes before it: take it out.")


def _by_personal_token(account: Account, vendor: Vendor, ask_hidden: Callable[[str], str]) -> Grant:
    if not vendor.personal_token:
        raise SourceError(
            f"account {account.account_id}: {vendor.name} has no personal tokens; connect without"
            " --personal-token."
        )
    token = ask_hidden(f"The token, made {vendor.personal_token}: ").strip()
    if not token:
        raise SourceError(f"account {account.account_id}: no token was given.")
    now = time.time()
    return Grant(access_token=token, obtained_at=now, changed_at=now)


def _by_person(
    account: Account,
    vendor: Vendor,
    wishes: Wishes,
    say: Callable[[str], None],
    ask: Callable[[str], str],
) -> Grant:
    state, verifier = secrets.token_urlsafe(32), ""
    has_secret = token_server.has_client_secret(account)
    if vendor.pkce == "always" or (vendor.pkce == "no_secret" and not has_secret):
        verifier = secrets.token_urlsafe(48)
    elif not has_secret:
        account.secret("client_secret")  # says which variable to set
    redirect_uri = wishes.redirect_uri
    url = token_server.authorization(account, vendor, redirect_uri, state, verifier)
    invitation = f"Sign in to {vendor.name} and allow Tillhouse to read, here:\n\n{url}\n"
    if wishes.paste or urlsplit(redirect_uri).hostname not in LOOPBACK:
        say(invitation)
        came_back = ask("Paste the address at which your browser ended: ").strip()
        _check(came_back, state, account)
    else:
        with _Callback(account, redirect_uri, state) as callback:
            say(invitation)
            if wishes.open_browser:
                webbrowser.open(url)
            came_back = callback.wait(wishes.wait_seconds)
    _same_shop(account, came_back)
    return token_server.exchange(account, vendor, came_back, state, verifier, redirect_uri)


def _check(came_back: str, state: str, account: Account) -> None:
    """Refuse an address that does not answer our own question."""
    told = parse_qs(urlsplit(came_back).query)
    remember_secret(*told.get("code", []))
    if not secrets.compare_digest(told.get("state", [""])[0].encode(), state.encode()):
        raise SourceError(
            f"account {account.account_id}: that is not the answer to this question (`state`"
            " differs). Run connect again and use the address it shows."
        )
    if "error" in told:
        words = "; ".join(told["error"] + told.get("error_description", []))
        raise SourceError(
            f"account {account.account_id}: the till did not agree:"
            f" {without_personal_detail(words)[:200]}."
        )
    if "code" not in told:
        raise SourceError(f"account {account.account_id}: the till's answer holds no code.")


def _same_shop(account: Account, came_back: str) -> None:
    """X-Series says which shop was signed in to: another one's sales must not land here."""
    prefix = parse_qs(urlsplit(came_back).query).get("domain_prefix", [""])[0]
    host = urlsplit(account.path).hostname or ""
    if prefix and host not in LOOPBACK and host.partition(".")[0] != prefix:
        raise SourceError(
            f"account {account.account_id}: you signed in to the shop {prefix!r}, and its path in"
            f" pos_accounts.csv is {account.path}. Sign in to that one, or mend the path."
        )


class _Callback:
    """A small server on this machine that waits for the browser to come back."""

    def __init__(self, account: Account, redirect_uri: str, state: str) -> None:
        parts = urlsplit(redirect_uri)
        self._account, self._state = account, state
        self._base = f"{parts.scheme}://{parts.netloc}"
        self._came_back, self._error = "", None
        waiting = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if urlsplit(self.path).path != parts.path:
                    return self._page(404, "Nothing is here.")
                return self._page(*waiting._take(self.path))

            def _page(self, status: int, text: str) -> None:
                body = PAGE.format(text).encode()
                self.send_response(status)
                self.send_header("Content-Type", "text/html")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Say nothing: the address holds the code."""

        try:
            self._server = ThreadingHTTPServer((parts.hostname, parts.port or 80), Handler)
        except OSError as error:
            raise SourceError(
                f"account {account.account_id}: {redirect_uri} cannot be listened to"
                f" ({error.strerror}). Is another connect running? Or use --paste."
            ) from None

    def __enter__(self) -> _Callback:
        return self

    def __exit__(self, *_: object) -> None:
        self._server.server_close()  # a page that is being answered is finished first

    def _take(self, path: str) -> tuple[int, str]:
        """What the browser brought; a forged answer is refused, and the wait goes on."""
        came_back = self._base + path
        told = parse_qs(urlsplit(path).query)
        if not secrets.compare_digest(told.get("state", [""])[0].encode(), self._state.encode()):
            return 400, "This is not the answer that Tillhouse waits for."
        try:
            _check(came_back, self._state, self._account)
        except SourceError as error:
            self._error = error
            return 400, "The till did not agree. The terminal says more."
        self._came_back = came_back
        return 200, "Tillhouse may read now. You can close this page."

    def wait(self, seconds: float) -> str:
        """The address the browser came back to. Raises SourceError after `seconds`."""
        until = time.monotonic() + seconds
        self._server.timeout = 0.1
        while not self._came_back and self._error is None:
            if time.monotonic() > until:
                raise SourceError(
                    f"account {self._account.account_id}: nobody signed in within {seconds:.0f} s."
                    " Run connect again."
                )
            self._server.handle_request()
        if self._error is not None:
            raise self._error
        return self._came_back
