"""Square over its API, against the local stand-in: each trap of the real one is a test."""

from __future__ import annotations

import io
import json
import time
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from rich.console import Console

from ingestion import cli
from ingestion.accounts import AccountError
from ingestion.contract import Pull, SourceError
from ingestion.fakes.square import FakeSquare
from ingestion.load import load
from ingestion.raw import Landing, LandingError
from ingestion.sources import square
from ingestion.sources.square.entities import BY_NAME, ENTITIES
from ingestion.status import print_status
from ingestion.verify import verify
from tests.clock import now
from tests.ingestion.landed import days, load_one, raw
from tests.ingestion.square_shop import (
    TOKEN,
    account,
    at,
    location,
    order,
    payment,
    read,
    small_shop,
)


@pytest.fixture(autouse=True)
def known(monkeypatch, slept):
    """The account's token in the environment."""
    monkeypatch.setenv("TILLHOUSE_STALL_TOKEN", TOKEN)


@pytest.fixture
def serve(start):
    """A function that starts a till with these records."""
    return lambda given: start(FakeSquare(given, token=TOKEN))


def test_every_entity_is_read_whole(serve):
    shop = small_shop()
    till = serve(shop)
    found = {e.name: read(till, e.name) for e in ENTITIES}
    assert {name: len(rows) for name, rows in found.items()} == {
        name: len(rows) for name, rows in shop.items()
    }
    assert set(found["inventory_counts"]) == {"V1|L1|IN_STOCK"}
    assert set(found["inventory_changes"]) == {"N1"}
    assert json.loads(found["orders"]["O00001"]) == shop["orders"][0]


def test_a_payload_is_kept_to_the_letter(serve):
    text = '{"id": "O1", "location_id": "L1", "updated_at": "' + at(1) + '", "x": 1.10, "y": [ ] }'
    till = serve({"locations": [location(1)], "orders": [text]})
    assert read(till, "orders") == {"O1": text}


def test_pages_end_with_the_missing_cursor_and_not_with_a_short_or_empty_page(serve):
    till = serve({"locations": [location(1)], "orders": [order(n) for n in range(1100)]})
    till.empty_pages = True
    pull = Pull()
    assert len(read(till, "orders", pull)) == 1100
    asked = [q for path, q in till.queries if path == "orders/search"]
    assert sum("cursor" in q for q in asked) == 5  # full, empty, full, empty, full
    assert pull.pages == till.requests.total()


def test_no_search_names_more_than_ten_locations(serve):
    shop = {"locations": [location(n) for n in range(1, 24)]}
    shop["orders"] = [order(n, place=n) for n in range(1, 24)]
    till = serve(shop)
    assert len(read(till, "orders", Pull(since=date.today() - timedelta(days=2)))) == 23
    sizes = {len(q["location_ids"]) for path, q in till.queries if path == "orders/search"}
    assert sizes == {10, 3}


def test_payments_are_read_for_each_location_and_when_they_are_older_than_a_year(serve):
    old = payment(1, 500, updated_at=at(2))  # paid long ago, refunded the day before yesterday
    till = serve({
        "locations": [location(1), location(2)],
        "payments": [old, payment(2, 1, place=2)],
    })  # fmt: skip
    assert set(read(till, "payments")) == {"P00001", "P00002"}


def test_a_cursor_that_expired_starts_its_day_again(serve):
    till = serve({"locations": [location(1)], "orders": [order(n) for n in range(1100)]})
    till.before_page = lambda path, query: (
        till.expire_cursors() if till.requests[path] == 2 else None
    )
    assert len(read(till, "orders", Pull(since=now().date() - timedelta(days=1)))) == 1100


def test_a_search_without_an_end_ends_when_it_was_first_asked_for(serve):
    till = serve({"orders": [order(n) for n in range(3)]})
    query = {"location_ids": ["L1"], "limit": 2, "query": {
        "filter": {"date_time_filter": {"updated_at": {"start_at": at(2)}}},
        "sort": {"sort_field": "UPDATED_AT"},
    }}  # fmt: skip
    first = json.loads(till.body("orders/search", query, "ok"))
    till.change("orders", order(3, days=-1))
    second = till.body("orders/search", query | {"cursor": first["cursor"]}, "ok")
    assert [made["id"] for made in json.loads(second)["orders"]] == ["O00002"]
    till.now = lambda: now() + timedelta(days=2)
    assert "cursor" in (again := json.loads(till.body("orders/search", query, "ok")))
    rest = json.loads(till.body("orders/search", query | {"cursor": again["cursor"]}, "ok"))
    assert len(rest["orders"]) == 2


