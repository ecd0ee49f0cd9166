"""A folder of files with a column mapping, for the tests of its reader."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import openpyxl
import yaml

from ingestion.accounts import Account
from ingestion.contract import Pull
from ingestion.sources import files

ENTITIES = {entity.name: entity for entity in files.ENTITIES}
LINES = {
    "files": "lines*.csv",
    "columns": {"sale_id": "No", "quantity": "Qty", "unit_price": "Price", "sold_at": "Date"},
}
HEADER = ["No", "Qty", "Price", "Date", "Note"]
DAY = "2022-03-01 10:15"


def write_workbook(path: Path, sheets: dict[str, list[list]]) -> Path:
    """An Excel file of these sheets, title -> rows."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


class Drop:
    """A folder of files with a mapping: write files, then read an entity."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "drop"
        self.folder.mkdir()
        self.mapping_file = folder / "till.yml"
        self.map(sale_lines=LINES)

    def map(self, mode="snapshot", returns=None, date_formats=None, **entities) -> None:
        tree = {"name": "Till", "mode": mode, "entities": entities}
        tree["date_formats"] = date_formats or ["%Y-%m-%d %H:%M"]
        tree |= {"returns": returns} if returns else {}
        self.mapping_file.write_text(yaml.safe_dump(tree), encoding="utf-8")

    def csv(self, name: str, *rows: list, header=HEADER) -> Path:
        path = self.folder / name
        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([header, *rows])
        return path

    def workbook(self, name: str, **sheets: list[list]) -> Path:
        return write_workbook(self.folder / name, sheets)

    def account(self, path: str = "") -> Account:
        return Account(
            *("till", "shop", "files", "Till", "Here", "America/Vancouver", "00:00", "CAD"),
            *("files", path or str(self.folder), str(self.mapping_file), "", "", "false"),
        )

    def read(self, entity="sale_lines", pull: Pull | None = None, account=None):
        pull = pull or Pull()
        batches = files.read(account or self.account(), ENTITIES[entity], pull)
        records = [record for batch in batches for record in batch]
        return [(r.record_id, json.loads(r.payload)) for r in records], pull
