"""`scripts.build` on a small dbt project where things go well, badly and not at all."""

import json

import pytest
from rich.console import Console

from ingestion import lock
from ingestion.accounts import AccountError
from scripts import build, manifest

DOUBTFUL = "A till that sold nothing all day was perhaps not read. Look at its last load."


@pytest.fixture
def project(make_warehouse, tmp_path, monkeypatch):
    """A function that writes the project's files and gives its warehouse."""
    folder = tmp_path / "project"

    def write(sql: dict[str, str], **yml):
        for name, text in sql.items():
            path = folder / f"{name}.sql"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        (folder / "models/models.yml").write_text(json.dumps({"version": 2} | yml))
        warehouse = make_warehouse("duckdb")
        with warehouse.connect():  # makes its folder
            pass
        settings = {
            "name": "small",
            "profile": "tillhouse",
            "config-version": 2,
            "flags": {"send_anonymous_usage_stats": False},
        }
        (folder / "dbt_project.yml").write_text(json.dumps(settings))
        outputs = {"duckdb": warehouse.settings | {"schema": "main", "threads": 1}}
        profile = {"tillhouse": {"target": "duckdb", "outputs": outputs}}
        (folder / "profiles.yml").write_text(json.dumps(profile))
        monkeypatch.setattr(manifest, "PROJECT_DIR", folder)
        monkeypatch.setenv("DBT_PROFILES_DIR", str(folder))
        return warehouse

    return write


def said(outcome) -> str:
    console = Console(width=200, soft_wrap=True)
    with console.capture() as capture:
        build.print_outcome(outcome, console)
    return capture.get()


def test_the_outcome_names_what_failed_and_the_rest_is_built(project):
    columns = [{"name": "one", "data_tests": ["unique", "not_null"]}]
    warehouse = project(
        {
            "models/good": "select 1 as one union all select 1",
            "models/broken": "select no_such_column",
            "models/after": "select * from {{ ref('broken') }}",
            "tests/sold_nothing": "{{ config(severity='warn') }} select 1 from {{ ref('good') }}",
        },
        models=[{"name": "good", "columns": columns}],
        data_tests=[{"name": "sold_nothing", "description": DOUBTFUL}],
    )
    outcome = build.build(warehouse)
    assert not outcome.ok
    assert dict(outcome.done) == {"model": 1, "test": 2}
    assert {problem.name for problem in outcome.failed} == {"broken", "unique_good_one"}
    assert outcome.skipped == ["after"]
    text = said(outcome)
    assert "test unique_good_one\n    unique: good.one\n    Got 1 result" in text
    assert f"test sold_nothing\n    {DOUBTFUL}" in text
    assert "1 model built, 2 tests passed, 1 failed" in text
    assert "no_such_column" in text
    assert "dbt show --select unique_good_one" in text


def test_a_build_that_goes_well_ends_with_0_and_selects_as_told(project, monkeypatch, capsys):
    warehouse = project({"models/one": "select 1 as one", "models/two": "select 2 as two"})
    monkeypatch.setattr(build, "open_warehouse", lambda target: warehouse)
    assert build.main(["--select", "one"]) == 0
    assert "1 model built, 0 tests passed" in capsys.readouterr().out
    assert build.main(["--exclude", "nothing_of_this_name", "--full-refresh"]) == 0
    assert "2 models built" in capsys.readouterr().out


def test_a_project_that_does_not_parse_ends_with_1_and_dbts_words(project, monkeypatch, capsys):
    warehouse = project({"models/one": "select * from {{ ref('absent') }}"})
    monkeypatch.setattr(build, "open_warehouse", lambda target: warehouse)
    assert build.main([]) == 1
    out = capsys.readouterr().out
    assert "did not start" in out and "absent" in out


def test_dbt_never_gets_the_seeds_by_an_absolute_path(project, tmp_path, monkeypatch):
    """dbt would write a seed's SQL over the seed."""
    warehouse = project({"models/one": "select 1 as one"})
    seeds = tmp_path / "elsewhere"
    seeds.mkdir()
    (seeds / "tills.csv").write_text("till\nA\n")
    monkeypatch.setenv("TILLHOUSE_SEEDS", str(seeds))
    with pytest.raises(AccountError, match="Name a folder inside the project"):
        build.build(warehouse)
    assert (seeds / "tills.csv").read_text() == "till\nA\n"


def test_the_warehouse_is_held_while_dbt_runs(project, monkeypatch):
    warehouse = project({"models/one": "select 1 as one"})
    held = []

    def run_dbt(*_, **__):
        held.append(warehouse.label in lock._held)
        return type("Result", (), {"result": None, "success": True, "exception": None})

    monkeypatch.setattr(build, "run_dbt", run_dbt)
    build.build(warehouse)
    assert held == [True]
