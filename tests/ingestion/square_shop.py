"""A small invented shop in the shapes of Square, for the tests of its reader."""

from __future__ import annotations

from datetime import timedelta

from ingestion.accounts import Account
from ingestion.contract import Pull
from ingestion.fakes.square import FakeSquare
from ingestion.sources import square
from ingestion.sources.square.entities import BY_NAME
from tests.clock import now
from tests.ingestion import connect_till
from tests.ingestion.landed import read_all

TOKEN = "square-token-nobody-prints"


def account(path: str, account_id: str = "stall") -> Account:
    """A Square account at an address."""
    return connect_till.account("square", path, account_id)


def at(days: float, hours: float = 0) -> str:
    """The moment `days` ago, as Square writes it."""
    return f"{now() - timedelta(days=days, hours=hours):%Y-%m-%dT%H:%M:%S.000Z}"


def read(till: FakeSquare, entity: str, pull: Pull | None = None) -> dict[str, str]:
    """Everything the reader yields, record_id -> payload; the last one stands."""
    return read_all(square, account(till.url), BY_NAME[entity], pull)


def location(number: int) -> dict:
    """A location of the seller."""
    return {"id": f"L{number}", "name": f"Place {number}", "timezone": "America/Vancouver"}


def order(number: int, days: float = 1, place: int = 1, **fields: object) -> dict:
    """A completed order of one line, closed `days` ago."""
    money = {"amount": 1000 + number, "currency": "CAD"}
    return {
        "id": f"O{number:05d}",
        "location_id": f"L{place}",
        "created_at": at(days),
        "updated_at": at(days),
        "closed_at": at(days),
        "state": "COMPLETED",
        "line_items": [{"uid": "1", "name": "Tea", "quantity": "1", "total_money": money}],
        "total_money": money,
        **fields,
    }


def payment(number: int, days: float = 1, place: int = 1, **fields: object) -> dict:
    """A completed cash payment."""
    money = {"amount": 1000 + number, "currency": "CAD"}
    return {
        "id": f"P{number:05d}",
        "order_id": f"O{number:05d}",
        "location_id": f"L{place}",
        "created_at": at(days),
        "updated_at": at(days),
        "status": "COMPLETED",
        "source_type": "CASH",
        "amount_money": money,
        "total_money": money,
        **fields,
    }


def small_shop() -> dict[str, list]:
    """A little of every entity."""
    return {
        "locations": [location(1), location(2)],
        "catalog_objects": [
            {"type": "ITEM", "id": "I1", "updated_at": at(200), "item_data": {"name": "Tea"}},
            {"type": "ITEM_VARIATION", "id": "V1", "updated_at": at(200)},
            {"type": "ITEM", "id": "I2", "updated_at": at(4), "is_deleted": True},
        ],
        "customers": [{"id": "C1", "given_name": "Ada", "updated_at": at(300)}],
        "team_members": [{"id": "T1", "given_name": "Sam", "status": "ACTIVE"}],
        "orders": [order(1), order(2, 30), order(3, 30, place=2)],
        "payments": [payment(1), payment(2, 30), payment(3, 30, place=2)],
        "refunds": [{**payment(4, 2), "id": "R1"}],
        "timecards": [{"id": "W1", "status": "CLOSED", "start_at": at(9), "updated_at": at(8)}],
        "inventory_counts": [
            {"catalog_object_id": "V1", "location_id": "L1", "state": "IN_STOCK",
             "quantity": "79", "calculated_at": at(40)},
        ],
        "inventory_changes": [
            {"type": "PHYSICAL_COUNT", "physical_count": {
                "id": "N1", "location_id": "L1", "quantity": "86", "created_at": at(5)}},
        ],
        "gift_cards": [{"id": "gftc:1", "state": "ACTIVE"}],
        "gift_card_activities": [{"id": "gcact_1", "type": "LOAD", "created_at": at(7)}],
    }  # fmt: skip
