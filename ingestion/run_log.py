"""`raw_tillhouse`: Tillhouse's own records of what was read, when, and what could not be."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from datetime import UTC, datetime

from ingestion.contract import Pull, Rejection
from ingestion.destinations import Connection
from ingestion.spool import storable

SCHEMA = "raw_tillhouse"
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


def start(db: Connection, row: RunRow) -> None:
    """Write the line as running; lines that a killed run left running become interrupted."""
    db.execute(
        f"update {SCHEMA}.sync_runs set status = 'interrupted'"
        " where account_id = ? and entity = ? and status = 'running'",
        (row.account_id, row.entity),
    )
    _insert(db, "sync_runs", astuple(row))


def finish(db: Connection, row: RunRow) -> None:
    """Replace the running line by its outcome."""
    db.execute(
        f"delete from {SCHEMA}.sync_runs where run_id = ? and account_id = ? and entity = ?",
        (row.run_id, row.account_id, row.entity),
    )
    _insert(db, "sync_runs", astuple(row))


def write_rejections(db: Connection, row: RunRow, pull: Pull) -> None:
    """Replace what was known to be rejected in the files just read by what was found now."""
    files = set(pull.read_files) | {r.file for r in pull.rejections}
    for file in sorted(files):
        db.execute(
            f"delete from {SCHEMA}.rejected_records where account_id = ? and entity = ? and file = ?",
            (row.account_id, row.entity, file),
        )
    for r in pull.rejections:
        _insert(db, "rejected_records", _rejected_row(row, r))


def _rejected_row(row: RunRow, r: Rejection) -> tuple:
    return (
        *(row.account_id, row.entity, r.file, r.sheet, r.row_number, r.field, r.column),
        *(storable(r.value), r.reason, storable(r.payload), row.run_id, utc_now()),
    )


def read_loaded_files(db: Connection, account_id: str, entity: str) -> dict[str, str]:
    """File -> content hash of everything that has landed for the entity."""
    rows = db.fetch(
        f"select file, content_hash from {SCHEMA}.loaded_files where account_id = ? and entity = ?",
        (account_id, entity),
    )
    return {r["file"]: r["content_hash"] for r in rows}


def write_loaded_files(db: Connection, row: RunRow, pull: Pull) -> None:
    """Remember the files of this pull, now that their records have landed."""
    for file, content_hash in pull.read_files.items():
        if pull.loaded_hashes.get(file) == content_hash:
            continue
        db.execute(
            f"delete from {SCHEMA}.loaded_files where account_id = ? and entity = ? and file = ?",
            (row.account_id, row.entity, file),
        )
        values = (row.account_id, row.entity, file, content_hash, row.run_id, utc_now())
        _insert(db, "loaded_files", values)


def _insert(db: Connection, table: str, values: tuple) -> None:
    marks = ", ".join("?" * len(values))
    db.execute(f"insert into {SCHEMA}.{table} values ({marks})", values)
