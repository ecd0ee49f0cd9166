"""The AmberPOS side: what its back office exports to Excel, table by table."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from ingestion.demo.days import ZONE
from ingestion.demo.money import cents, dollars, dollars_of_cents, split_by_weight
from ingestion.demo.people import STAFF, Card, Person
from ingestion.demo.sale import KNOWN, Product, Sale
from ingestion.demo.shop import Shop
from ingestion.demo.workbook import write_workbook

ITEMS = (
    "Item No,Description,Brand,Department,Supplier,Supplier Code,Barcode,Retail,Cost,Active,Created"
)
CUSTOMERS = "Cust No,Name,Company,Email,Phone,Address,City,Province,Postal Code,Since"
STAFF_COLUMNS = "Staff No,Name,Role,Active"
INVOICES = (
    "Invoice No,Date,Time,Till,Staff No,Cust No,Type,Subtotal,Discount,GST,PST,Total,"
    "Original Invoice"
)
LINES = "Invoice No,Line,Item No,Description,Qty,Unit Price,Discount,Amount"
PAYMENTS = "Invoice No,Payment No,Tender,Amount,Date,Time"
STOCK = "Item No,On Hand,Avg Cost"
SHOWS_BARCODE = ("", "barcode")
SHOWS_SUPPLIER_CODE = ("", "barcode", "supplier_code")

Tables = dict[tuple[str, str], list[list]]


def amber_tables(shop: Shop, sales: list[Sale], on_hand: dict[str, int]) -> Tables:
    """Every sheet of every workbook as rows: (file, sheet) -> header and rows.

    `on_hand`: item number -> pieces in stock on the last day.
    """
    goods = [p for p in [*shop.products, *shop.specials.values()] if p.amber_no]
    cards = sorted(
        ((card, person) for person in shop.people for card in person.amber),
        key=lambda pair: int(pair[0].record_id[1:]),
    )
    tables: Tables = {
        ("items.xlsx", "Items"): [ITEMS.split(","), *map(_item, goods)],
        ("customers.xlsx", "Customers"): [
            CUSTOMERS.split(","), *(_customer(card, person) for card, person in cards)
        ],
        ("staff.xlsx", "Staff"): [
            STAFF_COLUMNS.split(","),
            *([i, name, role, "Y"] for i, (name, role) in enumerate(STAFF, start=1)),
        ],
        ("stock.xlsx", "Stock"): [
            STOCK.split(","),
            *([_number(p.amber_no), on_hand[p.amber_no], dollars(p.cost)]
              for p in goods if p.amber_no in on_hand),
        ],
    }  # fmt: skip
    for sale in sales:
        if sale.till == "amber":
            _add_invoice(tables, sale)
    return tables


def write_amber(folder: Path, tables: Tables) -> None:
    """Write the tables as workbooks into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    books: dict[str, dict[str, list[list]]] = {}
    for (file, sheet), rows in tables.items():
        books.setdefault(file, {})[sheet] = rows
    for file, sheets in books.items():
        write_workbook(folder / file, sheets)


def _number(item_no: str) -> int | str:
    """Excel keeps item numbers as numbers, words as text."""
    return int(item_no) if item_no.isdigit() else item_no


def _item(product: Product) -> list:
    gone = not product.lightspeed_id and int(product.amber_no) % 3 == 0
    return [
        _number(product.amber_no), product.amber_name, product.brand, product.category,
        product.supplier,
        product.supplier_code if product.shares in SHOWS_SUPPLIER_CODE else "",
        product.barcode if product.shares in SHOWS_BARCODE else "",
        dollars(product.price), dollars(product.cost), "N" if gone else "Y",
        product.created.isoformat(),
    ]  # fmt: skip


def _customer(card: Card, person: Person) -> list:
    address = [person.street, person.city, "BC", person.postcode] if card.has_address else [""] * 4
    return [
        card.record_id, f"{card.first} {card.last}", card.company, card.email, card.phone,
        *address, card.since.isoformat(),
    ]  # fmt: skip


def _add_invoice(tables: Tables, sale: Sale) -> None:
    """Add header, lines and payments to the workbook of the sale's year.

    The 2021 workbook holds dates as text, the 2022 one (after an update of the till) as dates.
    """
    local = sale.at.astimezone(ZONE)
    file = f"invoices_{local.year}.xlsx"
    invoices = tables.setdefault((file, "Invoices"), [INVOICES.split(",")])
    lines = tables.setdefault((file, "Lines"), [LINES.split(",")])
    payments = tables.setdefault((file, "Payments"), [PAYMENTS.split(",")])
    number = int(sale.number)
    discount = -sum(line.net for line in sale.lines if line.product.line_type == "discount")
    original = sale.return_of.number if sale.return_of else ""
    invoices.append([
        number, _day(local.date()), f"{local:%H:%M:%S}", 1 + number % 2, sale.staff + 1,
        sale.person.amber[number % len(sale.person.amber)].record_id if sale.person else "",
        _type(sale),
        dollars_of_cents(sale.net_cents), dollars(discount),
        dollars_of_cents(sale.gst_cents), dollars_of_cents(sale.pst_cents),
        dollars_of_cents(sale.total_cents), int(original) if original else "",
    ])  # fmt: skip
    lines.extend([number, *line] for line in invoice_lines(sale))
    for i, tender in enumerate(sale.tenders, start=1):
        paid = tender.at.astimezone(ZONE)
        payments.append([
            number, i, tender.name, dollars_of_cents(tender.cents), _day(paid.date()),
            f"{paid:%H:%M:%S}",
        ])  # fmt: skip


def _day(day: date) -> str | date:
    return day.isoformat() if day.year == 2021 else day


def _type(sale: Sale) -> str:
    if sale.status == "VOIDED":
        return "VOID"
    if sale.status.startswith("LAYBY"):
        return "LAYBY"
    if sale.status not in KNOWN:
        return sale.status
    return "RETURN" if sale.total_cents < 0 else "SALE"


def invoice_lines(sale: Sale) -> list[list]:
    """Line rows without the invoice number: amounts to the cent, positive on returns too.

    A discount on the order is taken off the lines by their share; `Discount` holds it with the
    line's own, so that Qty x Unit Price - Discount = Amount wherever prices have two decimals.
    """
    goods = [line for line in sale.lines if line.product.line_type != "discount"]
    off = -sum(cents(line.net) for line in sale.lines if line.product.line_type == "discount")
    sign = -1 if sale.total_cents < 0 else 1
    shares = split_by_weight(off, [cents(abs(line.net)) for line in goods])
    rows = []
    for i, (line, share) in enumerate(zip(goods, shares, strict=True), start=1):
        shelf_price = abs(line.unit_price) + line.unit_discount
        quantity = abs(line.quantity)
        amount = sign * cents(line.net) - share
        rows.append([
            i, _number(line.product.amber_no), line.product.amber_name, quantity,
            dollars(shelf_price), dollars_of_cents(cents(shelf_price * quantity) - amount),
            dollars_of_cents(amount),
        ])  # fmt: skip
    return rows
