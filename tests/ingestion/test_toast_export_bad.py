"""Toast's export with rows and files that cannot be used: what is told, and what goes on."""

from __future__ import annotations

import re

import pytest

from ingestion.contract import Pull, SourceError
from tests.ingestion.landed import load_one
from tests.ingestion.toast_drop import (
    TUE,
    WED,
    days_told,
    next_pull,
    read,
    read_with_error,
    ring_up,
)
from tests.pipeline.toast_export import Export


def test_a_row_that_cannot_be_used_is_listed_and_the_rest_goes_on(tmp_path):
    export = Export()
    ring_up(export, TUE, 1)
    ring_up(export, TUE, 2, Opened="yesterday")
    export.add(TUE, "ItemSelectionDetails", **{"Order Id": "7", "Item Selection Id": "77"})
    bad = {"Order Id": "1300000000000000001", "Item Selection Id": "8", "Gross Price": "1.2.3"}
    export.add(TUE, "ItemSelectionDetails", **bad)
    pull = Pull()
    assert list(read(export.write(tmp_path), "orders", pull)) == [f"{TUE}|1300000000000000001"]
    found = {(r.file, r.row_number, r.column, r.value) for r in pull.rejections}
    assert found == {
        (f"{TUE}/OrderDetails.csv", 3, "Opened", "yesterday"),
        (f"{TUE}/ItemSelectionDetails.csv", 4, "Order Id", "7"),
        (f"{TUE}/ItemSelectionDetails.csv", 5, "Gross Price", "1.2.3"),
    }


def test_a_file_without_a_column_that_is_needed_stops_its_day_and_no_other(tmp_path):
    export = Export()
    ring_up(export, TUE, 1)
    ring_up(export, WED, 2)
    folder, pull = export.write(tmp_path), Pull(folder=tmp_path)
    (folder / TUE / "OrderDetails.csv").write_text("Order Id,Openend\n1,2\n")
    found = read_with_error(folder, pull, r'OrderDetails.csv: has no column "Opened".*"Openend"')
    assert found == [f"{WED}|1300000000000000002"]
    assert days_told(pull) == {WED}


