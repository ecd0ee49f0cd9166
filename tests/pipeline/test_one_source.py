"""A shop that has one kind of till switches the others off: all that is left builds and passes."""

from __future__ import annotations

import pytest

from tests.pipeline.shop_records import CUSTOMER, OUTLET, drop, money, product, sale


@pytest.mark.parametrize("source", ["files", "lightspeed_x"])
def test_one_source_alone_builds_and_passes_every_test(source, open_shop, shop, tmp_path):
    folder = tmp_path / "till"
    mapping = tmp_path / "lines.yml"
    if source == "files":
        folder.mkdir()
        mapping.write_text(
            "name: Lines\nmode: snapshot\ndate_formats: ['%Y-%m-%d']\nentities:\n  sale_lines:\n"
            "    files: '*.csv'\n    columns: {sale_id: Invoice, sold_at: Date, product_id: Item,"
            " quantity: Qty, unit_price: Price}\n",
            encoding="utf-8",
        )
        (folder / "sales.csv").write_text(
            "Invoice,Date,Item,Qty,Price\ns1,2024-01-02,T1,2,5.25\n", encoding="utf-8"
        )
    else:
        mapping = ""
        drop(
            folder,
            "2024-03-10",
            outlets=[OUTLET],
            customers=[CUSTOMER],
            products=[product(1)],
            sales=[sale(1, [("p1", 1, 10.0)])],
        )
    shop({"account_id": "x", "source": source, "path": str(folder), "mapping": str(mapping)})
    opened = open_shop("duckdb")
    opened.run("ingestion", "load")
    opened.run("dbt", "build", "--quiet", "--vars", f"{{pos_sources: [{source}]}}")
    assert str(money(opened, "s1")) == "10.50000"
