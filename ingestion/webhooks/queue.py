"""The receiver's own store: events wait in a SQLite file until a load takes them over.

What `add` has returned from is on the disk. Events that were taken over stay for a month without
their body, so that a replay is known as one.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from ingestion.accounts import PROJECT_DIR
from ingestion.destinations import WarehouseError

KEPT_DAYS = 30
TABLES = """
create table if not exists events (
    number integer primary key, account_id text not null, source text not null,
    event_id text not null, event_type text not null, entity text not null,
    record_id text not null, is_deleted integer not null, received_at text not null,
    payload text not null, landed_at text,
    unique (account_id, event_id)
);
create index if not exists events_waiting on events (number) where landed_at is null;
create table if not exists loads (account_id text primary key, succeeded_at text not null);
"""
COLUMNS = (
    "account_id, source, event_id, event_type, entity, record_id, is_deleted, received_at, payload"
)


class QueueError(WarehouseError):
    """The queue's file cannot be used; the text names it."""


class Event(NamedTuple):
    """One event as it is kept. `received_at` is UTC, as ISO text."""

    account_id: str
    source: str
    event_id: str
    event_type: str
    entity: str
    record_id: str
    is_deleted: bool
    received_at: str
    payload: str


def queue_path() -> Path:
    """Where the file lies: `TILLHOUSE_WEBHOOKS`, or `data/webhooks.sqlite`."""
    return PROJECT_DIR / os.environ.get("TILLHOUSE_WEBHOOKS", "data/webhooks.sqlite")


def utc_text() -> str:
    """Now in UTC, as SQLite and both engines read it."""
    return datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")


class EventQueue:
    """The file, from any process; made when it is absent."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or queue_path()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.touch(mode=0o600)  # events hold customers' details
        with self._open() as db:
            db.executescript(TABLES)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(self.path, timeout=10)) as db:
                db.execute("pragma journal_mode = wal")
                db.execute("pragma synchronous = full")
                with db:
                    yield db
        except sqlite3.Error as error:
            raise QueueError(f"the events in {self.path} cannot be used: {error}.") from None

    def add(self, events: Sequence[Event]) -> list[bool]:
        """Keep the events in one step, for good; which of them were not known before."""
        marks = ", ".join("?" * len(Event._fields))
        statement = f"insert or ignore into events ({COLUMNS}) values ({marks})"
        with self._open() as db:
            return [db.execute(statement, event).rowcount == 1 for event in events]

    def waiting(self, limit: int) -> list[tuple[int, Event]]:
        """The oldest events that no load has taken over, with their numbers."""
        with self._open() as db:
            rows = db.execute(
                f"select number, {COLUMNS} from events where landed_at is null"
                " order by number limit ?",
                (limit,),
            ).fetchall()
        return [(row[0], Event(*row[1:7], bool(row[7]), *row[8:])) for row in rows]

    def landed(self, numbers: Sequence[int]) -> None:
        """These are in the warehouse; what has been there for a month is forgotten."""
        long_ago = datetime.now(UTC) - timedelta(days=KEPT_DAYS)
        with self._open() as db:
            db.executemany(
                "update events set landed_at = ?, payload = '' where number = ?",
                [(utc_text(), number) for number in numbers],
            )
            db.execute("delete from events where landed_at < ?", (f"{long_ago:%Y-%m-%d}",))

    def depth(self) -> int:
        """How many events wait."""
        with self._open() as db:
            return db.execute("select count(*) from events where landed_at is null").fetchone()[0]

    def note_success(self, account_id: str) -> None:
        """A load of this account went well just now."""
        with self._open() as db:
            db.execute("insert or replace into loads values (?, ?)", (account_id, utc_text()))

    def successes(self) -> dict[str, float]:
        """Account -> when its last load went well, in seconds since 1970."""
        with self._open() as db:
            rows = db.execute("select account_id, succeeded_at from loads").fetchall()
        return {
            account_id: datetime.fromisoformat(at).replace(tzinfo=UTC).timestamp()
            for account_id, at in rows
        }


def note_success(account_id: str) -> None:
    """Tell the receiver, where there is one, that a load of this account went well."""
    if queue_path().exists():
        EventQueue().note_success(account_id)
