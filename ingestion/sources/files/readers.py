"""Files to tables: a header and its rows, from CSV text or a workbook's sheet.

`open_table(path, layout)` gives a `Table`; what is not what it says (a workbook that is no
workbook, a CSV in another encoding, a truncated archive) raises SourceError with the mend.
"""

from __future__ import annotations

import codecs
import csv
import difflib
import gzip
import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import openpyxl
from openpyxl.utils import get_column_letter
from python_calamine import CalamineError, CalamineWorkbook

from ingestion.contract import SourceError
from ingestion.sources.files.cells import cell_text

TEXT_ENDINGS = (".csv", ".tsv", ".txt", ".csv.gz", ".tsv.gz", ".txt.gz")
WORKBOOK_ENDINGS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
CUT_OFF = "the file was cut off"
OWN_NAMES = ("_mapped", "_source")  # payload fields of ours that a column may not take
BOMS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}

# (row number as a spreadsheet counts, cells, what is wrong with the row as a whole or "")
Row = tuple[int, list, str]


@dataclass(frozen=True)
class Layout:
    """How to read a file: encoding and delimiter are for text, the sheet for workbooks."""

    encoding: str = "utf-8"
    delimiter: str = ","
    sheet: str = ""
    header_row: int = 1


@dataclass(frozen=True)
class Table:
    """One sheet or text file. `columns` are unique; every row has as many cells as columns."""

    file: str
    sheet: str
    columns: list[str]
    repeated: set[str]
    rows: Iterator[Row]

    @property
    def place(self) -> str:
        """File and sheet, as messages name them."""
        return f"{self.file} sheet {self.sheet}" if self.sheet else self.file


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """` Did you mean "..."?`, or nothing when no known word is close."""
    by_lower = {name.lower(): name for name in known}
    close = difflib.get_close_matches(word.lower(), by_lower, n=1, cutoff=0.5)
    return f' Did you mean "{by_lower[close[0]]}"?' if close else ""


def told_columns(columns: Iterable[str], expected: Iterable[str]) -> str:
    """` Its columns: ...`; of a first line that holds no expected column, nothing is quoted: it may
    be a record, and hold a customer's name.
    """
    columns = list(columns)
    if {name.lower() for name in columns}.isdisjoint(name.lower() for name in expected):
        return " Its first line seems to be no header line: export it again, with column names."
    return f" Its columns: {', '.join(columns)}."


def delimiter_hint(table: Table, mend: str) -> str:
    """` The cells seem to be parted by ";": ...`, of a header that is one cell: it was cut at the
    wrong sign. Otherwise nothing.
    """
    if len(table.columns) == 1:
        for sign, name in ((";", ";"), ("\t", r"\t"), ("|", "|"), (",", ",")):
            if sign in table.columns[0]:
                return f' The cells seem to be parted by "{name}": {mend}'
    return ""


def open_table(path: Path, layout: Layout, file: str = "") -> Table:
    """The table of a file, called `file` in messages (default: its name).

    Raises SourceError when the file is not what its name says.
    """
    content = path.read_bytes()
    file = file or path.name
    if not content:
        raise SourceError(f"{file}: is empty (0 bytes). Export it again.")
    name = path.name.lower()
    if name.endswith(TEXT_ENDINGS):
        return _open_text(file, content, layout)
    if name.endswith(WORKBOOK_ENDINGS):
        return _open_sheet(file, content, layout)
    raise SourceError(
        f"{file}: this kind of file is not read. Use one of"
        f" {' '.join(TEXT_ENDINGS + WORKBOOK_ENDINGS)}."
    )


def sheet_names(path: Path) -> list[str]:
    """The sheets of a workbook; none for a text file."""
    if not path.name.lower().endswith(WORKBOOK_ENDINGS):
        return []
    return _workbook(path.name, path.read_bytes()).sheet_names


# Text


