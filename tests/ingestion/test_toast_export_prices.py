"""Whether the prices of Toast's export hold modifiers: a vote of all orders."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from ingestion.contract import Pull
from tests.ingestion.toast_drop import TUE, WED, next_pull, read
from tests.ingestion.toast_nights import FIRST, SECOND, THIRD, with_milk
from tests.pipeline.toast_export import Export


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
