"""The rules for models, on small made-up manifests: each breach is found, and nothing else."""

import pytest

from scripts import lint_models
from scripts.lint_models import Finding, apply_exceptions, lint
from scripts.lint_sql import count_lines, has_star_in_union, sql_findings


def model(path, reads=(), **more):
    name = path.rpartition("/")[2]
    return {
        "unique_id": f"model.tillhouse.{name}",
        "resource_type": "model",
        "package_name": "tillhouse",
        "name": name,
        "original_file_path": f"models/{path}.sql",
        "raw_code": "select 1 as one",
        "description": "One row per thing.",
        "columns": {"one": {"name": "one", "description": "The number one."}},
        "depends_on": {"nodes": list(reads)},
        "config": {"contract": {"enforced": True}},
    } | more


def key_test(of, name="unique", **kwargs):
    return {
        "unique_id": f"test.tillhouse.{name}_{of['name']}",
        "resource_type": "test",
        "attached_node": of["unique_id"],
        "test_metadata": {"name": name, "kwargs": kwargs or {"column_name": "one"}},
    }


RAW = {
    "unique_id": "source.tillhouse.raw_files.sales",
    "resource_type": "source",
    "package_name": "tillhouse",
    "name": "sales",
    "description": "The till's sales.",
    "columns": {"payload": {"name": "payload", "description": "The record."}},
}
SEED = RAW | {"unique_id": "seed.tillhouse.line_types", "resource_type": "seed", "name": "types"}
STAGING = model("staging/files/stg_files__sales", [RAW["unique_id"]])
CONFORMED = model("intermediate/sales/int_sales", [STAGING["unique_id"], SEED["unique_id"]])
FACT = model("marts/sales/fct_sales", [CONFORMED["unique_id"]])
REPORT = model("marts/reports/rpt_daily_sales", [FACT["unique_id"]])


def manifest(*changed, without_key_test=(), macros=(), exposures=()):
    """A project of one model per layer that keeps every rule, with `changed` nodes put over it."""
    base = {m["unique_id"]: m for m in (SEED, STAGING, CONFORMED, FACT, REPORT)}
    base |= {node["unique_id"]: node for node in changed}
    tests = [
        key_test(node)
        for node in base.values()
        if node["resource_type"] == "model" and node["name"] not in without_key_test
    ]
    return {
        "nodes": base | {test["unique_id"]: test for test in tests},
        "sources": {RAW["unique_id"]: RAW},
        "macros": dict(enumerate(macros)),
        "exposures": dict(enumerate(exposures)),
    }


def broken(*args, **kwargs):
    return {(f.rule, f.name) for f in lint(manifest(*args, **kwargs))}


def test_a_project_that_keeps_the_rules_has_no_findings():
    assert broken() == set()


@pytest.mark.parametrize(
    ("path", "reads", "found"),
    [
        ("intermediate/sales/int_x", RAW, {"layer"}),
        ("staging/files/stg_files__x", STAGING, {"layer"}),
        ("staging/files/stg_files__x", SEED, {"layer"}),
        ("intermediate/sales/int_x", FACT, {"layer"}),
        ("marts/sales/fct_x", STAGING, {"layer"}),
        ("marts/sales/fct_x", SEED, {"layer"}),
        ("marts/sales/fct_x", REPORT, {"layer"}),
        ("marts/sales/fct_x", FACT, set()),
        ("marts/reports/rpt_x", CONFORMED, {"layer"}),
        ("marts/reports/rpt_x", REPORT, set()),
        ("cleaned/int_x", STAGING, {"layer"}),
        ("staging/files/stg_lightspeed_x__x", RAW, {"prefix"}),
        ("intermediate/sales/sales_x", STAGING, {"prefix"}),
        ("marts/sales/rpt_x", FACT, {"prefix"}),
        ("marts/reports/fct_x", FACT, {"prefix"}),
        ("marts/links/product_links", CONFORMED, set()),
    ],
)
def test_layers_and_names(path, reads, found):
    assert {rule for rule, _ in broken(model(path, [reads["unique_id"]]))} == found


