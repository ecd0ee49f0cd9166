"""One account in one load: every entity is read first, then all are landed in one package."""

from __future__ import annotations

import copy
import os
import re
import shutil
import tempfile
import traceback
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import NamedTuple

from ingestion import run_log
from ingestion.accounts import Account, AccountError
from ingestion.contract import Entity, Pull, Record, Source, SourceError
from ingestion.destinations import Connection, Warehouse, WarehouseError
from ingestion.progress import LoadProgress
from ingestion.raw import Landed, Landing, LandingError
from ingestion.redact import HIDDEN, hide_secrets, without_personal_detail
from ingestion.run_log import RunRow
from ingestion.spool import Spool
from ingestion.windows import Window, Windows

PART_RECORDS = 20_000
NEW_VALUE = "is new to Tillhouse"

QUOTED = re.compile(r"(['\"]).*\1", re.DOTALL)


@dataclass(frozen=True)
class Wishes:
    """What the person asked of this load; see `load.load`."""

    since: date | None = None
    refresh_day: date | None = None
    force: bool = False
    dry_run: bool = False
    allow_empty_snapshot: bool = False


class _Behind(NamedTuple):
    """What is being landed while the next is read: its records, the days that end with it."""

    future: Future[dict[str, Landed]]
    spool: Spool
    days: list[Window]


@dataclass
class _Part:
    """One entity of the account in this run: its line of the run log, what was read of it.

    `bookmark` is the one of the last load; `pull.bookmark` moves on while reading. `behind` is
    landing still.
    """

    entity: Entity
    row: RunRow
    bookmark: dict
    pull: Pull
    spool: Spool
    behind: _Behind | None = None

    @property
    def has_news(self) -> bool:
        """Whether there is anything to write to the raw table."""
        has_documents = self.pull.documents and self.pull.documents.read
        return bool(self.spool.fetched or has_documents) or self.pull.bookmark != self.bookmark

    @property
    def is_empty_snapshot(self) -> bool:
        """Whether a full list was read and holds nothing."""
        return self.pull.snapshot and not self.spool.fetched and not self.pull.is_untouched


