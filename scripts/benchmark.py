"""Measure Tillhouse: `python -m scripts.benchmark [--section nights] [--scale 0.1] [--short]`.

nights     load, build, files: first night, one new day, ten times the history
webhooks   200 events a second, the receiver killed in the middle
square     100,000 orders from a stand-in of Square's API, beside a bare HTTP client
matching   products and people, beside Splink 5 where there is one, growth to a million

Everything is measured side by side in one run on this machine and shown as ratios with their
bounds and the peak memory. A bound that is missed is shown, not an error: the exit code is 1 only
when something could not run, lost a record or was not proved. Splink is no dependency of Tillhouse:

  python3 -m venv /some/folder/splink && /some/folder/splink/bin/pip install "splink>=5,<6"
  python -m scripts.benchmark --section matching --splink-python /some/folder/splink/bin/python
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from ingestion.terminal import open_console
from scripts.bench import matching, nights, square, webhooks
from scripts.bench.measuring import BenchmarkError, Wishes

SECTIONS = {"nights": nights, "webhooks": webhooks, "square": square, "matching": matching}
WIDTH = 112  # the tables stay one line per row, also in a log


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; 0 when everything could run and nothing was lost."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--section", choices=SECTIONS, nargs="+", help="only these (default: all)")
    parser.add_argument("--scale", type=float, default=1.0, help="size (default 1)")
    parser.add_argument("--short", action="store_true", help="leave out what takes longest")
    parser.add_argument("--splink-python", default=sys.executable, help="a Python with splink")
    told = parser.parse_args(arguments)
    console = open_console()
    console.width = max(console.width, WIDTH)
    problems = []
    for name in told.section or SECTIONS:
        try:
            wishes = Wishes(told.scale, told.short, told.splink_python)
            problems += SECTIONS[name].run(console, wishes)
        except BenchmarkError as error:
            problems.append(f"{name} could not run:\n{error}")
    for problem in problems:
        console.print(f"Not proved: {problem}", markup=False)
    return int(bool(problems))


if __name__ == "__main__":
    sys.exit(main())
