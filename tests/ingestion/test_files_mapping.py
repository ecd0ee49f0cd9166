"""The YAML of a mapping: what it may hold, and the message for everything else."""

from __future__ import annotations

import pytest
import yaml

from ingestion.sources.files.mapping import MAPPINGS_DIR, MappingError, load_mapping

SALES = {"files": "sales*.csv", "columns": {"sale_id": "No", "total_amount": "Total"}}


@pytest.fixture
def mapping_file(tmp_path):
    """A function that writes a small mapping with the given changes and gives its path."""

    def write(text: str | None = None, **changes) -> str:
        tree = {"name": "Till", "mode": "snapshot", "entities": {"sales": SALES}} | changes
        path = tmp_path / "till.yml"
        path.write_text(text if text is not None else yaml.safe_dump(tree), encoding="utf-8")
        return str(path)

    return write


@pytest.mark.parametrize("name", sorted(p.stem for p in MAPPINGS_DIR.glob("*.yml")))
def test_the_mappings_of_the_project_are_valid(name):
    assert load_mapping(name).entities


def test_words_of_yaml_stay_text(mapping_file):
    sales = {"files": "s.csv", "columns": {"sale_id": "No", "note": {"value": "no"}}}
    mapping = load_mapping(mapping_file(entities={"sales": sales}))
    assert mapping.entities["sales"].columns["note"].constant == "no"


def test_defaults(mapping_file):
    mapping = load_mapping(mapping_file(decimal=","), "America/Vancouver")
    assert mapping.formats.thousands == "."
    assert mapping.formats.time_zone == "America/Vancouver"
    assert mapping.entities["sales"].id_fields == ("sale_id",)
    assert load_mapping(mapping_file(time_zone="Europe/London"), "UTC").formats.time_zone == (
        "Europe/London"
    )


def sales_with(**changes) -> dict:
    return {"entities": {"sales": SALES | changes}}


def column(**fields) -> dict:
    return sales_with(columns={"sale_id": "No"} | fields)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"mode": "snapshoot"}, ["till.yml", "mode", "'snapshoot'", 'Did you mean "snapshot"?']),
        ({"mode": ""}, ['needs "mode"']),
        ({"encodng": "utf-8"}, ["unknown key", '"encodng"', '"encoding"?']),
        ({"encoding": "utf-9"}, ["encoding", "'utf-9'", "cp1252"]),
        ({"delimiter": "tab"}, ["delimiter", "'tab'", r'"\t"']),
        ({"decimal": ";"}, ["decimal", "';'"]),
        ({"decimal": ",", "thousands": ","}, ["thousands", "decimal sign too"]),
        ({"thousands": "_"}, ["thousands", "'_'"]),
        ({"date_formats": ["YYYY-MM-DD"]}, ["date_formats", "'YYYY-MM-DD'", "%Y-%m-%d"]),
        ({"date_formats": ["%Y-%Q"]}, ["date_formats", "'%Y-%Q'"]),
        ({"date_formats": ["%H:%M"]}, ["date_formats", "leaves out"]),
        ({"date_formats": []}, ["date_formats", "[]"]),
        ({"time_zone": "Vancouver"}, ["time_zone", "'Vancouver'", "IANA"]),
        ({"entities": {}}, ['needs "entities"']),
        ({"entities": ["sales"]}, ["entities", "Give it keys"]),
        ({"entities": {"sale": SALES}}, ['unknown key "sale"', '"sales"?']),
        (sales_with(file="x"), ["entities.sales", 'unknown key "file"', '"files"?']),
        (sales_with(files=""), ["entities.sales", 'needs "files"']),
        (sales_with(sheet=""), ["entities.sales.sheet"]),
        (sales_with(header_row=0), ["entities.sales.header_row", "'0'"]),
        (sales_with(id=["sale_no"]), ["entities.sales.id", "'sale_no'", '"sale_id"?']),
        (
            sales_with(columns={"total_amount": "T"}),
            ["entities.sales.columns", "sale_id is needed"],
        ),
        (column(totl_amount="T"), ['unknown key "totl_amount"', '"total_amount"?']),
        (column(note={"colum": "N"}), ["columns.note", 'unknown key "colum"', '"column"?']),
        (column(note={}), ["columns.note", "exactly one"]),
        (column(note={"column": "N", "value": "x"}), ["columns.note", "exactly one"]),
        (column(note={"column": ["A", "B"]}), ["columns.note", "any_of"]),
        (column(note={"value": "x", "values": {"a": "b"}}), ["columns.note", "values goes with"]),
        (column(note={"sum": ["A", "B"]}), ["columns.note", "Only numbers"]),
        (column(note=["A"]), ["columns.note", "2 or more"]),
        (column(sold_at=["A", "B", "C"]), ["columns.sold_at", "the date and the time"]),
        (column(tax_amount=["A", "B"]), ["columns.tax_amount", "or sum"]),
        (column(tax_amount={"value": "x"}), ["columns.tax_amount.value", "'x'", "is not a number"]),
        (column(is_return={"column": "R", "values": {"R": "back"}}), ["values.R", "'back'"]),
        ({"returns": {"field": "total_amount"}}, ["returns", "exactly one of is"]),
        ({"returns": {"is": "negative"}}, ["returns", 'needs "field"']),
        ({"returns": {"field": "total", "is": "negative"}}, ["'total'", '"total_amount"?']),
        ({"returns": {"field": "total_amount", "is": "minus"}}, ["returns.is", "'minus'"]),
        ({"returns": {"field": "sale_id", "is": "negative"}}, ["sale_id", "Only a number"]),
    ],
)
def test_a_mapping_that_cannot_be_used_says_where_and_what_to_do(mapping_file, changes, words):
    path = mapping_file(**changes)
    with pytest.raises(MappingError) as error:
        load_mapping(path)
    for word in ["till.yml", *words]:
        assert word in str(error.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name: [", ["is not YAML"]),
        ("", ["the mapping", "Give it keys"]),
        ("name: A\nmode: append\nname: B\n", ['the key "name" stands twice', "line 3"]),
    ],
)
def test_text_that_is_no_mapping(mapping_file, text, words):
    path = mapping_file(text)
    with pytest.raises(MappingError) as error:
        load_mapping(path)
    for word in ["till.yml", *words]:
        assert word in str(error.value)


def test_a_mapping_that_is_not_there():
    with pytest.raises(MappingError, match='no mapping "ambrpos". Did you mean "amberpos"'):
        load_mapping("ambrpos")
    with pytest.raises(MappingError, match="no such mapping file"):
        load_mapping("nowhere/till.yml")


def test_documents_are_of_lines_payments_and_movements_alone(mapping_file):
    with pytest.raises(MappingError, match="sales.documents is 'spread'. Only sale_lines, paym"):
        load_mapping(mapping_file(**sales_with(documents="spread")))
