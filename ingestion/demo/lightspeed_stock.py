"""Inventory, consignments, product taxes and gift cards as the X-Series API gives them."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from ingestion.demo.ids import new_uuid, uuid_for
from ingestion.demo.lightspeed_sales import iso
from ingestion.demo.lightspeed_tables import SET_UP, SmallTables
from ingestion.demo.money import dollars, dollars_of_cents
from ingestion.demo.sale import Product, Sale
from ingestion.demo.shop import GiftCard, Shop
from ingestion.demo.versions import Versions

TAKEOVER = datetime(2022, 12, 28, 16, 0, 0, tzinfo=UTC)
OPENING_STOCK = "Opening stock from AmberPOS"


def amber_on_hand(shop: Shop, rng: random.Random) -> dict[str, int]:
    """Pieces in stock when AmberPOS closed: item number -> quantity, sometimes below zero."""
    return {
        p.amber_no: rng.choices((-1, 0, rng.randrange(1, 24)), (2, 18, 80))[0]
        for p in shop.products
        if p.amber_no
    }


def count_sold(sold: Counter, sale: Sale) -> None:
    """Add what a Lightspeed sale took out of stock (id -> pieces)."""
    if sale.is_counted:
        for line in sale.lines:
            if line.product.line_type == "product":
                sold[line.product.lightspeed_id] += line.quantity


class Stock:
    """What came in, in consignments, and what is left of it.

    `levels` (id -> pieces) is opening stock plus received less sold, always.
    """

    def __init__(
        self, shop: Shop, small: SmallTables, rng: random.Random, sold: Counter,
        on_hand: dict[str, int], end: datetime,
    ) -> None:  # fmt: skip
        """Plan deliveries up to `end` that cover what was sold."""
        self.shop, self.small, self.rng = shop, small, rng
        self.goods = [p for p in shop.products if p.lightspeed_id]
        self.arrivals: dict[tuple[datetime, str], list[tuple[Product, int]]] = {}
        self.levels: dict[str, int] = {}
        for product in self.goods:
            opening = max(0, on_hand.get(product.amber_no, 0))
            if opening:
                self._arrive(TAKEOVER, "", product, opening)
            wanted = sold[product.lightspeed_id] + rng.randrange(0, 9)
            received = max(0, wanted - opening)
            level = opening - sold[product.lightspeed_id]
            for part in (received // 2, received - received // 2):
                if part:
                    days = 7 * rng.randrange(1, max(2, (end - TAKEOVER).days // 7))
                    self._arrive(TAKEOVER + timedelta(days=days), product.supplier, product, part)
            self.levels[product.lightspeed_id] = level + received

    def _arrive(self, at: datetime, supplier: str, product: Product, pieces: int) -> None:
        self.arrivals.setdefault((at, supplier), []).append((product, pieces))

    def consignments(self) -> tuple[list[dict], list[dict]]:
        """Consignment records and the products in them, both ascending by version."""
        versions, item_versions = Versions("consignments"), Versions("consignment_products")
        heads, items = [], []
        for i, ((at, supplier), goods) in enumerate(sorted(self.arrivals.items(), key=_when)):
            received = at + timedelta(hours=2)
            head = self._consignment(i, supplier, at, received, versions.next(received))
            heads.append(head)
            for product, pieces in goods:
                items.append({
                    "product_id": product.lightspeed_id, "product_sku": product.lightspeed_sku,
                    "count": f"{pieces}.00000", "received": f"{pieces}.00000",
                    "cost": f"{product.cost / 100_000:.5f}", "is_included": True,
                    "status": "RECEIVE_SUCCESS", "created_at": iso(at),
                    "updated_at": iso(received), "deleted_at": None,
                    "version": item_versions.next(received), "consignment_id": head["id"],
                })  # fmt: skip
        return heads, items

    def _consignment(
        self, i: int, supplier: str, at: datetime, received: datetime, version: int
    ) -> dict:
        return {
            "id": new_uuid(self.rng), "outlet_id": self.shop.ids["outlet"],
            "name": OPENING_STOCK if not supplier else _order_name(i), "due_at": iso(at),
            "type": "SUPPLIER", "status": "RECEIVED",
            "supplier_id": self.small.suppliers[supplier]["id"] if supplier else None,
            "source_outlet_id": None, "consignment_date": iso(at), "received_at": iso(received),
            "show_inactive": None, "supplier_invoice": f"{70_000 + 13 * i}" if i % 3 else None,
            "reference": f"HT-{i + 1}", "total_count_gain": None, "total_cost_gain": None,
            "total_count_loss": None, "total_cost_loss": None, "created_at": iso(at),
            "updated_at": iso(received), "deleted_at": None, "product_count": None,
            "version": version, "filters": [],
        }  # fmt: skip

    def inventory(self, end: datetime) -> Iterator[dict]:
        """One record per product with stock, ascending by version."""
        versions = Versions("inventory")
        for product in self.goods:
            level = self.levels[product.lightspeed_id]
            yield inventory_record(product, self.shop, level, versions.next(end))


def _when(arrival: tuple[tuple[datetime, str], list]) -> tuple[datetime, str]:
    return arrival[0]


def _order_name(i: int) -> str:
    """A consignment's name; the clerk leaves it empty now and then."""
    return f"Order {i}" if i % 4 else ""


