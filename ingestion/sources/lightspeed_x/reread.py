"""Asking the till for single records: for `verify`, and for what an event is about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ingestion.accounts import Account
from ingestion.contract import Pull, Record
from ingestion.http import NotFoundError
from ingestion.json_text import parse
from ingestion.records import still_there
from ingestion.sources.lightspeed_x.client import Client
from ingestion.sources.lightspeed_x.entities import XEntity, key_of
from ingestion.sources.lightspeed_x.paging import LOOPS, consignment_lines, to_records

WHOLE_LISTS = ("category", "gift_card", "list")


class Reader:
    """Reads single records of one account again; whole lists are read once and kept."""

    def __init__(self, client: Client, pull: Pull) -> None:
        self._client, self._pull = client, pull
        self._lists: dict[str, dict[str, Any]] = {}

    def again(self, entity: XEntity, record_id: str, record: dict) -> dict | None:
        """The record as the till gives it now; None when it has it no more.

        A record that the till can only be asked for by its version and that is not there any
        more under that version has changed: it comes back as `{"version": None}`.
        """
        if entity.paging in WHOLE_LISTS:
            return self.whole_list(entity).get(record_id)
        if entity.paging == "closure":  # the till has forgotten those before the newest
            return self.whole_list(entity).get(record_id, record)
        if entity.reread == "consignment":
            return self._lines(entity, record["consignment_id"]).get(record_id)
        if entity.reread == "version" and "version" in record:
            return self._by_version(entity, record_id, record)
        try:
            return self._client.record(entity.name, record_id).value
        except NotFoundError:
            return None

    def whole_list(self, entity: XEntity) -> dict[str, Any]:
        """Every record of an entity that the till only gives as a whole, id -> record."""
        if entity.name not in self._lists:
            batches = LOOPS[entity.paging](self._client, entity, Pull())
            self._lists[entity.name] = {r.record_id: parse(r.payload) for b in batches for r in b}
        return self._lists[entity.name]

    def first_after(self, entity: XEntity, version: int) -> int | None:
        """The version of the first record behind `version`; None when there is none."""
        path = "consignments" if entity.paging == "consignment" else entity.name
        page = self._client.page(path, self._one_after(entity, version), f"{path} after {version}")
        return page.version_max if page.records else None

    def _one_after(self, entity: XEntity, version: int) -> dict:
        deleted = {"deleted": "true"} if entity.takes_deleted else {}
        return {"after": version, "page_size": 1} | deleted

    def _by_version(self, entity: XEntity, record_id: str, record: dict) -> dict:
        version = record["version"]
        place = f"{entity.name} with version {version}"
        page = self._client.page(entity.name, self._one_after(entity, version - 1), place)
        for piece in page.records:
            if key_of(entity, piece.value) == record_id:
                return piece.value
        return {"version": None}

    def _lines(self, entity: XEntity, consignment_id: str) -> dict[str, Any]:
        if consignment_id not in self._lists:
            lines = consignment_lines(self._client, entity, consignment_id, self._pull)
            self._lists[consignment_id] = {r.record_id: parse(r.payload) for r in lines or ()}
        return self._lists[consignment_id]


def fetch_by_id(
    account: Account, entity: XEntity, ids: Iterable[str], pull: Pull
) -> Iterator[list[Record]]:
    """Yield the records of these ids, as far as the till has them and gives them by id.

    Raises SourceError, or AccountError when the account has no token.
    """
    if entity.reread != "id" or entity.paging == "closure":
        return
    with Client(account, pull) as client:
        for piece in still_there(ids, lambda id_: client.record(entity.name, id_), pull):
            yield to_records(entity, [piece], entity.name, pull)
