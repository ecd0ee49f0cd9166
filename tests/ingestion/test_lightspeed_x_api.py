"""X-Series over its API, against the local stand-in: each trap of the real one is a test."""

from __future__ import annotations

import json
from datetime import date

import pytest

from ingestion.accounts import AccountError
from ingestion.contract import Pull, SourceError
from ingestion.fakes.lightspeed_x import FakeLightspeedX
from ingestion.load import load
from ingestion.sources import lightspeed_x
from ingestion.sources.lightspeed_x.entities import BY_NAME, ENTITIES
from tests.ingestion.lightspeed_x_shop import (
    FIRST_VERSION,
    TOKEN,
    account,
    read,
    records,
    small_shop,
    uid,
)


@pytest.fixture(autouse=True)
def known(monkeypatch, slept):
    """The account's token in the environment."""
    monkeypatch.setenv("TILLHOUSE_SHOP_TOKEN", TOKEN)


@pytest.fixture
def serve(start):
    """A function that starts a till with these records."""
    return lambda given, **options: start(FakeLightspeedX(given, token=TOKEN, **options))


def ids(rows: list[dict]) -> set[str]:
    return {row["id"] for row in rows}


def test_every_entity_is_read_whole(serve):
    shop = small_shop()
    till = serve(shop)
    found = {e.name: read(account(till.url), e.name) for e in ENTITIES}
    assert {name: len(rows) for name, rows in found.items()} == {
        name: len(shop[name]) for name in found
    }
    assert len(found) == 22


def test_pages_are_followed_to_the_empty_one(serve):
    rows = records("sales", 1050)
    till = serve({"sales": rows})
    pull = Pull()
    assert set(read(account(till.url), "sales", pull)) == ids(rows)
    assert till.requests["sales"] == pull.pages == 7  # 5 full, one of 50, the empty one
    assert pull.bookmark == {"version": rows[-1]["version"]}


def test_a_page_cut_short_by_the_server_is_not_the_end(serve):
    rows = records("inventory", 5300)
    till = serve({"inventory": rows}, caps={"inventory": 137})
    assert set(read(account(till.url), "inventory")) == ids(rows)


def test_page_numbers_are_never_sent(serve):
    till = serve({"sales": records("sales", 450)})
    read(account(till.url), "sales")
    assert all(set(query) == {"after", "page_size"} for _, query in till.queries)


def test_a_repeated_page_is_an_error_that_names_the_place(serve):
    till = serve({"sales": records("sales", 600)})
    till.plan("sales", "ok", "repeat")
    pull = Pull()
    with pytest.raises(SourceError, match=r"shop, sales, page 2, after version \d+: .*before"):
        read(account(till.url), "sales", pull)
    assert pull.bookmark["version"] == FIRST_VERSION + 10 * 199, "what came before is kept"
    assert till.requests["sales"] == 2


def test_a_cursor_that_stands_still_is_an_error(serve):
    till = serve({"sales": records("sales", 600)})
    till.plan("sales", "ok", "stuck")
    with pytest.raises(SourceError, match="sales, page 2, after version .*would not end"):
        read(account(till.url), "sales")


def test_a_page_without_any_version_of_an_entity_that_has_them_is_an_error(serve):
    till = serve({"sales": [{"id": "s1"}]})
    with pytest.raises(SourceError, match="sales, page 1, after version 0.*version.max None"):
        read(account(till.url), "sales")


def test_a_page_that_leaves_out_its_versions_is_read_by_those_of_its_records(serve):
    rows = records("sales", 450)
    till = serve({"sales": rows})
    till.plan("sales", "no-version", "no-version", "no-version", "no-version")
    assert set(read(account(till.url), "sales")) == ids(rows)


def test_a_second_run_without_changes_asks_for_one_empty_page_per_entity(serve):
    till = serve(small_shop())
    with_versions = [e for e in ENTITIES if e.paging in ("version", "consignment")]
    with_versions.remove(BY_NAME["tags"])
    bookmarks = {}
    for entity in with_versions:
        pull = Pull()
        read(account(till.url), entity.name, pull)
        bookmarks[entity.name] = pull.bookmark
    till.forget_requests()
    for entity in with_versions:
        pull = Pull(bookmark=dict(bookmarks[entity.name]))
        assert read(account(till.url), entity.name, pull) == {}
        assert pull.pages == 1
        assert pull.bookmark == bookmarks[entity.name], "the empty page's null is not written"
    assert sum(till.requests.values()) == len(with_versions) == 17


def test_a_second_run_reads_what_changed_and_only_that(serve):
    rows = records("sales", 300)
    till = serve({"sales": rows})
    pull = Pull()
    read(account(till.url), "sales", pull)
    till.change("sales", rows[3] | {"name": "edited", "version": FIRST_VERSION + 99_999})
    found = read(account(till.url), "sales", pull)
    assert set(found) == {rows[3]["id"]}
    assert pull.bookmark == {"version": FIRST_VERSION + 99_999}


