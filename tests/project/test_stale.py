"""A night builds what is stale and nothing else, and whatever is done meanwhile makes stale."""

from __future__ import annotations

import json
import shutil

import pytest

from ingestion.accounts import PROJECT_DIR
from scripts import manifest
from scripts.stale import build_stale

FILES = {
    "macros/shout.sql": "{% macro shout(text) %}upper({{ text }}){% endmacro %}",
    "models/sources.yml": json.dumps(
        {
            "version": 2,
            "sources": [{"name": "raw_till", "tables": [{"name": "sales"}, {"name": "products"}]}],
            "models": [{"name": "sold", "columns": [{"name": "id", "data_tests": ["unique"]}]}],
        }
    ),
    "models/products.sql": "select id, word from {{ source('raw_till', 'products') }}",
    "models/sales.sql": "{{ config(materialized='table') }} "
    "select id, word from {{ source('raw_till', 'sales') }}",
    "models/sold.sql": "select sales.id, {{ shout('sales.word') }} as word "
    "from {{ ref('sales') }} as sales",
    "models/known.sql": "{{ config(materialized='table') }} "
    "select sold.id, tills.till, sold.word from {{ ref('sold') }} as sold "
    "cross join {{ ref('tills') }} as tills",
    "seeds/tills.csv": "till\nA\n",
    "tests/few_words.sql": "select id from {{ ref('products') }} where word = 'wrong'",
}
ALL = {"products", "sales", "sold", "known", "tills", "unique_sold_id", "few_words"}
BELOW_SALES = {"sales", "known", "unique_sold_id"}


class Night:
    """A small project over a small raw schema; `build()` names what dbt built or tested."""

    def __init__(self, warehouse, folder) -> None:
        self.warehouse, self.folder = warehouse, folder
        for name, text in FILES.items():
            self.write(name, text)
        (folder / "macros").mkdir(exist_ok=True)
        shutil.copy(PROJECT_DIR / "macros/forget_built_nodes.sql", folder / "macros")
        shutil.copy(PROJECT_DIR / "macros/generate_schema_name.sql", folder / "macros")
        settings = {
            "name": "small",
            "profile": "tillhouse",
            "config-version": 2,
            "on-run-start": "{{ forget_built_nodes() }}",
            "flags": {"send_anonymous_usage_stats": False},
        }
        self.write("dbt_project.yml", json.dumps(settings))
        schema = "public" if warehouse.engine == "postgres" else "main"
        output = warehouse.settings | {"schema": schema, "threads": 1}
        profile = {"target": warehouse.target, "outputs": {warehouse.target: output}}
        self.write("profiles.yml", json.dumps({"tillhouse": profile}))
        self.run("create schema raw_till")
        for table in ("sales", "products"):
            columns = "id integer, word varchar, _dlt_load_id varchar, _dlt_valid_to timestamp"
            self.run(f"create table raw_till.{table} ({columns})")
            self.run(f"insert into raw_till.{table} values (1, 'one', '1', null)")

    def write(self, name: str, text: str) -> None:
        (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / name).write_text(text)

    def run(self, sql: str) -> None:
        with self.warehouse.connect() as db:
            db.execute(sql)

    def known(self) -> list[tuple]:
        return self.rows("known")

    def rows(self, relation: str) -> list[tuple]:
        with self.warehouse.connect() as db:
            return sorted(tuple(r.values()) for r in db.fetch(f"select * from {relation}"))

    def parsed_files(self) -> int:
        """How many files the last parse had to read anew."""
        told = json.loads((self.folder / "target" / "perf_info.json").read_text())
        return told["parsed_path_count"]

    def build(self) -> set[str]:
        result, _, self.anew = build_stale(self.warehouse)
        runs = getattr(result.result, "results", None) or []
        return {run.node.name for run in runs if run.node.resource_type != "operation"}


@pytest.fixture
def night(warehouse, tmp_path, monkeypatch):
    """A `Night` on each engine."""
    folder = tmp_path / "project"
    monkeypatch.setattr(manifest, "PROJECT_DIR", folder)
    monkeypatch.setenv("DBT_PROFILES_DIR", str(folder))
    monkeypatch.setenv("DBT_TARGET_PATH", str(folder / "target"))
    monkeypatch.delenv("TILLHOUSE_SEEDS", raising=False)
    return Night(warehouse, folder)


def test_what_is_new_is_built_and_the_rest_stays(night):
    is_duckdb = night.warehouse.engine == "duckdb"
    assert night.build() == ALL
    assert night.build() == set()
    night.run("insert into raw_till.sales values (2, 'two', '2', null)")
    # A view of PostgreSQL goes with its table.
    assert night.build() == BELOW_SALES | (set() if is_duckdb else {"sold"})
    assert night.known() == [(1, "A", "ONE"), (2, "A", "TWO")]
    night.run("update raw_till.products set _dlt_valid_to = '2024-01-02'")
    assert night.build() == {"few_words"} | (set() if is_duckdb else {"products"})
    night.write("seeds/tills.csv", "till\nB\n")
    assert night.build() == {"tills", "known"}
    assert night.known() == [(1, "B", "ONE"), (2, "B", "TWO")]


