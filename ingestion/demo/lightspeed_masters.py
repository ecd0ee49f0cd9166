"""Products and customers as the X-Series API gives them, "" and null mixed as in real life."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, time

from ingestion.demo.days import ZONE
from ingestion.demo.ids import new_uuid, uuid_for
from ingestion.demo.lightspeed_sales import iso
from ingestion.demo.lightspeed_tables import SmallTables
from ingestion.demo.money import dollars, percent_of
from ingestion.demo.people import Card, Person
from ingestion.demo.sale import Product
from ingestion.demo.shop import Shop
from ingestion.demo.versions import Versions

SHOWS_SUPPLIER_CODE = ("", "supplier_code")
CDN = "https://images.example.com"
SENTENCES = (
    "Made for small hands and long afternoons.", "Pieces are cut from sustainably grown wood.",
    "Packed in a sturdy box that fits on any shelf.", "Tested by the twins next door.",
    "Wipe clean with a damp cloth; do not soak.", "Needs no batteries, only imagination.",
    "Designed in a studio above the ferry dock.", "Colours may differ a little from the picture.",
    "A favourite of grandparents and babysitters.", "Warning: small parts, not for under 3 yrs.",
    "Comes with a story card in two languages.", "Rounded edges &amp; water-based paint.",
)  # fmt: skip


def at_noon(day: date) -> datetime:
    """Noon of that day in the shop, as UTC."""
    return datetime.combine(day, time(12), ZONE).astimezone(UTC)


def product_records(shop: Shop, small: SmallTables) -> Iterator[dict]:
    """Every Lightspeed product, ascending by version; the products that are no goods first."""
    versions = Versions("products")
    goods = [p for p in [*shop.specials.values(), *shop.products] if p.lightspeed_id]
    for product in sorted(goods, key=lambda p: p.lightspeed_created):
        changed = at_noon(product.lightspeed_created)
        yield product_record(product, small, changed, versions.next(changed))


def product_record(product: Product, small: SmallTables, changed: datetime, version: int) -> dict:
    """One product as last changed at `changed`; all else is the same in every export."""
    rng = random.Random(product.lightspeed_id)
    parent = product.variant_of if product.variant_of and product.variant_of.lightspeed_id else None
    family = uuid_for("family", (parent or product).lightspeed_id)
    kind, brand = small.types.get(product.category), small.brands.get(product.brand)
    supplier = small.suppliers.get(product.supplier)
    code = product.supplier_code if product.shares in SHOWS_SUPPLIER_CODE else ""
    price, cost = dollars(product.lightspeed_price), dollars(product.cost)
    is_goods = product.line_type == "product"
    name = product.lightspeed_name
    record = {
        "id": product.lightspeed_id, "source_id": None, "source_variant_id": None,
        "variant_parent_id": parent.lightspeed_id if parent else None, "family_id": family,
        "name": name, "variant_name": name,
        "handle": product.lightspeed_sku if not is_goods else _handle(parent or product),
        "sku": product.lightspeed_sku, "supplier_code": code or rng.choice((None, "")),
        "active": True, "ecwid_enabled_webstore": False, "has_inventory": is_goods,
        "is_composite": False, "description": _description(rng) if is_goods else "",
        "image_url": f"{CDN}/placeholder/no-image-white-standard.png",
        "created_at": iso(at_noon(product.lightspeed_created)), "updated_at": iso(changed),
        "deleted_at": None, "source": "USER", "account_code": None,
        "account_code_purchase": rng.choice((None, "")), "supply_price": cost, "version": version,
        "type": _short(kind, "id", "name", "deleted_at", "version"),
        "product_category": _short(kind, "id", "name", "leaf_category", "category_path"),
        "supplier": _short(supplier, "id", "name", "source", "description", "deleted_at",
                           "version"),
        "brand": _short(brand, "id", "name", "description", "deleted_at", "version"),
        "variant_options": (
            [{"id": family, "name": "Size", "value": product.size}] if parent else []
        ),
        "categories": [], "images": _images(rng) if is_goods else [], "skuImages": [],
        "has_variants": False, "variant_count": None, "button_order": 0,
    }  # fmt: skip
    return record | {
        "price_including_tax": dollars(product.lightspeed_price + _tax(product)),
        "price_excluding_tax": price, "loyalty_amount": None,
        "product_codes": _codes(product, rng),
        "product_suppliers": [{
            "id": new_uuid(rng), "product_id": product.lightspeed_id,
            "supplier_id": supplier["id"], "supplier_name": supplier["name"],
            "code": code or None, "price": cost,
        }] if supplier else [],
        "packaging": {"made_from": [], "breaks_into": []},
        "weight": 0.4, "weight_unit": "KG", "length": 11.0, "width": 11.0, "height": 11.0,
        "dimensions_unit": "CM", "attributes": [],
        "brand_id": brand["id"] if brand else None,
        "product_type_id": kind["id"] if kind else None,
        "supplier_id": supplier["id"] if supplier else None, "is_active": True,
        "image_thumbnail_url": f"{CDN}/placeholder/no-image-white-thumb.png",
        "tag_ids": [small.tags["staff pick"]["id"]] if rng.random() < 0.05 else [],
    }  # fmt: skip


def _short(record: dict | None, *fields: str) -> dict | None:
    return {field: record[field] for field in fields} if record else None


def _handle(product: Product) -> str:
    return "".join(c if c.isalnum() else "-" for c in product.name.lower())


def _tax(product: Product) -> int:
    return percent_of(product.lightspeed_price, {"none": 0, "gst": 5, "gst_pst": 12}[product.tax])


def _codes(product: Product, rng: random.Random) -> list[dict]:
    codes = [("CUSTOM", product.lightspeed_sku)]
    if product.barcode:
        codes.append(("EAN", product.barcode))
    return [{"id": new_uuid(rng), "type": kind, "code": code} for kind, code in codes]


def _description(rng: random.Random) -> str:
    style = '<span style="font-size: small; font-family: sans-serif;">'
    chosen = rng.sample(SENTENCES, rng.randrange(2, 9))
    return "".join(f"<p>{style} &bull; {sentence}</span></p>" for sentence in chosen)


def _images(rng: random.Random) -> list[dict]:
    image_id = new_uuid(rng)
    sizes = ("ss", "standard", "st", "original", "thumb", "sl", "sm")
    urls = {size: f"{CDN}/product/{size}/{image_id}.jpg" for size in sizes}
    return [{"id": image_id, "url": urls["original"], "version": 1, "sizes": urls}]


def customer_records(shop: Shop) -> Iterator[dict]:
    """Every Lightspeed customer, ascending by version."""
    versions = Versions("customers")
    cards = [(card, person) for person in shop.people for card in person.lightspeed]
    for card, person in sorted(cards, key=lambda pair: pair[0].since):
        changed = at_noon(card.since)
        yield customer_record(card, person, shop.ids, changed, versions.next(changed))


def customer_record(
    card: Card, person: Person, ids: dict[str, str], changed: datetime, version: int
) -> dict:
    """One customer card as last changed at `changed`; unknown fields are null or ""."""
    rng = random.Random(card.record_id)
    blank = rng.choice(("", None))
    address = (person.street, person.city, person.postcode, "BC") if card.has_address else None
    street, city, postcode, state = address or (blank,) * 4
    mobile_only = rng.random() < 0.1
    return {
        "name": f"{card.first.strip()} {card.last}", "id": card.record_id,
        "customer_code": f"{card.last[:8].strip()}-{card.record_id[:4].upper()}",
        "source_unique_id": None, "first_name": card.first, "last_name": card.last,
        "email": card.email or blank, "year_to_date": 0.0, "balance": 0.0,
        "loyalty_balance": 0.0, "on_account_limit": rng.choice((0.0, 0.0, None)), "note": blank,
        "gender": blank, "date_of_birth": None, "company_name": card.company or blank,
        "do_not_email": rng.random() < 0.2, "loyalty_email_sent": False,
        "phone": blank if mobile_only else card.phone or blank,
        "mobile": (card.phone or blank) if mobile_only else rng.choice(("", "", None)),
        "fax": blank, "twitter": None, "website": blank,
        "physical_address_1": street, "physical_address_2": blank, "physical_suburb": blank,
        "physical_city": city, "physical_postcode": postcode, "physical_state": state,
        "physical_country_id": "CA" if address else blank,
        "postal_address_1": street, "postal_address_2": blank, "postal_suburb": blank,
        "postal_city": city or "Vancouver", "postal_state": state or "BC",
        "postal_country_id": "CA",
        "customer_group_id": ids["group_trade" if card.company else "group_all"],
        "enable_loyalty": False, "custom_field_1": blank, "custom_field_2": blank,
        "custom_field_3": blank, "custom_field_4": blank, "created_at": iso(at_noon(card.since)),
        "updated_at": iso(changed), "deleted_at": None,
        "customer_group_ids": [ids["group_all"]], "version": version,
        "postal_postcode": postcode, "time_until_deletion": None,
    }  # fmt: skip
