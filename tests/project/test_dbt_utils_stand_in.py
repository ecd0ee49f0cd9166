"""Our stand-in for dbt_utils gives what the published package documents, on both engines."""

import hashlib
import json
import shutil
from datetime import datetime, timedelta

import pytest
from dbt.cli.main import dbtRunner

from ingestion.accounts import PROJECT_DIR
from ingestion.destinations import Warehouse

NULL = "_dbt_utils_surrogate_key_null_"
KEYED = {  # expression: how the engines write it as text
    "cast('one' as varchar)": "one",
    "cast(null as varchar)": NULL,
    "cast(7 as bigint)": "7",
    "cast(12.50 as numeric(10, 2))": "12.50",
    "cast('2024-03-10 01:02:03' as timestamp)": "2024-03-10 01:02:03",
    "cast('2024-03-10' as date)": "2024-03-10",
    "true": "true",
}
MODELS = {
    "keys": "select {{ dbt_utils.generate_surrogate_key(var('keyed')) }} as many,"
    " {{ dbt_utils.generate_surrogate_key(['cast(7 as bigint)']) }} as one,"
    " {{ dbt_utils.generate_surrogate_key(['cast(null as varchar)']) }} as nothing",
    "days": "select * from ({{ dbt_utils.date_spine('day', var('first'), var('last')) }}) as days",
    "months": "{{ dbt_utils.date_spine('month', var('first'), \"cast('2024-04-01' as date)\") }}",
    "numbers": "select 'a' as letter, 1 as number, 10 as twice"
    " union all select 'a', 1, 2 union all select 'b', 1, 2"
    " union all select cast(null as varchar), 5, null",
}
FAILURES = {  # test: rows that fail it in `numbers`
    "pair": {"unique_combination_of_columns": {"combination_of_columns": ["letter", "number"]}},
    "triple": {
        "unique_combination_of_columns": {"combination_of_columns": ["letter", "number", "twice"]}
    },
    "expression": {"expression_is_true": {"expression": "twice = 2 * number"}},
}
COLUMN_TESTS = {
    "from_2": {"min_value": 2},
    "to_5": {"max_value": 5},
    "below_5": {"max_value": 5, "inclusive": False},
    "1_to_5": {"min_value": 1, "max_value": 5},
}
EXPECTED_FAILURES = {
    "pair": 1, "triple": 0, "expression": 1,
    "from_2": 3, "to_5": 0, "below_5": 1, "1_to_5": 0, "column_expression": 1,
}  # fmt: skip


WARN = {"severity": "warn"}  # failing rows are what is looked at


def generic_test(name, arguments):
    [(test, arguments)] = arguments.items()
    return {f"dbt_utils.{test}": {"name": name, "arguments": arguments, "config": WARN}}


def write_project(folder, warehouse: Warehouse):
    shutil.copytree(PROJECT_DIR / "packages/dbt_utils", folder / "dbt_packages/dbt_utils")
    (folder / "models").mkdir()
    for name, sql in MODELS.items():
        (folder / "models" / f"{name}.sql").write_text(sql)
    ranges = [
        generic_test(name, {"accepted_range": arguments})
        for name, arguments in COLUMN_TESTS.items()
    ]
    ranges.append(generic_test("column_expression", {"expression_is_true": {"expression": "< 5"}}))
    numbers = {
        "name": "numbers",
        "data_tests": [generic_test(name, test) for name, test in FAILURES.items()],
        "columns": [{"name": "number", "data_tests": ranges}],
    }
    write_json(folder / "models/models.yml", {"version": 2, "models": [numbers]})
    write_json(
        folder / "packages.yml",
        {"packages": [{"package": "dbt-labs/dbt_utils", "version": "1.3.0"}]},
    )
    keyed = list(KEYED)
    dates = {"first": "cast('2024-02-27' as date)", "last": "cast('2024-03-02' as date)"}
    project = {
        "name": "stand_in",
        "profile": "tillhouse",
        "config-version": 2,
        "packages-install-path": "dbt_packages",
        "models": {"+materialized": "table"},
        "vars": {"keyed": keyed} | dates,
        "flags": {"send_anonymous_usage_stats": False},
    }
    write_json(folder / "dbt_project.yml", project)
    outputs = {"test": {"schema": "main", "threads": 1} | warehouse.settings}
    write_json(folder / "profiles.yml", {"tillhouse": {"target": "test", "outputs": outputs}})


def write_json(path, content):
    """JSON is YAML too."""
    path.write_text(json.dumps(content))


@pytest.fixture
def built(warehouse, tmp_path):
    """The warehouse after `dbt build` of the small project, and the failing rows by test."""
    folder = tmp_path / "project"
    folder.mkdir()
    with warehouse.connect():  # makes the folder of a DuckDB file, which dbt does not
        pass
    write_project(folder, warehouse)
    where = ["--project-dir", str(folder), "--profiles-dir", str(folder)]
    result = dbtRunner().invoke(["--quiet", "build", *where])
    assert result.success, result.exception
    return warehouse, {run.node.name: run.failures for run in result.result}


def md5(text):
    return hashlib.md5(text.encode()).hexdigest()


def test_the_stand_in_gives_the_documented_results(built):
    warehouse, failures = built
    schema = warehouse.settings.get("schema", "main")
    with warehouse.connect() as db:
        assert db.fetch(f"select many, one, nothing from {schema}.keys") == [
            {"many": md5("-".join(KEYED.values())), "one": md5("7"), "nothing": md5(NULL)}
        ]
        days = db.fetch(f"select date_day from {schema}.days order by 1")
        first = datetime(2024, 2, 27)
        assert [row["date_day"] - first for row in days] == [timedelta(days=n) for n in range(4)]
        months = db.fetch(f"select date_month from {schema}.months order by 1")
        assert [row["date_month"] for row in months] == [
            first,
            datetime(2024, 3, 27),
        ]
    assert {name: failures[name] for name in EXPECTED_FAILURES} == EXPECTED_FAILURES
