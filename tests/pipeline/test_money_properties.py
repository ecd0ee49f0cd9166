"""Property tests: whatever a till states, the allocated lines add up to it, on both engines.

The compiled SQL of the allocation models runs over generated sales in tables of the names that it
reads, so what is tested is what dbt runs.
"""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

MODELS = ("int_sale_lines_allocated", "int_sale_differences")
TOTALS = """
    _version_id varchar, amounts_version varchar, account_id varchar, sale_id varchar,
    minor_unit numeric(6, 5),
    units_per_major numeric(38, 0), parts_per_unit numeric(38, 0), total_units numeric(38, 0),
    tax_units numeric(38, 0), discount_units numeric(38, 0), adjustment_units numeric(38, 0),
    discount_adjustment_units numeric(38, 0), net_units numeric(38, 0)"""
LINES = """
    _version_id varchar, account_id varchar, sale_id varchar, line_id varchar,
    line_number integer, product_id varchar, description varchar, employee_id varchar,
    is_return boolean, stated_line_type varchar, quantity numeric(38, 10),
    unit_price numeric(38, 10), stated_net numeric(38, 10), stated_discount numeric(38, 10),
    stated_tax numeric(38, 10), cost_amount numeric(38, 10), note varchar"""

amounts = st.integers(-50_000_000, 50_000_000).map(lambda parts: Decimal(parts).scaleb(-5))
discounts = st.integers(0, 500_000).map(lambda parts: Decimal(parts).scaleb(-5))


@st.composite
def sales(draw) -> dict:
    """A sale as a till might state it: with a header that rounds, one that is off, or none.

    `tip` and `discount` are what the header holds beside the lines, in cents.
    """
    count = draw(st.integers(0, 6))
    has_line_tax = draw(st.booleans())
    lines = [
        (draw(amounts), draw(discounts), draw(amounts) / 8 if has_line_tax else None)
        for _ in range(count)
    ]
    header = draw(st.sampled_from(["rounded", "off", "none"]))
    tip, discount = draw(st.sampled_from([(0, 0), (0, 0), (200, 0), (0, -500), (200, -500)]))
    beside = {"tip": tip, "discount": discount}
    if header == "none":
        return {"lines": lines, "net": None, "tax": None} | beside
    net = _cents(line[0] for line in lines) + tip + discount
    tax = _cents(line[2] or Decimal(0) for line in lines)
    if header == "off":
        net, tax = net + draw(st.integers(-500, 500)), tax + draw(st.integers(-500, 500))
    return {"lines": lines, "net": net, "tax": tax} | beside


def _cents(stated) -> int:
    return int((sum(stated, Decimal(0)) * 100).to_integral_value())


@pytest.fixture
def allocate(open_shop, shop, request):
    """Runs the allocation of a list of sales; gives lines and differences by sale number."""
    shop()
    opened = open_shop(request.param)
    opened.run("dbt", "compile", "--quiet", "--select", *MODELS, "--no-introspect")
    folder = opened.target / "compiled/tillhouse/models/intermediate/sales"
    queries = {name: (folder / f"{name}.sql").read_text(encoding="utf-8") for name in MODELS}
    with opened.warehouse.connect() as db:
        db.execute("create schema intermediate")
        db.execute(f"create table intermediate.int_sale_totals ({TOTALS})")
        db.execute(f"create table intermediate.int_sale_lines_unioned ({LINES})")

        def run(generated: list[dict]) -> dict[str, dict[str, list[dict]]]:
            _fill(db, generated)
            db.execute("drop table if exists intermediate.int_sale_lines_allocated")
            allocation = queries["int_sale_lines_allocated"]
            db.execute(f"create table intermediate.int_sale_lines_allocated as {allocation}")
            found = {
                "lines": db.fetch("select * from intermediate.int_sale_lines_allocated"),
                "differences": db.fetch(queries["int_sale_differences"]),
            }
            return {
                kind: {
                    str(n): [row for row in rows if row["_version_id"] == str(n)]
                    for n in range(len(generated))
                }
                for kind, rows in found.items()
            }

        yield run