def test_force_reads_from_the_start(serve):
    rows = records("sales", 30)
    till = serve({"sales": rows})
    pull = Pull(bookmark={"version": rows[-1]["version"]}, force=True)
    assert set(read(account(till.url), "sales", pull)) == ids(rows)


def test_records_that_change_between_pages_are_not_lost(serve):
    rows = records("sales", 600)
    till = serve({"sales": rows})
    moved = [rows[2], rows[250], rows[599]]  # one read already, one next, one last

    def bump(path: str, query: dict) -> None:
        if till.requests[path] == 2:
            for n, row in enumerate(moved):
                changed = row | {"name": "changed", "version": FIRST_VERSION + 50_000 + n}
                till.change("sales", changed)

    till.before_page = bump
    found = read(account(till.url), "sales")
    assert set(found) == ids(rows)
    assert {json.loads(found[row["id"]])["name"] for row in moved} == {"changed"}


@pytest.mark.parametrize("fault", ["500", "429", "disconnect", "cut"])
def test_a_fault_in_the_middle_is_tried_again_and_nothing_is_missing(serve, fault):
    rows = records("sales", 700)
    till = serve({"sales": rows})
    till.plan("sales", "ok", fault, fault, "ok", fault)
    pull = Pull()
    assert set(read(account(till.url), "sales", pull)) == ids(rows)
    assert (pull.retries, pull.pages) == (3, 5)


def test_a_till_that_stays_down_keeps_what_was_read(serve):
    till = serve({"sales": records("sales", 700)})
    till.plan("sales", "ok", "ok", *["500"] * 10)
    pull, found = Pull(), 0
    with pytest.raises(SourceError, match="sales, page 3"):
        for batch in lightspeed_x.read(account(till.url), BY_NAME["sales"], pull):
            found += len(batch)
    assert found == 400
    assert pull.bookmark == {"version": FIRST_VERSION + 10 * 399}


def test_deleted_records_come_too(serve):
    till = serve(small_shop())
    found = read(account(till.url), "products")
    assert json.loads(found[uid(("products", 11))])["deleted_at"]
    assert len(found) == 12


def test_payloads_are_the_tills_own_text(serve):
    texts = [
        '{"id": "a", "price": 10.90000, "big": 12345678901234567890, "e": 1.0E+2, "version": 7}',
        '{"version":8,"id":"b","name":"caf\\u00e9 \\ud83e\\uddf8 [x], {y}","tags":[ 1 ,2 ]}',
        '{"id": "c", "version": 9, "note": "say \\"},{\\" \\\\"}',
        '{"id": "d", "odd": NaN, "lone": "\\ud800", "version": 10}',
    ]
    till = serve({"sales": texts})
    assert list(read(account(till.url), "sales").values()) == texts


def test_composite_and_repeated_ids(serve):
    till = serve(small_shop())
    outlet, consignment = uid(("outlets", 1)), uid(("consignments", 1))
    product = uid(("products", 5))
    assert f"{outlet}|{uid(('products', 0))}" in read(account(till.url), "outlet_taxes")
    lines = read(account(till.url), "consignment_products")
    assert f"{consignment}|{product}" in lines
    assert f"{consignment}|{product}|2" in lines, "a product that stands twice keeps both lines"
    payload = json.loads(lines[f"{consignment}|{product}"])
    assert payload["consignment_id"] == consignment
    assert payload["cost"] == "4.10000"


def test_only_changed_consignments_are_asked_for_their_lines(serve):
    till = serve(small_shop())
    pull = Pull()
    read(account(till.url), "consignment_products", pull)
    till.forget_requests()
    till.change("consignments", {"id": uid(("consignments", 1)), "name": "more", "version": 2**40})
    assert len(read(account(till.url), "consignment_products", pull)) == 2
    asked = [path for path in till.requests if path.endswith("/products")]
    assert asked == [f"consignments/{uid(('consignments', 1))}/products"]


def test_a_consignment_without_a_list_is_warned_of_and_the_rest_read(serve):
    till = serve(small_shop())
    till.plan(f"consignments/{uid(('consignments', 0))}/products", "404")
    pull = Pull()
    assert len(read(account(till.url), "consignment_products", pull)) == 2
    assert "has no list of products" in pull.warnings[0]


def test_product_categories_go_by_their_last_id_and_are_a_whole_list(serve):
    rows = [{"id": uid(("c", n)), "name": f"Group {n}"} for n in range(1100)]
    till = serve({"product_categories": rows}, caps={"product_categories": 300})
    pull = Pull()
    assert set(read(account(till.url), "product_categories", pull)) == ids(rows)
    assert pull.snapshot
    assert till.requests["product_categories"] == 4


def test_a_broken_off_list_of_categories_is_no_snapshot(serve):
    rows = [{"id": uid(("c", n)), "name": f"Group {n}"} for n in range(900)]
    till = serve({"product_categories": rows}, caps={"product_categories": 300})
    till.plan("product_categories", "ok", *["500"] * 10)
    pull = Pull()
    with pytest.raises(SourceError):
        read(account(till.url), "product_categories", pull)
    assert not pull.snapshot


