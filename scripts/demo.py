"""`python -m scripts.demo`: what the warehouse found against what the demo planted.

Reads `truth.json` beside the demo's exports, compares, prints one table and says where the
outputs lie. Exit code 1 when any money differs, 2 when there is nothing to compare.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from itertools import combinations
from pathlib import Path

from rich.console import Console
from rich.table import Table

from ingestion.accounts import PROJECT_DIR
from ingestion.destinations import Connection, WarehouseError, open_warehouse
from ingestion.terminal import open_console
from scripts.demo_checks import Check, fault_checks, money_checks, reconciliation_checks
from scripts.exposures import out_folder

Pair = tuple[tuple[str, str], tuple[str, str]]
TRUTH = Path("data/demo/truth.json")
EVIDENCE = {
    "special": "their code (postage and the like)",
    "name": "name alone",
    "address": "name and address alone",
    "both": "e-mail and phone",
    "email": "e-mail",
    "sku": "SKU",
}
NEEDED = (
    *("fct_sales", "fct_transactions", "fct_double_counts", "product_links", "customer_links"),
    "fct_reconciliation",
)


def main(arguments: list[str] | None = None) -> int:
    """Compare, print, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m scripts.demo", description=__doc__)
    parser.add_argument("--truth", type=Path, default=PROJECT_DIR / TRUTH, help=str(TRUTH))
    parser.add_argument("--target", help="output of profiles.yml (default: the profile's)")
    told = parser.parse_args(arguments)
    console = open_console()
    if not told.truth.exists():
        console.print(f"{told.truth} is missing. Run `python -m ingestion.demo` first.")
        return 2
    truth = json.loads(told.truth.read_text(encoding="utf-8"))
    try:
        warehouse = open_warehouse(told.target)
        with warehouse.connect() as db:
            absent = [name for name in NEEDED if not db.table_exists("marts", name)]
            if absent:
                console.print(f"{warehouse.label} has no marts.{absent[0]}. "
                              "Run `python -m scripts.nightly` first.")  # fmt: skip
                return 2
            checks = all_checks(db, truth)
    except WarehouseError as error:
        console.print(str(error))
        return 2
    return report(console, checks, warehouse.label)


def all_checks(db: Connection, truth: dict) -> list[Check]:
    """Every comparison, in the order in which they are shown."""
    return [
        *money_checks(db, truth),
        *double_count_checks(db, truth),
        *link_checks(db, "product", planted_products(truth)),
        *link_checks(db, "customer", planted_customers(truth)),
        *reconciliation_checks(db, truth),
        *fault_checks(db, truth),
    ]


def double_count_checks(db: Connection, truth: dict) -> list[Check]:
    """Exact copies left out, near copies left to a person, and no pair that is none."""
    decided = {
        frozenset(((r["account_id"], r["sale_id"]), (r["other_account_id"], r["other_sale_id"]))):
            r["decision"]
        for r in db.fetch(
            "select account_id, sale_id, other_account_id, other_sale_id, decision"
            " from marts.fct_double_counts"
        )
    }  # fmt: skip
    checks, planted = [], set()
    for kind, wanted in (("exact", ("excluded",)), ("near", ("undecided", "kept", "excluded"))):
        pairs = [
            frozenset((account, pair[account]) for account in truth["accounts"])
            for pair in truth["double_counts"][kind]
        ]
        planted.update(pairs)
        found = sum(decided.get(pair) in wanted for pair in pairs)
        checks.append(Check(f"double counts, {kind} copies", len(pairs), found))
    checks.append(Check("double counts that are none", 0, len(set(decided) - planted)))
    return checks


def planted_products(truth: dict) -> dict[Pair, str]:
    """Pairs of products that are the same -> by what they agree."""
    planted = {
        _pair(*((account, link[account]) for account in truth["accounts"])): link["shares"]
        for link in truth["product_links"]
    }
    for group in _across_tills(truth, "product_links"):
        for two in combinations(group, 2):
            planted.setdefault(_pair(*two), "barcode")
    return planted