def _fill(db, generated: list[dict]) -> None:
    for table in ("int_sale_totals", "int_sale_lines_unioned"):
        db.execute(f"delete from intermediate.{table}")
    for n, sale in enumerate(generated):
        total = None if sale["net"] is None else sale["net"] + sale["tax"]
        db.execute(
            f"insert into intermediate.int_sale_totals values ({', '.join('?' * 13)})",
            (
                str(n),
                str(n),
                "a",
                str(n),
                Decimal("0.01"),
                100,
                1000,
                total,
                sale["tax"],
                0,
                sale["tip"],
                sale["discount"],
                sale["net"],
            ),
        )
        for position, (net, discount, tax) in enumerate(sale["lines"], start=1):
            values = (str(n), "a", str(n), f"l{position}", position, None, None, None, net < 0)
            values += (None, 1, None, net, discount, tax, None, None)
            db.execute(
                f"insert into intermediate.int_sale_lines_unioned values ({', '.join('?' * 17)})",
                values,
            )


@pytest.mark.parametrize("allocate", ["duckdb", "postgres"], indirect=True)
def test_lines_and_difference_add_up_to_what_the_till_states(allocate):
    seen = {"sales": 0, "differences": 0}

    @settings(
        max_examples=15,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    @given(st.lists(sales(), min_size=20, max_size=40))
    def conserves_cents(generated):
        found = allocate(generated)
        for n, sale in enumerate(generated):
            seen["sales"] += 1
            _check(sale, found["lines"][str(n)], found["differences"][str(n)])
            seen["differences"] += len(found["differences"][str(n)])

    conserves_cents()
    assert seen["sales"] >= 300
    assert 0 < seen["differences"] < 2 * seen["sales"]


def _check(sale: dict, lines: list[dict], differences: list[dict]) -> None:
    assert len(lines) == len(sale["lines"]), "no line is lost or made"
    assert len({row["line_type"] for row in differences}) == len(differences) <= 2
    for line in lines:
        assert line["gross_amount"] - line["discount_amount"] == line["net_amount"]
        assert line["net_amount"] + line["tax_amount"] == line["total_amount"]
    net = sum((row["net_amount"] for row in lines + differences), Decimal(0))
    tax = sum((row["tax_amount"] for row in lines + differences), Decimal(0))
    if sale["net"] is None:
        assert net == sum((line[0] for line in sale["lines"]), Decimal(0))
        assert not differences
        return
    assert net == Decimal(sale["net"]).scaleb(-2)
    assert tax == Decimal(sale["tax"]).scaleb(-2)
    by_line = {line["line_id"]: line for line in lines}
    for position, (stated, _, _) in enumerate(sale["lines"], start=1):
        got = by_line[f"l{position}"]["net_amount"]
        assert abs(got - stated) < Decimal("0.01"), "a line moves by less than a cent"


@pytest.mark.parametrize("allocate", ["duckdb", "postgres"], indirect=True)
def test_a_sale_and_its_full_return_are_nothing(allocate):
    @settings(
        max_examples=10,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.lists(sales().filter(lambda sale: sale["net"] is not None), min_size=10, max_size=20))
    def cancels(generated):
        returned = [
            {
                "lines": [
                    (-net, -discount, None if tax is None else -tax)
                    for net, discount, tax in sale["lines"]
                ],
                "net": -sale["net"],
                "tax": -sale["tax"],
                "tip": -sale["tip"],
                "discount": -sale["discount"],
            }
            for sale in generated
        ]
        found = allocate(generated + returned)
        for n in range(len(generated)):
            both = [str(n), str(n + len(generated))]
            rows = [row for kind in found.values() for sale in both for row in kind[sale]]
            assert sum((r["net_amount"] + r["tax_amount"] for r in rows), Decimal(0)) == 0

    cancels()
