"""X-Series exports of any size for measuring: one big one, then one more day at a time."""

from __future__ import annotations

import json
import random
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

from ingestion.demo.clerk import Clerk
from ingestion.demo.days import closing_time, is_open
from ingestion.demo.ids import new_uuid
from ingestion.demo.lightspeed_export import Writer, sale_records, write_export
from ingestion.demo.lightspeed_masters import customer_record, product_record
from ingestion.demo.lightspeed_sales import SaleWriter
from ingestion.demo.lightspeed_stock import count_sold, inventory_record
from ingestion.demo.lightspeed_tables import SmallTables
from ingestion.demo.money import UNITS_PER_DOLLAR
from ingestion.demo.people import invent_people, write_first_card
from ingestion.demo.shop import Shop, invent_lightspeed_shop
from ingestion.demo.simulate import Simulation
from ingestion.demo.versions import Versions

START, DAYS = date(2023, 1, 3), 960


def write_lightspeed_export(
    folder: Path, products: int, customers: int, sales: int, seed: int = 7,
    days: int = DAYS, start: date = START,
) -> Path:  # fmt: skip
    """Write one export with exactly these numbers of records, as JSONL files in a sub-folder.

    The sub-folder is named after the moment of the export, so that the exports in `folder`
    lie in order; its path is returned. 19,944 sales take about ten seconds and 70 MB; memory
    does not grow with the sales.
    """
    end = start + timedelta(days=days - 1)
    shop = invent_lightspeed_shop(products, customers, seed, start, end)
    rng = random.Random(f"{seed} sales")
    clerk = Clerk(shop, rng, end)
    trade = Simulation(clerk, rng, both_tills=False).sales(start, end, sales)
    target = Path(folder) / _export_name(end)
    write_export(target, shop, clerk, trade, seed, {}, closing_time(end))
    return target


def write_lightspeed_day(
    folder: Path, products: int, customers: int, seed: int = 7, days: int = DAYS,
    start: date = START, day: date | None = None, sales: int = 20,
) -> Path:  # fmt: skip
    """Write one more day after `write_lightspeed_export` with the same arguments.

    A new sub-folder with only what changed: the day's sales, the stock of what they sold, some
    products with a new price, one new customer and some changed ones; versions go on rising.
    Without `day` it is the next one on which the shop is open after the first export.
    Returns the sub-folder.
    """
    end = start + timedelta(days=days - 1)
    shop = invent_lightspeed_shop(products, customers, seed, start, end)
    day = day or next(d for d in (end + timedelta(days=n) for n in range(1, 8)) if is_open(d))
    rng = random.Random(f"{seed} {day}")
    clerk = Clerk(shop, rng, day)
    first_receipt = 1_000_000 + 1000 * (day - start).days
    made = list(Simulation(clerk, rng, False, first_receipt).sales(day, day, sales))
    target = Path(folder) / _export_name(day)
    levels = _levels(Path(folder), target.name)
    target.mkdir(parents=True, exist_ok=True)
    _write_changes(Writer(target, closing_time(day) + timedelta(hours=9)), shop, made, seed,
                   rng, day, levels)  # fmt: skip
    return target


def _export_name(last_day: date) -> str:
    return f"{last_day + timedelta(days=1):%Y%m%d}_033000"


def _levels(folder: Path, before: str) -> dict[str, int]:
    """Product id -> pieces in stock, from the exports named before `before`, later ones winning."""
    levels = {}
    earlier = (p for p in folder.glob("*/inventory.jsonl") if p.parent.name < before)
    for path in sorted(earlier):
        with path.open(encoding="utf-8") as file:
            for line in file:
                record = json.loads(line)
                levels[record["product_id"]] = record["inventory_level"]
    return levels


def _write_changes(
    out: Writer, shop: Shop, sales: list, seed: int, rng: random.Random, day: date,
    levels: dict[str, int],
) -> None:  # fmt: skip
    evening = closing_time(day)
    small = SmallTables(shop, random.Random(f"{seed} tables"))
    writer = SaleWriter(shop, small.payment_type_ids, rng)
    out.write("sales", sale_records(sales, writer, Versions("sales")))
    sold: Counter = Counter()
    for sale in sales:
        count_sold(sold, sale)
    versions = Versions("inventory")
    out.write("inventory", (
        inventory_record(product, shop, levels[product.lightspeed_id] - sold[product.lightspeed_id],
                         versions.next(evening))
        for product in shop.products if product.lightspeed_id in sold
    ))  # fmt: skip
    changed = rng.sample(shop.products, min(5, len(shop.products)))
    for product in changed:
        product.lightspeed_price += rng.randrange(1, 4) * UNITS_PER_DOLLAR
    versions = Versions("products")
    out.write(
        "products",
        (product_record(product, small, evening, versions.next(evening)) for product in changed),
    )
    newcomer = invent_people(1, day, day, rng)[0]
    newcomer.phone, newcomer.since = "", day
    newcomer.lightspeed.append(write_first_card(newcomer, new_uuid(rng), rng))
    people = [newcomer, *rng.sample(shop.people, min(3, len(shop.people)))]
    versions = Versions("customers")
    out.write(
        "customers",
        (
            customer_record(person.lightspeed[0], person, shop.ids, evening, versions.next(evening))
            for person in people
        ),
    )
