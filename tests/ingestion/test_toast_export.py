"""Toast's nightly export, folder by folder: what rows become, and a day that comes again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from ingestion.contract import Pull, SourceError
from ingestion.demo.toast_orders import Extra, Item, Terms
from ingestion.demo.toast_orders import ring_up as checks_of
from ingestion.sources import toast
from ingestion.sources.toast.entities import BY_NAME, ENTITIES
from tests.ingestion.connect_till import account as any_account
from tests.ingestion.landed import load_one, raw, read_all
from tests.ingestion.toast_drop import (
    TUE,
    WED,
    account,
    days_told,
    next_pull,
    pay,
    read,
    read_with_error,
    ring_up,
)
from tests.pipeline.toast_export import HEADERS, Export


def test_amounts_ids_and_unknown_columns_are_kept_as_written(tmp_path):
    export = Export()
    ring_up(export, TUE, 1, "1,013.00")
    (order,) = read(export.write(tmp_path)).values()
    (check,) = order["checks"]
    assert order["guid"] == "1300000000000000001", "19 digits, no float"
    assert (check["totalAmount"], check["selections"][0]["price"]) == ("1013.00", "1013.00")
    assert order["export"]["Total"] == "1,013.00"
    assert order["openedDate"] == "2024-05-07T09:05:00-07:00", "the restaurant's own clock"
    columns = set(HEADERS["ItemSelectionDetails"].split(","))
    assert set(check["selections"][0]["export"]) == columns


def test_older_names_of_columns_and_any_order_of_them_will_do(tmp_path):
    export = Export()
    ring_up(export, TUE, 1)
    path = export.write(tmp_path) / TUE / "ItemSelectionDetails.csv"
    header = "menu item,Qty,Tax,Void,Discnt,Gross Price,Item Selection Id,Check Id,Order Id"
    path.write_text(f"{header}\nTea,1,0.00000000,false,2.50,12.50,151,14,1300000000000000001\n")
    (order,) = read(tmp_path).values()
    (item,) = order["checks"][0]["selections"]
    assert (item["displayName"], item["price"], item["preDiscountPrice"]) == (
        "Tea",
        "10.00",
        "12.50",
    )


def test_a_day_that_is_exported_again_counts_as_it_is_now(tmp_path, shop, warehouse):
    first, again = Export(), Export()
    for number in (1, 2):
        ring_up(first, TUE, number)
    ring_up(first, WED, 3)
    ring_up(again, TUE, 1, "12.00")
    first.write(tmp_path / "drop")
    shop({"account_id": "cafe", "source": "toast", "path": str(tmp_path / "drop")})
    assert load_one(warehouse, "cafe", "orders").new == 3
    assert load_one(warehouse, "cafe", "orders").status == "no_change"
    again.write(tmp_path / "drop")
    row = load_one(warehouse, "cafe", "orders")
    assert (row.new, row.changed, row.closed) == (0, 1, 1)
    assert raw(warehouse, "toast.orders") == {
        f"{TUE}|1300000000000000001": True,
        f"{TUE}|1300000000000000002": False,
        f"{WED}|1300000000000000003": True,
    }
    assert "their day was exported without them" in row.warnings


def test_an_order_in_the_files_of_two_days_counts_once_as_the_later_has_it(tmp_path):
    export = Export()
    ring_up(export, TUE, 1)
    folder, pull = export.write(tmp_path), Pull()
    assert set(read(folder, "orders", pull)) == {f"{TUE}|1300000000000000001"}
    ring_up(export, WED, 1, "12.00")
    ring_up(export, TUE, 2)
    pull = next_pull(pull)
    assert set(read(export.write(tmp_path), "orders", pull)) == {
        f"{TUE}|1300000000000000002",
        f"{WED}|1300000000000000001",
    }
    assert days_told(pull) == {TUE, WED}, "what Tuesday said of it is closed"


def test_a_payment_of_the_day_after_finds_its_order(tmp_path):
    export = Export()
    ring_up(export, TUE, 1, "10.00")
    folder, pull = export.write(tmp_path), Pull()
    read(folder, "orders", pull)
    pay(export, WED, 1, 1, **{"Amount": "0.00", "Tip": "2.00", "Total": "2.00"})
    pay(export, WED, 9, 1, **{"Amount": "5.00", "Total": "5.00"})
    pull = next_pull(pull)
    (order,) = read(export.write(tmp_path), "orders", pull).values()
    assert [p["tipAmount"] for p in order["checks"][0]["payments"]] == ["0.00", "2.00"]
    assert order["checks"][0]["totalAmount"] == "12.00"
    assert pull.warnings == [
        "payments name 1 orders that no day of the export has: they count nowhere yet."
    ]


def test_a_refund_in_the_file_of_a_later_day_replaces_the_payment_as_it_was(tmp_path):
    export = Export()
    ring_up(export, TUE, 1, "10.00")
    back = {"Refund Date": "5/8/24 11:00 AM", "Refund Amount": "4.00", "Refunded": "PARTIAL"}
    pay(export, WED, 1, 0, **{"Amount": "10.00", "Total": "10.00"} | back)
    (order,) = read(export.write(tmp_path)).values()
    (payment,) = order["checks"][0]["payments"]
    assert (payment["amount"], payment["refund"]["refundAmount"]) == ("10.00", "4.00")
    assert payment["refund"]["refundBusinessDate"] == 20240508
    assert order["checks"][0]["totalAmount"] == "10.00"
    (listed,) = read(tmp_path, "payments")
    assert listed == f"{WED}|161-0", "once, as the later day has it"


def test_statuses_and_types_that_are_new_are_counted(tmp_path):
    export = Export()
    ring_up(export, TUE, 1)
    pay(export, TUE, 1, 1, **{"Type": "Sea shells", "Amount": "0.00", "Total": "0.00"})
    pull = Pull()
    read(export.write(tmp_path), "payments", pull)
    assert pull.unknown == {"type SEA_SHELLS": 1}


@pytest.mark.parametrize("left", [None, "", HEADERS["OrderDetails"] + "\n"])
def test_items_without_the_file_of_their_orders_wait_and_fail_each_night(left, tmp_path):
    export = Export()
    ring_up(export, TUE, 1)
    ring_up(export, WED, 2)
    folder, pull = export.write(tmp_path), Pull(folder=tmp_path)
    path = folder / TUE / "OrderDetails.csv"
    whole = path.read_text()
    path.unlink()
    if left is not None:
        path.write_text(left)
    told = f"{TUE}: OrderDetails.csv is missing or empty, so its orders wait"
    assert read_with_error(folder, pull, told) == [f"{WED}|1300000000000000002"]
    pull = next_pull(pull)
    assert read_with_error(folder, pull, told) == [], "told again, and the good day is not read"
    path.write_text(whole)
    assert list(read(folder, "orders", next_pull(pull))) == [f"{TUE}|1300000000000000001"]


def test_empty_and_absent_files_of_a_closed_day_are_fine_and_close_nothing(tmp_path):
    export = Export()
    ring_up(export, TUE, 1)
    folder = export.write(tmp_path)
    (folder / WED).mkdir()
    for name in HEADERS:
        (folder / WED / f"{name}.csv").touch()
    (folder / "20240509").mkdir()
    (folder / "notes").mkdir()
    for entity in ENTITIES:
        pull = Pull()
        read(folder, entity.name, pull)
        assert (pull.warnings, pull.rejections) == ([], []), entity.name
        assert not pull.documents or WED not in pull.documents.read
    pull = Pull()
    read(folder, "orders", pull)
    for name in HEADERS:
        (folder / TUE / f"{name}.csv").write_text("")
    pull = next_pull(pull)
    assert read(folder, "orders", pull) == {}
    assert days_told(pull) == set(), "a file that says nothing closes nothing"
    for name, header in HEADERS.items():
        (folder / TUE / f"{name}.csv").write_text(header + "\n")
    pull = next_pull(pull)
    assert read(folder, "orders", pull) == {}
    assert days_told(pull) == {TUE}, "one that says that there was nothing does"


def test_modifiers_that_prices_do_not_hold_are_waited_for(tmp_path):
    export = Export(on_top=True)
    for day, number in ((TUE, 1), (WED, 2)):
        check = checks_of(f"c{number}", [Item("Tea", 500, extras=(Extra("Oat", 75),))], Terms())
        made = {"guid": f"o{number}", "businessDate": int(day), "source": "In Store"}
        opened = f"{day[:4]}-{day[4:6]}-{day[6:]}T19:00:00.000+0000"
        check["payments"] = []
        export.order(made | {"openedDate": opened, "checks": [check]})
        pay(export, day, number)
    folder = export.write(tmp_path)
    (folder / WED / "ModifiersSelectionDetails.csv").unlink()
    found = read_with_error(folder, Pull(folder=folder), f"{WED}: Modifiers.* so its orders wait")
    assert [record_id.partition("|")[0] for record_id in found] == [TUE]


def test_what_items_lack_is_no_service_charge(tmp_path):
    export = Export()
    for number in (1, 2, 3):
        ring_up(export, TUE, number)
    rows = export.days[TUE]["ItemSelectionDetails"]
    rows[0]["Net Price"] = "1.0.0"
    del rows[1]
    pull = Pull()
    found = read(export.write(tmp_path), "orders", pull).values()
    checks = [order["checks"][0] for order in found]
    assert [check["appliedServiceCharges"] for check in checks] == [[], [], []]
    assert [check["totalAmount"] for check in checks] == ["10.00"] * 3
    assert [len(check["selections"]) for check in checks] == [0, 0, 1]
    assert [r.column for r in pull.rejections] == ["Net Price"]


def test_an_order_that_a_later_day_repeats_has_its_items_of_the_day_before(tmp_path):
    export = Export()
    ring_up(export, TUE, 1)
    ring_up(export, WED, 2)
    export.days[WED]["OrderDetails"].append(export.days[TUE]["OrderDetails"][0])
    found = read(export.write(tmp_path))
    assert set(found) == {f"{WED}|1300000000000000001", f"{WED}|1300000000000000002"}
    (check,) = found[f"{WED}|1300000000000000001"]["checks"]
    assert [item["price"] for item in check["selections"]] == ["10.00"]
    assert [payment["amount"] for payment in check["payments"]] == ["10.00"]


def test_days_without_a_folder_since_the_last_load_are_told_once(tmp_path):
    export = Export()
    ring_up(export, TUE, 1)
    folder, pull = export.write(tmp_path), Pull()
    read(folder, "orders", pull)
    ring_up(export, "20240511", 2)
    pull = next_pull(pull)
    read(export.write(tmp_path), "orders", pull)
    assert pull.warnings == [
        "there is no folder of 20240508, 20240509, 20240510: was it closed? Else ask Toast for it,"
        " who keeps a day for about a week."
    ]
    pull = next_pull(pull)
    read(folder, "orders", pull)
    assert pull.warnings == []


def test_names_are_those_of_the_last_day_also_when_an_older_day_comes_again(tmp_path):
    export = Export()
    for day, number, name in ((TUE, 1, "Latte"), (WED, 2, "Caffe latte")):
        ring_up(export, day, number)
        export.days[day]["ItemSelectionDetails"][0] |= {"Item Id": "99", "Menu Item": name}
    folder, pull = export.write(tmp_path), Pull()
    assert read(folder, "menu_items", pull)["99"]["name"] == "Caffe latte"
    ring_up(export, TUE, 3)
    pull = next_pull(pull)
    assert read(export.write(tmp_path), "menu_items", pull)["99"]["name"] == "Caffe latte"
    assert read(folder, "menu_items", next_pull(pull)) == {}


def test_one_day_is_read_again_on_demand(tmp_path):
    export = Export()
    ring_up(export, TUE, 1)
    ring_up(export, WED, 2)
    folder, pull = export.write(tmp_path), Pull()
    read(folder, "orders", pull)
    again = replace(next_pull(pull), refresh_day=date(2024, 5, 8))
    assert list(read(folder, "orders", again)) == [f"{WED}|1300000000000000002"]


def test_days_outside_the_accounts_time_are_left_to_another_account(tmp_path):
    export = Export()
    ring_up(export, TUE, 1)
    ring_up(export, WED, 2)
    export.write(tmp_path)
    for changes, day in (({"active_from": "2024-05-08"}, WED), ({"active_to": "2024-05-07"}, TUE)):
        found = read_all(toast, account(tmp_path, **changes), BY_NAME["orders"], Pull())
        assert [record_id.partition("|")[0] for record_id in found] == [day]


def test_an_account_that_was_read_the_other_way_is_refused_as_it_would_count_twice(tmp_path):
    export = Export()
    ring_up(export, TUE, 1)
    folder, over_api = export.write(tmp_path), any_account("toast", "https://x", "cafe")
    for entity in ENTITIES:
        of_export, of_api = Pull(), Pull(bookmark={"way": "api"})
        read(folder, entity.name, of_export)
        for pull in (of_api, Pull(bookmark={"edits_read_until": "2024-05-07T00:00:00+00:00"})):
            with pytest.raises(SourceError, match="over its API before.*count twice"):
                read(folder, entity.name, pull)
        for pull in (Pull(bookmark=of_export.bookmark), Pull(loaded_hashes={"x.csv": "x"})):
            with pytest.raises(SourceError, match="from its export before.*count twice"):
                read_all(toast, over_api, entity, pull)


def test_gift_cards_voids_and_taxes_of_eight_decimals(tmp_path):
    export = Export()
    ring_up(export, TUE, 1, Tax="1.99", Total="11.99")
    order = {"Order Id": "1300000000000000001", "Check Id": "1400000000000000001", "Qty": "1"}
    item = order | {"Gross Price": "0.00", "Net Price": "0.00"}
    for number, more in enumerate(
        ({"Tax": "0.99500000"}, {"Tax": "0.99500000"}, {"Deferred": "true"}, {"Void?": "true"})
    ):
        export.add(TUE, "ItemSelectionDetails", **item | {"Item Selection Id": f"{number}"} | more)
    (made,) = read(export.write(tmp_path)).values()
    (check,) = made["checks"]
    assert (check["taxAmount"], check["totalAmount"]) == ("1.99", "11.99")
    assert [i["tax"] for i in check["selections"][1:3]] == ["0.99500000"] * 2
    assert [i["deferred"] for i in check["selections"]] == [False, False, False, True, False]
    assert [i["voided"] for i in check["selections"]] == [False, False, False, False, True]
    assert check["appliedServiceCharges"] == []


@pytest.mark.parametrize("on_top", [False, True])
def test_modifiers_of_modifiers_are_in_the_price_also_where_the_export_leaves_them_out(
    tmp_path, on_top
):
    inner = Extra("Well done", 33, extras=(Extra("Still more", 7),))
    plain = Item("Tea", 500, extras=(Extra("Oat milk", 75),))
    nested = Item("Burger", 1_200, quantity=2, extras=(Extra("Side", 250, extras=(inner,)),))
    export = Export(on_top=on_top)
    for number, (items, charge) in enumerate([([plain], 0), ([nested, plain], 0), ([nested], 300)]):
        check = checks_of(f"c{number}", items, Terms(tax_rate=888, charge=charge))
        made = {"guid": f"o{number}", "businessDate": int(TUE), "source": "In Store"}
        export.order(made | {"openedDate": "2024-05-07T19:00:00.000+0000", "checks": [check]})
    found = [order["checks"][0] for order in read(export.write(tmp_path)).values()]
    prices = {i["displayName"]: i["price"] for check in found for i in check["selections"]}
    assert prices == {"Tea": "5.75", "Burger": "29.80"}
    charges = [c["chargeAmount"] for check in found for c in check["appliedServiceCharges"]]
    assert charges == ["3.00"]
    assert len(found[1]["selections"][0]["modifiers"]) == 3, "kept, at whatever depth"


def test_what_an_order_holds_beyond_its_items_are_charges_and_its_gratuity_is_the_staffs(tmp_path):
    export = Export()
    amounts = {"Amount": "13.00", "Tax": "0.26", "Gratuity": "2.00", "Total": "15.26"}
    ring_up(export, TUE, 1, "10.00", **amounts)
    (made,) = read(export.write(tmp_path)).values()
    charges = made["checks"][0]["appliedServiceCharges"]
    assert [(c["name"], c["chargeAmount"], c["gratuity"]) for c in charges] == [
        ("Service charge", "3.00", False),
        ("Gratuity", "2.00", True),
    ]
    assert charges[0]["appliedTaxes"] == [{"taxAmount": "0.26"}]
    assert made["checks"][0]["totalAmount"] == "15.26"


def test_cash_entries_and_payments_are_read_by_their_own_id(tmp_path):
    export = Export()
    ring_up(export, TUE, 1)
    entry = {"Entry Id": "1", "Action": "Pay out", "Created Date": "05/07/2024 18:30:00"}
    export.add(TUE, "CashEntries", **entry, Amount="-1,020.50", Comment="Milk")
    folder = export.write(tmp_path)
    (cash,) = read(folder, "cash_entries").values()
    assert (cash["type"], cash["amount"], cash["businessDate"]) == ("PAY_OUT", "-1020.50", TUE)
    assert (cash["date"], cash["reason"]) == ("2024-05-07T18:30:00-07:00", "Milk")
    (payment,) = read(folder, "payments").values()
    assert (payment["guid"], payment["type"], payment["paidBusinessDate"]) == (
        "161-0",
        "CASH",
        20240507,
    )
