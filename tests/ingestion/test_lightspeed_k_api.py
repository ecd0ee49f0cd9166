"""K-Series over its API, against the local stand-in: each trap of the real one is a test."""

from __future__ import annotations

import io
import json
from datetime import timedelta

import pytest
from rich.console import Console

from ingestion import load
from ingestion.accounts import AccountError
from ingestion.connect import auth
from ingestion.contract import Pull, SourceError
from ingestion.fakes.lightspeed_k import FakeKSeries
from ingestion.fakes.sign_in import FakeSignIn
from ingestion.sources import lightspeed_k
from ingestion.sources.lightspeed_k.entities import ENTITIES
from ingestion.verify import verify
from ingestion.windows import Windows
from tests.clock import now, yesterday
from tests.ingestion.connect_till import connect_by_person, settings
from tests.ingestion.kseries_shop import (
    BY_NAME,
    TOKEN,
    account,
    at,
    business,
    read,
    sale,
    shift,
    small_bar,
)
from tests.ingestion.landed import days, load_one, raw


@pytest.fixture(autouse=True)
def known(monkeypatch, slept):
    """The account's token in the environment."""
    monkeypatch.setenv("TILLHOUSE_BAR_TOKEN", TOKEN)


@pytest.fixture
def serve(start):
    """A function that starts a till with these businesses and records."""
    return lambda *given: start(FakeKSeries(*given, token=TOKEN))


def test_every_entity_is_read_whole(serve):
    till = serve([business(101, 102), business(103, number=2)], small_bar())
    found = {entity.name: set(read(till, entity.name)) for entity in ENTITIES}
    daily = found.pop("sales_daily")
    assert {key.partition("|")[0] for key in daily} == {"101", "102", "103"}
    assert len(daily) > 250
    assert found == {
        "businesses": {"1", "2"},
        "locations": {"101", "102", "103"},
        "items": {"101|1", "102|1"},
        "tax_rates": {"101|GST"},
        "payment_methods": {"101|11"},
        "accounting_groups": {"102|21"},
        "staff": {"101|POS|7", "101|POS|8", "101|BACK_OFFICE|8"},
        "shifts": {"101|shift1==", "101|shift2=="},
        "sales": {"101|A1.1", "101|A1.2", "102|A1.1"},
        "financials": {"101|A1.1", "101|A1.2", "102|A1.1"},
    }


def test_a_payload_is_kept_to_the_letter_behind_the_location_that_the_till_leaves_out(serve):
    text = '{"accountFiscId": "A1", "timeClosed": "' + at(1) + '", "x": 1.10, "salesLines":[ ] }'
    till = serve([business(101)], {"sales": {"101": [text]}, "shifts": {"101": [shift(1)]}})
    assert read(till, "sales") == {"101|A1": '{"businessLocationId": "101", ' + text[1:]}
    assert json.loads(read(till, "shifts")["101|shift1=="]) == shift(1)


def test_sales_come_with_payments_staff_tables_and_customers(serve):
    paid = sale(1, tableName="Window", accountProfileCode="BAR")
    paid["payments"][0]["consumer"] = {"firstName": "Ada"}
    till = serve([business(101)], {"sales": {"101": [paid]}})
    (payload,) = read(till, "sales").values()
    assert json.loads(payload) == {"businessLocationId": "101"} | paid


def test_pages_of_sales_go_by_their_token_to_the_end(serve):
    noon = [f"{yesterday()}T12:{n // 60:02}:{n % 60:02}.000Z" for n in range(250)]
    sales = [sale(n, timeClosed=moment) for n, moment in enumerate(noon)]
    till = serve([business(101)], {"sales": {"101": sales}})
    pull = Pull(since=yesterday())
    assert len(read(till, "sales", pull)) == 250
    asked = [query for path, query in till.queries if path.endswith("/sales")]
    assert sum("nextPageToken" in query for query in asked) == 2
    assert pull.pages == till.requests.total()


def test_a_page_token_that_comes_again_is_an_error_and_no_endless_loop(serve):
    sales = [sale(n, timeClosed=f"{yesterday()}T12:00:00.000Z") for n in range(250)]
    till = serve([business(101)], {"sales": {"101": sales}})
    till.before_page = lambda path, query: till.plan("sales", "same-token")
    with pytest.raises(SourceError, match="page token that it gave before"):
        read(till, "sales", Pull(since=yesterday()))


