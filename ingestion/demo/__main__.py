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
        "--load-stall", action="store_true", help="also load the market stall, over its API"
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
    stall = truth["stall"]
    print(f"  {stall['account']}: {stall['sales']:,} sales, {stall['lines']:,} lines, "
          f"{stall['total_cents'] / 100:,.2f} CAD with tax")  # fmt: skip
    double = truth["double_counts"]
    print(f"  planted: {len(truth['product_links'])} product links, "
          f"{len(truth['customer_links'])} customers with several cards, "
          f"{len(double['exact'])} exact and {len(double['near'])} near double counts, "
          f"{len(truth['faults'])} faults (truth.json)")  # fmt: skip
    return _load_stall(told.out / "square") if told.load_stall else 0


def _load_stall(folder: Path) -> int:
    from ingestion.cli import print_load
    from ingestion.demo.load_stall import load_stall

    try:
        return print_load(load_stall(folder))
    except (OSError, AccountError, WarehouseError) as error:
        print(f"The market stall was not loaded: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