@pytest.mark.parametrize(
    ("name", "damage", "told"),
    [
        ("OrderDetails", lambda text: text[: len(text) * 9 // 10], "the file was cut off"),
        ("ItemSelectionDetails", lambda text: text[:-40], "the file was cut off"),
        ("ItemSelectionDetails", lambda text: text.replace("Gross Price", "Price"), "no column"),
        ("ItemSelectionDetails", lambda text: "", "ItemSelectionDetails.csv is missing or empty"),
        ("PaymentDetails", lambda text: None, "PaymentDetails.csv is missing or empty"),
        ("PaymentDetails", lambda text: text.replace("Refund Amount", "Refunded"), "no column"),
        ("CheckDetails", lambda text: text.replace("Check Id", "Check"), "no column"),
    ],
)
def test_a_day_that_lacks_a_part_waits_as_a_whole(name, damage, told, tmp_path):
    export = Export()
    ring_up(export, TUE, 1)
    ring_up(export, TUE, 2)
    ring_up(export, WED, 3)
    folder = export.write(tmp_path)
    path = folder / TUE / f"{name}.csv"
    whole = path.read_text()
    damaged = damage(whole)
    path.unlink()
    if damaged is not None:
        path.write_text(damaged)
    pull = Pull(folder=folder)
    assert read_with_error(folder, pull, told) == [f"{WED}|1300000000000000003"]
    assert days_told(pull) == {WED}, "what was loaded of the other day stays"
    path.write_text(whole)
    pull = next_pull(pull)
    assert len(read(folder, "orders", pull)) == 2, "mended, and the good day is not read again"
    assert days_told(pull) == {TUE}


def test_a_bad_day_of_long_ago_is_told_each_night_and_nothing_else_is_read_again(
    tmp_path, shop, warehouse
):
    export = Export()
    ring_up(export, TUE, 1)
    ring_up(export, WED, 2)
    folder = export.write(tmp_path / "drop")
    (folder / TUE / "PaymentDetails.csv").unlink()
    shop({"account_id": "cafe", "source": "toast", "path": str(folder)})
    first, again = (load_one(warehouse, "cafe", "orders") for _ in range(2))
    assert (first.status, first.new, first.fetched) == ("partial", 1, 1)
    assert (again.status, again.new, again.fetched) == ("failed", 0, 0)
    assert f"{TUE}: PaymentDetails.csv is missing" in again.error


def test_a_row_that_cannot_be_used_closes_nothing_of_its_day(tmp_path):
    export = Export()
    for number in (1, 2):
        ring_up(export, TUE, number)
    export.days[TUE]["OrderDetails"][1]["Amount"] = "1O.OO"
    pull = Pull()
    assert list(read(export.write(tmp_path), "orders", pull)) == [f"{TUE}|1300000000000000001"]
    assert days_told(pull) == set(), "what was loaded of the other order stays"


def test_ids_that_a_spreadsheet_rounded_are_listed_and_no_order(tmp_path):
    export = Export()
    for number in (1, 2):
        ring_up(export, TUE, number)
    path = export.write(tmp_path) / TUE / "OrderDetails.csv"
    path.write_text(re.sub(r"13000000000000000\d\d", "1.3E+18", path.read_text()))
    pull = Pull()
    assert read(tmp_path, "orders", pull) == {}
    reasons = [r.reason for r in pull.rejections if r.file.endswith("OrderDetails.csv")]
    assert reasons == ["was rewritten by a spreadsheet: take the file as Toast wrote it"]


@pytest.mark.parametrize("written", ["1300000000000000001.0", '="1300000000000000001"'])
def test_ids_that_a_program_wrote_otherwise_are_no_order(written, tmp_path):
    export = Export()
    ring_up(export, TUE, 1, **{"Order Id": written})
    pull = Pull()
    assert read(export.write(tmp_path), "orders", pull) == {}
    assert (pull.rejections[0].column, pull.rejections[0].value) == ("Order Id", written)
    assert days_told(pull) == set()


def test_a_row_that_stands_twice_counts_once_and_another_one_of_its_id_is_told(tmp_path):
    export = Export()
    ring_up(export, TUE, 1)
    for name in ("OrderDetails", "ItemSelectionDetails", "PaymentDetails"):
        export.days[TUE][name] *= 2
    pull = Pull()
    (order,) = read(export.write(tmp_path), "orders", pull).values()
    (check,) = order["checks"]
    assert (len(check["selections"]), len(check["payments"]), check["totalAmount"]) == (
        1,
        1,
        "10.00",
    )
    assert pull.warnings == []
    rows = export.days[TUE]["ItemSelectionDetails"]
    rows[1] = rows[0] | {"Net Price": "9.00"}
    (order,) = read(export.write(tmp_path), "orders", pull).values()
    assert [item["price"] for item in order["checks"][0]["selections"]] == ["9.00"]
    assert pull.warnings[:1] == [
        "1 rows of ItemSelectionDetails.csv repeat an id otherwise: its last row counts."
    ]


def test_a_column_that_money_depends_on_and_is_not_there_is_told(tmp_path):
    export = Export()
    ring_up(export, TUE, 1)
    folder, pull = export.write(tmp_path), Pull()
    for name, old, new in (
        ("PaymentDetails", "Refund Tip Amount", "Refunded Tip"),
        ("ItemSelectionDetails", "Deferred", "Is Deferred"),
    ):
        path = folder / TUE / f"{name}.csv"
        path.write_text(path.read_text().replace(old, new))
    read(folder, "orders", pull)
    assert [line.partition(". ")[0] for line in pull.warnings] == [
        f"ItemSelectionDetails.csv of {TUE}: no column Deferred",
        f"PaymentDetails.csv of {TUE}: no column Refund Tip Amount",
    ]


def test_a_file_in_another_encoding_was_saved_by_another_program(tmp_path):
    export = Export()
    ring_up(export, TUE, 1)
    path = export.write(tmp_path) / TUE / "ItemSelectionDetails.csv"
    path.write_bytes(path.read_text().replace("Coffee", "Café").encode("cp1252"))
    told = "is not UTF-8 text: a program has saved it anew. Take it as Toast wrote it."
    assert read_with_error(tmp_path, Pull(folder=tmp_path), told) == []


def test_a_file_that_was_saved_with_semicolons_names_them(tmp_path):
    export = Export()
    ring_up(export, TUE, 1)
    path = export.write(tmp_path) / TUE / "PaymentDetails.csv"
    path.write_text(path.read_text().replace(",", ";"))
    with pytest.raises(SourceError, match='parted by ";": take it as Toast wrote it') as raised:
        read(tmp_path, "payments")
    assert "header line" not in str(raised.value)


def test_a_file_without_its_header_line_is_not_quoted(tmp_path):
    export = Export()
    ring_up(export, TUE, 1)
    export.days[TUE]["PaymentDetails"][0]["Email"] = "ada.guest@example.com"
    path = export.write(tmp_path) / TUE / "PaymentDetails.csv"
    path.write_text("".join(path.read_text().splitlines(keepends=True)[1:]))
    with pytest.raises(SourceError, match="seems to be no header line") as raised:
        read(tmp_path, "payments")
    assert "ada" not in str(raised.value)


def test_a_folder_that_is_no_day_is_passed_over(tmp_path):
    export = Export()
    ring_up(export, "20241340", 1)
    assert read(export.write(tmp_path)) == {}


def test_a_folder_that_is_not_there_is_told(tmp_path):
    with pytest.raises(SourceError, match="there is no folder"):
        read(tmp_path / "nowhere")
