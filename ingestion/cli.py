"""The commands of `python -m ingestion` and what they print."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from rich.console import Console
from rich.table import Table

from ingestion.accounts import Account, AccountError, read_accounts
from ingestion.contract import SourceError
from ingestion.destinations import WarehouseError, open_warehouse
from ingestion.run_log import RunRow

console = Console()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 when all went well, 1 when something needs a person, 2 for misuse."""
    options = _parser().parse_args(arguments)
    try:
        return options.run(options)
    except (AccountError, SourceError, WarehouseError) as error:
        console.print(str(error), style="red", markup=False, highlight=False, soft_wrap=True)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ingestion", description=__doc__)
    parser.add_argument("--target", help="output of profiles.yml (default: the profile's own)")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    load = commands.add_parser("load", help="read the tills and land what is new")
    load.add_argument("--account", action="append", help="only this account (repeatable)")
    load.add_argument("--entity", action="append", help="only this entity (repeatable)")
    load.add_argument("--since", type=date.fromisoformat, help="YYYY-MM-DD, where the till can")
    load.add_argument("--force", action="store_true", help="read unchanged files again")
    load.add_argument("--dry-run", action="store_true", help="read and count, write nothing")
    load.add_argument("--allow-empty-snapshot", action="store_true",
                      help="an empty full list means that all its records are gone")
    load.add_argument("--wait", type=float, default=600, help="seconds to wait for the warehouse")
    load.set_defaults(run=_load)

    status = commands.add_parser("status", help="every account: last load, newest record, what to do")
    status.set_defaults(run=_status)

    verify = commands.add_parser("verify", help="read a sample again and compare it with raw")
    verify.add_argument("--account", required=True)
    verify.add_argument("--sample", type=int, default=20, help="records per entity (default 20)")
    verify.set_defaults(run=_verify)

    export = commands.add_parser("export", help="write what a till holds as files: the archive")
    export.add_argument("--account", required=True)
    export.add_argument("--format", choices=("jsonl", "csv"), default="jsonl")
    export.add_argument("--out", type=Path, help="folder (default: out/archive/<account>)")
    export.set_defaults(run=_export)

    check = commands.add_parser("check-file", help="try a file against its column mapping")
    check.add_argument("file", type=Path)
    check.add_argument("--mapping", required=True, help="name of a mapping, or a path to one")
    check.add_argument("--time-zone", default="UTC", help="zone of naive times (default UTC)")
    check.set_defaults(run=_check_file)
    return parser


def _load(options: argparse.Namespace) -> int:
    from ingestion.load import load

    rows = load(
        open_warehouse(options.target),
        options.account,
        options.entity,
        since=options.since,
        force=options.force,
        dry_run=options.dry_run,
        allow_empty_snapshot=options.allow_empty_snapshot,
        wait_seconds=options.wait,
    )
    return print_load(rows)


def print_load(rows: list[RunRow]) -> int:
    """A table of what each entity brought, then what it means; 1 when an account failed."""
    table = Table(title="What was loaded")
    for name in ("account", "entity"):
        table.add_column(name)
    counts = ("fetched", "new", "changed", "unchanged", "closed", "rejected")
    for name in counts:
        table.add_column(name, justify="right")
    table.add_column("status")
    for row in rows:
        if row.fetched or row.rejected or row.status in ("failed", "partial"):
            numbers = [f"{getattr(row, name):,}" for name in counts]
            table.add_row(row.account_id, row.entity, *numbers, row.status)
    console.print(table)
    states = Counter(row.status for row in rows)
    failed = sorted({row.account_id for row in rows if row.status in ("failed", "partial")})
    rejected = sum(row.rejected for row in rows)
    if not rows:
        console.print("No account to load: pos_accounts.csv is empty or all are paused.")
    if states["no_change"] == len(rows) and rows:
        console.print("Nothing new since the last load.")
    if rejected:
        console.print(f"{rejected:,} rows could not be used; see raw_tillhouse.rejected_records.")
    if failed:
        console.print(f"Not complete: {', '.join(failed)}. The other accounts are loaded.", style="red")
        return 1
    if "dry_run" not in states:
        console.print("Next: `make build` to bring the models up to date.")
    return 0


def _status(options: argparse.Namespace) -> int:
    from ingestion.status import print_status

    return print_status(open_warehouse(options.target), console)


def _verify(options: argparse.Namespace) -> int:
    from ingestion.verify import verify

    found = verify(open_warehouse(options.target), _account(options.account), options.sample)
    return int(any(row["status"] in ("differs", "suspicious") for row in found))


def _export(options: argparse.Namespace) -> int:
    from ingestion.export import export

    account = _account(options.account)
    out = options.out or Path("out") / "archive" / account.account_id
    manifest = export(account, out, options.format)
    total = sum(entity["records"] for entity in manifest["entities"].values())
    console.print(f"{total:,} records of {account.account_id} written to {out}, with manifest.json.")
    return 0


def _check_file(options: argparse.Namespace) -> int:
    from ingestion.sources.files.check import check_file

    report = check_file(options.mapping, options.file, options.time_zone)
    report.print(console)
    return 0 if report.ok else 1


def _account(account_id: str) -> Account:
    for account in read_accounts():
        if account.account_id == account_id:
            return account
    raise AccountError(f"pos_accounts.csv has no account {account_id}.")