def test_a_changed_definition_is_built_with_all_that_reads_it(night):
    night.build()
    night.write(
        "models/sold.sql", FILES["models/sold.sql"].replace("sales.id,", "sales.id + 1 as id,")
    )
    assert night.build() == {"sold", "known", "unique_sold_id"}
    assert night.known() == [(2, "A", "ONE")]
    night.write("macros/shout.sql", FILES["macros/shout.sql"].replace("upper", "lower"))
    assert night.build() == ALL
    assert night.known() == [(2, "A", "one")]


def test_a_large_seed_is_known_by_what_it_holds(night):
    large = "till\n" + "".join(f"{n:060000}\n" for n in range(20))
    night.write("seeds/tills.csv", large)
    night.build()
    night.write("seeds/tills.csv", large[:-2] + "7\n")
    assert night.build() == {"tills", "known"}


def test_what_is_gone_or_was_built_by_hand_is_built_anew(night):
    night.build()
    night.run("drop view sold cascade")
    assert night.build() == {"sold", "known", "unique_sold_id"}
    night.run("drop table sales cascade")
    assert {"sales", "known"} <= night.build()
    assert night.known() == [(1, "A", "ONE")]
    assert manifest.run_dbt("run", "--select", "sales", "--target", night.warehouse.target).success
    assert BELOW_SALES <= night.build()
    assert night.known() == [(1, "A", "ONE")]
    assert night.build() == set()


def test_what_failed_is_tried_again_until_it_is_well(night):
    night.run("update raw_till.products set word = 'wrong', _dlt_load_id = '2'")
    night.write("models/known.sql", "select no_such_column from {{ ref('sold') }}")
    assert night.build() == ALL
    assert night.build() == {"few_words", "known"}
    night.write("models/known.sql", FILES["models/known.sql"])
    night.run("update raw_till.products set word = 'right', _dlt_load_id = '3'")
    assert {"few_words", "known"} <= night.build()
    assert night.build() == set()


def test_a_build_that_was_cut_off_is_done_again(night, monkeypatch):
    night.build()
    night.run("insert into raw_till.sales values (2, 'two', '2', null)")
    real = manifest.run_dbt

    def cut_off(*arguments, **options):
        done = real(*arguments, **options)
        if arguments[0] == "build":
            raise KeyboardInterrupt
        return done

    monkeypatch.setattr(manifest, "run_dbt", cut_off)
    with pytest.raises(KeyboardInterrupt):
        night.build()
    monkeypatch.setattr(manifest, "run_dbt", real)
    assert BELOW_SALES <= night.build()
    assert night.build() == set()


CHECKPOINT = {
    "models/words.sql": "{{ config(materialized='table', meta={'is_checkpoint': true}) }} "
    "select distinct word from {{ ref('sales') }} where word <> 'mute'",
    "models/loud.sql": "{{ config(materialized='table') }} "
    "select {{ shout('word') }} as word from {{ ref('words') }}",
    "models/quiet.sql": "select word from {{ ref('loud') }}",
    "models/letters.sql": "{{ config(materialized='table', meta={'is_checkpoint': true}) }} "
    "select distinct substr(word, 1, 1) as letter from {{ ref('words') }}",
    "models/spelt.sql": "{{ config(materialized='table') }} "
    "select letter from {{ ref('letters') }}",
    "tests/no_silence.sql": "select word from {{ ref('words') }} where word = 'silence'",
}


def test_what_reads_a_checkpoint_stays_while_its_rows_come_out_as_they_were(night):
    for name, text in CHECKPOINT.items():
        night.write(name, text)
    assert night.build() == ALL | {"words", "loud", "quiet", "no_silence", "letters", "spelt"}
    assert night.build() == set()
    night.run("insert into raw_till.sales values (2, 'one', '2', null)")
    night.run("insert into raw_till.sales values (3, 'mute', '2', null)")
    built = night.build()
    assert BELOW_SALES | {"words"} <= built
    assert not built & {"loud", "quiet", "letters", "spelt"}
    told = json.loads((night.folder / "target" / "run_results.json").read_text())["results"]
    names = [run["unique_id"].split(".")[2] for run in told if "on-run" not in run["unique_id"]]
    assert len(names) == len(set(names)) and set(names) == built, "one file tells of both parts"
    assert night.build() == set()
    night.run("insert into raw_till.sales values (4, 'two', '3', null)")
    assert {"words", "loud", "no_silence"} <= night.build()
    assert night.rows("loud") == [("ONE",), ("TWO",)]
    night.run("insert into raw_till.sales values (5, 'twenty', '4', null)")
    built = night.build()
    assert {"words", "loud", "letters"} <= built and "spelt" not in built, (
        "one checkpoint after another"
    )
    assert night.build() == set()


