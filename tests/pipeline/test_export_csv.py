"""CSV files: what an exposure declares is written, exact, whole, in one order on every engine."""

from __future__ import annotations

import csv
import json
from datetime import date, datetime
from decimal import Decimal

import pytest

from scripts.atomic import DeliveryError, write_whole
from scripts.export_csv import cell, export_csv, is_money, sort_rows
from scripts.exposures import read_deliveries
from tests.pipeline.report_tables import create_tables, insert, write_manifest

HOSTILE = '=HYPERLINK("http://example.com")'


@pytest.fixture
def out(tmp_path, monkeypatch):
    monkeypatch.setenv("TILLHOUSE_OUT", str(tmp_path / "out"))
    monkeypatch.setenv("DBT_TARGET_PATH", str(tmp_path / "target"))
    write_manifest(tmp_path / "target")
    return tmp_path / "out"


def read_csv(path) -> list[dict]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_files_of_the_exposures_hold_exact_amounts_in_one_order(warehouse, out):
    with warehouse.connect() as db:
        create_tables(db)
        insert(
            db,
            "rpt_daily_sales",
            {"business_date": date(2024, 3, 2), "net_sales": Decimal("12.5")},
            {"business_date": date(2024, 3, 1), "till_name": "ä", "account_id": "z"},
            {"business_date": date(2024, 3, 1), "till_name": "Z", "net_sales": Decimal("-9.345")},
            {"business_date": date(2024, 3, 1), "till_name": "a", "net_units": Decimal("3")},
        )
        insert(
            db,
            "rpt_product_performance",
            {"sales_rank": 10, "product_name": "Kite, large"},
            {"sales_rank": 9, "product_name": 'Ball "red"\nround'},
        )
    assert set(export_csv(warehouse).values()) == {4, 2}
    days = read_csv(out / "daily_sales_summary.csv")
    assert [(d["business_date"], d["till_name"]) for d in days] == [
        ("2024-03-01", "Z"),
        ("2024-03-01", "a"),
        ("2024-03-01", "ä"),
        ("2024-03-02", "AmberPOS"),
    ]
    assert [d["net_sales"] for d in days] == ["-9.345", "0.00", "0.00", "12.50"]
    assert [d["net_units"] for d in days] == ["0", "3", "0", "0"]
    products = read_csv(out / "product_performance.csv")
    assert [p["product_name"] for p in products] == ['Ball "red"\nround', "Kite, large"]
    assert products[0]["gross_margin"] == "" and products[0]["margin_ratio"] == ""


def test_excel_knows_the_file_by_its_mark_and_the_columns_are_the_models(make_warehouse, out):
    warehouse = make_warehouse("duckdb")
    with warehouse.connect() as db:
        create_tables(db)
        names = db.raw.execute("select * from reports.rpt_daily_sales").description
    export_csv(warehouse)
    content = (out / "daily_sales_summary.csv").read_bytes()
    assert content == b"\xef\xbb\xbf" + ",".join(n[0] for n in names).encode() + b"\r\n"


@pytest.mark.parametrize(
    ("value", "money", "text"),
    [
        (Decimal("12.50000"), True, "12.50"),
        (Decimal("9.34500"), True, "9.345"),
        (Decimal("1E+3"), True, "1000.00"),
        (Decimal("-0.00000"), True, "0.00"),
        (Decimal("-0.00001"), True, "-0.00001"),
        (Decimal("12345678901234567.12345"), True, "12345678901234567.12345"),
        (Decimal("3.00000"), False, "3"),
        (Decimal("0.2500"), False, "0.25"),
        (None, True, ""),
        (True, False, "true"),
        (1234567, False, "1234567"),
        (-5, False, "-5"),
        (date(2024, 2, 29), False, "2024-02-29"),
        (datetime(2024, 2, 29, 8, 5), False, "2024-02-29 08:05:00"),
        (HOSTILE, False, f"'{HOSTILE}"),
        ("-10% coupon", False, "'-10% coupon"),
        ("10-inch ball", False, "10-inch ball"),
    ],
)
def test_a_value_as_text(value, money, text):
    assert cell(value, money) == text


def test_counts_and_ratios_are_not_money():
    assert [n for n in ("net_sales", "units_sold", "margin_ratio", "amount") if is_money(n)] == [
        "net_sales",
        "amount",
    ]


def test_rows_without_a_value_come_last():
    rows = [{"a": None, "b": 1}, {"a": 2, "b": None}, {"a": 2, "b": 0}]
    assert sort_rows(rows, ("a", "b")) == [rows[2], rows[1], rows[0]]


def test_a_table_that_is_not_built_is_named_with_what_to_do(warehouse, out):
    with pytest.raises(DeliveryError, match=r"reports\.rpt_daily_sales.*make build"):
        export_csv(warehouse)
    assert not (out / "daily_sales_summary.csv").exists()


def test_an_export_that_fails_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "sales.csv"
    path.write_text("yesterday")
    with pytest.raises(ZeroDivisionError), write_whole(path) as file:
        file.write("half of today")
        file.flush()
        assert path.read_text() == "yesterday"
        raise ZeroDivisionError
    assert path.read_text() == "yesterday"
    assert [p.name for p in tmp_path.iterdir()] == ["sales.csv"]


def test_a_folder_that_is_a_file_is_a_clear_message(tmp_path):
    (tmp_path / "out").write_text("not a folder")
    with (
        pytest.raises(DeliveryError, match="cannot be written"),
        write_whole(tmp_path / "out" / "sales.csv"),
    ):
        pass


def test_without_a_manifest_the_message_says_to_build(tmp_path):
    with pytest.raises(DeliveryError, match="make build"):
        read_deliveries("csv", tmp_path / "manifest.json")


def test_half_a_manifest_is_a_clear_message(tmp_path):
    (tmp_path / "manifest.json").write_text('{"nodes": {')
    with pytest.raises(DeliveryError, match="not whole"):
        read_deliveries("csv", tmp_path / "manifest.json")


@pytest.mark.parametrize(
    ("meta", "message"),
    [
        ({"file": "../escape.csv"}, "plain file name"),
        ({"file": ""}, "plain file name"),
        ({"model": "rpt_dayly_sales"}, "rpt_dayly_sales.*rpt_daily_sales"),
    ],
)
def test_an_exposure_that_cannot_be_delivered_is_named(tmp_path, meta, message):
    path = write_manifest(tmp_path)
    manifest = json.loads(path.read_text())
    exposure = manifest["exposures"]["exposure.tillhouse.daily_sales_summary"]
    exposure["config"]["meta"] |= meta
    path.write_text(json.dumps(manifest))
    with pytest.raises(DeliveryError, match=message) as refused:
        read_deliveries("csv", path)
    assert "daily_sales_summary" in str(refused.value)


def test_rows_are_ordered_by_what_the_exposure_says_and_then_by_the_key(tmp_path):
    path = write_manifest(tmp_path)
    manifest = json.loads(path.read_text())
    manifest["nodes"]["test.key"] = {
        "resource_type": "test",
        "attached_node": "model.tillhouse.rpt_product_performance",
        "test_metadata": {
            "name": "unique_combination_of_columns",
            "kwargs": {"combination_of_columns": ["business_id", "product_key", "currency"]},
        },
    }
    path.write_text(json.dumps(manifest))
    products = next(d for d in read_deliveries("csv", path) if d.name == "product_performance")
    assert products.order_by == ("business_id", "currency", "sales_rank", "product_key")
