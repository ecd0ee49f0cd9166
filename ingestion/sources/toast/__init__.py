"""Toast, from its API: one account is one restaurant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ingestion.accounts import Account
from ingestion.contract import Pull, Record
from ingestion.records import still_there
from ingestion.sources.toast.client import Client
from ingestion.sources.toast.entities import ENTITIES, ToastEntity
from ingestion.sources.toast.reading import read, to_records

__all__ = ["ENTITIES", "fetch_by_id", "read"]


def fetch_by_id(
    account: Account, entity: ToastEntity, ids: Iterable[str], pull: Pull
) -> Iterator[list[Record]]:
    """Yield the records of these ids; one that the till does not have (any more) is left out.

    Raises SourceError, or AccountError when the account cannot log in.
    """
    if not entity.by_id:
        return
    with Client(account) as client:
        for piece in still_there(ids, lambda id_: client.one(entity.by_id.format(guid=id_), pull)):
            yield to_records(entity, [piece], pull)
