"""Accounts of every till that is signed in to, and a person who says yes, for the tests."""

from __future__ import annotations

import threading

import requests
from cryptography.fernet import Fernet

from ingestion.accounts import Account
from ingestion.connect.sign_in import Wishes, connect
from ingestion.fakes.sign_in import FakeSignIn

SECRET_KEY = Fernet.generate_key().decode()
CODE_TILLS = ("lightspeed_x", "lightspeed_k", "square")


def account(source: str, url: str, account_id: str = "shop") -> Account:
    """An account of the till at an address."""
    return Account(
        *(account_id, "toys", source, "Till", "High Street", "America/Vancouver"),
        *("00:00", "CAD", "api", url, "", "", "", "false"),
    )


def settings(till: FakeSignIn, folder: object, account_id: str = "shop") -> dict[str, str]:
    """What the environment says so that the account can be connected."""
    return {
        "TILLHOUSE_SECRET_KEY": SECRET_KEY,
        "TILLHOUSE_CONNECTIONS": str(folder),
        f"TILLHOUSE_{account_id.upper()}_CLIENT_ID": till.client_id,
        f"TILLHOUSE_{account_id.upper()}_CLIENT_SECRET": till.client_secret,
    }


def free_port() -> int:
    """A port nobody listens to."""
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Person:
    """Takes the address that `connect` shows to a browser; `said` is all that was shown."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.pages: list[requests.Response] = []
        self._browsers: list[threading.Thread] = []

    def say(self, text: str) -> None:
        """Read what is shown; open the address in it."""
        self.said.append(text)
        for word in text.split():
            if word.startswith("http://127.0.0.1") and "response_type=code" in word:
                self.browse(word)

    def browse(self, *urls: str) -> None:
        """Open one after another in a browser of its own; redirects are followed."""

        def visit() -> None:
            self.pages += [requests.get(url, timeout=10) for url in urls]

        browser = threading.Thread(target=visit)
        self._browsers.append(browser)
        browser.start()

    def finish(self) -> None:
        """Wait until every page is there."""
        for browser in self._browsers:
            browser.join(10)


def connect_by_person(account: Account) -> Person:
    """Connect the account; everything is allowed."""
    person = Person()
    uri = f"http://127.0.0.1:{free_port()}/callback"
    try:
        connect(account, Wishes(uri, open_browser=False, wait_seconds=10), person.say)
    finally:
        person.finish()
    return person
