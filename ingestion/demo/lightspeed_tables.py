"""The small X-Series entities: outlet, registers, users, taxes, tenders, brands, groups ..."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import UTC, datetime

from ingestion.demo.ids import new_uuid
from ingestion.demo.lightspeed_sales import PAYMENT_TYPES, iso
from ingestion.demo.people import STAFF
from ingestion.demo.shop import SHOP_NAME, Shop
from ingestion.demo.versions import Versions

OPENED = datetime(2022, 10, 19, 23, 51, 52, tzinfo=UTC)
SET_UP = datetime(2022, 12, 8, 18, 0, 0, tzinfo=UTC)
CONTACT = (
    "first_name last_name company_name phone mobile fax website email twitter postal_address1 "
    "postal_address2 postal_suburb postal_postcode postal_city postal_state postal_country_id "
    "physical_address1 physical_address2 physical_suburb physical_postcode physical_city "
    "physical_state physical_country_id"
).split()


class SmallTables:
    """Builds the small entities once; `brands`, `suppliers` ... map names to their records."""

    def __init__(self, shop: Shop, rng: random.Random) -> None:
        """Give ids to everything that products and sales refer to by name."""
        self.shop, self.ids, self.rng = shop, shop.ids, rng
        goods = [p for p in shop.products if p.lightspeed_id]
        self.brands = self._named("brands", (p.brand for p in goods), {"description": None})
        self.suppliers = {
            name: self._supplier(record, i)
            for i, (name, record) in enumerate(
                self._named("suppliers", (p.supplier for p in goods), {}).items()
            )
        }
        self.types = self._named("product_types", (p.category for p in goods), {})
        for record in self.types.values():
            record["leaf_category"] = True
            record["category_path"] = [{"id": record["id"], "name": record["name"]}]
        self.tags = self._named("tags", ("staff pick", "made in Canada"), {})
        self.payment_type_ids = {name: new_uuid(rng) for name in PAYMENT_TYPES}

    def _named(self, entity: str, names: Iterable[str], more: dict) -> dict[str, dict]:
        versions = Versions(entity)
        return {
            name: {
                "id": new_uuid(self.rng), "name": name, **more,
                "deleted_at": None, "version": versions.next(SET_UP),
            }
            for name in dict.fromkeys(names)
        }  # fmt: skip

    def _supplier(self, record: dict, i: int) -> dict:
        contact = dict.fromkeys(CONTACT) | {"company_name": record["name"]}
        contact["email"] = f"orders{i}@example.com" if i % 2 else ""
        record |= {"source": "USER", "description": "", "contact": contact, "default_markup": 0.0}
        return record

    def tables(self, next_sequence: int, last_sale_at: datetime) -> dict[str, list[dict]]:
        """Every small entity -> its records, ascending by version.

        `next_sequence`: the front register's next receipt number.
        """
        return {
            "outlets": [self._outlet(last_sale_at)],
            "registers": self._registers(next_sequence, last_sale_at),
            "users": self._users(last_sale_at),
            "customer_groups": self._customer_groups(),
            "brands": list(self.brands.values()),
            "product_types": list(self.types.values()),
            "product_categories": [
                {key: r[key] for key in ("id", "name", "leaf_category", "category_path")}
                for r in self.types.values()
            ],
            "tags": list(self.tags.values()),
            "suppliers": list(self.suppliers.values()),
            "taxes": self._taxes(),
            "payment_types": self._payment_types(),
            "price_books": [self._price_book()],
            "promotions": self._promotions(),
        }

    def _outlet(self, at: datetime) -> dict:
        return {
            "id": self.ids["outlet"], "name": SHOP_NAME, "default_tax_id": self.ids["gst_pst"],
            "currency": "CAD", "display_prices": "exclusive", "time_zone": "America/Vancouver",
            "physical_suburb": "", "physical_city": "North Vancouver", "physical_postcode": "",
            "physical_state": "BC", "email": "hello@example.ca", "phone": "604-555-0100",
            "deleted_at": None, "latitude": None, "longitude": None,
            "version": Versions("outlets").next(at), "physical_address_1": "12 Tugboat Blvd",
            "physical_address_2": "", "physical_country_id": "CA",
            "attributes": [
                {"key": "order_reference", "value": "41"},
                {"key": "order_reference_prefix", "value": "HT"},
            ],
            "currency_symbol": "$",
        }  # fmt: skip

    def _registers(self, next_sequence: int, at: datetime) -> list[dict]:
        versions = Versions("registers")
        return [
            {
                "id": self.ids[key], "name": name, "outlet_id": self.ids["outlet"],
                "ask_for_note_on_save": 1, "print_note_on_receipt": key == "online",
                "ask_for_user_on_sale": False, "show_discounts_on_receipts": True,
                "print_receipt": True, "receipt_template_id": self.ids["receipt_template"],
                "email_receipt": key == "online", "invoice_prefix": "HT-", "invoice_suffix": "",
                "invoice_sequence": next_sequence, "button_layout_id": self.ids["button_layout"],
                "register_open_time": iso(at), "register_close_time": None,
                "register_open_sequence_id": new_uuid(self.rng), "deleted_at": None,
                "attributes": [], "version": versions.next(at), "is_open": True,
                "is_quick_keys_enabled": True,
                "cash_managed_payment_type_id": self.payment_type_ids["Cash"],
            }
            for key, name in (("online", "Online Register"), ("front", "Front Register"))
        ]  # fmt: skip

    def _users(self, at: datetime) -> list[dict]:
        versions = Versions("users")
        role_ids = {"admin": 100, "manager": 200, "cashier": 300}
        return [
            {
                "id": self.shop.staff_ids[i], "username": name.split()[0].lower(),
                "display_name": name, "email": f"{name.split()[0].lower()}@example.ca",
                "email_verified_at": None, "switch_id": f"usi:{new_uuid(self.rng)[:12]}",
                "account_type": role,
                "roles": [{"id": role_ids[role], "name": role.title(),
                           "system_role_id": role_ids[role]}],
                "enabled": True, "restricted_outlet_id": None, "restricted_outlet_ids": [],
                "permissions": None, "rules": {}, "is_primary_user": i == 0, "image_source": "",
                "images": None, "target_daily": None, "target_weekly": None,
                "target_monthly": None, "seen_at": iso(at), "created_at": iso(OPENED),
                "updated_at": iso(SET_UP), "deleted_at": None, "time_until_deletion": None,
                "version": versions.next(SET_UP), "enabled_mfa": None,
                "require_password_change": False,
            }
            for i, (name, role) in enumerate(STAFF)
        ]  # fmt: skip

    def _customer_groups(self) -> list[dict]:
        versions = Versions("customer_groups")
        return [
            {
                "id": self.ids[key], "name": name, "group_id": group_id,
                "retailer_id": self.ids["retailer"], "version": versions.next(OPENED),
                "created_at": iso(OPENED), "updated_at": iso(OPENED), "deleted_at": None,
            }
            for key, name, group_id in (
                ("group_all", "All Customers", "1111111111"),
                ("group_trade", "Schools & Daycares", "Schools & Daycares-7K2M"),
            )
        ]  # fmt: skip

    def _taxes(self) -> list[dict]:
        versions = Versions("taxes")
        rates = {
            key: {"id": self.ids[key], "name": name, "rate": rate, "rules": [],
                  "display_name": name}
            for key, name, rate in (
                ("rate_none", "No Tax", 0.0), ("rate_pst", "PST", 0.07), ("rate_gst", "GST", 0.05)
            )
        }  # fmt: skip
        groups = (
            ("no_tax", "No Tax", ("rate_none",)),
            ("pst", "PST", ("rate_pst",)),
            ("gst", "GST", ("rate_gst",)),
            ("gst_pst", "GST+PST", ("rate_pst", "rate_gst")),
        )
        return [
            {
                "id": self.ids[key], "name": name, "version": versions.next(OPENED),
                "deleted_at": None, "rates": [rates[rate] for rate in parts],
                "is_default": key == "gst_pst", "display_name": name,
            }
            for key, name, parts in groups
        ]  # fmt: skip

    def _payment_types(self) -> list[dict]:
        versions = Versions("payment_types")
        return [
            {
                "id": self.payment_type_ids[name], "name": name, "type_id": type_id,
                "gateway": False, "config": None, "version": versions.next(OPENED),
                "disabled": False, "name_changed_by_user": False,
                "created_at": "2022-10-19T23:51:56Z", "deleted_at": None, "internal": internal,
                "outlet_ids": None,
                "payment_type": {
                    "id": type_id, "name": name, "header": "", "description": "", "logo": "",
                    "badge": "", "internal": internal, "platforms": None, "category": category,
                    "subcategory": "", "subtext": None, "configuration_url": None,
                    "referred_inactive": False, "show_banner": False, "online_only": False,
                },
            }
            for name, (type_id, category, internal) in PAYMENT_TYPES.items()
        ]  # fmt: skip

    def _price_book(self) -> dict:
        return {
            "outlet": None, "customer_group": self._customer_groups()[0],
            "name": "General Price Book (All Products)", "id": self.ids["price_book"],
            "type": "BASE", "version": Versions("price_books").next(OPENED),
            "created_at": iso(OPENED), "updated_at": iso(OPENED), "deleted_at": None,
            "restrict_to_platform_key": "0", "restrict_to_platform_label": "All platforms",
            "valid_from": None, "valid_to": None, "outlet_id": None,
            "customer_group_id": self.ids["group_all"],
        }  # fmt: skip

    def _promotions(self) -> list[dict]:
        puzzles = self.types.get("Puzzles", {"id": None})["id"]
        return [
            {
                "id": str(1_644_067_775_977_410_560 + i * 15_233_094_893), "name": name,
                "description": text, "start_time": start, "end_time": end,
                "condition": {"type": "product_set", "quantity": 1, "include": include,
                              "exclude": []},
                "action": {"type": "basic_percent_discount", "value": value},
                "loyalty_multiplier": 0, "outlet_ids": [], "channels": ["Register"],
                "customer_group_ids": [], "status": "active", "use_promo_code": False,
                "promo_code_summary": {"total_promo_code": 0, "redeemed_amount": 0},
                "show_potential": True, "online_channel_ids": [],
            }
            for i, (name, text, start, end, value, include) in enumerate((
                ("Family Day", "10% off everything", "2023-02-20T00:00:00",
                 "2023-02-21T00:00:00", 0.1, []),
                ("Puzzle Week", "25% off all puzzles", "2023-11-06T00:00:00", None, 0.25,
                 [{"field": "type_id", "value": puzzles}]),
            ))
        ]  # fmt: skip
