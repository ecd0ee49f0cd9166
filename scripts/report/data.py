"""What the page shows: the rows of the `rpt_` models, sorted into sections."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from ingestion.destinations import Connection
from scripts.exposures import Relation

Rows = list[dict]


@dataclass(frozen=True)
class ReportData:
    """All rows of each model, as the model gives them."""

    daily: Rows = field(default_factory=list)
    products: Rows = field(default_factory=list)
    timeline: Rows = field(default_factory=list)
    tenders: Rows = field(default_factory=list)
    integrity: Rows = field(default_factory=list)
    double_counts: Rows = field(default_factory=list)
    reconciliation: Rows = field(default_factory=list)
    restatements: Rows = field(default_factory=list)
    rejected: Rows = field(default_factory=list)
    matches: Rows = field(default_factory=list)


@dataclass(frozen=True)
class Section:
    """What one business sold in one currency; never empty, days in order."""

    business_id: str
    currency: str
    daily: Rows
    products: Rows
    timeline: Rows
    tenders: Rows
    double_counts: Rows
    matches: Rows

    @property
    def title(self) -> str:
        """The business as a heading: `harbour_toys` is Harbour Toys."""
        return self.business_id.replace("_", " ").title()

    @property
    def slug(self) -> str:
        """A name for links and element ids, letters, digits and dashes only."""
        text = f"{self.business_id}-{self.currency}".lower()
        return "".join(c if c.isascii() and c.isalnum() else "-" for c in text)


def read_report_data(db: Connection, tables: Mapping[str, Relation]) -> ReportData:
    """Read the models of the report's exposure; a table that is not built yet counts as empty."""

    def rows(model: str, order_by: str) -> Rows:
        return tables[model].fetch(db, order_by) if model in tables else []

    return ReportData(
        daily=rows("rpt_daily_sales", "business_id, currency, business_date, account_id"),
        products=rows("rpt_product_performance", "business_id, currency, sales_rank, product_key"),
        timeline=rows("rpt_revenue_timeline", "business_id, currency, month_start, account_id"),
        tenders=rows("rpt_tender_mix", "business_id, currency, month_start, tender_type"),
        integrity=rows("rpt_integrity_summary", "account_id, entity"),
        reconciliation=rows(
            "rpt_reconciliation", "account_id, location_name, measure, verdict, cause"
        ),
        restatements=rows("rpt_restatements", "business_date, account_id, daily_sales_key"),
        rejected=rows("fct_rejected_records", "cases desc, account_id, entity, field, reason"),
        matches=rows("rpt_match_quality", "business_id, entity, currency"),
        double_counts=rows(
            "rpt_double_count_summary", "business_id, account_id, other_account_id, decision"
        ),
    )


def split_sections(data: ReportData) -> list[Section]:
    """One section per business and currency that has sold something, in that order."""
    pairs = sorted({(row["business_id"], row["currency"]) for row in data.daily})
    return [_section(data, business_id, currency) for business_id, currency in pairs]


def _section(data: ReportData, business_id: str, currency: str) -> Section:
    def mine(row: dict) -> bool:
        return row["business_id"] == business_id and row["currency"] == currency

    daily = list(filter(mine, data.daily))
    accounts = {row["account_id"] for row in daily}
    twice = [
        row
        for row in data.double_counts
        if row["business_id"] == business_id
        and {row["account_id"], row["other_account_id"]} & accounts
    ]
    return Section(
        business_id,
        currency,
        daily,
        list(filter(mine, data.products)),
        list(filter(mine, data.timeline)),
        list(filter(mine, data.tenders)),
        twice,
        list(filter(mine, data.matches)),
    )


def sum_by(rows: Rows, column: str, key: Callable[[dict], date | str]) -> dict:
    """Sum of `column` per `key(row)`, exact, in the order of the keys."""
    sums: dict = {}
    for row in rows:
        sums[key(row)] = sums.get(key(row), 0) + (row[column] or 0)
    return dict(sorted(sums.items()))


def as_of(daily: Rows, made_on: date) -> date:
    """The last day with sales; days after `made_on` are mistakes and move nothing."""
    days = [row["business_date"] for row in daily]
    return max((day for day in days if day <= made_on), default=max(days))
