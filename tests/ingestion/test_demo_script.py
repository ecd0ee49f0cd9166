"""`scripts.demo` against small tables with known agreements and disagreements."""

import io
import json

import pytest
from rich.console import Console

from scripts.demo import all_checks, main, report

TRUTH = {
    "accounts": {
        "amber_main": {
            "sales": 2, "lines": 3, "net_cents": 2500, "tax_cents": 300, "total_cents": 2800,
            "by_line_type": {"product": {"net_cents": 2000}, "postage": {"net_cents": 500}},
        },
        "lightspeed_main": {
            "sales": 2, "lines": 2, "net_cents": 1100, "tax_cents": 132, "total_cents": 1232,
            "by_line_type": {"product": {"net_cents": 1100}},
        },
    },
    "cloud_tills": {},
    "counted_once": {
        "sales": 3, "lines": 4, "net_cents": 2600, "tax_cents": 312, "total_cents": 2912,
    },
    "double_counts": {"exact": [{"amber_main": "1", "lightspeed_main": "x1"}], "near": []},
    "product_links": [
        {"amber_main": "10", "lightspeed_main": "p1", "shares": "barcode"},
        {"amber_main": "11", "lightspeed_main": "p2", "shares": "name"},
    ],
    "customer_links": [{"amber_main": ["C1", "C2"], "lightspeed_main": ["k1"], "shares": "email"}],
    "faults": [
        {"account_id": "amber_main", "entity": "products", "file": "items.xlsx", "sheet": "Items",
         "row": 21, "column": "Retail", "record_id": "99", "expect": "rejected"},
        {"account_id": "lightspeed_main", "entity": "products", "file": "products.jsonl",
         "sheet": "", "row": 5, "column": "supply_price", "record_id": "p9",
         "expect": "rejected"},
        {"account_id": "lightspeed_main", "entity": "sales", "file": "sales.jsonl", "sheet": "",
         "row": 2, "column": "id", "record_id": "x1", "expect": "last wins"},
    ],
}  # fmt: skip

TABLES = """
create schema marts; create schema intermediate; create schema raw_lightspeed_x;
create table marts.fct_transactions as select * from (values
    ('amber_main', '1', true, true, 10.00, 1.20, 11.20),
    ('amber_main', '2', true, true, 15.00, 1.80, 16.80),
    ('amber_main', '3', false, false, 70.00, 8.40, 78.40),
    ('lightspeed_main', 'x1', true, false, 10.00, 1.20, 11.20),
    ('lightspeed_main', 'x2', true, true, 1.00, 0.12, 1.12)
) as t (account_id, sale_id, is_revenue, is_counted, net_amount, tax_amount, total_amount);
create table marts.fct_sales as select * from (values
    ('amber_main', 'product', true, true, 10.00, 1.20, 11.20),
    ('amber_main', 'product', true, true, 10.01, 1.20, 11.21),
    ('amber_main', 'postage', true, true, 5.00, 0.60, 5.60),
    ('amber_main', 'rounding', true, true, -0.01, 0.00, -0.01),
    ('amber_main', 'product', false, false, 70.00, 8.40, 78.40),
    ('lightspeed_main', 'product', true, false, 10.00, 1.20, 11.20),
    ('lightspeed_main', 'product', true, true, 1.00, 0.12, 1.12)
) as t (account_id, line_type, is_revenue, is_counted, net_amount, tax_amount, total_amount);
create table marts.fct_double_counts as select
    'lightspeed_main' as account_id, 'x1' as sale_id, 'amber_main' as other_account_id,
    '1' as other_sale_id, 'excluded' as decision;
create table marts.product_links as select * from (values
    ('amber_main', '10', 'k'), ('lightspeed_main', 'p1', 'k'),
    ('amber_main', '11', 'l'), ('lightspeed_main', 'p2', 'm')
) as t (account_id, product_id, product_key);
create table marts.customer_links as select * from (values
    ('amber_main', 'C1', 'k'), ('amber_main', 'C2', 'k'), ('lightspeed_main', 'k1', 'k')
) as t (account_id, customer_id, customer_key);
create table intermediate.int_rejected_records as select * from (values
    ('amber_main', 'products', 'items.xlsx sheet Items row 21', 'price'),
    ('lightspeed_main', 'products', 'p9', 'supply_price')
) as t (account_id, entity, record_id, field);
create table raw_lightspeed_x.sales as select * from (values
    ('lightspeed_main', 'x1', cast('2024-01-01' as date)), ('lightspeed_main', 'x1', null)
) as t (account_id, record_id, _dlt_valid_to)
"""


