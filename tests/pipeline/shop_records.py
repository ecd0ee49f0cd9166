"""Records of a small X-Series shop, its exports, and what of a sale counts."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path


def sale(number: int, lines: list[tuple[str, int, float]], **fields) -> dict:
    """An X-Series sale with the fields that count; price and tax add up."""
    items = [
        {
            "id": f"l{number}-{n}",
            "product_id": product,
            "quantity": quantity,
            "unit_price": price,
            "total_price": round(quantity * price, 5),
            "total_discount": 0,
            "total_tax": round(quantity * price * 0.05, 5),
            "is_return": quantity < 0,
            "status": "CONFIRMED",
        }
        for n, (product, quantity, price) in enumerate(lines)
    ]
    net = round(sum(i["total_price"] for i in items), 2)
    tax = round(sum(i["total_tax"] for i in items), 2)
    payments = [
        {
            "id": f"p{number}",
            "name": "Cash",
            "amount": round(net + tax, 2),
            "payment_date": "2024-03-01T20:00:00+00:00",
        }
    ]
    return {
        "id": f"s{number}",
        "outlet_id": "o1",
        "register_id": "r1",
        "customer_id": "c1",
        "receipt_number": str(number),
        "status": "CLOSED",
        "total_price": net,
        "total_tax": tax,
        "sale_date": f"2024-03-{number % 28 + 1:02d}T20:00:00+00:00",
        "line_items": items,
        "payments": payments if items else [],
        "version": number,
    } | fields


OUTLET = {
    "id": "o1",
    "name": "Quay",
    "time_zone": "America/Vancouver",
    "currency": "CAD",
    "version": 1,
}
CUSTOMER = {
    "id": "c1",
    "first_name": "Ada",
    "last_name": "Fox",
    "email": "ada@example.com",
    "version": 1,
}


def product(number: int, **fields) -> dict:
    """An X-Series product."""
    return {
        "id": f"p{number}",
        "name": f"Wooden toy {number}",
        "sku": f"SKU{number}",
        "version": number,
    } | fields


def drop(folder: Path, day: str, **entities: list[dict]) -> None:
    """One export of the till, with only what has changed."""
    (folder / day).mkdir(parents=True)
    for entity, records in entities.items():
        text = "".join(json.dumps(record) + "\n" for record in records)
        (folder / day / f"{entity}.jsonl").write_text(text, encoding="utf-8")


def money(opened, sale_id: str) -> Decimal:
    """What counts of a sale, tax included."""
    row = opened.fetch(
        "select coalesce(sum(total_amount), 0) as total from marts.fct_sales"
        " where is_counted and sale_id = ?",
        (sale_id,),
    )[0]
    return row["total"]
