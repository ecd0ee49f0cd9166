"""A business day that changes after it was published is told, with the sales that moved it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.pipeline.shop_records import OUTLET, drop, sale

MODELS = ("--select", "+rpt_restatements", "+fct_daily_sales", "--exclude-resource-type", "test")
AGREES = "assert_published_days_are_the_daily_sales"


class Nights:
    """An X-Series shop in Vancouver; each night runs as its UTC day begins, at 16:00 there."""

    def __init__(self, opened, folder) -> None:
        self.opened, self.folder = opened, folder

    def night(self, day: str, *sales: dict, more: tuple = (), outlets: tuple = ()) -> None:
        drop(self.folder, day, sales=list(sales), outlets=list(outlets))
        self.opened.run("ingestion", "load")
        self.opened.environment["TILLHOUSE_RUN_DATE"] = day
        self.opened.build(*MODELS, *more)

    def restatements(self) -> list[tuple]:
        rows = self.opened.fetch(
            "select * from marts.fct_restatements order by restated_on, business_date"
        )
        return [
            (
                *(str(row[name])[-5:] for name in ("restated_on", "business_date")),
                *(row[f"total_amount_{when}"] for when in ("before", "after")),
                *(row[f"sales_{kind}"] for kind in ("new", "changed", "gone", "moved")),
            )
            for row in rows
        ]

    def moved_by(self) -> list[tuple]:
        rows = self.opened.fetch(
            "select restated_on, sale_id, change, total_change"
            " from marts.fct_restatements as days"
            " inner join marts.fct_published_sales as sales"
            "  using (daily_sales_key, run_number)"
            " inner join (select distinct sale_key, sale_id from marts.fct_sales) as heads"
            "  using (sale_key)"
            " order by restated_on, sale_id, total_change"
        )
        return [
            (str(row["restated_on"])[-5:], row["sale_id"], row["change"], row["total_change"])
            for row in rows
        ]


def on(day: str) -> dict:
    return {"sale_date": f"2024-{day}T20:00:00+00:00"}


@pytest.mark.parametrize("engine", ["duckdb", "postgres"])
def test_a_published_day_that_changes_is_told_with_its_sales(engine, open_shop, shop, tmp_path):
    shop({"account_id": "x", "path": str(tmp_path / "x")})
    nights = Nights(open_shop(engine), tmp_path / "x")
    nights.night(
        "2024-03-05",
        sale(1, [("p1", 1, 10.0)], **on("03-02")),
        sale(2, [("p1", 2, 10.0)], **on("03-03")),
        sale(3, [("p1", 1, 4.0)], **on("03-04")),  # the day that is running
        outlets=(OUTLET,),
    )
    assert nights.restatements() == []

    late = sale(7, [("p1", 1, 2.0)], version=107, **on("03-02"))
    nights.night(
        "2024-03-06",
        sale(1, [("p1", 1, 12.0)], version=101, **on("03-02")),
        sale(2, [("p1", 2, 10.0)], version=102, status="VOIDED", **on("03-03")),
        sale(4, [("p1", 1, 6.0)], version=104, **on("03-04")),  # published whole for the first time
        sale(5, [("p1", 1, 8.0)], version=105, **on("03-01")),  # a day that nobody saw before
        late,
    )
    first = [
        ("03-05", "03-02", Decimal("10.50"), Decimal("14.70"), 1, 1, 0, 0),
        ("03-05", "03-03", Decimal("21.00"), Decimal(0), 0, 0, 1, 0),
    ]
    assert nights.restatements() == first

    nights.night(
        "2024-03-08",
        sale(1, [("p1", 1, 10.0)], version=201, **on("03-02")),  # as it was at first
        sale(3, [("p1", 1, 4.0)], version=203, **on("03-02")),
        late,  # read again, unchanged
        more=("--full-refresh",),
    )
    assert nights.restatements() == [
        *first,
        ("03-07", "03-02", Decimal("14.70"), Decimal("16.80"), 0, 1, 0, 1),
        ("03-07", "03-04", Decimal("10.50"), Decimal("6.30"), 0, 0, 0, 1),
    ]
    assert nights.moved_by() == [
        ("03-05", "s1", "changed", Decimal("2.10")),
        ("03-05", "s2", "gone", Decimal("-21.00")),
        ("03-05", "s7", "new", Decimal("2.10")),
        ("03-07", "s1", "changed", Decimal("-2.10")),
        ("03-07", "s3", "moved", Decimal("-4.20")),
        ("03-07", "s3", "moved", Decimal("4.20")),
    ]
    shown = nights.opened.fetch(
        "select business_date, total_amount_before as was, total_amount_after as becomes"
        " from reports.rpt_restatements order by business_date"
    )
    assert [(str(r["business_date"])[-5:], r["was"], r["becomes"]) for r in shown] == [
        ("03-02", Decimal("10.50"), Decimal("16.80")),
        ("03-03", Decimal("21.00"), Decimal(0)),
        ("03-04", Decimal("10.50"), Decimal("6.30")),
    ]
    nights.opened.run("dbt", "test", "--quiet", "--select", AGREES)
