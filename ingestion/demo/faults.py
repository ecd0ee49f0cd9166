"""Rows and values that are wrong, planted so that no money hangs on them, each one listed.

Where a fault would take a sale with it, the whole sale is broken (and counts nowhere), the
sale is void, or the right record follows the wrong one; the totals stay certain.
"""

from __future__ import annotations

import json
from pathlib import Path

from ingestion.demo.amber import Tables
from ingestion.demo.sale import Sale, make_line
from ingestion.demo.truth import AMBER, LIGHTSPEED
from ingestion.demo.versions import unused_version

BROKEN_INVOICE = 999_001
REJECTED, LAST_WINS, LISTED = "rejected", "last wins", "listed"
UNKNOWN_STATUS = {"amber": "QUOTE", "lightspeed": "MISLAID"}


def plant_unknown_statuses(sales: list[Sale]) -> list[Sale]:
    """Give one void sale of each till a status that nobody knows, and no money; returns them."""
    changed = []
    for till, status in UNKNOWN_STATUS.items():
        sale = next(s for s in sales if s.till == till and s.special == "void")
        sale.status = status
        sale.lines = [make_line(line.product, line.quantity, 0) for line in sale.lines]
        changed.append(sale)
    return changed


def plant_in_amber(tables: Tables, unknown: Sale) -> list[dict]:
    """Put wrong rows into the AmberPOS tables; returns where they are, rows as Excel counts."""
    book = _AmberFaults(tables)
    items, customers, stock = ("items.xlsx", "Items"), ("customers.xlsx", "Customers"), (
        "stock.xlsx", "Stock")  # fmt: skip
    book.insert(items, 20, ["", "Mystery Box", "Otterly", "Games", "", "", "", 9.99, 4, "Y",
                            "2022-03-01"], "Item No", "products", "", "no item number")  # fmt: skip
    book.insert(items, 31, [99001, "Window display, not for sale", "", "", "", "", "",
                            "ask Wendell", 0, "N", "2021-05-11"],
                "Retail", "products", "99001", "text in a price")  # fmt: skip
    book.insert(customers, 12, ["C9001", "Ines Mudflatter", "", "", "", "", "", "", "",
                                "2022-02-30"],
                "Since", "customers", "C9001", "a day that does not exist")  # fmt: skip
    book.insert(stock, 15, [99001, "1O", 0], "On Hand", "stock_levels", "99001",
                "the letter O in a number")  # fmt: skip
    stale = list(tables[customers][8])
    stale[4] = "604-555-0199"
    book.insert(customers, 5, stale, "Cust No", "customers", str(stale[0]),
                "one number twice: the later row is right", LAST_WINS)  # fmt: skip
    _plant_in_invoices(book, unknown)
    return book.faults


def _plant_in_invoices(book: _AmberFaults, unknown: Sale) -> None:
    invoices, lines, payments = (
        ("invoices_2021.xlsx", sheet) for sheet in ("Invoices", "Lines", "Payments")
    )
    number, reason = str(BROKEN_INVOICE), "the whole invoice is broken"
    book.insert(invoices, 40, [BROKEN_INVOICE, "2021-13-45", "11:02:00", 1, 2, "", "SALE", 12, 0,
                               0.6, 0.84, 13.44, ""],
                "Date", "sales", number, f"a bad date; {reason}")  # fmt: skip
    book.insert(lines, 90, [BROKEN_INVOICE, 1, "FEE", "Manual fee", 1, 12, 0, "twelve"],
                "Amount", "sale_lines", number, f"text in an amount; {reason}")  # fmt: skip
    book.insert(payments, 41, [BROKEN_INVOICE, 1, "Visa", "13,4A", "2021-02-02", "11:02:00"],
                "Amount", "payments", number, f"a malformed number; {reason}")  # fmt: skip
    stale = list(book.tables[invoices][60])
    stale[7], stale[11] = 1, 1.12
    book.insert(invoices, 60, stale, "Invoice No", "sales", str(stale[0]),
                "one invoice twice: the later row is right", LAST_WINS)  # fmt: skip
    voided = {row[0] for row in book.tables[invoices] if row[6] == "VOID"}
    row = next(i for i, row in enumerate(book.tables[lines]) if row[0] in voided)
    book.change(lines, row, "Unit Price", "free!", "sale_lines",
                str(book.tables[lines][row][0]), "text in a price, on a void invoice")  # fmt: skip
    sheet = (f"invoices_{unknown.at.year}.xlsx", "Invoices")
    row = next(i for i, r in enumerate(book.tables[sheet]) if str(r[0]) == unknown.number)
    book.note(sheet, row, "Type", unknown.status, "sales", unknown.number,
              "a status that nobody knows", LISTED)  # fmt: skip


