"""Lightspeed Restaurant K-Series, from its API."""

from __future__ import annotations

from collections.abc import Callable

from ingestion.accounts import Account
from ingestion.json_text import parse
from ingestion.sources.lightspeed_k import stated
from ingestion.sources.lightspeed_k.entities import ENTITIES
from ingestion.sources.lightspeed_k.reading import read

__all__ = ["ENTITIES", "differences", "read"]


def differences(account: Account, payloads: Callable[..., list[str]]) -> list[str]:
    """Where a business' currency or a location's start of day is not the account's, and the mend.

    `payloads` gives the current records of an entity that the warehouse holds.
    """
    businesses = [parse(payload) for payload in payloads("businesses")]
    days = [parse(payload) for payload in payloads("sales_daily", last=True)]
    starts = stated.starts_of_days(account, businesses, days)
    return stated.differences(account, [*stated.currencies(businesses), *starts])
