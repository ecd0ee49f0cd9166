"""Reading file drops: records, their ids, snapshots, unchanged files, rows that are rejected."""

from __future__ import annotations

import dataclasses
import gzip
import json
from datetime import date, datetime, time, timedelta

import pytest

from ingestion.accounts import Account
from ingestion.contract import Pull, SourceError
from ingestion.sources import files
from tests.ingestion.file_drop import DAY, ENTITIES, HEADER, LINES


def mapped(records) -> list[dict]:
    return [payload["_mapped"] for _, payload in records]


def test_a_row_keeps_its_cells_and_gains_what_they_mean(drop):
    drop.csv("lines.csv", ["1", "2", " 1,012.50 ", DAY, "as ünknown"])
    records, pull = drop.read()
    assert records == [
        (
            "1|1",
            {
                "No": "1", "Qty": "2", "Price": " 1,012.50 ", "Date": DAY, "Note": "as ünknown",
                "_mapped": {
                    "sale_id": "1", "quantity": "2", "unit_price": "1012.50",
                    "sold_at": "2022-03-01T10:15:00-08:00",
                },
                "_source": {"file": "lines.csv", "sheet": "", "row": 2},
            },
        )
    ]  # fmt: skip
    assert pull.snapshot and not pull.rejections and not pull.warnings


def test_identical_lines_stay_apart_and_a_rejected_row_keeps_its_position(drop):
    row = ["1", "2", "3", DAY, ""]
    drop.csv("lines.csv", row, row, ["1", "two", "3", DAY, ""], ["2", "1", "3", DAY, ""], row)
    records, pull = drop.read()
    assert [record_id for record_id, _ in records] == ["1|1", "1|2", "2|1", "1|4"]
    assert [r.row_number for r in pull.rejections] == [4]


def test_of_a_sale_in_two_files_the_later_one_stands_whole(drop):
    one, two = ["1", "2", "3", DAY, ""], ["2", "1", "3", DAY, ""]
    drop.csv("lines_a.csv", two, one, one, ["1", "two", "3", DAY, ""])
    drop.csv("lines_b.csv", ["1", "2", "9", DAY, ""])
    records, pull = drop.read()
    found = {record_id: payload["Price"] for record_id, payload in records}
    assert found == {"1|1": "9", "2|1": "3"}
    assert not pull.rejections, "nobody needs to mend a row that a later file replaces"
    (warning,) = pull.warnings
    assert warning.startswith("3 rows were passed over: a later file holds the same sale_id")
    assert "lines_a.csv row 3, 1." in warning and "documents: spread" in warning


def test_the_same_holds_for_ids_of_sale_and_line_number(drop):
    columns = LINES["columns"] | {"line_number": "Note"}
    drop.map(sale_lines=LINES | {"columns": columns, "id": ["sale_id", "line_number"]})
    drop.csv("lines_a.csv", ["1", "2", "3", DAY, "1"], ["1", "2", "3", DAY, "2"])
    drop.csv("lines_b.csv", ["1", "2", "9", DAY, "1"])
    assert [record_id for record_id, _ in drop.read()[0]] == ["1|1"]


def test_a_sale_that_is_spread_over_files_keeps_the_lines_of_each(drop):
    drop.map(sale_lines=LINES | {"files": "*/lines.csv", "documents": "spread"})
    for month in ("jan", "feb"):
        (drop.folder / month).mkdir()
        drop.csv(f"{month}/lines.csv", ["1", "2", "3", DAY, ""], ["1", "2", "3", DAY, ""])
    records, pull = drop.read()
    assert sorted(record_id for record_id, _ in records) == [
        "1|feb/lines.csv|1", "1|feb/lines.csv|2", "1|jan/lines.csv|1", "1|jan/lines.csv|2",
    ]  # fmt: skip
    assert not pull.warnings


def test_in_mode_append_a_file_tells_which_sales_it_held_whole(drop):
    drop.map(mode="append", sale_lines=LINES)
    drop.csv(
        "lines.csv", ["1", "1", "1", DAY, ""], ["2", "x", "1", DAY, ""], ["", "1", "1", DAY, ""]
    )
    _, pull = drop.read()
    assert pull.documents.read == {"1"}, "of sale 2 a row was rejected: nothing of it is closed"
    assert pull.documents.of("1|17") == "1"


def test_a_file_in_a_sub_folder_is_named_with_it(drop):
    drop.map(sale_lines=LINES | {"files": "*/lines.csv"})
    (drop.folder / "2021").mkdir()
    drop.csv("2021/lines.csv", ["1", "x", "1", DAY, ""], ["2", "1", "1", DAY, ""])
    records, pull = drop.read()
    assert pull.rejections[0].file == records[0][1]["_source"]["file"] == "2021/lines.csv"


