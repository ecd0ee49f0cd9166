"""Toast's nightly export through loader and models: the same sales as from its API, to the cent.

On DuckDB it comes over SFTP and item prices hold their modifiers; on PostgreSQL it lies in a
folder and modifiers come on top of the items. Some payments stand in the files of the day after.
"""

from __future__ import annotations

import pytest

from ingestion.load import load
from tests.ingestion.sftp_server import SftpServer
from tests.pipeline import toast_records
from tests.pipeline.toast_export import Export, long_id
from tests.pipeline.toast_proof import prove_checks, prove_staff
from tests.pipeline.toast_records import back_by_type, net_by_type

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
    nets, back = (of(made, is_export=True) for of in (net_by_type, back_by_type))
    return opened, by_id, nets, back


def test_each_check_comes_to_what_it_comes_to_in_the_till(built):
    opened, *expected = built
    prove_checks(opened, *expected)
    prove_staff(opened)
    tenders = opened.fetch("select distinct tender_name from marts.fct_payments")
    assert {row["tender_name"] for row in tenders} == {"CASH", "CREDIT", "Voucher"}
