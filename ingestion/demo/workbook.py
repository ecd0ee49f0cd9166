"""Excel workbooks that are the same bytes for the same rows."""

from __future__ import annotations

import re
import zipfile
from datetime import datetime
from io import BytesIO
from pathlib import Path

from openpyxl import Workbook

WRITTEN_AT = datetime(2023, 1, 2, 9, 0, 0)


def write_workbook(path: Path, sheets: dict[str, list[list]]) -> None:
    """Write `sheets` (name -> rows, the header first) to `path`."""
    book = Workbook(write_only=True)
    book.properties.created = WRITTEN_AT
    book.properties.creator = "AmberPOS"
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    buffer = BytesIO()
    book.save(buffer)
    _repack(buffer, path)


def _repack(buffer: BytesIO, path: Path) -> None:
    """Write the zip again with fixed times, in place of the moment of saving."""
    moment = f"{WRITTEN_AT:%Y-%m-%dT%H:%M:%SZ}".encode()
    with zipfile.ZipFile(buffer) as saved, zipfile.ZipFile(path, "w") as fixed:
        for name in sorted(saved.namelist(), key=lambda n: (n != "[Content_Types].xml", n)):
            content = saved.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", moment, content)
            entry = zipfile.ZipInfo(name, date_time=WRITTEN_AT.timetuple()[:6])
            entry.external_attr = 0o644 << 16
            fixed.writestr(entry, content, zipfile.ZIP_DEFLATED)