def test_many_rows_come_in_batches(drop):
    drop.csv("lines.csv", *([str(n), "1", "1", DAY, ""] for n in range(12_001)))
    batches = list(files.read(drop.account(), ENTITIES["sale_lines"], Pull()))
    assert [len(batch) for batch in batches] == [5000, 5000, 2001]


@pytest.mark.parametrize(
    ("row", "column", "field", "value"),
    [
        (["1", "two", "3", DAY, ""], "Qty", "quantity", "two"),
        (["1", "", "3", DAY, ""], "Qty", "quantity", ""),
        (["", "1", "3", DAY, ""], "No", "sale_id", ""),
        (["1", "1", "3,5", DAY, ""], "Price", "unit_price", "3,5"),
        (["1", "1", "3", "31/12/2022", ""], "Date", "sold_at", "31/12/2022"),
        (["Total", "", "99", "", ""], "Qty", "quantity", ""),
        (["1", "1", "3", DAY, "a", "b"], "", "", ""),
    ],
)
def test_a_row_that_cannot_be_used_is_listed_with_its_place_and_the_rest_loads(
    drop, row, column, field, value
):
    good = ["7", "1", "1", DAY, ""]
    drop.csv("lines.csv", good, [], ["", " ", "", "", ""], row, good)
    records, pull = drop.read()
    assert [record_id for record_id, _ in records] == ["7|1", "7|2"]
    (rejection,) = pull.rejections
    assert (rejection.file, rejection.row_number) == ("lines.csv", 5)
    assert (rejection.column, rejection.field, rejection.value) == (column, field, value)
    assert rejection.reason
    assert json.loads(rejection.payload)["No"] == row[0]


def test_a_row_with_too_many_cells_keeps_them_all_in_its_rejection(drop):
    drop.csv("lines.csv", ["1", "1", "3", DAY, "a", "b", "c"], ["2", "1", "3", DAY, ""])
    _, pull = drop.read()
    assert pull.rejections[0].reason.startswith("has 7 cells, the header has 5")
    assert json.loads(pull.rejections[0].payload)["beyond the header"] == "b,c"


def test_a_file_of_which_no_row_can_be_used_is_refused_whole(drop):
    drop.csv("lines.csv", *(["1", "1", "1", "01/03/2022", ""] for _ in range(10)))
    with pytest.raises(SourceError, match=r'row 2, column "Date".*sold_at.*01/03/2022'):
        drop.read()


def test_dates_after_tomorrow_are_loaded_and_told(drop):
    later = (datetime.now() + timedelta(days=400)).strftime("%Y-%m-%d %H:%M")
    drop.csv("lines.csv", ["1", "1", "1", DAY, ""], *[["2", "1", "1", later, ""]] * 2)
    records, pull = drop.read()
    assert len(records) == 3
    assert pull.warnings[0].startswith("2 rows have a date after tomorrow")
    assert "lines.csv row 3, sold_at" in pull.warnings[0]


def test_dates_without_a_time_and_a_cut_off_are_told(drop):
    late = dataclasses.replace(drop.account(), day_cutoff="04:00")
    drop.csv("lines.csv", ["1", "1", "1", "2022-03-01 00:00", ""])
    assert not drop.read()[1].warnings
    assert "every sale counts on the day before" in drop.read(account=late)[1].warnings[0]
    drop.csv("lines.csv", ["1", "1", "1", "2022-03-01 00:00", ""], ["2", "1", "1", DAY, ""])
    assert not drop.read(account=late)[1].warnings


def test_unchanged_files_are_left_alone_and_one_new_file_reads_a_snapshot_whole(drop):
    drop.csv("lines_a.csv", ["1", "1", "1", DAY, ""])
    _, first = drop.read()
    records, again = drop.read(pull=Pull(loaded_hashes=first.read_files))
    assert not records and not again.snapshot and not again.warnings
    drop.csv("lines_b.csv", ["2", "1", "1", DAY, ""])
    records, third = drop.read(pull=Pull(loaded_hashes=first.read_files))
    assert sorted(record_id for record_id, _ in records) == ["1|1", "2|1"]
    assert third.snapshot and len(third.read_files) == 2
    records, _ = drop.read(pull=Pull(loaded_hashes=third.read_files, force=True))
    assert len(records) == 2


