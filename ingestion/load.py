"""Reading the accounts and landing them: `python -m ingestion load`.

accounts -> sources/<source>.read -> spool on disk -> raw_<source> (dlt) -> run log
"""

from __future__ import annotations

import importlib
import tempfile
import uuid
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from ingestion import lock, run_log
from ingestion.accounts import Account, AccountError, read_accounts, switched_on_sources
from ingestion.contract import Entity, Pull, Source, SourceError
from ingestion.destinations import Connection, Warehouse
from ingestion.progress import LoadProgress
from ingestion.raw import Landed, Landing
from ingestion.run_log import RunRow
from ingestion.spool import Spool


def source_module(source: str) -> Source:
    """The module that reads `source`."""
    return importlib.import_module(f"ingestion.sources.{source}")


def load(
    warehouse: Warehouse,
    accounts: Iterable[str] | None = None,
    entities: Iterable[str] | None = None,
    since: date | None = None,
    force: bool = False,
    dry_run: bool = False,
    allow_empty_snapshot: bool = False,
    wait_seconds: float = 600,
    progress: LoadProgress | None = None,
) -> list[RunRow]:
    """Load the chosen accounts (default: all that are not paused) and their chosen entities.

    One account failing does not stop the others: its rows come back with status `failed`.
    `force` reads unchanged files again; `dry_run` reads and counts and writes nothing.
    Raises AccountError for accounts or entities that do not exist, WarehouseError for a
    warehouse that is held or out of reach.
    """
    chosen = _choose_accounts(accounts)
    wanted = set(entities or ())
    _refuse_unknown_entities(chosen, wanted)
    run_id = uuid.uuid4().hex
    rows: list[RunRow] = []
    with (progress or LoadProgress()) as progress, lock.hold(
        warehouse, "load", wait_seconds, progress.say
    ):
        with warehouse.connect() as db:
            run_log.create_tables(db)
        if not dry_run:
            create_raw_tables(warehouse)
        for account in chosen:
            run = _AccountRun(warehouse, account, run_id, since, force, dry_run, progress)
            run.allow_empty_snapshot = allow_empty_snapshot
            rows += run.go(wanted)
    return rows


def create_raw_tables(warehouse: Warehouse) -> None:
    """Make the raw tables of every switched-on source, empty where nothing was loaded yet."""
    for source in switched_on_sources():
        declared = source_module(source).ENTITIES
        landing = Landing(warehouse, source, "no_account")
        with warehouse.connect() as db:
            absent = [e for e in declared if not db.table_exists(landing.schema, e.name)]
        if absent:
            with tempfile.TemporaryDirectory() as folder:
                landing.land([(_spool("no_account", e, folder), Pull()) for e in absent])


def _spool(account_id: str, entity: Entity, folder: str) -> Spool:
    spool = Spool(account_id, entity, Path(folder) / f"{entity.name}.arrow")
    spool.close()
    return spool


def _choose_accounts(names: Iterable[str] | None) -> list[Account]:
    known = {a.account_id: a for a in read_accounts()}
    if not names:
        return [a for a in known.values() if not a.is_paused]
    unknown = [name for name in names if name not in known]
    if unknown:
        raise AccountError(
            f"pos_accounts.csv has no account {', '.join(unknown)}; it has {', '.join(known)}."
        )
    return [known[name] for name in names]


def _refuse_unknown_entities(accounts: list[Account], wanted: set[str]) -> None:
    known = {e.name for a in accounts for e in source_module(a.source).ENTITIES}
    if wanted - known:
        raise AccountError(
            f"no entity {', '.join(sorted(wanted - known))}; there are {', '.join(sorted(known))}."
        )