def test_gift_cards_go_backwards_by_id(serve):
    rows = [{"id": uid(("g", n)), "number": f"G{n}"} for n in range(450)]
    till = serve({"gift_cards": rows})
    assert set(read(account(till.url), "gift_cards")) == ids(rows)
    assert till.requests["gift_cards"] == 4


def test_gift_cards_that_come_again_are_an_error(serve):
    till = serve({"gift_cards": [{"id": uid(n), "number": f"G{n}"} for n in range(450)]})
    till.plan("gift_cards", "ok", "repeat")
    with pytest.raises(SourceError, match="gift_cards, page 2, before .* before"):
        read(account(till.url), "gift_cards")


@pytest.mark.parametrize("count", [0, 1, 31, 1000, 2500])
def test_a_list_without_pages_is_asked_for_more_until_it_gives_no_more(serve, count):
    rows = [{"id": str(n), "name": f"Week {n}"} for n in range(count)]
    till = serve({"promotions": rows})
    pull = Pull()
    assert set(read(account(till.url), "promotions", pull)) == ids(rows)
    assert not pull.snapshot, "nothing proves that the list is whole"
    assert bool(pull.warnings) == (count == 1000)


def test_a_list_cut_at_a_round_number_is_warned_of(serve):
    rows = [{"id": str(n)} for n in range(700)]
    till = serve({"promotions": rows}, caps={"promotions": 500})
    pull = Pull()
    assert len(read(account(till.url), "promotions", pull)) == 500
    assert "500 promotions is a round number" in pull.warnings[0]


def test_tags_are_read_with_versions_or_without(serve):
    without = serve({"tags": [{"id": str(n)} for n in range(300)]})
    assert len(read(account(without.url), "tags")) == 300
    with_versions = serve({"tags": records("tags", 300)})
    pull = Pull()
    assert len(read(account(with_versions.url), "tags", pull)) == 300
    assert pull.bookmark


def test_a_record_without_an_id_is_listed_whole(serve):
    till = serve({"brands": records("brands", 2)})
    till.change("brands", {"name": "no id", "version": FIRST_VERSION + 5})
    pull = Pull()
    found = read(account(till.url), "brands", pull)
    assert len(found) == 2
    (rejection,) = pull.rejections
    assert (rejection.file, rejection.row_number) == ("brands", 2)
    assert json.loads(rejection.payload)["name"] == "no id"


def test_a_refused_token_names_account_and_variable(serve, monkeypatch):
    till = serve(small_shop())
    monkeypatch.setenv("TILLHOUSE_SHOP_TOKEN", "stale-" + TOKEN)
    with pytest.raises(SourceError, match="account shop.*TILLHOUSE_SHOP_TOKEN") as caught:
        read(account(till.url), "sales")
    assert TOKEN not in str(caught.value)


def test_no_token_at_all_names_the_variable(serve, monkeypatch):
    monkeypatch.delenv("TILLHOUSE_SHOP_TOKEN")
    with pytest.raises(AccountError, match="TILLHOUSE_SHOP_TOKEN"):
        read(account("http://127.0.0.1:9"), "sales")


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("", "it is the till's address"),
        ("data/exports", "it is the till's address"),
        ("http://shop.retail.lightspeed.app", "would send the token unprotected"),
    ],
)
def test_an_address_that_cannot_be_used_is_said(path, message):
    with pytest.raises(SourceError, match=message):
        read(account(path), "sales")


def test_an_answer_that_is_no_list_is_said(serve):
    till = serve({"sales": []})
    till.body = lambda *_: '{"customer": "Jane of Elm Street"}'
    with pytest.raises(SourceError, match="sales, page 1.*not a list of records.*customer") as told:
        read(account(till.url), "sales")
    assert "Jane" not in str(told.value), "what a record says is in no error"


def test_since_is_warned_of_because_the_till_has_no_such_filter(serve):
    till = serve(small_shop())
    pull = Pull(since=date(2024, 1, 1))
    assert len(read(account(till.url), "sales", pull)) == 25
    assert "cannot be asked by date" in pull.warnings[0]


def test_through_the_loader_a_second_run_reads_one_empty_page_and_writes_nothing(
    serve, make_warehouse, shop
):
    till, warehouse = serve(small_shop()), make_warehouse("duckdb")
    shop({"account_id": "shop", "transport": "api", "path": till.url})
    chosen = ["sales", "products", "consignment_products"]
    assert sum(row.new for row in load(warehouse, entities=chosen)) == 25 + 12 + 4
    till.forget_requests()
    rows = load(warehouse, entities=chosen)
    assert {(row.status, row.pages, row.new + row.changed + row.closed) for row in rows} == {
        ("no_change", 1, 0)
    }
    assert till.requests == {"sales": 1, "products": 1, "consignments": 1}
    till.change("sales", {"id": uid(("sales", 3)), "status": "VOIDED", "version": 2**40})
    (sales,) = load(warehouse, entities=["sales"])
    assert (sales.fetched, sales.changed, sales.new) == (1, 1, 0)
