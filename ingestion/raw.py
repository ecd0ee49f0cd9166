"""The raw contract: every record of every till, whole, with its history (dlt's scd2).

All raw tables have the same columns, see `spool.SCHEMA`; dlt adds `_dlt_load_id`, `_dlt_id`,
`_dlt_valid_from` and `_dlt_valid_to` (null while the version is current).
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingestion.contract import Documents, Entity, Pull
from ingestion.destinations import Connection, Warehouse
from ingestion.json_text import parse
from ingestion.spool import KEY_SEPARATOR, SCHEMA, Spool, version_of

# dlt reads its settings from the environment; these hold for every Tillhouse process.
os.environ.setdefault("RUNTIME__LOG_LEVEL", "CRITICAL")  # what fails is told in our own words
os.environ.setdefault("RUNTIME__DLTHUB_TELEMETRY", "false")
os.environ.setdefault("NORMALIZE__PARQUET_NORMALIZER__ADD_DLT_LOAD_ID", "true")
os.environ.setdefault("NORMALIZE__PARQUET_NORMALIZER__ADD_DLT_ID", "true")
os.environ.setdefault("NORMALIZE__DATA_WRITER__DISABLE_COMPRESSION", "true")
os.environ.setdefault("LOAD__WORKERS", "2")
# No second copy of the records, neither as files nor in dlt's staging tables.
os.environ.setdefault("LOAD__DELETE_COMPLETED_JOBS", "true")
os.environ.setdefault("LOAD__TRUNCATE_STAGING_DATASET", "true")

import dlt
from dlt.pipeline.exceptions import PipelineStepFailed

THESE_KEYS = "record_key in (select unnest(cast(? as varchar[])))"  # a hash, read once
# A raw table as dlt makes it of `spool.SCHEMA`; on PostgreSQL `_dlt_id` is unique too.
COLUMNS = """
    account_id varchar not null, record_id varchar not null, record_key varchar not null,
    payload varchar not null, record_hash varchar not null,
    extracted_at timestamp with time zone not null, _dlt_load_id varchar not null,
    _dlt_valid_from timestamp with time zone, _dlt_valid_to timestamp with time zone,
    _dlt_id varchar not null"""
SCD2 = {"disposition": "merge", "strategy": "scd2", "row_version_column_name": "record_hash"}


class LandingError(Exception):
    """The warehouse refused records; the text is its first reason."""


@dataclass
class Landed:
    """What one load did to one raw table for one account, in records."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    closed: int = 0


def create_tables(db: Connection, source: str, names: Sequence[str]) -> None:
    """Make the raw tables of a source that are not there yet, empty. A load would make them too,
    one dlt run later.
    """
    schema = f"raw_{source}"
    there = db.pairs(
        "select table_name, 1 from information_schema.tables where table_schema = ?", (schema,)
    )
    last = " unique" if db.engine == "postgres" else ""
    if names and not there:
        db.execute(f"create schema if not exists {schema}")
    for name in names:
        if name not in there:
            db.execute(f"create table {schema}.{name} ({COLUMNS}{last})")


