"""A small invented shop in the shapes of X-Series, for the tests of its reader."""

from __future__ import annotations

import hashlib
import uuid

from ingestion.accounts import Account
from ingestion.contract import Pull
from ingestion.sources import lightspeed_x
from ingestion.sources.lightspeed_x.entities import BY_NAME
from tests.ingestion.landed import read_all

TOKEN = "secret-token-nobody-prints"
FIRST_VERSION = 25_136_942_286


def uid(word: object) -> str:
    """The same UUID for the same word."""
    return str(uuid.UUID(hashlib.sha256(str(word).encode()).hexdigest()[:32]))


def account(path: object, transport: str = "api", account_id: str = "shop") -> Account:
    """An X-Series account at an address or a folder."""
    return Account(
        *(account_id, "toys", "lightspeed_x", "Till", "High Street", "America/Vancouver"),
        *("00:00", "CAD", transport, str(path), "", "", "", "false"),
    )


def read(account: Account, entity: str, pull: Pull | None = None) -> dict[str, str]:
    """Everything the reader yields, record_id -> payload; the last one stands."""
    return read_all(lightspeed_x, account, BY_NAME[entity], pull)


def records(entity: str, count: int, start: int = 0) -> list[dict]:
    """`count` small records with rising versions."""
    return [
        {"id": uid((entity, n)), "name": f"{entity} {n}", "version": FIRST_VERSION + 10 * n}
        for n in range(start, start + count)
    ]


def small_shop() -> dict[str, list]:
    """A little of every entity, references intact, numbers as the till writes them."""
    version = iter(range(FIRST_VERSION, 2**62, 7))

    def row(entity: str, number: int, **fields: object) -> dict:
        return {"id": uid((entity, number)), **fields, "version": next(version)}

    outlet, tax, group = uid(("outlets", 1)), uid(("taxes", 1)), uid(("customer_groups", 1))
    products = [uid(("products", n)) for n in range(12)]
    shop: dict[str, list] = {
        "taxes": [row("taxes", 1, name="GST", rates=[{"rate": 0.05}])],
        "outlets": [row("outlets", 1, name="High Street", default_tax_id=tax)],
        "registers": [row("registers", 1, name="Till 1", outlet_id=outlet)],
        "users": [row("users", 1, username="sam", display_name="Sam")],
        "customer_groups": [row("customer_groups", 1, name="All")],
        "brands": [row("brands", 1, name="Kite & Co")],
        "product_types": [row("product_types", 1, name="Puzzles")],
        "product_categories": [{"id": uid(("c", n)), "name": f"Group {n}"} for n in range(3)],
        "tags": [{"id": uid(("tags", n)), "name": f"tag {n}"} for n in range(2)],
        "suppliers": [row("suppliers", 1, name="Wood Toys Ltd")],
        "payment_types": [row("payment_types", 1, name="Cash", type_id=1)],
        "customers": [
            row("customers", n, customer_code=f"C{n}", customer_group_id=group) for n in range(4)
        ],
        "products": [
            row(
                "products",
                n,
                sku=str(1000 + n),
                name=f"Toy {n}",
                has_inventory=True,
                brand_id=uid(("brands", 1)),
                supplier_id=uid(("suppliers", 1)),
                deleted_at="2024-05-01T10:00:00+00:00" if n == 11 else None,
            )
            for n in range(12)
        ],
        "sales": [
            row(
                "sales",
                n,
                status="CLOSED",
                total_price=10.90909,
                register_id=uid(("registers", 1)),
                customer_id=uid(("customers", n % 4)),
                line_items=[{"product_id": products[n % 12], "quantity": 1, "price": 10.90909}],
                payments=[{"retailer_payment_type_id": uid(("payment_types", 1)), "amount": 12}],
            )
            for n in range(25)
        ],
        "inventory": [
            row("inventory", n, product_id=product, outlet_id=outlet, inventory_level=n)
            for n, product in enumerate(products)
        ],
        "price_books": [row("price_books", 1, name="General", customer_group={"version": 1})],
        "promotions": [{"id": "1644067775977410560", "name": "Puzzle week", "status": "active"}],
        "consignments": [
            row(
                "consignments",
                n,
                name=f"Order {n}",
                type="SUPPLIER",
                outlet_id=outlet,
                supplier_id=uid(("suppliers", 1)),
            )
            for n in range(3)
        ],
        "gift_cards": [{"id": uid(("gift_cards", n)), "number": f"GC{n}"} for n in range(5)],
    }
    shop["outlet_taxes"] = [
        {"outlet_id": outlet, "product_id": p, "tax_id": tax, "version": next(version)}
        for p in products[:3]
    ]
    shop["consignment_products"] = [
        {
            "consignment_id": uid(("consignments", c)),
            "product_id": products[p],
            "count": "10.00000",
            "cost": "4.10000",
            "version": next(version),
        }
        for c, p in ((0, 0), (0, 1), (1, 5), (1, 5))
    ]
    shop["register_closures"] = [
        {
            "register_id": uid(("registers", 1)),
            "register_open_time": "2024-05-02T16:00:00+00:00",
            "register_closure_sequence_number": 7,
            "payments": [{"payment_type_name": "Cash", "total": "300.00"}],
        }
    ]
    return shop
