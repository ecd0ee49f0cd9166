"""Record versions as Lightspeed gives them: one rising number for the whole retailer."""

from __future__ import annotations

from datetime import UTC, datetime

FIRST_VERSION = 25_136_942_286
FIRST_MOMENT = datetime(2022, 10, 19, 23, 51, 52, tzinfo=UTC)
PER_SECOND = 189
SLOTS = 21
ENTITIES = (
    "outlets", "registers", "users", "customer_groups", "brands", "product_types", "tags",
    "product_categories", "suppliers", "taxes", "outlet_taxes", "payment_types", "customers",
    "products", "inventory", "sales", "price_books", "consignments", "consignment_products",
)  # fmt: skip


def unused_version(version: int) -> int:
    """A version just below, which no entity gives: for a record that is wrong on purpose."""
    return version - version % SLOTS - 1


class Versions:
    """Rising versions of one entity, about where the clock of `at` puts them.

    Each entity takes its own remainder modulo 21, so no two records of a shop share a version.
    """

    def __init__(self, entity: str, after: int = 0) -> None:
        """`after`: the last version already given to this entity, 0 for none."""
        self.slot = ENTITIES.index(entity)
        self.last = after

    def next(self, at: datetime) -> int:
        """The version of a record changed at `at`; later calls give higher ones."""
        seconds = int((at - FIRST_MOMENT).total_seconds())
        version = FIRST_VERSION + max(0, seconds) * PER_SECOND
        version += self.slot - version % SLOTS
        self.last = max(version, self.last + SLOTS)
        return self.last
