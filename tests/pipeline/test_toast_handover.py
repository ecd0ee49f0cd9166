"""A restaurant that went from Toast's export to its API: each day counts in one account, once."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from ingestion.fakes.toast import RESTAURANT, FakeToast
from ingestion.load import load
from tests.pipeline import toast_records
from tests.pipeline.toast_export import Export

pytestmark = pytest.mark.usefixtures("slept")  # the till keeps its limits
LAST, FIRST = date(2024, 5, 13), date(2024, 5, 14)  # of the export, and of the API


@pytest.mark.parametrize("engine", ["duckdb", "postgres"])
def test_a_change_from_export_to_api_counts_each_sale_and_each_refund_once(
    engine, open_shop, shop, monkeypatch, tmp_path
):
    """All orders and shifts were edited since; some of the export's last day were given back."""
    made, sums = toast_records.orders(7, 60)
    export = Export()
    for order in made:
        export.order(order)
    edited = f"{datetime.now(UTC) - timedelta(minutes=20):%Y-%m-%dT%H:%M:%S.000+0000}"
    records = toast_records.shop([order | {"modifiedDate": edited} for order in made])
    records["time_entries"] = [r | {"modifiedDate": edited} for r in records["time_entries"]]
    monkeypatch.setenv("TILLHOUSE_NEW_TOKEN", "token-nobody-prints")
    monkeypatch.setenv("TILLHOUSE_NEW_RESTAURANT_GUID", RESTAURANT)
    cafe = {"source": "toast", "day_cutoff": "04:00"}
    old = {
        "account_id": "old",
        "path": str(export.write(tmp_path / "drop")),
        "active_to": f"{LAST}",
    }
    with FakeToast(records, token="token-nobody-prints") as till:
        new = {"account_id": "new", "transport": "api", "path": till.url, "active_from": f"{FIRST}"}
        shop(cafe | old, cafe | new)
        opened = open_shop(engine)
        rows = load(opened.warehouse, since=date(2024, 5, 1))
    assert {row.status for row in rows} <= {"success", "no_change"}, [r.error for r in rows]
    opened.build("--vars", "{pos_sources: [toast]}")
    counted = opened.fetch(
        "select account_id, business_date, net_amount + tax_amount as total"
        " from marts.fct_transactions where is_counted"
    )
    days = {(row["account_id"], row["business_date"]) for row in counted}
    assert max(day for account, day in days if account == "old") == LAST
    assert min(day for account, day in days if account == "new") == FIRST
    in_all = sum(sums.values(), Counter())
    assert sum(row["total"] for row in counted) == Decimal(in_all["total"] - in_all["back"]) / 100
    assert opened.fetch("select account_id from marts.fct_shifts") == []
