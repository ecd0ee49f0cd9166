"""The `rpt_` tables in small, as their models give them: for tests of what is made from them."""

from __future__ import annotations

import html
import json
import re
from datetime import date
from decimal import Decimal
from pathlib import Path

from ingestion.destinations import Connection

MONEY = "numeric(18,5)"
COLUMNS = {
    "rpt_daily_sales": {
        "business_id": "varchar",
        "business_date": "date",
        "location_name": "varchar",
        "till_name": "varchar",
        "account_id": "varchar",
        "currency": "varchar",
        "transactions": "bigint",
        "net_units": MONEY,
        "gross_sales": MONEY,
        "discounts": MONEY,
        "returns_amount": MONEY,
        "net_sales": MONEY,
        "tax_amount": MONEY,
        "gift_cards_sold": MONEY,
        "other_income": MONEY,
        "total_amount": MONEY,
        "average_sale": MONEY,
    },
    "rpt_product_performance": {
        "business_id": "varchar",
        "sales_rank": "bigint",
        "product_key": "varchar",
        "product_name": "varchar",
        "sku": "varchar",
        "brand": "varchar",
        "category": "varchar",
        "tills": "bigint",
        "currency": "varchar",
        "first_sold_on": "date",
        "last_sold_on": "date",
        "units_sold": MONEY,
        "units_returned": MONEY,
        "gross_sales": MONEY,
        "discounts": MONEY,
        "returns_amount": MONEY,
        "net_sales": MONEY,
        "cost_amount": MONEY,
        "gross_margin": MONEY,
        "margin_ratio": "numeric(18,4)",
        "return_ratio": "numeric(18,4)",
    },
    "rpt_revenue_timeline": {
        "business_id": "varchar",
        "location_name": "varchar",
        "till_name": "varchar",
        "account_id": "varchar",
        "month_start": "date",
        "currency": "varchar",
        "net_sales": MONEY,
        "transactions": "bigint",
        "first_sale_on": "date",
        "last_sale_on": "date",
        "handoff_on": "date",
        "overlap_days": "integer",
        "gap_days": "integer",
    },
    "rpt_tender_mix": {
        "business_id": "varchar",
        "location_name": "varchar",
        "month_start": "date",
        "tender_type": "varchar",
        "currency": "varchar",
        "payments": "bigint",
        "amount": MONEY,
    },
    "rpt_integrity_summary": {
        "account_id": "varchar",
        "till_name": "varchar",
        "entity": "varchar",
        "raw_rows": "bigint",
        "rejected_rows": "bigint",
        "staging_rows": "bigint",
        "conformed_rows": "bigint",
        "fact_rows": "bigint",
        "raw_amount": MONEY,
        "fact_amount": MONEY,
        "difference_amount": MONEY,
        "status": "varchar",
    },
    "rpt_reconciliation": {
        "account_id": "varchar",
        "till_name": "varchar",
        "location_name": "varchar",
        "measure": "varchar",
        "verdict": "varchar",
        "cause": "varchar",
        "days": "bigint",
        "first_on": "date",
        "last_on": "date",
        "their_amount": MONEY,
        "our_amount": MONEY,
        "difference_amount": MONEY,
        "unexplained_amount": MONEY,
    },
    "fct_rejected_records": {
        "account_id": "varchar",
        "till_name": "varchar",
        "entity": "varchar",
        "field": "varchar",
        "reason": "varchar",
        "cases": "bigint",
    },
    "rpt_restatements": {
        "daily_sales_key": "varchar",
        "business_id": "varchar",
        "account_id": "varchar",
        "till_name": "varchar",
        "location_name": "varchar",
        "currency": "varchar",
        "business_date": "date",
        "restated_on": "date",
        "total_amount_before": MONEY,
        "total_amount_after": MONEY,
        "sales_new": "bigint",
        "sales_changed": "bigint",
        "sales_gone": "bigint",
        "sales_moved": "bigint",
    },
    "rpt_match_quality": {
        "business_id": "varchar",
        "entity": "varchar",
        "currency": "varchar",
        "accounts": "bigint",
        "records": "bigint",
        "linked_records": "bigint",
        "in_review_records": "bigint",
        "unlinked_records": "bigint",
        "net_sales": MONEY,
        "linked_net_sales": MONEY,
        "in_review_net_sales": MONEY,
        "unlinked_net_sales": MONEY,
        "open_questions": "bigint",
        "conflicts": "bigint",
        "ignored_values": "bigint",
    },
    "rpt_double_count_summary": {
        "business_id": "varchar",
        "account_id": "varchar",
        "till_name": "varchar",
        "other_account_id": "varchar",
        "other_till_name": "varchar",
        "decision": "varchar",
        "sales": "bigint",
        "total_amount": MONEY,
        "first_on": "date",
        "last_on": "date",
    },
}
TEXTS = {
    "business_id": "harbour_toys",
    "location_name": "Harbour Toys",
    "till_name": "AmberPOS",
    "account_id": "amber",
    "currency": "CAD",
    "status": "ok",
}
NULL_UNLESS_TOLD = ("cost_amount", "gross_margin", "margin_ratio", "return_ratio", "handoff_on")