def test_items_are_read_by_offset_and_people_by_page_until_there_are_no_more(serve):
    items = [{"id": n, "name": f"Item {n}"} for n in range(2300)]
    people = [{"staffId": n, "userTypes": ["POS"]} for n in range(230)]
    till = serve([business(101)], {"items": {"101": items}, "staff": {"101": people}})
    assert len(read(till, "items")) == 2300
    assert len(read(till, "staff")) == 230
    pages = [query["page"] for path, query in till.queries if path.endswith("POS")]
    assert pages == ["1", "2", "3", "2", "1"]  # no fourth: the till tells how many there are
    offsets = [int(query["offset"]) for path, query in till.queries if path.endswith("items")]
    assert offsets == [0, 1000, 2000, 3000, 2000, 1000, 0]


def test_a_list_that_fits_one_page_is_asked_for_once(serve):
    till = serve([business(101)], {"items": {"101": [{"id": 1}]}})
    assert len(read(till, "items")) == 1
    assert till.requests["items"] == 2, "the page, and that there is no other"


def test_an_item_that_goes_between_two_pages_hides_no_other_and_closes_none(bar, make_warehouse):
    warehouse = make_warehouse("duckdb")
    items = [{"id": n, "name": f"Item {n}"} for n in range(1500)]
    till = bar([business(101)], {"items": {"101": items}})
    load_one(warehouse, "bar", "items")
    till.remove("items", "101", "id", 7)

    def remove(path: str, query: dict) -> None:
        if query.get("offset") == "1000":
            till.before_page = lambda *_: None
            till.remove("items", "101", "id", 5)

    till.before_page = remove
    assert load_one(warehouse, "bar", "items").closed == 0, "it moved while it was read"
    assert load_one(warehouse, "bar", "items").closed == 2
    landed = raw(warehouse, "lightspeed_k.items")
    assert {key for key, is_current in landed.items() if not is_current} == {"101|5", "101|7"}


def test_a_list_that_knows_no_pages_is_an_error_and_no_endless_loop(serve, monkeypatch):
    till = serve([business(101)], {"items": {"101": [{"id": n} for n in range(5)]}})
    whole = FakeKSeries._items
    monkeypatch.setattr(FakeKSeries, "_items", lambda s, q: whole(s, q | {"offset": 0}))
    with pytest.raises(SourceError, match="gave a page that it gave before"):
        read(till, "items")


@pytest.mark.parametrize("fault", ["429", "429-date", "500", "html", "disconnect", "cut"])
def test_what_passes_is_asked_again(serve, fault, slept):
    till = serve([business(101)], small_bar())
    till.plan("paymentMethods", fault, fault, "ok")
    pull = Pull()
    assert set(read(till, "payment_methods", pull)) == {"101|11"}
    assert pull.retries == 2
    assert slept == ([7, 7] if "429" in fault else [1, 2])


@pytest.mark.parametrize(
    ("entity", "answer"),
    [
        ("sales", '{"message": "soon"}'),
        ("sales", '{"sales": null}'),
        ("items", '{"_embedded": {"itemList": []}}'),
        ("tax_rates", '{"_embedded": {"rates": []}, "_links": {}}'),
        ("staff", '{"data": {"people": []}, "links": {}}'),
    ],
)
def test_an_answer_that_is_no_list_is_an_error_and_not_an_empty_list(
    serve, monkeypatch, entity, answer
):
    till = serve([business(101)], small_bar())
    real = FakeKSeries.body
    is_list = "f/data/businesses".__eq__
    monkeypatch.setattr(
        FakeKSeries,
        "body",
        lambda s, path, *rest: real(s, path, *rest) if is_list(path) else answer,
    )
    with pytest.raises(SourceError, match="not a list of records"):
        read(till, entity, Pull(since=yesterday()))


@pytest.mark.parametrize("entity", ["payment_methods", "staff", "items"])
def test_an_empty_list_is_an_empty_list(serve, entity):
    pull = Pull()
    assert read(serve([business(101)]), entity, pull) == {}
    assert not pull.documents.read, "nothing is closed by it"


