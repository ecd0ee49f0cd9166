"""What a column mapping can fill: the fields of every entity, their types and which are needed.

The one place of these names; the models read the same ones out of `_mapped`.
"""

from __future__ import annotations

from typing import NamedTuple


class Field(NamedTuple):
    """A field a mapping can fill. `kind`: text, id, number, boolean, date or timestamp."""

    name: str
    kind: str
    is_needed: bool


# "name", "name:kind", "*" = needed. A name that ends in _id is of kind id, others are text.
_FIELDS = {
    "locations": "location_id* location_name time_zone address",
    "registers": "register_id* register_name location_id",
    "employees": "employee_id* employee_name email role is_active:boolean",
    "customers": (
        "customer_id* customer_code full_name first_name last_name company_name email phone mobile"
        " address_1 address_2 city state postcode country birth_date:date created_at:timestamp"
        " is_active:boolean"
    ),
    "products": (
        "product_id* sku product_name description brand category supplier_name supplier_code"
        " barcode:id price:number cost:number is_active:boolean created_at:timestamp"
    ),
    "product_codes": "product_id* code_type code*",
    "sales": (
        "sale_id* receipt_number location_id register_id employee_id customer_id"
        " sold_at:timestamp status net_amount:number discount_amount:number tax_amount:number"
        " total_amount:number return_of_sale_id note is_return:boolean"
    ),
    "sale_lines": (
        "sale_id* line_number product_id description quantity:number* unit_price:number"
        " discount_amount:number net_amount:number tax_amount:number unit_cost:number"
        " is_return:boolean receipt_number sold_at:timestamp customer_id employee_id location_id"
        " register_id country status"
    ),
    "payments": "sale_id* payment_id paid_at:timestamp tender_name amount:number*",
    "stock_levels": (
        "product_id* location_id quantity:number* average_cost:number reorder_point:number"
    ),
    "stock_movements": (
        "movement_id* product_id* movement_type quantity:number* unit_cost:number"
        " moved_at:timestamp from_location_id to_location_id reference status"
    ),
    "day_totals": (
        "business_date:date* location_id register_id gross_sales:number discounts:number"
        " returns:number net_sales:number tax:number tips:number service_charges:number"
        " gift_cards:number cash:number card:number cheque:number gift_card:number"
        " store_credit:number on_account:number online:number"
    ),
}

# Entities whose rows have no id of their own: rows of one document, told apart by position.
DOCUMENT_FIELDS = {"sale_lines": "sale_id", "payments": "sale_id", "stock_movements": "movement_id"}

# The id of the others when the mapping names none; a field that is not mapped is left out.
OWN_IDS = {
    "locations": ("location_id",),
    "registers": ("register_id",),
    "employees": ("employee_id",),
    "customers": ("customer_id",),
    "products": ("product_id",),
    "product_codes": ("product_id", "code"),
    "sales": ("sale_id",),
    "stock_levels": ("product_id", "location_id"),
    "day_totals": ("business_date", "location_id", "register_id"),
}


def _parse(words: str) -> dict[str, Field]:
    fields = {}
    for word in words.split():
        name, _, kind = word.rstrip("*").partition(":")
        kind = kind.rstrip("*") or ("id" if name.endswith("_id") else "text")
        fields[name] = Field(name, kind, word.endswith("*"))
    return fields


FIELDS: dict[str, dict[str, Field]] = {entity: _parse(words) for entity, words in _FIELDS.items()}
