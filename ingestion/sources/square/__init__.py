"""Square, from its API."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ingestion.accounts import Account
from ingestion.contract import Pull, Record
from ingestion.json_text import Piece, members
from ingestion.records import still_there
from ingestion.sources.square.client import Client
from ingestion.sources.square.entities import ENTITIES, SquareEntity
from ingestion.sources.square.reading import read, to_records

__all__ = ["ENTITIES", "fetch_by_id", "read"]


def fetch_by_id(
    account: Account, entity: SquareEntity, ids: Iterable[str], pull: Pull
) -> Iterator[list[Record]]:
    """Yield the records of these ids; one that the till does not have (any more) is left out.

    Raises SourceError, or AccountError when the account has no token.
    """
    if not entity.by_id:
        return
    with Client(account) as client:
        asked = still_there(ids, lambda id_: client.one(entity.by_id.format(id=id_), pull), pull)
        for text in asked:
            yield to_records(entity, _pieces(text), pull)


def _pieces(text: str) -> list[Piece]:
    """The one record of an answer such as {"payment": {...}}."""
    return [piece for piece in members(text).values() if isinstance(piece.value, dict)][:1]
