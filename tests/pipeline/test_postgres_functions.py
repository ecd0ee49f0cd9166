"""The functions that PostgreSQL gets from `create_functions`, where they once lost rows."""

from __future__ import annotations

import duckdb


def test_every_payload_is_read_when_postgres_works_in_parallel(open_shop, shop):
    shop()
    opened = open_shop("postgres")
    opened.run("dbt", "seed", "--quiet", "--select", "currencies")
    with opened.warehouse.connect() as db:
        db.execute(
            "create table payloads as select format('{\"n\": %s}', n) as payload,"
            " '2024-01-02T03:04:05Z' as at from generate_series(1, 300000) as n"
        )
        for setting in (
            "parallel_setup_cost = 0",
            "parallel_tuple_cost = 0",
            "min_parallel_table_scan_size = 0",
            "max_parallel_workers_per_gather = 4",
        ):
            db.execute(f"set {setting}")
        db.execute(
            "create table parsed as select tillhouse.to_json(payload) as payload,"
            " tillhouse.to_timestamp(at) as at, tillhouse.to_date(at) as day from payloads"
        )
        counts = db.fetch(
            "select count(*) as rows, count(payload) as payloads,"
            " count(at) as times, count(day) as days from parsed"
        )
    assert counts == [{"rows": 300_000, "payloads": 300_000, "times": 300_000, "days": 300_000}]


def test_what_is_no_value_is_null_and_one_odd_character_costs_nothing(open_shop, shop):
    shop()
    opened = open_shop("postgres")
    opened.run("dbt", "seed", "--quiet", "--select", "currencies")
    cases = {
        '{"a": 1.10}': '{"a": 1.10}',
        '{"a": "x\\u0000y"}': '{"a": "x\ufffdy"}',
        '{"a": "\\ud83d"}': '{"a": "\ufffd"}',
        '{"a": NaN, "b": 2}': '{"a": "NaN", "b": 2}',
        '{"a": 1': None,
        "": None,
    }
    for payload, expected in cases.items():
        found = opened.fetch("select cast(tillhouse.to_json(?) as text) as json", (payload,))
        assert found == [{"json": expected}], payload
    for text, expected in {
        "2024-02-30": None,
        "2024-02-29": "2024-02-29 00:00:00",
        "soon": None,
        "2024-03-10T01:30:00-08:00": "2024-03-10 09:30:00",
    }.items():
        found = opened.fetch("select cast(tillhouse.to_timestamp(?) as text) as at", (text,))
        assert found == [{"at": expected}], text


def test_letters_outside_ascii_are_counted_as_duckdb_counts_them(open_shop, shop):
    shop()
    opened = open_shop("postgres")
    opened.run("dbt", "seed", "--quiet", "--select", "currencies")
    sql = (
        "select levenshtein(tillhouse.bytes_as_letters(?), tillhouse.bytes_as_letters(?)) as edits"
    )
    for one, two in (
        ("smith", "smyth"),
        ("王伟", "王芳"),
        ("łódź", "lodz"),
        ("日本茶" * 30, "日本酒" * 30),
        ("", "é"),
    ):
        found = opened.fetch(sql, (one, two))
        with duckdb.connect() as db:
            known = db.execute("select levenshtein(left(?, 60), left(?, 60))", (one, two))
            assert found == [{"edits": known.fetchone()[0]}], (one, two)
