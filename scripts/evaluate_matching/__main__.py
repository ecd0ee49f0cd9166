"""Measure the matching on labelled data: how many links are right, and how many are found.

  python -m scripts.evaluate_matching products --left abt.csv --right buy.csv --gold gold.csv
      --map name=name,description=description,brand=manufacturer,price=price
  python -m scripts.evaluate_matching customers --records people.csv --cluster-column cluster
      --map given_name=first_name,surname=surname,birth_date=dob,email=email,city=city

The lists go through the loader and the dbt models that the warehouse runs each night, with the
shipped settings, in a throw-away warehouse. The labels never do. Files may be packed (.gz) and in
any encoding. Where the lists call a column differently, give both: name=title|product.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from ingestion.accounts import AccountError
from ingestion.destinations import WarehouseError
from ingestion.terminal import open_console
from scripts.evaluate_matching.figures import measure
from scripts.evaluate_matching.found import read_found, read_why
from scripts.evaluate_matching.names import NAMES, read_map
from scripts.evaluate_matching.problem import EvaluationError
from scripts.evaluate_matching.show import show_figures, show_mistakes, worst_mistakes
from scripts.evaluate_matching.tables import Table, read_table
from scripts.evaluate_matching.throwaway import build, throwaway, write_accounts
from scripts.evaluate_matching.truth import Truth, truth_of_clusters, truth_of_pairs


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; 0 when the data could be used, whatever the figures are."""
    told = _parser().parse_args(arguments)
    console = open_console()
    try:
        evaluate(console, told)
    except (EvaluationError, AccountError, WarehouseError) as error:
        console.print(str(error), markup=False)
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m scripts.evaluate_matching",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="kind", required=True, metavar="products|customers")
    for kind, left in (("products", "--left"), ("customers", "--records")):
        command = commands.add_parser(kind, help=f"match {kind}")
        command.add_argument(left, dest="left", required=True, metavar="CSV", help="one list")
        command.add_argument("--right", metavar="CSV", help="the other list, a till of its own")
        truth = command.add_mutually_exclusive_group(required=True)
        truth.add_argument("--gold", metavar="CSV", help="pairs of ids that are the same")
        truth.add_argument("--cluster-column", help="records with the same value are the same")
        command.add_argument(
            "--map", required=True, metavar="OUR=THEIRS,...", help=f"ours: {', '.join(NAMES[kind])}"
        )
        command.add_argument("--id", metavar="COLUMN", help="default: id, rec_id, unique_id, ...")
        command.add_argument(
            "--gold-columns", default="", metavar="LEFT,RIGHT", help="the ids in the gold file"
        )
        command.add_argument(
            "--mistakes", type=_count, default=0, metavar="N", help="list N of them"
        )
        command.add_argument(
            "--worth", metavar="COLUMN", help="what a record is worth, to order mistakes (price)"
        )
        command.add_argument("--json", type=Path, metavar="FILE", help="write the figures, too")
        command.add_argument("--target", help="output of profiles.yml (default: the profile's)")
    return parser


def _count(text: str) -> int:
    if not text.isdigit():
        raise argparse.ArgumentTypeError(f"{text!r} is no number of mistakes")
    return int(text)


def evaluate(console: Console, told: argparse.Namespace) -> None:
    """Read, build, judge and print.

    Raises EvaluationError, AccountError or WarehouseError with what to mend.
    """
    start = time.perf_counter()
    if told.json and not told.json.parent.is_dir():
        raise EvaluationError(f"--json: there is no folder {told.json.parent}.")
    fields = read_map(told.kind, told.map)
    tables = [read_table("left", told.left, told.id)]
    if told.right:
        tables.append(read_table("right", told.right, told.id))
    _refuse_unknown_worth(told.worth, tables)
    truth = _truth(told, tables)
    sizes = " and ".join(f"{len(table.ids):,} of {table.file}" for table in tables)
    console.print(f"{sizes}; {len(truth.pairs):,} pairs are the same.", markup=False)
    with throwaway(told.target) as (warehouse, folder):
        for remark in write_accounts(folder, told.kind, tables, fields):
            console.print(remark, markup=False)
        built = build(warehouse, told.kind, console)
        figures = measure(read_found(warehouse, told.kind, tables), truth)
        worth = told.worth or next(iter(fields.get("price", [])), "")
        mistakes = worst_mistakes(figures, tables, worth, told.mistakes)
        why = read_why(warehouse, told.kind, tables, [pair for pair, _ in mistakes])
    show_figures(console, figures, truth, built)
    console.print(f"Wall time {time.perf_counter() - start:.1f} s.", markup=False)
    if told.mistakes:
        show_mistakes(console, figures, mistakes, why, tables, fields)
    if told.json:
        seconds = {"models": built.model_seconds, "wall": time.perf_counter() - start}
        told.json.write_text(
            json.dumps(figures.as_dict() | {"seconds": seconds}, indent=1) + "\n", encoding="utf-8"
        )


def _refuse_unknown_worth(worth: str | None, tables: list[Table]) -> None:
    columns = list(dict.fromkeys(column for table in tables for column in table.columns))
    if worth and not any(name in columns for name in worth.split("|")):
        raise EvaluationError(f"--worth: no column {worth!r}; there are {', '.join(columns)}.")


def _truth(told: argparse.Namespace, tables: list[Table]) -> Truth:
    if told.gold:
        return truth_of_pairs(tables, told.gold, told.gold_columns)
    return truth_of_clusters(tables, told.cluster_column)


if __name__ == "__main__":
    sys.exit(main())
