"""The review workbook: a sheet per kind, a line per question, a list of answers to choose from."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from scripts.review.decisions import ANSWERS, KINDS, Decision, Record, ReviewError

Question = tuple[str, frozenset[Record]]  # kind and the two records, in no order
Line = dict[str, object]  # what a line says: by field, or by title where there is none

SHEETS = {"product": "Products", "customer": "Customers"}
HELP_SHEET = "How to answer"
HELP = (
    "Each line asks whether two records are the same product, or the same person.",
    "Choose same, different or unsure in the yellow column. An empty line is asked again.",
    "unsure is remembered: the pair is left as it is and not asked again.",
    "The note says why; it is kept with the answer, or waits here for one.",
    "Lines with the most sales at stake come first. Stop whenever you like.",
    "Numbers behind the comparison: above zero speaks for the same, below zero against it.",
    "Leave the columns on the right (account and id) as they are: the answers go by them.",
    "Then: python -m scripts.review import THIS_FILE, and the next night obeys.",
)
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # no XML holds them
# What a workbook loses or changes in an id, and what marks an escape: \uXXXX stands for it.
FRAGILE = re.compile(r"[\x00-\x1f\x7f\ufffe\uffff\\]|^\s|\s$|_(?=x[0-9A-Fa-f]{4}_)")
ESCAPED = re.compile(r"\\u([0-9a-f]{4})")
IDS = ("account_id", "record_id", "other_account_id", "other_record_id")
LINE_HEIGHT, TALLEST = 15, 400


class Column(NamedTuple):
    """A column of a sheet: its title, the field of rpt_match_review, its width in characters."""

    title: str
    field: str
    width: int


COLUMNS = (
    Column("Answer", "", 12),
    Column("Note", "", 28),
    Column("Sales at stake", "net_sales", 14),
    Column("Score", "score", 8),
    Column("Linked now", "linked", 11),
    Column("Till", "till_name", 18),
    Column("Name", "record_name", 34),
    Column("What it says", "facts", 42),
    Column("Other till", "other_till_name", 18),
    Column("Other name", "other_name", 34),
    Column("What the other says", "other_facts", 42),
    Column("How they compare", "comparison", 42),
    Column("Account", "account_id", 18),
    Column("Id", "record_id", 24),
    Column("Other account", "other_account_id", 18),
    Column("Other id", "other_record_id", 24),
)
ANSWER, NOTE = 0, 1
PLACE = {column.field: number for number, column in enumerate(COLUMNS) if column.field}


def write_workbook(
    rows: Iterable[dict], notes: Mapping[Question, str] | None = None
) -> tuple[bytes, dict[str, int]]:
    """The workbook of these rows of rpt_match_review, and how many questions each kind has.

    `notes`: what was noted before on questions that are not answered yet (`read_notes`).
    """
    book = Workbook()
    counts = {}
    for kind in KINDS:
        sheet = book.active if kind == KINDS[0] else book.create_sheet()
        sheet.title = SHEETS[kind]
        asked = [row for row in rows if row["entity"] == kind]
        _fill(sheet, asked, kind, notes or {})
        counts[kind] = len(asked)
    sheet = book.create_sheet(HELP_SHEET)
    sheet.column_dimensions["A"].width = 100
    for line in HELP:
        sheet.append([line])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue(), counts


def _fill(sheet: Worksheet, rows: Sequence[dict], kind: str, notes: Mapping[Question, str]) -> None:
    sheet.append([column.title for column in COLUMNS])
    for number, column in enumerate(COLUMNS, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = column.width
        sheet.cell(1, number).font = Font(bold=True)
    for line, row in enumerate(rows, start=2):
        values = row | {"linked": "yes" if row["is_linked"] else "no"}
        for number, column in enumerate(COLUMNS, start=1):
            value = values.get(column.field) if column.field else None
            _write(sheet, line, number, _escaped(value) if column.field in IDS else value)
        one, other = (row["account_id"], row["record_id"]), _other_of(row)
        _write(sheet, line, NOTE + 1, notes.get((kind, frozenset((one, other)))))
        tallest = max(str(row[f] or "").count("\n") for f in ("facts", "other_facts", "comparison"))
        sheet.row_dimensions[line].height = min(LINE_HEIGHT * (tallest + 1), TALLEST)
    sheet.freeze_panes = sheet.cell(2, NOTE + 2)
    last = len(rows) + 1
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(COLUMNS))}{last}"
    sheet.sheet_view.zoomScale = 90
    answers = DataValidation(
        type="list",
        formula1=f'"{",".join(ANSWERS)}"',
        allow_blank=True,
        showErrorMessage=True,
        error=f"One of {', '.join(ANSWERS)}, or empty.",
    )
    sheet.add_data_validation(answers)
    if rows:
        answers.add(f"A2:A{last}")


def _other_of(row: dict) -> Record:
    return row["other_account_id"], row["other_record_id"]


def _escaped(identity: str) -> str:
    return FRAGILE.sub(lambda found: f"\\u{ord(found[0]):04x}", identity)


def _unescaped(text: str) -> str:
    return ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)


def _write(sheet: Worksheet, line: int, number: int, value: object) -> None:
    """One cell; text stays text, also when it begins like a formula or looks like a number."""
    cell = sheet.cell(line, number)
    cell.alignment = Alignment(vertical="top", wrap_text=True)
    if number - 1 == ANSWER:
        cell.fill = PatternFill("solid", start_color="FFF8D6")
    if value is None:
        return
    if isinstance(value, str):
        cell.value = UNPRINTABLE.sub("", value)
        cell.data_type, cell.number_format = "s", "@"
    else:
        cell.value = value
        cell.number_format = "0.0000" if number - 1 == PLACE["score"] else "#,##0.00"


def read_answers(path: Path, by: str, on: str) -> list[Decision]:
    """The answers in a workbook, stamped with who and when, in its order.

    Raises ReviewError for a file that is no review workbook, an answer that is none or a formula
    that no spreadsheet has worked out, or a line whose account or id is gone or no text any more.
    """
    answers = []
    for kind, place, line in _lines(path):
        answer = _text(line["Answer"]).lower()
        if not answer:
            continue
        if answer not in ANSWERS:
            raise ReviewError(f"{place}: {answer!r} is none of {', '.join(ANSWERS)}.")
        one, other = _records(line, place)
        names = (_text(line.get("record_name")), _text(line.get("other_name")))
        answers.append(Decision(kind, one, other, answer, _note(line), by, on, place, names))
    return answers


def read_notes(path: Path) -> dict[Question, str]:
    """The notes in a workbook on questions without an answer, which is why nothing imports them.

    Raises ReviewError for a file that is no review workbook.
    """
    notes: dict[Question, str] = {}
    for kind, place, line in _lines(path):
        note = _note(line)
        if note and not _text(line["Answer"]):
            notes.setdefault((kind, frozenset(_records(line, place))), note)
    return notes


def _lines(path: Path) -> Iterator[tuple[str, str, Line]]:
    """Kind, place and content of each line below the titles.

    A formula has the value that a spreadsheet saved with it. Without one a note is the text that
    was typed, and an answer is refused.
    """
    try:
        book, typed = load_workbook(path, data_only=True), load_workbook(path)
    except FileNotFoundError:
        raise ReviewError(f"{path}: there is no such file. `review export` writes one.") from None
    except Exception as error:  # whatever a damaged file makes openpyxl raise
        raise ReviewError(
            f"{path} cannot be read as a workbook (.xlsx, without a password): {error}"
        ) from None
    absent = [SHEETS[kind] for kind in KINDS if SHEETS[kind] not in book.sheetnames]
    if absent:
        raise ReviewError(f"{path}: has no sheet {', '.join(absent)}. Export it anew.")
    for kind in KINDS:
        sheet = book[SHEETS[kind]]
        at = _columns_of(sheet)
        values, formulas = sheet.iter_rows(values_only=True), typed[SHEETS[kind]].iter_rows()
        for number, (saved, cells) in enumerate(zip(values, formulas, strict=True), start=1):
            line, place = (
                {name: saved[column] for name, column in at.items()},
                f"{sheet.title} row {number}",
            )
            if line["Answer"] is None and cells[at["Answer"]].value is not None:
                raise ReviewError(f"{place}: holds a formula without a value. Type the text.")
            if line["Note"] is None:
                line["Note"] = cells[at["Note"]].value
            if number > 1:
                yield kind, place, line


def _columns_of(sheet: Worksheet) -> dict[str, int]:
    """Field (or title, where it has none) -> where its column is, from 0.

    What is there only to be read may be deleted.
    """
    titles = [str(title or "").strip() for title in next(sheet.iter_rows(values_only=True), ())]
    needed = [column.title for column in COLUMNS if not column.field or column.field in IDS]
    absent = [title for title in needed if title not in titles]
    if absent:
        raise ReviewError(
            f"{sheet.title}: missing column {', '.join(absent)} in its first row. Export it anew."
        )
    twice = [title for title in needed if titles.count(title) > 1]
    if twice:
        raise ReviewError(f"{sheet.title}: column {', '.join(twice)} stands twice. Delete one.")
    return {
        column.field or column.title: titles.index(column.title)
        for column in COLUMNS
        if column.title in titles
    }


def _records(line: Line, place: str) -> tuple[Record, Record]:
    """The two records of a line. Ids are text: of a number nobody knows the zeros it had."""
    ids = [line[field] for field in IDS]
    if not all(_text(value) for value in ids):
        raise ReviewError(f"{place}: its account or id is gone. Export it anew.")
    for value in ids:
        if not isinstance(value, str):
            raise ReviewError(
                f"{place}: {value} was text, such as an id with zeros in front, and is a number or"
                " a date now. Undo that, or export it anew."
            )
    texts = [_unescaped(value.strip()) for value in ids]
    one, other = (texts[0], texts[1]), (texts[2], texts[3])
    if one == other:
        raise ReviewError(f"{place}: names one record twice. Export it anew.")
    return one, other


def _note(line: Line) -> str:
    return " ".join(_text(line["Note"]).split())


def _text(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip() if value is not None else ""