def test_a_cursor_that_stands_still_is_an_error_and_no_endless_loop(serve):
    till = serve({"customers": [{"id": f"C{n}", "updated_at": at(1)} for n in range(500)]})
    till.plan("customers/search", *["ok", "same-cursor", "same-cursor", "same-cursor"])
    with pytest.raises(SourceError, match="gave a cursor that it gave before"):
        read(till, "customers")


@pytest.mark.parametrize("fault", ["429", "500", "html", "disconnect", "cut"])
def test_what_passes_is_asked_again(serve, fault):
    till = serve(small_shop())
    till.plan("customers/search", fault, fault, "ok")
    pull = Pull()
    assert set(read(till, "customers", pull)) == {"C1"}
    assert pull.retries == 2


def test_a_refused_token_is_told_at_once(serve, monkeypatch):
    till = serve(small_shop())
    monkeypatch.setenv("TILLHOUSE_STALL_TOKEN", "wrong-token")
    with pytest.raises(SourceError, match="account stall.*TILLHOUSE_STALL_TOKEN") as refused:
        read(till, "orders")
    assert "wrong-token" not in str(refused.value)
    monkeypatch.delenv("TILLHOUSE_STALL_TOKEN")
    with pytest.raises(AccountError, match="TILLHOUSE_STALL_TOKEN"):
        read(till, "orders")


def test_an_address_without_protection_is_refused():
    with pytest.raises(SourceError, match="https://connect.squareup.com"):
        list(square.read(account("http://connect.squareup.com"), BY_NAME["orders"], Pull()))


def test_deleted_objects_of_the_catalog_are_seen_and_what_is_unchanged_is_not_asked_for(serve):
    till = serve(small_shop())
    pull = Pull()
    assert len(read(till, "catalog_objects", pull)) == 3
    till.change(
        "catalog_objects", {"type": "ITEM", "id": "I1", "updated_at": at(0), "is_deleted": True}
    )
    again = read(till, "catalog_objects", Pull(bookmark=pull.bookmark))
    assert set(again) == {"I1"}
    assert json.loads(again["I1"])["is_deleted"]


def test_customers_that_vanish_are_closed_by_the_weekly_whole_list(serve):
    till = serve({"customers": [{"id": f"C{n}", "updated_at": at(300)} for n in range(3)]})
    first = Pull()
    read(till, "customers", first)
    assert first.snapshot
    second = Pull(bookmark=dict(first.bookmark))
    assert read(till, "customers", second) == {}
    assert not second.snapshot
    week_ago = (datetime.now(UTC) - timedelta(days=8)).isoformat()
    third = Pull(bookmark=first.bookmark | {"whole_at": week_ago})
    assert len(read(till, "customers", third)) == 3
    assert third.snapshot


def test_timecards_come_newest_first_and_are_cut(serve):
    cards = [{"id": f"W{n}", "updated_at": at(n), "status": "CLOSED"} for n in range(500)]
    till = serve({"timecards": cards})
    moments = {"read_at": at(10), "whole_at": at(1)}
    assert set(read(till, "timecards", Pull(bookmark=moments))) == {f"W{n}" for n in range(14)}
    assert till.requests["labor/timecards/search"] == 1


def test_unknown_statuses_and_types_are_counted_and_kept(serve):
    till = serve({
        "locations": [location(1)],
        "orders": [order(1, state="PONDERED"), order(2, state="PONDERED"), order(3)],
    })  # fmt: skip
    pull = Pull()
    assert len(read(till, "orders", pull)) == 3
    assert pull.unknown == {"state PONDERED": 2}


def test_one_day_as_it_was_made_is_read_again(serve):
    day = (now() - timedelta(days=40)).date()
    noon = f"{day}T20:00:00.000Z"
    made = order(1, created_at=noon)  # changed yesterday
    till = serve({"locations": [location(1)], "orders": [made, order(2, 40, updated_at=at(60))]})
    till.change("orders", order(3, 10))
    found = read(till, "orders", Pull(refresh_day=day))
    assert "O00001" in found
    assert "O00003" not in found
    asked = next(q for path, q in till.queries if path == "orders/search")
    assert asked["query"]["sort"]["sort_field"] == "CREATED_AT"


