"""Does raw hold what the till holds? `python -m ingestion verify`.

A random sample of every entity is read again and compared field by field, counts are compared
where the till can tell them, and raw is searched for marks of silent truncation.
"""

from __future__ import annotations

import random
from collections import Counter
from datetime import date

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ingestion import lock, run_log
from ingestion.accounts import Account
from ingestion.contract import Entity, Pull, SourceError
from ingestion.destinations import Connection, Warehouse
from ingestion.json_text import parse
from ingestion.load import source_module
from ingestion.sources.lightspeed_k.entities import KEntity
from ingestion.sources.lightspeed_x.client import Client
from ingestion.sources.lightspeed_x.entities import XEntity
from ingestion.sources.lightspeed_x.reread import WHOLE_LISTS, Reader
from ingestion.terminal import open_console
from ingestion.truncation import SLACK, Profile, marks_of, profile, truncation_marks
from ingestion.windows import Windows

__all__ = ["truncation_marks", "verify"]

ADDED_BY_US = {"consignment_id"}
COLUMNS = (
    *("account_id", "entity", "check_name", "status", "expected", "found", "detail"),
    "verified_at",
)
STYLES = {"ok": "green", "differs": "red", "suspicious": "yellow"}


def verify(
    warehouse: Warehouse,
    account: Account,
    sample_size: int = 20,
    seed: int | None = None,
    console: Console | None = None,
) -> list[dict]:
    """Check one account, print a table, and append it to `raw_tillhouse.verify_results`.

    Returns rows with the columns of that table; `status` is ok, differs (raw and till disagree),
    suspicious (something may be missing) or not_offered (the till or the files cannot tell).
    `seed` makes the sample the same again. Raises WarehouseError when the warehouse is held.
    """
    with lock.hold(warehouse, "verify"):
        with warehouse.connect() as db:
            run_log.create_tables(db)
            profiles = profile(db, account)
            samples = {
                name: _sample(db, account, found, sample_size, random.Random(seed))
                for name, found in profiles.items()
            }
        rows = _against_till(account, profiles, samples) + marks_of(account, profiles)
        now = run_log.utc_now()
        rows = [row | {"account_id": account.account_id, "verified_at": now} for row in rows]
        with warehouse.connect() as db:
            _write(db, rows)
    _print(console or open_console(), account, rows, bool(profiles))
    return rows


def _sample(
    db: Connection, account: Account, found: Profile, size: int, rng: random.Random
) -> dict[str, dict]:
    """`size` random current records, record_id -> record."""
    table = f"raw_{account.source}.{found.entity.name}"
    current = f"from {table} where account_id = ? and _dlt_valid_to is null"
    ids = [
        row["record_id"]
        for row in db.fetch(f"select record_id {current} order by 1", (account.account_id,))
    ]
    chosen = rng.sample(ids, min(size, len(ids)))
    if not chosen:
        return {}
    marks = ", ".join("?" * len(chosen))
    rows = db.fetch(
        f"select record_id, payload {current} and record_id in ({marks}) order by record_id",
        (account.account_id, *chosen),
    )
    return {row["record_id"]: parse(row["payload"]) for row in rows}


def _against_till(
    account: Account, profiles: dict[str, Profile], samples: dict[str, dict[str, dict]]
) -> list[dict]:
    """The checks that ask the till; where it cannot be asked, a row that says so."""
    if account.transport != "api":
        reason = "read from files: there is no till to ask"
        return [_row(name, "sample", "not_offered", detail=reason) for name in profiles]
    if account.source != "lightspeed_x":
        return _against_till_by_sample(account, profiles, samples)
    pull, rows = Pull(), []
    versions = [p.version_max for p in profiles.values() if p.version_max is not None]
    oldest = min((p.version_min for p in profiles.values() if p.version_min), default=0)
    newest = max(versions, default=0)
    with Client(account, pull) as client:
        reader = Reader(client, pull)
        for name, found in profiles.items():
            try:
                rows.append(_compare_sample(reader, found.entity, samples[name]))
                rows.append(_compare_count(reader, found))
                rows += _compare_newest(reader, found, oldest, newest)
            except SourceError as error:
                rows.append(_row(name, "sample", "suspicious", detail=str(error)))
    return rows


def _against_till_by_sample(
    account: Account, profiles: dict[str, Profile], samples: dict[str, dict[str, dict]]
) -> list[dict]:
    """The sample alone: by id where the till gives single records, else in what it lists anew."""
    by_id, anew, rows = _ReaderById(account), _ReaderAnew(account), []
    for name, found in profiles.items():
        reader = by_id if getattr(found.entity, "by_id", "") else anew
        if reader is anew and getattr(found.entity, "dated_by", None) is None:
            rows.append(_row(name, "sample", "not_offered", detail="not given by id"))
            continue
        try:
            rows.append(_compare_sample(reader, found.entity, samples[name]))
        except SourceError as error:
            rows.append(_row(name, "sample", "suspicious", detail=str(error)))
    return rows


class _ReaderById:
    """Reads single records of one account again, through its source's `fetch_by_id`."""

    def __init__(self, account: Account) -> None:
        self._account, self._source = account, source_module(account.source)

    def again(self, entity: Entity, record_id: str, record: dict) -> dict | None:
        """The record as the till has it now; None when it has none."""
        for batch in self._source.fetch_by_id(self._account, entity, [record_id], Pull()):
            return parse(batch[0].payload)
        return None


