"""What a restaurant of generated Toast orders must come to, whichever way it was read."""

from __future__ import annotations

from decimal import Decimal


def _by_sale(opened, columns: str, relation: str) -> dict[str, dict]:
    rows = opened.fetch(f"select sale_id, {columns} from marts.{relation} group by sale_id")
    return {row["sale_id"]: row for row in rows}


def prove_checks(
    opened, sums: dict[str, dict], net_by_type: dict[str, Decimal], back_by_type: dict[str, Decimal]
) -> None:
    """Every check and refund adds up to its own header, in every layer, to the cent."""
    assert opened.fetch("select * from marts.fct_integrity where status <> 'ok'") == []
    days = opened.fetch("select * from marts.fct_reconciliation")
    assert len({row["business_date"] for row in days}) == 28
    assert [row for row in days if row["difference_cents"]] == []
    headers = {row["sale_id"]: row for row in opened.fetch("select * from marts.fct_transactions")}
    lines = _by_sale(
        opened,
        "sum(total_amount) as total, sum(tax_amount) as tax, sum(case when line_type in"
        " ('unreconciled', 'adjustment') then 1 else 0 end) as unexplained",
        "fct_sales",
    )
    paid = _by_sale(opened, "sum(amount) as amount", "fct_payments")
    sold = opened.fetch("select sale_id, return_of_sale_id from intermediate.int_sales")
    return_of = {row["sale_id"]: row["return_of_sale_id"] for row in sold}
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
        assert return_of[sale_id] == check
        assert headers[sale_id]["business_date"] > headers[check]["business_date"]
    types = opened.fetch(
        "select line_type, sum(net_amount) as net from marts.fct_sales"
        " where sale_id not like '%|%' group by line_type"
    )
    assert {row["line_type"]: row["net"] for row in types} == net_by_type
    given = opened.fetch(
        "select line_type, sum(net_amount) as net, sum(tax_amount) as tax from marts.fct_sales"
        " where sale_id like '%|%' group by line_type"
    )
    back = {row["line_type"]: row["net"] for row in given if row["net"]}
    tax = sum(row["tax"] for row in given)
    assert back | ({"tax": tax} if tax else {}) == back_by_type


def prove_staff(opened) -> None:
    """The one shift, and who worked it."""
    (shift,) = opened.fetch("select * from marts.fct_shifts")
    assert (shift["worked_hours"], shift["unpaid_break_hours"]) == (8, Decimal("0.5"))
    assert (shift["wage_amount"], shift["job_title"]) == (164, "Barista")
    employees = opened.fetch("select employee_name from marts.dim_employees")
    assert [row["employee_name"] for row in employees] == ["Sam Lee"]
