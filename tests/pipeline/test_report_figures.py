"""The headlines of the report, and the line of the tills."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal

from scripts.report.charts import products_chart
from scripts.report.data import ReportData, as_of
from scripts.report.headlines import headlines
from scripts.report.page import render
from scripts.report.periods import MONTH, WEEK, Span, last_full_month, months_before
from scripts.report.proof import Build
from scripts.report.sales_line import line_points, sales_chart
from scripts.report.text import Money
from scripts.report.tills import chains, handoff_sentences, read_tills
from tests.pipeline.report_tables import day, row_of, till, visible_text

MADE_AT = datetime(2024, 7, 2, 6, 30, tzinfo=UTC)
CAD = Money("CAD")


def test_the_month_that_is_not_over_is_not_the_last_full_month():
    assert last_full_month(date(2024, 6, 29)) == date(2024, 5, 1)
    assert last_full_month(date(2024, 6, 30)) == date(2024, 6, 1)
    assert last_full_month(date(2024, 1, 5)) == date(2023, 12, 1)
    assert months_before(date(2024, 1, 31), 13) == date(2022, 12, 1)


def test_the_year_before_ends_its_months_where_they_end():
    leap = Span(date(2024, 1, 1), date(2024, 2, 29)).year_before()
    assert leap == Span(date(2023, 1, 1), date(2023, 2, 28))
    after = Span(date(2025, 1, 1), date(2025, 2, 28)).year_before()
    assert after.last == date(2024, 2, 29)
    assert Span(date(2024, 2, 29), date(2024, 2, 29)).year_before().first == date(2023, 2, 28)


def test_a_year_before_that_is_not_whole_is_not_compared():
    daily = [day(date(2023, 3, 5), "500"), day(date(2024, 6, 30), "900")]
    month, year, history = headlines(daily, CAD, date(2024, 6, 30))
    assert year.value == "$900" and year.trend == ""
    assert year.note == "The year before is not whole: its first sale is on 5 March 2023."
    assert history.value == "$1,400"
    assert month.name == "June 2024"


def test_a_young_shop_has_no_full_month():
    month, year, _ = headlines([day(date(2024, 6, 10))], CAD, date(2024, 6, 20))
    assert (month.value, month.note) == ("–", "The first full month is not over yet.")
    assert year.note == "No sales a year earlier to compare with."


def test_a_year_before_with_more_returned_than_sold_gives_no_percentage():
    daily = [
        day(date(2022, 1, 1), "5"),
        day(date(2023, 6, 1), "-40"),
        day(date(2024, 6, 30), "900"),
    ]
    month, _, _ = headlines(daily, CAD, date(2024, 6, 30))
    assert "−$40 in June 2023." in month.note and month.trend == ""


def test_a_date_in_the_future_moves_nothing_and_is_told():
    daily = [day(date(2024, 6, 1)), day(date(2099, 1, 1), "7")]
    assert as_of(daily, date(2024, 7, 2)) == date(2024, 6, 1)
    text = visible_text(render(ReportData(daily), Build(), MADE_AT))
    assert "1 day after this page was made has sales, $7.00 in all (1 January 2099)." in text
    assert "Sales from 1 June 2024, in CAD" in text


# --- tills and their line


def test_words_for_a_handoff_with_overlap_with_a_gap_and_without_either():
    first, last, next_day = date(2024, 1, 1), date(2024, 2, 10), date(2024, 2, 11)

    def said(**handoff) -> str:
        tills = [
            till("amber", first, last, **handoff),
            till("light", handoff["handoff_on"], date(2024, 6, 1)),
        ]
        return handoff_sentences(read_tills(tills, []))[0]

    assert said(handoff_on=next_day).endswith("on 11 February 2024, without a gap.")
    assert "both tills sold on 4 days, until 10 February 2024." in said(
        handoff_on=date(2024, 2, 7), overlap_days=4
    )
    assert "after 1 day without a sale" in said(handoff_on=date(2024, 2, 12), gap_days=1)
    assert "stands beside" in said(handoff_on=date(2024, 1, 2), overlap_days=400)


def test_tills_side_by_side_are_two_lines_and_successors_are_one():
    first, last = date(2020, 1, 1), date(2024, 1, 1)
    beside = till("a", first, last, handoff_on=date(2020, 2, 1), overlap_days=1000)
    after = till("a", first, last, handoff_on=date(2024, 1, 2))
    heir = till("b", date(2024, 1, 2), last)
    assert [len(line) for line in chains(read_tills([after, heir], []))] == [2]
    assert [len(line) for line in chains(read_tills([beside, heir], []))] == [1, 1]
    elsewhere = till("b", date(2024, 1, 2), last, location_name="Other Street")
    assert [len(line) for line in chains(read_tills([after, elsewhere], []))] == [1, 1]


def test_a_till_that_the_timeline_lacks_is_still_drawn():
    tills = read_tills([], [day(date(2024, 6, 2)), day(date(2024, 6, 1))])
    assert [(t.name, t.first, t.last) for t in tills] == [
        ("AmberPOS", date(2024, 6, 1), date(2024, 6, 2))
    ]


def handed_over() -> tuple[list[dict], list]:
    daily = [
        day(date(2024, 1, 30), "10", account_id="a"),
        day(date(2024, 2, 20), "20", account_id="a"),
        day(date(2024, 2, 20), "5.5", account_id="b"),
        day(date(2024, 4, 3), "40", account_id="b"),
    ]
    on = date(2024, 2, 20)
    timeline = [
        till("a", date(2024, 1, 30), on, handoff_on=on, overlap_days=1),
        till("b", on, date(2024, 4, 3)),
    ]
    return daily, read_tills(timeline, daily)


def test_a_line_adds_up_all_its_tills_and_knows_empty_months():
    daily, tills = handed_over()
    points = line_points(daily, tills, MONTH, date(2024, 4, 3))
    assert [(p.start.month, p.total) for p in points] == [
        (1, Decimal(10)),
        (2, Decimal("25.5")),
        (3, Decimal(0)),
        (4, Decimal(40)),
    ]
    weeks = line_points(daily, tills, WEEK, date(2024, 4, 3))
    assert sum(p.total for p in weeks) == Decimal("75.5")
    assert weeks[0].start == date(2024, 1, 29) and len(weeks) == 10


def test_the_line_goes_on_from_till_to_till_and_its_unfinished_end_is_dotted():
    daily, tills = handed_over()
    chart = json.loads(sales_chart(daily, tills, CAD, date(2024, 4, 3)).to_json())
    months = [trace for trace in chart["data"] if trace["meta"]["view"] == MONTH]
    assert [trace["name"] for trace in months] == ["A", "B", "B"]
    assert [trace["line"].get("dash") for trace in months] == [None, None, "dot"]
    for left, right in zip(months, months[1:], strict=False):
        assert (left["x"][-1], left["y"][-1]) == (right["x"][0], right["y"][0])
    assert [shape["x0"] for shape in chart["layout"]["shapes"]] == ["2024-02-20"]
    assert chart["layout"]["annotations"][0]["text"] == "B<br>from 20 Feb 2024"


def test_all_three_views_show_the_same_money():
    daily, tills = handed_over()
    chart = json.loads(sales_chart(daily, tills, CAD, date(2024, 4, 3)).to_json())
    for view in ("day", "week", "month"):
        points = {
            (x, y)
            for trace in chart["data"]
            if trace["meta"]["view"] == view
            for x, y in zip(trace["x"], trace["y"], strict=True)
        }
        assert sum(y for _, y in points) == 75.5


def test_the_products_chart_has_a_bar_and_a_name_for_each():
    rows = [
        row_of("rpt_product_performance", {"product_name": name, "net_sales": Decimal(net)})
        for name, net in (("Train", "12.5"), ("Returned more than sold", "-3"))
    ]
    chart = json.loads(products_chart(rows, CAD).to_json())
    assert chart["data"][0]["x"] == [12.5, -3.0]
    shown = [a["text"] for a in chart["layout"]["annotations"]]
    assert shown == ["Train", "$13", "Returned more than sold", "−$3"]
