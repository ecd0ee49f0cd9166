"""Toast's nightly export through loader and models: the same sales as from its API, to the cent.

On DuckDB it comes over SFTP and item prices hold their modifiers; on PostgreSQL it lies in a
folder and modifiers come on top of the items. Some payments stand in the files of the day after.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from ingestion.load import load
from tests.ingestion.sftp_server import SftpServer
from tests.pipeline import toast_records
from tests.pipeline.toast_export import Export, long_id

COUNT = 120
LATE = frozenset(f"c{number}-0-p1" for number in range(0, COUNT, 2))
SHIFT = {
    "Id": "1300000000000000001",
    "Employee": "Lee, Sam",
    "Job Title": "Barista",
    "Job Id": "77",
    "In Date": "5/2/24 9:00 AM",
    "Out Date": "5/2/24 5:30 PM",
    "Unpaid Break Time": "0.50",
    "Paid Break Time": "0.25",
    "Cash Tips Declared": "12.25",
    "Wage": "20.50",
    "Overtime Hours": "0.50",
}


@pytest.fixture(params=["duckdb", "postgres"])
def built(request, open_shop, shop, monkeypatch, tmp_path):
    """A restaurant of generated orders, loaded from its export and built; what each comes to."""
    made, sums = toast_records.orders(7, COUNT)
    export = Export(LATE, on_top=request.param == "postgres")
    for order in made:
        export.order(order)
    export.add("20240502", "TimeEntries", **SHIFT)
    folder = export.write(tmp_path / "served" / "42")
    place = {"transport": "files", "path": str(folder)}
    if request.param == "duckdb":
        server = SftpServer(tmp_path / "served")
        request.addfinalizer(server.close)
        place = {"transport": "sftp", "path": server.url()}
        for name, value in server.settings(tmp_path).items():
            monkeypatch.setenv(name, value)
    shop({"account_id": "cafe", "source": "toast", "day_cutoff": "04:00", **place})
    opened = open_shop(request.param)
    rows = load(opened.warehouse)
    assert {row.status for row in rows} <= {"success", "no_change"}, [r.error for r in rows]
    assert {row.rejected for row in rows} == {0}
    opened.build("--vars", "{pos_sources: [toast]}")
    again = load(opened.warehouse)
    assert {(row.status, row.new, row.changed, row.closed) for row in again} == {
        ("no_change", 0, 0, 0)
    }
    by_id = {long_id(check): of_check for check, of_check in sums.items()}
    return opened, by_id, toast_records.net_by_type(made, is_export=True)


def by_sale(opened, columns: str, relation: str) -> dict[str, dict]:
    rows = opened.fetch(f"select sale_id, {columns} from marts.{relation} group by sale_id")
    return {row["sale_id"]: row for row in rows}


def test_each_check_comes_to_what_it_comes_to_in_the_till(built):
    opened, sums, net_by_type = built
    assert opened.fetch("select * from marts.fct_integrity where status <> 'ok'") == []
    days = opened.fetch("select * from marts.fct_reconciliation")
    assert len({row["business_date"] for row in days}) == 28
    assert [row for row in days if row["difference_cents"]] == []
    headers = {row["sale_id"]: row for row in opened.fetch("select * from marts.fct_transactions")}
    lines = by_sale(
        opened,
        "sum(total_amount) as total, sum(tax_amount) as tax, sum(case when line_type in"
        " ('unreconciled', 'adjustment') then 1 else 0 end) as unexplained",
        "fct_sales",
    )
    paid = by_sale(opened, "sum(amount) as amount", "fct_payments")
    returns = {sale_id.partition("|")[0]: sale_id for sale_id in headers if "|" in sale_id}
    assert set(headers) - set(returns.values()) == set(sums)
    assert set(returns) == {check for check, of_check in sums.items() if of_check["back"]}
    for check, of_check in sums.items():
        total, tax = (Decimal(of_check[name]).scaleb(-2) for name in ("total", "tax"))
        assert headers[check]["total_amount"] == total == paid[check]["amount"], check
        assert (lines[check]["total"], lines[check]["tax"]) == (total, tax), check
        assert lines[check]["unexplained"] == 0, check
    for check, sale_id in returns.items():
        back = -Decimal(sums[check]["back"]).scaleb(-2)
        assert headers[sale_id]["total_amount"] == back == paid[sale_id]["amount"], check
        assert (lines[sale_id]["total"], lines[sale_id]["unexplained"]) == (back, 0), check
        assert headers[sale_id]["business_date"] > headers[check]["business_date"]
    types = opened.fetch(
        "select line_type, sum(net_amount) as net from marts.fct_sales"
        " where sale_id not like '%|%' group by line_type"
    )
    assert {row["line_type"]: row["net"] for row in types} == net_by_type
    _check_who_and_what(opened)


def _check_who_and_what(opened):
    (shift,) = opened.fetch("select * from marts.fct_shifts")
    assert (shift["worked_hours"], shift["unpaid_break_hours"]) == (8, Decimal("0.5"))
    assert (shift["wage_amount"], shift["job_title"]) == (164, "Barista")
    employees = opened.fetch("select employee_name from marts.dim_employees")
    assert [row["employee_name"] for row in employees] == ["Sam Lee"]
    tenders = opened.fetch("select distinct tender_name from marts.fct_payments")
    assert {row["tender_name"] for row in tenders} == {"CASH", "CREDIT", "Voucher"}
