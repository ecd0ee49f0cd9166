"""Labelled CSV files as they are found: any encoding, maybe packed, ids under some name."""

from __future__ import annotations

import codecs
import csv
import gzip
import hashlib
import io
import re
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from scripts.evaluate_matching.names import find_column
from scripts.evaluate_matching.problem import EvaluationError

ID_NAMES = ("id", "rec_id", "unique_id", "record_id")
ENCODINGS = ("utf-8-sig", "cp1252", "latin-1")  # the last one reads any bytes
WIDE_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)  # Excel's "Unicode text"
LONGEST_CELL = 10_000_000
LAST_LINE = "the file ends here"  # read back as a line of its own unless a quote is open


@dataclass(frozen=True)
class Table:
    """One file: its bytes, its columns and the id of each row in `ids`."""

    name: str
    file: str
    content: bytes = field(repr=False)
    columns: list[str]
    ids: list[str]

    def rows(self) -> Iterator[dict[str, str]]:
        """Each row as a dict of text. Read anew: a million rows take ten times the file."""
        return _read(self.file, self.content)[1]

    def till_id(self, position: int) -> str:
        """The id under which the row goes to the warehouse.

        A hash: some ids tell which records belong together (`rec-12-org`, `rec-12-dup-0`).
        """
        text = f"{self.name} {self.ids[position]}"
        return hashlib.sha256(text.encode("utf-8")).hexdigest()[:16]


def read_table(name: str, path: str, id_column: str | None = None) -> Table:
    """The table in `path`, called `name`. `id_column` is needed where none is named as usual.

    Raises EvaluationError for a file that cannot be read, or ids that are missing or stand twice.
    """
    content = _content(path)
    columns, rows, first_row = _read(path, content)
    first = next(rows, None)
    if not first:
        raise EvaluationError(f"{path}: holds no rows below its header.")
    file = Path(path).name
    column = _id_column(columns, file, id_column)
    ids = [plain_id(row[column]) for row in chain([first], rows)]
    seen: set[str] = set()
    for number, one in enumerate(ids, start=first_row):
        if not one or one in seen:
            what = f"{one!r} stands twice" if one else "is empty"
            raise EvaluationError(
                f"{file}: the id {what} (row {number}, column {column!r})."
                " Name another column with --id."
            )
        seen.add(one)
    return Table(name, file, content, columns, ids)


def read_csv(path: str) -> tuple[list[str], list[dict[str, str]]]:
    """Columns and rows of a CSV file, plain or .gz; short rows are filled, NULs left out.

    The second column called `name` becomes `name 2`. Raises EvaluationError when there is no such
    file or it is no table.
    """
    columns, rows, _ = _read(path, _content(path))
    return columns, list(rows)


def _content(path: str) -> bytes:
    """The bytes of a file that may hold a table, unpacked."""
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise EvaluationError(f"{path}: cannot be read ({error.strerror}).") from None
    if content[:2] == b"\x1f\x8b":
        try:
            content = gzip.decompress(content)
        except (OSError, EOFError, zlib.error) as error:
            raise EvaluationError(f"{path}: cannot be unpacked ({error}).") from None
    if content[:4] == b"PK\x03\x04":
        raise EvaluationError(f"{path}: is a workbook or a zip file. Save it as CSV.")
    return content


def _read(path: str, content: bytes) -> tuple[list[str], Iterator[dict[str, str]], int]:
    """Columns, rows, and the number in the file of the first of these rows."""
    text = _decode(content).replace("\0", "")
    delimiter, names_it = _delimiter(text)
    lines = _lines(path, text, delimiter)
    if names_it:
        next(lines, None)
    columns = _distinct(column.strip() for column in next(lines, []))
    width = len(columns)
    rows = (dict(zip(columns, (cells + [""] * width)[:width], strict=True)) for cells in lines)
    return columns, rows, 2 + names_it


def _lines(path: str, text: str, delimiter: str) -> Iterator[list[str]]:
    """The cells of each line that is not empty. Raises EvaluationError for what is no table."""
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(io.StringIO(f"{text}\n{LAST_LINE}", newline=""), delimiter=delimiter)
    before, row = None, 1
    try:
        for line in filter(None, reader):
            if before:
                yield before
                row += 1
            before = line
    except csv.Error as error:
        raise EvaluationError(f"{path}: is no table ({error}).") from None
    if delimiter.join(before) != LAST_LINE:
        raise EvaluationError(f'{path}: a quote (") that begins in row {row} never ends.')


def plain_id(text: str) -> str:
    """An id as it is compared: without blanks around it, 12.0 as 12."""
    text = text.strip()
    return text[:-2] if text.endswith(".0") and text[:-2].isdigit() else text


def _distinct(names: Iterable[str]) -> list[str]:
    seen: Counter[str] = Counter()
    distinct = []
    for name in names:
        seen[name] += 1
        distinct.append(name if seen[name] == 1 else f"{name} {seen[name]}")
    return distinct


def _decode(content: bytes) -> str:
    if content.startswith(WIDE_MARKS):
        return content.decode("utf-16", "replace")
    for encoding in ENCODINGS[:-1]:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return content.decode(ENCODINGS[-1])


def _delimiter(text: str) -> tuple[str, bool]:
    """What stands between the cells, and whether a line `sep=;` of Excel above them names it.

    `sep=` with a blank or nothing behind it names none: the header tells.
    """
    first, _, rest = text.partition("\n")
    told = re.fullmatch('sep=([^"]?) *', first.rstrip("\r"), flags=re.IGNORECASE)
    if told and told[1].strip(" "):
        return told[1], True
    header = rest.partition("\n")[0] if told else first
    return max(",;\t|", key=re.sub('"[^"]*"', "", header).count), bool(told)


def _id_column(columns: list[str], file: str, wanted: str | None) -> str:
    if wanted:
        return find_column(wanted, columns, file)
    named = {column.casefold(): column for column in columns}
    return next((named[name] for name in ID_NAMES if name in named), columns[0])
