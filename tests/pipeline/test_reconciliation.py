"""A till's own totals beside ours, from the loader to the mart, on both engines."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.pipeline.shop_records import OUTLET, drop, sale

REGISTER = {"id": "r1", "name": "Till", "outlet_id": "o1", "version": 3}
CASH = {"id": "t1", "name": "Cash", "version": 2}
Z_MAPPING = """
name: zed
mode: snapshot
entities:
  sale_lines:
    files: sales.csv
    columns: {sale_id: No, sold_at: At, quantity: Pieces, net_amount: Net, tax_amount: Tax}
  day_totals:
    files: z.csv
    columns: {business_date: Day, net_sales: Net, tax: Tax}
"""


def closure(number: int, opened: str, cash: str) -> dict:
    return {
        "register_id": "r1",
        "register_closure_sequence_number": number,
        "register_open_time": opened,
        "payments": [{"payment_type_name": "Cash", "total": cash}],
    }


@pytest.mark.parametrize("engine", ["duckdb", "postgres"])
def test_each_day_agrees_or_says_why_and_a_cent_too_many_fails(engine, open_shop, shop, tmp_path):
    folder = tmp_path / "x"
    (tmp_path / "z").mkdir()
    mapping = tmp_path / "zed.yml"
    mapping.write_text(Z_MAPPING, encoding="utf-8")
    shop(
        {"account_id": "x", "path": str(folder)},
        {
            "account_id": "z",
            "source": "files",
            "mapping": str(mapping),
            "path": str(tmp_path / "z"),
        },
    )
    night = {
        "id": "late",
        "register_id": "r1",
        "name": "Cash",
        "amount": 5.25,
        "payment_date": "2024-03-03T02:00:00+00:00",
    }
    drop(
        folder,
        "2024-03-10",
        outlets=[OUTLET],
        registers=[REGISTER],
        payment_types=[CASH],
        sales=[
            sale(1, [("p1", 1, 10.0)]),
            sale(2, [("p1", 1, 5.0)], payments=[night]),
        ],
        register_closures=[
            closure(1, "2024-03-01T17:00:00+00:00", "10.50"),
            closure(2, "2024-03-02T17:00:00+00:00", "5.26"),
            closure(3, "2024-03-03T17:00:00+00:00", "99.00"),  # not closed yet
        ],
    )
    sales = "No,At,Pieces,Net,Tax\n1,2024-03-01 10:00,1,10.00,0.50\n"
    (tmp_path / "z/sales.csv").write_text(sales, encoding="utf-8")
    (tmp_path / "z/z.csv").write_text("Day,Net,Tax\n2024-03-01,10.00,0.50\n", encoding="utf-8")

    opened = open_shop(engine)
    opened.run("ingestion", "load")
    printed = opened.build("--select", "+rpt_reconciliation", expect=1)
    assert "assert_day_differences_have_a_cause" in printed
    rows = opened.fetch(
        "select account_id, business_date, measure, difference_cents, cause, unexplained_cents"
        " from marts.fct_reconciliation order by account_id, business_date, measure"
    )
    found = [(r["account_id"], str(r["business_date"])[-2:], r["measure"]) for r in rows]
    assert found == [
        ("x", "01", "tender_cash"),
        ("x", "02", "tender_cash"),
        ("z", "01", "net_sales"),
        ("z", "01", "tax"),
    ]
    assert [(r["difference_cents"], r["cause"], r["unexplained_cents"]) for r in rows] == [
        (0, None, 0),
        (Decimal(1), None, Decimal(1)),
        (0, None, 0),
        (0, None, 0),
    ]
