"""`raw_tillhouse`: Tillhouse's own records of what was read, when, and what could not be."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from datetime import UTC, datetime

from ingestion.contract import Pull, Rejection
from ingestion.destinations import Connection
from ingestion.spool import storable
from ingestion.windows import Window

SCHEMA = "raw_tillhouse"
BY_EVENT = "webhooks-"  # begins the id of a run that read single records, told by events
TABLES = {
    "sync_runs": """
        run_id varchar, account_id varchar, source varchar, entity varchar, since date,
        started_at timestamp, ended_at timestamp, status varchar, fetched bigint, new bigint,
        changed bigint, unchanged bigint, closed bigint, rejected bigint, pages bigint,
        retries bigint, error varchar, warnings varchar""",
    "rejected_records": """
        account_id varchar, entity varchar, file varchar, sheet varchar, row_number bigint,
        field varchar, column_name varchar, value varchar, reason varchar, payload varchar,
        run_id varchar, rejected_at timestamp""",
    "loaded_files": """
        account_id varchar, entity varchar, file varchar, content_hash varchar,
        run_id varchar, loaded_at timestamp""",
    "sync_windows": """
        account_id varchar, entity varchar, window_start date, status varchar,
        attempts bigint, records bigint, read_at timestamp, error varchar""",
    "webhook_events": """
        account_id varchar, source varchar, event_id varchar, event_type varchar, entity varchar,
        record_id varchar, is_deleted boolean, received_at timestamp, payload varchar,
        landed_at timestamp, applied_at timestamp, outcome varchar""",
    "verify_results": """
        account_id varchar, entity varchar, check_name varchar, status varchar,
        expected varchar, found varchar, detail varchar, verified_at timestamp""",
}


@dataclass
class RunRow:
    """One line of `sync_runs`: one entity of one account in one run. Times are UTC."""

    run_id: str
    account_id: str
    source: str
    entity: str
    since: str | None
    started_at: datetime
    ended_at: datetime | None = None
    status: str = "running"
    fetched: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    closed: int = 0
    rejected: int = 0
    pages: int = 0
    retries: int = 0
    error: str = ""
    warnings: str = ""


def utc_now() -> datetime:
    """Now, as the run log writes it: UTC without a zone."""
    return datetime.now(UTC).replace(tzinfo=None)


def create_tables(db: Connection) -> None:
    """Make `raw_tillhouse` and its tables where they are absent."""
    db.execute(f"create schema if not exists {SCHEMA}")
    for name, columns in TABLES.items():
        db.execute(f"create table if not exists {SCHEMA}.{name} ({columns})")


def interrupt_all(db: Connection) -> None:
    """Lines that are still running become interrupted: only the holder of the lock may say so."""
    db.execute(f"update {SCHEMA}.sync_runs set status = 'interrupted' where status = 'running'")


def start(db: Connection, rows: list[RunRow]) -> None:
    """Write the lines as running."""
    db.insert(f"{SCHEMA}.sync_runs", map(astuple, rows))


def finish(db: Connection, rows: list[RunRow]) -> None:
    """Replace the running lines of one account in one run by their outcomes."""
    with db.transaction():
        for row in rows:
            db.execute(
                f"delete from {SCHEMA}.sync_runs"
                " where run_id = ? and account_id = ? and entity = ?",
                (row.run_id, row.account_id, row.entity),
            )
        db.insert(f"{SCHEMA}.sync_runs", map(astuple, rows))


def write_rejections(db: Connection, row: RunRow, pull: Pull) -> None:
    """Replace what was known to be rejected in the files just read by what was found now.

    A snapshot is the whole state: what was rejected before, in whatever file, is gone with it.
    So is what was rejected in a file that a person has taken away.
    """
    gone = pull.gone_files if row.status == "running" else set()  # all files were looked at
    with db.transaction():
        if pull.snapshot and not pull.is_untouched:
            _forget(db, "rejected_records", row)
        listed = {r.file for r in pull.rejections if r.file in pull.read_files}
        for file in pull.changed_files | listed | gone:
            _forget(db, "rejected_records", row, file)
        for r in pull.rejections:
            if r.file not in pull.read_files:  # a page of an API: the same record again
                db.execute(
                    f"delete from {SCHEMA}.rejected_records where account_id = ? and entity = ?"
                    " and file = ? and reason = ? and value = ?",
                    (row.account_id, row.entity, r.file, r.reason, storable(r.value)),
                )
        db.insert(f"{SCHEMA}.rejected_records", [_rejected_row(row, r) for r in pull.rejections])


def _rejected_row(row: RunRow, r: Rejection) -> tuple:
    return (
        *(row.account_id, row.entity, r.file, r.sheet, r.row_number, r.field, r.column),
        *(storable(r.value), r.reason, storable(r.payload), row.run_id, utc_now()),
    )


def read_loaded_files(db: Connection, account_id: str) -> dict[str, dict[str, str]]:
    """Entity -> file -> content hash of everything of the account that has landed."""
    if not db.table_exists(SCHEMA, "loaded_files"):
        return {}
    known: dict[str, dict[str, str]] = {}
    for r in db.fetch(
        f"select entity, file, content_hash from {SCHEMA}.loaded_files where account_id = ?",
        (account_id,),
    ):
        known.setdefault(r["entity"], {})[r["file"]] = r["content_hash"]
    return known


def write_loaded_files(db: Connection, row: RunRow, pull: Pull) -> None:
    """Remember the files of this pull, now that their records have landed.

    A snapshot forgets all others: one that comes back later has to be read again.
    """
    remember = (
        pull.read_files if pull.snapshot else {f: pull.read_files[f] for f in pull.changed_files}
    )
    if pull.is_untouched or not remember:
        return
    with db.transaction():
        if pull.snapshot:
            _forget(db, "loaded_files", row)
        for file in remember:
            _forget(db, "loaded_files", row, file)
        now = utc_now()
        db.insert(
            f"{SCHEMA}.loaded_files",
            [
                (row.account_id, row.entity, file, content_hash, row.run_id, now)
                for file, content_hash in remember.items()
            ],
        )


def read_windows(db: Connection, account_id: str, entity: str) -> list[Window]:
    """The days of an entity that is read day by day, as the last runs left them."""
    if not db.table_exists(SCHEMA, "sync_windows"):
        return []
    rows = db.fetch(
        "select window_start, status, attempts, records, read_at, error"
        f" from {SCHEMA}.sync_windows where account_id = ? and entity = ?",
        (account_id, entity),
    )
    return [
        Window(
            row["window_start"],
            row["status"],
            row["attempts"],
            row["records"],
            row["read_at"] and row["read_at"].replace(tzinfo=UTC),
            row["error"],
        )
        for row in rows
    ]


def write_windows(db: Connection, account_id: str, entity: str, windows: list[Window]) -> None:
    """Replace the lines of these days."""
    with db.transaction():
        days = [window.day for window in windows]
        db.execute(
            f"delete from {SCHEMA}.sync_windows where account_id = ? and entity = ?"
            f" and window_start in ({', '.join('?' * len(days))})",
            (account_id, entity, *days),
        )
        db.insert(
            f"{SCHEMA}.sync_windows",
            [
                (
                    *(account_id, entity, w.day, w.status, w.attempts, w.records),
                    *(w.read_at and w.read_at.astimezone(UTC).replace(tzinfo=None), w.error),
                )
                for w in windows
            ],
        )


def _forget(db: Connection, table: str, row: RunRow, file: str | None = None) -> None:
    """Delete the lines of the row's entity, of one file or of all."""
    condition, values = ("", ()) if file is None else (" and file = ?", (file,))
    db.execute(
        f"delete from {SCHEMA}.{table} where account_id = ? and entity = ?{condition}",
        (row.account_id, row.entity, *values),
    )
