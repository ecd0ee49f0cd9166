"""Toast over its API, against the local stand-in: each trap of the real one is a test."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import timedelta

import pytest
from rich.console import Console

from ingestion import load
from ingestion.accounts import AccountError
from ingestion.connect import auth
from ingestion.contract import Pull, SourceError
from ingestion.fakes.sign_in import FakeSignIn
from ingestion.fakes.till import Page
from ingestion.fakes.toast import RESTAURANT, FakeToast
from ingestion.sources import toast
from ingestion.sources.toast.entities import BY_NAME, ENTITIES
from ingestion.status import print_status
from ingestion.webhooks.queue import Event, EventQueue
from tests.clock import now, yesterday
from tests.ingestion.connect_till import settings
from tests.ingestion.landed import days, load_one, raw, read_all
from tests.ingestion.toast_shop import (
    TOKEN,
    account,
    at,
    day,
    menus,
    order,
    read,
    small_cafe,
)
from tests.pipeline import toast_records
from tests.pipeline.toast_export import Export


@pytest.fixture(autouse=True)
def known(monkeypatch, slept):
    """What the account needs in the environment."""
    monkeypatch.setenv("TILLHOUSE_CAFE_TOKEN", TOKEN)
    monkeypatch.setenv("TILLHOUSE_CAFE_RESTAURANT_GUID", RESTAURANT)


@pytest.fixture
def serve(start):
    """A function that starts a till with these records."""

    def serve(records=None) -> FakeToast:
        till = start(FakeToast(records, token=TOKEN))
        till.menus = menus()
        return till

    return serve


def test_every_entity_is_read_whole(serve):
    till = serve(small_cafe())
    found = {entity.name: set(read(till, entity.name)) for entity in ENTITIES}
    assert found == {
        "restaurants": {RESTAURANT},
        "configuration": {*(f"salesCategories|k{n}" for n in range(7)), "diningOptions|w1"},
        "menu_items": {"i1", "i2", "m1"},
        "employees": {"e1"},
        "jobs": {"j1"},
        "orders": {"o1", "o2"},
        "payments": {"p1", "p2"},
        "time_entries": {"t1", "t2"},
        "cash_entries": {"x1"},
        "cash_deposits": {"d1"},
    }


def test_a_day_that_ends_otherwise_than_the_restaurants_is_told(serve):
    till = serve(small_cafe())
    pull = Pull()
    read(till, "restaurants", pull)
    (warning,) = pull.warnings
    assert "hour of Cafe is 04:00, day_cutoff of the account is 00:00: days are cut" in warning
    pull, entity = Pull(), BY_NAME["restaurants"]
    list(toast.read(replace(account(till.url), day_cutoff="04:00"), entity, pull))
    assert pull.warnings == []


def test_a_payload_is_kept_to_the_letter(serve):
    text = json.dumps(order(1))[:-1] + ', "x": 1.10, "y":[ ] }'
    till = serve({"orders": [text]})
    assert read(till, "orders") == {"o1": text}


def test_cash_has_the_business_day_that_it_was_asked_for_and_settings_have_their_kind(serve):
    till = serve(small_cafe())
    (cash,) = read(till, "cash_entries").values()
    assert json.loads(cash)["businessDate"] == f"{now() - timedelta(days=2):%Y-%m-%d}"
    kinds = {json.loads(text)["kind"] for text in read(till, "configuration").values()}
    assert kinds == {"salesCategories", "diningOptions"}


def test_items_are_found_in_groups_within_groups_with_where_they_stand_first(serve):
    found = {key: json.loads(text) for key, text in read(serve(), "menu_items").items()}
    assert (found["i1"]["menuGroupName"], found["i1"]["menuName"]) == ("Drinks", "All day")
    assert found["i2"]["menuGroupName"] == "Sweet"
    assert found["m1"] == {"guid": "m1", "name": "Oat milk", "price": 0.5}


def test_menus_are_read_when_they_were_published_anew_and_not_else(serve):
    till = serve()
    pull = Pull()
    assert len(read(till, "menu_items", pull)) == 3
    assert pull.snapshot, "what is gone from the menus is closed"
    again = Pull(bookmark=pull.bookmark)
    assert read(till, "menu_items", again) == {}
    assert not again.snapshot, "nothing was read, so nothing is closed"
    assert till.requests["menus"] == 1
    till.menus = menus() | {"lastUpdated": "2026-02-02T00:00:00.000+0000"}
    assert len(read(till, "menu_items", again)) == 3
    assert len(read(till, "menu_items", Pull(bookmark=again.bookmark, force=True))) == 3


def test_an_answer_without_menus_is_told(serve):
    till = serve()
    till.menus = {"lastUpdated": "x", "menus": {}}
    with pytest.raises(SourceError, match="the answer holds no menus"):
        read(till, "menu_items")


def test_orders_go_page_by_page_by_the_links(serve):
    till = serve({"orders": [order(n) for n in range(250)]})
    pull = Pull(since=yesterday())
    assert len(read(till, "orders", pull)) == 250
    asked = [query["page"] for _, query in till.queries if query.get("businessDate") == f"{day(1)}"]
    assert asked == ["1", "2", "3", "2", "1"], "back as well, see `there_and_back`"
    assert pull.pages == till.requests.total()


def test_without_links_a_page_that_is_not_full_is_the_last(serve):
    till = serve({"orders": [order(n) for n in range(250)]})
    till.before_page = lambda path, query: till.plan("ordersBulk", "no-links")
    assert len(read(till, "orders", Pull(since=yesterday()))) == 250


def test_a_page_that_comes_again_is_an_error_and_no_endless_loop(serve):
    till = serve({"orders": [order(1)]})
    till.before_page = lambda path, query: till.plan("ordersBulk", "same-page")
    with pytest.raises(SourceError, match="gave a page that it gave before"):
        read(till, "orders", Pull(since=yesterday()))


def test_an_old_order_that_was_edited_is_read_by_its_change(serve, slept):
    till = serve({"orders": [order(1, 300), order(2)]})
    pull = Pull()
    assert set(read(till, "orders", pull)) == {"o2"}
    till.put("orders", order(1, 300, modifiedDate=at(0.01)))
    assert set(read(till, "orders", Pull(bookmark=pull.bookmark))) == {"o1", "o2"}
    assert set(slept) == {1.0}, "for the limit of a second; one request for edits needs no pause"


def test_edits_of_days_before_the_account_began_are_left_to_the_account_before(serve):
    till = serve({"orders": [order(n, n, modifiedDate=at(0.01)) for n in (3, 20, 200)]})
    pull, day_10 = Pull(), (now() - timedelta(days=10)).date().isoformat()
    pull.bookmark["edits_read_until"] = (now() - timedelta(days=1)).isoformat()
    for changes, ours in (
        ({"active_from": day_10}, {"o3"}),
        ({"active_to": day_10}, {"o20", "o200"}),
    ):
        cafe = replace(account(till.url), **changes)
        pull = Pull(bookmark=pull.bookmark, since=yesterday())
        assert set(read_all(toast, cafe, BY_NAME["orders"], pull)) == ours


def test_of_the_days_before_the_account_it_reads_what_was_given_back_since_and_no_shift(serve):
    first = (now() - timedelta(days=10)).date().isoformat()
    backs = {"o1": 12, "o2": 10, "o3": 3}  # days ago
    orders = [order(n, 20, modifiedDate=at(0.01)) for n in range(5)]
    for made in orders:
        refund = {"refundBusinessDate": day(backs[made["guid"]])} if made["guid"] in backs else None
        made["checks"][0]["payments"][0]["refund"] = refund
    shifts = [
        {"guid": f"t{n}", "businessDate": f"{day(n)}", "modifiedDate": at(2), "deleted": False}
        for n in (20, 10)
    ]
    till = serve({"orders": orders, "time_entries": shifts})
    cafe = replace(account(till.url), active_from=first)
    pull = Pull(since=yesterday())
    pull.bookmark["edits_read_until"] = (now() - timedelta(days=1)).isoformat()
    assert set(read_all(toast, cafe, BY_NAME["orders"], pull)) == {"o2", "o3"}
    assert set(read_all(toast, cafe, BY_NAME["time_entries"])) == {"t10"}
    (batch,) = [b for b in toast.fetch_by_id(cafe, BY_NAME["orders"], ["o1", "o3"], Pull()) if b]
    assert [record.record_id for record in batch] == ["o3"]


def test_changes_of_a_long_time_are_asked_for_month_by_month_and_slowly(serve, slept):
    till = serve({"orders": [order(n, 70, modifiedDate=at(60)) for n in range(150)]})
    pull = Pull(since=yesterday())
    pull.bookmark["edits_read_until"] = (now() - timedelta(days=80)).isoformat()
    assert len(read(till, "orders", pull)) == 150
    spans = {query["startDate"] for _, query in till.queries if "startDate" in query}
    assert len(spans) == 3
    assert slept == [5.0] * 4, "between spans, and between pages there and back"
    assert pull.bookmark["edits_read_until"] > now().isoformat()[:16]


def test_an_edit_between_two_pages_of_edits_loses_no_other(serve):
    """Edited again, order 5 leaves the span that is asked for, and order 100 moves to page 1."""
    edited = {"modifiedDate": at(0.4)}
    till = serve({"orders": [order(n, 200, **edited) for n in range(250)]})

    def edit_again(path: str, query: dict) -> None:
        if query.get("page") == "2":
            till.before_page = lambda *_: None
            till.put("orders", order(5, 200, modifiedDate=at(-1)))

    till.before_page = edit_again
    since = (now() - timedelta(days=1)).isoformat()
    found = read(till, "orders", Pull(since=yesterday(), bookmark={"edits_read_until": since}))
    assert set(found) == {f"o{n}" for n in range(250)}


def test_the_first_load_notes_since_when_it_knows_of_edits_before_it_reads(serve):
    till = serve({"orders": [order(1, 50)]})
    pull = Pull()
    first = next(toast.read(account(till.url), BY_NAME["orders"], pull))
    assert [record.record_id for record in first] == ["o1"]
    assert pull.bookmark["edits_read_until"] >= now().isoformat()[:16]


def test_payments_are_found_on_the_day_they_were_paid_refunded_or_voided(serve):
    refunded, voided = order(1, 200), order(2, 200)
    refunded["checks"][0]["payments"][0]["refund"] = {"refundBusinessDate": day(3)}
    voided["checks"][0]["payments"][0]["voidInfo"] = {"voidBusinessDate": day(2)}
    till = serve({"orders": [refunded, voided, order(3, 1), order(4, 200)]})
    found = read(till, "payments")
    assert set(found) == {"p1", "p2", "p3"}
    assert json.loads(found["p3"])["orderGuid"] == "o3"


def test_a_payment_that_is_listed_and_not_there_is_told(serve):
    till = serve({"orders": [order(1), order(2)]})
    till.plan("p1", "404")
    pull = Pull(since=yesterday())
    assert set(read(till, "payments", pull)) == {"p2"}
    assert pull.warnings == ["payment p1 is listed and not there."]


def test_a_list_that_is_published_anew_while_it_is_read_is_read_from_its_start(serve):
    till = serve(small_cafe())

    def publish_once(path: str, query: dict) -> None:
        if query.get("pageToken") and till.requests["salesCategories"] == 2:
            till.publish()

    till.before_page = publish_once
    pull = Pull()
    assert len(read(till, "configuration", pull)) == 8
    assert pull.retries == 1
    assert till.requests["salesCategories"] == 5


def test_a_list_that_is_published_without_end_is_an_error(serve):
    till = serve(small_cafe())
    till.before_page = lambda path, query: till.publish() if "pageToken" in query else None
    with pytest.raises(SourceError, match="409: The configuration was published"):
        read(till, "configuration")


@pytest.mark.parametrize("fault", ["500", "html", "disconnect", "cut"])
def test_what_passes_is_asked_again(serve, fault, slept):
    till = serve(small_cafe())
    till.plan("employees", fault, fault, "ok")
    pull = Pull()
    assert set(read(till, "employees", pull)) == {"e1"}
    assert pull.retries == 2
    assert slept == [1, 2]


def test_a_limit_is_waited_for_by_retry_after_or_by_its_reset(serve, slept):
    till = serve(small_cafe())
    till.plan("employees", "429", "429-untold", "ok")
    assert set(read(till, "employees")) == {"e1"}
    assert slept == [7, 7]


def test_edits_asked_for_again_too_soon_are_waited_for(serve, slept):
    till = serve({"orders": [order(1)]})
    for _ in range(2):
        pull = Pull(since=yesterday())
        assert set(read(till, "orders", pull)) == {"o1"}
    assert (till.too_many, pull.retries) == (1, 1)
    assert slept == [1, 4], "for the second's sixth request; then the rest of five seconds"


def test_a_right_that_toast_did_not_give_stops_what_needs_it_and_nothing_else(
    serve, monkeypatch, tmp_path
):
    auth.new_run()
    monkeypatch.delenv("TILLHOUSE_CAFE_TOKEN")
    till = serve(small_cafe())
    till.sign_in = FakeSignIn("toast")
    till.sign_in.allowed.remove("cashmgmt:read")
    for name, value in settings(till.sign_in, tmp_path / "connections", "cafe").items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SourceError, match="may not read this .403"):
        read(till, "cash_entries")
    assert set(read(till, "jobs")) == {"j1"}


@pytest.mark.parametrize("entity", ["employees", "orders", "payments", "configuration"])
def test_an_answer_that_is_no_list_is_an_error_and_not_an_empty_list(serve, monkeypatch, entity):
    till = serve(small_cafe())
    monkeypatch.setattr(FakeToast, "answer", lambda *_: Page('{"message": "soon"}'))
    with pytest.raises(SourceError, match="not a list of records"):
        read(till, entity, Pull(since=yesterday()))


def test_unknown_values_are_counted_and_kept_in_lists_as_well(serve):
    odd = order(1, approvalStatus="PONDERED")
    odd["checks"][0]["payments"] += [
        {"guid": "p8", "type": {"of": "shells"}},
        {"guid": "p9", "type": "SHELLS"},
    ]
    pull = Pull(since=yesterday())
    assert "o1" in read(serve({"orders": [odd]}), "orders", pull)
    payments = {"checks.payments.type SHELLS", "checks.payments.type {'of': 'shells'}"}
    assert set(pull.unknown) == {"approvalStatus PONDERED", *payments}


def test_a_record_without_an_id_is_kept_and_listed(serve):
    till = serve({"jobs": [{"title": "Barista"}, {"guid": "j2"}]})
    pull = Pull()
    found = read(till, "jobs", pull)
    assert sorted(found)[0] == "j2"
    assert sorted(found)[1].startswith("no-id:")
    assert [rejection.reason for rejection in pull.rejections] == ["no guid. Kept as it is"]


def test_one_business_day_is_read_again_and_no_more(serve):
    till = serve(small_cafe())
    wanted = (now() - timedelta(days=30)).date()
    pull = Pull(refresh_day=wanted)
    assert set(read(till, "orders", pull)) == {"o2"}
    assert pull.bookmark == {"way": "api"}
    assert till.requests == {"ordersBulk": 1}
    shift_day = (now() - timedelta(days=3)).date()
    assert set(read(till, "time_entries", Pull(refresh_day=shift_day))) == {"t1", "t2"}


def test_single_records_are_read_by_their_id(serve):
    till = serve(small_cafe())
    shop = account(till.url)
    asked = ["o2", "o9"]
    (batch,) = toast.fetch_by_id(shop, BY_NAME["orders"], asked, Pull())
    assert [record.record_id for record in batch] == ["o2"]
    assert list(toast.fetch_by_id(shop, BY_NAME["jobs"], ["j1"], Pull())) == []


def test_a_restaurant_that_is_not_named_or_not_ours_is_told(serve, monkeypatch):
    till = serve(small_cafe())
    monkeypatch.setenv("TILLHOUSE_CAFE_RESTAURANT_GUID", "another")
    with pytest.raises(SourceError, match="403"):
        read(till, "jobs")
    monkeypatch.delenv("TILLHOUSE_CAFE_RESTAURANT_GUID")
    with pytest.raises(AccountError, match="TILLHOUSE_CAFE_RESTAURANT_GUID"):
        read(till, "jobs")


def test_it_logs_in_by_itself_once_and_again_when_the_token_has_ended(serve, monkeypatch, tmp_path):
    monkeypatch.setattr(auth, "FRESH_SECONDS", 0.0)
    monkeypatch.delenv("TILLHOUSE_CAFE_TOKEN")
    auth.new_run()
    till = serve(small_cafe())
    till.sign_in = FakeSignIn("toast", expires_in=3600)
    for name, value in settings(till.sign_in, tmp_path / "connections", "cafe").items():
        monkeypatch.setenv(name, value)
    assert set(read(till, "jobs")) == {"j1"}
    assert set(read(till, "employees")) == {"e1"}
    assert till.sign_in.requests["log_in"] == 1
    till.sign_in.end_access()
    assert set(read(till, "jobs")) == {"j1"}
    assert till.sign_in.requests["log_in"] == 2


def test_an_address_without_protection_is_refused():
    with pytest.raises(SourceError, match="https://ws-api.toasttab.com"):
        list(toast.read(account("http://ws-api.toasttab.com"), BY_NAME["jobs"], Pull()))


# -- through the loader ----------------------------------------------------------------------


@pytest.fixture
def cafe(serve, make_account):
    """A function that sets up an account over a till with these records and gives the till."""
    return lambda records=None: make_account("cafe", "toast", serve(records))


def test_the_whole_till_loads_and_loading_again_changes_nothing(cafe, warehouse):
    cafe(small_cafe())
    first = {row.entity: row for row in load.load(warehouse, accounts=["cafe"])}
    assert {row.status for row in first.values()} == {"success"}
    assert {name: row.new for name, row in first.items()} == {
        "restaurants": 1, "configuration": 8, "menu_items": 3, "employees": 1, "jobs": 1,
        "orders": 2, "payments": 2, "time_entries": 2, "cash_entries": 1, "cash_deposits": 1,
    }  # fmt: skip
    assert len(days(warehouse, "orders")) == 91
    again = load.load(warehouse, accounts=["cafe"])
    assert {(row.status, row.new, row.changed, row.closed) for row in again} == {
        ("no_change", 0, 0, 0)
    }


def test_what_many_days_come_to_is_no_list_that_was_cut(cafe, warehouse):
    restaurant = {"guid": RESTAURANT, "general": {"name": "Cafe", "closeoutHour": 0}}
    orders = [order(n, 1 + n % 20) for n in range(100)]
    cafe(small_cafe() | {"orders": orders, "restaurants": [restaurant]})
    rows = {row.entity: row for row in load.load(warehouse)}
    assert (rows["orders"].new, rows["payments"].new) == (100, 100)
    screen = io.StringIO()
    assert print_status(warehouse, Console(file=screen)) == 0, screen.getvalue()
    assert "All is well." in screen.getvalue()


def test_status_tells_of_another_closeout_hour_until_it_is_mended(cafe, shop, warehouse):
    def status() -> tuple[int, str]:
        screen = io.StringIO()
        return print_status(warehouse, Console(file=screen)), screen.getvalue()

    till = cafe(small_cafe())
    for _ in range(2):  # the second load reads nothing new, and it is told all the same
        load.load(warehouse)
        code, told = status()
        assert code == 1
        assert "-> the closeout hour of Cafe is 04:00, day_cutoff of the account is 00:00" in told
        assert "Set day_cutoff to 04:00 in pos_accounts.csv, then run `make nightly`." in told
    place = {"source": "toast", "transport": "api", "path": till.url}
    shop({"account_id": "cafe", "day_cutoff": "04:00", **place})
    code, told = status()
    assert (code, "closeout" in told, "All is well." in told) == (0, False, True)
    shop({"account_id": "cafe", "paused": "true", **place})
    assert "closeout" not in status()[1]


def test_an_event_is_not_read_over_the_api_where_the_export_was_read_before(
    cafe, shop, warehouse, tmp_path, monkeypatch
):
    monkeypatch.setenv("TILLHOUSE_WEBHOOKS", str(tmp_path / "webhooks.sqlite"))
    export = Export()
    made = toast_records.orders(1, 3)[0]
    for one in made:
        export.order(one)
    shop({"account_id": "cafe", "source": "toast", "path": str(export.write(tmp_path / "drop"))})
    load.load(warehouse, entities=["orders"])
    exported = raw(warehouse, "toast.orders")
    cafe(small_cafe())
    told = ("cafe", "toast", "e1", "order_updated", "orders", "o1", False, "2026-11-22 00:00:00")
    EventQueue().add([Event(*told, "{}")])
    (row,) = load.load(warehouse, entities=["orders"])
    (applied,) = load.apply_events(warehouse)
    assert (row.status, applied.status) == ("failed", "failed")
    assert "it was read from its export before" in applied.error
    assert raw(warehouse, "toast.orders") == exported


def test_what_is_gone_from_settings_and_menus_is_closed(cafe, warehouse):
    till = cafe(small_cafe())
    load.load(warehouse, accounts=["cafe"], entities=["configuration", "menu_items"])
    till.remove("configuration", "k5")
    del till.menus["modifierOptionReferences"]
    till.menus["lastUpdated"] = "2026-03-03T00:00:00.000+0000"
    rows = load.load(warehouse, accounts=["cafe"], entities=["configuration", "menu_items"])
    assert {row.entity: row.closed for row in rows} == {"configuration": 1, "menu_items": 1}


def test_a_day_that_fails_is_tried_again_and_the_others_go_on(cafe, make_warehouse, slept):
    warehouse = make_warehouse("duckdb")
    till = cafe({"orders": [order(n, n) for n in range(1, 20)]})
    bad = (now() - timedelta(days=10)).date()

    def fail(path: str, query: dict) -> None:
        if query.get("businessDate") == f"{bad:%Y%m%d}":
            till.plan("ordersBulk", "503")

    till.before_page = fail
    row = load_one(warehouse, "cafe", "orders", since=now().date() - timedelta(days=19))
    assert row.status == "partial"
    assert f"not read: {bad}" in row.error
    assert days(warehouse, "orders")[bad] == "failed"
    till.before_page = lambda *_: None
    till.put("orders", order(1, 300, modifiedDate=at(0.001)))
    assert load_one(warehouse, "cafe", "orders").status == "success"
    assert days(warehouse, "orders")[bad] == "success"
