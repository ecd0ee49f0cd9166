"""A location that the till lists later, or again, loses no day: Square and K-Series."""

from __future__ import annotations

import pytest

from ingestion.fakes.lightspeed_k import FakeKSeries
from ingestion.fakes.square import FakeSquare
from ingestion.load import load
from ingestion.raw import Landing, LandingError
from tests.ingestion import kseries_shop, square_shop
from tests.ingestion.kseries_shop import business, sale
from tests.ingestion.landed import load_one, raw
from tests.ingestion.square_shop import location, order, payment

pytestmark = pytest.mark.usefixtures("slept")
NEW = "new in the till's list of locations, or back"


@pytest.fixture
def stall(start, make_account, monkeypatch):
    """A Square account with sales at two places; only the first place is listed."""
    monkeypatch.setenv("TILLHOUSE_STALL_TOKEN", square_shop.TOKEN)
    days = [(1, 1), (10, 2), (20, 2)]
    records = {
        "locations": [location(1)],
        "orders": [order(n, n, place) for n, place in days],
        "payments": [payment(n, n, place) for n, place in days],
        "gift_card_activities": [{"id": "g1", "type": "LOAD", "created_at": square_shop.at(9)}],
    }
    till = start(FakeSquare(records, token=square_shop.TOKEN))
    return make_account("stall", "square", till)


@pytest.fixture
def bar(start, make_account, monkeypatch):
    """A K-Series account with sales at two places; only the first place is listed."""
    monkeypatch.setenv("TILLHOUSE_BAR_TOKEN", kseries_shop.TOKEN)
    sales = {"101": [sale(1)], "102": [sale(10, 10), sale(20, 20)]}
    till = start(FakeKSeries([business(101)], {"sales": sales}, token=kseries_shop.TOKEN))
    return make_account("bar", "lightspeed_k", till)


def test_a_square_location_that_is_listed_later_brings_its_history(stall, warehouse):
    first = load(warehouse, accounts=["stall"])
    assert not any(row.warnings for row in first), "a first load tells nothing"
    stall.change("locations", location(2))
    rows = {row.entity: row for row in load(warehouse, accounts=["stall"])}
    assert (rows["orders"].new, rows["payments"].new) == (2, 2)
    told = f"{NEW}: L2 (Place 2). Days that were read without it, and are now read again for all"
    assert rows["orders"].warnings == rows["payments"].warnings == f"{told} locations: 87."
    assert rows["gift_card_activities"].warnings == "", "they are not asked for by location"
    stall.requests.clear()
    again = load_one(warehouse, "stall", "orders")
    assert (again.status, again.warnings) == ("no_change", "")
    assert stall.requests["orders/search"] == 4, "today and the three days before"


def test_a_k_series_location_that_is_listed_later_brings_its_history(bar, warehouse):
    load(warehouse, accounts=["bar"])
    bar.businesses = [business(101, 102)]
    rows = {row.entity: row for row in load(warehouse, accounts=["bar"])}
    assert rows["sales"].new == 2
    listed = raw(warehouse, "lightspeed_k.sales_daily")
    assert sum(key.startswith("102|") for key in listed) == 91, "the till's own list as well"
    for entity in ("sales", "sales_daily", "financials", "shifts"):
        assert f"{NEW}: 102 (Bar 102)" in rows[entity].warnings
    assert {row.status for row in load(warehouse, accounts=["bar"])} == {"no_change"}


def test_days_read_without_a_location_are_not_forgotten_when_the_warehouse_refuses(
    stall, warehouse, monkeypatch
):
    load_one(warehouse, "stall", "orders")
    stall.change("locations", location(2))
    with monkeypatch.context() as patched:
        patched.setattr(Landing, "land", refuse)
        assert load_one(warehouse, "stall", "orders").status == "failed"
    assert load_one(warehouse, "stall", "orders").new == 2


def refuse(*_: object) -> None:
    raise LandingError("the disk is full")


def test_a_location_that_goes_away_while_it_is_read_and_comes_back_loses_no_day(bar, warehouse):
    bar.businesses = [business(101, 102)]
    bar.before_page = lambda path, _: bar.close("102") if path.endswith("sales") else None
    assert "102 (Bar 102) is no longer listed" in load_one(warehouse, "bar", "sales").warnings
    bar.before_page = lambda *_: None
    bar.businesses = [business(101, 102)]
    assert load_one(warehouse, "bar", "sales").new == 2
    bar.requests.clear()
    assert load_one(warehouse, "bar", "sales").status == "no_change"
    assert bar.requests["sales"] == 6, "today and the two days before, at both places"
