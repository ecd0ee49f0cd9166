"""A restaurant's export, loaded night by night: what is current after each, and odd orders."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from copy import deepcopy
from datetime import date
from pathlib import Path

from ingestion.contract import Pull, SourceError
from ingestion.destinations import Warehouse
from ingestion.load import load
from ingestion.sources import toast
from ingestion.sources.toast.entities import BY_NAME
from tests.ingestion.landed import raw
from tests.ingestion.toast_drop import TUE, WED, account, next_pull, pay, ring_up
from tests.pipeline.toast_export import Export

FIRST, SECOND, THIRD = (f"130000000000000000{number}" for number in (1, 2, 3))
THU = "20240509"
BACK = {"Refund Date": "5/8/24 1:00 PM", "Refund Amount": "4.00", "Refunded": "PARTIAL"}
NET = {"Net Price": "2.00", "Void?": "false"}


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

    def load(self, refresh_day: date | None = None) -> None:
        """Read what is new, or one day again, close what is gone; nothing may be there twice."""
        for entity, current in self.current.items():
            pull, found = next_pull(self.pulls[entity]), {}
            pull.folder, bookmark = self.folder, deepcopy(pull.bookmark)
            pull.refresh_day = refresh_day
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


def late(export: Export, day: str, number: int, amount: str) -> None:
    """A payment in the file of a day for an order of the day before."""
    at = {"Paid Date": "5/7/24 9:06 AM"}
    pay(export, day, number, 5, **at, **{"Amount": amount, "Total": amount})


def with_milk(export: Export, day: str, number: int, amount: str, item: str) -> None:
    """An order that comes to `amount`, of one item and 2.00 for its milk."""
    ring_up(export, day, number, amount)
    export.days[day]["ItemSelectionDetails"][-1] |= {"Gross Price": item, "Net Price": item}
    row = {"Order Id": f"1300000000000000{number:03d}", "Modifier": "Oat milk", "Qty": "1"}
    row |= {"Item Selection Id": f"17{number}", "Parent Menu Selection Item ID": f"15{number}"}
    export.add(day, "ModifiersSelectionDetails", **row, **{"Gross Price": "2.00"}, **NET)
