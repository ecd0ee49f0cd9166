"""The cloud tills' own totals beside ours, where the two lists of a till disagree; on both engines.

A till that sells while it is read, payments without a sale, a day that is missing in a till's own
list, and a sale that was edited in the back office days later.
"""

from __future__ import annotations

import random
from datetime import timedelta
from decimal import Decimal

import pytest

from ingestion.fakes.lightspeed_k import FakeKSeries
from ingestion.fakes.square import FakeSquare
from ingestion.fakes.toast import RESTAURANT, FakeToast
from ingestion.load import load
from tests.ingestion import toast_shop
from tests.ingestion.kseries_shop import business
from tests.pipeline import kseries_records

pytestmark = pytest.mark.usefixtures("slept")  # the till keeps its limits
TOKEN = "token-nobody-prints"
SOURCES = "{pos_sources: [square, toast, lightspeed_k]}"


def on(days: float) -> str:
    """The business day `days` ago; all places of the test keep UTC."""
    return f"{toast_shop.NOW - timedelta(days=days):%Y-%m-%d}"


def stamped(days: float, **fields: object) -> dict:
    """A record of the stall, of noon `days` ago; of just now for today."""
    at = toast_shop.at(days).replace("+0000", "Z") if not days else f"{on(days)}T12:00:00.000Z"
    return {"location_id": "L1", "created_at": at, "updated_at": at, **fields}


def cad(cents: int) -> dict:
    return {"amount": cents, "currency": "CAD"}


def order(order_id: str, days: float, cents: int) -> dict:
    """A completed order of one tea."""
    line = {"uid": "1", "name": "Tea", "quantity": "1", "gross_sales_money": cad(cents)}
    line |= {"total_tax_money": cad(0), "total_discount_money": cad(0), "total_money": cad(cents)}
    made = stamped(days, id=order_id, state="COMPLETED", line_items=[line], total_money=cad(cents))
    return made | {"closed_at": made["created_at"]}


def payment(payment_id: str, order_id: str | None, days: float, cents: int) -> dict:
    """What was paid in cash."""
    told = {"status": "COMPLETED", "source_type": "CASH", "total_money": cad(cents)}
    return stamped(days, id=payment_id, order_id=order_id, **told)


def stall() -> FakeSquare:
    """A stall that sells once more when its orders have been read and its payments have not."""
    till = FakeSquare(
        {
            "locations": [{"id": "L1", "name": "Stall", "timezone": "UTC", "status": "ACTIVE"}],
            "orders": [order("S1", 3, 1000), order("S2", 0, 300)],
            "payments": [
                payment("P1", "S1", 3, 1000),
                payment("P2", "S2", 0, 300),
                payment("P3", "never given", 3, 123),
                payment("P4", None, 3, 77),
            ],
        },
        token=TOKEN,
    )

    def sell(path: str, _: dict) -> None:
        if path == "payments":
            till.change("orders", order("S3", 0, 450))
            till.change("payments", payment("P5", "S3", 0, 450))

    till.before_page = sell
    return till


def cafe() -> FakeToast:
    """A cafe that sells while it is read, and whose list of payments lacks the day before last."""
    lost = toast_shop.order(2, 2)
    lost["checks"][0]["payments"][0]["paidBusinessDate"] = None
    till = FakeToast(
        {
            "orders": [toast_shop.order(1, 3), lost, toast_shop.order(4, 0)],
            "restaurants": [{"guid": RESTAURANT, "general": {"name": "Cafe", "closeoutHour": 0}}],
        },
        token=TOKEN,
    )

    def sell(path: str, _: dict) -> None:
        if path == "orders/v2/payments":
            till.put("orders", toast_shop.order(5, 0))

    till.before_page = sell
    return till


def bar_sale(number: int, days: int) -> dict:
    rng = random.Random(number)
    while (made := kseries_records.sale(rng, number, True)[0])["type"] != "SALE":
        pass
    at = f"{on(days)}T11:00:00.000Z"
    return made | {"timeOfOpening": at, "timeClosed": at}


def edit(till: FakeKSeries, sale: dict, first: int, days: int) -> None:
    """The back office edits a sale: V2 dates it to that day, V1 keeps its first day."""
    till.moved[sale["accountFiscId"]] = on(first)
    till.change("sales", "101", sale | {"timeClosed": f"{on(days)}T09:00:00.000Z"})


@pytest.mark.parametrize("engine", ["duckdb", "postgres"])
def test_what_a_till_and_we_count_differently_has_a_row_and_only_a_lost_day_fails(
    engine, open_shop, shop, monkeypatch
):
    for account in ("STALL", "CAFE", "BAR"):
        monkeypatch.setenv(f"TILLHOUSE_{account}_TOKEN", TOKEN)
    monkeypatch.setenv("TILLHOUSE_CAFE_RESTAURANT_GUID", RESTAURANT)
    edited, stays = bar_sale(1, 10), bar_sale(2, 10)
    places = [{"blName": "Bar", "blID": 101, "country": "GB", "timezone": "UTC"}]
    firm = business(101) | {"businessLocations": places}
    with (
        stall() as square,
        cafe() as toast,
        FakeKSeries([firm], {"sales": {"101": [edited, stays]}}, token=TOKEN, day_starts=0) as bar,
    ):
        common = {"transport": "api", "time_zone": "UTC"}
        shop(
            {"account_id": "stall", "source": "square", "path": square.url, **common},
            {"account_id": "cafe", "source": "toast", "path": toast.url, **common},
            {"account_id": "bar", "source": "lightspeed_k", "path": bar.url, **common},
        )
        opened = open_shop(engine)
        load(opened.warehouse)
        edit(bar, edited, 10, 1)
        load(opened.warehouse, accounts=["bar"])
    printed = opened.build("--vars", SOURCES, expect=1)
    assert "assert_day_differences_have_a_cause" in printed
    assert opened.fetch("select * from marts.fct_integrity where status <> 'ok'") == []
    days = opened.fetch(
        "select account_id, cast(business_date as varchar) as day, max(cause) as cause,"
        " sum(their_amount) as theirs, sum(our_amount) as ours, sum(unexplained_cents) as unclear"
        " from marts.fct_reconciliation where their_amount <> 0 or our_amount <> 0"
        " group by account_id, business_date"
    )
    found = {
        (row["account_id"], row["day"]): (row["theirs"], row["ours"], row["unclear"], row["cause"])
        for row in days
    }
    paid, kept = (
        sum(Decimal(part["netAmountWithTax"]) + Decimal(part["tip"]) for part in sale["payments"])
        for sale in (edited, stays)
    )
    assert found == {
        ("stall", on(3)): (12, 10, 0, "payment without a sale"),
        ("stall", on(0)): (0, 3, 0, "payment without a sale, no total of this day"),
        ("cafe", on(3)): (11, 11, 0, None),
        ("cafe", on(2)): (0, 12, -1200, None),
        ("cafe", on(0)): (0, 14, 0, "no total of this day"),
        ("bar", on(10)): (kept, kept + paid, 0, "another business day"),
        ("bar", on(1)): (paid, 0, 0, "another business day"),
    }
    sold = opened.fetch(
        "select cast(business_date as varchar) as day, total_amount from marts.fct_transactions"
        " where account_id = 'bar'"
    )
    assert sorted((row["day"], row["total_amount"]) for row in sold) == sorted(
        [(on(10), paid), (on(10), kept)]
    )
