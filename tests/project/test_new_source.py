"""What `scripts.new_source` lays out can be imported, parsed and read, and overwrites nothing."""

from __future__ import annotations

import ast
import os
import subprocess
import sys

import yaml

from ingestion.accounts import PROJECT_DIR
from scripts.new_source import files, main, what_is_left


def test_what_is_written_is_python_yaml_and_sql_that_hold_together():
    made = files("corner_till", "Corner Till", ["locations", "sales"])
    entities = made["ingestion/sources/corner_till/entities.py"]
    space: dict = {}
    exec(compile(entities, "entities", "exec"), space)
    assert [entity.name for entity in space["ENTITIES"]] == ["locations", "sales"]
    ast.parse(made["ingestion/sources/corner_till/__init__.py"])
    folder = "models/staging/corner_till"
    sources = yaml.safe_load(made[f"{folder}/_corner_till__sources.yml"])["sources"][0]
    assert [table["name"] for table in sources["tables"]] == ["locations", "sales"]
    assert all(len(table["columns"]) == 10 for table in sources["tables"])
    models = yaml.safe_load(made[f"{folder}/_corner_till__models.yml"])["models"]
    assert {model["name"] for model in models} == {
        name.removeprefix(f"{folder}/").removesuffix(".sql")
        for name in made
        if name.endswith(".sql")
    }
    assert "source('raw_corner_till', 'sales')" in made[f"{folder}/stg_corner_till__sales.sql"]


def test_nothing_is_written_over_and_what_is_left_is_said(tmp_path, capsys):
    there = tmp_path / "ingestion/sources/corner_till/README.md"
    there.parent.mkdir(parents=True)
    there.write_text("mine")
    assert main(["corner_till", "sales", "--into", str(tmp_path)]) == 0
    assert there.read_text() == "mine"
    assert (tmp_path / "models/staging/corner_till/stg_corner_till__sales.sql").exists()
    said = capsys.readouterr().out
    assert "is there already  ingestion/sources/corner_till/README.md" in said
    assert "int_corner_till__sale_lines" in said
    assert what_is_left("corner_till") in said


def test_a_name_that_cannot_be_a_table_is_refused(tmp_path, capsys):
    assert main(["Corner-Till", "sales", "--into", str(tmp_path)]) == 2
    assert "Corner-Till: use lower-case letters" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


CONFTEST = """
import ingestion.fakes
import ingestion.sources
import tests.ingestion
from tests.conftest import slept

ingestion.fakes.__path__.append({fakes!r})
ingestion.sources.__path__.append({sources!r})
"""


def test_the_first_test_of_a_new_till_passes_as_it_is_written(tmp_path):
    main(["corner_till", "locations", "sales", "--into", str(tmp_path)])
    folders = {name: str(tmp_path / "ingestion" / name) for name in ("fakes", "sources")}
    (tmp_path / "conftest.py").write_text(CONFTEST.format(**folders), encoding="utf-8")
    test = tmp_path / "tests/ingestion/test_corner_till_api.py"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--import-mode=importlib", "-c", os.devnull]
        + [f"--rootdir={tmp_path}", str(test)],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(PROJECT_DIR)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "5 passed" in done.stdout, done.stdout + done.stderr


def test_what_is_written_keeps_the_rules_of_the_linter():
    for path, text in files("corner_till", "Corner Till", ["locations", "sales"]).items():
        for check in (
            (["check", "--ignore", "I001"], ["format", "--diff"]) if path.endswith(".py") else ()
        ):
            done = subprocess.run(
                [sys.executable, "-m", "ruff", *check, "--stdin-filename", path, "-"],
                cwd=PROJECT_DIR,
                input=text,
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, done.stdout
