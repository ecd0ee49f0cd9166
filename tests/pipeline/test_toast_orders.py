"""Generated Toast orders through loader and models: each check adds up to its own header."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from ingestion.fakes.toast import RESTAURANT, FakeToast
from ingestion.load import load
from tests.ingestion.toast_shop import menus
from tests.pipeline import toast_records

COUNT = 120


@pytest.fixture(params=["duckdb", "postgres"])
def built(request, open_shop, shop, monkeypatch):
    """A restaurant of generated orders, loaded and built; and what each check comes to."""
    made, sums = toast_records.orders(7, COUNT)
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
    return opened, sums, toast_records.net_by_type(made)


def by_sale(opened, columns: str, relation: str) -> dict[str, dict]:
    rows = opened.fetch(f"select sale_id, {columns} from marts.{relation} group by sale_id")
    return {row["sale_id"]: row for row in rows}


def test_each_check_adds_up_to_its_header_in_every_layer(built):
    opened, sums, net_by_type = built
    assert opened.fetch("select * from marts.fct_integrity where status <> 'ok'") == []
    days = opened.fetch("select * from marts.fct_reconciliation")
    assert len({row["business_date"] for row in days}) == 28
    assert [row for row in days if row["difference_cents"]] == []
    headers = {row["sale_id"]: row for row in opened.fetch("select * from marts.fct_transactions")}
    lines = by_sale(
        opened,
        "sum(total_amount) as total, sum(tax_amount) as tax, sum(case when line_type in"
        " ('unreconciled', 'adjustment') then 1 else 0 end) as unexplained",
        "fct_sales",
    )
    paid = by_sale(opened, "sum(amount) as amount", "fct_payments")
    sold = opened.fetch("select sale_id, return_of_sale_id from intermediate.int_sales")
    return_of = {row["sale_id"]: row["return_of_sale_id"] for row in sold}
    returns = {sale_id.partition("|")[0]: sale_id for sale_id in headers if "|" in sale_id}
    assert set(headers) - set(returns.values()) == set(sums)
    assert set(returns) == {check for check, of_check in sums.items() if of_check["back"]}
    for check, of_check in sums.items():
        total, tax = (Decimal(of_check[name]).scaleb(-2) for name in ("total", "tax"))
        assert headers[check]["total_amount"] == total == paid[check]["amount"], check
        assert (lines[check]["total"], lines[check]["tax"]) == (total, tax), check
        assert lines[check]["unexplained"] == 0, check
    for check, sale_id in returns.items():
        back = -Decimal(sums[check]["back"]).scaleb(-2)
        assert headers[sale_id]["total_amount"] == back == paid[sale_id]["amount"], check
        assert (lines[sale_id]["total"], lines[sale_id]["unexplained"]) == (back, 0), check
        assert return_of[sale_id] == check
        assert headers[sale_id]["business_date"] > headers[check]["business_date"]
    types = opened.fetch(
        "select line_type, sum(net_amount) as net from marts.fct_sales"
        " where sale_id not like '%|%' group by line_type"
    )
    assert {row["line_type"]: row["net"] for row in types} == net_by_type
    _check_what_it_is(opened)


def _check_what_it_is(opened):
    (shift,) = opened.fetch("select * from marts.fct_shifts")
    assert (shift["worked_hours"], shift["unpaid_break_hours"]) == (8, Decimal("0.5"))
    assert (shift["wage_amount"], shift["job_title"]) == (164, "Barista")
    employees = opened.fetch("select employee_name from marts.dim_employees")
    assert [row["employee_name"] for row in employees] == ["Sam Lee"]
    tenders = opened.fetch("select distinct tender_name from marts.fct_payments")
    assert {row["tender_name"] for row in tenders} >= {"CASH", "CREDIT", "Voucher"}
    products = opened.fetch("select product_id, is_from_sales from intermediate.int_products")
    assert {(row["product_id"], row["is_from_sales"]) for row in products} >= {
        ("i1", False), ("m1", False), ("i4", True)
    }  # fmt: skip
