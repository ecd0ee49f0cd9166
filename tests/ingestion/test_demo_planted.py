"""Everything that the demo says it planted is in its files, and nothing hangs in the air."""

import json
import re
from collections import Counter

import pytest

from ingestion.demo import write_demo
from tests.ingestion.demo_reader import DemoFiles, to_cents

AMBER, LIGHTSPEED = "amber_main", "lightspeed_main"


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    return DemoFiles(folder, write_demo(folder, sales=600, seed=11))


@pytest.fixture(scope="module")
def items(demo):
    return {str(r["Item No"]).removesuffix(".0"): r for r in demo.table("items.xlsx", "Items")}


@pytest.fixture(scope="module")
def products(demo):
    return demo.records("products")


def lines_of(demo, products, sku):
    return [
        (sale, line)
        for sale in demo.sales.values()
        for line in sale["line_items"]
        if products[line["product_id"]]["sku"] == sku
    ]


def test_every_status_and_type_occurs(demo):
    assert {r["Type"] for r in demo.invoices.values()} == {
        "SALE", "RETURN", "LAYBY", "VOID", "QUOTE",
    }  # fmt: skip
    assert {s["status"] for s in demo.sales.values()} == {
        "CLOSED", "VOIDED", "SAVED", "LAYBY", "LAYBY_CLOSED", "ONACCOUNT", "ONACCOUNT_CLOSED",
        "MISLAID",
    }  # fmt: skip


def test_unknown_statuses_carry_no_money(demo):
    assert [r["Total"] for r in demo.invoices.values() if r["Type"] == "QUOTE"] == [0]
    mislaid = [s for s in demo.sales.values() if s["status"] == "MISLAID"]
    assert [(s["total_price"], s["total_tax"]) for s in mislaid] == [(0, 0)]


def test_returns_name_the_sale_they_undo(demo):
    returns = [s for s in demo.sales.values() if s["return_for"]]
    assert len(returns) >= 3
    for sale in returns:
        assert sale["total_price"] < 0
        assert all(line["is_return"] for line in sale["line_items"])
        assert sale["id"] in demo.sales[sale["return_for"]]["return_ids"]
        assert demo.sales[sale["return_for"]]["sale_date"] < sale["sale_date"]
    originals = [r for r in demo.invoices.values() if r["Original Invoice"]]
    assert len(originals) >= 3
    for row in originals:
        assert row["Type"] == "RETURN"
        assert int(row["Original Invoice"]) in demo.invoices


@pytest.mark.parametrize("sku", ["gift-card", "vend-discount", "POSTAGE", "FEE", "BAD-DEBT"])
def test_lightspeed_has_lines_that_are_no_goods(demo, products, sku):
    lines = lines_of(demo, products, sku)
    assert lines
    taxes = {line["total_tax"] for _, line in lines}
    amounts = [line["total_price"] for _, line in lines]
    if sku in ("gift-card", "BAD-DEBT"):
        assert taxes == {0}
    if sku in ("vend-discount", "BAD-DEBT"):
        assert max(amounts) < 0
    assert not any(line["is_return"] for _, line in lines)


@pytest.mark.parametrize("item", ["GIFT-CARD", "POSTAGE", "FEE", "BAD-DEBT"])
def test_amber_has_lines_that_are_no_goods(demo, item):
    assert [r for r in demo.invoice_sheets("Lines")
            if r["Item No"] == item and r["Invoice No"] in demo.invoices]  # fmt: skip


def test_hard_lines_occur_in_both_tills(demo):
    lines = [line for sale in demo.sales.values() for line in sale["line_items"]]
    rows = demo.invoice_sheets("Lines")
    assert [x for x in lines if x["quantity"] == 60 and str(x["unit_price"]) == "10.90909"]
    assert [r for r in rows if r["Qty"] == 60 and r["Unit Price"] == 10.90909]
    assert [x for x in lines if x["unit_price"] == 0]
    assert [r for r in rows if r["Unit Price"] == 0]
    assert [x for x in lines if str(x["unit_discount"]) == "4.46429"]
    assert [s for s in demo.sales.values() if not s["line_items"] and s["status"] == "CLOSED"]
    mixed = [s for s in demo.sales.values() if {x["is_return"] for x in s["line_items"]} == {0, 1}]
    assert mixed
    assert [r for r in demo.invoices.values() if r["Discount"] > 0]


