"""Events from the queue into the warehouse, and the records they are about from the tills."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from itertools import chain, islice

from ingestion import run_log
from ingestion.account_run import AccountRun, Wishes
from ingestion.accounts import Account
from ingestion.contract import Documents, Entity, Pull, Record, Source
from ingestion.destinations import Connection, Warehouse
from ingestion.progress import LoadProgress
from ingestion.run_log import BY_EVENT, SCHEMA, RunRow
from ingestion.webhooks.queue import Event, EventQueue, queue_path

AT_ONCE = 1000
TABLE = f"{SCHEMA}.webhook_events"
READ_WELL = ("success", "no_change")
REFUSED = (
    "an event tells of {id}, and the till refuses to give it: {answer} The event is kept and not"
    " asked for again; the next load reads what its lists say."
)


def land_events(warehouse: Warehouse) -> int:
    """Move what waits in the queue to `raw_tillhouse.webhook_events`; how many events were new.

    Each lands once: one that a killed load has written and not yet marked is known by its id.
    """
    if not queue_path().exists():
        return 0
    queue, landed = EventQueue(), 0
    with warehouse.connect() as db:
        while waiting := queue.waiting(AT_ONCE):
            known = _known(db, [event for _, event in waiting])
            events = [e for _, e in waiting if (e.account_id, e.event_id) not in known]
            with db.transaction():
                db.insert(TABLE, map(_row, events))
            queue.landed([number for number, _ in waiting])
            landed += len(events)
    return landed


def _known(db: Connection, events: list[Event]) -> set[tuple[str, str]]:
    marks = ", ".join("?" * len(events))
    rows = db.fetch(
        f"select account_id, event_id from {TABLE} where event_id in ({marks})",
        [event.event_id for event in events],
    )
    return {(row["account_id"], row["event_id"]) for row in rows}


def _row(event: Event) -> tuple:
    """Nothing is to be done about an event of a kind that we do not load."""
    now = run_log.utc_now()
    done = (None, None) if event.entity else (now, "not_needed")
    return (*event, now, *done)


def note_load(warehouse: Warehouse, rows: list[RunRow]) -> bool:
    """One account's load has read all that changed: events from before it are done with.

    Not those that tell of a deletion: only asking for the record shows it. Whether all went well.
    """
    went_well = all(row.status in READ_WELL for row in rows)
    if not queue_path().exists():
        return went_well
    with warehouse.connect() as db:
        for row in rows:
            if row.status in READ_WELL:
                earlier = "account_id = ? and entity = ? and not is_deleted and received_at < ?"
                _set_done(db, "loaded", earlier, (row.account_id, row.entity, row.started_at))
    return went_well


def fetch_concerned(
    warehouse: Warehouse,
    account: Account,
    source: Source,
    progress: LoadProgress,
    only_deleted: bool = False,
) -> list[RunRow]:
    """Ask the till for the records that pending events are about, and land them.

    Each record is asked for once, however many events tell of it. What fails stays pending.
    """
    if not hasattr(source, "fetch_by_id") or not queue_path().exists():
        return []
    with warehouse.connect() as db:
        pending = db.fetch(
            f"select event_id, entity, record_id, is_deleted from {TABLE}"
            " where account_id = ? and applied_at is null and record_id <> ''"
            f"{' and is_deleted' if only_deleted else ''}",
            (account.account_id,),
        )
    wanted: dict[str, dict[str, bool]] = {}
    for event in pending:
        ids = wanted.setdefault(event["entity"], {})
        ids[event["record_id"]] = ids.get(event["record_id"], False) or event["is_deleted"]
    entities = [entity for entity in source.ENTITIES if entity.name in wanted]
    if not entities:
        return []
    run_id = BY_EVENT + uuid.uuid4().hex
    single = _ById(source, wanted)
    run = AccountRun(warehouse, account, single, run_id, Wishes(), progress)
    rows = run.go(entities)
    done = {row.entity for row in rows if row.status in READ_WELL}
    events: dict[str, list[str]] = {"fetched": [], "refused": []}
    for event in pending:
        if event["entity"] in done:
            is_refused = event["record_id"] in single.refused.get(event["entity"], ())
            events["refused" if is_refused else "fetched"].append(event["event_id"])
    with warehouse.connect() as db:
        for outcome, ids in events.items():
            for start in range(0, len(ids), AT_ONCE):
                some = ids[start : start + AT_ONCE]
                condition = f"account_id = ? and event_id in ({', '.join('?' * len(some))})"
                _set_done(db, outcome, condition, (account.account_id, *some))
    return rows


def _set_done(db: Connection, outcome: str, condition: str, values: tuple) -> None:
    db.execute(
        f"update {TABLE} set applied_at = ?, outcome = ? where applied_at is null and {condition}",
        (run_log.utc_now(), outcome, *values),
    )


class _ById:
    """A source that gives only the records asked for; its bookmarks stay where they are."""

    def __init__(self, source: Source, wanted: dict[str, dict[str, bool]]) -> None:
        self.ENTITIES = source.ENTITIES
        self._source, self._wanted = source, wanted
        self.refused: dict[str, dict[str, str]] = {}  # entity -> id -> what the till said

    def read(self, account: Account, entity: Entity, pull: Pull) -> Iterator[list[Record]]:
        """Yield the records; one that was said to be deleted and is not there is closed."""
        wanted = self._wanted[entity.name]
        pull.snapshot, pull.refused = False, {}
        single = chain.from_iterable(self._source.fetch_by_id(account, entity, list(wanted), pull))
        while batch := list(islice(single, AT_ONCE)):
            yield batch
        self.refused[entity.name] = pull.refused
        for record_id, answer in pull.refused.items():
            pull.warn(REFUSED.format(id=record_id, answer=answer))
        deleted = {record_id for record_id, is_deleted in wanted.items() if is_deleted}
        deleted -= pull.refused.keys()
        if deleted:  # each record is a document of its own: what did not come is gone
            why = "the till has deleted them"
            pull.documents = Documents(of=lambda record_id: record_id, why=why, read=deleted)
