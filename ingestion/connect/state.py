"""How an account's connection is, for `status`: no till is asked and no key is needed."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import NamedTuple

from ingestion.accounts import Account
from ingestion.connect.auth import token_variable
from ingestion.connect.store import Store, connect_again
from ingestion.connect.vendors import VENDORS


class Trouble(NamedTuple):
    """What keeps an account from being read: its state, and what to do as a sentence."""

    state: str
    to_do: str


def connection_trouble(account: Account) -> Trouble | None:
    """What is wrong with the account's connection; None when it can be read, or needs none."""
    vendor = VENDORS.get(account.source)
    has_token = os.environ.get(token_variable(account))
    if vendor is None or account.transport != "api" or has_token:
        return None
    grant = Store(account.account_id).peek()
    again = connect_again(account.account_id)
    if grant is None:
        return None if vendor.grant == "machine" else Trouble("not connected", again)
    if grant.state == "connected":
        return None
    since = f"{datetime.fromtimestamp(grant.changed_at, UTC):%Y-%m-%d %H:%M} UTC"
    if grant.state == "disconnected":
        return Trouble("disconnected", f"since {since}: {grant.reason}. {again}")
    return Trouble(
        grant.state,
        f"its token could not be renewed at {since}: {grant.reason}. It is tried again with the"
        f" next load; if that does not help: {again}",
    )
