"""Lightspeed Retail X-Series (once Vend): from its API, or from a folder of JSONL exports."""

from __future__ import annotations

from collections.abc import Iterator

from ingestion.accounts import Account
from ingestion.contract import Pull, Record
from ingestion.sources.lightspeed_x import files, paging
from ingestion.sources.lightspeed_x.entities import ENTITIES, XEntity
from ingestion.sources.lightspeed_x.reread import fetch_by_id

__all__ = ["ENTITIES", "fetch_by_id", "read"]


def read(account: Account, entity: XEntity, pull: Pull) -> Iterator[list[Record]]:
    """Yield the records of one entity, as the till gave them.

    Raises SourceError, or AccountError when the account has no token.
    """
    reader = paging if account.transport == "api" else files
    yield from reader.read(account, entity, pull)
