"""K-Series' own lists of its days beside our sales, of which some were lost; on both engines."""

from __future__ import annotations

import json

import pytest

from ingestion.fakes.lightspeed_k import FakeKSeries
from ingestion.load import load
from ingestion.sources.lightspeed_k.entities import ENTITIES
from tests.clock import on  # the places keep UTC
from tests.ingestion import kseries_shop
from tests.ingestion.kseries_shop import business, edit

pytestmark = pytest.mark.usefixtures("slept")  # the till keeps its limits
TOKEN = "token-nobody-prints"
SOURCES = "{pos_sources: [lightspeed_k]}"


def sale(number: int, days: int, *parts: tuple[str, str, str]) -> dict:
    """An ale of 10 and `number`, of noon `days` ago; paid in parts of tender, amount and tip."""
    at = f"{on(days)}T12:00:00.000Z"
    payments = [
        {
            "fiscId": f"T1.{number}.{place}",
            "type": "NORMAL",
            "code": tender.upper(),
            "description": tender,
            "netAmountWithTax": amount,
            "tip": tip,
        }
        for place, (tender, amount, tip) in enumerate(parts or (("Cash", f"{10 + number}", "0"),))
    ]
    return kseries_shop.sale(number, timeOfOpening=at, timeClosed=at, payments=payments)


class LosingBar(FakeKSeries):
    """A bar of whose sales some do not come, while the lists of its days name them."""

    lost = ("A1.2", "A1.4", "A1.7")

    def _sales(self, location: str, query: dict, fault: str) -> str:
        answer = json.loads(super()._sales(location, query, fault))
        answer["sales"] = [s for s in answer["sales"] if s["accountFiscId"] not in self.lost]
        return json.dumps(answer)


def losing_bar() -> LosingBar:
    """A bar of one place that keeps UTC and is not done with today."""
    split = (("Cash", "8", "0"), ("Cash", "10", "2"), ("Visa", "0", "1"))
    sales = [
        *(sale(number, 9) for number in (1, 2, 3, 4)),
        *(sale(number, 7) for number in (5, 6, 7)),
        sale(8, 6, *split),
        sale(9, 5),
        sale(10, 1),
    ]
    places = [{"blName": "Bar", "blID": 101, "country": "GB", "timezone": "UTC"}]
    firm = business(101) | {"businessLocations": places}
    till = LosingBar([firm], {"sales": {"101": sales}}, token=TOKEN, day_starts=0)
    till.incomplete.add(("101", on(0)))
    return till


@pytest.mark.parametrize("engine", ["duckdb", "postgres"])
def test_a_lost_sale_fails_also_when_sales_were_read_after_their_days(
    engine, open_shop, shop, monkeypatch
):
    others = [entity.name for entity in ENTITIES if entity.name != "sales"]
    with losing_bar() as bar, losing_bar() as late:
        tills = {"bar": bar, "late": late}
        for name in tills:
            monkeypatch.setenv(f"TILLHOUSE_{name.upper()}_TOKEN", TOKEN)
        common = {"source": "lightspeed_k", "transport": "api", "time_zone": "UTC"}
        shop(*({"account_id": name, "path": till.url, **common} for name, till in tills.items()))
        opened = open_shop(engine)
        load(opened.warehouse, accounts=["late"], entities=others)
        load(opened.warehouse)
        for till in tills.values():
            edit(till, sale(5, 7, ("Cash", "15", "3")), 7, 0)
            edit(till, sale(9, 5, ("Cash", "19", "4")), 5, 1)
            edit(till, sale(10, 1), 1, 0)
        load(opened.warehouse)
    printed = opened.build("--vars", SOURCES, expect=1)
    assert "assert_day_differences_have_a_cause" in printed
    assert opened.fetch("select * from marts.fct_integrity where status <> 'ok'") == []
    rows = opened.fetch(
        "select account_id, cast(business_date as varchar) as day, measure, their_amount,"
        " our_amount, unexplained_cents, cause from marts.fct_reconciliation"
        " where their_amount <> 0 or our_amount <> 0 order by account_id, day, measure"
    )
    days = [
        (on(9), "tender_cash", 50, 24, 2600, None),
        (on(7), "tender_cash", 48, 34, 1700, "changed after closing"),
        (on(6), "tender_card", 1, 1, 0, None),
        (on(6), "tender_cash", 20, 20, 0, None),
        (on(5), "tender_cash", 0, 23, 0, "another business day"),
        (on(1), "tender_cash", 23, 20, 0, "another business day"),
    ]
    assert [tuple(row.values()) for row in rows] == [
        (name, *day) for name in ("bar", "late") for day in days
    ]