def create_tables(db: Connection) -> None:
    """Make all of these tables, empty."""
    db.execute("create schema if not exists reports")
    for table, columns in COLUMNS.items():
        declared = ", ".join(f"{name} {kind}" for name, kind in columns.items())
        db.execute(f"create table reports.{table} ({declared})")


def insert(db: Connection, table: str, *rows: dict) -> None:
    """Add rows; what a row does not say is zero, or a plain text, or nothing at all."""
    columns = COLUMNS[table]
    marks = ", ".join("?" * len(columns))
    for row in rows:
        values = list(row_of(table, row).values())
        db.execute(f"insert into reports.{table} values ({marks})", values)


def row_of(table: str, told: dict) -> dict:
    """One whole row of a table, as reading it would give it."""
    columns = COLUMNS[table]
    unknown = set(told) - set(columns)
    assert not unknown, f"{table} has no {unknown}"
    return {name: told.get(name, _default(name, kind)) for name, kind in columns.items()}


def _default(name: str, kind: str) -> object:
    if name in NULL_UNLESS_TOLD:
        return None
    if kind == "varchar":
        return TEXTS.get(name, name)
    if kind == "date":
        return date(2024, 1, 1)
    return Decimal(0) if kind.startswith("numeric") else 0


def write_manifest(folder: Path) -> Path:
    """A manifest with the project's own exposures, as dbt writes them, over these tables."""
    import yaml

    from ingestion.accounts import PROJECT_DIR

    declared = PROJECT_DIR / "models/marts/reports/_reports__exposures.yml"
    exposures = yaml.safe_load(declared.read_text(encoding="utf-8"))["exposures"]
    nodes = {
        f"model.tillhouse.{table}": {
            "unique_id": f"model.tillhouse.{table}",
            "resource_type": "model",
            "name": table,
            "schema": "reports",
            "alias": table,
            "columns": {name: {} for name in columns},
        }
        for table, columns in COLUMNS.items()
    }
    manifest = {
        "nodes": nodes,
        "unit_tests": {},
        "exposures": {f"exposure.tillhouse.{e['name']}": _exposure(e) for e in exposures},
    }
    path = folder / "manifest.json"
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(manifest), encoding="utf-8")
    return path


def _exposure(declared: dict) -> dict:
    refs = [ref.removeprefix("ref('").removesuffix("')") for ref in declared["depends_on"]]
    return {
        "name": declared["name"],
        "original_file_path": "models/marts/reports/_reports__exposures.yml",
        "config": declared["config"],
        "depends_on": {"nodes": [f"model.tillhouse.{ref}" for ref in refs]},
    }


def day(on: date, net: str = "100", **more) -> dict:
    told = {"business_date": on, "net_sales": Decimal(net), "transactions": 2}
    return row_of("rpt_daily_sales", told | more)


def till(account: str, first: date, last: date, **more) -> dict:
    told = {"account_id": account, "till_name": account.title()}
    told |= {"first_sale_on": first, "last_sale_on": last, "month_start": first.replace(day=1)}
    return row_of("rpt_revenue_timeline", told | more)


def checked(**more) -> dict:
    told = dict.fromkeys(("raw_rows", "staging_rows", "conformed_rows", "fact_rows"), 43210)
    return row_of("rpt_integrity_summary", told | {"entity": "sale_lines"} | more)


def write_results(target, command: str, *results: dict) -> None:
    told = {"args": {"which": command}, "results": results}
    (target / "run_results.json").write_text(json.dumps(told))


def visible_text(page: str) -> str:
    """What a person reads: no scripts, no styles, no tags, white space as one blank."""
    bare = re.sub(r"<(script|style)\b.*?</\1>", " ", page, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", bare)).split())