class _ReaderAnew:
    """Reads whole lists of one account again; of those read day by day, the days of the sample."""

    def __init__(self, account: Account) -> None:
        self._account, self._source = account, source_module(account.source)
        self._read: dict[tuple[str, date | None], dict[str, str]] = {}

    def again(self, entity: KEntity, record_id: str, record: dict) -> dict | None:
        """The record as the till has it now; None when it has none."""
        day = _day_of(entity, record_id, record) if entity.dated_by else None
        if (entity.name, day) not in self._read:
            pull = Pull(since=day, force=True, windows=Windows(active=(day, day)))
            batches = self._source.read(self._account, entity, pull)
            found = {each.record_id: each.payload for batch in batches for each in batch}
            self._read[entity.name, day] = found
        text = self._read[entity.name, day].get(record_id)
        return None if text is None else parse(text)


def _day_of(entity: KEntity, record_id: str, record: dict) -> date:
    try:
        return date.fromisoformat(str(record.get(entity.dated_by))[:10])
    except ValueError:
        raise SourceError(f"{record_id} has no {entity.dated_by}: its day is not known.") from None


def _compare_sample(reader: Reader, entity: XEntity, sample: dict[str, dict]) -> dict:
    outcomes: Counter[str] = Counter()
    notes = []
    for record_id, record in sample.items():
        again = reader.again(entity, record_id, record)
        if again is None:
            outcomes["gone"] += 1
            notes.append(f"{record_id} is not at the till")
        elif any(again.get(mark) != record.get(mark) for mark in ("version", "updated_at")):
            outcomes["changed"] += 1
        elif fields := differing_fields(entity, record, again):
            outcomes["differs"] += 1
            notes.append(f"{record_id} differs in {', '.join(fields)}")
        else:
            outcomes["equal"] += 1
    compared = len(sample) - outcomes["changed"]
    detail = "; ".join(notes[:5])
    if outcomes["changed"]:
        detail += (
            f"{'; ' if detail else ''}{outcomes['changed']} changed at the till since the load"
        )
    status = "ok" if outcomes["equal"] == compared else "differs"
    found = f"{outcomes['equal']} equal"
    return _row(entity.name, "sample", status, f"{compared} equal", found, detail)


def differing_fields(entity: XEntity, record: dict, again: dict) -> list[str]:
    """Names of the top-level fields in which two readings of a record disagree.

    1 and 1.0 are the same number; fields that are volatile or added by us are left out.
    """
    left_out = {*entity.volatile, *ADDED_BY_US}
    absent = object()
    return sorted(
        name
        for name in (record.keys() | again.keys()) - left_out
        if record.get(name, absent) != again.get(name, absent)
    )


def _compare_count(reader: Reader, found: Profile) -> dict:
    if found.entity.paging not in WHOLE_LISTS:
        return _row(
            found.entity.name, "count", "not_offered", found=f"{found.count:,}",
            detail="the till does not tell how many there are",
        )  # fmt: skip
    at_till = len(reader.whole_list(found.entity))
    status = "ok" if at_till <= found.count else "differs"
    detail = "raw keeps what the till deleted" if at_till < found.count else ""
    expected, counted = f"{at_till:,}", f"{found.count:,}"
    return _row(found.entity.name, "count", status, expected, counted, detail)


def _compare_newest(reader: Reader, found: Profile, oldest: int, newest: int) -> list[dict]:
    """Whether the till holds more behind the newest version that raw has."""
    entity = found.entity
    if entity.paging != "version" or found.version_max is None:
        return []
    waiting = reader.first_after(entity, found.version_max)
    expected, had = "nothing newer", f"up to {found.version_max}"
    if waiting is None:
        return [_row(entity.name, "newest", "ok", expected, had)]
    if newest - waiting > SLACK * (newest - oldest):
        detail = (
            f"the till goes on at version {waiting}, older than what other entities hold: the"
            " list was cut. Load this entity again with --force."
        )
        return [_row(entity.name, "newest", "differs", expected, had, detail)]
    return [
        _row(entity.name, "newest", "ok", expected, had, "changes wait at the till: load again")
    ]


def _row(
    entity: str, check: str, status: str, expected: str = "", found: str = "", detail: str = ""
) -> dict:
    return {
        "entity": entity,
        "check_name": check,
        "status": status,
        "expected": expected,
        "found": found,
        "detail": detail,
    }


def _write(db: Connection, rows: list[dict]) -> None:
    marks = ", ".join("?" * len(COLUMNS))
    statement = f"insert into raw_tillhouse.verify_results ({', '.join(COLUMNS)}) values ({marks})"
    for row in rows:
        db.execute(statement, tuple(row[column] for column in COLUMNS))


def _print(console: Console, account: Account, rows: list[dict], has_records: bool) -> None:
    if not has_records:
        console.print(f"Nothing of {account.account_id} is loaded yet: run load first.")
        return
    table = Table(title=f"{account.account_id}: raw against the till")
    for name in ("entity", "check", "status", "expected", "found"):
        table.add_column(name, overflow="fold")
    counts = Counter(row["status"] for row in rows)
    for row in rows:
        if row["status"] != "not_offered":
            status = Text(row["status"], STYLES[row["status"]])
            texts = (row["expected"], row["found"])
            table.add_row(row["entity"], row["check_name"], status, *map(Text, texts))
    if table.row_count:
        console.print(table)
    for row in rows:
        if row["status"] in ("differs", "suspicious"):
            line = Text(f"{row['entity']}, {row['check_name']}: {row['detail']}")
            console.print(line, soft_wrap=True)
    console.print(
        f"{counts['ok']} checks ok, {counts['differs']} differ, {counts['suspicious']} suspicious,"
        f" {counts['not_offered']} that the {'till' if account.transport == 'api' else 'files'}"
        " cannot answer.",
        highlight=False,
    )
