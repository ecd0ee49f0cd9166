"""Sales as the X-Series API gives them: every amount twice, five decimals, UTC."""

from __future__ import annotations

import random
from datetime import date, datetime

from ingestion.demo.days import ZONE
from ingestion.demo.ids import new_uuid
from ingestion.demo.money import dollars, dollars_of_cents
from ingestion.demo.sale import Line, Sale, Tender
from ingestion.demo.shop import Shop

TAX_RATES = {"none": ("rate_none",), "gst": ("rate_gst",), "gst_pst": ("rate_gst", "rate_pst")}
PAYMENT_TYPES = {
    # name: (API's global type, category, internal)
    "Cash": (1, "cash", False), "Cash Rounding": (3, "system", True),
    "Debit": (133, "credit-card", False), "Visa": (133, "credit-card", False),
    "Mastercard": (133, "credit-card", False), "Amex": (133, "credit-card", False),
    "Gift Card": (118, "system", True), "Store Credit": (121, "system", True),
    "Online Payments": (171, "system", True), "Write-off": (3, "credit-card", False),
}  # fmt: skip


def iso(moment: datetime | None) -> str | None:
    """A UTC time as the API writes it: 2023-01-05T18:11:02+00:00."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S+00:00") if moment else None


class SaleWriter:
    """Turns sales into API records; payment types and register sequences are the shop's."""

    def __init__(self, shop: Shop, payment_type_ids: dict[str, str], rng: random.Random) -> None:
        """`payment_type_ids`: name -> id of the `payment_types` record."""
        self.shop, self.ids, self.rng = shop, shop.ids, rng
        self.payment_type_ids = payment_type_ids

    def record(self, sale: Sale, version: int) -> dict:
        """One sale record with its lines, payments and taxes."""
        lines = [self._line(line, i) for i, line in enumerate(sale.lines)]
        total = dollars_of_cents(sale.net_cents)
        tax = dollars_of_cents(sale.tax_cents)
        return_of = sale.return_of if sale.return_of and sale.return_of.till == sale.till else None
        sequence = int(sale.number.rpartition("-")[2])
        made = iso(sale.at)
        return {
            "id": sale.sale_id,
            "outlet_id": self.ids["outlet"],
            "register_id": self.ids["online" if sale.online else "front"],
            "user_id": self.shop.staff_ids[sale.staff],
            "customer_id": self._customer_id(sale),
            "invoice_number": sale.number,
            "source": "ECOMMERCE" if sale.online else "USER",
            "source_id": f"W{sequence}" if sale.online else None,
            "complete_open_sequence_id": None,
            "accounts_transaction_id": None,
            "has_unsynced_on_account_payments": False,
            "status": sale.status,
            "note": sale.note if sequence % 3 else sale.note or None,
            "short_code": sale.sale_id[:6],
            "return_for": return_of.sale_id if return_of else None,
            "return_ids": sale.return_ids,
            "total_loyalty": 0,
            "created_at": made,
            "updated_at": iso(sale.updated_at) or made,
            "sale_date": made,
            "deleted_at": None,
            "line_items": lines,
            "payments": [self._payment(sale, tender) for tender in sale.tenders],
            "adjustments": [],
            "ecom_custom_charges": None,
            "external_applications": [],
            "attributes": ["onaccount"] if sale.status.startswith("ONACCOUNT") else [],
            "taxes": self._taxes(sale),
            "total_price": total,
            "total_tax": tax,
            "receipt_number": sale.number,
            "invoice_sequence": sequence,
            "receipt_sequence": sequence,
            "version": version,
        }

    def _customer_id(self, sale: Sale) -> str | None:
        if not sale.person:
            return None
        day: date = sale.at.astimezone(ZONE).date()
        known = [card for card in sale.person.lightspeed if card.since <= day]
        return (known or sale.person.lightspeed)[-1].record_id

    def _line(self, line: Line, sequence: int) -> dict:
        price, discount = dollars(line.unit_price), dollars(line.unit_discount)
        total, total_discount = dollars(line.net), dollars(line.unit_discount * line.quantity)
        tax, total_tax = dollars(line.unit_tax), dollars(line.unit_tax * line.quantity)
        cost, total_cost = dollars(line.product.cost), dollars(line.product.cost * line.quantity)
        return {
            "id": new_uuid(self.rng),
            "product_id": line.product.lightspeed_id,
            "tax_id": self.ids["no_tax" if line.product.tax == "none" else line.product.tax],
            "discount_total": total_discount,
            "discount": discount,
            "price_total": total,
            "price": price,
            "cost_total": total_cost,
            "cost": cost,
            "tax_total": total_tax,
            "tax": tax,
            "quantity": line.quantity,
            "loyalty_value": 0,
            "note": None,
            "price_set": line.product.line_type != "product",
            "status": "CONFIRMED",
            "sequence": sequence,
            "gift_card_number": None,
            "tax_components": [
                {"rate_id": rate_id, "total_tax": dollars(amount)}
                for rate_id, amount in self._tax_parts(line)
            ],
            "promotions": [],
            "unit_cost": cost,
            "unit_discount": discount,
            "unit_loyalty_value": 0,
            "unit_price": price,
            "unit_tax": tax,
            "total_cost": total_cost,
            "total_discount": total_discount,
            "total_loyalty_value": 0,
            "total_price": total,
            "total_tax": total_tax,
            "is_return": line.is_return,
            "salesperson_id": None,
            "surcharges": [],
        }

    def _tax_parts(self, line: Line) -> list[tuple[str, int]]:
        amounts = {"rate_none": 0, "rate_gst": line.gst, "rate_pst": line.pst}
        return [(self.ids[rate], amounts[rate]) for rate in TAX_RATES[line.product.tax]]

    def _taxes(self, sale: Sale) -> list[dict]:
        sums: dict[str, int] = {}
        for line in sale.lines:
            for rate_id, amount in self._tax_parts(line):
                sums[rate_id] = sums.get(rate_id, 0) + amount
        return [{"id": rate_id, "amount": dollars(amount)} for rate_id, amount in sums.items()]

    def _payment(self, sale: Sale, tender: Tender) -> dict:
        return {
            "id": new_uuid(self.rng),
            "register_id": self.ids["online" if sale.online else "front"],
            "outlet_id": self.ids["outlet"],
            "retailer_payment_type_id": self.payment_type_ids[tender.name],
            "payment_type_id": str(PAYMENT_TYPES[tender.name][0]),
            "name": tender.name,
            "amount": dollars_of_cents(tender.cents),
            "payment_date": iso(tender.at),
            "deleted_at": None,
            "surcharge": None,
            "external_attributes": (
                [{"key": "gift_card_number", "value": tender.gift_card}] if tender.gift_card else []
            ),
            "source_id": None,
        }