class Landing:
    """The way of one account of one source into its raw tables.

    `work_folder` is where dlt keeps an unfinished load, by default the warehouse's own.
    """

    def __init__(
        self, warehouse: Warehouse, source: str, account_id: str, work_folder: Path | None = None
    ) -> None:
        self._warehouse, self._source, self._account_id = warehouse, source, account_id
        self.schema = f"raw_{source}"
        self._pipeline = dlt.pipeline(
            pipeline_name=f"{source}__{account_id}",
            destination=warehouse.dlt_destination(),
            dataset_name=self.schema,
            pipelines_dir=str(work_folder or warehouse.work_folder),
        )

    @property
    def has_unfinished(self) -> bool:
        """Whether a load of this account was begun and not finished."""
        return self._pipeline.has_pending_data

    def begin(self) -> bool:
        """Take bookmarks and schema from the warehouse; True when a killed load was dropped.

        What a killed load left in the work folder is not finished but read again: its bookmarks
        did not move, and what it had merged already is unchanged then. dlt would go on with it
        and copy a file to its staging table a second time when the kill came between the copy
        and its note of it: every new record of that file would be current twice. Nor would a
        bookmark of the work folder fit a warehouse that was restored since.
        """
        was_cut_off = self.has_unfinished
        self._pipeline = self._pipeline.drop()
        self._pipeline.sync_destination()
        return was_cut_off

    def bookmark(self, entity: Entity) -> dict:
        """Where the last landed pull of `entity` ended; empty at first."""
        sources = self._pipeline.state.get("sources", {})
        resources = sources.get(self._source, {}).get("resources", {})
        return dict(resources.get(entity.name, {}).get("bookmark", {}))

    def land(self, pulled: list[tuple[Spool, Pull]]) -> dict[str, Landed]:
        """Write what is new of all spools in one load package, bookmarks with them.

        Returns counts per entity. What documents no longer hold is closed first: a kill in
        between leaves a document short until the next load reads it again, and closing twice
        changes nothing. Raises LandingError with the engine's words when it cannot be written;
        its bookmarks do not move then.
        """
        before: dict[str, int] = {}
        resources = []
        with self._warehouse.connect() as db:
            for spool, pull in pulled:
                before[spool.entity.name] = self.current_count(db, spool.entity.name)
                if self._leave_what_is_news(db, spool, pull):
                    resources.append(_resource(spool, pull))
        load_ids: list[str] = []
        try:
            if resources:
                source = dlt.source(lambda: resources, name=self._source)
                load_ids = self._pipeline.run(source()).loads_ids
        except PipelineStepFailed as error:
            raise LandingError(_first_cause(error)) from error
        return self._count(pulled, before, load_ids)

    def _leave_what_is_news(self, db: Connection, spool: Spool, pull: Pull) -> bool:
        """Take out of the spool what raw holds already, or holds newer; close what documents no
        longer hold. Whether there is anything left to write.
        """
        if not db.table_exists(self.schema, spool.entity.name):
            return True
        has_moved = pull.bookmark != self.bookmark(spool.entity)
        found = spool.hashes()
        current = self._current_hashes(db, spool, pull, list(found))
        if pull.snapshot:
            return has_moved or bool(found) and found != current
        if pull.documents:
            self._close_gone(db, spool.entity, pull.documents, current.keys() - found.keys())
        spool.leave_out([name for name in found if current.get(name) == found[name]])
        if spool.entity.version_field:
            self._pass_over_older(db, spool, [name for name in found if name in current])
        return has_moved or bool(spool.remaining)

    def _current_hashes(
        self, db: Connection, spool: Spool, pull: Pull, record_ids: list[str]
    ) -> dict[str, str]:
        """Record id -> hash of the current records: those of the ids, or all of the account."""
        query = (
            f"select record_id, record_hash from {self.schema}.{spool.entity.name}"
            " where account_id = ? and _dlt_valid_to is null"
        )
        if pull.snapshot or pull.documents:
            return db.pairs(query, (self._account_id,))
        return self._pairs_of(db, query, record_ids)

    def _pairs_of(self, db: Connection, query: str, record_ids: Sequence[str]) -> dict[str, str]:
        """The query of two columns for these records alone."""
        if not record_ids:
            return {}
        return db.pairs(f"{query} and {THESE_KEYS}", (self._account_id, self._keys(record_ids)))

    def _keys(self, record_ids: Iterable[str]) -> list[str]:
        prefix = self._account_id + KEY_SEPARATOR
        return [prefix + name for name in record_ids]

    def _pass_over_older(self, db: Connection, spool: Spool, changed: list[str]) -> None:
        """Leave out the records of which raw holds a higher version."""
        changed = [name for name in changed if spool.version(name) is not None]
        payloads = self._pairs_of(
            db,
            f"select record_id, payload from {self.schema}.{spool.entity.name}"
            " where account_id = ? and _dlt_valid_to is null",
            changed,
        )
        older = []
        for name, payload in payloads.items():
            held = _version_in(payload, spool.entity.version_field)
            if held is not None and held > spool.version(name):
                older.append(name)
        spool.leave_out(older)
        spool.older += len(older)

    def _close_gone(
        self, db: Connection, entity: Entity, documents: Documents, absent: set[str]
    ) -> None:
        gone = [name for name in absent if documents.of(name) in documents.read]
        if gone:
            db.execute(
                f"update {self.schema}.{entity.name} set _dlt_valid_to = current_timestamp"
                f" where account_id = ? and _dlt_valid_to is null and {THESE_KEYS}",
                (self._account_id, self._keys(gone)),
            )

    def current_count(self, db: Connection, table: str) -> int:
        """How many records of this account are current in `table`."""
        if not db.table_exists(self.schema, table):
            return 0
        return db.fetch(
            f"select count(*) as n from {self.schema}.{table}"
            " where account_id = ? and _dlt_valid_to is null",
            (self._account_id,),
        )[0]["n"]

    def close_all(self, db: Connection, entity: Entity) -> int:
        """Close every current record of this account in the entity's table; how many they were."""
        current = self.current_count(db, entity.name)
        db.execute(
            f"update {self.schema}.{entity.name} set _dlt_valid_to = current_timestamp"
            " where account_id = ? and _dlt_valid_to is null",
            (self._account_id,),
        )
        return current

    def _count(
        self, pulled: list[tuple[Spool, Pull]], before: dict[str, int], load_ids: list[str]
    ) -> dict[str, Landed]:
        landed = {}
        with self._warehouse.connect() as db:
            for spool, _ in pulled:
                table = spool.entity.name
                inserted = changed = 0
                for load_id in load_ids:
                    row = db.fetch(
                        f"select count(*) as inserted, count(old.record_key) as changed"
                        f" from {self.schema}.{table} as new"
                        f" left join {self.schema}.{table} as old"
                        " on old.record_key = new.record_key"
                        " and old._dlt_valid_to = new._dlt_valid_from"
                        " where new._dlt_load_id = ? and new.account_id = ?",
                        (load_id, self._account_id),
                    )[0]
                    inserted += row["inserted"]
                    changed += row["changed"]
                new = inserted - changed
                landed[table] = Landed(
                    new=new,
                    changed=changed,
                    unchanged=spool.fetched - spool.repeated - spool.older - inserted,
                    closed=before[table] + new - self.current_count(db, table),
                )
        return landed


def _version_in(payload: str, field: str) -> int | None:
    try:
        return version_of(parse(payload), field)
    except (ValueError, RecursionError):
        return None


def _first_cause(error: BaseException) -> str:
    """The words of the error that began a chain of errors, in one line."""
    while (cause := error.__cause__ or error.__context__) is not None:
        error = cause
    words = str(error).partition("DETAIL:")[0]  # PostgreSQL's DETAIL holds the row
    return " ".join(words.split())[:500] or type(error).__name__


def _resource(spool: Spool, pull: Pull):
    """One spool as a dlt resource. Hints are given on every run: dlt remembers old ones."""

    def records() -> Iterator:
        yield SCHEMA.empty_table()
        yield from spool.tables()
        dlt.current.resource_state()["bookmark"] = pull.bookmark

    return dlt.resource(
        records,
        name=spool.entity.name,
        write_disposition=SCD2,
        merge_key=["account_id"] if pull.snapshot else ["record_key"],
    )
