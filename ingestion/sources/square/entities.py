"""The entities of Square as data: where each is read, how, and its id."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from ingestion.contract import Entity, one_of

Way = Literal["whole", "changed", "days"]


@dataclass(frozen=True)
class SquareEntity(Entity):
    """One endpoint: `path` is asked with `method`, its records lie in the list `records`.

    `way` names how it is read (`reading.py`). `vanishes`: the till tells of no deletion, so the
    whole list is read again each week. `by_id` is the path of one record.
    """

    way: Way = "changed"
    method: Literal["GET", "POST"] = "POST"
    path: str = ""
    records: str = ""
    limit: int = 0
    vanishes: bool = False
    by_id: str = ""


ENTITIES: tuple[SquareEntity, ...] = (
    SquareEntity("locations", way="whole", method="GET", path="locations", records="locations"),
    SquareEntity(
        "catalog_objects",
        path="catalog/search",
        records="objects",
        limit=1000,
        by_id="catalog/object/{id}",
    ),
    SquareEntity(
        "customers",
        path="customers/search",
        records="customers",
        limit=100,
        vanishes=True,
        by_id="customers/{id}",
    ),
    SquareEntity(
        "team_members",
        way="whole",
        path="team-members/search",
        records="team_members",
        limit=200,
        by_id="team-members/{id}",
    ),
    SquareEntity(
        "orders",
        way="days",
        path="orders/search",
        records="orders",
        limit=500,
        known={"state": one_of("OPEN COMPLETED CANCELED DRAFT")},
        by_id="orders/{id}",
    ),
    SquareEntity(
        "payments",
        way="days",
        method="GET",
        path="payments",
        records="payments",
        limit=100,
        known={
            "status": one_of("APPROVED PENDING COMPLETED CANCELED FAILED"),
            "source_type": one_of(
                "CARD CASH EXTERNAL WALLET BANK_ACCOUNT BUY_NOW_PAY_LATER SQUARE_ACCOUNT"
            ),
        },
        by_id="payments/{id}",
    ),
    SquareEntity(
        "refunds",
        way="days",
        method="GET",
        path="refunds",
        records="refunds",
        limit=100,
        known={"status": one_of("PENDING COMPLETED REJECTED FAILED")},
        by_id="refunds/{id}",
    ),
    SquareEntity(
        "timecards",
        path="labor/timecards/search",
        records="timecards",
        limit=200,
        vanishes=True,
        known={"status": one_of("OPEN CLOSED")},
        by_id="labor/timecards/{id}",
    ),
    SquareEntity(
        "inventory_counts",
        id_fields=("catalog_object_id", "location_id", "state"),
        path="inventory/counts/batch-retrieve",
        records="counts",
        limit=1000,
    ),
    SquareEntity(
        "inventory_changes",
        way="days",
        path="inventory/changes/batch-retrieve",
        records="changes",
        limit=1000,
        known={"type": one_of("PHYSICAL_COUNT ADJUSTMENT TRANSFER")},
    ),
    SquareEntity(
        "gift_cards",
        way="whole",
        method="GET",
        path="gift-cards",
        records="gift_cards",
        limit=200,
        by_id="gift-cards/{id}",
    ),
    SquareEntity(
        "gift_card_activities",
        way="days",
        method="GET",
        path="gift-cards/activities",
        records="gift_card_activities",
        limit=100,
    ),
)
BY_NAME = {entity.name: entity for entity in ENTITIES}


def key_of(entity: SquareEntity, record: Any) -> str | None:
    """The id of a record, composite ones joined by `|`; None when it has none.

    An inventory change has its id one level down, below the name of its type.
    """
    if not isinstance(record, dict):
        return None
    if entity.name == "inventory_changes":
        inner = record.get(str(record.get("type", "")).lower())
        record = inner if isinstance(inner, dict) else {}
    parts = [record.get(name) for name in entity.id_fields]
    if not all(isinstance(part, str) and part for part in parts):
        return None
    return "|".join(parts)
