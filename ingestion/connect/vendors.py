"""How each till lets us in, as data. A further till is one more line of `VENDORS`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from ingestion.accounts import Account
from ingestion.contract import SourceError
from ingestion.http import LOOPBACK, refuse_unprotected


@dataclass(frozen=True)
class Vendor:
    """One till's way in.

    `grant`: `code` is OAuth's authorization code, `machine` a log-in with id and secret alone.
    `sign_in_hosts`: host of the account's path, or its ending -> where people sign in; elsewhere
    (a sandbox, a stand-in) the account's own address serves that too. `client`: how id and secret
    go to the token address. `pkce`: `always`, `no_secret` (an application without a secret), or
    `never` where the till's papers do not offer it. `personal_token`: where a person makes one.
    """

    name: str
    grant: Literal["code", "machine"]
    example: str
    token_path: str
    authorize_path: str = ""
    sign_in_hosts: tuple[tuple[str, str], ...] = ()
    is_token_at_sign_in: bool = False
    client: Literal["client_secret_basic", "client_secret_post", "json"] = "client_secret_post"
    pkce: Literal["always", "no_secret", "never"] = "never"
    scope: str = ""
    authorize_extra: tuple[tuple[str, str], ...] = ()
    personal_token: str = ""

    def sign_in_address(self, account: Account) -> str:
        """Where a person allows Tillhouse to read."""
        return self._sign_in_base(account) + self.authorize_path

    def token_address(self, account: Account) -> str:
        """Where tokens come from."""
        is_there = self.is_token_at_sign_in
        base = self._sign_in_base(account) if is_there else _base(account)
        return base + self.token_path

    def _sign_in_base(self, account: Account) -> str:
        host = urlsplit(account.path).hostname or ""
        if host not in LOOPBACK:
            for ending, address in self.sign_in_hosts:
                if host.endswith(ending):
                    return address
        return _base(account)


VENDORS = {
    "lightspeed_x": Vendor(
        "Lightspeed X-Series",
        grant="code",
        example="https://yourshop.retail.lightspeed.app",
        authorize_path="/connect",
        token_path="/api/1.0/token",
        sign_in_hosts=((".retail.lightspeed.app", "https://secure.retail.lightspeed.app"),),
        scope=(
            "products:read sales:read customers:read inventory:read consignments:read"
            " outlets:read registers:read users:read taxes:read payment_types:read suppliers:read"
            " gift_cards:read products:read:price_books services:read serial_numbers:read webhooks"
        ),
        personal_token="in the till under Setup, Personal tokens (Plus plan)",
    ),
    "lightspeed_k": Vendor(
        "Lightspeed K-Series",
        grant="code",
        example="https://api.lsk.lightspeed.app",
        authorize_path="/realms/k-series/protocol/openid-connect/auth",
        token_path="/realms/k-series/protocol/openid-connect/token",
        sign_in_hosts=(
            ("api.lsk.lightspeed.app", "https://auth.lsk-prod.app"),
            ("api.trial.lsk.lightspeed.app", "https://auth.lsk-demo.app"),
        ),
        is_token_at_sign_in=True,
        client="client_secret_basic",
        pkce="always",
        scope="financial-api items staff-api offline_access",
    ),
    "square": Vendor(
        "Square",
        grant="code",
        example="https://connect.squareup.com",
        authorize_path="/oauth2/authorize",
        token_path="/oauth2/token",
        client="json",
        pkce="no_secret",
        scope=(
            "MERCHANT_PROFILE_READ ITEMS_READ ORDERS_READ PAYMENTS_READ CUSTOMERS_READ"
            " EMPLOYEES_READ TIMECARDS_READ INVENTORY_READ GIFTCARDS_READ"
        ),
        authorize_extra=(("session", "false"),),
        personal_token="in Square's developer console, under Credentials",
    ),
    "toast": Vendor(
        "Toast",
        grant="machine",
        example="https://ws-api.toasttab.com",
        token_path="/authentication/v1/authentication/login",
        client="json",
    ),
}


def vendor_of(account: Account) -> Vendor:
    """The way in to the account's till; its address checked.

    Raises SourceError for a till that is not signed in to, and for an address over which a token
    would go unprotected.
    """
    vendor = VENDORS.get(account.source)
    if vendor is None or account.transport != "api":
        raise SourceError(
            f"account {account.account_id}: its transport is {account.transport} and its source"
            f" {account.source}: there is nothing to connect."
        )
    refuse_unprotected(account.account_id, account.path, vendor.example)
    return vendor


def _base(account: Account) -> str:
    return account.path.rstrip("/")
