"""Events from the queue into the warehouse, once; and the records they are about, by id."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import Counter

import pytest

from ingestion import cli
from ingestion.accounts import PROJECT_DIR
from ingestion.destinations import Warehouse
from ingestion.fakes.lightspeed_x import FakeLightspeedX
from ingestion.fakes.till import RefusalError
from ingestion.load import apply_events, load
from ingestion.webhooks.queue import Event, EventQueue, queue_path
from tests.ingestion.lightspeed_x_shop import FIRST_VERSION, TOKEN, small_shop, uid

KILLED = """
import os, signal, sys
from ingestion import cli
from ingestion.webhooks import land
from ingestion.webhooks.queue import EventQueue
die = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
{point}
sys.exit(cli.main(["webhooks", "apply"]))
"""
POINTS = {
    "before an event is written": "land._row = die",
    "after the events are written, before they are marked": "EventQueue.landed = die",
    "before the records are read": "land.AccountRun = die",
    "after the records have landed, before the events are done": "land._set_done = die",
}


@pytest.fixture
def till(tmp_path, monkeypatch, shop):
    """An X-Series till over its API, and a queue of its own."""
    monkeypatch.setenv("TILLHOUSE_WEBHOOKS", str(tmp_path / "webhooks.sqlite"))
    monkeypatch.setenv("TILLHOUSE_SHOP_TOKEN", TOKEN)
    with FakeLightspeedX(small_shop(), token=TOKEN) as fake:
        shop({"account_id": "shop", "transport": "api", "path": fake.url})
        yield fake


def event(number: object, entity: str, record_id: str, is_deleted: bool = False) -> Event:
    at = "2026-03-02 10:00:00.000000"
    told = (entity and f"{entity}.update", entity, record_id, is_deleted)
    return Event("shop", "lightspeed_x", f"event-{number}", *told, at, '{"id": 1}')


def events(warehouse: Warehouse) -> dict[str, str | None]:
    """Event id -> outcome; every event is there once."""
    with warehouse.connect() as db:
        rows = db.fetch("select event_id, outcome from raw_tillhouse.webhook_events")
    assert max(Counter(row["event_id"] for row in rows).values(), default=1) == 1
    return {row["event_id"]: row["outcome"] for row in rows}


def current(warehouse: Warehouse, entity: str) -> dict[str, dict]:
    """Record id -> the record that is current."""
    with warehouse.connect() as db:
        rows = db.fetch(
            f"select record_id, payload from raw_lightspeed_x.{entity} where _dlt_valid_to is null"
        )
    return {row["record_id"]: json.loads(row["payload"]) for row in rows}


def change(till: FakeLightspeedX, number: int, note: str) -> str:
    """A sale changes at the till; its id."""
    sale = dict(small_shop()["sales"][number])
    till.change("sales", sale | {"note": note, "version": FIRST_VERSION + 10_000 + number})
    return sale["id"]


def test_just_the_records_concerned_are_read(till, warehouse):
    load(warehouse, entities=["sales", "products"])
    till.forget_requests()
    changed, other = change(till, 3, "gift"), change(till, 4, "nobody told")
    EventQueue().add([event(1, "sales", changed), event(2, "sales", changed)])
    rows = apply_events(warehouse)
    assert till.requests == {f"sales/{changed}": 1}, "once, however many events tell of it"
    assert [(row.entity, row.fetched, row.changed) for row in rows] == [("sales", 1, 1)]
    assert current(warehouse, "sales")[changed]["note"] == "gift"
    assert "note" not in current(warehouse, "sales")[other]
    assert events(warehouse) == {"event-1": "fetched", "event-2": "fetched"}
    till.forget_requests()
    assert apply_events(warehouse) == []
    assert not till.requests


def test_the_bookmark_stays_where_the_last_load_ended(till, make_warehouse):
    warehouse = make_warehouse("duckdb")
    load(warehouse, entities=["sales"])
    changed, other = change(till, 3, "gift"), change(till, 2, "nobody told")
    EventQueue().add([event(1, "sales", changed)])
    apply_events(warehouse)
    load(warehouse, entities=["sales"])
    assert current(warehouse, "sales")[other]["note"] == "nobody told"
    with warehouse.connect() as db:
        versions = db.fetch(
            "select count(*) as n from raw_lightspeed_x.sales where record_id = ?", (changed,)
        )
    assert versions[0]["n"] == 2, "the load brings the same version again: nothing is added"


def test_a_load_is_done_with_the_events_that_came_before_it(till, make_warehouse):
    warehouse = make_warehouse("duckdb")
    load(warehouse, entities=["sales"])
    changed = change(till, 3, "gift")
    EventQueue().add([event(1, "sales", changed), event(2, "products", uid(("products", 1)))])
    EventQueue().add([event(3, "", "x"), event(4, "inventory", "")])
    till.forget_requests()
    load(warehouse, entities=["sales"])
    assert f"sales/{changed}" not in till.requests
    expected = {"event-1": "loaded", "event-2": None, "event-3": "not_needed", "event-4": None}
    assert events(warehouse) == expected
    load(warehouse, entities=["products", "inventory"])
    assert events(warehouse) == expected | {"event-2": "loaded", "event-4": "loaded"}
    assert list(EventQueue().successes()) == ["shop"], "what /metrics tells"


def test_a_deletion_is_asked_for_and_the_record_closed(till, warehouse):
    load(warehouse, entities=["customers"])
    gone, stays = uid(("customers", 1)), uid(("customers", 2))
    till.remove("customers", gone)
    EventQueue().add([event(1, "customers", gone, True), event(2, "customers", stays, True)])
    load(warehouse, entities=["customers"])
    assert gone not in current(warehouse, "customers")
    assert stays in current(warehouse, "customers"), "the till still has it"
    assert len(current(warehouse, "customers")) == 3
    assert events(warehouse) == {"event-1": "fetched", "event-2": "fetched"}


def test_an_id_that_the_till_refuses_stops_no_other_and_is_told_once(
    till, warehouse, monkeypatch, capsys
):
    load(warehouse, entities=["customers"])
    gone, refused = uid(("customers", 1)), uid(("customers", 2))
    answer = FakeLightspeedX._answer

    def refusing(fake, parts, query):
        if parts[-1] == refused:
            raise RefusalError("Invalid customer ID.", 400)
        return answer(fake, parts, query)

    monkeypatch.setattr(FakeLightspeedX, "_answer", refusing)
    till.remove("customers", gone)
    told = [event(1, "customers", refused, True), event(2, "customers", gone, True)]
    EventQueue().add(told)
    assert [(row.status, row.closed) for row in apply_events(warehouse)] == [("success", 1)]
    assert current(warehouse, "customers").keys() & {gone, refused} == {refused}
    assert events(warehouse) == {"event-1": "refused", "event-2": "fetched"}
    said = " ".join(capsys.readouterr().out.split())
    assert f"an event tells of {refused}, and the till refuses to give it" in said
    assert "Invalid customer ID" in said
    assert apply_events(warehouse) == []


def test_a_record_that_cannot_be_read_waits_for_the_next_time(
    till, make_warehouse, monkeypatch, capsys
):
    warehouse = make_warehouse("duckdb")
    load(warehouse, entities=["sales"])
    changed = change(till, 3, "gift")
    EventQueue().add([event(1, "sales", changed)])
    monkeypatch.setenv("TILLHOUSE_SHOP_TOKEN", "refused")
    assert cli.main(["webhooks", "apply"]) == 1
    told = "Not complete: shop. Their events wait: run this again, or `make load`."
    assert told in " ".join(capsys.readouterr().out.split())
    assert events(warehouse) == {"event-1": None}
    monkeypatch.setenv("TILLHOUSE_SHOP_TOKEN", TOKEN)
    apply_events(warehouse)
    assert events(warehouse) == {"event-1": "fetched"}


def test_a_dry_run_leaves_the_queue_alone(till, make_warehouse):
    warehouse = make_warehouse("duckdb")
    load(warehouse, entities=["sales"])
    EventQueue().add([event(1, "sales", uid(("sales", 1)))])
    load(warehouse, entities=["sales"], dry_run=True)
    assert EventQueue().depth() == 1


def test_a_queue_that_cannot_be_read_stops_no_load(till, make_warehouse, capsys):
    make_warehouse("duckdb")
    queue_path().write_bytes(b"this is no database, and long enough not to be taken for one" * 99)
    assert cli.main(["load", "--entity", "sales"]) == 0
    assert "webhooks.sqlite cannot be used" in capsys.readouterr().out
    assert cli.main(["webhooks", "apply"]) == 1
    assert "webhooks.sqlite cannot be used" in capsys.readouterr().out


def test_a_later_single_record_does_not_hide_a_failed_load(till, make_warehouse, capsys):
    make_warehouse("duckdb")
    cli.main(["load", "--entity", "sales"])
    till.plan("sales", "401")
    cli.main(["load", "--entity", "sales"])
    EventQueue().add([event(1, "sales", uid(("sales", 1)))])
    assert cli.main(["webhooks", "apply"]) == 0
    capsys.readouterr()
    assert cli.main(["status"]) == 1
    assert "shop: Till (api), failed" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("engine", "point"),
    [*(("duckdb", point) for point in POINTS), ("postgres", list(POINTS)[1])],
)
def test_killed_anywhere_every_event_lands_once_and_is_done(
    till, make_warehouse, monkeypatch, engine, point
):
    warehouse = make_warehouse(engine)
    monkeypatch.setenv("TILLHOUSE_TARGET", warehouse.target)
    load(warehouse, entities=["sales"])
    changed = [change(till, number, f"note {number}") for number in range(3)]
    EventQueue().add([event(number, "sales", sale) for number, sale in enumerate(changed)])
    done = subprocess.run(
        [sys.executable, "-c", KILLED.format(point=POINTS[point])],
        cwd=PROJECT_DIR,
        env=dict(os.environ),
        capture_output=True,
        text=True,
    )
    assert done.returncode == -signal.SIGKILL, done.stdout + done.stderr
    EventQueue().add([event("late", "sales", changed[0])])
    apply_events(warehouse)
    assert set(events(warehouse).values()) == {"fetched"}
    assert len(events(warehouse)) == 4
    notes = [current(warehouse, "sales")[sale]["note"] for sale in changed]
    assert notes == ["note 0", "note 1", "note 2"]
    with warehouse.connect() as db:
        versions = db.fetch("select count(*) as n from raw_lightspeed_x.sales")[0]["n"]
    assert versions == 25 + 3, "each change is one version more"
    assert EventQueue().depth() == 0