def test_a_staging_model_reads_exactly_one_raw_table():
    assert ("one_raw_table", "stg_files__sales") in broken(STAGING | {"depends_on": {"nodes": []}})


def test_what_is_not_described_is_found():
    assert ("described", "int_sales") in broken(CONFORMED | {"description": " "})
    assert ("described", "types") in broken(SEED | {"description": ""})
    assert ("columns_described", "int_sales") in broken(CONFORMED | {"columns": {}})
    silent = {"one": {"name": "one", "description": ""}}
    assert ("columns_described", "fct_sales") in broken(FACT | {"columns": silent})


def test_staged_fields_must_be_described():
    code = (
        "{{ staged_records(source('raw_files', 'sales'), {'id': 'text as one', 'a.b': 'number'}) }}"
    )
    found = lint(manifest(STAGING | {"raw_code": code}))
    assert [f.message for f in found] == ["does not describe its columns a_b"]


def test_a_model_without_a_key_test_is_found():
    assert broken(without_key_test={"int_sales"}) == {("key_test", "int_sales")}
    pair = key_test(CONFORMED, "unique_combination_of_columns", combination_of_columns=["a", "b"])
    assert broken(pair, without_key_test={"int_sales"}) == set()
    assert broken(key_test(CONFORMED, "not_null"), without_key_test={"int_sales"}) != set()


def test_an_adapter_that_is_a_view_has_its_key_test_in_the_union():
    view = {"config": {"materialized": "view", "contract": {"enforced": True}}}
    adapter = model("intermediate/sales/int_files__sales", [STAGING["unique_id"]]) | view
    between = model("intermediate/sales/int_sales_unioned", [adapter["unique_id"]]) | view
    union = CONFORMED | {"depends_on": {"nodes": [between["unique_id"]]}}
    alone = {"int_files__sales", "int_sales_unioned"}
    found = ("key_test", "int_files__sales")
    assert found not in broken(adapter, between, union, without_key_test=alone)
    assert ("key_test", "int_sales_unioned") in broken(
        adapter, between, union, without_key_test=alone
    )
    assert found in broken(adapter, between, union, without_key_test=alone | {"int_sales"})
    assert found in broken(adapter, without_key_test=alone), "nobody reads it"
    table = adapter | {"config": {"materialized": "table", "contract": {"enforced": True}}}
    assert found in broken(table, between, union, without_key_test=alone)
    summed = model("intermediate/sales/int_files__day_totals", [STAGING["unique_id"]]) | view
    sums = model("intermediate/sales/int_day_totals", [summed["unique_id"]])
    assert ("key_test", summed["name"]) in broken(
        summed, sums, without_key_test={summed["name"]}
    ), "adding up hides rows that stand twice"
    other = model("intermediate/sales/int_files__rejected_records", [STAGING["unique_id"]]) | view
    assert ("key_test", other["name"]) in broken(other, without_key_test={other["name"]})


def test_marts_and_conformed_models_need_a_contract():
    loose = {"config": {"contract": {"enforced": False}}}
    adapter = model("intermediate/sales/int_files__sale_lines", [STAGING["unique_id"]], **loose)
    helper = model("intermediate/sales/int_line_types", [STAGING["unique_id"]], **loose)
    assert broken(CONFORMED | loose, FACT | loose, REPORT | loose, adapter, helper) == {
        ("contract", name)
        for name in ("int_sales", "fct_sales", "rpt_daily_sales", "int_files__sale_lines")
    }


def test_exposures_deliver_marts_only():
    def exposure(of):
        return {"name": "daily", "depends_on": {"nodes": [of["unique_id"]]}}

    assert broken(exposures=[exposure(REPORT)]) == set()
    assert broken(exposures=[exposure(CONFORMED)]) == {("exposure", "daily")}


def test_macros_outside_the_engine_folder_are_plain_sql():
    def macro(path, package="tillhouse"):
        return {
            "name": "m",
            "package_name": package,
            "original_file_path": path,
            "macro_sql": "{% if target.type == 'postgres' %} x::text {% endif %}",
        }

    wrong = {("no_target_branch", "m"), ("no_cast_operator", "m")}
    assert broken(macros=[macro("macros/money.sql")]) == wrong
    assert broken(macros=[macro("macros/engine/money.sql")]) == set()
    assert broken(macros=[macro("macros/money.sql", "dbt_utils")]) == set()


