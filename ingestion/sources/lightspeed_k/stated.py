"""What K-Series states of its businesses and locations that pos_accounts.csv says as well."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from ingestion import stated
from ingestion.accounts import Account
from ingestion.contract import values_at
from ingestion.sources.lightspeed_k.client import zone_of
from ingestion.stated import Stated

NEXT_START = "nextStartOfDayAsIso8601"


def differences(account: Account, places: Iterable[Stated]) -> list[str]:
    """Where a business' currency or a location's start of day is not the account's."""
    return stated.differences(account, places, "start of day")


def currencies(businesses: Iterable[Any]) -> list[Stated]:
    """The currency of each business."""
    known = [one for one in businesses if isinstance(one, dict)]
    return [
        Stated(str(one.get("businessName") or one.get("businessId")), one.get("currencyCode"))
        for one in known
    ]


def start_of_day(name: str, next_start: Any, zone: ZoneInfo) -> Stated:
    """The hour at which the days of a location start, by its clock; none where it is no moment."""
    try:
        moment = datetime.fromisoformat(next_start)
    except (TypeError, ValueError):
        return Stated(name)
    if moment.tzinfo:
        moment = moment.astimezone(zone)
    return Stated(name, day_start=f"{moment:%H:%M}")


def starts_of_days(
    account: Account, businesses: Iterable[Any], days: Iterable[Any]
) -> list[Stated]:
    """The same for each location of the businesses; `days` are the last days of locations."""
    known = [day for day in days if isinstance(day, dict)]
    starts = {str(day.get("businessLocationId")): day.get(NEXT_START) for day in known}
    found = []
    for location in values_at(list(businesses), ["businessLocations"]):
        if isinstance(location, dict):
            key, zone = str(location.get("blID")), zone_of(location.get("timezone"), account)
            found.append(start_of_day(str(location.get("blName") or key), starts.get(key), zone))
    return found
