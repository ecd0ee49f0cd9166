"""Toast's export where several days tell of one thing: which has the last word, and what waits."""

from __future__ import annotations

import json
import random
import shutil
from collections import Counter
from collections.abc import Iterable
from copy import deepcopy
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from ingestion.contract import Pull, SourceError
from ingestion.destinations import Warehouse
from ingestion.load import load
from ingestion.sources import toast
from ingestion.sources.toast.entities import BY_NAME
from tests.ingestion.landed import raw
from tests.ingestion.toast_drop import (
    TUE,
    WED,
    account,
    next_pull,
    pay,
    read,
    read_with_error,
    ring_up,
)
from tests.pipeline.toast_export import HEADERS, Export

FIRST, SECOND, THIRD = (f"130000000000000000{number}" for number in (1, 2, 3))
THU = "20240509"
BACK = {"Refund Date": "5/8/24 1:00 PM", "Refund Amount": "4.00", "Refunded": "PARTIAL"}


class Cafe:
    """A restaurant whose export is loaded night by night."""

    def __init__(self, warehouse: Warehouse, folder: Path) -> None:
        self.warehouse, self.folder = warehouse, folder

    def night(self, **orders: tuple[int, ...]) -> set[str]:
        """Export days anew with these orders, load, and say what orders are current then."""
        export = Export()
        for day, numbers in orders.items():
            for number in numbers:
                ring_up(export, {"tue": TUE, "wed": WED}[day], number)
        export.write(self.folder)
        return self.load()

    def load(self) -> set[str]:
        """The orders that are current after a load."""
        load(self.warehouse, accounts=["cafe"], entities=["orders", "payments"])
        return self.current("orders")

    def current(self, entity: str) -> set[str]:
        """The records that are current."""
        found = raw(self.warehouse, f"toast.{entity}")
        return {record_id for record_id, is_current in found.items() if is_current}

    def amounts(self) -> dict[str, list[str]]:
        """order -> what was paid of it, as it is current."""
        with self.warehouse.connect() as db:
            rows = db.fetch("select payload from raw_toast.orders where _dlt_valid_to is null")
        return amounts_of(json.loads(row["payload"]) for row in rows)


def amounts_of(orders: Iterable[dict]) -> dict[str, list[str]]:
    """order -> what was paid of it."""
    return {o["guid"]: [p["amount"] for p in o["checks"][0]["payments"]] for o in orders}


