"""What a till states of itself and pos_accounts.csv says otherwise: told at load and in status."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from rich.console import Console

from ingestion import load
from ingestion.fakes.lightspeed_k import FakeKSeries
from ingestion.fakes.square import FakeSquare
from ingestion.fakes.toast import RESTAURANT, FakeToast
from ingestion.stated import Stated, differences
from ingestion.status import print_status
from tests.clock import now
from tests.ingestion import kseries_shop, square_shop, toast_shop
from tests.ingestion.connect_till import account

TOKEN = "till-token-nobody-prints"


@pytest.fixture(autouse=True)
def known(monkeypatch, slept):
    """What the account needs in the environment."""
    monkeypatch.setenv("TILLHOUSE_TILL_TOKEN", TOKEN)
    monkeypatch.setenv("TILLHOUSE_TILL_RESTAURANT_GUID", RESTAURANT)


@pytest.fixture
def told(shop, make_account, warehouse):
    """A function that loads a till with what its account's line says; it gives what the load and
    what `status` told of it.
    """

    def told(source: str, till, **line: str) -> tuple[list[str], list[str]]:
        make_account("till", source, till)
        place = {"source": source, "transport": "api", "path": till.url}
        shop({"account_id": "till", **place, **line})
        rows = load.load(warehouse, since=now().date() - timedelta(days=4))
        assert not [row.error for row in rows if row.error]
        screen = io.StringIO()
        code = print_status(warehouse, Console(file=screen))
        lines = [text[5:] for text in screen.getvalue().splitlines() if text.startswith("  -> ")]
        assert code == bool(lines)
        return [row.warnings for row in rows if row.warnings], lines

    return told


def test_each_value_is_told_with_the_places_that_have_it_and_the_mend():
    shop = account("square", "https://example.com")
    same = [Stated("A", "CAD", "00:00"), Stated("B"), Stated("C", None, 4)]
    assert differences(shop, same, "start") == []
    assert differences(shop, [Stated("A", "USD"), Stated("B", "USD")], "start") == [
        "the currency of A, B is USD, currency of the account is CAD: the money counts as CAD."
        " Set currency to USD in pos_accounts.csv, then run `make nightly`."
    ]
    mixed = [Stated("A", "USD"), Stated("B", "CAD"), Stated("C", "JPY")]
    assert differences(shop, mixed, "start") == [
        f"the currency of {name} is {own}, currency of the account is CAD: the money counts as CAD."
        f" An account has one currency, and others here have {others}: give each an account of its"
        " own, with a sign-in that reads just that."
        for name, own, others in (("C", "JPY", "CAD, USD"), ("A", "USD", "CAD, JPY"))
    ]


def test_kseries_tells_of_the_currency_of_each_business_and_of_the_start_of_day(told, start):
    far = kseries_shop.business(102, 103, number=2) | {"currencyCode": "JPY"}
    far["businessLocations"][0]["timezone"] = "Asia/Tokyo"
    businesses = [kseries_shop.business(101), far, kseries_shop.business(104, number=3)]
    businesses[2].pop("currencyCode")
    till = start(FakeKSeries(businesses, kseries_shop.small_bar(), token=TOKEN, day_starts=5))
    loaded, status = told("lightspeed_k", till, day_cutoff="05:00")
    (line,) = status
    assert loaded == status
    assert line.startswith("the currency of Bars 2 is JPY, currency of the account is CAD: ")
    assert "others here have CAD: give each an account of its own" in line
    till.businesses.remove(far)
    till.day_starts = timedelta(hours=4, minutes=30)  # what older days stated stays as it was
    loaded, (line,) = told("lightspeed_k", till, day_cutoff="05:00")
    assert line in loaded
    assert line == (
        "the start of day of Bar 101, Bar 104 is 04:30, day_cutoff of the account is 05:00: days"
        " are cut otherwise than at the till. Set day_cutoff to 04:30 in pos_accounts.csv, then run"
        " `make nightly`."
    )
    assert told("lightspeed_k", till, day_cutoff="04:30")[1] == []


def test_square_tells_of_the_currency_of_a_location(told, start):
    places = [square_shop.location(n) for n in (1, 2, 3)]
    for place in places[:2]:
        place["currency"] = "USD"
    till = start(FakeSquare({"locations": places}, token=TOKEN))
    loaded, status = told("square", till)
    assert loaded == status
    assert status == [
        "the currency of Place 1, Place 2 is USD, currency of the account is CAD: the money counts"
        " as CAD. Set currency to USD in pos_accounts.csv, then run `make nightly`."
    ]
    assert told("square", till, currency="USD", day_cutoff="04:00") == ([], [])


def test_toast_tells_of_currency_and_closeout_hour(told, start):
    general = {"name": "Cafe", "closeoutHour": 4, "currencyCode": "USD"}
    records = {"restaurants": [{"guid": RESTAURANT, "general": general}]}
    till = start(FakeToast(records, token=TOKEN))
    till.menus = toast_shop.menus()
    (loaded,), status = told("toast", till)
    assert loaded.split("\n") == status
    assert [line[:30] for line in status] == [
        "the currency of Cafe is USD, c",
        "the closeout hour of Cafe is 0",
    ]
    assert told("toast", till, currency="USD", day_cutoff="04:00") == ([], [])
