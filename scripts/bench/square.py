"""Loading Square orders.

A stand-in of Square's API serves 100,000 orders of 90 days from a process of its own, each answer
taking a millisecond an order, as a real one would. A bare HTTP client reads the same days with as
many requests at the same time; then the loader reads and lands them. Both times and the loader's
peak memory are printed; it fails when an order is missing.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import requests
from rich.console import Console
from rich.table import Table

from ingestion.accounts import PROJECT_DIR
from ingestion.demo.square_orders import Item, Terms, ring_up
from ingestion.destinations import Warehouse
from ingestion.fakes.square import FakeSquare
from ingestion.sources.square.reading import WORKERS
from scripts.bench.measuring import (
    MEGA,
    BenchmarkError,
    Measured,
    Wishes,
    gigabytes,
    measure,
    own_folder,
    own_shop,
    verdict,
)

ORDERS, DAYS = 100_000, 90
PAGE = 500
TOKEN = "benchmark"
SECONDS_AN_ORDER = 0.001
TEMPLATES = 200
BOUND, MOST_MEMORY = 1.3, 1_000_000_000
LANDED = "select count(*) as n from raw_square.orders where _dlt_valid_to is null"
SERVE = "import sys; from scripts.bench.square import serve; serve(int(sys.argv[1]))"


def run(console: Console, wishes: Wishes) -> list[str]:
    """Serve, read bare, load, compare, print; how many orders are missing, if any."""
    orders = wishes.sized(ORDERS)
    with _server(orders) as url:
        bare, size = read_bare(url)
        loaded, done = load(url)
    ratio = done.seconds / bare
    title = f"{orders:,} Square orders, {size / MEGA:,.0f} MB of JSON, {WORKERS} requests at a time"
    table = Table(title=title)
    for name in ("what", "seconds", "ratio", "bound", "peak memory", ""):
        table.add_column(name, justify="left" if name in ("what", "") else "right")
    within = ratio <= BOUND and done.peak <= MOST_MEMORY
    table.add_row("bare HTTP client", f"{bare:.1f}")
    table.add_row("load", f"{done.seconds:.1f}", f"{ratio:.2f} x", f"<= {BOUND:g} x, <= 1 GB",
                  gigabytes(done.peak), verdict(within))  # fmt: skip
    table.add_row("  of which at work, on all cores", f"{done.processor_seconds:.1f}")
    console.print(table)
    missing = orders - loaded
    return [f"{missing:,} Square orders are missing in the warehouse."] if missing else []


def serve(orders: int) -> None:
    """Serve invented orders until stdin ends; the address is printed."""
    made = {"locations": [{"id": "L1", "timezone": "America/Vancouver"}], "orders": invent(orders)}
    with FakeSquare(made, token=TOKEN) as till:
        till.seconds_per_record = SECONDS_AN_ORDER
        print(till.url, flush=True)
        sys.stdin.read()


def invent(count: int) -> Iterator[str]:
    """`count` orders as JSON text, evenly over the days."""
    rng = random.Random("square benchmark")
    templates = [_template(rng) for _ in range(TEMPLATES)]
    start = datetime.now(UTC) - timedelta(days=DAYS - 1)
    step = timedelta(days=DAYS - 2) / count
    for number in range(count):
        at = f"{start + number * step:%Y-%m-%dT%H:%M:%S}.000Z"
        dates = f'"created_at": "{at}", "updated_at": "{at}", "closed_at": "{at}"'
        yield f'{{"id": "ORDER{number:012d}", {dates}, {templates[number % TEMPLATES]}'


def _template(rng: random.Random) -> str:
    """All of an order but its id and dates, as the rest of its JSON text."""
    items = [
        Item(f"Thing {n}", rng.randint(100, 9_000), "1", f"VARIATION{n:018d}", "Regular")
        for n in rng.sample(range(500), rng.randint(1, 5))
    ]
    order = {"location_id": "L1", "state": "COMPLETED", "source": {"name": "Square Point of Sale"}}
    order |= ring_up(items, Terms(tax_rate=12_000, tip=rng.choice([0, 150])))
    return json.dumps(order)[1:]


@contextmanager
def _server(orders: int) -> Iterator[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE, str(orders)],
        cwd=PROJECT_DIR,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield process.stdout.readline().strip()
    finally:
        process.stdin.close()
        process.wait(30)


def read_bare(url: str) -> tuple[float, int]:
    """Seconds and bytes of reading all days with nothing but an HTTP client."""
    today = datetime.now(UTC).date()
    days = [today - timedelta(days=n) for n in range(DAYS, -1, -1)]
    start = time.perf_counter()
    with requests.Session() as session, ThreadPoolExecutor(WORKERS) as pool:
        session.headers["Authorization"] = f"Bearer {TOKEN}"
        sizes = list(pool.map(lambda day: _read_day(session, url, day), days))
    return time.perf_counter() - start, sum(sizes)


def _read_day(session: requests.Session, url: str, day) -> int:
    span = {
        "start_at": f"{day}T00:00:00.000Z",
        "end_at": f"{day + timedelta(days=1)}T00:00:00.000Z",
    }
    query = {
        "location_ids": ["L1"],
        "limit": PAGE,
        "query": {
            "filter": {"date_time_filter": {"updated_at": span}},
            "sort": {"sort_field": "UPDATED_AT", "sort_order": "ASC"},
        },
    }
    size, cursor = 0, None
    while True:
        body = query | ({"cursor": cursor} if cursor else {})
        answer = session.post(f"{url}/v2/orders/search", json=body, timeout=60)
        answer.raise_for_status()
        size += len(answer.content)
        cursor = answer.json().get("cursor")
        if not cursor:
            return size


def load(url: str) -> tuple[int, Measured]:
    """How many orders landed, and the whole process that loaded them."""
    with own_folder() as folder:
        shop = own_shop(folder, "square", "api", url) | {"TILLHOUSE_BENCH_TOKEN": TOKEN}
        command = ["-m", "ingestion", "load", "--entity", "orders"]
        done = measure(command, os.environ | shop)
        warehouse = Warehouse("duckdb", {"type": "duckdb", "path": shop["TILLHOUSE_DUCKDB"]})
        with warehouse.connect() as db:
            if not db.table_exists("raw_square", "orders"):
                raise BenchmarkError(done.said)
            return db.fetch(LANDED)[0]["n"], done
