"""The entities of Lightspeed Retail X-Series as data: where each is read, how, and its ids."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from ingestion.contract import Entity

Paging = Literal["version", "category", "gift_card", "list", "consignment", "closure"]
Reread = Literal["id", "version", "consignment"]


@dataclass(frozen=True)
class XEntity(Entity):
    """One endpoint.

    `paging` names the loop in `paging.py` that reads it. `takes_deleted`: deleted records come
    only with `deleted=true`. `may_lack_version`: seen without a version by some; then it is read
    as one list. `reread` is how `verify` asks for one record again. `references` are fields
    (dots go into lists) that hold ids of another entity; `moves_with` is the entity whose every
    change changes this one too; `covers` (field, entity, flag): every record of that entity whose
    flag is true should be named in this field.
    """

    version_field: str = "version"
    paging: Paging = "version"
    page_size: int = 200
    takes_deleted: bool = False
    may_lack_version: bool = False
    reread: Reread = "id"
    references: tuple[tuple[str, str], ...] = ()
    moves_with: str = ""
    covers: tuple[str, str, str] | None = None


ENTITIES: tuple[XEntity, ...] = (
    XEntity("outlets", takes_deleted=True, references=(("default_tax_id", "taxes"),)),
    XEntity("registers", takes_deleted=True, references=(("outlet_id", "outlets"),)),
    XEntity("users"),
    XEntity("customer_groups", takes_deleted=True, reread="version"),
    XEntity("brands", may_lack_version=True),
    XEntity("product_types", may_lack_version=True),
    XEntity("product_categories", paging="category", page_size=1000),
    XEntity("tags", takes_deleted=True, may_lack_version=True),
    XEntity("suppliers"),
    XEntity("taxes", reread="version"),
    XEntity(
        "outlet_taxes",
        id_fields=("outlet_id", "product_id"),
        takes_deleted=True,
        reread="version",
        references=(("tax_id", "taxes"), ("product_id", "products")),
    ),
    XEntity("payment_types", reread="version"),
    XEntity(
        "customers", takes_deleted=True, references=(("customer_group_id", "customer_groups"),)
    ),
    XEntity(
        "products",
        takes_deleted=True,
        references=(("brand_id", "brands"), ("supplier_id", "suppliers")),
    ),
    XEntity(
        "inventory",
        page_size=1000,
        reread="version",
        references=(("product_id", "products"), ("outlet_id", "outlets")),
        moves_with="sales",
        covers=("product_id", "products", "has_inventory"),
    ),
    XEntity(
        "sales",
        references=(
            ("line_items.product_id", "products"),
            ("payments.retailer_payment_type_id", "payment_types"),
            ("customer_id", "customers"),
            ("register_id", "registers"),
        ),
        moves_with="inventory",
    ),
    XEntity("price_books"),
    XEntity("promotions", paging="list", page_size=1000),
    XEntity("consignments", references=(("supplier_id", "suppliers"), ("outlet_id", "outlets"))),
    XEntity(
        "consignment_products",
        id_fields=("consignment_id", "product_id"),
        paging="consignment",
        reread="consignment",
        references=(("product_id", "products"), ("consignment_id", "consignments")),
    ),
    XEntity("gift_cards", paging="gift_card"),
    XEntity(
        "register_closures",
        id_fields=("register_id", "register_closure_sequence_number"),
        paging="closure",
        references=(("register_id", "registers"),),
    ),
)
NOT_LOADED = "It is kept here as it is and not loaded; export it again"
BY_NAME = {entity.name: entity for entity in ENTITIES}


def key_of(entity: Entity, record: Any) -> str | None:
    """The id of a record, its id fields joined by `|`; None when it has none.

    An id is a text that is not empty, or a whole number.
    """
    if not isinstance(record, dict):
        return None
    if len(entity.id_fields) == 1:
        part = record.get(entity.id_fields[0])
        return str(part) if type(part) in (str, int) and part != "" else None
    parts = [record.get(field) for field in entity.id_fields]
    if not all(type(part) in (str, int) and part != "" for part in parts):
        return None
    return "|".join(str(part) for part in parts)


class KeysOfOneList:
    """Ids of the records of one list, in order.

    A product that stands twice in a consignment keeps both lines: the second one's id ends in
    `|2`. All other entities have ids of their own, and a repeated id is the same record.
    """

    def __init__(self, entity: Entity) -> None:
        self._entity = entity
        self._counts: dict[str, int] | None = {} if entity.name == "consignment_products" else None

    def of(self, record: Any) -> str | None:
        """The id of the next record of the list; None when it has none."""
        key = key_of(self._entity, record)
        if key is None or self._counts is None:
            return key
        self._counts[key] = self._counts.get(key, 0) + 1
        return key if self._counts[key] == 1 else f"{key}|{self._counts[key]}"

    def missing(self, record: Any) -> str:
        """Why a JSON value has no id, in words."""
        if not isinstance(record, dict):
            return f"not a record: a JSON object was expected. {NOT_LOADED}"
        return f"no {' and '.join(self._entity.id_fields)}. {NOT_LOADED}"
