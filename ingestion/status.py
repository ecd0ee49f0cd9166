"""How every account is: last load, newest record, what to do. `python -m ingestion status`.

It reads the warehouse alone; no till is asked.
"""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ingestion import lock
from ingestion.account_run import NEW_VALUE
from ingestion.accounts import Account, read_accounts
from ingestion.connect.state import connection_trouble
from ingestion.destinations import Connection, Warehouse
from ingestion.load import source_module
from ingestion.run_log import BY_EVENT, SCHEMA, utc_now
from ingestion.truncation import truncation_marks

KNOWN_STATUSES = ("success", "no_change", "running", "interrupted", "partial", "failed")
WORST_FIRST = ("failed", "partial", "interrupted")
STYLES = {"ok": "green", "paused": "dim", "loading": "cyan"}
EMPTY = (
    "Nothing is loaded yet. Put the tills' files where pos_accounts.csv says, connect those with an"
    " API, and run `make load`."
)


@dataclass
class AccountStatus:
    """What the warehouse knows of one account. Times are UTC without a zone."""

    account: Account
    state: str
    last_success: datetime | None = None
    newest_record: datetime | None = None
    records: int = 0
    rejected: int = 0
    to_do: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def print_status(warehouse: Warehouse, console: Console) -> int:
    """Print a line per account and what to do about it; 1 when something needs a person.

    Raises AccountError for accounts that cannot be read, WarehouseError for a warehouse that is
    out of reach.
    """
    accounts = read_accounts()
    if not accounts:
        _say(console, "pos_accounts.csv lists no account: add a line per till.")
        return 1
    holder = lock.holder(warehouse)
    if holder:
        _say(console, f"{warehouse.label} is in use by {holder}.")
        if warehouse.engine == "duckdb":
            _say(console, "Ask again when that has ended: DuckDB has one user at a time.")
            return 0
    if not warehouse.exists:
        _say(console, EMPTY)
        return 1
    # Reading a DuckDB file would get in the way of a load that starts meanwhile.
    alone = lock.hold(warehouse, "status") if warehouse.engine == "duckdb" else nullcontext()
    with alone, warehouse.connect() as db:
        if not db.table_exists(SCHEMA, "sync_runs"):
            _say(console, EMPTY)
            return 1
        found = [account_status(db, account, bool(holder)) for account in accounts]
        strangers = accounts_no_longer_listed(db, accounts)
    _print_accounts(console, found)
    if strangers:
        _say(console, f"Kept in the warehouse, no longer in pos_accounts.csv: {strangers}.")
    needy = [status for status in found if status.to_do]
    if not needy:
        _say(console, "All is well.")
    return int(bool(needy))


def account_status(db: Connection, account: Account, is_loading: bool) -> AccountStatus:
    """One account's state, counts and what there is to do. `is_loading`: the lock is held now."""
    entities = [entity.name for entity in source_module(account.source).ENTITIES]
    last = _last_runs(db, account.account_id)
    statuses = {last[name]["status"] for name in entities if name in last}
    found = AccountStatus(account, _state(account, statuses, is_loading))
    found.last_success = db.fetch(
        f"select max(ended_at) as at from {SCHEMA}.sync_runs"
        " where account_id = ? and status in ('success', 'no_change')"
        f" and run_id not like '{BY_EVENT}%'",
        (account.account_id,),
    )[0]["at"]
    found.rejected = db.fetch(
        f"select count(*) as n from {SCHEMA}.rejected_records where account_id = ?",
        (account.account_id,),
    )[0]["n"]
    _count_records(db, account, entities, found)
    trouble = None if account.is_paused else connection_trouble(account)
    if trouble:
        found.state = trouble.state
        found.to_do.append(trouble.to_do)
    elif not account.is_paused:
        found.to_do += _to_do(found.state, last, [e for e in entities if e not in last])
    if found.rejected:
        found.to_do.append(
            f"{found.rejected:,} rows could not be used: {SCHEMA}.rejected_records lists file, row"
            " and reason (so does intermediate.int_rejected_records after a build). Mend them at"
            " the till or in the file, then run `make load`."
        )
    found.to_do += _truncation(db, account) if found.records else []
    found.to_do += [] if account.is_paused else _differences(db, account)
    found.notes = [*_days_left(db, account.account_id), *_new_values(db, account.account_id)]
    return found


