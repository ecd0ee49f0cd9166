"""Toast, from its API or its nightly export: one account is one restaurant."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from ingestion.accounts import Account
from ingestion.contract import Pull, Record, SourceError
from ingestion.json_text import parse
from ingestion.records import still_there
from ingestion.sources.toast import export, reading
from ingestion.sources.toast.client import Client
from ingestion.sources.toast.entities import ENTITIES, ToastEntity
from ingestion.sources.toast.reading import EDITS_READ, of_account, to_records

__all__ = ["ENTITIES", "differences", "fetch_by_id", "read"]


def read(account: Account, entity: ToastEntity, pull: Pull) -> Iterator[list[Record]]:
    """Yield the records of one entity; those of an export are put together from its rows.

    Raises SourceError, also where the account was read the other way before, or AccountError when
    it cannot log in.
    """
    way = "api" if account.transport == "api" else "export"
    _refuse_another_way(account, way, pull)
    pull.bookmark["way"] = way
    reader = reading if way == "api" else export
    yield from reader.read(account, entity, pull)


def _refuse_another_way(account: Account, way: str, pull: Pull) -> None:
    """Raise SourceError where the entity was read in another way before."""
    before = "api" if EDITS_READ in pull.bookmark else pull.bookmark.get("way")
    before = before or ("export" if pull.loaded_hashes else way)
    if before != way:
        told = {"api": "over its API", "export": "from its export"}[before]
        raise SourceError(
            f"account {account.account_id}: it was read {told} before. Both call everything"
            " by other ids, so it would count twice. Set transport back,"
            " or add an account with active_from and end this one with active_to."
        )


def fetch_by_id(
    account: Account, entity: ToastEntity, ids: Iterable[str], pull: Pull
) -> Iterator[list[Record]]:
    """Yield the records of these ids; one that the till does not have (any more) is left out.

    Raises SourceError, also where the account was read from its export before, or AccountError when
    it cannot log in.
    """
    if not entity.by_id or account.transport != "api":
        return
    _refuse_another_way(account, "api", pull)
    with Client(account) as client:
        asked = still_there(ids, lambda id_: client.one(entity.by_id.format(guid=id_), pull), pull)
        for piece in asked:
            yield to_records(entity, of_account(client, [piece]), pull)


def differences(account: Account, payloads: Callable[[str], list[str]]) -> list[str]:
    """Where currency or closeout hour of the restaurant are not the account's, and what to do.

    `payloads` gives the current records of an entity that the warehouse holds.
    """
    return reading.differences(account, map(parse, payloads("restaurants")))
