"""The demo's comparisons of money and of faults: planted against found in the warehouse."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ingestion.destinations import Connection

AMOUNTS = ("net", "tax", "total")
OWN_LINE_TYPES = (
    *("gift_card", "postage", "fee", "bad_debt", "discount", "tip", "service_charge"),
)
LINES_OF_OURS = ("rounding", "adjustment", "unreconciled", "tip")
SOURCES = {"amber_main": "files", "lightspeed_main": "lightspeed_x"}


@dataclass(frozen=True)
class Check:
    """One line: a number planted and a number found; money in cents."""

    what: str
    planted: int
    found: int
    is_money: bool = False

    @property
    def is_ok(self) -> bool:
        """Whether the two agree exactly."""
        return self.planted == self.found

    @property
    def is_missing_link(self) -> bool:
        """Whether links were not found (as opposed to found where there is none)."""
        return " links by " in self.what and self.found < self.planted

    @property
    def difference(self) -> str:
        """Found less planted, signed."""
        sign = "+" if self.found > self.planted else ""
        return sign + self.shown(self.found - self.planted)

    def shown(self, number: int) -> str:
        """A number as people read it."""
        if not self.is_money:
            return f"{number:,}"
        return f"{'-' if number < 0 else ''}{abs(number) // 100:,}.{abs(number) % 100:02d}"


def money_checks(db: Connection, truth: dict) -> list[Check]:
    """Totals per account by sales and by lines, what is no goods, and the shop counted once."""
    checks = []
    cloud = truth["cloud_tills"]
    accounts = truth["accounts"] | cloud
    once = {
        name: count + sum(till[name] for till in cloud.values())
        for name, count in truth["counted_once"].items()
        if name != "rule"
    }
    for account, planted in accounts.items():
        sales = _sales_totals(db, "account_id = ? and is_revenue", account)
        lines = _line_totals(db, "account_id = ? and is_revenue", account)
        checks += _compare(account, planted, sales, lines)
        checks += _line_type_checks(db, account, planted["by_line_type"])
        checks += _day_checks(db, account, planted.get("days", {}))
    checks += _compare(
        "counted once", once,
        _sales_totals(db, "is_counted"), _line_totals(db, "is_counted"),
    )  # fmt: skip
    return checks


def _compare(name: str, planted: dict, sales: dict, lines: dict) -> list[Check]:
    checks = [
        Check(f"{name}: sales", planted["sales"], sales["rows"]),
        Check(f"{name}: lines", planted["lines"], lines["rows"]),
    ]
    for amount in AMOUNTS:
        cents = planted[f"{amount}_cents"]
        checks.append(Check(f"{name}: {amount} of the sales", cents, sales[amount], True))
        checks.append(Check(f"{name}: {amount} of the lines", cents, lines[amount], True))
    return checks


def _sales_totals(db: Connection, where: str, *params: str) -> dict[str, int]:
    (row,) = db.fetch(
        f"select count(*) as row_count, {_sums()} from marts.fct_transactions where {where}", params
    )
    return _in_cents(row)


def _line_totals(db: Connection, where: str, *params: str) -> dict[str, int]:
    """Lines that the till has are counted; those that we add for a rest of cents only summed."""
    ours = ", ".join(f"'{line_type}'" for line_type in LINES_OF_OURS)
    (row,) = db.fetch(
        f"select sum(case when line_type in ({ours}) then 0 else 1 end) as row_count, {_sums()}"
        f" from marts.fct_sales where {where}",
        params,
    )
    return _in_cents(row)


def _sums() -> str:
    return ", ".join(f"sum({amount}_amount) as {amount}" for amount in AMOUNTS)


def _in_cents(row: dict) -> dict[str, int]:
    cents = {amount: _cents(row[amount]) for amount in AMOUNTS}
    return {"rows": int(row["row_count"] or 0), **cents}


def _cents(amount) -> int:
    """An exact amount in cents; a part of a cent left over counts as one more, so that it shows."""
    cents, rest = divmod((amount or 0) * 100, 1)
    return int(cents) + (1 if rest else 0)


def _line_type_checks(db: Connection, account: str, planted: dict) -> Iterable[Check]:
    found = {
        row["line_type"]: _cents(row["net"])
        for row in db.fetch(
            "select line_type, sum(net_amount) as net from marts.fct_sales"
            " where account_id = ? and is_revenue group by line_type",
            (account,),
        )
    }
    for line_type in OWN_LINE_TYPES:
        if line_type in planted:
            what = f"{account}: {line_type.replace('_', ' ')} lines, net"
            yield Check(what, planted[line_type]["net_cents"], found.get(line_type, 0), True)


def reconciliation_checks(db: Connection, truth: dict) -> Iterable[Check]:
    """What a till itself reports: days compared, planted causes found, and nothing unexplained."""
    for account, planted in truth.get("reported", {}).items():
        (row,) = db.fetch(
            "select"
            " sum(case when cause like '%changed after closing%' then 1 else 0 end) as changed,"
            " sum(case when unexplained_cents <> 0 then 1 else 0 end) as unclear"
            " from marts.fct_reconciliation where account_id = ?",
            (account,),
        )
        (stated,) = db.fetch(
            "select count(distinct business_date) as days from intermediate.int_day_totals"
            " where account_id = ?",
            (account,),
        )
        explained = {
            row["cause"]: _cents(row["amount"])
            for row in db.fetch(
                "select cause, sum(till_amount) as amount"
                " from marts.fct_reconciliation_entries where account_id = ? group by cause",
                (account,),
            )
        }
        what = f"{account}: days that the till reports"
        yield Check(what, planted["days"], stated["days"])
        changed = 1 if "edited_sale" in planted else 0
        yield Check(f"{what}, changed after closing", changed, int(row["changed"]))
        yield Check(f"{what}, not explained", 0, int(row["unclear"]))
        for cause in ("another business day", "sale that does not count"):
            if cause in planted:
                yield Check(f"{what}, {cause}", planted[cause], explained.get(cause, 0), True)


def _day_checks(db: Connection, account: str, planted: dict[str, int]) -> Iterable[Check]:
    """What is not on the business day it was planted on: after midnight is still the night."""
    if planted:
        found = {
            str(row["business_date"]): _cents(row["total"])
            for row in db.fetch(
                "select business_date, sum(total_amount) as total from marts.fct_transactions"
                " where account_id = ? and is_revenue group by business_date",
                (account,),
            )
        }
        days = {*planted, *found}
        apart = sum(abs(found.get(day, 0) - planted.get(day, 0)) for day in days)
        yield Check(f"{account}: total on another business day", 0, apart, True)


def fault_checks(db: Connection, truth: dict) -> list[Check]:
    """Planted faults that are listed where they stand, and ids given twice that stand once."""
    listed = db.fetch(
        "select account_id, entity, record_id, field from intermediate.int_rejected_records"
    )
    checks = []
    for account in truth["accounts"]:
        faults = [fault for fault in truth["faults"] if fault["account_id"] == account]
        twice = [fault for fault in faults if fault["expect"] == "last wins"]
        rejected = [fault for fault in faults if fault["expect"] != "last wins"]
        found = sum(any(_is_listed(fault, row) for row in listed) for fault in rejected)
        checks.append(Check(f"{account}: faults listed", len(rejected), found))
        once = sum(_current_versions(db, fault) == 1 for fault in twice)
        checks.append(Check(f"{account}: ids given twice, standing once", len(twice), once))
    return checks


def _is_listed(fault: dict, row: dict) -> bool:
    """Whether a listed row is this fault: by its place in the file, or by record and field."""
    if (row["account_id"], row["entity"]) != (fault["account_id"], fault["entity"]):
        return False
    sheet = f" sheet {fault['sheet']}" if fault["sheet"] else ""
    if row["record_id"].endswith(f"{fault['file']}{sheet} row {fault['row']}"):
        return True
    is_same_field = fault["expect"] == "listed" or row["field"] == fault["column"]
    return row["record_id"] == fault["record_id"] and is_same_field


def _current_versions(db: Connection, fault: dict) -> int:
    (row,) = db.fetch(
        f"select count(*) as versions from raw_{SOURCES[fault['account_id']]}.{fault['entity']}"
        " where account_id = ? and record_id = ? and _dlt_valid_to is null",
        (fault["account_id"], fault["record_id"]),
    )
    return row["versions"]
