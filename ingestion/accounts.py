"""The accounts a shop has or had, as `seeds/pos_accounts.csv` lists them."""

from __future__ import annotations

import csv
import os
import re
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from zoneinfo import available_timezones

import yaml

PROJECT_DIR = Path(__file__).resolve().parent.parent
ACCOUNT_ID = re.compile(r"[a-z0-9][a-z0-9_]*")


class AccountError(Exception):
    """`pos_accounts.csv` or `pos_sources` cannot be used; the text names the line and the mend."""


@dataclass(frozen=True)
class Account:
    """One row of `pos_accounts.csv`.

    `path` is a folder for transport `files` (relative to the project) and the till's address
    (`https://...`) for transport `api`. `mapping` names the column mapping of a file drop.
    """

    account_id: str
    business_id: str
    source: str
    till_name: str
    location_name: str
    time_zone: str
    day_cutoff: str
    currency: str
    transport: str
    path: str
    mapping: str
    active_from: str
    active_to: str
    paused: str

    @property
    def is_paused(self) -> bool:
        """Whether loads leave this account alone (what it brought stays)."""
        return self.paused.lower() == "true"

    @property
    def folder(self) -> Path:
        """Where its files lie; a relative path counts from the project's folder."""
        return PROJECT_DIR / os.path.expandvars(self.path)

    def secret(self, name: str) -> str:
        """The account's secret `name`, from `TILLHOUSE_<ACCOUNT_ID>_<NAME>` in the environment.

        Raises AccountError naming the variable when it is not set.
        """
        variable = f"TILLHOUSE_{self.account_id}_{name}".upper()
        value = os.environ.get(variable, "")
        if not value:
            raise AccountError(
                f"account {self.account_id}: no {name}. Set {variable} in the environment or .env."
            )
        return value


def seeds_dir() -> Path:
    """The folder of seeds in use: `TILLHOUSE_SEEDS`, or `seeds` (the same that dbt reads)."""
    return PROJECT_DIR / os.environ.get("TILLHOUSE_SEEDS", "seeds")


def switched_on_sources() -> list[str]:
    """The sources of `vars: pos_sources` in dbt_project.yml, the line dbt reads too."""
    project = yaml.safe_load((PROJECT_DIR / "dbt_project.yml").read_text(encoding="utf-8"))
    return project["vars"]["pos_sources"]


def read_accounts(path: Path | None = None) -> list[Account]:
    """All accounts of `pos_accounts.csv`, checked.

    Raises AccountError naming file, line, field and value for anything that cannot be used.
    """
    path = path or seeds_dir() / "pos_accounts.csv"
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise AccountError(f"{path}: missing. Copy it from the project, one line per till.") from None
    except UnicodeDecodeError as error:
        raise AccountError(f"{path}: byte {error.start} is not UTF-8. Save it as CSV UTF-8.") from None
    rows = csv.DictReader(text.splitlines())
    wanted = [f.name for f in fields(Account)]
    absent = [name for name in wanted if name not in (rows.fieldnames or [])]
    if absent:
        raise AccountError(f"{path}: missing column {', '.join(absent)}.")
    accounts = []
    for line, row in enumerate(rows, start=2):
        if None in row or None in row.values():
            raise AccountError(f"{path} line {line}: needs {len(wanted)} values, one per column.")
        account = Account(**{name: row[name].strip() for name in wanted})
        _check(account, f"{path} line {line}", {a.account_id for a in accounts})
        accounts.append(account)
    return accounts


def _check(account: Account, place: str, seen: set[str]) -> None:
    def refuse(field: str, mend: str) -> None:
        raise AccountError(f"{place}: {field} is {getattr(account, field)!r}. {mend}")

    if not ACCOUNT_ID.fullmatch(account.account_id):
        refuse("account_id", "Use lower-case letters, digits and _ only.")
    if account.account_id in seen:
        refuse("account_id", "Another line has it already; each account needs its own.")
    if account.source not in switched_on_sources():
        refuse("source", f"Add `- {account.source}` under pos_sources in dbt_project.yml.")
    if account.time_zone not in available_timezones():
        refuse("time_zone", "Use an IANA name such as America/Vancouver.")
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", account.day_cutoff):
        refuse("day_cutoff", "Use HH:MM, 00:00 for midnight.")
    if account.currency not in _known_currencies():
        refuse("currency", "Use an ISO code that seeds/reference/currencies.csv lists.")
    if account.transport not in ("api", "files"):
        refuse("transport", "Use api or files.")
    if account.paused.lower() not in ("true", "false", ""):
        refuse("paused", "Use true or false.")
    for field in ("active_from", "active_to"):
        try:
            date.fromisoformat(getattr(account, field) or "2000-01-01")
        except ValueError:
            refuse(field, "Use YYYY-MM-DD, or leave it empty.")


def _known_currencies() -> set[str]:
    with (seeds_dir() / "reference" / "currencies.csv").open(encoding="utf-8") as file:
        return {row["currency"] for row in csv.DictReader(file)}
