"""Lines of a sale that was exported again: what it no longer holds is closed, nothing else is."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
import yaml

from ingestion.accounts import PROJECT_DIR
from ingestion.load import load
from ingestion.raw import Landing, LandingError

HEADER = ["No", "Qty", "Price"]
COLUMNS = {"sale_id": "No", "quantity": "Qty", "unit_price": "Price"}


class Shop:
    """Two accounts of one mapping (mode append), each with a folder of line files."""

    def __init__(self, folder: Path, warehouse, set_accounts) -> None:
        self.folder, self.warehouse = folder, warehouse
        self.map()
        set_accounts(*(
            {"account_id": name, "source": "files", "path": folder / name,
             "mapping": folder / "till.yml"} for name in ("one", "two")
        ))  # fmt: skip
        for name in ("one", "two"):
            (folder / name).mkdir()

    def map(self, **more) -> None:
        lines = {"files": "*.csv", "columns": COLUMNS} | more
        tree = {"name": "Till", "mode": "append", "entities": {"sale_lines": lines}}
        (self.folder / "till.yml").write_text(yaml.safe_dump(tree), encoding="utf-8")

    def drop(self, name: str, *rows: tuple) -> None:
        with (self.folder / name).open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([HEADER, *rows])

    def load(self, **wishes):
        rows = load(self.warehouse, entities=["sale_lines"], **wishes)
        return {row.account_id: row for row in rows}

    def current(self) -> list[str]:
        """Keys of the current records."""
        return [row["record_key"] for row in self.fetch("_dlt_valid_to is null")]

    def fetch(self, condition: str) -> list[dict]:
        with self.warehouse.connect() as db:
            return db.fetch(
                f"select record_key from raw_files.sale_lines where {condition} order by 1"
            )


@pytest.fixture
def till(tmp_path, warehouse, shop) -> Shop:
    assert not tmp_path.is_relative_to(PROJECT_DIR)
    return Shop(tmp_path, warehouse, shop)


def test_a_sale_that_comes_again_with_fewer_lines_loses_the_others_and_no_other_sale_does(till):
    till.drop("one/a.csv", ("1", 1, 5), ("1", 1, 5), ("1", 2, 6), ("11", 1, 1), ("2", 1, 1))
    till.drop("two/a.csv", ("1", 1, 5), ("1", 2, 6))
    till.load()
    till.drop("one/b.csv", ("1", 1, 7), ("3", 1, 1))
    row = till.load()["one"]
    assert till.current() == ["one|11|1", "one|1|1", "one|2|1", "one|3|1", "two|1|1", "two|1|2"]
    assert (row.fetched, row.new, row.changed, row.closed) == (2, 1, 1, 2)
    assert "2 records were closed" in row.warnings and "documents: spread" in row.warnings
    assert len(till.fetch("true")) == 9, "history is kept"
    again = till.load(force=True)["one"]
    assert again.status == "no_change" and again.closed == 0
    assert "3 rows were passed over" in again.warnings


def test_a_line_that_cannot_be_used_closes_nothing_of_its_sale(till):
    till.drop("one/a.csv", ("1", 1, 5), ("1", 2, 6), ("2", 1, 1), ("2", 1, 1))
    till.load()
    till.drop("one/b.csv", ("1", 3, 5), ("1", "two", 6), ("2", 1, 1))
    row = till.load()["one"]
    assert till.current() == ["one|1|1", "one|1|2", "one|2|1"]
    assert (row.rejected, row.closed) == (1, 1)


def test_a_spread_sale_keeps_its_lines_of_other_files_and_a_file_replaces_its_own(till):
    till.map(documents="spread")
    till.drop("one/jan.csv", ("1", 1, 5), ("1", 1, 6))
    till.drop("one/feb.csv", ("1", 1, 5))
    till.load()
    till.drop("one/jan.csv", ("1", 1, 5))
    row = till.load()["one"]
    assert till.current() == ["one|1|feb.csv|1", "one|1|jan.csv|1"]
    assert row.closed == 1


def test_a_load_that_is_cut_off_between_closing_and_landing_is_made_good(till, monkeypatch):
    till.drop("one/a.csv", ("1", 1, 5), ("1", 2, 6))
    till.load()
    till.drop("one/b.csv", ("1", 1, 7))
    with monkeypatch.context() as patch:
        patch.setattr("ingestion.raw._resource", lambda *_: 1 / 0)
        assert till.load()["one"].status == "failed"
    assert till.current() == ["one|1|1"]
    row = till.load()["one"]
    assert (till.current(), row.changed, row.closed) == (["one|1|1"], 1, 0)
    assert len(till.fetch("true")) == 3


def test_what_is_refused_moves_nothing(till, monkeypatch):
    till.drop("one/a.csv", ("1", 1, 5), ("1", 2, 6))
    till.load()
    till.drop("one/b.csv", ("1", 1, 7))

    def refuse(*_):
        raise LandingError("disk full")

    with monkeypatch.context() as patch:
        patch.setattr(Landing, "land", refuse)
        assert till.load()["one"].status == "failed"
    till.load()
    assert till.current() == ["one|1|1"]
