"""Generated Toast orders through loader and models: each check adds up to its own header."""

from __future__ import annotations

from datetime import date

import pytest

from ingestion.fakes.toast import RESTAURANT, FakeToast
from ingestion.load import load
from tests.ingestion.toast_shop import menus
from tests.pipeline import toast_records
from tests.pipeline.toast_proof import prove_checks, prove_staff

pytestmark = pytest.mark.usefixtures("slept")  # the till keeps its limits
COUNT = 120


@pytest.fixture(params=["duckdb", "postgres"])
def built(request, open_shop, shop, monkeypatch):
    """A restaurant of generated orders, loaded and built; and what each check comes to."""
    made, sums = toast_records.orders(7, COUNT)
    for order in made:
        toast_records.void_a_card(order)
    monkeypatch.setenv("TILLHOUSE_CAFE_TOKEN", "token-nobody-prints")
    monkeypatch.setenv("TILLHOUSE_CAFE_RESTAURANT_GUID", RESTAURANT)
    with FakeToast(toast_records.shop(made), token="token-nobody-prints") as till:
        till.menus = menus()
        place = {"transport": "api", "path": till.url, "active_to": "2024-05-31"}
        shop({"account_id": "cafe", "source": "toast", "day_cutoff": "04:00", **place})
        opened = open_shop(request.param)
        rows = load(opened.warehouse, since=date(2024, 5, 1))
    assert {row.status for row in rows} <= {"success", "no_change"}
    opened.build("--vars", "{pos_sources: [toast]}")  # a cafe alone: no other till is needed
    return opened, sums, toast_records.net_by_type(made), toast_records.back_by_type(made)


def test_each_check_adds_up_to_its_header_in_every_layer(built):
    opened, *expected = built
    prove_checks(opened, *expected)
    prove_staff(opened)
    tenders = opened.fetch("select distinct tender_name from marts.fct_payments")
    assert {row["tender_name"] for row in tenders} >= {"CASH", "CREDIT", "Voucher"}
    products = opened.fetch("select product_id, is_from_sales from intermediate.int_products")
    assert {(row["product_id"], row["is_from_sales"]) for row in products} >= {
        ("i1", False), ("m1", False), ("i4", True)
    }  # fmt: skip
