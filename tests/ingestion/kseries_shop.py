"""A small invented bar in the shapes of K-Series, for the tests of its reader."""

from __future__ import annotations

from datetime import timedelta

from ingestion.accounts import Account
from ingestion.contract import Pull
from ingestion.fakes.lightspeed_k import FakeKSeries
from ingestion.sources import lightspeed_k
from ingestion.sources.lightspeed_k.entities import BY_NAME
from tests.clock import now, on
from tests.ingestion import connect_till
from tests.ingestion.landed import read_all

TOKEN = "kseries-token-nobody-prints"


def account(path: str, account_id: str = "bar") -> Account:
    """A K-Series account at an address."""
    return connect_till.account("lightspeed_k", path, account_id)


def at(days: float) -> str:
    """The moment `days` ago, as K-Series writes it."""
    return f"{now() - timedelta(days=days):%Y-%m-%dT%H:%M:%S.000Z}"


def read(till: FakeKSeries, entity: str, pull: Pull | None = None) -> dict[str, str]:
    """Everything the reader yields, record_id -> payload; the last one stands."""
    return read_all(lightspeed_k, account(till.url), BY_NAME[entity], pull)


def business(*locations: int, number: int = 1) -> dict:
    """A business with these locations."""
    places = [
        {"blName": f"Bar {n}", "blID": n, "country": "CA", "timezone": "America/Vancouver"}
        for n in locations
    ]
    return {
        "businessName": f"Bars {number}",
        "businessId": number,
        "currencyCode": "CAD",
        "businessLocations": places,
    }


def sale(number: int, days: float = 1, **fields: object) -> dict:
    """A sale of one line paid in cash, closed `days` ago."""
    amount = f"{10 + number}.00"
    return {
        "accountFiscId": f"A1.{number}",
        "type": "SALE",
        "timeOfOpening": at(days + 0.01),
        "timeClosed": at(days),
        "cancelled": False,
        "ownerName": "Sam",
        "salesLines": [
            {
                "id": f"S1.{number}",
                "name": "Ale",
                "quantity": "1.000",
                "totalNetAmountWithTax": amount,
                "serviceChargeType": "NO_SERVICE_CHARGE",
            }
        ],
        "payments": [{"fiscId": f"T1.{number}", "type": "NORMAL", "netAmountWithTax": amount}],
        **fields,
    }


def shift(number: int, days: float = 1) -> dict:
    """A shift that was changed `days` ago."""
    return {
        "uuid": f"shift{number}==",
        "businessLocationId": 101,
        "staffId": 7,
        "dateInUTC": at(days)[:19] + "Z",
        "events": [{"uuid": "e1", "timestamp": at(days), "eventType": "CLOCK_IN"}],
    }


def small_bar() -> dict[str, dict[str, list]]:
    """A little of every entity that has records of its own, at location 101 and 102."""
    return {
        "items": {"101": [{"id": 1, "name": "Ale", "sku": "ale"}], "102": [{"id": 1, "sku": "x"}]},
        "tax_rates": {"101": [{"code": "GST", "rate": 1.05, "taxIncluded": False}]},
        "payment_methods": {"101": [{"name": "Cash", "code": "CASH", "pmId": 11}]},
        "accounting_groups": {"102": [{"accountingGroupId": 21, "name": "Drinks"}]},
        "staff": {
            "101": [
                {"staffId": 7, "username": "sam", "userTypes": ["POS"]},
                {"staffId": 8, "email": "ada@example.com", "userTypes": ["POS", "BACK_OFFICE"]},
            ]
        },
        "shifts": {"101": [shift(1), shift(2, 5)]},
        "sales": {"101": [sale(1), sale(2, 30)], "102": [sale(1, 2)]},
    }


def edit(till: FakeKSeries, sale: dict, first: int, days: int) -> None:
    """The back office edits a sale: V2 dates it to that day, V1 keeps its first day."""
    till.moved[sale["accountFiscId"]] = on(first)
    till.change("sales", "101", sale | {"timeClosed": f"{on(days)}T09:00:00.000Z"})
