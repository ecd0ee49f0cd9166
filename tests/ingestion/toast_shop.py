"""A small invented cafe in the shapes of Toast, for the tests of its reader."""

from __future__ import annotations

from datetime import timedelta

from ingestion.accounts import Account
from ingestion.contract import Pull
from ingestion.fakes.toast import RESTAURANT, FakeToast
from ingestion.sources import toast
from ingestion.sources.toast.entities import BY_NAME
from tests.clock import now
from tests.ingestion import connect_till
from tests.ingestion.landed import read_all

TOKEN = "toast-token-nobody-prints"


def account(path: str, account_id: str = "cafe") -> Account:
    """A Toast account at an address."""
    return connect_till.account("toast", path, account_id)


def at(days: float) -> str:
    """The moment `days` ago, as Toast writes it."""
    return f"{now() - timedelta(days=days):%Y-%m-%dT%H:%M:%S.000+0000}"


def day(days: float) -> int:
    """The business date `days` ago, as Toast writes it."""
    return int(f"{now() - timedelta(days=days):%Y%m%d}")


def read(till: FakeToast, entity: str, pull: Pull | None = None) -> dict[str, str]:
    """Everything the reader yields, record_id -> payload; the last one stands."""
    return read_all(toast, account(till.url), BY_NAME[entity], pull)


def order(number: int, days: float = 1, **fields: object) -> dict:
    """An order of one check with one coffee, paid in cash `days` ago."""
    payment = {
        "guid": f"p{number}",
        "type": "CASH",
        "amount": 10 + number,
        "tipAmount": 0,
        "paymentStatus": "CAPTURED",
        "refundStatus": "NONE",
        "paidDate": at(days),
        "paidBusinessDate": day(days),
    }
    selection = {
        "guid": f"s{number}",
        "displayName": "Coffee",
        "selectionType": "NONE",
        "quantity": 1,
        "price": 10 + number,
        "tax": 0,
        "modifiers": [],
    }
    check = {
        "guid": f"c{number}",
        "paymentStatus": "CLOSED",
        "amount": 10 + number,
        "taxAmount": 0,
        "totalAmount": 10 + number,
        "selections": [selection],
        "payments": [payment],
        "appliedServiceCharges": [],
    }
    return {
        "guid": f"o{number}",
        "businessDate": day(days),
        "openedDate": at(days),
        "modifiedDate": at(days),
        "checks": [check],
        **fields,
    }


def menus() -> dict:
    """Two items, one of them in two groups, one group inside the other, and a modifier."""
    coffee = {"guid": "i1", "name": "Coffee", "price": 3}
    cake = {"guid": "i2", "name": "Cake", "price": 5.5}
    inner = {"name": "Sweet", "menuItems": [cake], "menuGroups": []}
    drinks = {"name": "Drinks", "menuItems": [coffee], "menuGroups": [inner]}
    again = {"name": "Favourites", "menuItems": [coffee], "menuGroups": []}
    return {
        "lastUpdated": "2026-01-01T00:00:00.000+0000",
        "menus": [{"name": "All day", "menuGroups": [drinks, again]}],
        "modifierOptionReferences": {"7": {"guid": "m1", "name": "Oat milk", "price": 0.5}},
    }


def small_cafe() -> dict[str, list]:
    """A little of every entity but the menus."""
    time_entry = {"businessDate": f"{day(3)}", "modifiedDate": at(2), "deleted": False}
    return {
        "restaurants": [{"guid": RESTAURANT, "general": {"name": "Cafe", "closeoutHour": 4}}],
        "configuration": [
            *({"kind": "salesCategories", "guid": f"k{n}", "name": f"K {n}"} for n in range(7)),
            {"kind": "diningOptions", "guid": "w1", "name": "Take out"},
        ],
        "employees": [{"guid": "e1", "firstName": "Sam", "deleted": False}],
        "jobs": [{"guid": "j1", "title": "Barista"}],
        "orders": [order(1), order(2, 30)],
        "time_entries": [{"guid": "t1", **time_entry}, {"guid": "t2", **time_entry}],
        "cash_entries": [{"guid": "x1", "businessDate": f"{day(2)}", "type": "CASH_IN"}],
        "cash_deposits": [{"guid": "d1", "businessDate": f"{day(2)}", "amount": 100}],
    }
