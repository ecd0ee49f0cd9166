"""Reads the demo's files with other tools than those that wrote them, for its tests."""

import json
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from pathlib import Path

from python_calamine import CalamineWorkbook

CENT = Decimal("0.01")


def to_cents(amount) -> int:
    """Dollars (number or text) to whole cents, halves away from zero."""
    return int(Decimal(str(amount)).quantize(CENT, ROUND_HALF_UP) * 100)


@dataclass
class DemoFiles:
    folder: Path
    truth: dict

    def lines(self, entity):
        """The lines of one JSONL file, as text."""
        path = self.folder / "lightspeed" / f"{entity}.jsonl"
        return path.read_text(encoding="utf-8").split("\n")[:-1]

    def records(self, entity):
        """Readable records by id, the last of one id winning, numbers exact."""
        found = {}
        for line in self.lines(entity):
            try:
                record = json.loads(line, parse_float=Decimal)
            except json.JSONDecodeError:
                continue
            owner = record.get("outlet_id") or record.get("consignment_id")
            found[record.get("id") or (owner, record.get("product_id"))] = record
        return found

    @cached_property
    def sales(self):
        return self.records("sales")

    def sheet(self, file, sheet):
        """Rows of one sheet as lists, the header first, blank rows kept."""
        book = CalamineWorkbook.from_path(self.folder / "amber" / file)
        return book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)

    def table(self, file, sheet):
        """Rows of one sheet as dicts by column."""
        header, *rows = self.sheet(file, sheet)
        return [dict(zip(header, row, strict=True)) for row in rows]

    def invoice_sheets(self, sheet):
        """One sheet of both years' invoice workbooks."""
        return [row for year in (2021, 2022) for row in self.table(f"invoices_{year}.xlsx", sheet)]

    @cached_property
    def invoices(self):
        """Readable AmberPOS invoices by number, the last of one number winning."""
        rows = self.invoice_sheets("Invoices")
        return {int(r["Invoice No"]): r for r in rows if "2021-13-45" != str(r["Date"])}
