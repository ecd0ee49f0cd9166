"""Ask a person about uncertain pairs, and take the answers into the seeds.

  python -m scripts.review export           writes out/match_review.xlsx, most sales at stake first
  python -m scripts.review import [FILE]    brings the answers into seeds/mapping/*_overrides.csv

The next build obeys: same are one record, different never are, and none of them is asked again.
Importing a workbook twice changes nothing.
"""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from ingestion import lock
from ingestion.accounts import AccountError
from ingestion.destinations import Warehouse, WarehouseError, open_warehouse
from ingestion.terminal import open_console
from scripts.atomic import DeliveryError, write_whole_bytes
from scripts.exposures import Delivery, read_deliveries
from scripts.review.decisions import (
    KINDS,
    Decision,
    Record,
    ReviewError,
    add_decisions,
    new_decisions,
    read_decisions,
    refuse_unknown,
    under_new_ids,
)
from scripts.review.workbook import SHEETS, Question, read_answers, read_notes, write_workbook

MODEL = "rpt_match_review"
REPLACED = "replaced_ids"
ORDER = "net_sales desc, score desc, record_key, other_key"


def main(arguments: Sequence[str] | None = None) -> int:
    """Export or import; 0 when it is done, 1 when something stands in the way."""
    parser = argparse.ArgumentParser(
        prog="python -m scripts.review",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True)
    export = commands.add_parser("export", help="write the workbook of open questions")
    export.add_argument("--out", type=Path, help="file to write (default: out/match_review.xlsx)")
    export.add_argument("--limit", type=_count, help="ask this many of each kind at most")
    export.add_argument("--force", action="store_true", help="drop answers that are not imported")
    export.add_argument("--target", help="output of profiles.yml (default: the profile's own)")
    taken = commands.add_parser("import", help="take the answers of a workbook into the seeds")
    taken.add_argument("file", nargs="?", type=Path, help="default: out/match_review.xlsx")
    taken.add_argument("--by", default="", help="who decided (default: the user of this machine)")
    taken.add_argument("--target", help="output of profiles.yml (default: the profile's own)")
    told = parser.parse_args(arguments)
    console = open_console()
    try:
        warehouse = open_warehouse(told.target)
        if told.command == "export":
            export_questions(console, warehouse, told)
        else:
            path, by = told.file or _default_file(), " ".join(told.by.split()) or _user()
            import_answers(console, warehouse, path, by)
    except (ReviewError, DeliveryError, WarehouseError, AccountError) as error:
        console.print(str(error), markup=False)
        return 1
    return 0


def export_questions(console: Console, warehouse: Warehouse, told: argparse.Namespace) -> None:
    """Write the workbook; notes that wait for an answer stay in it.

    Raises ReviewError when answers that are not imported would be lost.
    """
    path = told.out or _default_file()
    if path.exists() and not told.force:
        _refuse_to_lose(path)
    with lock.hold(warehouse, "review"), warehouse.connect() as db:
        rows = _delivery().tables[MODEL].fetch(db, ORDER)
    asked = [
        row
        for kind in KINDS
        for row in [row for row in rows if row["entity"] == kind][: told.limit]
    ]
    content, counts = write_workbook(asked, _notes_kept(path))
    with write_whole_bytes(path) as file:
        file.write(content)
    said = ", ".join(f"{counts[kind]:,} on {SHEETS[kind].lower()}" for kind in KINDS)
    console.print(f"{path}: {len(asked):,} questions ({said}).", markup=False)
    console.print(f"Answer them, then `python -m scripts.review import {path}`.", markup=False)


def import_answers(console: Console, warehouse: Warehouse, path: Path, by: str) -> list[Decision]:
    """Add the new answers to the seeds, with the ids of the workbook; gives them.

    What a till holds under a new id by now is the same record, in the workbook and in the seeds.
    Raises ReviewError, with nothing written, when any of them contradicts another or names a
    record that the warehouse does not have.
    """
    on = os.environ.get("TILLHOUSE_RUN_DATE") or datetime.now(UTC).date().isoformat()
    answers, notes = read_answers(path, by, on), read_notes(path)
    added, problems = {}, []
    for kind in KINDS:
        try:
            mine = [one for one in answers if one.kind == kind]
            known, new_ids = _records_of(kind, warehouse) if mine else (set(), {})
            standing = [under_new_ids(one, new_ids) for one in read_decisions(kind)]
            today = {under_new_ids(one, new_ids): one for one in mine}
            added[kind] = [today[one] for one in new_decisions(standing, today)]
            refuse_unknown(added[kind], known | set(new_ids))
        except ReviewError as error:
            problems.append(str(error))
    if problems:
        raise ReviewError("\n".join([*problems, "Nothing was imported."]))
    for kind, decisions in added.items():
        if decisions:
            seed = add_decisions(kind, decisions)
            console.print(f"{seed}: {len(decisions):,} added, by {by}.", markup=False)
    new = [one for decisions in added.values() for one in decisions]
    known = len(answers) - len(new)
    console.print(
        f"{len(answers):,} answers: {len(new):,} new, {known:,} known before."
        + (" `make build` obeys them." if new else ""),
        markup=False,
    )
    if notes:
        console.print(
            f"{len(notes):,} notes without an answer wait in {path}; the next export keeps them.",
            markup=False,
        )
    return new


def _records_of(kind: str, warehouse: Warehouse) -> tuple[set[Record], dict[Record, Record]]:
    """Every product, or customer, that the last build knew; which old ids have which new ones."""
    tables = _delivery().tables
    with lock.hold(warehouse, "review"), warehouse.connect() as db:
        rows = tables[f"{kind}_links"].fetch(db, columns=f"account_id, {kind}_id")
        replaced = tables[REPLACED].fetch(db)
    new_ids = {
        (row["account_id"], row["old_id"]): (row["account_id"], row["new_id"])
        for row in replaced
        if row["entity"] == kind and row["new_id"] is not None
    }
    return {(row["account_id"], row[f"{kind}_id"]) for row in rows}, new_ids


def _count(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1")
    return int(text)


def _refuse_to_lose(path: Path) -> None:
    lost = 0
    try:
        answers = read_answers(path, "", "")
    except ReviewError as error:
        raise ReviewError(
            f"{error}\nWhether {path} holds answers cannot be told. Name another file with --out,"
            " or write over it with --force."
        ) from None
    for kind in KINDS:
        known = {(one.pair, one.answer) for one in read_decisions(kind)}
        lost += sum((one.pair, one.answer) not in known for one in answers if one.kind == kind)
    if lost:
        raise ReviewError(
            f"{path} holds {lost:,} answers that are not imported. Import them first, or write"
            " over them with --force."
        )


def _notes_kept(path: Path) -> dict[Question, str]:
    try:
        return read_notes(path) if path.exists() else {}
    except ReviewError:  # only --force comes here
        return {}


def _default_file() -> Path:
    return _delivery().path


def _delivery() -> Delivery:
    (delivery,) = [one for one in read_deliveries("xlsx") if MODEL in one.tables]
    return delivery


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # no name for this user, as in some containers
        return "somebody"


if __name__ == "__main__":
    sys.exit(main())
