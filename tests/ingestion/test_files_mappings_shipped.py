"""The mappings that come with the project, on small files of their tills, and a load with each."""

from __future__ import annotations

import csv
import gzip
import json
from datetime import date, time
from decimal import Decimal

import pytest

from ingestion.accounts import read_accounts
from ingestion.contract import Pull
from ingestion.load import load
from ingestion.sources import files
from tests.ingestion.file_drop import write_workbook

ENTITIES = {entity.name: entity for entity in files.ENTITIES}
AMBER = {
    "items.xlsx": {
        "Items": [
            ["Item No", "Description", "Brand", "Department", "Supplier", "Supplier Code",
             "Barcode", "Retail", "Cost", "Active", "Created"],
            [1006, "Wooden Train", "Acorn", "Toys", "North", "N-1", 9780000000002, 29.99, 14.5,
             "Y", date(2020, 5, 1)],
            [1007, "Kite", None, "Toys", None, None, None, "n/a", None, "N", None],
        ]
    },
    "customers.xlsx": {
        "Customers": [
            ["Cust No", "Name", "Company", "Email", "Phone", "Address", "City", "Province",
             "Postal Code", "Since"],
            [12, "Ann Lee", None, "ann@example.ca", "604-555-0101", "1 Elm St", "Vancouver", "BC",
             "V5K 0A1", "2020-05-01"],
        ]
    },
    "staff.xlsx": {"Staff": [["Staff No", "Name", "Role", "Active"], [3, "Bo", "Clerk", "Y"]]},
    "stock.xlsx": {"Stock": [["Item No", "On Hand", "Avg Cost"], [1006, -2, 14.5]]},
    "invoices_2022.xlsx": {
        "Invoices": [
            ["Invoice No", "Date", "Time", "Till", "Staff No", "Cust No", "Type", "Subtotal",
             "Discount", "GST", "PST", "Total", "Original Invoice"],
            [501, "2022-07-01", "10:15:00", 1, 3, 12, "SALE", 29.99, 0, 1.5, 2.1, 33.59, None],
            [502, date(2022, 12, 1), time(9, 5), 1, 3, None, "RETURN", -29.99, 0, -1.5, -2.1,
             -33.59, 501],
        ],
        "Lines": [
            ["Invoice No", "Line", "Item No", "Description", "Qty", "Unit Price", "Discount",
             "Amount"],
            [501, 1, 1006, "Wooden Train", 1, 29.99, 0, 29.99],
            [502, 1, 1006, "Wooden Train", 1, 29.99, 0, 29.99],
        ],
        "Payments": [
            ["Invoice No", "Payment No", "Tender", "Amount", "Date", "Time"],
            [501, 1, "VISA", 33.59, "2022-07-01", "10:15:00"],
        ],
    },
}  # fmt: skip


def write_amber(folder, drop=AMBER):
    folder.mkdir(exist_ok=True)
    for name, sheets in drop.items():
        write_workbook(folder / name, sheets)


def write_retail(path, header, *rows):
    with gzip.open(path, "wt", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])


@pytest.fixture
def amber(shop, tmp_path):
    """An account whose folder holds the small drop above."""
    write_amber(tmp_path / "amber")
    shop({"account_id": "amber", "source": "files", "path": tmp_path / "amber",
          "mapping": "amberpos"})  # fmt: skip
    return tmp_path / "amber"


def read(entity: str) -> tuple[dict[str, dict], Pull]:
    (account,) = read_accounts()
    pull = Pull()
    records = [r for batch in files.read(account, ENTITIES[entity], pull) for r in batch]
    return {r.record_id: json.loads(r.payload)["_mapped"] for r in records}, pull


def test_amberpos_sales_lines_and_payments(amber):
    sales, pull = read("sales")
    assert pull.snapshot
    assert sales["501"] == {
        "sale_id": "501", "receipt_number": "501", "register_id": "1", "employee_id": "3",
        "customer_id": "12", "sold_at": "2022-07-01T10:15:00-07:00", "status": "SALE",
        "net_amount": "29.99", "discount_amount": "0", "tax_amount": "3.6",
        "total_amount": "33.59", "is_return": "false",
    }  # fmt: skip
    back = sales["502"]
    assert (back["is_return"], back["return_of_sale_id"]) == ("true", "501")
    assert (back["sold_at"], back["tax_amount"]) == ("2022-12-01T09:05:00-08:00", "-3.6")
    lines, _ = read("sale_lines")
    assert lines["502|1"]["net_amount"] == "29.99"
    assert lines["501|1"]["line_number"] == "1"
    payments, _ = read("payments")
    assert payments["501|1"]["tender_name"] == "VISA"
    assert payments["501|1"]["paid_at"] == "2022-07-01T10:15:00-07:00"


