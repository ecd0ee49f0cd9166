"""The accounts a shop has or had, as `seeds/pos_accounts.csv` lists them."""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Container, Sequence
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import NamedTuple
from zoneinfo import available_timezones

import yaml

PROJECT_DIR = Path(__file__).resolve().parent.parent
ACCOUNT_ID = re.compile(r"[a-z0-9][a-z0-9_]*")
SFTP_ADDRESS = re.compile(r"sftp://[^:@/\s]+@[^:@/\s]+(:[0-9]+)?/\S*")


class AccountError(Exception):
    """`pos_accounts.csv` or `pos_sources` cannot be used; the text names the line and the mend."""


@dataclass(frozen=True)
class Account:
    """One row of `pos_accounts.csv`.

    `path` is a folder for transport `files` (relative to the project), the till's address
    (`https://...`) for transport `api`, and `sftp://user@host/folder` for a folder that is copied
    first. `mapping` names the column mapping of a file drop.
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
        """Where its files lie; a relative path counts from the project's folder.

        Those that come over SFTP: below `TILLHOUSE_MIRRORS`, or `data/mirrors`.
        """
        if self.transport == "sftp":
            base = os.environ.get("TILLHOUSE_MIRRORS", "data/mirrors")
            return PROJECT_DIR / base / self.account_id
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
    """The folder of seeds in use: `TILLHOUSE_SEEDS`, or `seeds` (the same that dbt reads).

    Raises AccountError for a folder outside the project: dbt would overwrite the seeds there.
    """
    folder = Path(os.environ.get("TILLHOUSE_SEEDS", "seeds"))
    if folder.is_absolute() or ".." in folder.parts:
        raise AccountError(
            f"TILLHOUSE_SEEDS is {str(folder)!r}. Name a folder inside the project, such as"
            " data/my_shop/seeds."
        )
    return PROJECT_DIR / folder


def switched_on_sources() -> list[str]:
    """The sources of `vars: pos_sources` in dbt_project.yml, the line dbt reads too.

    Raises AccountError when that line is not there.
    """
    path = PROJECT_DIR / "dbt_project.yml"
    try:
        sources = yaml.safe_load(path.read_text(encoding="utf-8"))["vars"]["pos_sources"]
    except (OSError, yaml.YAMLError, KeyError, TypeError):
        sources = None
    if not isinstance(sources, list):
        raise AccountError(f"{path.name}: needs `vars: pos_sources: [...]`, the tills that are on.")
    return sources


def used_sources() -> list[str]:
    """The switched-on sources that an account of `pos_accounts.csv` has; all when none has.

    Raises AccountError when the line or the file cannot be used.
    """
    used = {account.source for account in read_accounts()}
    return [source for source in switched_on_sources() if source in used or not used]


def read_accounts(path: Path | None = None) -> list[Account]:
    """All accounts of `pos_accounts.csv`, checked.

    Raises AccountError naming file, line, field and value for anything that cannot be used.
    """
    path = path or seeds_dir() / "pos_accounts.csv"
    rows = csv.DictReader(io.StringIO(_read_text(path), newline=""), strict=True)
    known = _Known(switched_on_sources(), _known_currencies(), available_timezones())
    accounts: dict[str, Account] = {}
    try:
        wanted = _check_columns(path, rows.fieldnames or [])
        for row in rows:
            place = f"{_shown(path)} line {rows.line_num}"
            if None in row or None in row.values():
                raise AccountError(f"{place}: needs {len(rows.fieldnames)} values, one per column.")
            account = Account(**{name: row[name] for name in wanted})
            _check(account, place, known, accounts)
            accounts[account.account_id] = account
    except csv.Error as error:
        raise AccountError(
            f"{_shown(path)} line {rows.line_num}: {error}. Is a quotation mark left open?"
        ) from None
    return list(accounts.values())


class _Known(NamedTuple):
    """What the values of an account are checked against."""

    sources: list[str]
    currencies: set[str]
    time_zones: set[str]


def _shown(path: Path) -> str:
    return (
        path.relative_to(PROJECT_DIR).as_posix() if path.is_relative_to(PROJECT_DIR) else str(path)
    )


def _read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise AccountError(f"{_shown(path)}: missing. Copy it from the project.") from None
    except OSError as error:
        raise AccountError(f"{_shown(path)}: cannot be read ({error.strerror}).") from None
    except UnicodeDecodeError as error:
        raise AccountError(
            f"{_shown(path)}: byte {error.start} is not UTF-8. Save it as CSV UTF-8."
        ) from None


def _check_columns(path: Path, there: Sequence[str]) -> list[str]:
    wanted = [f.name for f in fields(Account)]
    absent = [name for name in wanted if name not in there]
    if not absent:
        return wanted
    text = f"{_shown(path)}: missing column {', '.join(absent)}."
    if len(there) == 1 and ";" in there[0]:
        text += " Its values are separated by semicolons: save it with commas."
    raise AccountError(text)


def _check(account: Account, place: str, known: _Known, seen: Container[str]) -> None:
    def refuse(field: str, mend: str) -> None:
        raise AccountError(f"{place}: {field} is {getattr(account, field)!r}. {mend}")

    for field in (f.name for f in fields(Account)):
        if getattr(account, field) != getattr(account, field).strip():
            refuse(field, "Take away the spaces around it: with them it is another value.")
    if not ACCOUNT_ID.fullmatch(account.account_id):
        refuse("account_id", "Use lower-case letters, digits and _ only.")
    if account.account_id in seen:
        refuse("account_id", "Another line has it already; each account needs its own.")
    if not account.business_id:
        refuse("business_id", "Name the business; accounts of one business share it.")
    if account.source not in known.sources:
        refuse("source", _how_to_switch_on(account.source, known.sources))
    if account.time_zone not in known.time_zones:
        refuse("time_zone", "Use an IANA name such as America/Vancouver.")
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", account.day_cutoff):
        refuse("day_cutoff", "Use HH:MM, 00:00 for midnight.")
    if account.currency not in known.currencies:
        refuse("currency", "Use an ISO code that seeds/reference/currencies.csv lists.")
    if account.transport not in ("api", "files", "sftp"):
        refuse("transport", "Use api, files or sftp.")
    if account.transport == "api" and not re.match("https?://", account.path):
        refuse("path", "For transport api it is the till's address, https://...")
    if account.transport == "sftp" and not SFTP_ADDRESS.fullmatch(account.path):
        refuse("path", "For transport sftp it is sftp://user@host/folder, without a password.")
    if account.transport == "files" and not account.path:
        refuse("path", "For transport files it is the folder that holds the till's files.")
    if account.paused.lower() not in ("true", "false", ""):
        refuse("paused", "Use true or false.")
    for field in ("active_from", "active_to"):
        if not _is_day(getattr(account, field) or "2000-01-01"):
            refuse(field, "Use YYYY-MM-DD, or leave it empty.")


def _how_to_switch_on(source: str, switched_on: list[str]) -> str:
    folder = PROJECT_DIR / "ingestion" / "sources"
    there = sorted(path.parent.name for path in folder.glob("*/__init__.py"))
    if source not in there:
        return f"There is no such source; there are {', '.join(there)}."
    line = f"pos_sources: [{', '.join([*switched_on, source])}]"
    return f"It is switched off; in dbt_project.yml, under vars, write `{line}`."


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _known_currencies() -> set[str]:
    path = seeds_dir() / "reference" / "currencies.csv"
    rows = csv.DictReader(io.StringIO(_read_text(path), newline=""))
    if "currency" not in (rows.fieldnames or []):
        raise AccountError(f"{_shown(path)}: missing column currency.")
    return {row["currency"] for row in rows}
