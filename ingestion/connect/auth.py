"""The token that a request carries, renewed when it has to be."""

from __future__ import annotations

import os
import time

from ingestion.accounts import Account, AccountError
from ingestion.connect.store import Grant, Store, connect_again
from ingestion.connect.vendors import VENDORS, Vendor, vendor_of
from ingestion.contract import SourceError
from ingestion.http import Auth, FixedToken

SPARE_SECONDS = 60.0  # renewed this long before it ends: a request takes time
FRESH_SECONDS = 30.0  # a token this young is not renewed: another would be no better


_failed_in_this_run: dict[str, str] = {}


def new_run() -> None:
    """A new load or command begins: tokens that could not be renewed are tried again."""
    _failed_in_this_run.clear()


def token_variable(account: Account) -> str:
    """The environment's variable for a personal token of the account."""
    return f"TILLHOUSE_{account.account_id}_TOKEN".upper()


def auth_for(account: Account) -> Auth:
    """What requests of this account prove themselves with.

    A personal token in the environment goes before a stored connection. Raises AccountError when
    there is neither, saying what to do.
    """
    variable = token_variable(account)
    if os.environ.get(variable):
        return FixedToken(
            account.secret("token"),
            refused=f"Make a new token in the till and set {variable} to it.",
        )
    vendor = VENDORS.get(account.source)
    if vendor and (vendor.grant == "machine" or Store(account.account_id).path.exists()):
        return ConnectedTill(account)
    raise AccountError(
        f"account {account.account_id}: no token. {connect_again(account.account_id)} Or set"
        f" {variable} in the environment or .env to a personal token."
    )


class ConnectedTill:
    """The tokens that `connect` has stored.

    New tokens are on the disk before the first request carries them, so a crash between the two
    loses nothing. One process renews at a time; the others take what it has stored.
    """

    def __init__(self, account: Account) -> None:
        self._account, self._vendor = account, vendor_of(account)
        self._store = Store(account.account_id)
        self._grant: Grant | None = None
        self.refused = connect_again(account.account_id)

    def token(self) -> str:
        """The current access token, renewed when it is about to end."""
        self._grant = self._grant or self._read()
        if self._is_spent(self._grant, refused_token=""):
            self._renew("")
        return self._grant.access_token

    def renew(self, refused_token: str) -> bool:
        """Get another token once; False when the refused one is itself just new."""
        grant = self._read()
        is_fresh = time.time() - grant.obtained_at < FRESH_SECONDS
        if grant.access_token == refused_token and is_fresh:
            return False
        self._renew(refused_token)
        return True

    def _read(self) -> Grant:
        grant = self._store.read()
        if grant is None and self._vendor.grant == "machine":
            return Grant()  # it logs in by itself
        if grant is None or grant.state == "disconnected":
            raise SourceError(_lost(self._account, grant))
        return grant

    def _is_spent(self, grant: Grant, refused_token: str) -> bool:
        now, ends = time.time(), grant.expires_at
        is_ending = ends is not None and now > ends - SPARE_SECONDS
        is_fresh = now - grant.obtained_at < FRESH_SECONDS  # whatever the clocks say
        return (
            not grant.access_token
            or grant.access_token == refused_token
            or (is_ending and not is_fresh)
        )

    def _renew(self, refused_token: str) -> None:
        with self._store.lock():
            grant = self._read()  # another process may have renewed it meanwhile
            if self._is_spent(grant, refused_token):
                if failed := _failed_in_this_run.get(self._account.account_id):
                    raise SourceError(failed)
                grant = renewed(self._account, self._vendor, self._store, grant)
            self._grant = grant


def renewed(account: Account, vendor: Vendor, store: Store, grant: Grant) -> Grant:
    """New tokens, stored. The caller holds the store's lock.

    Raises SourceError: after `invalid_grant` the account is disconnected, after anything else
    renewing is tried again the next time.
    """
    from ingestion.connect import token_server

    try:
        if vendor.grant == "machine":
            new = token_server.log_in(account, vendor)
        elif not grant.refresh_token:
            raise token_server.GrantLostError("it has ended, and the till gave nothing to renew it")
        else:
            new = token_server.refresh(account, vendor, grant)
    except token_server.GrantLostError as error:
        lost = grant.disconnected(str(error), time.time())
        store.write(lost)
        raise SourceError(_lost(account, lost)) from None
    except token_server.TokenError as error:
        store.write(grant.refresh_failed(str(error), time.time()))
        text = (
            f"account {account.account_id}: its token could not be renewed: {error}. It is tried"
            " again with the next load."
        )
        _failed_in_this_run[account.account_id] = text
        raise SourceError(text) from None
    store.write(new)
    return new


def _lost(account: Account, grant: Grant | None) -> str:
    if grant is None:
        return f"account {account.account_id}: not connected. {connect_again(account.account_id)}"
    return (
        f"account {account.account_id}: disconnected, {grant.reason}. What was loaded is kept."
        f" {connect_again(account.account_id)}"
    )