def test_amberpos_items_people_and_stock(amber):
    products, pull = read("products")
    assert products["1006"] == {
        "product_id": "1006", "sku": "1006", "product_name": "Wooden Train", "brand": "Acorn",
        "category": "Toys", "supplier_name": "North", "supplier_code": "N-1",
        "barcode": "9780000000002", "price": "29.99", "cost": "14.5", "is_active": "true",
        "created_at": "2020-05-01T00:00:00-07:00",
    }  # fmt: skip
    (rejection,) = pull.rejections
    assert (rejection.sheet, rejection.row_number, rejection.column, rejection.value) == (
        "Items", 3, "Retail", "n/a",
    )  # fmt: skip
    assert read("customers")[0]["12"]["created_at"] == "2020-05-01T00:00:00-07:00"
    assert read("employees")[0]["3"]["is_active"] == "true"
    assert read("stock_levels")[0]["1006"]["quantity"] == "-2"


def test_the_online_retail_mapping_reads_both_headers(shop, tmp_path):
    old = ["Invoice", "StockCode", "Description", "Quantity", "InvoiceDate", "Price",
           "Customer ID", "Country"]  # fmt: skip
    new = ["InvoiceNo", *old[1:5], "UnitPrice", "CustomerID", "Country"]
    line = ["489434", "85048", "LIGHTS", "12", "2009-07-01 07:45:00", "6.955", "13085.0", "France"]
    write_retail(tmp_path / "a.csv.gz", old, line, line)
    debt = ["A563185", "B", "Adjust bad debt", "1", "2011-08-12 14:50:00", "-11062.06", "", "UK"]
    write_retail(
        tmp_path / "b.csv.gz", new, ["C536379", *line[1:3], "-1", *line[4:]], debt,
        ["1", "X", "", "5", "2011-08-12 14:50:00", "0.0", "", "UK"],
    )  # fmt: skip
    shop({"account_id": "gifts", "source": "files", "path": tmp_path, "mapping": "online_retail"})
    lines, pull = read("sale_lines")
    assert not pull.rejections
    assert set(lines) == {"489434|1", "489434|2", "C536379|1", "A563185|1", "1|1"}
    assert lines["489434|2"] == {
        "sale_id": "489434", "receipt_number": "489434", "product_id": "85048",
        "description": "LIGHTS", "quantity": "12", "sold_at": "2009-07-01T07:45:00+01:00",
        "unit_price": "6.955", "customer_id": "13085", "country": "France", "is_return": "false",
    }  # fmt: skip
    assert lines["C536379|1"]["is_return"] == "true"
    assert Decimal(lines["A563185|1"]["unit_price"]) == Decimal("-11062.06")
    assert "customer_id" not in lines["1|1"] and lines["1|1"]["unit_price"] == "0.0"


def test_a_drop_is_landed_replayed_and_replaced(amber, warehouse):
    def current(table: str) -> list[str]:
        with warehouse.connect() as db:
            rows = db.fetch(
                f"select record_id from raw_files.{table} where _dlt_valid_to is null order by 1"
            )
        return [row["record_id"] for row in rows]

    first = {row.entity: row for row in load(warehouse)}
    assert {row.status for row in first.values() if row.fetched} == {"success"}
    assert current("sales") == ["501", "502"] and current("products") == ["1006"]
    with warehouse.connect() as db:
        rejected = db.fetch(
            "select file, sheet, row_number, value from raw_tillhouse.rejected_records"
        )
    assert rejected == [{"file": "items.xlsx", "sheet": "Items", "row_number": 3, "value": "n/a"}]

    assert {row.status for row in load(warehouse)} == {"no_change"}

    invoices = AMBER["invoices_2022.xlsx"]
    shorter = {"Invoices": invoices["Invoices"][:2], "Lines": invoices["Lines"]}
    write_amber(amber, {"invoices_2022.xlsx": shorter})
    rows = {row.entity: row for row in load(warehouse)}
    assert (rows["sales"].status, rows["sales"].closed) == ("success", 1)
    assert rows["sale_lines"].status == "no_change"
    assert rows["payments"].status == "failed"
    assert 'no sheet "Payments"' in rows["payments"].error
    assert current("sales") == ["501"] and current("payments") == ["501|1"]