def test_tenders_of_every_kind_occur(demo):
    names = {p["name"] for s in demo.sales.values() for p in s["payments"]}
    assert names >= {"Cash", "Cash Rounding", "Gift Card", "Visa", "Debit", "Write-off"}
    assert [s for s in demo.sales.values()
            if {p["name"] for p in s["payments"]} >= {"Cash", "Visa"}]  # fmt: skip
    assert {r["Tender"] for r in demo.invoice_sheets("Payments")} >= names - {"Online Payments"}
    assert [s for s in demo.sales.values() if not s["customer_id"]]
    cards = {r["number"]: r for r in demo.records("gift_cards").values()}
    for sale in demo.sales.values():
        for payment in sale["payments"]:
            if payment["name"] == "Gift Card":
                (attribute,) = payment["external_attributes"]
                assert cards[attribute["value"]]["total_redeemed"] >= payment["amount"]
    assert all(card["balance"] >= 0 for card in cards.values())


def test_everything_referred_to_exists(demo, products, items):
    customers, users = demo.records("customers"), demo.records("users")
    registers, types = demo.records("registers"), demo.records("payment_types")
    taxes = demo.records("taxes")
    for sale in demo.sales.values():
        assert sale["user_id"] in users
        assert sale["register_id"] in registers
        assert sale["customer_id"] is None or sale["customer_id"] in customers
        for line in sale["line_items"]:
            assert line["product_id"] in products
            assert line["tax_id"] in taxes
        assert all(p["retailer_payment_type_id"] in types for p in sale["payments"])
    for product in products.values():
        assert product["brand_id"] is None or product["brand_id"] in demo.records("brands")
    stocked = {r["product_id"] for r in demo.records("inventory").values()}
    assert stocked == {p["id"] for p in products.values() if p["has_inventory"]}
    assert {x[1] for x in demo.records("outlet_taxes")} == set(products)
    numbers = {r["Cust No"] for r in demo.table("customers.xlsx", "Customers")}
    for row in demo.invoices.values():
        assert row["Cust No"] == "" or row["Cust No"] in numbers
    for row in demo.invoice_sheets("Lines"):
        assert str(row["Item No"]).removesuffix(".0") in items


def test_versions_rise_and_are_never_given_twice(demo):
    seen = Counter()
    for path in sorted((demo.folder / "lightspeed").glob("*.jsonl")):
        versions = [r.get("version") for r in demo.records(path.stem).values()]
        versions = [v for v in versions if v is not None]
        assert versions == sorted(versions), path.name
        assert all(len(str(v)) == 11 for v in versions)
        seen.update(versions)
    assert max(seen.values()) == 1


def test_stock_is_what_came_in_less_what_was_sold(demo, products):
    level = Counter()
    for line in demo.lines("consignment_products"):
        record = json.loads(line)
        assert record["consignment_id"] in demo.records("consignments")
        level[record["product_id"]] += int(float(record["received"]))
    for sale in demo.sales.values():
        if sale["status"] not in ("VOIDED", "SAVED"):
            for line in sale["line_items"]:
                level[line["product_id"]] -= line["quantity"]
    for record in demo.records("inventory").values():
        assert record["inventory_level"] == level[record["product_id"]]


def test_every_fault_stands_where_the_truth_says(demo):
    faults = demo.truth["faults"]
    assert Counter(f["account_id"] for f in faults) == {AMBER: 11, LIGHTSPEED: 7}
    for fault in faults:
        if fault["account_id"] == AMBER:
            rows = demo.sheet(fault["file"], fault["sheet"])
            value = rows[fault["row"] - 1][rows[0].index(fault["column"])]
            assert str(value).removesuffix(".0") == fault["value"]
            continue
        line = demo.lines(fault["file"].removesuffix(".jsonl"))[fault["row"] - 1]
        if not fault["column"]:
            with pytest.raises(json.JSONDecodeError):
                json.loads(line)
        else:
            assert str(json.loads(line).get(fault["column"], "")) == fault["value"]


def test_records_given_twice_differ_and_the_later_is_right(demo):
    twice = [f for f in demo.truth["faults"] if f["expect"] == "last wins"]
    assert len(twice) == 3
    for fault in twice:
        if fault["account_id"] == LIGHTSPEED:
            found = [x for x in demo.lines("sales") if x.startswith(f'{{"id": "{fault["value"]}"')]
            stale, right = (json.loads(x) for x in found)
            assert stale["version"] < right["version"]
        else:
            rows = demo.table(fault["file"], fault["sheet"])
            key = [r for r in rows if str(r[fault["column"]]).removesuffix(".0") == fault["value"]]
            stale, right = key
        assert stale != right