def _days_left(db: Connection, account_id: str) -> list[str]:
    """What is still to be read of histories that are read day by day."""
    if not db.table_exists(SCHEMA, "sync_windows"):
        return []
    rows = db.fetch(
        "select entity, count(*) as days, min(window_start) as first_day,"
        " sum(case when status = 'failed' then 1 else 0 end) as failed"
        f" from {SCHEMA}.sync_windows where account_id = ?"
        " and status in ('pending', 'running', 'failed') group by entity order by entity",
        (account_id,),
    )
    return [
        f"{row['entity']}: {row['days']:,} days to read from {row['first_day']} on, of which"
        f" {row['failed']:,} failed; the next load goes on there."
        for row in rows
    ]


def _new_values(db: Connection, account_id: str) -> list[str]:
    """Statuses and types that the vendor has added, as the last load that met them counted."""
    rows = db.fetch(
        f"select entity, warnings from {SCHEMA}.sync_runs"
        " where account_id = ? and warnings like ? order by started_at",
        (account_id, f"%{NEW_VALUE}%"),
    )
    lines = [
        (row["entity"], line)
        for row in rows
        for line in row["warnings"].split("\n")
        if NEW_VALUE in line
    ]
    latest = {(entity, line.split(NEW_VALUE)[0]): line for entity, line in lines}
    return [f"{entity}: {line}" for (entity, _), line in latest.items()]


def _last_runs(db: Connection, account_id: str) -> dict[str, dict]:
    """Entity -> its latest line of the run log."""
    rows = db.fetch(
        f"select entity, status, error, started_at from {SCHEMA}.sync_runs"
        f" where account_id = ? and run_id not like '{BY_EVENT}%' order by started_at",
        (account_id,),
    )
    return {row["entity"]: row for row in rows}


def _state(account: Account, statuses: set[str], is_loading: bool) -> str:
    if account.is_paused:
        return "paused"
    if not statuses:
        return "never loaded"
    if "running" in statuses:
        if is_loading:
            return "loading"
        statuses = statuses - {"running"} | {"interrupted"}  # its process is gone
    for status in WORST_FIRST:
        if status in statuses:
            return status
    unknown = sorted(statuses - set(KNOWN_STATUSES))
    return f"unknown status {', '.join(unknown)}" if unknown else "ok"


def _count_records(
    db: Connection, account: Account, entities: list[str], found: AccountStatus
) -> None:
    schema = f"raw_{account.source}"
    for entity in entities:
        if not db.table_exists(schema, entity):
            continue
        row = db.fetch(
            f"select count(*) as n, cast(max(extracted_at) as timestamp) as newest"
            f" from {schema}.{entity} where account_id = ? and _dlt_valid_to is null",
            (account.account_id,),
        )[0]
        found.records += row["n"]
        found.newest_record = max(filter(None, (found.newest_record, row["newest"])), default=None)


def _to_do(state: str, last: dict[str, dict], never: list[str]) -> list[str]:
    """What a person should do about the account, in sentences."""
    if state == "never loaded":
        return ["run `make load`."]
    if state == "loading":
        return []
    if state == "interrupted":
        return ["its last load was cut off; nothing is lost: run `make load`."]
    errors: dict[str, list[str]] = {}
    for name, row in last.items():
        if row["status"] in ("failed", "partial"):
            errors.setdefault(row["error"], []).append(name)
    lines = [f"{_some(names)}: {error}" for error, names in errors.items()]
    if errors:
        lines.append("mend that and run `make load`; what was loaded before is kept.")
    if state.startswith("unknown"):
        lines.append("the warehouse was written by another version of Tillhouse: run `make load`.")
    if never:
        lines.append(f"never loaded: {_some(never)}. Run `make load`.")
    return lines