class _AccountRun:
    """One account in one run: read everything first, then land it in one package."""

    allow_empty_snapshot = False

    def __init__(
        self,
        warehouse: Warehouse,
        account: Account,
        run_id: str,
        since: date | None,
        force: bool,
        dry_run: bool,
        progress: LoadProgress,
    ) -> None:
        self.warehouse, self.account, self.run_id = warehouse, account, run_id
        self.since, self.force, self.dry_run, self.progress = since, force, dry_run, progress
        self.source = source_module(account.source)

    def go(self, wanted: set[str]) -> list[RunRow]:
        entities = [e for e in self.source.ENTITIES if not wanted or e.name in wanted]
        landing = Landing(self.warehouse, self.account.source, self.account.account_id)
        if not self.dry_run and landing.drain():
            self.progress.say(f"{self.account.account_id}: finished a load that was interrupted.")
        with tempfile.TemporaryDirectory(prefix="tillhouse_") as folder:
            pulled = []
            for step, entity in enumerate(entities):
                self.progress.begin(f"{self.account.account_id}.{entity.name}", step, len(entities))
                row = self._start(entity)
                pulled.append((row, *self._read(entity, row, landing, Path(folder))))
            if not self.dry_run:
                self._land(landing, [p for p in pulled if p[0].status != "failed"])
        rows = [row for row, _, _ in pulled]
        for row, spool, pull in pulled:
            self._finish(row, spool, pull)
        return rows

    def _start(self, entity: Entity) -> RunRow:
        since = self.since.isoformat() if self.since else None
        row = RunRow(
            *(self.run_id, self.account.account_id, self.account.source, entity.name, since),
            started_at=run_log.utc_now(),
        )
        if not self.dry_run:
            with self.warehouse.connect() as db:
                run_log.start(db, row)
        return row

    def _read(
        self, entity: Entity, row: RunRow, landing: Landing, folder: Path
    ) -> tuple[Spool, Pull]:
        with self.warehouse.connect() as db:
            known = run_log.read_loaded_files(db, self.account.account_id, entity.name)
        pull = Pull(
            bookmark=landing.bookmark(entity),
            since=self.since,
            force=self.force,
            snapshot=entity.snapshot,
            allow_empty_snapshot=self.allow_empty_snapshot,
            loaded_hashes=known,
        )
        spool = Spool(self.account.account_id, entity, folder / f"{entity.name}.arrow")
        try:
            for batch in self.source.read(self.account, entity, pull):
                spool.add(batch)
                self.progress.add(len(batch))
        except (SourceError, AccountError, OSError) as error:
            self._note_failure(row, pull, str(error))
            if not pull.snapshot:
                row.status = "partial"  # what was read and its bookmark belong together: keep both
            pull.read_files.clear()
        spool.close()
        return spool, pull

    def _note_failure(self, row: RunRow, pull: Pull, message: str) -> None:
        row.status, row.error = "failed", message
        self.progress.say(f"{self.account.account_id}.{row.entity}: {message}")

    def _land(self, landing: Landing, pulled: list[tuple[RunRow, Spool, Pull]]) -> None:
        try:
            landed = landing.land([(spool, pull) for _, spool, pull in pulled])
        except Exception as error:  # whatever the engine says: the other accounts go on
            for row, _, pull in pulled:
                self._note_failure(row, pull, f"could not be written: {error}")
            return
        with self.warehouse.connect() as db:
            for row, spool, pull in pulled:
                counts = landed[row.entity]
                row.new, row.changed = counts.new, counts.changed
                row.unchanged, row.closed = counts.unchanged, counts.closed
                self._close_if_empty(db, landing, row, spool, pull, counts)
                run_log.write_rejections(db, row, pull)
                run_log.write_loaded_files(db, row, pull)

    def _close_if_empty(
        self,
        db: Connection,
        landing: Landing,
        row: RunRow,
        spool: Spool,
        pull: Pull,
        counts: Landed,
    ) -> None:
        """An empty snapshot closes nothing unless the person says that it means "all gone"."""
        if not pull.snapshot or spool.fetched:
            return
        if not pull.allow_empty_snapshot:
            pull.warn("the snapshot is empty: nothing was closed. If all is gone, say so with"
                      " --allow-empty-snapshot.")
            return
        table = f"{landing.schema}.{row.entity}"
        before = landing.current_count(db, row.entity)
        db.execute(
            f"update {table} set _dlt_valid_to = current_timestamp"
            " where account_id = ? and _dlt_valid_to is null",
            (self.account.account_id,),
        )
        row.closed = counts.closed + before
        pull.warn(f"the snapshot is empty and was taken at its word: {before:,} records closed.")

    def _finish(self, row: RunRow, spool: Spool, pull: Pull) -> None:
        row.fetched, row.rejected = spool.fetched, len(pull.rejections)
        row.pages, row.retries = pull.pages, pull.retries
        if spool.repeated:
            pull.warn(f"{spool.repeated:,} records came twice under one id; the last one stands.")
        row.warnings = "\n".join(pull.warnings)
        row.ended_at = run_log.utc_now()
        if row.status == "running":
            row.status = "success" if row.new or row.changed or row.closed else "no_change"
            if self.dry_run:
                row.status = "dry_run"
        for warning in pull.warnings:
            self.progress.say(f"{self.account.account_id}.{row.entity}: {warning}")
        if not self.dry_run:
            with self.warehouse.connect() as db:
                run_log.finish(db, row)
