"""Square, from its API."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from ingestion.accounts import Account
from ingestion.contract import Pull, Record
from ingestion.json_text import Piece, members, parse
from ingestion.records import still_there
from ingestion.sources.square import reading
from ingestion.sources.square.client import Client
from ingestion.sources.square.entities import ENTITIES, SquareEntity
from ingestion.sources.square.reading import read, to_records

__all__ = ["ENTITIES", "differences", "fetch_by_id", "read"]


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


def differences(account: Account, payloads: Callable[[str], list[str]]) -> list[str]:
    """Where a location's currency is not the account's, and what to do about it.

    `payloads` gives the current records of an entity that the warehouse holds.
    """
    return reading.differences(account, map(parse, payloads("locations")))


def _pieces(text: str) -> list[Piece]:
    """The one record of an answer such as {"payment": {...}}."""
    return [piece for piece in members(text).values() if isinstance(piece.value, dict)][:1]
