"""How one product gets into two tills: numbers given, names typed again, codes lost."""

from __future__ import annotations

import random
from datetime import timedelta

from ingestion.demo.catalogue import FIRST_AMBER_NO, LAST_AMBER_CREATION, LAST_AMBER_NO
from ingestion.demo.ids import new_uuid
from ingestion.demo.money import UNITS_PER_CENT
from ingestion.demo.sale import Product

FIRST_NEW_SKU = 20001
EVERY_OLD_NUMBER = 11
SHARED = ("barcode", "supplier_code", "name", "sku", *("barcode",) * 5,
          "supplier_code", "name", *("barcode",) * 4, "supplier_code", "sku", "name")  # fmt: skip


def put_in_tills(products: list[Product], rng: random.Random) -> dict[str, str]:
    """Decide which till has which product, under which number and name.

    Returns the traps: an AmberPOS item number that Lightspeed uses as the SKU of ANOTHER
    product -> that product's Lightspeed id.
    """
    numbers, linked = _numbers(len(products), rng), 0
    for product, number in zip(products, numbers, strict=True):
        where = rng.choices(("both", "amber", "lightspeed"), (62, 22, 16))[0]
        if where != "lightspeed":
            product.amber_no = str(number)
            product.amber_name = product.name
            product.created = min(product.created, LAST_AMBER_CREATION)
        if where != "amber":
            product.lightspeed_id = new_uuid(rng)
            product.lightspeed_name = product.name
            product.lightspeed_price = lightspeed_price(product, rng)
        if where == "both":
            product.shares = SHARED[linked % len(SHARED)]
            linked += 1
            product.lightspeed_name = retype(product, rng)
        if where == "lightspeed":
            product.lightspeed_created += timedelta(days=int(rng.random() ** 2 * 500))
    return _give_skus(products, rng)


def put_in_lightspeed(products: list[Product], rng: random.Random) -> None:
    """Make every product one of Lightspeed alone, with ascending SKUs."""
    for number, product in enumerate(products, FIRST_NEW_SKU):
        product.lightspeed_id = new_uuid(rng)
        product.lightspeed_name = product.name
        product.lightspeed_sku = str(number)
        product.lightspeed_price = product.price


def _numbers(count: int, rng: random.Random) -> list[int]:
    last = max(LAST_AMBER_NO, FIRST_AMBER_NO + 2 * count)
    return sorted(rng.sample(range(FIRST_AMBER_NO, last + 1), count))


def _give_skus(products: list[Product], rng: random.Random) -> dict[str, str]:
    carried = {p.amber_no for p in products if p.shares == "sku"}
    free = [p.amber_no for p in products if p.amber_no and p.amber_no not in carried]
    rng.shuffle(free)
    traps, new_sku = {}, max(FIRST_NEW_SKU, LAST_AMBER_NO, FIRST_AMBER_NO + 2 * len(products))
    for turn, product in enumerate(p for p in products if p.lightspeed_id):
        if product.shares == "sku":
            product.lightspeed_sku = product.amber_no
        elif turn % EVERY_OLD_NUMBER == 0 and free and free[-1] != product.amber_no:
            product.lightspeed_sku = free.pop()
            traps[product.lightspeed_sku] = product.lightspeed_id
        else:
            new_sku += 1
            product.lightspeed_sku = str(new_sku)
    return traps


def retype(product: Product, rng: random.Random) -> str:
    """The product's name as it was typed into the second till."""
    name = product.name
    way = rng.randrange(8)
    if way == 0:
        return name.upper()
    if way == 1:
        return f"{product.brand} {name}"
    if way == 2:
        return name.replace(" pc", " pieces").replace(" cm", "cm").replace("Set of", "set")
    if way == 3:
        return f"{name.removesuffix(product.size).strip()} - {product.size}"
    if way == 4:
        at = rng.randrange(2, len(name) - 3)
        return name[:at] + name[at + 1] + name[at] + name[at + 2 :]
    if way == 5:
        return f"{name}  "
    if way == 6:
        return name.replace(" Puzzle", " Pzl").replace(" Game", " Gm").replace("Wooden", "Wdn")
    return name


def lightspeed_price(product: Product, rng: random.Random) -> int:
    """The shelf price in the new till: often the same, else raised to the next ..99; units."""
    if rng.random() < 0.6:
        return product.price
    raised = int(product.price * rng.uniform(1.02, 1.1)) // UNITS_PER_CENT // 100 * 100 + 99
    return raised * UNITS_PER_CENT
