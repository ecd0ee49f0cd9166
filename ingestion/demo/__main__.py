"""`python -m ingestion.demo`: write an invented shop's exports and the truth about them."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from ingestion.accounts import AccountError
from ingestion.demo.write import write_demo
from ingestion.destinations import WarehouseError


def main(arguments: list[str] | None = None) -> int:
    """Write the demo as told on the command line; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m ingestion.demo", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("data/demo"), help="folder to write to")
    parser.add_argument("--sales", type=int, default=3000, help="about how many sales (3000)")
    parser.add_argument("--seed", type=int, default=7, help="the same seed gives the same shop (7)")
    parser.add_argument("--products", type=int, help="products (default: one for ten sales)")
    parser.add_argument("--customers", type=int, help="customers (default: one for twelve sales)")
    parser.add_argument(
        "--load-cloud", action="store_true", help="also load the tills that have an API, over it"
    )
    told = parser.parse_args(arguments)
    try:
        truth = write_demo(told.out, told.sales, told.seed, told.products, told.customers)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    print(f"Harbour Toys, an invented shop, in {told.out}:")
    for account, totals in truth["accounts"].items():
        print(f"  {account}: {totals['sales']:,} sales, {totals['lines']:,} lines, "
              f"{totals['total_cents'] / 100:,.2f} CAD with tax, "
              f"{totals['first_sale_on']} to {totals['last_sale_on']}")  # fmt: skip
    for account, totals in truth["cloud_tills"].items():
        print(f"  {account}: {totals['sales']:,} sales, {totals['lines']:,} lines, "
              f"{totals['total_cents'] / 100:,.2f} CAD with tax")  # fmt: skip
    double = truth["double_counts"]
    print(f"  planted: {len(truth['product_links'])} product links, "
          f"{len(truth['customer_links'])} customers with several cards, "
          f"{len(double['exact'])} exact and {len(double['near'])} near double counts, "
          f"{len(truth['faults'])} faults (truth.json)")  # fmt: skip
    return _load_cloud(told.out) if told.load_cloud else 0


def _load_cloud(out: Path) -> int:
    from ingestion.cli import print_load
    from ingestion.demo.cloud_tills import load_cloud_tills

    try:
        return print_load(load_cloud_tills(out))
    except (OSError, AccountError, WarehouseError) as error:
        print(f"The tills with an API were not loaded: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