def _open_text(file: str, content: bytes, layout: Layout) -> Table:
    text = _decode(file, _unpack(file, content), layout.encoding)
    stem = file.lower().removesuffix(".gz")
    delimiter = "\t" if stem.endswith(".tsv") else layout.delimiter
    numbered = _numbered_rows(file, text, delimiter)
    header = next((row for number, row in numbered if number == layout.header_row), [])
    if not any(cell.strip() for cell in header):
        raise SourceError(_no_header(file, layout.header_row))
    columns, repeated = _unique_names(header)
    return Table(file, "", columns, repeated, _text_rows(numbered, len(columns), text))


def _unpack(file: str, content: bytes) -> bytes:
    if not file.lower().endswith(".gz"):
        return content
    try:
        return gzip.decompress(content)
    except (OSError, EOFError, zlib.error) as error:
        raise SourceError(
            f"{file}: is no whole gzip archive ({error}). Copy or export it again."
        ) from None


def _decode(file: str, content: bytes, encoding: str) -> str:
    for magic, mend in (
        (b"PK\x03\x04", "a workbook or zip archive. Name it .xlsx, or export it as CSV"),
        (b"\xd0\xcf\x11\xe0", "an old Excel workbook. Name it .xls, or export it as CSV"),
        (b"\x1f\x8b", "packed with gzip. Add .gz to its name"),
        (b"%PDF", "a PDF. Export it as CSV"),
    ):
        if content.startswith(magic):
            raise SourceError(f"{file}: is not text but {mend}.")
    encoding = next((e for bom, e in BOMS.items() if content.startswith(bom)), encoding)
    if b"\0" in content[:1024] and not encoding.lower().startswith(("utf-16", "utf-32", "utf_")):
        raise SourceError(
            f"{file}: is binary (byte {content.index(0):,} is NUL), not text. Export it as CSV, or"
            " set encoding: utf-16 in the mapping if that is what the till writes."
        )
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        guess = "cp1252" if encoding.lower().startswith("utf") else "utf-8"
        raise SourceError(
            f"{file}: line {line:,}, byte {error.start:,} (0x{content[error.start]:02X}) is not"
            f" {encoding}. Set encoding in the mapping (perhaps {guess}), or save it as CSV UTF-8."
        ) from None


