"""Generated Square orders through loader and models: each adds up to its own header."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from ingestion.fakes.square import FakeSquare
from ingestion.load import load
from tests.pipeline import square_records

EXPONENT = {"CAD": -2, "JPY": 0, "KWD": -3}
COUNT = 150


@pytest.fixture(params=["duckdb", "postgres"])
def built(request, open_shop, shop, monkeypatch):
    """Three accounts of generated orders, loaded and built; the orders by account."""
    made = {
        currency: square_records.orders(7, COUNT, currency)
        for currency in square_records.CURRENCIES
    }
    tills = {
        currency: FakeSquare(square_records.shop(orders), token="token-nobody-prints").__enter__()
        for currency, orders in made.items()
    }
    for currency in made:
        monkeypatch.setenv(f"TILLHOUSE_{currency}_TOKEN", "token-nobody-prints")
    shop(
        *(
            {
                "account_id": currency.lower(),
                "source": "square",
                "currency": currency,
                "transport": "api",
                "path": till.url,
                "active_to": "2024-05-31",
            }
            for currency, till in tills.items()
        )
    )
    opened = open_shop(request.param)
    rows = load(opened.warehouse, since=date(2024, 5, 1))
    assert {row.status for row in rows} <= {"success", "no_change"}
    for till in tills.values():
        till.__exit__()
    chosen = ("+fct_integrity", "+fct_reconciliation")
    opened.build("--select", *chosen, "--exclude-resource-type", "test")
    return opened, made


def test_each_order_adds_up_to_its_header_in_every_layer(built):
    opened, made = built
    _check_layers(opened)
    _check_gift_cards(opened)
    headers = {
        (row["account_id"], row["sale_id"]): row
        for row in opened.fetch("select * from marts.fct_transactions")
    }
    lines = {
        (row["account_id"], row["sale_id"]): row
        for row in opened.fetch(
            "select account_id, sale_id, sum(net_amount) as net, sum(tax_amount) as tax,"
            " sum(case when line_type = 'tip' then net_amount else 0 end) as tip,"
            " sum(case when line_type = 'service_charge' then net_amount else 0 end) as charge,"
            " sum(case when line_type = 'discount' then -net_amount else discount_amount end)"
            " as discount, sum(case when line_type in ('unreconciled', 'adjustment') then 1 else 0"
            " end) as unexplained from marts.fct_sales group by account_id, sale_id"
        )
    }
    paid = {
        (row["account_id"], row["sale_id"]): row["amount"]
        for row in opened.fetch(
            "select account_id, sale_id, sum(amount) as amount from marts.fct_payments"
            " group by account_id, sale_id"
        )
    }
    assert len(headers) == len(square_records.CURRENCIES) * COUNT
    for currency, orders in made.items():
        for order in orders:
            stated = {
                name: Decimal(money["amount"]).scaleb(EXPONENT[currency])
                for name, money in order["net_amounts"].items()
            }
            key = (currency.lower(), order["id"])
            total, tax = stated["total_money"], stated["tax_money"]
            assert headers[key]["total_amount"] == total, order
            assert headers[key]["tax_amount"] == tax, order
            assert headers[key]["net_amount"] == total - tax, order
            assert lines[key]["net"] + lines[key]["tax"] == total, order
            assert lines[key]["tip"] == stated["tip_money"], order
            assert lines[key]["discount"] == stated["discount_money"], order
            assert lines[key]["unexplained"] == 0, order
            assert paid[key] == total, order


def _check_gift_cards(opened):
    """By the movements of the cards and by the lines of the orders, in every currency."""
    rows = opened.fetch(
        "select account_id, sum(abs(their_amount)) as theirs, sum(abs(difference_cents)) as apart"
        " from marts.fct_reconciliation where measure = 'gift_cards' group by account_id"
    )
    assert {row["account_id"] for row in rows} == {
        name.lower() for name in square_records.CURRENCIES
    }
    assert all(row["theirs"] > 0 and row["apart"] == 0 for row in rows), rows


def _check_layers(opened):
    assert opened.fetch("select * from marts.fct_integrity where status <> 'ok'") == []
    types = opened.fetch("select line_type, count(*) as n from marts.fct_sales group by line_type")
    assert {row["line_type"] for row in types} == {
        "product", "gift_card", "tip", "service_charge", "rounding"
    }  # fmt: skip
