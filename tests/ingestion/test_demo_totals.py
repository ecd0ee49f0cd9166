"""The demo's truth against its own files, added up by another way."""

import hashlib
import os
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from ingestion.demo import write_demo
from tests.ingestion.demo_reader import DemoFiles, to_cents

VANCOUVER = ZoneInfo("America/Vancouver")
PROJECT = Path(__file__).parents[2]
NO_SALE = ("VOIDED", "SAVED")


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    return DemoFiles(folder, write_demo(folder, sales=600, seed=11))


def counted_invoices(demo):
    return {n: r for n, r in demo.invoices.items() if r["Type"] != "VOID"}


def counted_sales(demo):
    return {i: r for i, r in demo.sales.items() if r["status"] not in NO_SALE}


def local_time(sale):
    return datetime.fromisoformat(sale["sale_date"]).astimezone(VANCOUVER)


def digests(folder):
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }


def write_in_other_process(folder, seed, hash_seed):
    subprocess.run(
        [sys.executable, "-m", "ingestion.demo", "--out", folder, "--sales", "600",
         "--seed", str(seed)],
        check=True, cwd=PROJECT, env=os.environ | {"PYTHONHASHSEED": hash_seed},
        capture_output=True,
    )  # fmt: skip
    return digests(folder)


def test_the_same_seed_gives_the_same_bytes_and_another_seed_another_shop(tmp_path):
    one = write_in_other_process(tmp_path / "one", 3, "1")
    again = write_in_other_process(tmp_path / "again", 3, "2")
    other = write_in_other_process(tmp_path / "other", 4, "1")
    assert one == again
    assert len(one) == 53
    assert one["truth.json"] != other["truth.json"]
    assert one["amber/invoices_2021.xlsx"] != other["amber/invoices_2021.xlsx"]


def test_amber_totals_are_those_of_the_workbooks(demo):
    truth = demo.truth["accounts"]["amber_main"]
    invoices = counted_invoices(demo)
    lines = [r for r in demo.invoice_sheets("Lines") if r["Invoice No"] in invoices]
    assert truth["sales"] == len(invoices)
    assert truth["lines"] == len(lines)
    assert truth["net_cents"] == sum(to_cents(r["Subtotal"]) for r in invoices.values())
    assert truth["tax_cents"] == sum(
        to_cents(r["GST"]) + to_cents(r["PST"]) for r in invoices.values()
    )
    assert truth["total_cents"] == sum(to_cents(r["Total"]) for r in invoices.values())


def test_lightspeed_totals_are_those_of_the_export(demo):
    truth = demo.truth["accounts"]["lightspeed_main"]
    sales = counted_sales(demo).values()
    assert truth["sales"] == len(sales)
    assert truth["lines"] == sum(len(r["line_items"]) for r in sales)
    assert truth["net_cents"] == sum(to_cents(r["total_price"]) for r in sales)
    assert truth["tax_cents"] == sum(to_cents(r["total_tax"]) for r in sales)
    assert truth["total_cents"] == truth["net_cents"] + truth["tax_cents"]


def test_months_are_those_of_the_shops_clock(demo):
    amber, lightspeed = Counter(), Counter()
    for row in counted_invoices(demo).values():
        amber[str(row["Date"])[:7]] += to_cents(row["Total"])
    for sale in counted_sales(demo).values():
        month = f"{local_time(sale):%Y-%m}"
        lightspeed[month] += to_cents(sale["total_price"]) + to_cents(sale["total_tax"])
    for account, found in (("amber_main", amber), ("lightspeed_main", lightspeed)):
        truth = demo.truth["accounts"][account]
        assert {m: v["total_cents"] for m, v in truth["by_month"].items()} == dict(found)
        for name in ("sales", "lines", "net_cents", "tax_cents", "total_cents"):
            assert sum(v[name] for v in truth["by_month"].values()) == truth[name]


def test_counted_once_leaves_one_of_each_exact_pair_out(demo):
    accounts = demo.truth["accounts"].values()
    exact = demo.truth["double_counts"]["exact"]
    assert len(exact) >= 3
    for name in ("sales", "lines", "net_cents", "tax_cents", "total_cents"):
        both = sum(account[name] for account in accounts)
        assert demo.truth["counted_once"][name] == both - sum(pair[name] for pair in exact)


def test_invoice_lines_add_up_to_their_header_but_for_rounding(demo):
    sums = defaultdict(int)
    for row in demo.invoice_sheets("Lines"):
        if row["Invoice No"] in demo.invoices and row["Amount"] != "twelve":
            sums[row["Invoice No"]] += to_cents(row["Amount"])
    off = Counter()
    for number, row in demo.invoices.items():
        header = to_cents(row["Subtotal"])
        assert to_cents(row["Total"]) == header + to_cents(row["GST"]) + to_cents(row["PST"])
        assert (header < 0) == (row["Type"] == "RETURN")
        off[abs(abs(header) - sums[number])] += 1
    assert set(off) == {0, 1}
    assert off[1] >= 1