def test_in_mode_append_only_new_files_are_read(drop):
    drop.map(mode="append", sale_lines=LINES)
    drop.csv("lines_a.csv", ["1", "1", "1", DAY, ""])
    _, first = drop.read()
    assert not first.snapshot
    drop.csv("lines_b.csv", ["2", "1", "1", DAY, ""])
    records, _ = drop.read(pull=Pull(loaded_hashes=first.read_files))
    assert [record_id for record_id, _ in records] == ["2|1"]


def test_another_mapping_or_zone_reads_the_files_again(drop):
    drop.csv("lines.csv", ["1", "1", "1", DAY, ""])
    _, first = drop.read()
    drop.map(returns={"field": "quantity", "is": "negative"}, sale_lines=LINES)
    records, second = drop.read(pull=Pull(loaded_hashes=first.read_files))
    assert len(records) == 1
    account = Account(**{**vars(drop.account()), "time_zone": "Europe/London"})
    records, _ = drop.read(pull=Pull(loaded_hashes=second.read_files), account=account)
    assert mapped(records)[0]["sold_at"] == "2022-03-01T10:15:00+00:00"


def test_no_file_is_a_warning_and_no_snapshot(drop):
    records, pull = drop.read()
    assert not records and not pull.snapshot
    assert "no file lines*.csv" in pull.warnings[0]


def test_an_entity_that_the_mapping_lacks_is_silent(drop):
    assert drop.read("products")[1] == Pull()


def test_a_folder_that_is_missing_and_an_account_without_mapping(drop):
    with pytest.raises(SourceError, match=r"till: there is no folder '.*nowhere'"):
        drop.read(account=drop.account(str(drop.folder / "nowhere")))
    account = Account(**{**vars(drop.account()), "mapping": ""})
    with pytest.raises(SourceError, match="till: no mapping"):
        drop.read(account=account)


def test_a_broken_file_stops_a_snapshot_and_not_the_other_files_of_an_append(drop):
    drop.csv("lines_a.csv", ["1", "1", "1", DAY, ""])
    drop.csv("lines_b.csv", ["1"], header=["Other"])
    drop.csv("lines_c.csv", ["3", "1", "1", DAY, ""])
    pull = Pull()
    with pytest.raises(SourceError, match="lines_b.csv"):
        drop.read(pull=pull)
    assert pull.snapshot  # so that the core lands nothing and closes nothing
    drop.map(mode="append", sale_lines=LINES)
    ids = []
    with pytest.raises(SourceError, match="lines_b.csv"):
        for batch in files.read(drop.account(), ENTITIES["sale_lines"], Pull()):
            ids += [record.record_id for record in batch]
    assert sorted(ids) == ["1|1", "3|1"]


def test_files_are_found_in_any_case_by_name_and_lock_files_are_not(drop):
    for name in ("LINES_b.CSV", "lines_a.csv", "~$lines.csv", ".lines.csv", "other.csv"):
        drop.csv(name, ["1", "1", "1", DAY, ""])
    assert [p.name for p in files.matching_files(drop.folder, "*lines*.csv")] == [
        "LINES_b.CSV", "lines_a.csv",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "answers"),
    [
        ({"field": "quantity", "is": "negative"}, ["false", "true", "false"]),
        ({"field": "sale_id", "starts_with": "C"}, ["false", "false", "true"]),
        ({"field": "sale_id", "equals": ["C2", "1"]}, ["true", "true", "true"]),
        ({"field": "unit_price", "is": "negative"}, ["false", "false", None]),
    ],
)
def test_how_returns_look(drop, rule, answers):
    drop.map(returns=rule, sale_lines=LINES)
    rows = [["1", "1", "1", DAY, ""], ["1", "-1", "1", DAY, ""], ["C2", "-0", "", DAY, ""]]
    drop.csv("lines.csv", *rows)
    assert [row.get("is_return") for row in mapped(drop.read()[0])] == answers


def test_a_column_that_says_return_goes_before_the_rule(drop):
    columns = LINES["columns"] | {"is_return": {"column": "Note", "values": {"R": "true"}}}
    lines = LINES | {"columns": columns}
    drop.map(returns={"field": "quantity", "is": "negative"}, sale_lines=lines)
    drop.csv("lines.csv", ["1", "1", "1", DAY, "R"], ["1", "-1", "1", DAY, ""])
    assert [row.get("is_return") for row in mapped(drop.read()[0])] == ["true", None]