def test_product_links_share_what_the_truth_says(demo, products, items):
    links = demo.truth["product_links"]
    kinds = Counter(link["shares"] for link in links)
    assert set(kinds) == {"special", "barcode", "supplier_code", "sku", "name"}
    assert min(kinds.values()) >= 2
    for link in links:
        item, product = items[link[AMBER]], products[link[LIGHTSPEED]]
        codes = {c["code"] for c in product["product_codes"] if c["type"] == "EAN"}
        shared = {
            "barcode": item["Barcode"] in codes,
            "supplier_code": bool(item["Supplier Code"])
            and item["Supplier Code"] == product["supplier_code"],
            "sku": link[AMBER].lower() == product["sku"].lower(),
        }
        found = {kind for kind, is_shared in shared.items() if is_shared}
        expected = {"special": {"sku"}, "name": set()}.get(link["shares"], {link["shares"]})
        if link["shares"] == "special":
            assert link[AMBER].upper() == product["sku"].upper()
        else:
            assert found == expected


def test_old_item_numbers_name_other_products_in_lightspeed(demo, products, items):
    linked = {(link[AMBER], link[LIGHTSPEED]) for link in demo.truth["product_links"]}
    traps = demo.truth["not_links"]["products"]
    assert traps
    for trap in traps:
        assert products[trap[LIGHTSPEED]]["sku"] == trap[AMBER]
        assert trap[AMBER] in items
        assert (trap[AMBER], trap[LIGHTSPEED]) not in linked
    skus = [p["sku"] for p in products.values()]
    assert len(skus) == len(set(skus))


def test_customer_links_share_what_the_truth_says(demo):
    old = {r["Cust No"]: r for r in demo.table("customers.xlsx", "Customers")}
    new = demo.records("customers")
    kinds = Counter()
    for link in demo.truth["customer_links"]:
        kinds["within one till"] += max(len(link[AMBER]), len(link[LIGHTSPEED])) > 1
        if not (link[AMBER] and link[LIGHTSPEED]):
            continue
        kinds[link["shares"]] += 1
        one, other = old[link[AMBER][0]], new[link[LIGHTSPEED][0]]
        same_email = one["Email"].lower() == (other["email"] or "").lower()
        digits = re.sub(r"\D", "", other["phone"] or other["mobile"] or "")[-10:]
        same_phone = re.sub(r"\D", "", one["Phone"])[-10:] == digits
        assert same_email == (link["shares"] in ("email", "both"))
        if one["Cust No"] not in household_cards(demo):
            assert same_phone == (link["shares"] in ("phone", "both"))
    assert set(kinds) == {"email", "phone", "both", "address", "within one till"}


def household_cards(demo):
    pairs = demo.truth["not_links"]["customers"]
    return {card for pair in pairs for card in [*pair["one"], *pair["other"]]}


def test_double_counts_are_in_both_files(demo):
    double = demo.truth["double_counts"]
    assert len(double["near"]) >= 2
    for kind, pairs in double.items():
        for pair in pairs:
            row, sale = demo.invoices[int(pair[AMBER])], demo.sales[pair[LIGHTSPEED]]
            total = to_cents(sale["total_price"]) + to_cents(sale["total_tax"])
            assert total == to_cents(row["Total"]) == pair["total_cents"]
            assert (sale["receipt_number"] == pair[AMBER]) == (kind == "exact")
            assert (pair["sold_at"] == pair["copied_at"]) == (kind == "exact")
            assert sale["sale_date"] == pair["copied_at"]


def test_nobody_is_real(demo):
    old = demo.table("customers.xlsx", "Customers")
    new = list(demo.records("customers").values())
    for email in [*(r["Email"] for r in old), *(r.get("email") for r in new)]:
        assert not email or re.search(r"@example\.(com|ca|org)$", email.lower())
    for phone in [*(r["Phone"] for r in old), *(r.get("phone") for r in new)]:
        assert not phone or re.search(r"55501\d\d$", re.sub(r"\D", "", str(phone)))


def test_closures_hold_what_the_front_register_took(demo):
    planted = demo.truth["reported"][LIGHTSPEED]
    closures = [json.loads(line) for line in demo.lines("register_closures")]
    assert len(closures) == planted["days"]
    (register,) = {closure["register_id"] for closure in closures}
    taken = Counter()
    for sale in demo.sales.values():
        for payment in sale["payments"]:
            for closure in closures:
                opened, closed = closure["register_open_time"], closure["register_close_time"]
                if sale["register_id"] == register and opened <= payment["payment_date"] < closed:
                    taken[payment["name"]] += to_cents(payment["amount"])
    told = Counter()
    for closure in closures:
        for payment in closure["payments"]:
            told[payment["payment_type_name"]] += to_cents(payment["total"])
    taken["Visa"] += planted["changed after closing"]
    assert {n: c for n, c in told.items() if c} == {n: c for n, c in taken.items() if c}
    assert planted["edited_sale"] in demo.sales
