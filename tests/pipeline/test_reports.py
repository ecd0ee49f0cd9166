"""The report page: what it says, and that nothing on it can do harm."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from ingestion.accounts import PROJECT_DIR
from scripts.generate_reports import generate_reports
from scripts.report.charts import label, money_axis
from scripts.report.data import ReportData
from scripts.report.matches import ignored_sentence, questions_sentence, read_matches
from scripts.report.page import render
from scripts.report.proof import Build, Failure
from scripts.report.reconciliation import CAUSES, read_reported
from scripts.report.restatements import restated_days
from scripts.report.text import Money, days, number, percent
from tests.pipeline.report_tables import (
    checked,
    create_tables,
    day,
    insert,
    row_of,
    till,
    visible_text,
    write_manifest,
    write_results,
)

MADE_AT = datetime(2024, 7, 2, 6, 30, tzinfo=UTC)
CAD = Money("CAD")


def figures(page: str) -> list[dict]:
    found = re.findall(r'<script type="application/json">(.*?)</script>', page, flags=re.DOTALL)
    return [json.loads(text) for text in found]


# --- the page from the tables


@pytest.fixture
def out(tmp_path, monkeypatch):
    monkeypatch.setenv("TILLHOUSE_OUT", str(tmp_path / "out"))
    monkeypatch.setenv("DBT_TARGET_PATH", str(tmp_path / "target"))
    write_manifest(tmp_path / "target")
    return tmp_path / "out"


def fill(db) -> None:
    amber = {"account_id": "amber", "till_name": "AmberPOS"}
    light = {"account_id": "light", "till_name": "Lightspeed"}
    for on, net, of in (
        (date(2023, 5, 3), "800", amber),
        (date(2023, 5, 31), "200", amber),
        (date(2023, 6, 2), "70.50", light),
        (date(2024, 5, 3), "1250", light),
        (date(2024, 6, 12), "400.25", light),
    ):
        amounts = {"gross_sales": Decimal(net) + 10, "returns_amount": Decimal(10)}
        insert(db, "rpt_daily_sales", day(on, net, **of) | amounts)
    last, first = date(2023, 5, 31), date(2023, 6, 2)
    insert(
        db,
        "rpt_revenue_timeline",
        till("amber", date(2023, 5, 3), last, handoff_on=first, gap_days=1, till_name="AmberPOS"),
        till("light", first, date(2024, 6, 12), till_name="Lightspeed"),
    )
    insert(
        db,
        "rpt_product_performance",
        {"sales_rank": 1, "product_name": "Wooden Train", "sku": "1006", "net_sales": Decimal(1600)}
        | {"units_sold": Decimal(64), "margin_ratio": Decimal("0.4512")},
        {"sales_rank": 2, "product_key": "k2", "product_name": "Kite", "net_sales": Decimal("20.5")}
        | {"returns_amount": Decimal(50), "units_returned": Decimal("2.5")},
    )
    insert(
        db,
        "rpt_tender_mix",
        {"month_start": date(2024, 6, 1), "tender_type": "gift_card", "amount": Decimal(100)},
        {"month_start": date(2024, 6, 1), "tender_type": "cash", "amount": Decimal(300)},
    )
    insert(db, "rpt_integrity_summary", checked(), checked(account_id="light"))
    insert(
        db,
        "fct_rejected_records",
        {"account_id": "light", "entity": "payments", "field": "sale_id", "cases": 3}
        | {"reason": "no sale was read"},
        {"account_id": "light", "entity": "sales", "reason": "no date", "cases": 1},
    )
    insert(
        db,
        "rpt_double_count_summary",
        {"account_id": "light", "till_name": "Lightspeed", "other_account_id": "amber"}
        | {"other_till_name": "AmberPOS", "decision": "excluded", "sales": 1088}
        | {"total_amount": Decimal("377488.45"), "first_on": date(2010, 12, 1)}
        | {"last_on": date(2010, 12, 9)},
    )


def test_the_page_answers_an_owners_questions(warehouse, out):
    with warehouse.connect() as db:
        create_tables(db)
        fill(db)
    (path,) = generate_reports(warehouse, Build(), MADE_AT)
    assert path == out / "sales_report.html"
    text = visible_text(path.read_text(encoding="utf-8"))
    for said in (
        "Harbour Toys",
        "Made on 2 July 2024 at 06:30 UTC",
        "Every total agrees to the cent: 86,420 lines checked",
        "May 2024 $1,250 ▲ 2 sales, $625.00 each. 25.0 % more than May 2023 ($1,000).",
        "10 sales on 2 tills, 3 May 2023 to 12 June 2024.",
        "Lightspeed took over from AmberPOS on 2 June 2023, after 1 day without a sale",
        "2024 $1,650.25 4 $20.00",
        "1 Wooden Train 1006",
        "64 $1,600.00 45.1 %",
        "Kite sku 2.5 $50.00",
        "Cash 75.0 %",
        "Gift card 25.0 %",
        "Counted once. 1,088 sales of 1 to 9 December 2010, $377,488.45 with tax:"
        " Lightspeed repeats what AmberPOS holds.",
        "3 of AmberPOS, payments, sale_id: no sale was read",
    ):
        assert said in text, said


def test_tables_that_are_not_built_make_a_page_that_says_what_to_do(warehouse, out):
    (path,) = generate_reports(warehouse, Build(), MADE_AT)
    page = path.read_text(encoding="utf-8")
    text = visible_text(page)
    assert "Nothing sold yet" in text and "seeds/pos_accounts.csv" in text
    assert "make nightly" in text and "make demo" in text and "Every total" not in text
    assert len(page) < 50_000


def test_a_build_that_failed_before_marks_the_page_when_it_is_made_alone(make_warehouse, out):
    warehouse = make_warehouse("duckdb")
    with warehouse.connect() as db:
        create_tables(db)
        fill(db)
    target = out.parent / "target"
    manifest = json.loads((target / "manifest.json").read_text())
    manifest["nodes"]["test.x"] = {
        "resource_type": "test",
        "name": "net_and_tax_is_total",
        "description": "Net and tax of a sale are what the customer paid.",
    }
    (target / "manifest.json").write_text(json.dumps(manifest))
    result = {"unique_id": "test.x", "status": "fail", "message": "Got 3 results"}
    write_results(target, "build", result)
    (path,) = generate_reports(warehouse, made_at=MADE_AT)
    text = visible_text(path.read_text(encoding="utf-8"))
    assert "Not proved: 1 check failed in the last build" in text
    assert "net_and_tax_is_total: Net and tax of a sale are what the customer paid." in text
    assert "Every total agrees" not in text


# --- nothing on the page can do harm


HOSTILE = "</script><script>alert(1)</script><b onclick=alert(2)>\"'&amp;"


@pytest.fixture
def hostile_page() -> str:
    names = {"business_id": HOSTILE, "till_name": HOSTILE, "location_name": HOSTILE}
    two = {"account_id": "two", "till_name": f"{HOSTILE} two"}
    daily = [day(date(2024, 5, 1), **names), day(date(2024, 6, 1), **names | two)]
    timeline = [
        till("amber", date(2024, 5, 1), date(2024, 5, 1), **names, handoff_on=date(2024, 6, 1)),
        till("two", date(2024, 6, 1), date(2024, 6, 1), **names | two),
    ]
    product = {"business_id": HOSTILE, "product_name": HOSTILE, "sku": HOSTILE, "sales_rank": 1}
    amounts = {"net_sales": Decimal(5), "returns_amount": Decimal(1)}
    tender = {"business_id": HOSTILE, "tender_type": HOSTILE, "amount": Decimal(5)}
    twice = {"business_id": HOSTILE, "till_name": HOSTILE, "other_till_name": HOSTILE}
    data = ReportData(
        daily,
        [row_of("rpt_product_performance", product | amounts)],
        timeline,
        [row_of("rpt_tender_mix", tender)],
        [checked(till_name=HOSTILE, status="differs", rejected_rows=1)],
        [row_of("rpt_double_count_summary", twice)],
        rejected=[
            row_of(
                "fct_rejected_records", {"till_name": HOSTILE, "field": HOSTILE, "reason": HOSTILE}
            )
        ],
    )
    return render(data, Build((Failure(HOSTILE, HOSTILE, HOSTILE),), (HOSTILE,)), MADE_AT)


def test_payments_without_a_day_are_told_beside_the_tenders():
    mix = [
        row_of("rpt_tender_mix", {"month_start": None, "tender_type": "cash", "payments": 2}),
        row_of("rpt_tender_mix", {"tender_type": "card", "amount": Decimal(9)}),
    ]
    mix[0]["amount"] = Decimal("3.50")
    data = ReportData([day(date(2024, 5, 1))], [], [], mix)
    text = visible_text(render(data, Build(), MADE_AT))
    assert "2 payments more, $3.50 in all, have no day" in text
    assert "Card is the largest: 100.0 %" in text.replace("\xa0", " ")

    undated_alone = ReportData([day(date(2024, 5, 1))], [], [], mix[:1])
    assert "have no day" in visible_text(render(undated_alone, Build(), MADE_AT))


def test_cents_on_an_axis_are_not_read_as_millions():
    axis = money_axis(CAD)
    assert "tickformat" not in axis, "~s alone writes $0.25 as $250m"
    assert axis["tickformatstops"][0] == {"dtickrange": [None, 0.99], "value": ",.2f"}


def test_returns_without_a_product_are_returns():
    def said(returned: str) -> str:
        daily = [day(date(2024, 5, 1), returns_amount=Decimal(returned))]
        return visible_text(render(ReportData(daily, [], [], []), Build(), MADE_AT))

    assert "What came back names no product." in said("0.25")
    assert "Nothing came back." in said("0")


def test_names_from_a_till_cannot_become_markup_or_script(hostile_page):
    assert "alert(1)</script>" not in hostile_page
    assert not re.search(r"<b\s+onclick", hostile_page)
    assert hostile_page.count("<script>alert") == 0
    assert "<script>alert(1)</script>" in visible_text(hostile_page).replace("< /", "</")


def test_chart_labels_hold_no_tags_for_plotly_to_read(hostile_page):
    texts: list[str] = []

    def collect(value):
        if isinstance(value, str):
            texts.append(value)
        elif isinstance(value, dict):
            list(map(collect, value.values()))
        elif isinstance(value, list):
            list(map(collect, value))

    collect(figures(hostile_page))
    assert any("&lt;script&gt;" in text for text in texts)
    assert {tag for text in texts for tag in re.findall(r"<[^>]*>", text)} <= {"<br>"}


def test_only_the_pages_own_scripts_may_run_and_nothing_is_fetched(hostile_page):
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', hostile_page)[1]
    policy = html.unescape(policy)
    scripts = re.findall(r"<script>(.*?)</script>", hostile_page, flags=re.DOTALL)
    assert len(scripts) == 2
    for script in scripts:
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy and "connect-src" not in policy
    assert "unsafe-inline" not in policy.split("script-src")[1]
    outside = re.sub(r"<script>.*?</script>", "", hostile_page, flags=re.DOTALL)
    assert not re.search(r"(src|href)=[\"']?(https?:)?//", outside)
    assert "@import" not in outside and "url(" not in outside


def test_a_label_is_harmless_and_short():
    assert label("<b>A</b> & co") == "&lt;b&gt;A&lt;/b&gt; &amp; co"
    assert label("x" * 80, 10) == "x" * 9 + "…"
    assert label(None) == "(no name)"


# --- several businesses, currencies, and words


def matched(entity: str, **more) -> dict:
    return row_of("rpt_match_quality", {"entity": entity, "accounts": 2, **more})


def test_unlinked_sales_are_the_first_number_on_matching():
    products = matched(
        "product",
        net_sales=Decimal(400),
        unlinked_net_sales=Decimal(100),
        unlinked_records=7,
        linked_net_sales=Decimal(300),
        open_questions=1,
        conflicts=2,
    )
    customers = matched("customer", net_sales=Decimal(50), linked_net_sales=Decimal(50))
    shown = read_matches([customers, products], Money("CAD"))

    assert [kind.title for kind in shown] == ["Products", "Customers"]
    quarter = percent(Decimal("0.25"))
    assert shown[0].sentence.startswith(f"$100 of net sales, {quarter}, are of products that only")
    assert shown[0].lines[0] == ("Known in one till only", "$100", quarter, "7")
    assert shown[1].sentence.startswith("All sales to known customers are of those")
    asked = questions_sentence([products, customers])
    assert asked.startswith("1 pair waits for a person")
    assert "2 decisions of a person do not hold" in asked
    assert read_matches([products | {"accounts": 1}], Money("CAD")) == []
    assert questions_sentence([customers]) == ""
    assert ignored_sentence([customers]) == ""
    assert ignored_sentence([customers | {"ignored_values": 3}, products]).startswith("3 values, ")


def test_each_business_and_currency_has_a_section_and_amounts_never_mix():
    daily = [
        day(date(2024, 6, 1), "100", business_id="north"),
        day(date(2024, 6, 1), "250", business_id="south"),
        day(date(2024, 6, 1), "70", business_id="south", currency="GBP", account_id="uk"),
    ]
    page = render(ReportData(daily), Build(), MADE_AT)
    for slug in ("north-cad", "south-cad", "south-gbp"):
        assert f'id="{slug}"' in page and f'href="#{slug}"' in page
    text = visible_text(page)
    assert "The whole history $250" in text and "The whole history £70" in text
    assert "$350" not in text and "320" not in text


def test_what_a_till_reports_stands_beside_our_totals_with_its_verdict():
    def reported(verdict: str, **more) -> dict:
        told = {"verdict": verdict, "measure": "tender_gift_card", "days": 3}
        return row_of("rpt_reconciliation", told | {"their_amount": Decimal(9)} | more)

    agrees, other_till, late, unclear, in_part = (
        reported("agrees", cause=None),
        reported("agrees", till_name="Square", days=1200),
        reported(
            "explained",
            cause="another business day, changed after closing",
            difference_amount=Decimal("0.01"),
        ),
        reported(
            "unexplained", measure="tax", days=1, difference_amount=Decimal("-0.01"), cause=None
        ),
        reported(
            "unexplained",
            measure="tips",
            days=1,
            unexplained_amount=Decimal("0.01"),
            cause="another place",
        ),
    )
    first, second = read_reported([agrees, other_till, late, unclear, in_part])
    assert first.till == "AmberPOS, Harbour Toys"
    assert first.sentence == "3 of 8 daily figures agree to the cent. The others:"
    assert second.sentence == "all 1,200 daily figures agree to the cent."
    assert [line.why for line in first.lines] == [
        "✕ not explained",
        "✕ 0.01 not explained; the rest: taken at another place",
        "taken on another day, in a register left open; probably a sale that changed after closing",
    ]
    assert [line.is_good for line in first.lines] == [False, False, True]
    assert [line.figure for line in first.lines] == ["Tax", "Tips", "Paid: gift card"]
    assert [line.days for line in first.lines][1:] == ["1 January 2024", "3 days, 1 January 2024"]
    assert [line.difference for line in first.lines][::2] == ["−0.01", "0.01"]
    page = visible_text(
        render(ReportData(reconciliation=[late], integrity=[checked()]), Build(), MADE_AT)
    )
    assert "What the tills themselves report" in page and "0 of 3 daily figures agree" in page


def test_every_cause_of_a_difference_is_told_in_words():
    models = (
        "marts/quality/fct_reconciliation",
        "marts/quality/fct_reconciliation_entries",
        "intermediate/reconciliation/int_reported_payments",
    )
    rules = "".join(
        (PROJECT_DIR / f"models/{model}.sql").read_text(encoding="utf-8") for model in models
    )
    found = re.findall(r"(?:then|else) '([a-z ]+)'|'([a-z ]+)' as cause", rules)
    assert {one or other for one, other in found} == set(CAUSES)


def test_days_that_changed_after_they_were_published_are_told_latest_first():
    def restated(number: int, **more) -> dict:
        day = date(2024, 3, 1) + timedelta(days=number)
        told = {"business_date": day, "restated_on": day, "sales_changed": 1}
        return row_of("rpt_restatements", told | more)

    last = restated(
        22, total_amount_before=Decimal("10.5"), total_amount_after=Decimal(8), sales_gone=2
    )
    days, more = restated_days([*(restated(n) for n in range(22)), last])
    assert (len(days), more) == (20, 3)
    assert (days[0].day, days[0].was, days[0].becomes) == ("23 March 2024", "$10.50", "$8.00")
    assert days[0].difference == "−$2.50"
    assert days[0].moved_by == "1 sale changed, 2 sales no longer counted (23 Mar 2024)"
    shown = visible_text(
        render(ReportData(restatements=[last], integrity=[checked()]), Build(), MADE_AT)
    )
    assert "Days that changed after they were published" in shown and "23 March 2024" in shown
    without = visible_text(render(ReportData(integrity=[checked()]), Build(), MADE_AT))
    assert "after they were published" not in without


def test_words_of_numbers():
    assert CAD.exact(Decimal("-1234.565")) == "−$1,234.57"
    assert CAD.exact(Decimal("-0.001")) == "$0.00"
    assert Money("JPY").exact(Decimal("1234.5")) == "¥1,235"
    assert Money("SEK").whole(Decimal(5)) == "SEK\N{NO-BREAK SPACE}5"
    assert number(Decimal("1234.50000")) == "1,234.5"
    assert number(Decimal("100")) == "100"
    assert percent(Decimal("-0.00001")) == "0.0\N{NO-BREAK SPACE}%"
    assert days(date(2010, 12, 1), date(2010, 12, 9)) == "1 to 9 December 2010"
    assert days(date(2010, 11, 30), date(2010, 12, 9)) == "30 November to 9 December 2010"
