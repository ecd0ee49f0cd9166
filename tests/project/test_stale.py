"""A night builds what is stale and nothing else, and whatever is done meanwhile makes stale."""

from __future__ import annotations

import pytest

from scripts import manifest
from scripts.stale import build_stale
from tests.project.small_nights import ALL, BELOW_SALES, FILES


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