def test_line_amounts_are_price_times_quantity_less_discount(demo):
    rows = [r for r in demo.invoice_sheets("Lines") if r["Unit Price"] != "free!"]
    rows = [r for r in rows if r["Amount"] != "twelve"]
    for row in rows:
        assert row["Qty"] > 0
        gross = to_cents(round(row["Qty"] * row["Unit Price"], 5))
        assert gross - to_cents(row["Discount"]) == to_cents(row["Amount"])


def test_lightspeed_headers_are_their_lines_rounded_once(demo):
    rounded_apart = 0
    for sale in demo.sales.values():
        lines = sale["line_items"]
        assert to_cents(sale["total_price"]) == to_cents(sum(x["total_price"] for x in lines))
        assert to_cents(sale["total_tax"]) == to_cents(sum(x["total_tax"] for x in lines))
        for line in lines:
            assert line["total_price"] == line["unit_price"] * line["quantity"]
            assert line["total_tax"] == line["unit_tax"] * line["quantity"]
            for one, two in (("price", "unit_price"), ("price_total", "total_price"),
                             ("discount", "unit_discount"), ("tax_total", "total_tax"),
                             ("discount_total", "total_discount"), ("cost", "unit_cost"),
                             ("cost_total", "total_cost"), ("tax", "unit_tax")):  # fmt: skip
                assert line[one] == line[two]
        rounded_apart += to_cents(sale["total_price"]) != sum(
            to_cents(x["total_price"]) for x in lines
        )
    assert rounded_apart >= 1


def test_tenders_add_up_to_what_is_due(demo):
    paid = defaultdict(int)
    for row in demo.invoice_sheets("Payments"):
        if row["Amount"] != "13,4A":
            paid[row["Invoice No"]] += to_cents(row["Amount"])
    for number, row in demo.invoices.items():
        if row["Type"] in ("SALE", "RETURN"):
            assert paid[number] == to_cents(row["Total"])
        elif row["Type"] == "VOID":
            assert paid[number] == 0
    for sale in demo.sales.values():
        due = to_cents(sale["total_price"]) + to_cents(sale["total_tax"])
        tendered = sum(to_cents(p["amount"]) for p in sale["payments"])
        if sale["status"] in ("CLOSED", "LAYBY_CLOSED", "ONACCOUNT_CLOSED"):
            assert tendered == due
        elif sale["status"] == "LAYBY":
            assert 0 < tendered < due
        else:
            assert tendered == 0


def test_cash_is_rounded_to_five_cents(demo):
    cash = [p for s in demo.sales.values() for p in s["payments"]
            if p["name"].startswith("Cash")]  # fmt: skip
    assert all(to_cents(p["amount"]) % 5 == 0 for p in cash if p["name"] == "Cash")
    rounding = {to_cents(p["amount"]) for p in cash if p["name"] == "Cash Rounding"}
    assert rounding == {-2, -1, 1, 2}


def test_trade_keeps_the_shops_hours(demo):
    moments = [local_time(sale) for sale in demo.sales.values()]
    for row in demo.invoices.values():
        moments.append(datetime.fromisoformat(f"{str(row['Date'])[:10]}T{row['Time']}"))
    assert {m.hour for m in moments} == set(range(10, 18))
    assert all(m.month == 12 for m in moments if m.weekday() == 0)
    assert not [m for m in moments if (m.month, m.day) in ((12, 25), (12, 26), (1, 1))]
    december = sum(m.month == 12 for m in moments) / sum(m.month == 2 for m in moments)
    assert december > 2


def test_the_tills_overlap_for_four_days(demo):
    amber = {str(r["Date"])[:10] for r in demo.invoices.values()}
    lightspeed = {f"{local_time(s):%Y-%m-%d}" for s in demo.sales.values()}
    assert sorted(amber & lightspeed) == [f"2022-12-{day}" for day in (28, 29, 30, 31)]
    assert (min(amber), max(lightspeed)) == ("2021-01-02", "2024-06-30")


@pytest.mark.parametrize("too_few", [{"sales": 599}, {"products": 59}, {"customers": 39}])
def test_a_shop_too_small_for_everything_is_refused(tmp_path, too_few):
    with pytest.raises(ValueError, match="too few"):
        write_demo(tmp_path, **too_few)
    assert not list(tmp_path.iterdir())
