"""Toast's export where several days tell of one thing: which has the last word."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

import pytest

from ingestion.contract import Pull
from tests.ingestion.toast_drop import TUE, WED, next_pull, pay, read, ring_up
from tests.ingestion.toast_nights import BACK, FIRST, SECOND, THIRD, THU, Cafe, Raw, late, with_milk
from tests.pipeline.toast_export import HEADERS, Export


@pytest.fixture
def cafe(tmp_path, shop, warehouse) -> Cafe:
    folder = tmp_path / "drop"
    shop({"account_id": "cafe", "source": "toast", "path": str(folder)})
    return Cafe(warehouse, folder)


@pytest.fixture
def one_cafe(tmp_path, shop, make_warehouse) -> Cafe:
    """As `cafe`, on DuckDB alone."""
    folder = tmp_path / "drop"
    shop({"account_id": "cafe", "source": "toast", "path": str(folder)})
    return Cafe(make_warehouse("duckdb"), folder)


def break_payments(folder: Path, how: str) -> None:
    path = folder / "PaymentDetails.csv"
    if how == "missing":
        path.unlink()
    elif how == "cut":
        path.write_text(path.read_text()[:-60])
    else:
        path.write_bytes(path.read_text().replace("Cash", "Café", 1).encode("cp1252"))


def test_a_day_that_no_longer_has_an_order_gives_it_back_to_the_day_before(cafe):
    taken = cafe.night(tue=(1, 2), wed=(1, 3))
    assert taken == {f"{WED}|{FIRST}", f"{TUE}|{SECOND}", f"{WED}|{THIRD}"}
    assert cafe.current("payments") == {f"{WED}|161-0", f"{TUE}|162-0", f"{WED}|163-0"}
    given_back = cafe.night(wed=(3,))
    assert given_back == {f"{TUE}|{FIRST}", f"{TUE}|{SECOND}", f"{WED}|{THIRD}"}
    assert cafe.current("payments") == {f"{TUE}|161-0", f"{TUE}|162-0", f"{WED}|163-0"}
    assert cafe.load() == given_back


@pytest.mark.parametrize("how", ["missing", "cut", "another encoding"])
def test_a_day_that_waits_takes_no_order_of_another_day(how, one_cafe):
    before = one_cafe.night(tue=(1, 2))
    export = Export()
    for number in (1, 3):
        ring_up(export, WED, number)
    export.write(one_cafe.folder)
    whole = (one_cafe.folder / WED / "PaymentDetails.csv").read_text()
    break_payments(one_cafe.folder / WED, how)
    assert one_cafe.load() == before
    (one_cafe.folder / WED / "PaymentDetails.csv").write_text(whole)
    assert one_cafe.load() == {f"{WED}|{FIRST}", f"{TUE}|{SECOND}", f"{WED}|{THIRD}"}


@pytest.mark.parametrize("how", ["broken", "gone", "empty"])
def test_what_a_day_took_stays_with_it_while_it_cannot_be_read(how, one_cafe):
    before = one_cafe.night(tue=(1, 2), wed=(1, 3))
    folder = one_cafe.folder / WED
    if how == "broken":
        break_payments(folder, "cut")
    elif how == "gone":
        shutil.rmtree(folder)
    else:
        for name in HEADERS:
            (folder / f"{name}.csv").write_text("")
    export = Export()
    for number in (1, 2, 4):
        ring_up(export, TUE, number, "11.00")
    export.write(one_cafe.folder)
    assert one_cafe.load() == before | {f"{TUE}|1300000000000000004"}, "and the first counts once"
    assert one_cafe.amounts()[FIRST] == ["10.00"]


@pytest.mark.parametrize("name", ["OrderDetails", "PaymentDetails"])
def test_a_row_that_cannot_be_used_takes_nothing_from_another_day(name, one_cafe):
    one_cafe.night(tue=(1, 2))
    export = Export()
    for number in (1, 3):
        ring_up(export, WED, number)
    export.days[WED][name][0]["Amount"] = "1O.00"
    export.write(one_cafe.folder)
    orders = {record_id.partition("|")[2] for record_id in one_cafe.load()}
    assert orders == {FIRST, SECOND, THIRD}
    payments = {record_id.partition("|")[2] for record_id in one_cafe.current("payments")}
    assert payments == {"161-0", "162-0", "163-0"}


def test_a_late_payment_that_its_day_no_longer_has_leaves_the_order(one_cafe):
    export = Export()
    ring_up(export, TUE, 1)
    ring_up(export, WED, 3)
    pay(export, WED, 1, 5, **{"Paid Date": "5/7/24 9:06 AM", "Amount": "3.00", "Total": "3.00"})
    export.write(one_cafe.folder)
    one_cafe.load()
    assert one_cafe.amounts() == {FIRST: ["10.00", "3.00"], THIRD: ["10.00"]}
    whole = (one_cafe.folder / WED / "PaymentDetails.csv").read_text()
    break_payments(one_cafe.folder / WED, "cut")
    one_cafe.night(tue=(1,))
    assert one_cafe.amounts()[FIRST] == ["10.00", "3.00"], "while that day waits it stays"
    (one_cafe.folder / WED / "PaymentDetails.csv").write_text(whole)
    one_cafe.night(wed=(3,))
    assert one_cafe.amounts() == {FIRST: ["10.00"], THIRD: ["10.00"]}


@pytest.mark.parametrize("lost", ["the folder", "a file"])
def test_an_order_keeps_its_late_payment_when_its_neighbour_is_read_without_that_day(
    lost, tmp_path
):
    export, till = Export(), Raw(tmp_path)
    for day, number in ((TUE, 1), (TUE, 2), (WED, 3)):
        ring_up(export, day, number)
    late(export, WED, 1, "3.00")
    export.write(tmp_path)
    till.load()
    if lost == "the folder":
        shutil.rmtree(tmp_path / WED)
    else:
        (tmp_path / WED / "PaymentDetails.csv").unlink()
    export = Export()
    ring_up(export, THU, 4)
    late(export, THU, 2, "1.00")
    export.write(tmp_path)
    till.load()
    assert till.paid()[FIRST] == ["10.00", "3.00"]
    assert till.paid()[SECOND] == ["10.00", "1.00"]
    assert len(till.current["orders"]) == 4


def test_an_order_keeps_its_late_payment_when_all_days_are_read_again_without_that_day(tmp_path):
    export, till = Export(), Raw(tmp_path)
    with_milk(export, TUE, 1, "12.00", "12.00")
    ring_up(export, WED, 3)
    late(export, WED, 1, "3.00")
    export.write(tmp_path)
    till.load()
    shutil.rmtree(tmp_path / WED)
    export = Export()
    for number in (4, 5):
        with_milk(export, THU, number, "12.00", "10.00")
    export.write(tmp_path)
    till.load()
    assert "all days are read again" in "".join(till.pulls["orders"].warnings)
    assert till.paid()[FIRST] == ["12.00", "3.00"]


@pytest.mark.parametrize("bad", [(TUE, "OrderDetails", 1), (WED, "PaymentDetails", 0)])
def test_a_bad_row_of_another_order_keeps_no_refund_from_an_order_of_several_days(bad, tmp_path):
    day, name, row = bad
    export, till = Export(), Raw(tmp_path)
    for number in (1, 2):
        ring_up(export, TUE, number)
    ring_up(export, WED, 3)
    late(export, WED, 1, "3.00")
    export.days[day][name][row]["Amount"] = "1O.00"
    export.write(tmp_path)
    till.load()
    export = Export()
    pay(export, THU, 1, 0, **{"Amount": "10.00", "Total": "10.00"} | BACK)
    export.write(tmp_path)
    with (tmp_path / day / f"{name}.csv").open("a") as file:
        file.write("\n")
    till.load()
    (order,) = (o for id_, o in till.current["orders"].items() if id_.endswith(FIRST))
    payments = json.loads(order)["checks"][0]["payments"]
    found = [(p["amount"], p["refund"] and p["refund"]["refundAmount"]) for p in payments]
    assert sorted(found) == [("10.00", "4.00"), ("3.00", None)]


def test_an_order_of_several_days_whose_own_row_is_bad_now_stays_as_it_was(tmp_path):
    export, till = Export(), Raw(tmp_path)
    for number in (1, 2):
        ring_up(export, TUE, number)
    late(export, WED, 1, "3.00")
    export.write(tmp_path)
    till.load()
    export.days[TUE]["OrderDetails"][0]["Amount"] = "1O.00"
    export.write(tmp_path)
    till.load()
    assert till.paid() == {FIRST: ["10.00", "3.00"], SECOND: ["10.00"]}


def test_a_day_that_was_gone_while_another_was_read_on_demand_is_read_when_it_is_back(tmp_path):
    export, till = Export(), Raw(tmp_path)
    for day, number in ((TUE, 1), (TUE, 2), (WED, 3)):
        ring_up(export, day, number)
    export.write(tmp_path)
    till.load()
    shutil.move(tmp_path / TUE, tmp_path / "elsewhere")
    both = Export()
    for number in (1, 3):
        ring_up(both, WED, number)
    both.write(tmp_path)
    till.load(refresh_day=date(2024, 5, 8))
    shutil.move(tmp_path / "elsewhere", tmp_path / TUE)
    again = Export()
    ring_up(again, WED, 3)
    again.write(tmp_path)
    till.load()
    assert till.current["orders"].keys() == {f"{TUE}|{FIRST}", f"{TUE}|{SECOND}", f"{WED}|{THIRD}"}


def test_a_refund_on_a_closed_day_reaches_the_order(tmp_path):
    export = Export()
    for number in (1, 2):
        ring_up(export, TUE, number)
    folder, pull = export.write(tmp_path / "drop"), Pull()
    read(folder, "orders", pull)
    closed = Export()
    pay(closed, WED, 1, 0, **{"Amount": "10.00", "Total": "10.00"} | BACK)
    file = closed.write(tmp_path / "served") / WED / "PaymentDetails.csv"
    (folder / WED).mkdir()
    shutil.copy(file, folder / WED)
    pull = next_pull(pull)
    order = read(folder, "orders", pull)[f"{TUE}|{FIRST}"]
    assert order["checks"][0]["payments"][0]["refund"]["refundAmount"] == "4.00"
    assert read(folder, "orders", next_pull(pull)) == {}
