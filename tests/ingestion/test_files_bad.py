"""Files that are not what they say: each is refused with its place and what to do."""

from __future__ import annotations

import gzip
import io

import openpyxl
import pytest

from ingestion.contract import Pull, SourceError
from ingestion.sources.files.mapping import load_mapping
from ingestion.sources.files.readers import Layout, open_table
from ingestion.sources.files.rows import EntityReader

MAPPING = """
name: Till
mode: snapshot
entities:
  products:
    files: "*"
    columns: {product_id: Item No, price: Retail}
"""


def workbook(*rows: list, title: str = "Items") -> bytes:
    book = openpyxl.Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


@pytest.fixture
def read(tmp_path):
    """A function that writes a file of this name and content and reads products from it."""

    def go(name: str, content: bytes, layout: Layout | None = None):
        (tmp_path / "till.yml").write_text(MAPPING, encoding="utf-8")
        mapping = load_mapping(str(tmp_path / "till.yml"))
        entity = mapping.entities["products"]
        path = tmp_path / name
        path.write_bytes(content)
        pull = Pull()
        table = open_table(path, layout or mapping.layout(entity))
        batches = EntityReader(mapping, entity, pull).records(table)
        return [record for batch in batches for record in batch], pull

    return go


GOOD = b"Item No,Retail\n1,2.50\n"
BOOK = workbook(["Item No", "Retail"], [1, 2.5])


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("p.csv", b"", ["is empty", "Export it again"]),
        ("p.xlsx", b"", ["is empty"]),
        ("p.csv", BOOK, ["workbook or zip", ".xlsx"]),
        ("p.csv", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), ["old Excel", ".xls"]),
        ("p.csv", gzip.compress(GOOD), ["gzip", "Add .gz"]),
        ("p.csv", b"%PDF-1.7 ...", ["PDF"]),
        ("p.csv", b"\x7fELF\x00\x00\x01" * 9, ["is binary", "byte 4"]),
        ("p.csv", GOOD.decode().encode("utf-16-le"), ["is binary", "utf-16"]),
        ("p.csv", GOOD + b"2,caf\xe9\n", ["line 3", "byte 27", "0xE9", "not utf-8", "cp1252"]),
        ("p.csv.gz", GOOD, ["no whole gzip"]),
        ("p.csv.gz", gzip.compress(GOOD * 99)[:-12], ["no whole gzip"]),
        ("p.csv", b"\n\n\n", ["row 1 holds no column names", "header_row"]),
        ("p.csv", b"Item No;Retail\n1;2\n", ['parted by ";"', "delimiter"]),
        ("p.csv", b"Item No,Retial\n1,2\n", ['no column "Retail"', "(field price)", "Retial",
                                             'Did you mean "Retial"?', "till.yml"]),
        ("p.csv", b"Item No,Retail,Retail\n1,2,3\n", ['"Retail"', "more than once"]),
        ("p.csv", GOOD + b'2,"3\n4,5\n6,7\n', ["row 3 (line 3)", "quote"]),
        ("p.csv", GOOD + b'2,"' + b"x" * 140_000 + b"\n", ["row 3 (line 3)", "quote"]),
        ("p.xlsx", GOOD, ["not an Excel workbook", "name it .csv"]),
        ("p.xls", b"<html><table></table></html>", ["not an Excel workbook", "web page"]),
        ("p.xlsx", BOOK[: len(BOOK) // 2], ["damaged or incomplete", "again"]),
        ("p.xlsx", b"PK\x03\x04 not a zip", ["damaged or incomplete"]),
        ("p.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), ["password"]),
        ("p.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), ["damaged or incomplete"]),
        ("p.xlsx", workbook(), ["row 1 holds no column names"]),
        ("p.xlsx", workbook(["Item No", "Cost"]), ["sheet Items", 'no column "Retail"', "Cost"]),
        ("p.docx", b"PK\x03\x04", ["kind of file", ".xlsx"]),
    ],
)  # fmt: skip
def test_a_file_that_is_not_what_it_says(read, name, content, words):
    with pytest.raises(SourceError) as error:
        read(name, content)
    for word in [name, *words]:
        assert word in str(error.value)


def test_a_sheet_that_is_not_there(read):
    with pytest.raises(SourceError, match='no sheet "Itms". Its sheets: Items. Did you mean "It'):
        read("p.xlsx", BOOK, Layout(sheet="Itms"))


def test_a_row_that_the_end_of_the_file_cuts_is_rejected(read):
    records, pull = read("p.csv", GOOD + b"2")
    assert len(records) == 1
    assert "cut off" in pull.rejections[0].reason
    assert pull.rejections[0].row_number == 3


def test_rows_may_leave_out_empty_cells_at_their_end(read):
    records, pull = read("p.csv", GOOD + b"2\n3,1\n4\n")
    assert [record.record_id for record in records] == ["1", "2", "3", "4"]
    assert not pull.rejections


def test_line_ends_quotes_and_lines_inside_a_cell(read):
    records, pull = read("p.csv", b'Item No,Retail,Note\r\n1,2,"a\r\nb"\r\n"2",3,"say ""hi"""\r\n')
    assert [record.record_id for record in records] == ["1", "2"]
    assert '"row":3' in records[1].payload and "a\\r\\nb" in records[0].payload
    records, _ = read("p.csv", b'Item No,Retail,Note\r1,2,"a\nb"')
    assert len(records) == 1


def test_a_nul_inside_a_cell_is_kept_and_refused_where_it_is_mapped(read):
    rows = b"".join(b"%d,1,x\n" % n for n in range(400)) + b"a,1,\0\nb\0,1,x\n"
    records, pull = read("p.csv", b"Item No,Retail,Note\n" + rows)
    assert records[-1].record_id == "a" and "\\u0000" in records[-1].payload
    assert "NUL" in pull.rejections[0].reason


def test_a_header_without_rows_gives_nothing(read):
    assert read("p.csv", b"Item No,Retail\n") == ([], Pull())
    assert read("p.xlsx", workbook(["Item No", "Retail"])) == ([], Pull())


def test_the_column_without_a_name_is_called_by_its_letter(read):
    records, _ = read("p.csv", b",Item No,Retail,\nx,1,2,y\n")
    assert '"column A":"x"' in records[0].payload and '"column D":"y"' in records[0].payload


def test_a_first_line_that_is_no_header_is_not_quoted_as_it_may_be_a_customer(read):
    with pytest.raises(SourceError, match="seems to be no header line") as raised:
        read("p.csv", b"Ada Lee,ada@example.com\nBob Roy,bob@example.com\n")
    assert "ada" not in str(raised.value).lower()