def _truncation(db: Connection, account: Account) -> list[str]:
    """The marks of an export that was cut, from counts alone; `verify` looks deeper."""
    marks = truncation_marks(db, account, deep=False)
    return [f"{mark['entity']}: {mark['detail']}" for mark in marks]


def _differences(db: Connection, account: Account) -> list[str]:
    """Where the till's own records tell otherwise than pos_accounts.csv."""
    tell = getattr(source_module(account.source), "differences", None)
    if tell is None:
        return []

    def payloads(entity: str, last: bool = False) -> list[str]:
        table = f"raw_{account.source}.{entity}"
        if not db.table_exists(f"raw_{account.source}", entity):
            return []
        current = f"from {table} where account_id = ? and _dlt_valid_to is null"
        query, told = f"select payload {current}", (account.account_id,)
        if last:
            place = "split_part(record_id, '|', 1)"
            query += f" and record_id in (select max(record_id) {current} group by {place})"
            told *= 2
        rows = db.fetch(query, told)
        return [row["payload"] for row in rows]

    return tell(account, payloads)


def accounts_no_longer_listed(db: Connection, accounts: list[Account]) -> str:
    """The accounts that brought something and are not in `accounts`, with commas."""
    rows = db.fetch(f"select distinct account_id from {SCHEMA}.sync_runs")
    return ", ".join(sorted({r["account_id"] for r in rows} - {a.account_id for a in accounts}))


def _print_accounts(console: Console, found: list[AccountStatus]) -> None:
    """A table on a terminal, a line per account elsewhere; then what there is to do."""
    if console.is_terminal:
        console.print(_table(found))
    for status in found:
        if not console.is_terminal:
            _print_line(console, status)
        for line in status.to_do:
            name = f"{status.account.account_id}: " if console.is_terminal else ""
            _say(console, f"  -> {name}{line}")
        for line in status.notes:
            _say(console, f"  {line}")


def _table(found: list[AccountStatus]) -> Table:
    table = Table(title="The tills")
    for name in ("account", "till", "state", "last success", "newest record"):
        table.add_column(name)
    for name in ("records", "rejected"):
        table.add_column(name, justify="right")
    for status in found:
        account, style = status.account, STYLES.get(status.state, "yellow")
        table.add_row(
            Text(account.account_id),
            Text(f"{account.till_name} ({account.transport})"),
            Text(status.state, style),
            *(_moment(at) for at in (status.last_success, status.newest_record)),
            *(f"{count:,}" for count in (status.records, status.rejected)),
        )
    return table


def _print_line(console: Console, status: AccountStatus) -> None:
    account = status.account
    parts = [
        f"{account.account_id}: {account.till_name} ({account.transport}), {status.state}",
        f"last success {_moment(status.last_success)}",
        f"newest record {_moment(status.newest_record)}",
        f"{status.records:,} records",
        f"{status.rejected:,} rejected",
    ]
    _say(console, "; ".join(parts), STYLES.get(status.state, "yellow"))


def _moment(at: datetime | None) -> str:
    return "never" if at is None else f"{at:%Y-%m-%d %H:%M} UTC ({_ago(utc_now() - at)})"


def _ago(passed: timedelta) -> str:
    minutes = int(passed.total_seconds() // 60)
    for size, name in ((1440, "day"), (60, "hour"), (1, "minute")):
        if minutes >= size:
            count = minutes // size
            return f"{count} {name}{'s' if count > 1 else ''} ago"
    return "just now"


def _some(names: list[str]) -> str:
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")


def _say(console: Console, text: str, style: str | None = None) -> None:
    console.print(text, style=style, markup=False, highlight=False, soft_wrap=True)