class AccountRun:
    """Loads one account. Whatever fails is written to its rows; the other accounts go on."""

    def __init__(
        self,
        warehouse: Warehouse,
        account: Account,
        source: Source,
        run_id: str,
        wishes: Wishes,
        progress: LoadProgress,
    ) -> None:
        self._warehouse, self._account, self._source = warehouse, account, source
        self._run_id, self._wishes, self._progress = run_id, wishes, progress
        self._said: set[str] = set()

    def go(self, entities: list[Entity]) -> list[RunRow]:
        """Read and land the entities; one row of the run log for each of them.

        Raises WarehouseError when the run log itself cannot be written.
        """
        rows = [self._row(entity) for entity in entities]
        try:
            self._load(entities, rows)
        except WarehouseError:
            raise
        except Exception as error:  # anything: the other accounts must go on
            for row in rows:
                if row.status == "running":
                    self._fail(row, error)
        for row in rows:
            row.ended_at = row.ended_at or run_log.utc_now()
        if not self._wishes.dry_run:
            with self._warehouse.connect() as db:
                run_log.finish(db, rows)
        return rows

    def _row(self, entity: Entity) -> RunRow:
        since = self._wishes.since.isoformat() if self._wishes.since else None
        place = (self._run_id, self._account.account_id, self._account.source, entity.name)
        return RunRow(*place, since, started_at=run_log.utc_now())

    def _load(self, entities: list[Entity], rows: list[RunRow]) -> None:
        with self._folder() as folder:
            landing, known = self._prepare(rows, folder)
            warnings = self._mirror(folder) if self._account.transport == "sftp" else []
            parts = []
            for step, (entity, row) in enumerate(zip(entities, rows, strict=True)):
                self._progress.begin(f"{row.account_id}.{entity.name}", step, len(entities))
                bookmark = landing.bookmark(entity) if landing else {}
                pull = self._pull(entity, bookmark, known.get(entity.name, {}))
                spool = Spool(row.account_id, entity, folder / f"{entity.name}.arrow")
                parts.append(_Part(entity, row, bookmark, pull, spool))
                self._read(parts[-1], landing)
            if not self._wishes.dry_run:
                self._land(landing, [part for part in parts if part.row.status != "failed"])
        for part in parts[:1]:
            part.pull.warnings += warnings
        for part in parts:
            self._conclude(part)

    def _mirror(self, folder: Path) -> list[str]:
        """Copy what the server has; what it does not give. A dry run copies to `folder`, beside
        the files that are here, and reads there.
        """
        from ingestion import sftp  # slow to import, and only used here

        account, warnings = self._account, []
        if self._wishes.dry_run:
            copies = folder / "mirror"
            if account.folder.is_dir():
                shutil.copytree(account.folder, copies, copy_function=_link)
            self._account = replace(account, transport="files", path=str(copies))
        sftp.mirror(account, self._progress.say, warnings.append, self._account.folder)
        return warnings

    @contextmanager
    def _folder(self) -> Iterator[Path]:
        """Where what was read waits; beside the warehouse, so that nothing is left elsewhere."""
        if self._wishes.dry_run:
            with tempfile.TemporaryDirectory(prefix="tillhouse_") as folder:
                yield Path(folder)
            return
        folder = self._warehouse.work_folder / "spool"
        shutil.rmtree(folder, ignore_errors=True)  # of a killed run
        folder.mkdir(parents=True)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _prepare(
        self, rows: list[RunRow], folder: Path
    ) -> tuple[Landing | None, dict[str, dict[str, str]]]:
        """The account's landing, its bookmarks read, and the hashes of the files it has landed.

        A dry run leaves the warehouse and its work folder as they are.
        """
        account_id, dry_run = self._account.account_id, self._wishes.dry_run
        if dry_run and not self._warehouse.exists:
            return None, {}
        work_folder = folder / "dlt" if dry_run else None
        landing = Landing(self._warehouse, self._account.source, account_id, work_folder)
        if landing.begin():
            self._progress.say(f"{account_id}: its last load was cut off; it is read again.")
        with self._warehouse.connect() as db:
            if not dry_run:
                run_log.start(db, rows)
            return landing, run_log.read_loaded_files(db, account_id)

    def _pull(self, entity: Entity, bookmark: dict, known: dict[str, str]) -> Pull:
        is_files = self._account.transport != "api"
        return Pull(
            bookmark=copy.deepcopy(bookmark),
            folder=self._account.folder if is_files else None,
            windows=self._windows(entity),
            refresh_day=self._wishes.refresh_day,
            since=self._wishes.since,
            force=self._wishes.force,
            snapshot=entity.snapshot,
            allow_empty_snapshot=self._wishes.allow_empty_snapshot,
            loaded_hashes=known,
        )

    def _windows(self, entity: Entity) -> Windows:
        """The days of the entity, as earlier runs left them."""
        account_id = self._account.account_id

        def known() -> list[Window]:
            if not self._warehouse.exists:
                return []
            with self._warehouse.connect() as db:
                return run_log.read_windows(db, account_id, entity.name)

        def save(windows: list[Window]) -> None:
            if windows and not self._wishes.dry_run:
                with self._warehouse.connect() as db:
                    run_log.write_windows(db, account_id, entity.name, windows)

        active = (self._account.active_from, self._account.active_to)
        days = tuple(date.fromisoformat(day) if day else None for day in active)
        return Windows(known, save, days, self._progress.show_day)

    def _read(self, part: _Part, landing: Landing | None) -> None:
        """Spool what the source gives; what may be landed in parts is landed as it grows.

        When it fails midway, what a pull that is not a snapshot gave so far stays, with the
        bookmark of just that.
        """
        row, pull = part.row, part.pull
        row.started_at = run_log.utc_now()
        bookmark = copy.deepcopy(pull.bookmark)
        try:
            for batch in self._batches(part, landing):
                part.spool.add(batch)
                bookmark = copy.deepcopy(pull.bookmark)
                self._progress.add(len(batch))
        except Exception as error:  # also what a source did not foresee
            self._fail(row, error)
            pull.bookmark = bookmark
            if (row.fetched or part.spool.fetched) and not pull.snapshot:
                row.status = "partial"
        finally:
            part.spool.close()
        row.fetched += part.spool.fetched
        row.rejected = len(pull.rejections)
        row.pages, row.retries = pull.pages, pull.retries

    def _batches(self, part: _Part, landing: Landing | None) -> Iterator[list[Record]]:
        """What the source gives; between two batches, a part that is large enough goes to a
        thread of its own: the till need not wait for the warehouse.
        """
        with ThreadPoolExecutor(1) as thread:
            try:
                for batch in self._source.read(self._account, part.entity, part.pull):
                    yield batch
                    if part.behind and part.behind.future.done():
                        self._take_back(part)
                    is_part = part.pull.in_parts and part.spool.fetched >= PART_RECORDS
                    if is_part and not self._wishes.dry_run:
                        self._take_back(part)
                        self._hand_over(part, landing, thread)
            finally:
                self._take_back(part)

    def _hand_over(self, part: _Part, landing: Landing, thread: ThreadPoolExecutor) -> None:
        """Let what was read so far be landed, and go on with an empty spool."""
        spool, pull = part.spool, part.pull
        spool.close()
        as_it_is = replace(pull, bookmark=copy.deepcopy(pull.bookmark))
        future = thread.submit(landing.land, [(spool, as_it_is)])
        part.behind = _Behind(future, spool, pull.windows.cut())
        part.row.fetched += spool.fetched
        part.spool = Spool(spool.account_id, part.entity, _next_path(spool.path))

    def _take_back(self, part: _Part) -> None:
        """Wait for what is being landed, if anything is, and write down that it has landed.

        Raises LandingError when the warehouse refused it: what was read since is not landed
        either, or a day could count as done of which only the end is there.
        """
        if part.behind is None:
            return
        behind, part.behind = part.behind, None
        try:
            landed = behind.future.result()
        except LandingError:
            part.spool.close()
            part.spool = Spool(part.spool.account_id, part.entity, _next_path(part.spool.path))
            part.pull.windows.cut()
            raise
        behind.spool.path.unlink()
        _add_counts(part.row, landed[part.entity.name])
        part.pull.windows.landed(behind.days)

    def _fail(self, row: RunRow, error: Exception) -> None:
        row.status, row.error = "failed", _message(error)
        line = f"{row.account_id}.{row.entity}: {row.error}"
        if row.error not in self._said:  # what fails for the whole account is said once
            self._said.add(row.error)
            self._progress.say(line)

    def _land(self, landing: Landing, parts: list[_Part]) -> None:
        """Rejections first: a kill right after landing must not lose them, bookmarks move then."""
        with self._warehouse.connect() as db:
            for part in parts:
                run_log.write_rejections(db, part.row, part.pull)
        news = [(part.spool, part.pull) for part in parts if part.has_news]
        try:
            landed = landing.land(news) if news else {}
        except LandingError as error:
            for part in parts:
                self._fail(part.row, error)
            return
        with self._warehouse.connect() as db:
            for part in parts:
                self._record(db, landing, part, landed.get(part.entity.name, Landed()))

    def _record(self, db: Connection, landing: Landing, part: _Part, counts: Landed) -> None:
        row = part.row
        _add_counts(row, counts)
        part.pull.windows.landed(part.pull.windows.cut())
        if part.is_empty_snapshot:
            if not part.pull.allow_empty_snapshot:
                return  # its files are not remembered: they are read again with the flag
            row.closed += landing.close_all(db, part.entity)
        if row.status != "partial" or part.pull.remembers_files:
            run_log.write_loaded_files(db, row, part.pull)

    def _conclude(self, part: _Part) -> None:
        row, pull = part.row, part.pull
        if part.spool.repeated:
            pull.warn(f"{part.spool.repeated:,} records came twice under one id; the last stands.")
        if part.spool.older:
            pull.warn(f"{part.spool.older:,} older versions were passed over; the newer stand.")
        if pull.documents and row.closed:
            pull.warn(
                f"{row.closed:,} records were closed: {pull.documents.why}."
                f" {pull.documents.hint}".rstrip()
            )
        if part.is_empty_snapshot and row.status != "failed":
            pull.warn(
                f"the full list is empty and was taken at its word: {row.closed:,} records closed."
                if pull.allow_empty_snapshot
                else "the full list is empty: nothing was closed. If all its records are gone, load"
                " with --allow-empty-snapshot."
            )
        for value, count in sorted(pull.unknown.items()):
            told = without_personal_detail(value)
            pull.warn(f"{told} {NEW_VALUE}: {count:,} {part.entity.name}, kept as they are.")
        row.warnings = hide_secrets("\n".join(pull.warnings))
        for warning in pull.warnings:
            self._progress.say(f"{row.account_id}.{row.entity}: {hide_secrets(warning)}")
        if row.status == "running":
            row.status = "success" if row.new or row.changed or row.closed else "no_change"
            if self._wishes.dry_run:
                row.status = "dry_run"