@pytest.fixture
def db(warehouse):
    with warehouse.connect() as db:
        for statement in TABLES.split(";\n"):
            db.execute(statement)
        yield db


def compare(db):
    """Exit code, what differs (name -> difference) and the text."""
    screen = io.StringIO()
    checks = all_checks(db, TRUTH)
    code = report(Console(file=screen, width=120), checks, "a test")
    return code, {c.what: c.difference for c in checks if not c.is_ok}, screen.getvalue()


def test_agreeing_totals_end_well_and_a_missed_link_is_shown(db):
    code, differences, text = compare(db)
    assert code == 0
    assert differences == {"product links by name alone": "-1"}
    assert "Every total agrees to the cent." in text
    assert "left to a person" in text
    assert "see the other yellow lines" not in text


def test_one_cent_in_a_sale_is_an_error(db):
    db.execute("update marts.fct_transactions set net_amount = 14.99 where sale_id = '2'")
    code, differences, text = compare(db)
    assert code == 1
    assert differences["amber_main: net of the sales"] == "-0.01"
    assert differences["counted once: net of the sales"] == "-0.01"
    assert "2 totals differ" in text


def test_a_part_of_a_cent_is_an_error(db):
    db.execute("alter table marts.fct_transactions alter column tax_amount type numeric(18, 5)")
    db.execute("update marts.fct_transactions set tax_amount = 1.80001 where sale_id = '2'")
    code, differences, _ = compare(db)
    assert code == 1
    assert differences["amber_main: tax of the sales"] == "+0.01"


def test_a_line_of_another_type_is_an_error(db):
    db.execute("update marts.fct_sales set line_type = 'product' where line_type = 'postage'")
    code, differences, _ = compare(db)
    assert code == 1
    assert differences == {
        "amber_main: postage lines, net": "-5.00", "product links by name alone": "-1",
    }  # fmt: skip


def test_a_double_count_that_was_kept_changes_the_total(db):
    db.execute("update marts.fct_transactions set is_counted = true where sale_id = 'x1'")
    db.execute("update marts.fct_double_counts set decision = 'kept'")
    code, differences, _ = compare(db)
    assert code == 1
    assert differences["double counts, exact copies"] == "-1"
    assert differences["counted once: sales"] == "+1"
    assert differences["counted once: total of the sales"] == "+11.20"


def test_links_and_double_counts_that_are_none_are_shown(db):
    db.execute("update marts.product_links set product_key = 'k' where product_id = 'p2'")
    db.execute("insert into marts.fct_double_counts values"
               " ('lightspeed_main', 'x2', 'amber_main', '2', 'undecided')")  # fmt: skip
    code, differences, text = compare(db)
    assert code == 0
    assert differences["product links that are none"] == "+2"
    assert differences["double counts that are none"] == "+1"
    assert "see the other yellow lines" in text


def test_customers_of_one_till_are_told_apart_from_those_of_two(db):
    db.execute("update marts.customer_links set customer_key = 'z' where customer_id = 'C2'")
    _, differences, _ = compare(db)
    assert differences["customer links by one till"] == "-1"
    assert differences["customer links by e-mail"] == "-1"


def test_a_fault_that_is_not_listed_is_shown(db):
    db.execute("delete from intermediate.int_rejected_records where account_id = 'amber_main'")
    db.execute("update intermediate.int_rejected_records set field = 'name'")
    db.execute("update raw_lightspeed_x.sales set _dlt_valid_to = null")
    _, differences, _ = compare(db)
    assert differences["amber_main: faults listed"] == "-1"
    assert differences["lightspeed_main: faults listed"] == "-1"
    assert differences["lightspeed_main: ids given twice, standing once"] == "-1"


def test_without_the_truth_there_is_nothing_to_compare(tmp_path, capsys):
    assert main(["--truth", str(tmp_path / "truth.json")]) == 2
    assert "python -m ingestion.demo" in capsys.readouterr().out


def test_without_a_build_there_is_nothing_to_compare(warehouse, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("scripts.demo.open_warehouse", lambda target: warehouse)
    truth = tmp_path / "truth.json"
    truth.write_text(json.dumps(TRUTH), encoding="utf-8")
    assert main(["--truth", str(truth)]) == 2
    assert "python -m scripts.nightly" in capsys.readouterr().out
