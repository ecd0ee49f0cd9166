"""One load or build at a time on one warehouse: two at once would lose rows without an error."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import filelock

from ingestion.destinations import Warehouse, WarehouseError

ADVISORY_LOCK = 711_000_001
_held: set[str] = set()


@contextmanager
def hold(
    warehouse: Warehouse,
    command: str,
    wait_seconds: float = 600,
    say: Callable[[str], None] = print,
) -> Iterator[None]:
    """Hold the warehouse for `command`; waits, then raises WarehouseError naming the holder.

    Entering it again inside the same process is free. A killed holder lets go at once: the
    operating system drops the file lock, PostgreSQL the advisory lock of a dead session.
    """
    if warehouse.label in _held:
        yield
        return
    attempt = _hold_file if warehouse.engine == "duckdb" else _hold_advisory
    patience = _Patience(warehouse, wait_seconds, say)
    with attempt(warehouse, command, patience):
        _held.add(warehouse.label)
        try:
            yield
        finally:
            _held.discard(warehouse.label)


def holder(warehouse: Warehouse) -> str | None:
    """Who holds the warehouse now (command, process, since when), or None when it is free."""
    if warehouse.engine == "duckdb":
        path = _lock_path(warehouse)
        if not path.exists():
            return None
        lock = filelock.FileLock(path)
        try:
            lock.acquire(timeout=0)
        except filelock.Timeout:
            return _file_holder(path)
        lock.release()
        return None
    with warehouse.connect() as db:
        return _advisory_holder(db.raw.cursor())


class _Patience:
    """Waits between attempts, says once who holds the warehouse, gives up in the end."""

    def __init__(self, warehouse: Warehouse, seconds: float, say: Callable[[str], None]) -> None:
        self._label, self._seconds, self._say = warehouse.label, seconds, say
        self._until, self._told = time.monotonic() + seconds, False

    def wait(self, holder: str) -> None:
        if time.monotonic() >= self._until:
            raise WarehouseError(
                f"{self._label} is in use by {holder}. Waited {self._seconds:.0f} s."
                " Try again when that has ended."
            )
        if not self._told:
            self._say(f"{self._label} is in use by {holder}; waiting up to {self._seconds:.0f} s.")
            self._told = True
        time.sleep(0.2)


def _lock_path(warehouse: Warehouse) -> Path:
    return Path(f"{warehouse.duckdb_path}.lock")


def _about(lock_path: Path) -> Path:
    return lock_path.with_name(lock_path.name + ".json")


@contextmanager
def _hold_file(warehouse: Warehouse, command: str, patience: _Patience) -> Iterator[None]:
    path = _lock_path(warehouse)
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = filelock.FileLock(path)
    while True:
        try:
            lock.acquire(timeout=0)
            break
        except filelock.Timeout:
            patience.wait(_file_holder(path))
    try:
        told = {"pid": os.getpid(), "command": command, "since": _now()}
        _about(path).write_text(json.dumps(told), encoding="utf-8")
        yield
    finally:
        _about(path).unlink(missing_ok=True)
        lock.release()


def _file_holder(path: Path) -> str:
    try:
        told = json.loads(_about(path).read_text(encoding="utf-8"))
        return f"`{told['command']}` (process {told['pid']}, since {told['since']})"
    except (OSError, ValueError, KeyError):
        return "another Tillhouse process"


@contextmanager
def _hold_advisory(warehouse: Warehouse, command: str, patience: _Patience) -> Iterator[None]:
    session = warehouse.open_raw()
    try:
        cursor = session.cursor()
        cursor.execute("set idle_session_timeout = 0")  # losing the session would lose the lock
        while True:
            cursor.execute("select pg_try_advisory_lock(%s)", (ADVISORY_LOCK,))
            if cursor.fetchone()[0]:
                break
            patience.wait(_advisory_holder(cursor) or "another Tillhouse process")
        # Only now: waiting sessions must not pass for holders, and `since` is when it began.
        about = f"tillhouse|{command[:24]}|{os.getpid()}|{_now()}"
        cursor.execute("select set_config('application_name', %s, false)", (about,))
        yield
    finally:
        session.close()


def _advisory_holder(cursor: Any) -> str | None:
    cursor.execute(
        "select a.application_name from pg_locks l join pg_stat_activity a on a.pid = l.pid"
        " where l.locktype = 'advisory' and l.granted and l.objid = %s"
        " and l.database = (select oid from pg_database where datname = current_database())",
        (ADVISORY_LOCK,),
    )
    row = cursor.fetchone()
    if row is None:
        return None
    parts = row[0].split("|")
    if len(parts) != 4:
        return "another Tillhouse process"
    return f"`{parts[1]}` (process {parts[2]}, since {parts[3]})"


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
