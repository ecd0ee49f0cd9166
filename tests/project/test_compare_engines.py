"""Two warehouses are compared to the last digit, and what differs is shown."""

import pytest

from scripts.compare_engines import Mart, _print_outcome, compare, declared_marts

SALES = Mart("marts", "fct_sales", ("line_key",))
COLUMNS = (
    "line_key varchar, amount numeric(18, 5), units integer, is_counted boolean,"
    " sold_at timestamp, business_date date"
)
ROWS = (
    "('a', 12.50000, 1, true, timestamp '2024-03-10 01:02:03.5', date '2024-03-10')",
    "('b', -0.00500, -60, false, timestamp '2024-03-10 00:00:00', date '1970-01-01')",
    "('ç 店 '' ~', null, null, null, null, null)",
    "('d', 123456789.12345, 0, true, timestamp '2024-12-31 23:59:59.999999', null)",
)


def fill(warehouse, rows=ROWS, columns=COLUMNS, table="fct_sales"):
    with warehouse.connect() as db:
        db.execute("create schema if not exists marts")
        db.execute(f"create table marts.{table} ({columns})")
        if rows:
            db.execute(f"insert into marts.{table} values {', '.join(rows)}")


@pytest.fixture
def engines(make_warehouse):
    return make_warehouse("duckdb"), make_warehouse("postgres")


def test_the_same_rows_in_any_order_and_type_of_number_agree(engines):
    fill(engines[0], ROWS)
    fill(engines[1], ROWS[::-1], COLUMNS.replace("integer", "bigint").replace("varchar", "text"))
    for warehouse in engines:
        fill(warehouse, (), table="fct_empty")
    [sales, empty] = compare(*engines, [SALES, Mart("marts", "fct_empty")])
    assert (sales.left.rows, sales.right.rows, sales.differences) == (4, 4, [])
    assert (empty.left.rows, empty.differences) == (0, [])
    assert _print_outcome([sales, empty], "duckdb", "postgres") == 0


@pytest.mark.parametrize(
    ("was", "now", "shown"),
    [
        ("12.50000", "12.50001", "a: amount 12.5000000000 | 12.5000100000"),
        (
            "null, null, null, null, null",
            "0, null, null, null, null",
            "amount ~null~ | 0.0000000000",
        ),
        ("true, timestamp", "null, timestamp", "a: is_counted true | ~null~"),
        ("03.5'", "03.500001'", "sold_at 2024-03-10 01:02:03.5 | 2024-03-10 01:02:03.500001"),
        ("('b'", "('B'", "b: only in duckdb: -0.0050000000"),
    ],
)
def test_any_difference_is_found_and_shown_with_its_key(engines, was, now, shown):
    changed = tuple(row.replace(was, now, 1) for row in ROWS)
    assert changed != ROWS
    fill(engines[0], ROWS)
    fill(engines[1], changed)
    [found] = compare(*engines, [SALES])
    assert any(shown in line for line in found.differences), found.differences
    assert _print_outcome([found], "duckdb", "postgres") == 1


def test_a_row_that_stands_twice_on_one_side_only_is_a_difference(engines):
    fill(engines[0], (*ROWS, ROWS[0]))
    fill(engines[1], (*ROWS, ROWS[1]))
    [found] = compare(*engines, [SALES])
    assert found.differences[0] == "1 rows only in duckdb, 1 rows only in postgres"


def test_values_do_not_run_into_their_neighbours(engines):
    columns = "line_key varchar, one varchar, two varchar"
    fill(engines[0], ("('a', 'xy', 'z')",), columns)
    fill(engines[1], ("('a', 'x', 'yz')",), columns)
    assert compare(*engines, [SALES])[0].differences


def test_a_missing_mart_and_other_columns_are_said(engines, capsys):
    fill(engines[0])
    [missing] = compare(*engines, [SALES])
    assert missing.differences == ["missing in postgres; build it there first"]
    fill(engines[1], (), COLUMNS.replace("units integer", "units varchar, extra date"))
    [odd] = compare(*engines, [SALES])
    assert odd.differences == ["columns differ: extra (missing, time), units (number, text)"]
    assert _print_outcome([missing, odd], "duckdb", "postgres") == 1
    assert "2 of 2 marts differ" in capsys.readouterr().out


def test_at_most_five_rows_are_shown(engines):
    rows = tuple(f"('{n:02}', {n}, 1, true, null, null)" for n in range(20))
    fill(engines[0], rows)
    fill(engines[1], tuple(row.replace("true", "false") for row in rows))
    [found] = compare(*engines, [SALES])
    assert found.differences[0] == "20 rows only in duckdb, 20 rows only in postgres"
    assert len(found.differences) == 6


def test_the_marts_come_from_the_manifest_with_their_keys():
    def node(name, folder):
        return {
            "unique_id": name,
            "resource_type": "model",
            "name": name,
            "alias": name,
            "schema": "marts",
            "original_file_path": f"models/{folder}/{name}.sql",
        }

    key = {
        "resource_type": "test",
        "attached_node": "fct_sales",
        "test_metadata": {"name": "unique", "kwargs": {"column_name": "line_key"}},
    }
    nodes = {
        n["name"]: n for n in (node("fct_sales", "marts/sales"), node("int_x", "intermediate"))
    }
    assert declared_marts({"nodes": nodes | {"test": key}}) == [SALES]
