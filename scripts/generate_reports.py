"""Write the report page that the exposures declare: `python -m scripts.generate_reports`.

The page is one HTML file that needs no connection. Every number on it comes from the `rpt_`
models; what the last build could not prove is said at its top.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from ingestion import lock
from ingestion.accounts import AccountError
from ingestion.destinations import Warehouse, WarehouseError, open_warehouse
from scripts.atomic import DeliveryError, write_whole
from scripts.exposures import read_deliveries, target_folder
from scripts.report.data import read_report_data
from scripts.report.page import render
from scripts.report.proof import Build, read_build


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the page; 0 when it is written, 1 when something stands in the way."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--target", help="output of profiles.yml (default: the profile's own)")
    options = parser.parse_args(arguments)
    try:
        for path in generate_reports(open_warehouse(options.target)):
            print(f"{path}: open it in a browser")
    except (DeliveryError, WarehouseError, AccountError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def generate_reports(
    warehouse: Warehouse, build: Build | None = None, made_at: datetime | None = None
) -> list[Path]:
    """Write every HTML file that an exposure declares; returns their paths.

    `build` is how the build ended (default: as the last build's results say), `made_at` the UTC
    time that stands on the page (default: now). Raises DeliveryError when a file cannot be written.
    """
    build = build or read_build(target_folder())
    made_at = made_at or datetime.now(UTC)
    written = []
    for delivery in read_deliveries("html"):
        with lock.hold(warehouse, "report"), warehouse.connect() as db:
            data = read_report_data(db, delivery.tables)
        with write_whole(delivery.path) as file:
            file.write(render(data, build, made_at))
        written.append(delivery.path)
    return written


if __name__ == "__main__":
    sys.exit(main())
