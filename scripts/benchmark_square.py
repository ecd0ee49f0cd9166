"""Load Square orders: `python -m scripts.benchmark_square`, part of `make bench`.

A stand-in of Square's API serves 100,000 orders of 90 days from a process of its own, each answer
taking a millisecond an order, as a real one would. A bare HTTP client reads the same days with as
many requests at the same time; then the loader reads and lands them. Both times and the loader's
peak memory are printed; it fails when an order is missing.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import requests

from ingestion.accounts import PROJECT_DIR
from ingestion.demo.square_orders import Item, Terms, ring_up
from ingestion.destinations import open_warehouse
from ingestion.fakes.square import FakeSquare
from ingestion.sources.square.reading import WORKERS

DAYS = 90
PAGE = 500
TOKEN = "benchmark"
SECONDS_AN_ORDER = 0.001
TEMPLATES = 200
BOUND, MOST_MEMORY = 1.3, 1_000_000_000
ACCOUNT = (
    "account_id,business_id,source,till_name,location_name,time_zone,day_cutoff,currency,"
    "transport,path,mapping,active_from,active_to,paused\n"
    "bench,bench,square,Square,Bench,America/Vancouver,00:00,CAD,api,{url},,,,false\n"
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve, read bare, load, compare; 0 unless an order is missing."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--orders", type=int, default=100_000)
    parser.add_argument("--seconds-an-order", type=float, default=SECONDS_AN_ORDER)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    told = parser.parse_args(arguments)
    if told.serve:
        return serve(told.orders, told.seconds_an_order)
    with _server(told.orders, told.seconds_an_order) as url:
        bare, size = read_bare(url)
        loaded, seconds, busy, peak = load(url)
    ratio = seconds / bare
    print(
        f"{told.orders:,} Square orders, {size / 1e6:,.0f} MB of JSON, {WORKERS} requests at a time"
    )
    print(f"  bare HTTP client  {bare:6.1f} s")
    print(f"  load              {seconds:6.1f} s, {ratio:.2f} times (bound {BOUND})")
    print(f"  of which at work  {busy:6.1f} s of processor time")
    print(f"  peak memory       {peak / 1e6:6.0f} MB (bound {MOST_MEMORY / 1e6:,.0f})")
    if loaded != told.orders:
        print(f"  {loaded:,} orders in the warehouse: {told.orders - loaded:,} are missing")
    return int(loaded != told.orders)


def serve(orders: int, seconds_an_order: float) -> int:
    """Serve invented orders until stdin ends; the address is printed."""
    made = {"locations": [{"id": "L1", "timezone": "America/Vancouver"}], "orders": invent(orders)}
    with FakeSquare(made, token=TOKEN) as till:
        till.seconds_per_record = seconds_an_order
        print(till.url, flush=True)
        sys.stdin.read()
    return 0


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
def _server(orders: int, seconds_an_order: float) -> Iterator[str]:
    wish = ["--serve", "--orders", str(orders), "--seconds-an-order", str(seconds_an_order)]
    process = subprocess.Popen(
        [sys.executable, "-m", "scripts.benchmark_square", *wish],
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


def load(url: str) -> tuple[int, float, float, int]:
    """Orders that landed; of the whole process its seconds, processor time and peak memory."""
    (PROJECT_DIR / "data").mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="bench_square_", dir=PROJECT_DIR / "data"))
    shutil.copytree(PROJECT_DIR / "seeds", folder / "seeds")
    (folder / "seeds" / "pos_accounts.csv").write_text(ACCOUNT.format(url=url), encoding="utf-8")
    os.environ |= {
        "TILLHOUSE_TARGET": "duckdb",
        "TILLHOUSE_DUCKDB": str(folder / "bench.duckdb"),
        "TILLHOUSE_SEEDS": str((folder / "seeds").relative_to(PROJECT_DIR)),
        "TILLHOUSE_WEBHOOKS": str(folder / "webhooks.sqlite"),
        "TILLHOUSE_BENCH_TOKEN": TOKEN,
    }
    start = time.perf_counter()
    command = [sys.executable, "-m", "ingestion", "load", "--entity", "orders"]
    subprocess.run(command, cwd=PROJECT_DIR, check=True, stdout=subprocess.DEVNULL)
    seconds = time.perf_counter() - start
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    with open_warehouse().connect() as db:
        rows = db.fetch("select count(*) as n from raw_square.orders where _dlt_valid_to is null")
    shutil.rmtree(folder, ignore_errors=True)
    return rows[0]["n"], seconds, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024


if __name__ == "__main__":
    sys.exit(main())