def test_a_workbook_with_dates_times_sums_constants_and_value_maps(drop):
    drop.map(
        sales={
            "files": "till.xlsx",
            "sheet": "Invoices",
            "header_row": 3,
            "columns": {
                "sale_id": "No", "sold_at": ["Date", "Time"], "tax_amount": {"sum": ["GST", "PST"]},
                "location_id": {"value": "main"}, "total_amount": {"any_of": ["Sum", "Total"]},
                "status": {"column": "Type", "values": {"S": "SALE", "-": ""}},
                "employee_id": "By", "note": ["A", "B"],
            },
        }
    )  # fmt: skip
    head = ["No", "Date", "Time", "GST", "PST", " Total\n", "Type", "By", "A", "B", None, "_mapped"]
    first = [1006, date(2022, 7, 1), time(9, 30), 0.5, 0.7, 11.2, "S", 3, "x", None, "extra", 1]
    second = [
        "1007",
        "2022-07-01 00:00",
        "14:05",
        "",
        None,
        "(5.00)",
        "-",
        None,
        None,
        "y",
        None,
        2,
    ]
    drop.workbook("till.xlsx", Other=[["a"]], Invoices=[["Report"], [], head, first, [], second])
    records, pull = drop.read("sales")
    assert not pull.rejections
    assert mapped(records) == [
        {
            "sale_id": "1006", "sold_at": "2022-07-01T09:30:00-07:00", "tax_amount": "1.2",
            "location_id": "main", "total_amount": "11.2", "status": "SALE", "employee_id": "3",
            "note": "x",
        },
        {
            "sale_id": "1007", "sold_at": "2022-07-01T14:05:00-07:00", "location_id": "main",
            "total_amount": "-5.00", "note": "y",
        },
    ]  # fmt: skip
    payload = records[0][1]
    assert (payload["No"], payload["Date"], payload["Time"]) == ("1006", "2022-07-01", "09:30:00")
    assert (payload["column K"], payload["_mapped (2)"]) == ("extra", "1")
    assert [p["_source"]["row"] for _, p in records] == [4, 6]
    assert records[0][1]["_source"]["sheet"] == "Invoices"


@pytest.mark.parametrize(
    ("row", "column", "value"),
    [
        (["1", "2022-13-45 00:00", "10:00", "1", "2"], "Date", "2022-13-45 00:00"),
        (["1", "2022-03-01 00:00", "25:00", "1", "2"], "Time", "25:00"),
        (["1", "", "10:00", "1", "2"], "Date, Time", " 10:00"),
        (["1", "2022-03-01 00:00", "10:00", "1", "x"], "PST", "x"),
    ],
)
def test_of_a_field_made_of_several_cells_the_bad_one_is_named(drop, row, column, value):
    tax = {"sum": ["GST", "PST"]}
    columns = {"sale_id": "No", "sold_at": ["Date", "Time"], "tax_amount": tax}
    drop.map(sales={"files": "sales.csv", "columns": columns})
    drop.csv("sales.csv", row, header=["No", "Date", "Time", "GST", "PST"])
    _, pull = drop.read("sales")
    assert [(r.column, r.value) for r in pull.rejections] == [(column, value)]


def test_an_error_of_excel_in_a_mapped_cell_rejects_its_row(drop):
    drop.map(products={"files": "p.xlsx", "columns": {"product_id": "No", "price": "Price"}})
    drop.workbook(
        "p.xlsx", P=[["No", "x", "Price"], [1, 2, 3.5], [2, "#DIV/0!", 4], [3, 1, "#N/A"]]
    )
    records, pull = drop.read("products")
    assert [row["product_id"] for row in mapped(records)] == ["1", "2"]
    assert records[1][1]["x"] == "#DIV/0!"
    (rejection,) = pull.rejections
    assert (rejection.sheet, rejection.row_number, rejection.column) == ("P", 4, "Price")
    assert rejection.value == "#N/A"


def test_tab_gzip_marks_and_other_encodings(drop):
    drop.map(sale_lines=LINES | {"files": "lines*"})
    text = "\t".join(HEADER) + "\n{}" + "\t".join(["1", "1", "1", DAY, "ü"]) + "\n"
    (drop.folder / "lines_1.tsv").write_bytes(text.format("").encode("utf-8-sig"))
    (drop.folder / "lines_2.tsv.gz").write_bytes(gzip.compress(text.format("2").encode("utf-16")))
    records, pull = drop.read()
    assert [payload["Note"] for _, payload in records] == ["ü", "ü"]
    assert not pull.rejections


def test_since_is_said_not_to_apply(drop):
    drop.csv("lines.csv", ["1", "1", "1", DAY, ""])
    records, pull = drop.read(pull=Pull(since=date(2022, 6, 1)))
    assert len(records) == 1
    assert "--since" in pull.warnings[0]