def test_single_records_are_fetched_by_id(serve):
    till = serve(small_shop())
    batches = square.fetch_by_id(account(till.url), BY_NAME["orders"], ["O00002", "gone"], Pull())
    assert [r.record_id for batch in batches for r in batch] == ["O00002"]


# -- through the loader ----------------------------------------------------------------------


@pytest.fixture
def stall(serve, make_account):
    """A function that sets up an account over a till with these records and gives the till."""
    return lambda given: make_account("stall", "square", serve(given))


def load_orders(warehouse, **wishes):
    return load_one(warehouse, "stall", "orders", **wishes)


def test_the_first_load_reads_90_days_and_the_next_only_what_may_change(stall, warehouse):
    till = stall({"locations": [location(1)], "orders": [order(n, n) for n in range(1, 101)]})
    row = load_orders(warehouse)
    assert row.status == "success"
    assert 89 <= row.new <= 90
    statuses = list(days(warehouse, "orders").values())
    assert len(statuses) == 91
    assert set(statuses) == {"success", "no_data"}
    till.change("orders", order(500, 2.5, created_at=at(5)))  # came late from a till offline
    till.requests.clear()
    row = load_orders(warehouse)
    assert (row.new, row.changed) == (1, 0)
    assert till.requests["orders/search"] == 4  # today and the three days before
    row = load_orders(warehouse, since=date.today() - timedelta(days=120))
    assert row.new >= 10  # as far back as asked for
    assert len(days(warehouse, "orders")) == 121


def test_a_location_that_is_no_longer_listed_is_told_once_and_stays(stall, make_warehouse):
    warehouse = make_warehouse("duckdb")
    till = stall({"locations": [location(1), location(2)], "orders": [order(1, 1, place=2)]})
    load(warehouse)
    till.remove("locations", "L2")
    row = load_one(warehouse, "stall", "locations")
    name = location(2)["name"]
    assert f"location L2 ({name}) is no longer listed by the till" in row.warnings
    assert raw(warehouse, "square.locations") == {"L1": True, "L2": True}
    assert load_one(warehouse, "stall", "locations").warnings == ""


def test_a_day_that_fails_is_tried_again_and_the_others_go_on(stall, make_warehouse, slept):
    warehouse = make_warehouse("duckdb")
    till = stall({"locations": [location(1)], "orders": [order(n, n) for n in range(1, 20)]})
    bad = (now() - timedelta(days=10)).date()
    is_down = [True]

    def fail(path: str, query: dict) -> None:
        times = query.get("query", {}).get("filter", {}).get("date_time_filter", {})
        start = times.get("updated_at", {}).get("start_at", "")
        if is_down[0] and start.startswith(f"{bad}"):
            till.plan(path, "503")

    till.before_page = fail
    row = load_orders(warehouse, since=date.today() - timedelta(days=19))
    assert row.status == "partial"
    assert f"not read: {bad}" in row.error
    found = days(warehouse, "orders")
    assert found[bad] == "failed"
    assert sum(status in ("success", "no_data") for status in found.values()) == 19
    assert [wait for wait in slept if wait >= 30] == [30, 60, 120]
    is_down[0] = False
    assert load_orders(warehouse).status == "success"
    assert days(warehouse, "orders")[bad] == "success"
    assert sum(raw(warehouse, "square.orders").values()) == 19


def test_a_load_in_parts_loses_nothing(stall, make_warehouse, monkeypatch):
    monkeypatch.setattr("ingestion.account_run.PART_RECORDS", 7)
    warehouse = make_warehouse("duckdb")
    till = stall({"locations": [location(1)], "orders": [order(n, n) for n in range(1, 31)]})
    till.before_page = lambda path, query: (
        till.plan(path, "401") if path == "orders/search" and till.requests[path] > 80 else None
    )
    row = load_orders(warehouse)
    assert row.status == "partial"
    till.before_page = lambda *_: None
    assert load_orders(warehouse).status == "success"
    assert sum(raw(warehouse, "square.orders").values()) == 30