def inventory_record(product: Product, shop: Shop, level: int, version: int) -> dict:
    """The stock of one product at the one outlet."""
    return {
        "id": uuid_for("inventory", product.lightspeed_id), "outlet_id": shop.ids["outlet"],
        "product_id": product.lightspeed_id, "inventory_level": level, "current_amount": level,
        "version": version, "deleted_at": None, "average_cost": dollars(product.cost),
        "reorder_point": 2 if level % 5 == 0 else None,
        "reorder_amount": 6 if level % 5 == 0 else None,
    }  # fmt: skip


def outlet_taxes(shop: Shop) -> Iterator[dict]:
    """Which tax each product bears at the outlet."""
    versions = Versions("outlet_taxes")
    for product in [*shop.specials.values(), *shop.products]:
        if product.lightspeed_id:
            yield {
                "outlet_id": shop.ids["outlet"], "product_id": product.lightspeed_id,
                "tax_id": shop.ids["no_tax" if product.tax == "none" else product.tax],
                "version": versions.next(SET_UP),
            }  # fmt: skip


def gift_card_records(cards: Iterable[GiftCard], rng: random.Random) -> Iterator[dict]:
    """Gift cards; one sold in AmberPOS comes in with what was left on it at the takeover."""
    for card in cards:
        moves, sale_id = card.movements, card.sale_id
        if card.till == "amber":
            left = sum(cents for at, _, cents, _ in moves if at < TAKEOVER)
            moves = [m for m in moves if m[0] >= TAKEOVER]
            if card.sold_at < TAKEOVER:
                moves = [(TAKEOVER, "IMPORTING", left, ""), *moves]
            if not any(cents for _, _, cents, _ in moves):
                continue
            sale_id = None
        balance = sum(cents for _, _, cents, _ in moves)
        sold = sum(cents for _, _, cents, _ in moves if cents > 0)
        yield {
            "number": card.number, "sale_id": sale_id, "created_at": iso(moves[0][0]),
            "expires_at": None, "sale_source": "USER" if sale_id else "IMPORT",
            "gift_card_transactions": [
                {
                    "id": new_uuid(rng), "sale_id": sale or None, "type": kind,
                    "amount": dollars_of_cents(cents), "created_at": iso(at),
                }
                for at, kind, cents, sale in moves
            ],
            "status": "ACTIVE" if balance else "REDEEMED",
            "balance": dollars_of_cents(balance), "total_sold": dollars_of_cents(sold),
            "total_redeemed": dollars_of_cents(sold - balance), "id": new_uuid(rng),
        }  # fmt: skip
