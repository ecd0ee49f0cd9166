"""Records that are odd and still count: no date, a wrong clock, a discount beside the lines."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.pipeline.shop_records import CUSTOMER, OUTLET, drop, money, product, sale

TEN = [("p1", 1, 10.0)]
DECISIONS = (
    "account_id,sale_id,other_account_id,other_sale_id,decision,reason,decided_by,decided_on\n"
    "y,s5,x,s5,excluded,the new till has it twice,ada,{one}\n"
    "x,s5,y,s5,excluded,the old till has it twice,bob,{other}\n"
)
CIRCLE = "x,s1,x,s2,excluded,one,ada,\nx,s2,x,s3,excluded,two,ada,\nx,s3,x,s1,excluded,three,ada,\n"


@pytest.mark.parametrize("engine", ["duckdb", "postgres"])
def test_odd_records_are_counted_once_and_listed(engine, open_shop, shop, tmp_path):
    seeds = shop(
        {"account_id": "x", "path": str(tmp_path / "x"), "active_from": "2024-01-01"},
        {"account_id": "y", "path": str(tmp_path / "y"), "active_from": "2024-02-01"},
    )
    decisions = seeds / "mapping/double_count_decisions.csv"
    decisions.write_text(DECISIONS.format(one="", other="") + CIRCLE, encoding="utf-8")
    discount = {"name": "Staff", "adjustment_type": "DISCOUNT", "value": 4}
    drop(
        tmp_path / "x",
        "2024-03-10",
        outlets=[OUTLET],
        customers=[CUSTOMER, {"first_name": "Nobody", "version": 2}],
        products=[product(1), product(2) | {"deleted_at": "2024-03-01T00:00:00+00:00"}],
        sales=[
            sale(1, TEN, total_price=6.0, total_tax=0.3, adjustments=[discount]),
            sale(2, TEN, sale_date=None),
            sale(3, TEN, sale_date="2190-01-01T20:00:00+00:00"),
            sale(4, TEN, sale_date="0001-01-01T00:00:00Z", created_at="1905-05-05T20:00:00Z"),
            sale(5, [("p9", 1, 20.0)], customer_id="c9"),
        ],
    )
    drop(tmp_path / "y", "2024-03-10", outlets=[OUTLET], sales=[sale(5, [("p9", 1, 20.0)])])
    opened = open_shop(engine)
    opened.run("ingestion", "load")

    printed = opened.run("scripts.build", "--exclude", "test_type:unit", expect=1)
    assert "assert_double_count_decisions_agree" in printed
    assert "assert_double_counts_leave_one_sale" in printed
    assert counted(opened) == ["x"], "decisions that contradict leave one of the two"
    decisions.write_text(DECISIONS.format(one="2024-05-01", other="2024-05-02"), encoding="utf-8")
    opened.build()
    assert counted(opened) == ["y"], "the later decision stands"

    assert money(opened, "s1") == Decimal("6.30")
    day = opened.fetch("select * from marts.fct_daily_sales where business_date = '2024-03-02'")[0]
    assert (day["gross_sales"], day["discounts"], day["net_sales"]) == (10, 4, 6)

    lists = opened.fetch(
        "select account_id, entity, raw_rows, rejected_rows, staging_rows, conformed_rows,"
        " fact_rows, status from marts.fct_integrity where entity in ('customers', 'products')"
    )
    assert sorted(tuple(row.values()) for row in lists) == [
        ("x", "customers", 1, 1, 1, 1, 1, "ok"),
        ("x", "products", 2, 0, 2, 2, 2, "ok"),
    ], "those that only sales name are in no list"

    odd = opened.fetch(
        "select record_id, field, value from intermediate.int_rejected_records"
        " where entity = 'sales'"
    )
    assert sorted((row["record_id"], row["field"], row["value"]) for row in odd) == [
        ("s2", "sold_at", None),
        ("s3", "sold_at", "2190-01-01 20:00:00"),
        ("s4", "sale_date", "0001-01-01T00:00:00Z"),
        ("s4", "sold_at", None),
    ]
    days = "select business_date from marts.fct_transactions where sale_id = 's4'"
    assert str(opened.fetch(days)[0]["business_date"]) == "1905-05-05"
    assert undated(opened) == []


def counted(opened) -> list[str]:
    """The accounts whose sale s5 counts."""
    rows = opened.fetch(
        "select account_id from marts.fct_transactions where sale_id = 's5' and is_counted"
    )
    return sorted(row["account_id"] for row in rows)


def undated(opened) -> list[dict]:
    """Sales of a day that dim_dates does not know."""
    return opened.fetch(
        "select business_date from marts.fct_transactions where business_date not in"
        " (select date_day from marts.dim_dates)"
    )
