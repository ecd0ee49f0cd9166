"""The commands of `python -m ingestion` and what they print."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from rich.table import Table

from ingestion.accounts import Account, AccountError, read_accounts
from ingestion.contract import SourceError
from ingestion.destinations import WarehouseError, open_warehouse
from ingestion.env_file import read_env_file
from ingestion.redact import hide_secrets
from ingestion.run_log import RunRow
from ingestion.terminal import open_console

console = open_console()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 when all went well, 1 when something needs a person, 2 for misuse."""
    options = _parser().parse_args(arguments)
    read_env_file()
    try:
        return options.run(options)
    except (AccountError, SourceError, WarehouseError) as error:
        _say(hide_secrets(str(error)), "red")
        return 1
    except KeyboardInterrupt:
        _say("Stopped. Nothing is lost: the next load goes on from here.", "red")
        return 130


def _say(text: str, style: str | None = None) -> None:
    console.print(text, style=style, markup=False, highlight=False, soft_wrap=True)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a day; write YYYY-MM-DD") from None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ingestion", description=__doc__)
    parser.add_argument("--target", help="output of profiles.yml (default: the profile's own)")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    load = commands.add_parser("load", help="read the tills and land what is new")
    load.add_argument("--account", action="append", help="only this account (repeatable)")
    load.add_argument("--entity", action="append", help="only this entity (repeatable)")
    load.add_argument("--since", type=_day, help="YYYY-MM-DD, where the till can")
    load.add_argument(
        "--force-refresh",
        type=_day,
        metavar="DAY",
        help="YYYY-MM-DD: read the sales of this one day again, where the till can",
    )
    load.add_argument("--force", action="store_true", help="read unchanged files again")
    load.add_argument("--dry-run", action="store_true", help="read and count, write nothing")
    load.add_argument(
        "--allow-empty-snapshot",
        action="store_true",
        help="an empty full list means that all its records are gone",
    )
    load.add_argument("--wait", type=float, default=600, help="seconds to wait for the warehouse")
    load.set_defaults(run=_load)

    connect = commands.add_parser("connect", help="let Tillhouse read a till: sign in to it")
    connect.add_argument("--account", required=True)
    connect.add_argument("--redirect-uri", help="what is registered with the till")
    connect.add_argument("--paste", action="store_true", help="no browser on this machine")
    connect.add_argument(
        "--personal-token", action="store_true", help="ask for a token made in the till, keep it"
    )
    connect.add_argument("--no-browser", action="store_true", help="print the address only")
    connect.set_defaults(run=_connect)

    status = commands.add_parser("status", help="how every account is, and what to do")
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

    _add_webhooks(commands.add_parser("webhooks", help="take events that tills send"))

    check = commands.add_parser("check-file", help="try a file against its column mapping")
    check.add_argument("file", type=Path)
    check.add_argument("--mapping", required=True, help="name of a mapping, or a path to one")
    check.add_argument("--time-zone", default="UTC", help="zone of naive times (default UTC)")
    check.set_defaults(run=_check_file)
    return parser


def _add_webhooks(webhooks: argparse.ArgumentParser) -> None:
    steps = webhooks.add_subparsers(required=True, metavar="STEP")
    serve = steps.add_parser("serve", help="receive and store events until stopped")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=8770)
    serve.set_defaults(run=_serve_webhooks)
    apply = steps.add_parser("apply", help="land the events, read the records they are about")
    apply.add_argument("--wait", type=float, default=600, help="seconds to wait for the warehouse")
    apply.set_defaults(run=_apply_webhooks)


def _load(options: argparse.Namespace) -> int:
    from ingestion.load import load

    rows = load(
        open_warehouse(options.target),
        options.account,
        options.entity,
        since=options.since,
        refresh_day=options.force_refresh,
        force=options.force,
        dry_run=options.dry_run,
        allow_empty_snapshot=options.allow_empty_snapshot,
        wait_seconds=options.wait,
    )
    return print_load(rows)


SEE_STATUS = "See `python -m ingestion status`."
COUNTS = ("fetched", "new", "changed", "unchanged", "closed", "rejected")


def print_load(rows: list[RunRow], if_failed: str = SEE_STATUS) -> int:
    """What each entity brought, then what it means; 1 when an account failed.

    A table on a terminal, plain lines elsewhere. `if_failed` says what to do then.
    """
    unwell = ("failed", "partial")
    shown = [r for r in rows if r.fetched or r.closed or r.rejected or r.status in unwell]
    if console.is_terminal:
        console.print(_load_table(shown))
    else:
        for row in shown:
            counts = ", ".join(f"{getattr(row, name):,} {name}" for name in COUNTS)
            _say(f"{row.account_id}.{row.entity}: {row.status}, {counts}")
    return _conclude_load(rows, if_failed)


def _load_table(rows: list[RunRow]) -> Table:
    table = Table(title="What was loaded")
    for name in ("account", "entity"):
        table.add_column(name)
    for name in COUNTS:
        table.add_column(name, justify="right")
    table.add_column("status")
    for row in rows:
        numbers = [f"{getattr(row, name):,}" for name in COUNTS]
        table.add_row(row.account_id, row.entity, *numbers, row.status)
    return table


def _conclude_load(rows: list[RunRow], if_failed: str) -> int:
    states = Counter(row.status for row in rows)
    failed = sorted({row.account_id for row in rows if row.status in ("failed", "partial")})
    rejected = sum(row.rejected for row in rows)
    if not rows:
        _say("No account to load: pos_accounts.csv is empty or all are paused.")
    elif states["no_change"] == len(rows):
        _say("Nothing new since the last load.")
    if rejected:
        _say(f"{rejected:,} rows could not be used; see raw_tillhouse.rejected_records.")
    if failed:
        others = {row.account_id for row in rows} - set(failed)
        rest = " The other accounts are loaded." if others else ""
        _say(f"Not complete: {', '.join(failed)}.{rest} {if_failed}", "red")
        return 1
    if states["dry_run"]:
        _say("Nothing was written: this was a dry run.")
    elif states["success"]:
        _say("Next: `make build` to bring the models up to date.")
    return 0


def _connect(options: argparse.Namespace) -> int:
    from ingestion.connect.sign_in import REDIRECT_URI, Wishes, connect

    wishes = Wishes(
        options.redirect_uri or REDIRECT_URI,
        personal_token=options.personal_token,
        paste=options.paste,
        open_browser=not options.no_browser,
    )
    connect(_account(options.account), wishes, _say)
    return 0


def _serve_webhooks(options: argparse.Namespace) -> int:
    from ingestion.webhooks.receiver import serve

    serve(options.host, options.port)
    return 0


def _apply_webhooks(options: argparse.Namespace) -> int:
    from ingestion.load import apply_events

    rows = apply_events(open_warehouse(options.target), wait_seconds=options.wait)
    if not rows:
        _say("No event waits for a record.")
        return 0
    return print_load(rows, "Their events wait: run this again, or `make load`.")


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
    _say(f"{total:,} records of {account.account_id} written to {out}, with manifest.json.")
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