class _AmberFaults:
    """Inserts and changes rows; keeps earlier places right when a row comes in above them."""

    def __init__(self, tables: Tables) -> None:
        self.tables, self.faults = tables, []

    def note(
        self, sheet: tuple[str, str], row: int, column: str, value: object, entity: str,
        record_id: str, what: str, expect: str = REJECTED,
    ) -> None:  # fmt: skip
        """List a fault in the table's row `row` (0 is the header)."""
        self.faults.append({
            "account_id": AMBER, "file": sheet[0], "sheet": sheet[1], "row": row + 1,
            "column": column, "value": str(value), "what": what, "expect": expect,
            "entity": entity, "record_id": record_id,
        })  # fmt: skip

    def insert(
        self, sheet: tuple[str, str], row: int, values: list, column: str, entity: str,
        record_id: str, what: str, expect: str = REJECTED,
    ) -> None:  # fmt: skip
        """Put a whole wrong row in front of row `row`."""
        row = min(row, len(self.tables[sheet]))
        for fault in self.faults:
            if (fault["file"], fault["sheet"]) == sheet and fault["row"] > row:
                fault["row"] += 1
        self.tables[sheet].insert(row, values)
        value = values[self.tables[sheet][0].index(column)]
        self.note(sheet, row, column, value, entity, record_id, what, expect)

    def change(
        self, sheet: tuple[str, str], row: int, column: str, value: object, entity: str,
        record_id: str, what: str,
    ) -> None:  # fmt: skip
        """Make one cell wrong."""
        self.tables[sheet][row][self.tables[sheet][0].index(column)] = value
        self.note(sheet, row, column, value, entity, record_id, what)


def plant_in_lightspeed(folder: Path, unknown: Sale) -> list[dict]:
    """Break lines of a written export; returns where, with line numbers of the files."""
    faults: list[dict] = []

    def note(entity: str, row: int, column: str, value: object, record_id: str, what: str,
             expect: str = REJECTED) -> None:  # fmt: skip
        faults.append({
            "account_id": LIGHTSPEED, "file": f"{entity}.jsonl", "sheet": "", "row": row + 1,
            "column": column, "value": str(value), "what": what, "expect": expect,
            "entity": entity, "record_id": record_id,
        })  # fmt: skip

    sales = _read(folder, "sales")
    last = json.loads(sales[-3])
    stale = last | {"total_price": 1, "version": unused_version(last["version"])}
    sales.insert(len(sales) - 3, json.dumps(stale, ensure_ascii=False))
    note("sales", len(sales) - 5 + 1, "id", last["id"], last["id"],
         "one sale twice: the later line is right", LAST_WINS)  # fmt: skip
    half = sales[24][: len(sales[24]) * 3 // 5]
    sales.insert(24, half)
    faults[-1]["row"] += 1
    note("sales", 24, "", half[:40], "", "a line cut off; the same sale follows whole")
    row = next(i for i, line in enumerate(sales) if f'"id": "{unknown.sale_id}"' in line[:60])
    note("sales", row, "status", unknown.status, unknown.sale_id,
         "a status that nobody knows", LISTED)  # fmt: skip
    _write(folder, "sales", sales)

    for entity, row, column, value, what in (
        ("products", 17, "supply_price", "12.5O", "a malformed number"),
        ("inventory", 9, "average_cost", "n/a", "text in a number"),
        ("customers", 11, "created_at", "2023-02-30T20:00:00+00:00", "a day that does not exist"),
    ):
        lines = _read(folder, entity)
        record = json.loads(lines[row])
        record[column] = value
        lines[row] = json.dumps(record, ensure_ascii=False)
        note(entity, row, column, value, record["id"], what)
        _write(folder, entity, lines)
    lines = _read(folder, "customers")
    version = unused_version(json.loads(lines[20])["version"])
    lines.insert(20, json.dumps({"name": "No Body", "version": version}))
    note("customers", 20, "id", "", "", "a record without an id")
    _write(folder, "customers", lines)
    return faults


def _read(folder: Path, entity: str) -> list[str]:
    return (folder / f"{entity}.jsonl").read_text(encoding="utf-8").split("\n")[:-1]


def _write(folder: Path, entity: str, lines: list[str]) -> None:
    text = "\n".join(lines) + "\n"
    (folder / f"{entity}.jsonl").write_text(text, encoding="utf-8", newline="\n")
