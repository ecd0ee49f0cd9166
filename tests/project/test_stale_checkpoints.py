"""Nights around checkpoints, work by hand between nights, and tables that cannot be replaced."""

from __future__ import annotations

import json
import os
import shutil

import pytest

from ingestion.accounts import PROJECT_DIR
from scripts import manifest
from tests.project.small_nights import ALL, BELOW_SALES, FILES

TABLE = "{{ config(materialized='table') }} "
STOP = "{{ config(materialized='table', meta={'is_checkpoint': true}) }} "
CHECKPOINT = {
    "models/words.sql": STOP + "select distinct word from {{ ref('sales') }} where word <> 'mute'",
    "models/loud.sql": TABLE + "select {{ shout('word') }} as word from {{ ref('words') }}",
    "models/quiet.sql": "select word from {{ ref('loud') }}",
    "models/letters.sql": STOP
    + "select distinct substr(word, 1, 1) as letter from {{ ref('words') }}",
    "models/spelt.sql": TABLE + "select letter from {{ ref('letters') }}",
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


def test_a_checkpoint_behind_a_table_behind_a_checkpoint(night):
    night.write("models/one.sql", STOP + "select distinct word from {{ ref('sales') }}")
    night.write("models/between.sql", TABLE + "select word from {{ ref('one') }}")
    night.write(
        "models/two.sql",
        STOP + "select distinct between.word from {{ ref('between') }} as between "
        "inner join {{ ref('sales') }} as sales on between.word = sales.word",
    )
    night.write("models/reader.sql", TABLE + "select word from {{ ref('two') }}")
    night.build()
    night.run("insert into raw_till.sales values (2, 'two', '2', null)")
    night.build()
    assert night.rows("reader") == night.rows("two") == [("one",), ("two",)]
    assert night.build() == set()


def test_a_checkpoint_that_fails_at_first_and_then_not_leaves_no_reader_behind(night, monkeypatch):
    night.write(
        "models/one.sql",
        STOP + "select distinct word from {{ ref('sales') }} "
        "where (select count(*) from raw_till.gate) > 0 or cast(word as integer) > 0",
    )
    night.write("models/reader.sql", TABLE + "select word from {{ ref('one') }}")
    night.run("create table raw_till.gate (id integer)")
    night.run("insert into raw_till.gate values (1)")
    night.build()
    night.run("insert into raw_till.sales values (2, 'two', '2', null)")
    night.run("delete from raw_till.gate")
    real = manifest.run_dbt

    def mended_after_the_first_part(*arguments, **options):
        done = real(*arguments, **options)
        if arguments[0] == "build":
            night.run("insert into raw_till.gate values (1)")
        return done

    monkeypatch.setattr(manifest, "run_dbt", mended_after_the_first_part)
    night.build()
    assert night.rows("reader") == night.rows("one") == [("one",), ("two",)]


def test_another_column_of_a_checkpoint_reaches_its_readers(night):
    night.write("models/one.sql", STOP + "select distinct word, 1 as old from {{ ref('sales') }}")
    night.write("models/reader.sql", TABLE + "select * from {{ ref('one') }}")
    night.build()
    night.write("models/one.sql", STOP + "select distinct word, 1 as new from {{ ref('sales') }}")
    assert "reader" in night.build()
    with night.warehouse.connect() as db:
        assert list(db.fetch("select * from reader")[0]) == ["word", "new"]


def test_a_parse_by_hand_with_other_tills_does_not_matter(night):
    night.write(
        "models/off.sql",
        "{{ config(enabled=var('pos_sources', none) is none) }} select 1 as id",
    )
    night.build()
    target = ("--target", night.warehouse.target)
    assert manifest.run_dbt("compile", *target, "--vars", "{}").success
    assert night.build() == set()


def test_a_changed_file_with_an_old_time_is_built(night):
    night.build()
    night.write(
        "models/sold.sql", FILES["models/sold.sql"].replace("sales.id,", "sales.id + 1 as id,")
    )
    os.utime(night.folder / "models/sold.sql", (1.7e9, 1.7e9))
    night.build()
    assert night.known() == [(2, "A", "ONE")]


@pytest.fixture
def replacing(night):
    """A night that makes tables as the project does: DuckDB our way, PostgreSQL dbt's own."""
    shutil.copy(PROJECT_DIR / "macros/engine/materialize_table.sql", night.folder / "macros")
    return night


def test_a_table_that_cannot_be_replaced_stays_as_it_was(replacing):
    told = {
        "name": "sold_words",
        "config": {"contract": {"enforced": True}},
        "columns": [{"name": "n", "data_type": "integer"}],
    }
    replacing.write("models/told.yml", json.dumps({"version": 2, "models": [told]}))
    numbers = TABLE + "select cast(word as integer) as n from (values ('1'), ('%s')) as v(word)"
    for name in ("sold_words", "plain"):
        replacing.write(f"models/{name}.sql", numbers % "2")
    replacing.build()
    for name in ("sold_words", "plain"):
        replacing.write(f"models/{name}.sql", numbers % "x")
    replacing.build()
    assert replacing.rows("sold_words") == replacing.rows("plain") == [(1,), (2,)]


def test_a_view_becomes_a_table_or_stays(replacing):
    replacing.write("models/seen.sql", "select 1 as n")
    replacing.build()
    replacing.write("models/seen.sql", TABLE + "select cast('x' || 1 as integer) as n")
    replacing.build()
    assert replacing.rows("seen") == [(1,)]
    replacing.write("models/seen.sql", TABLE + "select 2 as n")
    replacing.build()
    assert replacing.rows("seen") == [(2,)]
    replacing.write("models/seen.sql", "select 3 as n")
    replacing.build()
    assert replacing.rows("seen") == [(3,)]
