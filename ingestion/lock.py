"""One load or build at a time on one warehouse: two at once would lose rows without an error."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

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
    with attempt(warehouse, command, _Patience(warehouse, wait_seconds, say)):
        _held.add(warehouse.label)
        try:
            yield
        finally:
            _held.discard(warehouse.label)


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


@contextmanager
def _hold_file(warehouse: Warehouse, command: str, patience: _Patience) -> Iterator[None]:
    path = Path(f"{warehouse.duckdb_path}.lock")
    path.parent.mkdir(parents=True, exist_ok=True)
    about = Path(f"{path}.json")
    lock = filelock.FileLock(path)
    while True:
        try:
            lock.acquire(timeout=0)
            break
        except filelock.Timeout:
            patience.wait(_describe_holder(about))
    try:
        about.write_text(
            json.dumps({"pid": os.getpid(), "command": command, "since": _now()}), encoding="utf-8"
        )
        yield
    finally:
        about.unlink(missing_ok=True)
        lock.release()


def _describe_holder(about: Path) -> str:
    try:
        told = json.loads(about.read_text(encoding="utf-8"))
        return f"`{told['command']}` (process {told['pid']}, since {told['since']})"
    except (OSError, ValueError, KeyError):
        return "another Tillhouse process"


@contextmanager
def _hold_advisory(warehouse: Warehouse, command: str, patience: _Patience) -> Iterator[None]:
    name = f"tillhouse {command} pid {os.getpid()}"[:63]
    session = warehouse.open_raw(application_name=name)
    try:
        cursor = session.cursor()
        while True:
            cursor.execute("select pg_try_advisory_lock(%s)", (ADVISORY_LOCK,))
            if cursor.fetchone()[0]:
                break
            cursor.execute(
                "select a.application_name, a.backend_start from pg_locks l"
                " join pg_stat_activity a on a.pid = l.pid"
                " where l.locktype = 'advisory' and l.granted and l.objid = %s"
                " and l.database = (select oid from pg_database where datname = current_database())",
                (ADVISORY_LOCK,),
            )
            row = cursor.fetchone()
            patience.wait(f"`{row[0]}` (since {row[1]:%H:%M:%S} UTC)" if row else "another process")
        yield
    finally:
        session.close()


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
