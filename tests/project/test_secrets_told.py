"""The search for told secrets, which every test ends with, finds them."""

from tests.secrets_told import MARKER, in_files, in_warehouse


def test_a_secret_in_a_raw_table_is_found(warehouse):
    with warehouse.connect() as db:
        db.execute("create schema raw_till")
        db.execute("create table raw_till.runs (error varchar, seconds integer)")
        db.execute("insert into raw_till.runs values ('all is well', 1)")
        assert in_warehouse(warehouse) == []
        db.execute("insert into raw_till.runs values (?, 1)", (f"401 with {MARKER}",))
        assert in_warehouse(warehouse) == ['"raw_till"."runs"']
        db.execute("delete from raw_till.runs")


def test_a_secret_in_a_file_is_found_but_not_in_the_settings(tmp_path):
    (tmp_path / "logs").mkdir()
    for name in (".env", "logs/run.log", "logs/other.log"):
        (tmp_path / name).write_text(f"token {MARKER if name != 'logs/other.log' else '***'}")
    assert in_files(tmp_path) == ["logs/run.log"]
    (tmp_path / "logs/run.log").unlink()
