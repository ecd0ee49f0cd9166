"""Toast's export where rows, files or days are missing: what waits, and what is told."""

from __future__ import annotations

import json
import shutil

import pytest

from ingestion.contract import Pull
from tests.ingestion.toast_drop import TUE, WED, next_pull, pay, read, read_with_error, ring_up
from tests.ingestion.toast_nights import FIRST, SECOND, THIRD, THU, Raw
from tests.pipeline.toast_export import HEADERS, Export


@pytest.mark.parametrize("name", ["ItemSelectionDetails", "PaymentDetails"])
def test_a_file_of_which_only_the_header_is_there_is_waited_for(name, tmp_path):
    export = Export()
    for day, number in ((TUE, 1), (WED, 2), (WED, 3)):
        ring_up(export, day, number)
    folder, pull = export.write(tmp_path), Pull(folder=tmp_path)
    (folder / WED / f"{name}.csv").write_text(HEADERS[name] + "\n")
    told = f"{WED}: {name}.csv is missing or empty, so its orders wait"
    assert read_with_error(folder, pull, told) == [f"{TUE}|{FIRST}"]


@pytest.mark.parametrize("name", ["CheckDetails", "ModifiersSelectionDetails", "PaymentDetails"])
def test_a_day_of_which_a_file_that_was_loaded_is_gone_waits_and_is_told_each_night(name, tmp_path):
    export = Export()
    ring_up(export, TUE, 1)
    guest = {"Check Id": "1400000000000000001", "Customer Id": "7", "Customer": "Ann"}
    export.add(TUE, "CheckDetails", **guest, Tax="0.00")
    folder, pull = export.write(tmp_path), Pull(folder=tmp_path)
    read(folder, "orders", pull)
    path = folder / TUE / f"{name}.csv"
    whole = path.read_text()
    path.unlink()
    for day, orders in ((WED, [f"{WED}|{SECOND}"]), (THU, [f"{THU}|{THIRD}"]), ("", [])):
        export, pull = Export(), next_pull(pull)
        if day:
            ring_up(export, day, int(orders[0][-1]))
        told = f"{TUE}: {name}.csv is missing or empty, so its orders wait"
        assert read_with_error(export.write(folder), pull, told) == orders
        assert TUE not in pull.documents.read if pull.documents else not day
    path.write_text(whole)
    (order,) = read(folder, "orders", next_pull(pull)).values()
    assert order["checks"][0]["customer"]["firstName"] == "Ann"


def test_a_day_that_never_had_a_file_of_checks_is_waited_for_by_nobody(tmp_path):
    export = Export()
    ring_up(export, TUE, 1)
    folder, pull = export.write(tmp_path), Pull(folder=tmp_path)
    (folder / TUE / "CheckDetails.csv").unlink()
    assert list(read(folder, "orders", pull)) == [f"{TUE}|{FIRST}"]
    assert read(folder, "orders", next_pull(pull)) == {}


def test_a_day_that_only_repeats_orders_of_the_day_before_waits_for_no_items(tmp_path):
    export = Export()
    ring_up(export, TUE, 1)
    export.days[WED]["OrderDetails"] = list(export.days[TUE]["OrderDetails"])
    (order,) = read(export.write(tmp_path)).values()
    assert (order["businessDate"], len(order["checks"][0]["selections"])) == (20240508, 1)


def repeat_without_items(export: Export, of: Export) -> None:
    """Wednesday lists the first order of Tuesday again, paid now, and one of its own."""
    ring_up(export, WED, 3)
    pay(export, WED, 1, 0, **{"Amount": "10.00", "Total": "10.00"})
    export.days[WED]["OrderDetails"].append(of.days[TUE]["OrderDetails"][0])


def test_an_order_keeps_its_items_of_a_day_that_is_gone_when_its_own_day_is_read_again(tmp_path):
    export, till = Export(), Raw(tmp_path)
    for number in (1, 2):
        ring_up(export, TUE, number)
    del export.days[TUE]["PaymentDetails"][0]
    repeat_without_items(export, export)
    export.write(tmp_path)
    till.load()
    before = till.current["orders"].copy()
    shutil.rmtree(tmp_path / TUE)
    again = Export()
    repeat_without_items(again, export)
    ring_up(again, WED, 4)
    again.write(tmp_path)
    till.load()
    new = {f"{WED}|1300000000000000004"}
    assert till.current["orders"].keys() == before.keys() | new
    assert before.items() <= till.current["orders"].items()


def test_a_day_that_repeats_an_order_takes_it_not_while_the_day_with_its_items_waits(tmp_path):
    export, till = Export(), Raw(tmp_path)
    for number in (1, 2):
        ring_up(export, TUE, number)
    export.write(tmp_path)
    till.load()
    before = till.current["orders"].copy()
    path = tmp_path / TUE / "ItemSelectionDetails.csv"
    whole = path.read_bytes()
    path.write_bytes(whole[:-30])
    again = Export()
    repeat_without_items(again, export)
    again.write(tmp_path)
    till.load()
    assert till.current["orders"].keys() == before.keys() | {f"{WED}|{THIRD}"}
    path.write_bytes(whole)
    till.load()
    assert till.current["orders"].keys() == {f"{WED}|{FIRST}", f"{TUE}|{SECOND}", f"{WED}|{THIRD}"}
    order = json.loads(till.current["orders"][f"{WED}|{FIRST}"])
    assert len(order["checks"][0]["selections"]) == 1


def lose_an_item(export: Export, day: str, number: int) -> None:
    """An order of two items, of which the file has one."""
    ring_up(export, day, number, "30.00")
    half = {"Gross Price": "10.00", "Net Price": "10.00"}
    export.days[day]["ItemSelectionDetails"][-1] |= half


def test_what_orders_hold_beyond_their_items_is_told_where_no_other_day_has_such(tmp_path):
    export = Export()
    ring_up(export, TUE, 1)
    lose_an_item(export, TUE, 2)
    pull = Pull()
    folder = export.write(tmp_path)
    read(folder, "orders", pull)
    (told,) = pull.warnings
    assert told.startswith(f"{TUE}: 1 orders hold 20.00 more than their items")
    export = Export()
    lose_an_item(export, WED, 3)
    export.write(folder)
    pull = next_pull(pull)
    read(folder, "orders", pull)
    assert pull.warnings == [], "who charges for service need not hear it each night"


def test_an_amount_that_no_item_explains_is_told(tmp_path):
    export = Export()
    for number in (1, 2):
        ring_up(export, TUE, number, "30.00")
    del export.days[TUE]["ItemSelectionDetails"][1]
    pull = Pull()
    read(export.write(tmp_path), "orders", pull)
    (told,) = pull.warnings
    assert told.startswith(f"{TUE}: 1 orders hold 30.00 that their items do not explain")
