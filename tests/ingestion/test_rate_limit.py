"""Long reads from stand-ins that keep the tills' limits: none is exceeded, no wait is in vain."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from ingestion.connect.vendors import VENDORS
from ingestion.contract import Pull, SourceError
from ingestion.fakes.lightspeed_k import FakeKSeries
from ingestion.fakes.lightspeed_x import FakeLightspeedX
from ingestion.fakes.limits import Limit
from ingestion.fakes.sign_in import FakeSignIn
from ingestion.fakes.square import FakeSquare
from ingestion.fakes.toast import RESTAURANT, FakeToast
from ingestion.rate_limit import RateLimit
from ingestion.sources import lightspeed_k, lightspeed_x, square
from tests.clock import now
from tests.ingestion import connect_till, kseries_shop, lightspeed_x_shop, square_shop, toast_shop
from tests.ingestion.landed import days, load_one, read_all

TOKEN = "token-nobody-prints"


@pytest.fixture
def cafe(start, make_account, monkeypatch):
    """A function that sets up a Toast account over a till with these records."""
    monkeypatch.setenv("TILLHOUSE_CAFE_TOKEN", TOKEN)
    monkeypatch.setenv("TILLHOUSE_CAFE_RESTAURANT_GUID", RESTAURANT)
    return lambda records: make_account("cafe", "toast", start(FakeToast(records, token=TOKEN)))


def test_four_hundred_days_of_toast_are_read_as_fast_as_it_allows(cafe, make_warehouse, slept):
    till = cafe({"orders": [toast_shop.order(n, n) for n in range(0, 400, 3)]})
    warehouse, since = make_warehouse("duckdb"), now().date() - timedelta(days=400)
    row = load_one(warehouse, "cafe", "orders", since=since)
    assert (row.status, row.new, row.retries) == ("success", 134, 0)
    assert set(days(warehouse, "orders").values()) == {"success", "no_data"}
    assert till.requests["ordersBulk"] == 402
    assert till.too_many == 0
    assert sum(slept) == 402 // 5, "five a second"


def test_a_used_up_quarter_of_an_hour_is_waited_for(cafe, make_warehouse, slept):
    till = cafe({"orders": [toast_shop.order(n, n) for n in range(60)]})
    till.limits_of = lambda path: [Limit("API", 20, 1), Limit("GLOBAL", 100, 900)]
    warehouse, since = make_warehouse("duckdb"), now().date() - timedelta(days=60)
    row = load_one(warehouse, "cafe", "payments", since=since)
    assert (row.status, row.new, row.retries) == ("success", 60, 0)
    assert (till.requests.total(), till.too_many) == (61 * 3 + 60, 0)
    assert 2 * 900 <= sum(slept) < 2 * 900 + 20


def test_x_series_is_asked_once_too_often_a_window_as_it_does_not_say_when_it_ends(
    start, monkeypatch, slept
):
    monkeypatch.setenv("TILLHOUSE_SHOP_TOKEN", TOKEN)
    rows = lightspeed_x_shop.records("consignments", 500)
    lines = [
        {"consignment_id": row["id"], "product_id": "p1", "version": row["version"]} for row in rows
    ]
    till = start(FakeLightspeedX({"consignments": rows, "consignment_products": lines}, TOKEN))
    shop, pull = lightspeed_x_shop.account(till.url), Pull()
    assert len(lightspeed_x_shop.read(shop, "consignment_products", pull)) == 500
    asked = 1 + 500 // 50 + 2 * 500
    assert (pull.pages, till.requests.total()) == (asked, asked + till.too_many)
    assert (till.too_many, pull.retries) == (asked // 350, asked // 350)
    assert asked // 350 * 300 <= sum(slept) < asked // 350 * 301 + 1


def test_more_registers_are_more_requests(start, monkeypatch, slept):
    monkeypatch.setenv("TILLHOUSE_SHOP_TOKEN", TOKEN)
    registers = lightspeed_x_shop.records("registers", 3)
    gone = registers[0] | {"id": "gone", "deleted_at": "2024-01-01T00:00:00+00:00"}
    till = start(FakeLightspeedX({"registers": [*registers, gone]}, TOKEN))
    assert [limit.size for limit in till.limits_of("sales")] == [3 * 300 + 50]


class Server:
    """A server whose clock is a little ahead of ours, and what it says in an answer."""

    def __init__(self) -> None:
        self.now, self.waited = 100.0, []
        self.limit = RateLimit(300, 930, lambda: self.now, self.sleep)

    def sleep(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.now += seconds

    def ask(self, at: float, left: int) -> None:
        """A request at a moment of our clock, answered at once: `left` are left of its second."""
        with self.limit.request():
            self.now = max(self.now, at)
            second = int(self.now + 0.3)
            date = f"Thu, 01 Jan 1970 00:{second // 60:02}:{second % 60:02} GMT"
            told = {"Date": date, "X-Toast-RateLimit-Reset": str(second + 1)}
            self.limit.told(200, told | {"X-Toast-RateLimit-Remaining": str(left)})


def test_the_end_of_a_slice_is_known_the_better_the_more_was_answered():
    server = Server()
    server.ask(100.6, 0)
    server.ask(0, 9)
    assert server.waited == [pytest.approx(1.0)], "it may be that its second had just begun"
    server.ask(101.75, 9)
    server.ask(101.9, 0)
    server.ask(0, 9)
    assert server.waited[1:] == [pytest.approx(0.85)], "its second begins at .75 at the latest"


def test_a_limit_of_the_second_before_holds_up_nothing():
    server = Server()
    server.ask(100.1, 0)
    server.now = 105.0
    server.ask(105.0, 9)
    assert server.waited == []


# -- what a token is good for ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "scope", "entity", "other"),
    [
        ("lightspeed_x", "sales:read", "sales", "products"),
        ("lightspeed_k", "staff-api", "shifts", "items"),
        ("square", "ORDERS_READ", "orders", "payments"),
    ],
)
def test_a_token_without_a_scope_reads_all_but_what_needs_it(
    start, monkeypatch, slept, tmp_path, source, scope, entity, other
):
    vendor = VENDORS[source]
    fewer = " ".join(word for word in vendor.scope.split() if word != scope)
    monkeypatch.setitem(VENDORS, source, replace(vendor, scope=fewer))
    sign_in = FakeSignIn(source)
    for name, value in connect_till.settings(sign_in, tmp_path / "connections").items():
        monkeypatch.setenv(name, value)
    module, till = {
        "lightspeed_x": lambda: (
            lightspeed_x,
            FakeLightspeedX(lightspeed_x_shop.small_shop(), sign_in=sign_in),
        ),
        "lightspeed_k": lambda: (
            lightspeed_k,
            FakeKSeries([kseries_shop.business(101)], sign_in=sign_in),
        ),
        "square": lambda: (square, FakeSquare(square_shop.small_shop(), sign_in=sign_in)),
    }[source]()
    shop = connect_till.account(source, start(till).url)
    connect_till.connect_by_person(shop)
    by_name = {entity.name: entity for entity in module.ENTITIES}
    with pytest.raises(SourceError, match="may not read this .403.*connect --account shop"):
        read_all(module, shop, by_name[entity])
    read_all(module, shop, by_name[other])