def _link(source: str, target: str) -> None:
    """Another name for a file, or a copy of it where the disk is another."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _next_path(path: Path) -> Path:
    """The path of the next spool of an entity: `orders.arrow`, `orders.1.arrow`, ..."""
    name, _, number = path.stem.partition(".")
    return path.with_name(f"{name}.{int(number or 0) + 1}{path.suffix}")


def _add_counts(row: RunRow, counts: Landed) -> None:
    row.new, row.changed = row.new + counts.new, row.changed + counts.changed
    row.unchanged, row.closed = row.unchanged + counts.unchanged, row.closed + counts.closed


def _message(error: Exception) -> str:
    """What a person reads of an error: our own words as they are, others with their place."""
    text = str(error)
    if isinstance(error, LandingError):
        text = f"could not be written: {without_personal_detail(text)}"
    elif not isinstance(error, (SourceError, AccountError, OSError)):
        place = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{Path(place.filename).name}:{place.lineno}"
        text = f"unexpected {type(error).__name__}: {_without_values(error)} ({where})"
    return hide_secrets(text)


def _without_values(error: Exception) -> str:
    """An error's own words; a ValueError's without what it quotes, which may be a customer's."""
    text = without_personal_detail(str(error))
    return QUOTED.sub(HIDDEN, text) if isinstance(error, ValueError) else text