def planted_customers(truth: dict) -> dict[Pair, str]:
    """Pairs of customer cards of one person -> by what they agree, or `one till`."""
    planted = {}
    accounts = truth["accounts"]
    for cards in _across_tills(truth, "customer_links"):
        planted |= {_pair(*two): "both" for two in combinations(cards, 2)}
    for link in truth["customer_links"]:
        cards = [(account, card) for account in accounts for card in link[account]]
        for one, other in combinations(cards, 2):
            within = one[0] == other[0]
            planted[_pair(one, other)] = "one till" if within else link["shares"]
    return planted


def _across_tills(truth: dict, name: str) -> list[list[tuple[str, str]]]:
    """The records of each product or person that tills with an API hold too, in all tills."""
    groups: dict[str, dict] = {}
    for till in truth["cloud_tills"].values():
        for link in till[name]:
            groups.setdefault(str(link["lightspeed_main"]), {}).update(link)
    return [
        [
            (account, record)
            for account, records in group.items()
            for record in (records if isinstance(records, list) else [records])
            if record
        ]
        for group in groups.values()
    ]


def link_checks(db: Connection, entity: str, planted: dict[Pair, str]) -> list[Check]:
    """Per kind of evidence how many planted links were found, and how many found are none."""
    members: dict[str, list[tuple[str, str]]] = {}
    for row in db.fetch(
        f"select account_id, {entity}_id as id, {entity}_key as link_key from marts.{entity}_links"
    ):
        members.setdefault(row["link_key"], []).append((row["account_id"], row["id"]))
    found = {_pair(*two) for group in members.values() for two in combinations(group, 2)}
    totals = Counter(planted.values())
    hits = Counter(kind for pair, kind in planted.items() if pair in found)
    checks = [
        Check(f"{entity} links by {EVIDENCE.get(kind, kind.replace('_', ' '))}", totals[kind],
              hits[kind])
        for kind in sorted(totals)
    ]  # fmt: skip
    false = len(found - set(planted))
    return [*checks, Check(f"{entity} links that are none", 0, false)]


def _pair(one: tuple[str, str], other: tuple[str, str]) -> Pair:
    return (one, other) if one < other else (other, one)


def report(console: Console, checks: list[Check], label: str) -> int:
    """Print the table, what it means and where the outputs are; returns the exit code."""
    table = Table(title=f"Found in {label} against what was planted", title_justify="left")
    table.add_column("what", overflow="fold")
    for name in ("planted", "found", ""):
        table.add_column(name, justify="right", no_wrap=True)
    for check in checks:
        style = None if check.is_ok else "bold red" if check.is_money else "yellow"
        table.add_row(check.what, check.shown(check.planted), check.shown(check.found),
                      "ok" if check.is_ok else check.difference, style=style)  # fmt: skip
    console.print(table)
    wrong = [check for check in checks if check.is_money and not check.is_ok]
    missed = [check for check in checks if not check.is_money and not check.is_ok]
    unlinked = [check for check in missed if check.is_missing_link]
    if wrong:
        console.print(
            f"{len(wrong)} totals differ: see the red lines. A warehouse that the demo of another"
            f" version has filled keeps its sales too: move {label} away and run the demo again."
        )
    else:
        console.print("Every total agrees to the cent.")
    if unlinked:
        console.print(
            "Links with too little evidence are left to a person: say so in"
            " product_overrides.csv and customer_overrides.csv in seeds/mapping."
        )
    if len(missed) > len(unlinked):
        console.print("Not all else is as planted: see the other yellow lines.")
    files = sorted(path for path in out_folder().glob("*") if path.is_file())
    if files:
        console.print("Outputs:", *(f"\n  {path}" for path in files), soft_wrap=True)
    else:
        console.print("No outputs yet: run `python -m scripts.nightly`.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
