"""Records read from a till wait on disk until all of an entity is there, then they are landed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

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

    When an id comes twice the last one stands; `repeated` counts the others.
    """

    def __init__(self, account_id: str, entity: Entity, path: Path) -> None:
        self.account_id, self.entity, self.path = account_id, entity, path
        self.fetched = self.repeated = 0
        self._last_row: dict[str, int] = {}
        self._extracted_at = datetime.now(UTC)
        self._writer = pa.ipc.new_stream(str(path), SCHEMA)

    def add(self, records: Iterable[Record]) -> None:
        """Write one batch."""
        batch = list(records)
        for start in range(0, len(batch), BATCH_ROWS):
            self._write(batch[start : start + BATCH_ROWS])

    def _write(self, records: list[Record]) -> None:
        prefix = self.account_id + KEY_SEPARATOR
        ids = [storable(record.record_id) for record in records]
        for row, record_id in enumerate(ids, start=self.fetched):
            if record_id in self._last_row:
                self.repeated += 1
            self._last_row[record_id] = row
        columns = {
            "account_id": [self.account_id] * len(ids),
            "record_id": ids,
            "record_key": [prefix + record_id for record_id in ids],
            "payload": [storable(record.payload) for record in records],
            "record_hash": [
                record_hash(prefix + record_id, record.payload, self.entity.volatile)
                for record_id, record in zip(ids, records, strict=True)
            ],
            "extracted_at": [self._extracted_at] * len(ids),
        }
        self._writer.write_batch(pa.RecordBatch.from_pydict(columns, schema=SCHEMA))
        self.fetched += len(records)

    def close(self) -> None:
        """End writing; `tables` may be read after this."""
        self._writer.close()

    def tables(self) -> Iterator[pa.Table]:
        """The records as Arrow tables of a few thousand rows, repeated ids dropped."""
        first = 0
        with pa.ipc.open_stream(str(self.path)) as batches:
            for batch in batches:
                table = pa.Table.from_batches([batch])
                if self.repeated:
                    ids = batch.column("record_id").to_pylist()
                    last = [
                        self._last_row[record_id] == first + n for n, record_id in enumerate(ids)
                    ]
                    table = table.filter(pa.array(last))
                first += batch.num_rows
                yield table


def storable(text: str) -> str:
    """The text itself, unless an engine cannot hold it: NUL and lone surrogates become escapes."""
    if "\x00" in text:
        text = text.replace("\x00", "\\u0000")
    if text.isascii():
        return text
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def record_hash(record_key: str, payload: str, volatile: tuple[str, ...]) -> str:
    """Hash of the key and the payload with its keys sorted and its volatile fields left out.

    A payload that is not JSON is hashed as the text it is. Numbers are told apart to 17 digits.
    The key belongs to the hash: dlt finds changes by the hash alone, and two accounts may hold
    the same payload.
    """
    digest = hashlib.blake2b(record_key.encode("utf-8", "surrogatepass"), digest_size=16)
    digest.update(b"\0")
    digest.update(_canonical(payload, volatile))
    return digest.hexdigest()


def _canonical(payload: str, volatile: tuple[str, ...]) -> bytes:
    try:
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