class Raw:
    """What a restaurant's loads leave behind, without a warehouse: fast, and to be compared."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.pulls = {"orders": Pull(), "payments": Pull()}
        self.current: dict[str, dict[str, str]] = {"orders": {}, "payments": {}}

    def load(self) -> None:
        """Read what is new, close what is gone; nothing may be there twice."""
        for entity, current in self.current.items():
            pull, found = next_pull(self.pulls[entity]), {}
            pull.folder, bookmark = self.folder, deepcopy(pull.bookmark)
            try:
                for batch in toast.read(account(self.folder), BY_NAME[entity], pull):
                    found |= {record.record_id: record.payload for record in batch}
                    bookmark = deepcopy(pull.bookmark)
            except SourceError:
                pull.bookmark = bookmark
            for record_id in [*current] if pull.documents else ():
                if record_id not in found and pull.documents.of(record_id) in pull.documents.read:
                    del current[record_id]
            current |= found
            self.pulls[entity] = pull
            ids = Counter(record_id.partition("|")[2] for record_id in current)
            assert max(ids.values(), default=1) == 1, entity

    def paid(self) -> dict[str, list[str]]:
        """order -> what was paid of it, as it is current."""
        return amounts_of(map(json.loads, self.current["orders"].values()))


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


def late(export: Export, day: str, number: int, amount: str) -> None:
    """A payment in the file of a day for an order of the day before."""
    at = {"Paid Date": "5/7/24 9:06 AM"}
    pay(export, day, number, 5, **at, **{"Amount": amount, "Total": amount})


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


# -- rows that are missing ---------------------------------------------------------------------


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


# -- what prices of items hold -----------------------------------------------------------------


def with_milk(export: Export, day: str, number: int, amount: str, item: str) -> None:
    """An order that comes to `amount`, of one item and 2.00 for its milk."""
    ring_up(export, day, number, amount)
    export.days[day]["ItemSelectionDetails"][-1] |= {"Gross Price": item, "Net Price": item}
    row = {"Order Id": f"1300000000000000{number:03d}", "Modifier": "Oat milk", "Qty": "1"}
    row |= {"Item Selection Id": f"17{number}", "Parent Menu Selection Item ID": f"15{number}"}
    export.add(day, "ModifiersSelectionDetails", **row, **{"Gross Price": "2.00"}, **NET)


NET = {"Net Price": "2.00", "Void?": "false"}


def prices(found: dict[str, dict]) -> list[str]:
    return [o["checks"][0]["selections"][0]["price"] for o in found.values()]


def test_one_order_with_a_charge_does_not_outvote_the_orders_of_days_before(tmp_path):
    export = Export()
    for number in (1, 2, 3):
        with_milk(export, TUE, number, "12.00", "12.00")
    folder, pull = export.write(tmp_path), Pull()
    assert prices(read(folder, "orders", pull)) == ["12.00"] * 3
    export = Export()
    with_milk(export, WED, 4, "14.00", "12.00")
    pull = next_pull(pull)
    (order,) = read(export.write(folder), "orders", pull).values()
    assert prices({"": order}) == ["12.00"]
    (charge,) = order["checks"][0]["appliedServiceCharges"]
    assert charge["chargeAmount"] == "2.00"


def test_when_most_orders_show_otherwise_all_days_are_read_again_and_it_is_told(tmp_path):
    export = Export()
    with_milk(export, TUE, 1, "12.00", "12.00")
    folder, pull = export.write(tmp_path), Pull()
    read(folder, "orders", pull)
    export = Export()
    for number in (2, 3):
        with_milk(export, WED, number, "12.00", "10.00")
    pull = next_pull(pull)
    found = read(export.write(folder), "orders", pull)
    assert list(found) == [f"{TUE}|{FIRST}", f"{WED}|{SECOND}", f"{WED}|{THIRD}"]
    assert prices(found)[1:] == ["12.00", "12.00"]
    assert "prices of items lack modifiers, and showed nothing before" in pull.warnings[0]


def test_a_day_that_is_read_again_and_again_tells_of_prices_once(tmp_path):
    export = Export()
    with_milk(export, TUE, 1, "14.00", "12.00")
    for number in (2, 3):
        with_milk(export, WED, number, "12.00", "12.00")
    folder, pull = export.write(tmp_path), Pull()
    assert prices(read(folder, "orders", pull)) == ["12.00"] * 3
    for _ in range(3):
        pull = replace(next_pull(pull), refresh_day=date(2024, 5, 7))
        assert prices(read(folder, "orders", pull)) == ["12.00"]
        assert not any("all days are read again" in told for told in pull.warnings)


def test_a_day_that_is_exported_again_tells_anew_of_prices(tmp_path):
    export = Export()
    for number in (1, 2):
        with_milk(export, TUE, number, "14.00", "12.00")
    folder, pull = export.write(tmp_path), Pull()
    assert prices(read(folder, "orders", pull)) == ["14.00"] * 2
    export = Export()
    with_milk(export, TUE, 1, "12.00", "12.00")
    assert prices(read(export.write(folder), "orders", next_pull(pull))) == ["12.00"]


# -- a file that another program wrote ---------------------------------------------------------


def test_a_file_that_was_saved_with_semicolons_names_them(tmp_path):
    export = Export()
    ring_up(export, TUE, 1)
    path = export.write(tmp_path) / TUE / "PaymentDetails.csv"
    path.write_text(path.read_text().replace(",", ";"))
    with pytest.raises(SourceError, match='parted by ";": take it as Toast wrote it') as raised:
        read(tmp_path, "payments")
    assert "header line" not in str(raised.value)


# -- whatever comes in whatever order ----------------------------------------------------------

DAYS = (TUE, WED, THU, "20240510")


def export_anew(chance: random.Random, folder: Path, day: str) -> dict[Path, bytes]:
    """A day with orders of which other days may have some too, and payments of any order."""
    export = Export()
    for number in chance.sample(range(1, 9), chance.randint(1, 4)):
        ring_up(export, day, number, f"{chance.randint(5, 20)}.00")
    for number in chance.sample(range(1, 9), 2):
        amount = {"Amount": f"{chance.randint(1, 9)}.00", "Paid Date": "5/7/24 9:06 AM"}
        pay(export, day, number, chance.choice((0, 5)), **amount)
    export.write(folder)
    return {path: path.read_bytes() for path in (folder / day).iterdir()}


def damage(chance: random.Random, folder: Path) -> None:
    """Take away a day, or one of its files, its end, or a number in it."""
    name = chance.choice(("OrderDetails", "PaymentDetails", "ItemSelectionDetails"))
    path = folder / f"{name}.csv"
    how = chance.choice(("folder", "file", "cut", "cell"))
    if how == "folder" or not path.exists():
        shutil.rmtree(folder, ignore_errors=True)
    elif how == "file":
        path.unlink()
    else:
        text = path.read_bytes()
        path.write_bytes(text[:-30] if how == "cut" else text.replace(b".00", b".O0", 1))


@pytest.mark.parametrize("seed", range(12))
def test_in_the_end_all_is_as_if_it_was_loaded_once(seed, tmp_path):
    chance, till, whole = random.Random(seed), Raw(tmp_path), {}
    for _ in range(8):
        for day in chance.sample(DAYS, 2):
            if chance.random() < 0.5:
                whole[day] = export_anew(chance, tmp_path, day)
            else:
                damage(chance, tmp_path / day)
        till.load()
        mend([files for files in whole.values() if chance.random() < 0.5])
    mend(list(whole.values()))
    till.load()
    once = Raw(tmp_path)
    once.load()
    assert till.current == once.current
    assert once.current["orders"]


def mend(days: list[dict[Path, bytes]]) -> None:
    for files in days:
        for path, text in files.items():
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(text)


@pytest.mark.parametrize("seed", range(12))
def test_what_is_gone_stays_as_it_was_and_the_rest_goes_on(seed, tmp_path):
    chance, till, once = random.Random(seed), Raw(tmp_path), Raw(tmp_path)
    days = {day: export_anew(chance, tmp_path, day) for day in DAYS}
    till.load()
    before = till.current["orders"].copy()
    export = Export()
    ring_up(export, "20240511", 9)
    for number in chance.sample(range(1, 9), 4):
        late(export, "20240511", number, f"{chance.randint(1, 9)}.00")
    export.write(tmp_path)
    once.load()
    lost = chance.sample(DAYS, 2)
    for day in lost:
        take_away(chance, tmp_path / day)
    till.load()
    texts = [text.decode() for day in lost for text in days[day].values()]

    def touches_what_is_lost(record_id: str) -> bool:
        return any(record_id.partition("|")[2] in text for text in texts)

    expected = {id_: text for id_, text in before.items() if touches_what_is_lost(id_)}
    whole = once.current["orders"]
    expected |= {id_: text for id_, text in whole.items() if not touches_what_is_lost(id_)}
    assert till.current["orders"] == expected
    listed = ({id_.partition("|")[2] for id_ in raw.current["payments"]} for raw in (till, once))
    assert next(listed) == next(listed)
    mend(list(days.values()))
    till.load()
    assert till.current == once.current


def take_away(chance: random.Random, folder: Path) -> None:
    """A day is gone, or one of its files."""
    names = ("OrderDetails", "ItemSelectionDetails", "PaymentDetails", "CheckDetails")
    name = chance.choice(("", *names))
    if name:
        (folder / f"{name}.csv").unlink()
    else:
        shutil.rmtree(folder)
