"""Reading the accounts and landing them: `python -m ingestion load`.

accounts -> sources/<source>.read -> spool on disk -> raw_<source> (dlt) -> run log
"""

from __future__ import annotations

import importlib
import uuid
from collections.abc import Iterable
from contextlib import nullcontext, suppress
from datetime import date

from ingestion import lock, run_log
from ingestion.account_run import AccountRun, Wishes
from ingestion.accounts import Account, AccountError, read_accounts, switched_on_sources
from ingestion.connect.auth import new_run
from ingestion.contract import Source
from ingestion.destinations import Warehouse
from ingestion.garbage import rare_garbage_collection
from ingestion.progress import LoadProgress
from ingestion.raw import create_tables
from ingestion.run_log import RunRow
from ingestion.webhooks.land import fetch_concerned, land_events, note_load
from ingestion.webhooks.queue import QueueError, note_success


def source_module(source: str) -> Source:
    """The module that reads `source`. Raises AccountError when there is none of that name."""
    name = f"ingestion.sources.{source}"
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        raise AccountError(
            f"dbt_project.yml: there is no source {source}. Take it off the line pos_sources."
        ) from None


def load(
    warehouse: Warehouse,
    accounts: Iterable[str] | None = None,
    entities: Iterable[str] | None = None,
    since: date | None = None,
    refresh_day: date | None = None,
    force: bool = False,
    dry_run: bool = False,
    allow_empty_snapshot: bool = False,
    wait_seconds: float = 600,
    progress: LoadProgress | None = None,
) -> list[RunRow]:
    """Load the chosen accounts (default: all that are not paused) and their chosen entities.

    One account failing does not stop the others: its rows come back with status `failed`.
    `refresh_day` reads that one day again where the till is read day by day, and nothing else;
    `force` reads unchanged files again; `dry_run` reads and counts and writes nothing;
    `allow_empty_snapshot` lets an empty full list close all its records; `since` is for tills
    that can tell the date of a record.
    Raises AccountError for accounts or entities that do not exist, WarehouseError for a
    warehouse that is held or out of reach.
    """
    chosen = _choose_accounts(accounts)
    wanted = set(entities or ())
    _refuse_unknown_entities(chosen, wanted)
    wishes = Wishes(since, refresh_day, force, dry_run, allow_empty_snapshot)
    run_id = uuid.uuid4().hex
    new_run()
    rows: list[RunRow] = []
    with progress or LoadProgress() as progress, rare_garbage_collection():
        # A warehouse that is not there yet needs no lock to stay untouched.
        needs_lock = warehouse.exists or not dry_run
        held = lock.hold(warehouse, "load", wait_seconds, progress.say)
        with held if needs_lock else nullcontext():
            if not dry_run:
                _prepare_run_log(warehouse)
            with warehouse.kept_open():
                if not dry_run:
                    _take_events(warehouse, progress)
                for account in chosen:
                    source = source_module(account.source)
                    wanted_here = [e for e in source.ENTITIES if not wanted or e.name in wanted]
                    run = AccountRun(warehouse, account, source, run_id, wishes, progress)
                    rows += run.go(wanted_here)
                    if not dry_run and not refresh_day:
                        _conclude_events(warehouse, account, source, rows, progress)
                if not dry_run:
                    create_raw_tables(warehouse)
    return rows


def _take_events(warehouse: Warehouse, progress: LoadProgress) -> None:
    """A queue that cannot be read stops no load: the tills tell everything anyway."""
    try:
        land_events(warehouse)
    except QueueError as error:
        progress.say(f"{error} The tills are read as always.")


def _conclude_events(
    warehouse: Warehouse,
    account: Account,
    source: Source,
    rows: list[RunRow],
    progress: LoadProgress,
) -> None:
    """Events of an account that was just loaded are done with; deletions are asked for by id."""
    mine = [row for row in rows if row.account_id == account.account_id]
    if not note_load(warehouse, mine):
        return
    fetch_concerned(warehouse, account, source, progress, only_deleted=True)
    with suppress(QueueError):  # said before
        note_success(account.account_id)


def apply_events(
    warehouse: Warehouse, wait_seconds: float = 600, progress: LoadProgress | None = None
) -> list[RunRow]:
    """Land the events that wait, and read from the tills just the records they are about.

    Raises AccountError and WarehouseError as `load` does.
    """
    accounts = _choose_accounts(None)
    new_run()
    rows: list[RunRow] = []
    with (
        progress or LoadProgress() as progress,
        lock.hold(warehouse, "webhooks", wait_seconds, progress.say),
    ):
        _prepare_run_log(warehouse)
        with warehouse.kept_open():
            land_events(warehouse)
            for account in accounts:
                rows += fetch_concerned(warehouse, account, source_module(account.source), progress)
    return rows


def _prepare_run_log(warehouse: Warehouse) -> None:
    with warehouse.connect() as db:
        run_log.create_tables(db)
        run_log.interrupt_all(db)


def create_raw_tables(warehouse: Warehouse) -> None:
    """Make the raw tables of every switched-on source, empty where nothing was loaded yet."""
    with warehouse.connect() as db:
        for source in switched_on_sources():
            create_tables(db, source, [entity.name for entity in source_module(source).ENTITIES])


def _choose_accounts(names: Iterable[str] | None) -> list[Account]:
    known = {a.account_id: a for a in read_accounts()}
    names = list(names or ())
    if not names:
        return [a for a in known.values() if not a.is_paused]
    unknown = [name for name in names if name not in known]
    if unknown:
        raise AccountError(
            f"pos_accounts.csv has no account {', '.join(unknown)}; it has {', '.join(known)}."
        )
    return [known[name] for name in dict.fromkeys(names)]


def _refuse_unknown_entities(accounts: list[Account], wanted: set[str]) -> None:
    known = {e.name for a in accounts for e in source_module(a.source).ENTITIES}
    if wanted - known:
        raise AccountError(
            f"no entity {', '.join(sorted(wanted - known))}; there are {', '.join(sorted(known))}."
        )
