"""Folders of Toast's export for the tests: orders rung up day by day, and what is read of them."""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import pytest

from ingestion.contract import Pull, SourceError
from ingestion.sources import toast
from ingestion.sources.toast.entities import BY_NAME
from tests.ingestion.connect_till import account as any_account
from tests.ingestion.landed import read_all
from tests.pipeline.toast_export import Export

TUE, WED = "20240507", "20240508"


def account(folder: Path, **changes: str):
    cafe = any_account("toast", str(folder), "cafe")
    return replace(cafe, transport="files", day_cutoff="04:00", **changes)


def read(folder: Path, entity: str = "orders", pull: Pull | None = None) -> dict[str, dict]:
    """record_id -> what was made of its rows."""
    pull = pull or Pull()
    pull.folder = folder
    found = read_all(toast, account(folder), BY_NAME[entity], pull)
    return {record_id: json.loads(text) for record_id, text in found.items()}


def read_with_error(folder: Path, pull: Pull, told: str) -> list[str]:
    """The ids of the orders that came before the error."""
    found = []
    with pytest.raises(SourceError, match=told):
        for batch in toast.read(account(folder), BY_NAME["orders"], pull):
            found += [record.record_id for record in batch]
    return found


def next_pull(pull: Pull) -> Pull:
    """The pull after one that landed."""
    hashes = pull.loaded_hashes | pull.read_files
    return Pull(loaded_hashes=hashes, bookmark=deepcopy(pull.bookmark), folder=pull.folder)


def days_told(pull: Pull) -> set[str]:
    """The days that close what they no longer have."""
    return {document for document in pull.documents.read if document.isdigit()}


def ring_up(export: Export, day: str, number: int, price: str = "10.00", **more: object) -> None:
    """An order of one coffee, paid in cash; `more` are columns of its order."""
    order = {"Order Id": f"1300000000000000{number:03d}", "Order #": str(number)}
    at = f"{int(day[4:6])}/{int(day[6:])}/24 9:05 AM"
    amounts = {"Amount": price, "Tax": "0.00", "Tip": "0.00", "Gratuity": "0.00", "Total": price}
    row = order | amounts | {"Opened": at, "Paid": at} | more
    export.add(day, "OrderDetails", **row)
    check = {"Check Id": f"1400000000000000{number:03d}"}
    export.add(
        day,
        "ItemSelectionDetails",
        **order | check | {"Order Date": at, "Menu Item": "Coffee", "Qty": "1.0", "Tax": "0.00"},
        **{"Item Selection Id": f"15{number}", "Gross Price": price, "Net Price": price},
    )
    pay(export, day, number, **{"Paid Date": at, "Amount": price, "Total": price})


def pay(export: Export, day: str, number: int, payment: int = 0, **columns: object) -> None:
    """A payment of an order in the file of a day."""
    ids = {"Order Id": f"1300000000000000{number:03d}", "Check Id": f"1400000000000000{number:03d}"}
    ids |= {"Payment Id": f"16{number}-{payment}", "Tip": "0.00", "Type": "Cash"}
    export.add(day, "PaymentDetails", **ids | columns)