def test_the_till_is_read_on_while_the_warehouse_takes_a_part(stall, make_warehouse, monkeypatch):
    monkeypatch.setattr("ingestion.account_run.PART_RECORDS", 7)
    till = stall({"locations": [location(1)], "orders": [order(n, 85 - n) for n in range(10)]})
    land, read_on = Landing.land, []

    def slowly(self, pulled):
        before, until = till.requests["orders/search"], time.monotonic() + (0 if read_on else 20)
        while till.requests["orders/search"] < before + 40 and time.monotonic() < until:
            time.sleep(0.01)
        read_on.append(till.requests["orders/search"] - before)
        return land(self, pulled)

    monkeypatch.setattr(Landing, "land", slowly)
    warehouse = make_warehouse("duckdb")
    assert load_orders(warehouse).status == "success"
    assert read_on[0] >= 40
    assert sum(raw(warehouse, "square.orders").values()) == 10


def test_one_day_is_loaded_again_at_will(stall, make_warehouse, monkeypatch):
    warehouse = make_warehouse("duckdb")
    monkeypatch.setenv("TILLHOUSE_TARGET", "duckdb")
    till = stall({"locations": [location(1)], "orders": [order(n, n * 10) for n in (1, 2, 3)]})
    assert load_orders(warehouse).new == 3
    before = days(warehouse, "orders")
    for number in (1, 2):  # changed without a sign, long ago
        till.change("orders", order(number, number * 10, note="mended"))
    day = (now() - timedelta(days=20)).astimezone(ZoneInfo("America/Vancouver")).date()
    command = ["load", "--entity", "orders", "--force-refresh", f"{day}"]
    asked = till.requests["orders/search"]
    assert cli.main(command) == cli.main(command) == 0
    assert till.requests["orders/search"] == asked + 2
    with warehouse.connect() as db:
        versions = db.pairs("select record_id, count(*) from raw_square.orders group by 1")
    assert versions == {"O00001": 1, "O00002": 2, "O00003": 1}
    assert days(warehouse, "orders").keys() == before.keys()


def test_days_that_the_warehouse_refused_are_read_again(stall, make_warehouse, monkeypatch):
    monkeypatch.setattr("ingestion.account_run.PART_RECORDS", 7)
    till = stall({"locations": [location(1)], "orders": [order(n, n) for n in range(1, 31)]})
    land, calls = Landing.land, []

    def refuse_the_second(self, pulled):
        calls.append(pulled)
        if len(calls) == 2:
            raise LandingError("the disk is full")
        return land(self, pulled)

    monkeypatch.setattr(Landing, "land", refuse_the_second)
    warehouse = make_warehouse("duckdb")
    row = load_orders(warehouse)
    assert row.status == "partial"
    assert "the disk is full" in row.error
    landed = sum(raw(warehouse, "square.orders").values())
    done = [day for day, status in days(warehouse, "orders").items() if status == "success"]
    assert 7 <= landed < 14
    assert len(done) <= landed
    assert load_orders(warehouse).status == "success"
    assert sum(raw(warehouse, "square.orders").values()) == 30
    assert till.requests["orders/search"] > 91


def test_status_tells_of_days_left_and_of_values_that_are_new(stall, warehouse):
    odd = [order(2, 3, state="PONDERED"), order(3, 3, state="ADA@GUEST.EXAMPLE")]
    stall({"locations": [location(1)], "orders": [order(1), *odd]})
    since = date.today() - timedelta(days=5)
    load(warehouse, accounts=["stall"], since=since)
    screen = io.StringIO()
    print_status(warehouse, Console(file=screen, width=200))
    text = screen.getvalue()
    assert "orders: state PONDERED is new to Tillhouse: 1 orders, kept as they are." in text
    assert "ADA" not in text, "a guest's address that a till put there is no status"
    with warehouse.connect() as db:
        db.execute(
            "update raw_tillhouse.sync_windows set status = 'failed'"
            " where entity = 'orders' and window_start = ?",
            (since,),
        )
    screen = io.StringIO()
    print_status(warehouse, Console(file=screen, width=200))
    assert f"orders: 1 days to read from {since} on, of which 1 failed" in screen.getvalue()


def test_verify_reads_a_sample_again_by_id(stall, make_warehouse):
    warehouse = make_warehouse("duckdb")
    till = stall(small_shop())
    load(warehouse, accounts=["stall"])
    till.change("payments", payment(1) | {"source_type": "CARD"})
    till.remove("customers", "C1")
    rows = verify(warehouse, account(till.url), console=Console(file=io.StringIO()))
    found = {row["entity"]: row["status"] for row in rows if row["check_name"] == "sample"}
    assert found["orders"] == found["catalog_objects"] == found["timecards"] == "ok"
    assert found["payments"] == found["customers"] == "differs"
    assert found["inventory_counts"] == found["locations"] == "not_offered"