def test_a_refused_token_is_told_at_once(serve, monkeypatch):
    till = serve([business(101)], small_bar())
    monkeypatch.setenv("TILLHOUSE_BAR_TOKEN", "wrong-token")
    with pytest.raises(SourceError, match=r"account bar.*401") as refused:
        read(till, "sales")
    assert "wrong-token" not in str(refused.value)
    monkeypatch.delenv("TILLHOUSE_BAR_TOKEN")
    with pytest.raises(AccountError, match="connect"):
        read(till, "sales")


def test_a_token_that_ends_while_four_days_are_read_at_once_is_renewed_once(
    serve, monkeypatch, tmp_path
):
    monkeypatch.setattr(auth, "FRESH_SECONDS", 0.0)
    monkeypatch.delenv("TILLHOUSE_BAR_TOKEN")
    auth.new_run()
    till = serve([business(101)], {"sales": {"101": [sale(n, n) for n in range(1, 41)]}})
    till.sign_in = FakeSignIn("lightspeed_k")
    for name, value in settings(till.sign_in, tmp_path / "connections", "bar").items():
        monkeypatch.setenv(name, value)
    connect_by_person(account(till.url))
    till.sign_in.requests.clear()

    def end_once(path: str, query: dict) -> None:
        if till.requests["sales"] == 20:
            till.sign_in.end_access()

    till.before_page = end_once
    found = read(till, "sales", Pull(since=now().date() - timedelta(days=45)))
    assert len(found) == 40
    assert till.sign_in.requests == {"refresh_token": 1}


def test_an_address_without_protection_is_refused():
    with pytest.raises(SourceError, match="https://api.lsk.lightspeed.app"):
        bare = account("http://api.lsk.lightspeed.app")
        list(lightspeed_k.read(bare, BY_NAME["sales"], Pull()))


def test_days_before_a_location_opened_are_passed_over_and_its_first_day_is_read(serve):
    till = serve([business(101)], {"sales": {"101": [sale(1, 10), sale(2, 1)]}})
    till.opened["101"] = at(10.001)
    pull = Pull(since=now().date() - timedelta(days=20))
    assert set(read(till, "sales", pull)) == {"101|A1.1", "101|A1.2"}
    opened = (now() - timedelta(days=10.001)).date()
    assert pull.warnings == [f"location 101 has nothing before {opened}."]


def test_a_day_that_is_refused_for_another_reason_fails(serve):
    till = serve([business(101)], small_bar())
    till.plan("sales", "400")
    with pytest.raises(SourceError, match=r"not read: [\d-]+; .*400: planned"):
        read(till, "sales", Pull(since=yesterday()))


def test_a_location_that_goes_away_while_it_is_read_is_told_and_the_others_are_read(serve):
    till = serve([business(101, 102)], small_bar())
    till.before_page = lambda path, query: till.close("101") if path.endswith("sales") else None
    pull = Pull(since=now().date() - timedelta(days=4))
    assert set(read(till, "sales", pull)) == {"102|A1.1"}
    assert pull.warnings == [
        "location 101 (Bar 101) is no longer listed by the till. All that was read of it stays."
    ]


def test_a_404_of_a_location_that_is_still_listed_is_an_error(serve, monkeypatch):
    till = serve([business(101)], small_bar())
    monkeypatch.setattr(FakeKSeries, "_sales", lambda *_: None)
    with pytest.raises(SourceError, match="there is nothing at"):
        read(till, "sales", Pull(since=yesterday()))


def test_v1_tells_the_business_day_that_an_edited_sale_was_on_at_first(serve):
    edited = sale(1, 1)
    till = serve([business(101)], {"sales": {"101": [edited]}})
    first = f"{now() - timedelta(days=20):%Y-%m-%d}"
    till.moved["A1.1"] = first
    (payload,) = read(till, "financials").values()
    assert json.loads(payload)["businessDate"] == first
    assert json.loads(payload)["timeofCloseAndPaid"] == edited["timeClosed"]
    days = [json.loads(text) for text in read(till, "sales_daily").values()]
    (day,) = [day["date"] for day in days if day["sales"]]
    assert day > first