def _numbered_rows(file: str, text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    number = line = 0
    try:
        for number, row in enumerate(reader, start=1):
            first_line, line = line + 1, reader.line_num
            yield number, row
    except csv.Error as error:
        raise SourceError(_open_quote(file, number + 1, line + 1, str(error))) from None
    if number and line > first_line:
        _refuse_open_quote(file, text, delimiter, number, first_line)


def _refuse_open_quote(file: str, text: str, delimiter: str, number: int, line: int) -> None:
    """A last row over several lines: is its quote closed, or did it swallow the rest?"""
    rest = "".join(text.splitlines(keepends=True)[line - 1 :])
    try:
        list(csv.reader(io.StringIO(rest, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        if "end of data" in str(error):
            raise SourceError(_open_quote(file, number, line, "it runs to the end")) from None


def _open_quote(file: str, number: int, line: int, reason: str) -> str:
    return (
        f"{file}: row {number:,} (line {line:,}) cannot be read: {reason}. A quote that is opened"
        " there and never closed? Mend that line or export the file again."
    )


def _text_rows(numbered: Iterator[tuple[int, list[str]]], width: int, text: str) -> Iterator[Row]:
    """Rows of equal width. A short row is filled up, unless the file ends in the middle of it."""
    is_cut = not text.endswith(("\n", "\r"))
    short: Row | None = None
    for number, row in numbered:
        if short:
            yield short
            short = None
        if len(row) == width:
            if row[0].strip() or not is_blank(row):
                yield number, row, ""
        elif is_blank(row):
            continue
        elif len(row) > width:
            reason = f"has {len(row)} cells, the header has {width}: a delimiter inside a cell?"
            yield number, row, reason
        else:
            short = number, row + [""] * (width - len(row)), ""
    if short:
        reason = f"is the last row and has fewer than {width} cells: {CUT_OFF}"
        yield short[0], short[1], reason if is_cut else ""


def is_blank(row: list) -> bool:
    """Whether no cell of the row holds anything."""
    return all(type(cell) is str and not cell.strip() for cell in row)


# Workbooks


def _workbook(file: str, content: bytes) -> CalamineWorkbook:
    is_zip, is_ole = content.startswith(b"PK\x03\x04"), content.startswith(b"\xd0\xcf\x11\xe0")
    if not (is_zip or is_ole):
        kind = "a web page" if content.lstrip()[:1] == b"<" else "text or something else"
        raise SourceError(
            f"{file}: is not an Excel workbook but {kind}. If it is text, name it .csv; or open it"
            " in Excel and save it as .xlsx."
        )
    if is_ole and file.lower().endswith((".xlsx", ".xlsm")):
        raise SourceError(
            f"{file}: is protected by a password or an old .xls. Save it as .xlsx without one."
        )
    try:
        return CalamineWorkbook.from_filelike(io.BytesIO(content))
    except (CalamineError, OSError) as error:
        raise SourceError(
            f"{file}: is a damaged or incomplete workbook ({error}). Copy or export it again."
        ) from None


def _open_sheet(file: str, content: bytes, layout: Layout) -> Table:
    workbook = _workbook(file, content)
    sheet = layout.sheet or workbook.sheet_names[0]
    if sheet not in workbook.sheet_names:
        raise SourceError(
            f'{file}: has no sheet "{sheet}". Its sheets: {", ".join(workbook.sheet_names)}.'
            f"{did_you_mean(sheet, workbook.sheet_names)} Mend the file or the mapping."
        )
    try:
        cells = workbook.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    except (CalamineError, OSError) as error:
        raise SourceError(f"{file} sheet {sheet}: cannot be read ({error}).") from None
    _show_errors(content, sheet, cells)
    if len(cells) < layout.header_row or is_blank(cells[layout.header_row - 1]):
        raise SourceError(_no_header(f"{file} sheet {sheet}", layout.header_row))
    header = [cell_text(cell) for cell in cells[layout.header_row - 1]]
    body = cells[layout.header_row :]
    kept = [
        n for n, name in enumerate(header) if name.strip() or not is_blank([row[n] for row in body])
    ]
    columns, repeated = _unique_names([header[n] for n in kept], kept)
    rows = _sheet_rows(body, layout.header_row + 1, kept)
    return Table(file, sheet, columns, repeated, rows)


def _sheet_rows(body: list[list], first: int, kept: list[int]) -> Iterator[Row]:
    keeps_all = bool(body) and len(kept) == len(body[0])
    for number, row in enumerate(body, start=first):
        if not is_blank(row):
            yield number, row if keeps_all else [row[n] for n in kept], ""


def _show_errors(content: bytes, sheet: str, cells: list[list]) -> None:
    """Write `#N/A` and its like into the cells where Excel has them; calamine leaves them empty."""
    if not content.startswith(b"PK"):
        return
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheets = [n for n in archive.namelist() if n.startswith("xl/worksheets/") and "xml" in n]
        if not any(b't="e"' in archive.read(name) for name in sheets):
            return
    workbook = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    errors = [c for row in workbook[sheet].iter_rows() for c in row if c.data_type == "e"]
    width = max([len(cells[0]) if cells else 0, *(cell.column for cell in errors)])
    while len(cells) < max((cell.row for cell in errors), default=0):
        cells.append([])
    for row in cells:
        row.extend([""] * (width - len(row)))
    for cell in errors:
        cells[cell.row - 1][cell.column - 1] = str(cell.value)


# Headers


def _unique_names(header: list[str], positions: list[int] | None = None) -> tuple[list[str], set]:
    """Names without stray space, one per column; a nameless one is called by its letter."""
    columns: list[str] = []
    repeated = set()
    taken = set(OWN_NAMES)
    for n, name in zip(positions or range(len(header)), header, strict=True):
        plain = " ".join(name.split()) or f"column {get_column_letter(n + 1)}"
        unique, count = plain, 1
        while unique in taken:
            count += 1
            unique = f"{plain} ({count})"
        if unique != plain and plain not in OWN_NAMES:
            repeated.add(plain)
        taken.add(unique)
        columns.append(unique)
    return columns, repeated


def _no_header(place: str, header_row: int) -> str:
    return (
        f"{place}: row {header_row} holds no column names. Set header_row in the mapping to the"
        " row that does, or export the file again."
    )
