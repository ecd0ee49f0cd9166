"""The cloud tills' own totals beside ours, where the two lists of a till disagree; on both engines.

A till that sells while it is read, payments without a sale, a day that is missing in a till's own
list, sales and payments that were lost, and what was edited in the back office days later.
"""

from __future__ import annotations

import json
import random
from decimal import Decimal

import pytest

from ingestion.fakes.lightspeed_k import FakeKSeries
from ingestion.fakes.square import FakeSquare
from ingestion.fakes.toast import RESTAURANT, FakeToast
from ingestion.load import load
from tests.clock import on  # the places keep UTC
from tests.ingestion import toast_shop
from tests.ingestion.kseries_shop import business, edit
from tests.pipeline import kseries_records

pytestmark = pytest.mark.usefixtures("slept")  # the till keeps its limits
TOKEN = "token-nobody-prints"
SOURCES = "{pos_sources: [square, toast, lightspeed_k]}"


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
            "orders": [order("S0", 4, 100), order("S1", 3, 1000), order("S2", 0, 300)],
            "payments": [
                payment("P0", "S0", 4, 100),
                payment("P1", "S1", 3, 1000),
                payment("P2", "S2", 0, 300),
                payment("P3", "of an older sale", 3, -23),
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


def unlisted(**more: object) -> dict:
    """An order of which the till's list of payments lacks the payment."""
    made = toast_shop.order(2, 2) | more
    made["checks"][0]["payments"][0]["paidBusinessDate"] = None
    return made


def cafe() -> FakeToast:
    """A cafe that sells while it is read, and whose list of payments lacks the day before last."""
    till = FakeToast(
        {
            "orders": [toast_shop.order(1, 3), unlisted(), toast_shop.order(4, 0)],
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
        toast.put("orders", unlisted(modifiedDate=toast_shop.at(0), numberOfGuests=4))
        load(opened.warehouse, accounts=["bar", "cafe"])
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
        ("stall", on(3)): (Decimal("10.54"), 10, 0, "payment without a sale"),
        ("stall", on(0)): (0, 3, 0, "sale not read yet, no total of this day"),
        ("cafe", on(3)): (11, 11, 0, None),
        ("cafe", on(2)): (0, 12, -1200, None),
        ("cafe", on(0)): (0, 29, 0, "no total of this day"),
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


class LosingToast(FakeToast):
    """A cafe whose list of orders lacks some of which the list of payments knows."""

    lost: frozenset[str] = frozenset()

    def _rows(self, entity: str) -> list[str]:
        rows = super()._rows(entity)
        return [row for row in rows if json.loads(row).get("guid") not in self.lost]

    def _payments(self) -> list[dict]:
        lost, self.lost = self.lost, frozenset()
        try:
            return super()._payments()
        finally:
            self.lost = lost


def losing_cafe() -> LosingToast:
    """A cafe of which one order of two is lost."""
    restaurant = {"guid": RESTAURANT, "general": {"name": "Cafe", "closeoutHour": 0}}
    orders = [toast_shop.order(number, days) for number, days in ((2, 3), (3, 3), (4, 10))]
    till = LosingToast({"orders": orders, "restaurants": [restaurant]}, token=TOKEN)
    till.lost = frozenset({"o3"})
    return till


def late_cafe() -> FakeToast:
    """A cafe of which an order of yesterday comes between its orders and its payments."""
    restaurant = {"guid": RESTAURANT, "general": {"name": "Cafe", "closeoutHour": 0}}
    orders = [toast_shop.order(6, 3), toast_shop.order(3, 1)]
    till = FakeToast({"orders": orders, "restaurants": [restaurant]}, token=TOKEN)

    def sync(path: str, _: dict) -> None:
        if path == "orders/v2/payments":
            till.put("orders", toast_shop.order(5, 1))

    till.before_page = sync
    return till


def losing_stall(orders: list[dict], payments: list[dict], **more: list[dict]) -> FakeSquare:
    """A stall of one place that keeps UTC."""
    places = [{"id": "L1", "name": "Stall", "timezone": "UTC", "status": "ACTIVE"}]
    return FakeSquare(
        {"locations": places, "orders": orders, "payments": payments, **more}, token=TOKEN
    )


def sold_card(order_id: str, days: float, changed: float, cents: int) -> dict:
    """An order of a gift card, changed later."""
    sold = order(order_id, days, cents) | {"updated_at": f"{on(changed)}T12:00:00.000Z"}
    sold["line_items"][0]["item_type"] = "GIFT_CARD"
    return sold


def loaded_card(order_id: str, days: float, cents: int) -> dict:
    """What a gift card says of the order that it was sold with."""
    details = {"order_id": order_id, "amount_money": cad(cents)}
    told = {"type": "ACTIVATE", "activate_activity_details": details}
    return stamped(days, id=f"A{order_id}", gift_card_balance_money=cad(cents), **told)


def returned(order_id: str, days: float, cents: int, *sold: dict) -> dict:
    """A completed order by which one tea comes back, beside what it sells."""
    line = {"uid": "r", "name": "Tea", "quantity": "1", "gross_return_money": cad(cents)}
    line |= {"total_tax_money": cad(0), "total_discount_money": cad(0), "total_money": cad(cents)}
    net = sum(row["total_money"]["amount"] for row in sold) - cents
    made = order(order_id, days, 0) | {"line_items": list(sold)}
    back = {"uid": "b", "source_order_id": "S7", "return_line_items": [line]}
    return made | {"returns": [back], "net_amounts": {"total_money": cad(net)}}


def refund(order_id: str, days: float, cents: int, **more: object) -> dict:
    """What was given back of the payment of S7 in cash."""
    told = {"payment_id": "P7", "status": "COMPLETED", "destination_type": "CASH"}
    told |= {"order_id": order_id, "amount_money": cad(cents)}
    return stamped(days, id=f"R{order_id}", **(told | more))


def returning_stall(orders: list[dict], payments: list[dict]) -> FakeSquare:
    """A stall that lost the refund of B5 and the return order L6, and may lack some others."""
    returns = [
        returned("B7", 7, 40),
        returned("B6", 6, 50),
        returned("B5", 5, 60),
        returned("B4", 4, 70),
        returned("E4", 4, 100, order("", 4, 100)["line_items"][0]),
        returned("B1", 1, 80),
    ]
    refunds = [
        refund("B7", 7, 40),
        refund("B6", 6, 50, destination_type="CARD", payment_id=None),
        refund("L6", 6, 15),
        refund("B4", 4, 70, status="PENDING"),
        refund("O4", 4, 25, payment_id="of an older sale"),
    ]
    return losing_stall([*orders, *returns], payments, refunds=refunds)


@pytest.mark.parametrize("engine", ["duckdb", "postgres"])
def test_lost_sales_and_lost_payments_fail_and_what_a_list_does_by_nature_does_not(
    engine, open_shop, shop, monkeypatch, tmp_path
):
    accounts = ("UNSOLD", "UNPAID", "GIFTS", "BACK", "CAFE", "LATE")
    for account in accounts:
        monkeypatch.setenv(f"TILLHOUSE_{account}_TOKEN", TOKEN)
        monkeypatch.setenv(f"TILLHOUSE_{account}_RESTAURANT_GUID", RESTAURANT)
    days = range(1, 8)
    orders = [order(f"S{day}", day, 100 * day) for day in days]
    payments = [payment(f"P{day}", f"S{day}", day, 100 * day) for day in days]
    cards = [sold_card("G1", 120, 5, 5000), sold_card("G2", 4, 4, 2500), orders[0]]
    with (
        losing_stall([o for o in orders if o["id"] not in ("S1", "S4", "S5")], payments) as unsold,
        losing_stall(orders, [p for p in payments if p["id"] not in ("P4", "P5")]) as unpaid,
        losing_stall(
            cards,
            [payments[0], payment("PG2", "G2", 4, 2500)],
            gift_card_activities=[loaded_card("G2", 4, 2500)],
        ) as gifts,
        returning_stall(orders, payments) as back,
        losing_cafe() as cafe,
        late_cafe() as late,
    ):
        tills = dict(zip(accounts, (unsold, unpaid, gifts, back, cafe, late), strict=True))
        shop(
            *(
                {
                    "account_id": name.lower(),
                    "source": "square" if isinstance(till, FakeSquare) else "toast",
                    "transport": "api",
                    "time_zone": "UTC",
                    "path": till.url,
                }
                for name, till in tills.items()
            )
        )
        opened = open_shop(engine)
        load(opened.warehouse)
        touched = toast_shop.order(2, 3) | {"modifiedDate": toast_shop.at(0), "numberOfGuests": 4}
        cafe.put("orders", touched)
        tipped = toast_shop.order(4, 10) | {"modifiedDate": toast_shop.at(0)}
        tipped["checks"][0]["payments"][0]["tipAmount"] = 2
        tipped["checks"][0]["totalAmount"] = 16
        cafe.put("orders", tipped)
        load(opened.warehouse, accounts=["cafe"])
    printed = opened.build("--vars", SOURCES, expect=1)
    assert "assert_day_differences_have_a_cause" in printed
    assert opened.fetch("select * from marts.fct_integrity where status <> 'ok'") == []
    rows = opened.fetch(
        "select account_id, cast(business_date as varchar) as day, measure, their_amount,"
        " our_amount, unexplained_cents, cause from marts.fct_reconciliation"
        " where difference_cents <> 0 or account_id = 'gifts'"
        " order by account_id, day, measure"
    )
    assert [tuple(row.values()) for row in rows] == [
        ("back", on(6), "tender_cash", Decimal("5.85"), 6, -15, None),
        ("back", on(5), "tender_other", Decimal("-0.60"), 0, -60, None),
        ("back", on(4), "tender_cash", Decimal("3.75"), 4, 0, "payment without a sale"),
        ("cafe", on(10), "tender_cash", 14, 16, 0, "changed after closing"),
        ("cafe", on(3), "tender_cash", 25, 12, 1300, None),
        ("gifts", on(4), "gift_cards", 25, 25, 0, None),
        ("gifts", on(4), "tender_cash", 25, 25, 0, None),
        ("gifts", on(1), "tender_cash", 1, 1, 0, None),
        ("late", on(1), "tender_cash", 0, 13, 0, "no total of this day"),
        ("unpaid", on(5), "tender_other", 5, 0, 500, None),
        ("unpaid", on(4), "tender_other", 4, 0, 400, None),
        ("unsold", on(5), "tender_cash", 5, 0, 500, None),
        ("unsold", on(4), "tender_cash", 4, 0, 400, None),
        ("unsold", on(1), "tender_cash", 1, 0, 0, "sale not read yet"),
    ]