def test_v1_need_not_say_that_a_day_is_complete_but_v2_must(serve, monkeypatch):
    monkeypatch.setattr(FakeKSeries, "_end_of_day", lambda *_: '"ends": null')
    till = serve([business(101)], {"sales": {"101": [sale(1, 3)]}})
    asked = {}
    for entity in ("financials", "sales_daily"):
        windows = Windows()
        read(till, entity, Pull(windows=windows))
        asked[entity] = {window.status for window in windows.cut()}
    assert asked == {"financials": {"success", "no_data"}, "sales_daily": {"pending"}}


def test_unknown_values_are_counted_and_kept_in_lists_as_well(serve):
    odd = sale(1, type="PONDERED")
    odd["payments"] += [{"type": "IOU"}, {"type": "IOU"}]
    till = serve([business(101)], {"sales": {"101": [odd, sale(2)]}})
    pull = Pull()
    assert len(read(till, "sales", pull)) == 2
    assert pull.unknown == {"type PONDERED": 1, "payments.type IOU": 2}


def test_a_record_without_an_id_is_kept_and_listed(serve):
    till = serve([business(101)], {"items": {"101": [{"name": "?"}, {"id": 2}]}})
    pull = Pull()
    found = read(till, "items", pull)
    assert sorted(found)[0] == "101|2"
    assert sorted(found)[1].startswith("101|no-id:")
    assert [rejection.reason for rejection in pull.rejections] == ["no id. Kept as it is"]


def test_one_day_of_the_shop_is_read_again(serve):
    day = (now() - timedelta(days=40)).date()
    till = serve([business(101)])
    till.add("sales", "101", sale(1, timeClosed=f"{day + timedelta(days=1)}T05:00:00.000Z"))
    till.add("sales", "101", sale(2, timeClosed=f"{day}T05:00:00.000Z"))
    assert set(read(till, "sales", Pull(refresh_day=day))) == {"101|A1.1"}


# -- through the loader ----------------------------------------------------------------------


@pytest.fixture
def bar(serve, make_account):
    """A function that sets up an account over a till with these records and gives the till."""
    return lambda *given: make_account("bar", "lightspeed_k", serve(*given))


def test_the_whole_till_loads_and_loading_again_changes_nothing(bar, warehouse):
    bar([business(101, 102)], small_bar())
    since = now().date() - timedelta(days=40)
    first = {row.entity: row for row in load.load(warehouse, accounts=["bar"], since=since)}
    assert {row.status for row in first.values()} == {"success"}
    assert {name: row.new for name, row in first.items() if "daily" not in name} == {
        "businesses": 1, "locations": 2, "items": 2, "tax_rates": 1, "payment_methods": 1,
        "accounting_groups": 1, "staff": 3, "shifts": 2, "sales": 3, "financials": 3,
    }  # fmt: skip
    again = load.load(warehouse, accounts=["bar"])
    assert {(row.status, row.new, row.changed, row.closed) for row in again} == {
        ("no_change", 0, 0, 0)
    }


def test_the_next_load_reads_only_the_days_that_may_change(bar, warehouse):
    till = bar([business(101)], {"sales": {"101": [sale(n, n) for n in range(1, 101)]}})
    row = load_one(warehouse, "bar", "sales")
    assert row.status == "success"
    assert 89 <= row.new <= 90
    assert len(days(warehouse, "sales")) == 91
    till.add("sales", "101", sale(500, 1.5))  # came late from a till that was offline
    till.requests.clear()
    assert load_one(warehouse, "bar", "sales").new == 1
    assert till.requests["sales"] == 3  # today and the two days before
    assert load_one(warehouse, "bar", "sales", since=now().date() - timedelta(days=120)).new >= 10


def test_a_day_is_read_again_until_the_till_says_it_is_complete(bar, make_warehouse):
    warehouse = make_warehouse("duckdb")
    till = bar([business(101)], {"sales": {"101": [sale(1, 9)]}})
    late = (now() - timedelta(days=10)).date()
    till.incomplete.add(("101", f"{late}"))
    since = now().date() - timedelta(days=20)
    load_one(warehouse, "bar", "sales_daily", since=since)
    found = days(warehouse, "sales_daily")
    assert found[late] == "pending"
    assert set(found.values()) == {"pending", "success"}
    till.add("sales", "101", sale(2, timeClosed=f"{late}T20:00:00.000Z"))
    till.incomplete.clear()
    till.queries.clear()
    row = load_one(warehouse, "bar", "sales_daily")
    assert (row.new, row.changed) == (0, 1)
    assert days(warehouse, "sales_daily")[late] == "success"
    till.queries.clear()
    load_one(warehouse, "bar", "sales_daily")
    asked = {query.get("date") for path, query in till.queries if path.endswith("sales-daily")}
    assert f"{late}" not in asked


