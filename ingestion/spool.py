"""Records read from a till wait on disk until all of an entity is there, then they are landed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa

from ingestion.contract import Entity, Record

SCHEMA = pa.schema(
    [
        pa.field("account_id", pa.string(), nullable=False),
        pa.field("record_id", pa.string(), nullable=False),
        pa.field("record_key", pa.string(), nullable=False),
        pa.field("payload", pa.string(), nullable=False),
        pa.field("record_hash", pa.string(), nullable=False),
        pa.field("extracted_at", pa.timestamp("us", tz="UTC"), nullable=False),
    ]
)
KEY_SEPARATOR = "|"
BATCH_ROWS = 5000


class Spool:
    """The records of one entity of one account, read once, at most one version per record.

    When an id comes twice the last one stands, or the one with the higher version where the
    entity has versions; `repeated` counts the others, `older` those that a higher version
    stands against.
    """

    def __init__(self, account_id: str, entity: Entity, path: Path) -> None:
        self.account_id, self.entity, self.path = account_id, entity, path
        self.fetched = self.repeated = self.older = 0
        self._standing: dict[str, int] = {}  # record id -> its row in the file
        self._versions: dict[str, int] = {}
        self._waiting: list[tuple[str, str, str, str]] = []
        self._extracted_at = datetime.now(UTC)
        self._writer = pa.ipc.new_stream(str(path), SCHEMA)

    def add(self, records: Iterable[Record]) -> None:
        """Take records over; what they say is let go one by one, only texts are kept."""
        prefix, entity = self.account_id + KEY_SEPARATOR, self.entity
        for record in records:
            record_id, value = storable(record.record_id), _value(record)
            version = version_of(value, entity.version_field)
            key = prefix + record_id
            digest = record_hash(key, record.payload, entity.volatile, value)
            self._waiting.append((record_id, key, storable(record.payload), digest))
            self._stand(record_id, self.fetched, version)
            self.fetched += 1
            if len(self._waiting) == BATCH_ROWS:
                self._write()

    def _write(self) -> None:
        record_ids, keys, payloads, digests = zip(*self._waiting, strict=True)
        columns = {
            "account_id": [self.account_id] * len(keys),
            "record_id": record_ids,
            "record_key": keys,
            "payload": payloads,
            "record_hash": digests,
            "extracted_at": [self._extracted_at] * len(keys),
        }
        self._writer.write_batch(pa.RecordBatch.from_pydict(columns, schema=SCHEMA))
        self._waiting = []

    def _stand(self, record_id: str, row: int, version: int | None) -> None:
        """Note which row of an id stands from now on."""
        if record_id in self._standing:
            if version is not None and version < self._versions.get(record_id, version):
                self.older += 1
                return
            self.repeated += 1
        self._standing[record_id] = row
        if version is not None:
            self._versions[record_id] = version

    def close(self) -> None:
        """End writing; `tables` may be read after this."""
        if self._waiting:
            self._write()
        self._writer.close()

    @property
    def remaining(self) -> int:
        """How many records `tables` gives."""
        return len(self._standing)

    def version(self, record_id: str) -> int | None:
        """The version of a record that stands; None when it has none."""
        return self._versions.get(record_id)

    def hashes(self) -> dict[str, str]:
        """Record id -> hash of the records that stand."""
        found: dict[str, str] = {}
        for table in self.tables():
            columns = (table.column(name).to_pylist() for name in ("record_id", "record_hash"))
            found.update(zip(*columns, strict=True))
        return found

    def leave_out(self, record_ids: Iterable[str]) -> None:
        """Records that need not be written: the warehouse holds them, or a newer version."""
        for record_id in record_ids:
            del self._standing[record_id]

    def tables(self) -> Iterator[pa.Table]:
        """The records that stand, as Arrow tables of a few thousand rows."""
        first = 0
        with pa.ipc.open_stream(str(self.path)) as batches:
            for batch in batches:
                table = pa.Table.from_batches([batch])
                if self.remaining < self.fetched:
                    ids = batch.column("record_id").to_pylist()
                    standing = [
                        self._standing.get(record_id) == first + n
                        for n, record_id in enumerate(ids)
                    ]
                    table = table.filter(pa.array(standing, pa.bool_()))
                first += batch.num_rows
                if table.num_rows:
                    yield table


def storable(text: str) -> str:
    """The text itself, unless an engine cannot hold it: NUL and lone surrogates become escapes."""
    if "\x00" in text:
        text = text.replace("\x00", "\\u0000")
    if text.isascii():
        return text
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def version_of(value: Any, field: str) -> int | None:
    """The whole number in a record's version field; None when it has none."""
    version = value.get(field) if field and isinstance(value, dict) else None
    return version if type(version) is int else None


def _value(record: Record) -> Any:
    """What the payload says; None when strict JSON refuses it."""
    if record.value is not None:
        return record.value
    try:
        return orjson.loads(record.payload)
    except (orjson.JSONDecodeError, UnicodeEncodeError):
        return None


def record_hash(record_key: str, payload: str, volatile: tuple[str, ...], value: Any = None) -> str:
    """Hash of the key and the payload with its keys sorted and its volatile fields left out.

    A payload that is not JSON is hashed as the text it is. Numbers are told apart to 17 digits.
    The key belongs to the hash: dlt finds changes by the hash alone, and two accounts may hold
    the same payload. `value` is the payload as read already; it is used up.
    """
    digest = hashlib.blake2b(record_key.encode("utf-8", "surrogatepass"), digest_size=16)
    digest.update(b"\0")
    digest.update(_canonical(payload, volatile, value))
    return digest.hexdigest()


def _canonical(payload: str, volatile: tuple[str, ...], parsed: Any) -> bytes:
    try:
        if parsed is None:
            parsed = orjson.loads(payload)
        if isinstance(parsed, dict):
            for field in volatile:
                parsed.pop(field, None)
        return orjson.dumps(parsed, option=orjson.OPT_SORT_KEYS)
    except (orjson.JSONDecodeError, UnicodeEncodeError, TypeError):
        return _canonical_lenient(payload, volatile)


def _canonical_lenient(payload: str, volatile: tuple[str, ...]) -> bytes:
    """The same for what strict JSON refuses (NaN, lone surrogates, depth), or the bare text."""
    try:
        parsed = json.loads(payload)
        if isinstance(parsed, dict):
            for field in volatile:
                parsed.pop(field, None)
        return json.dumps(parsed, sort_keys=True).encode("ascii")
    except (ValueError, RecursionError):
        return payload.encode("utf-8", "surrogatepass")
