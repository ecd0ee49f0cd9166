"""Cells of a file drop: numbers, dates, times and booleans as tills and people write them."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.sources.files.cells import (
    CellError,
    Formats,
    cell_text,
    field_reader,
    joining_reader,
    number_parser,
    summing_reader,
)

DOT = Formats()
COMMA = Formats(decimal=",", thousands=".")
VANCOUVER = Formats(date_formats=("%Y-%m-%d %H:%M", "%d/%m/%Y"), time_zone="America/Vancouver")
PLAIN = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12.50", "12.50"),
        ("1,234.56", "1234.56"),
        ("1,00,000.5", "100000.5"),
        ("(12.50)", "-12.50"),
        ("12.50-", "-12.50"),
        ("-$12.50", "-12.50"),
        ("$-12.50", "-12.50"),
        ("($1,012.50)", "-1012.50"),
        ("CA$12.50", "12.50"),
        ("CAD 12.50", "12.50"),
        ("12.50 EUR", "12.50"),
        ("£0.005", "0.005"),
        ("\u221212.5", "-12.5"),
        ("+3", "3"),
        ("007", "7"),
        (".5", "0.5"),
        ("5.", "5"),
        ("-0", "0"),
        ("-0.00", "0.00"),
        ("(0)", "0"),
        ("1.5E+03", "1500"),
        ("5e-3", "0.005"),
        ("\u00a012.5 ", "12.5"),
    ],
)
def test_numbers_with_a_point(text, number):
    assert field_reader("number", DOT)(text) == number


@pytest.mark.parametrize(
    ("formats", "text", "number"),
    [
        (COMMA, "1.234,56", "1234.56"),
        (COMMA, "-12,5 €", "-12.5"),
        (Formats(",", " "), "1\u202f234,5", "1234.5"),
        (Formats(".", "'"), "1\u2019234.5", "1234.5"),
        (Formats(".", ""), "1234.5", "1234.5"),
    ],
)
def test_numbers_with_other_signs(formats, text, number):
    assert field_reader("number", formats)(text) == number


@pytest.mark.parametrize(
    "text",
    ["abc", "12,50", "1,2345", "1.2.3", "--5", "-5-", "(-5)", "-", ".", "NaN", "Infinity", "12%",
     "1e999", "1234567890123456789", "1E30", "12 34", "٣", "#N/A", "5\x00"],
)  # fmt: skip
def test_what_is_no_number_is_refused(text):
    with pytest.raises(CellError):
        field_reader("number", DOT)(text)


def test_a_number_with_the_other_decimal_sign_is_refused_and_not_misread():
    with pytest.raises(CellError, match="decimal"):
        field_reader("number", COMMA)("12.50")


def test_grouping_is_refused_where_the_mapping_says_that_there_is_none():
    with pytest.raises(CellError):
        field_reader("number", Formats(".", ""))("1,234")


STYLES = st.sampled_from(["{}", "-{}", "({})", "{}-", "$ {}", "-€{}", "{} EUR", "(CAD {})"])


@given(
    amount=st.decimals(min_value=0, max_value=10**17, places=3, allow_nan=False),
    signs=st.sampled_from([(".", ","), (",", "."), (",", " "), (".", "'"), (".", "")]),
    style=STYLES,
)
def test_every_way_of_writing_an_amount_gives_the_amount(amount, signs, style):
    decimal, thousands = signs
    text = f"{amount:,.3f}".translate(str.maketrans({".": decimal, ",": thousands}))
    read = number_parser(Formats(decimal, thousands))(style.format(text))
    is_negative = "-" in style or "(" in style
    assert Decimal(read) == (-amount if is_negative else amount)
    assert PLAIN.fullmatch(read)
    assert amount or not read.startswith("-")


@given(text=st.text(alphabet="0123456789.,-+()eE $€\u2212x", max_size=12))
def test_any_text_is_a_plain_number_or_refused(text):
    try:
        number = field_reader("number", DOT)(text)
    except CellError:
        return
    assert number is None or PLAIN.fullmatch(number)


@given(number=st.floats(allow_nan=False, allow_infinity=False, min_value=-1e17, max_value=1e17))
def test_an_excel_number_keeps_its_exact_value(number):
    read = field_reader("number", COMMA)(number)
    assert float(read) == number
    assert PLAIN.fullmatch(read)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (1006.0, "1006"), (12.5, "12.5"), (12.1, "12.1"), (-0.0, "0"), (1e-7, "0.0000001"),
        (9780000000000.0, "9780000000000"), (True, "true"), (False, "false"),
        (datetime(2022, 3, 1, 10, 15), "2022-03-01T10:15:00"),
        (datetime(2022, 3, 1, 10, 14, 59, 999999), "2022-03-01T10:15:00"),
        (date(2022, 3, 1), "2022-03-01"), (time(10, 15), "10:15:00"),
        (timedelta(hours=30), "30:00:00"), ("  as it is ", "  as it is "),
    ],
)  # fmt: skip
def test_the_text_of_an_excel_cell(cell, text):
    assert cell_text(cell) == text


@pytest.mark.parametrize("cell", [True, datetime(2022, 3, 1), time(10), 1e18])
def test_an_excel_cell_that_is_no_amount_is_refused(cell):
    with pytest.raises(CellError):
        field_reader("number", DOT)(cell)


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("2022-03-01 10:15", "2022-03-01T10:15:00-08:00"),
        ("01/07/2022", "2022-07-01T00:00:00-07:00"),
        (datetime(2022, 3, 1, 10, 15), "2022-03-01T10:15:00-08:00"),
        (date(2022, 3, 1), "2022-03-01T00:00:00-08:00"),
        (44621.5, "2022-03-01T12:00:00-08:00"),
        ("2022-11-06 01:30", "2022-11-06T01:30:00-07:00"),  # the first of two
        ("  ", None),
        ("", None),
    ],
)
def test_timestamps_in_the_zone_of_the_shop(cell, moment):
    assert field_reader("timestamp", VANCOUVER)(cell) == moment


@pytest.mark.parametrize(
    "cell", ["2022-13-01 10:15", "yesterday", "2022/03/01", "01/01/0022", 5.0, True, time(10)]
)
def test_what_is_no_date_is_refused(cell):
    with pytest.raises(CellError):
        field_reader("timestamp", VANCOUVER)(cell)


def test_iso_text_keeps_its_own_offset():
    assert field_reader("timestamp", DOT)("2022-03-01T10:15:00Z") == "2022-03-01T10:15:00+00:00"
    assert field_reader("date", DOT)("2022-03-01T23:59:00") == "2022-03-01"


def test_a_number_cell_can_hold_a_date_written_without_signs():
    assert field_reader("date", Formats(date_formats=("%Y%m%d",)))(20220301.0) == "2022-03-01"


@pytest.mark.parametrize(
    ("cells", "moment"),
    [
        (("01/03/2022", "10:15"), "2022-03-01T10:15:00-08:00"),
        (("01/03/2022", "2:05 pm"), "2022-03-01T14:05:00-08:00"),
        (("01/03/2022", "12:00:30 A.M."), "2022-03-01T00:00:30-08:00"),
        ((date(2022, 3, 1), time(10, 15)), "2022-03-01T10:15:00-08:00"),
        ((datetime(2022, 3, 1, 9), 0.5), "2022-03-01T12:00:00-08:00"),
        ((44621.0, timedelta(hours=10)), "2022-03-01T10:00:00-08:00"),
        (("01/03/2022", ""), "2022-03-01T00:00:00-08:00"),
        (("", ""), None),
    ],
)
def test_a_date_and_a_time_in_two_columns(cells, moment):
    assert joining_reader("timestamp", 2, VANCOUVER)(cells) == moment


@pytest.mark.parametrize(
    "cells",
    [
        ("", "10:15"),
        ("01/03/2022", "25:00"),
        ("01/03/2022", "13:00 PM"),
        ("01/03/2022", "noon"),
        ("01/03/2022", True),
    ],
)
def test_a_date_and_time_that_are_none_are_refused(cells):
    with pytest.raises(CellError):
        joining_reader("timestamp", 2, VANCOUVER)(cells)


def test_texts_are_joined_and_numbers_summed_without_their_empty_cells():
    assert joining_reader("text", 3, DOT)(("Ann", " ", "Lee")) == "Ann Lee"
    assert summing_reader(2, DOT)(("1.10", 2.2)) == "3.30"
    assert summing_reader(2, DOT)(("", "2.20")) == "2.20"
    assert summing_reader(2, DOT)(("", "")) is None


@pytest.mark.parametrize(
    ("cell", "word"),
    [("Yes", "true"), ("0", "false"), (True, "true"), (0.0, "false"), ("N", "false"), ("", None)],
)
def test_booleans(cell, word):
    assert field_reader("boolean", DOT)(cell) == word


def test_values_of_the_mapping_come_before_parsing_and_the_others_are_read_as_they_stand():
    read = field_reader("boolean", DOT, {"Here": "true", "1": "false", "?": ""})
    assert [read(cell) for cell in ("Here", 1.0, "?", "no")] == ["true", "false", None, "false"]
    with pytest.raises(CellError):
        read("Away")


def test_ids_lose_the_point_that_a_program_put_there_and_texts_do_not():
    assert field_reader("id", DOT)(" 17850.0 ") == "17850"
    assert field_reader("id", DOT)(17850.0) == "17850"
    assert field_reader("id", DOT)("A.0") == "A.0"
    assert field_reader("text", DOT)("17850.0") == "17850.0"
