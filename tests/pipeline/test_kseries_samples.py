"""Sales of K-Series through loader and models: each adds up to what was paid, which is its header.

TILLHOUSE_KSERIES_SAMPLES may name a folder of recorded ones, JSON files; else they are ours. What
each states and what we make of it is printed (`pytest -s`), and what is left out and why.
"""

from __future__ import annotations

import json
import os
import random
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest

from ingestion.fakes.lightspeed_k import FakeKSeries
from ingestion.load import load
from tests.ingestion.kseries_shop import business
from tests.pipeline.kseries_records import sale

SAMPLES = os.environ.get("TILLHOUSE_KSERIES_SAMPLES", "")
CENT = Decimal("0.01")
AT = "2024-05-04T19:00:00.000Z"


def write_ours(folder: Path) -> Path:
    """An answer in K-Series' shape with three sales, and a body of another kind."""
    rng = random.Random(5)
    bodies = {"sales": {"sales": [sale(rng, n, True)[0] for n in range(3)]}, "item": {"sku": "1"}}
    for name, body in bodies.items():
        (folder / f"{name}.json").write_text(json.dumps(body), encoding="utf-8")
    return folder


def samples(folder: Path) -> dict[str, dict]:
    """Sample -> its sale, made one of our day with an id of its own."""
    made = {}
    for path in sorted(folder.rglob("*.json")):
        body = json.loads(path.read_text(encoding="utf-8"))
        sales = body.get("sales") if isinstance(body, dict) else None
        for number, record in enumerate(sales or []):
            name = f"{path.stem}{f' {number}' if number else ''}"
            made[name] = record | {"accountFiscId": name, "timeOfOpening": AT, "timeClosed": AT}
        if not sales:
            print(f"\nleft out: {path.stem}: no list of K-Series sales")
    return made


def exact(record: dict, *names: str) -> Decimal:
    """The sum of these decimal strings, to the cent; absent ones are nothing."""
    return sum((Decimal(record.get(name) or 0) for name in names), Decimal(0)).quantize(CENT)


@pytest.mark.parametrize("engine", ["duckdb", "postgres"])
def test_each_sample_adds_up_to_what_was_paid(engine, open_shop, shop, monkeypatch, tmp_path):
    sales = samples(Path(SAMPLES) if SAMPLES else write_ours(tmp_path))
    monkeypatch.setenv("TILLHOUSE_BAR_TOKEN", "token-nobody-prints")
    records = {"sales": {"101": list(sales.values())}}
    with FakeKSeries([business(101)], records, token="token-nobody-prints") as till:
        place = {"transport": "api", "path": till.url, "active_to": "2024-05-31"}
        shop({"account_id": "bar", "source": "lightspeed_k", **place})
        opened = open_shop(engine)
        load(opened.warehouse, entities=["locations", "sales"], since=date(2024, 5, 1))
    chosen = ("--select", "+fct_integrity", "--exclude-resource-type", "test")
    opened.build(*chosen, "--vars", "{pos_sources: [lightspeed_k]}")
    assert opened.fetch("select * from marts.fct_integrity where status <> 'ok'") == []
    ours = {
        row["sale_id"]: row
        for row in opened.fetch(
            "select sale_id, count(*) as lines, sum(net_amount) as net, sum(tax_amount) as tax,"
            " sum(total_amount) as total,"
            " sum(case when line_type = 'unreconciled' then 1 else 0 end) as unexplained"
            " from marts.fct_sales group by sale_id"
        )
    }
    for name, record in sales.items():
        row = ours[f"101|{name}"]
        paid = [exact(p, "netAmountWithTax", "tip", "surcharge") for p in record["payments"]]
        tax = sum((Decimal(line["taxAmount"]) for line in record["salesLines"]), Decimal(0))
        print(f"\n{name}: paid {sum(paid)}, tax {tax}, ours {row}")
        assert row["total"] == sum(paid)
        assert row["tax"] == tax.quantize(CENT, ROUND_HALF_UP)
        assert row["net"] == row["total"] - row["tax"]
        assert row["unexplained"] == 0
    assert sales
