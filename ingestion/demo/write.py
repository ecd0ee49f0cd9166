"""Writes the whole demo: all tills' records and the truth."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path

from ingestion.demo.amber import amber_tables, write_amber
from ingestion.demo.clerk import Clerk
from ingestion.demo.closures import front_register
from ingestion.demo.cloud_tills import write_cloud_tills
from ingestion.demo.days import closing_time
from ingestion.demo.faults import plant_in_amber, plant_in_lightspeed, plant_unknown_statuses
from ingestion.demo.lightspeed_export import write_export
from ingestion.demo.lightspeed_stock import amber_on_hand
from ingestion.demo.shop import FIRST_DAY, LAST_DAY, invent_shop
from ingestion.demo.simulate import Simulation
from ingestion.demo.truth import LIGHTSPEED, tell_truth

LEAST_SALES, LEAST_PRODUCTS, LEAST_CUSTOMERS = 600, 60, 40


def write_demo(
    out: Path, sales: int = 3000, seed: int = 7, products: int | None = None,
    customers: int | None = None,
) -> dict:  # fmt: skip
    """Write all tills' folders and `truth.json` into `out` and return the truth.

    The same arguments give the same bytes. Products and customers follow the number of sales
    (one for ten, one for twelve) when not told. Raises ValueError when too small to plant all.
    """
    products = products or max(LEAST_PRODUCTS, sales // 10)
    customers = customers or max(LEAST_CUSTOMERS, sales // 12)
    for name, value, least in (
        ("sales", sales, LEAST_SALES), ("products", products, LEAST_PRODUCTS),
        ("customers", customers, LEAST_CUSTOMERS),
    ):  # fmt: skip
        if value < least:
            raise ValueError(f"{value} {name}: too few to plant everything; give at least {least}.")
    shop = invent_shop(products, customers, seed)
    rng = random.Random(f"{seed} sales")
    clerk = Clerk(shop, rng)
    simulation = Simulation(clerk, rng, both_tills=True)
    made = list(simulation.sales(FIRST_DAY, LAST_DAY, sales))
    unknown = plant_unknown_statuses(made)
    on_hand = amber_on_hand(shop, random.Random(f"{seed} stock in hand"))

    for folder in (out / "amber", out / "lightspeed"):
        shutil.rmtree(folder, ignore_errors=True)
    tables = amber_tables(shop, made, on_hand)
    faults = plant_in_amber(tables, unknown[0])
    write_amber(out / "amber", tables)
    closures, reported = front_register(made)
    write_export(
        out / "lightspeed", shop, clerk, made, seed, on_hand, closing_time(LAST_DAY), closures
    )
    faults += plant_in_lightspeed(out / "lightspeed", unknown[1])

    truth = tell_truth(shop, made, simulation.exact_copies, simulation.near_copies, on_hand, faults)
    cloud_tills = write_cloud_tills(out, shop, seed)
    truth["cloud_tills"] = cloud_tills
    truth["reported"] = {LIGHTSPEED: reported} | {
        account: told["reported"] for account, told in cloud_tills.items() if "reported" in told
    }
    text = json.dumps(truth, indent=1, ensure_ascii=False)
    (out / "truth.json").write_text(text + "\n", encoding="utf-8", newline="\n")
    return truth