def test_what_reads_a_checkpoint_is_built_after_a_fault_before_it(night, monkeypatch):
    for name, text in CHECKPOINT.items():
        night.write(name, text)
    night.build()
    night.run("insert into raw_till.sales values (2, 'silence', '2', null)")
    assert "no_silence" in night.build(), "this test fails, so loud waits"
    assert night.rows("loud") == [("ONE",)]
    assert {"no_silence", "loud"} <= night.build()
    night.run("update raw_till.sales set word = 'sound', _dlt_load_id = '3' where id = 2")
    real, builds = manifest.run_dbt, []

    def cut_off(*arguments, **options):
        builds.append(arguments[0] == "build")
        if sum(builds) == 2:
            raise KeyboardInterrupt
        return real(*arguments, **options)

    monkeypatch.setattr(manifest, "run_dbt", cut_off)
    with pytest.raises(KeyboardInterrupt):
        night.build()
    monkeypatch.setattr(manifest, "run_dbt", real)
    night.build()
    assert night.rows("loud") == [("ONE",), ("SOUND",)]
    assert night.build() == set()


def test_a_raw_table_that_does_not_tell_is_read_every_night(night):
    night.run("alter table raw_till.products drop column _dlt_load_id")
    night.run("alter table raw_till.products drop column _dlt_valid_to")
    assert night.build() == ALL
    assert "few_words" in night.build()


def test_a_parse_beside_the_load_leaves_little_to_parse_and_the_warehouse_alone(night, monkeypatch):
    if night.warehouse.engine != "duckdb":
        pytest.skip("only DuckDB's file is held by one process")
    with night.warehouse.connect(), manifest.parsed_beside(night.warehouse.target):
        assert not (night.folder / "target" / "manifest.json").exists(), "it does not wait"
    assert night.build() == ALL
    assert night.parsed_files() == 0, "the build found everything parsed"
    monkeypatch.setattr(manifest.subprocess, "Popen", None)
    with manifest.parsed_beside(night.warehouse.target):
        pass  # nothing changed: nothing is started


def test_a_project_that_does_not_parse_stops_no_load_and_is_told_by_the_build(night):
    night.write("models/known.sql", "select {{ ref(")
    with manifest.parsed_beside(night.warehouse.target):
        loaded = True
    result, _, _ = build_stale(night.warehouse)
    assert loaded and not result.success
    assert "known" in str(result.exception)


GROWING = (
    "{{ config(materialized='incremental', incremental_strategy='append', "
    "on_schema_change='fail', full_refresh=%s) }} "
    "select id, word from {{ source('raw_till', 'sales') }} "
    "{%% if is_incremental() %%} where id not in (select id from {{ this }}){%% endif %%}"
)


def test_an_upgrade_builds_a_growing_table_from_the_start_but_never_a_memory(night):
    night.write("models/growing.sql", GROWING % "none")
    night.write("models/memory.sql", GROWING % "false")
    assert night.build() >= {"growing", "memory"}
    assert night.anew == []
    night.run("update raw_till.sales set word = 'changed'")
    night.run("insert into raw_till.sales values (2, 'two', '2', null)")
    night.build()
    assert night.anew == []
    assert night.rows("growing") == night.rows("memory") == [(1, "one"), (2, "two")]

    upgraded = "select id, word, 7 as price from"
    night.write("models/growing.sql", (GROWING % "none").replace("select id, word from", upgraded))
    night.write("models/memory.sql", (GROWING % "false").replace("from {{ s", "from  {{ s"))
    assert night.build() == {"growing", "memory"}
    assert night.anew == ["growing"]
    assert night.rows("growing") == [(1, "changed", 7), (2, "two", 7)]
    assert night.rows("memory") == [(1, "one"), (2, "two")], "what a memory holds is nowhere else"
    night.run("insert into raw_till.sales values (3, 'three', '3', null)")
    assert {"growing", "memory"} <= night.build()
    assert night.anew == [], "once is enough"


def test_an_upgrade_that_failed_is_tried_from_the_start_again(night):
    night.write("models/growing.sql", GROWING % "none")
    night.build()
    night.write("models/growing.sql", (GROWING % "none").replace("id, word", "id, wrod"))
    night.build()
    assert night.anew == ["growing"] and night.rows("growing") == [(1, "one")]
    night.run("update raw_till.sales set word = 'changed'")
    night.write("models/growing.sql", (GROWING % "none").replace("id, word", "id, 1 as one, word"))
    night.build()
    assert night.anew == ["growing"] and night.rows("growing") == [(1, 1, "changed")]