def test_a_location_that_disappears_is_marked_and_all_of_it_is_kept(bar, warehouse):
    till = bar([business(101, 102)], small_bar())
    since = now().date() - timedelta(days=5)
    load.load(warehouse, accounts=["bar"], since=since)
    till.close("102")
    till.remove("items", "101", "id", 1)
    till.add("items", "101", {"id": 2, "name": "Stout"})
    rows = {row.entity: row for row in load.load(warehouse, accounts=["bar"])}
    assert rows["locations"].closed == 1
    assert "location 102 (Bar 102) is no longer listed" in rows["locations"].warnings
    assert raw(warehouse, "lightspeed_k.locations") == {"101": True, "102": False}
    assert raw(warehouse, "lightspeed_k.items") == {"101|1": False, "101|2": True, "102|1": True}
    assert raw(warehouse, "lightspeed_k.sales")["102|A1.1"]
    assert not any(row.error for row in rows.values())


def test_an_empty_list_of_locations_closes_nothing(bar, make_warehouse):
    warehouse = make_warehouse("duckdb")
    till = bar([business(101)], small_bar())
    load.load(warehouse, accounts=["bar"], entities=["businesses", "locations"])
    till.businesses.clear()
    rows = load.load(warehouse, accounts=["bar"], entities=["businesses", "locations", "items"])
    assert all("nothing was closed" in row.warnings for row in rows[:2])
    assert raw(warehouse, "lightspeed_k.locations") == {"101": True}


def test_a_day_that_fails_is_tried_again_and_the_others_go_on(bar, make_warehouse, slept):
    warehouse = make_warehouse("duckdb")
    till = bar([business(101)], {"sales": {"101": [sale(n, n) for n in range(1, 20)]}})
    bad = (now() - timedelta(days=10)).date()

    def fail(path: str, query: dict) -> None:
        if query.get("from", "").startswith(f"{bad}"):
            till.plan("sales", "503")

    till.before_page = fail
    row = load_one(warehouse, "bar", "sales", since=now().date() - timedelta(days=19))
    assert row.status == "partial"
    assert f"not read: {bad}" in row.error
    assert days(warehouse, "sales")[bad] == "failed"
    assert [wait for wait in slept if wait >= 30] == [30, 60, 120]
    till.before_page = lambda *_: None
    till.add("sales", "101", sale(20, timeClosed=f"{bad}T01:00:00.000Z"))  # the evening before
    load_one(warehouse, "bar", "sales", refresh_day=bad)  # by the clock of the shop
    assert load_one(warehouse, "bar", "sales").status == "success"
    assert days(warehouse, "sales")[bad] == "success"
    assert len(raw(warehouse, "lightspeed_k.sales")) == 20


def test_verify_reads_lists_and_the_days_of_sales_again(bar, warehouse):
    shop = small_bar()
    till = bar([business(101, 102)], shop)
    load.load(warehouse, accounts=["bar"], since=now().date() - timedelta(days=3))

    def verified() -> dict[str, dict]:
        rows = verify(warehouse, account(till.url), console=Console(file=io.StringIO()))
        return {row["entity"]: row for row in rows if row["check_name"] == "sample"}

    found = {name: row["status"] for name, row in verified().items()}
    assert {"shifts", "sales_daily"} == {name for name in found if found[name] != "ok"}
    assert set(found) >= {"sales", "financials", "items", "staff", "locations", "tax_rates"}
    garble = "update raw_lightspeed_k.sales set payload = replace(payload, 'SALE', 'VOID')"
    with warehouse.connect() as db:
        db.execute(garble)
    assert verified()["sales"]["status"] == "differs"
    assert "differs in type" in verified()["sales"]["detail"]
