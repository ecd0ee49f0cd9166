"""check-file: what a mapping makes of a file, before anything is loaded."""

from __future__ import annotations

import io
from decimal import Decimal

import pytest
from rich.console import Console

from ingestion.sources.files.check import check_file
from ingestion.sources.files.mapping import MappingError
from tests.ingestion.file_drop import write_workbook

MAPPING = """
name: Till
mode: snapshot
date_formats: ["%Y-%m-%d %H:%M"]
entities:
  sales:
    files: "trade*.xlsx"
    sheet: Heads
    columns: {sale_id: No, sold_at: Date, total_amount: Total}
  sale_lines:
    files: "trade*.xlsx"
    sheet: Lines
    columns: {sale_id: No, quantity: Qty}
"""
HEADS = [["No", "Date", "Total", "Clerk"], [1, "2022-03-01 10:15", 12.5, "Ann"]]
LINES = [["No", "Qty"], [1, 2], [1, 3]]


@pytest.fixture
def check(tmp_path):
    """A function that writes a workbook of these sheets, checks it and gives report and text."""
    (tmp_path / "till.yml").write_text(MAPPING, encoding="utf-8")

    def go(name="trade_1.xlsx", **sheets):
        write_workbook(tmp_path / name, sheets)
        report = check_file(str(tmp_path / "till.yml"), tmp_path / name, "America/Vancouver")
        console = Console(file=io.StringIO(), width=200)
        report.print(console)
        return report, console.file.getvalue()

    return go


def test_a_good_file(check):
    report, text = check(Heads=HEADS, Lines=LINES, Extra=[["x"]])
    assert report.ok
    assert [(e.entity, e.sheet, e.rows) for e in report.entities] == [
        ("sales", "Heads", 1), ("sale_lines", "Lines", 2),
    ]  # fmt: skip
    assert report.entities[0].first == {
        "record id": "1", "sale_id": "1", "sold_at": "2022-03-01T10:15:00-08:00",
        "total_amount": "12.5",
    }  # fmt: skip
    assert report.entities[1].totals == {"quantity": Decimal(5)}
    assert report.unused_columns() == {"Heads": ["Clerk"]}
    for words in ("sales (sheet Heads): 1 rows", "Clerk", "no entity reads: Extra", "be loaded"):
        assert words in text


def test_rejected_rows_are_shown_with_their_place_twenty_of_them(check):
    report, text = check(Heads=HEADS, Lines=[*LINES, *([2, f"[b]bad{n:02}"] for n in range(25))])
    assert not report.ok
    assert report.rejected == 25
    assert "[b]bad19" in text and "[b]bad20" not in text
    assert "and 5 more" in text and "25 rows would be rejected" in text
    assert report.entities[1].totals == {"quantity": Decimal(5)}


def test_repeated_ids_are_told(check):
    report, text = check(Heads=[*HEADS, HEADS[1]], Lines=LINES)
    assert report.ok
    assert report.entities[0].repeated_ids == 1
    assert "1 rows repeat the id" in text


def test_what_stops_a_load_is_a_problem_and_the_other_entities_are_still_checked(check):
    report, text = check(Heads=[["No", "Date"]], Lines=LINES)
    assert not report.ok
    assert [e.entity for e in report.entities] == ["sale_lines"]
    assert 'no column "Total"' in report.problems[0] and 'no column "Total"' in text


def test_a_name_that_the_mapping_does_not_read(check):
    report, text = check("till.xlsx", Heads=HEADS, Lines=LINES)
    assert not report.ok
    assert "no file of this name, only trade*.xlsx" in text


def test_a_file_or_mapping_that_is_not_there(check, tmp_path):
    assert "there is no such file" in check_file("amberpos", tmp_path / "items.xlsx").problems[0]
    with pytest.raises(MappingError):
        check_file("nothing_like_it", tmp_path / "items.xlsx")


def test_a_file_without_rows_is_not_passed(check):
    report, text = check(Heads=HEADS[:1], Lines=LINES)
    assert not report.ok
    assert "trade_1.xlsx sheet Heads: has column names and no row below them" in text


def test_a_folder_is_called_one_and_its_files_are_named(check, tmp_path):
    check(Heads=HEADS, Lines=LINES)
    (problem,) = check_file(str(tmp_path / "till.yml"), tmp_path).problems
    assert "is a folder. Name one of its files: till.yml, trade_1.xlsx." in problem