@pytest.mark.parametrize(
    ("code", "rule"),
    [
        ("select {{ 'a' if target.type == 'duckdb' else 'b' }}", "no_target_branch"),
        ("select a::text from b", "no_cast_operator"),
        ("select {{ to_number('a::text') }} from b", "no_cast_operator"),
        ("select a from b qualify row_number() over (order by c) = 1", "no_engine_dialect"),
        ("select a, sum(b) from c GROUP BY ALL", "no_engine_dialect"),
        ("select a from b union all by name select a from c", "no_engine_dialect"),
        ("select * exclude (a) from b", "no_engine_dialect"),
        ("select a / b as ratio from c", "no_division"),
        ("select a/b as ratio from c", "no_division"),
        ("select {{ to_number('a / b') }} from c", "no_division"),
        ("{% if var('wide') %} select 1 {% endif %}", "no_branch_on_var"),
        ("{% set c = adapter.get_columns_in_relation(ref('a')) %} select 1", "no_catalog_read"),
        ("select * from a union all select b from c", "no_star_in_union"),
        ("select 1 as a\n" * 121, "short_file"),
    ],
)
def test_sql_that_is_refused(code, rule):
    assert [found for found, _ in sql_findings(code)] == [rule]


@pytest.mark.parametrize(
    "code",
    [
        "select a as b -- a / b, x::text, qualify\nfrom c /* target.type */",
        "{# target.type, a / b #} select 'AC/DC :: qualify' as a, 'it''s / ok' as b from c",
        "select {{ to_local('sold_at', 'America/Vancouver') }} as a from b",
        "{{ config(enabled='files' in var('pos_sources')) }} select 1 as a",
        "select count(*) as n, a * b as c from d",
        "with a as (select * from {{ ref('b') }}), c as (select x from a union all select x from a)"
        " select * from c",
        "select 1 as a\n" * 120 + "-- a remark\n\n" * 30,
    ],
)
def test_sql_that_is_accepted(code):
    assert sql_findings(code) == []


@pytest.mark.parametrize(
    "code",
    [
        "select * from a union select * from b",
        "select b from a union all select * from b",
        "select a.* from {{ ref('a') }} as a where f(x) = (select 1) union all select b from c",
        "with u as (select * from a where b in (1, 2) union all select c from d) select e from u",
        "select b from a union all\n\n  select distinct * from {{ ref('c') }}",
    ],
)
def test_a_star_on_either_side_of_a_union_is_found(code):
    assert has_star_in_union(code)


def test_lines_are_counted_without_remarks():
    assert count_lines("-- one\n\n{# two\nthree #}\nselect 1 -- four\nfrom a\n") == 2


def test_exceptions_take_away_their_findings_and_must_be_needed_and_reasoned():
    found = [Finding("layer", "int_x", "reads raw"), Finding("layer", "int_y", "reads raw")]
    assert apply_exceptions(found, {("layer", "int_x"): "a good reason"}) == found[1:]
    left = apply_exceptions(found[:1], {("layer", "int_x"): " ", ("prefix", "gone"): "was so"})
    assert [f.message for f in left] == [
        "has an exception without a reason",
        "has an exception that is not needed; delete its line",
    ]


def test_the_command_ends_with_1_and_names_place_and_rule(monkeypatch, capsys):
    monkeypatch.setattr(
        lint_models, "current_manifest", lambda **_: manifest(FACT | {"description": ""})
    )
    monkeypatch.setattr(lint_models, "read_exceptions", lambda path: {})
    assert lint_models.main() == 1
    assert "fct_sales has no description (described)" in capsys.readouterr().out
    monkeypatch.setattr(lint_models, "current_manifest", lambda **_: manifest())
    assert lint_models.main() == 0
    assert "every rule holds in 4 models" in capsys.readouterr().out
