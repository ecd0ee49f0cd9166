"""What the outside gets wrong, all in one night: it is told with its place, the rest loads.

What was tried, for a till of files (f), X-Series (x) and the project's own seeds (s):

* missing file: a folder that is not there (f x); an export without one of its files (x)
* wrong encoding: a CSV in cp1252 (f); a byte that is not UTF-8, a file in UTF-16 (x); a seed (s)
* truncated JSON line: at the end of a file, and mended later (x; see test_versions)
* wrong type: text in an amount, too many cells (f); a list for a record, an id that is null or an
  object (x); a number written as text stays as it is in raw and is typed in the models (x)
* duplicated id: twice in a file, in two files, in an older export that comes later (f x)
* negative zero: -0 and -0.00 are zero (f); kept as written (x)
* dates in the future, and long ago: loaded; told by the loader (f), listed by the models (x)
* unknown status: loaded; counted and listed by the models (f x)
* unknown currency: the account is refused with its line (s)
* empty export: no bytes, no rows, no lines, an empty folder: nothing is closed (f x)
* unreadable seed: a folder in its place, not UTF-8, an open quote, a missing column (s; more of
  them in test_accounts)
"""

from __future__ import annotations

import csv
import json
from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml

from ingestion import cli
from ingestion.accounts import AccountError
from ingestion.load import load

NEXT_YEAR = (date.today() + timedelta(days=400)).isoformat()
COLUMNS = {"sale_id": "No", "sold_at": "Date", "total_amount": "Total", "status": "Type"}
GOOD = ["1", "2024-05-01", "9.50", "SALE"]


class Night:
    """Three accounts: `paper` (files), `cloud` (X-Series) and `fine`, which is always in order."""

    def __init__(self, folder: Path, warehouse, shop) -> None:
        self.folder, self.warehouse, self._shop = folder, warehouse, shop
        sales = {"files": "sales*.csv", "columns": COLUMNS}
        tree = {"name": "Till", "mode": "snapshot", "entities": {"sales": sales}}
        (folder / "till.yml").write_text(yaml.safe_dump(tree), encoding="utf-8")
        for name in ("paper", "cloud", "fine"):
            (folder / name).mkdir()
        self.accounts()
        self.json("fine", '{"id": "1"}')

    def accounts(self, **changes) -> Path:
        paper = {"source": "files", "mapping": self.folder / "till.yml"} | changes
        return self._shop(*(
            {"account_id": name, "path": self.folder / name} | (paper if name == "paper" else {})
            for name in ("paper", "cloud", "fine")
        ))  # fmt: skip

    def csv(self, *rows: list[str], name="sales.csv", encoding="utf-8") -> None:
        with (self.folder / "paper" / name).open("w", newline="", encoding=encoding) as file:
            csv.writer(file).writerows([list(COLUMNS.values()), *rows])

    def json(self, account: str, *lines: str, name="sales.jsonl", encoding="utf-8") -> None:
        text = "".join(line + "\n" for line in lines)
        (self.folder / account / name).write_text(text, encoding=encoding)

    def load(self, account: str):
        """One night; the outcome of one account's sales. The account in order is loaded always."""
        rows = {row.account_id: row for row in load(self.warehouse, entities=["sales"])}
        assert self.raw("lightspeed_x", "fine") == {"1": {"id": "1"}}
        return rows[account]

    def raw(self, source: str, account: str) -> dict[str, dict]:
        with self.warehouse.connect() as db:
            rows = db.fetch(
                f"select record_id, payload from raw_{source}.sales"
                " where account_id = ? and _dlt_valid_to is null order by 1",
                (account,),
            )
        return {row["record_id"]: json.loads(row["payload"]) for row in rows}

    def paper(self) -> dict[str, dict]:
        """What the rows of the files were understood as."""
        return {key: row["_mapped"] for key, row in self.raw("files", "paper").items()}


@pytest.fixture
def night(tmp_path, make_warehouse, shop) -> Night:
    return Night(tmp_path, make_warehouse("duckdb"), shop)


def test_a_missing_folder(night):
    (night.folder / "paper").rmdir()
    row = night.load("paper")
    assert row.status == "failed"
    assert "account paper: there is no folder" in row.error and "Put the till's files" in row.error
    (night.folder / "cloud").rmdir()
    assert "account cloud: there is no folder" in night.load("cloud").error


def test_wrong_encodings(night):
    night.csv(GOOD, ["2", "2024-05-01", "1", "échange"], encoding="cp1252")
    row = night.load("paper")
    assert "sales.csv: line 3, byte" in row.error and "perhaps cp1252" in row.error
    night.json("cloud", '{"id": "1"}', encoding="utf-16")
    assert "sales.jsonl is UTF-16. Save it as UTF-8" in night.load("cloud").error
    night.json("cloud", '{"id": "1", "note": "né"}', encoding="cp1252")
    row = night.load("cloud")
    assert (row.new, row.rejected) == (1, 1)
    assert night.raw("lightspeed_x", "cloud")["1"]["note"] == "n\\xe9"


def test_lines_and_rows_of_a_wrong_kind(night):
    night.json("cloud", '{"id": "1", "total": "12.5O"}', '{"id": null}', '[{"id": "2"}]',
               '{"id": {"n": 1}}', '{"id": "3", "tot')  # fmt: skip
    row = night.load("cloud")
    assert (row.status, row.new, row.rejected) == ("success", 1, 4)
    assert night.raw("lightspeed_x", "cloud") == {"1": {"id": "1", "total": "12.5O"}}
    night.csv(GOOD, ["2", "2024-05-01", "twelve", "SALE"], ["3", "2024-05-01", "1", "SALE", "x"])
    row = night.load("paper")
    assert (row.new, row.rejected) == (1, 2)
    with night.warehouse.connect() as db:
        listed = db.fetch(
            "select account_id, file, row_number, value, payload"
            " from raw_tillhouse.rejected_records order by 1, 3"
        )
    places = [(r["account_id"], r["file"], r["row_number"]) for r in listed]
    cloud = [("cloud", "sales.jsonl", number) for number in (2, 3, 4, 5)]
    assert places == [*cloud, ("paper", "sales.csv", 3), ("paper", "sales.csv", 4)]
    assert listed[3]["payload"] == '{"id": "3", "tot' and listed[4]["value"] == "twelve"


def test_an_id_twice(night):
    night.csv(GOOD, ["1", "2024-05-01", "8", "SALE"])
    night.json("cloud", '{"id": "1", "version": 2}', '{"id": "1", "version": 1}')
    assert "1 records came twice under one id" in night.load("paper").warnings
    assert night.paper()["1"]["total_amount"] == "8"
    assert night.raw("lightspeed_x", "cloud")["1"]["version"] == 2


def test_negative_zero(night):
    night.csv(["1", "2024-05-01", "-0.00", "SALE"], ["2", "2024-05-01", "-0", "SALE"])
    night.json("cloud", '{"id": "1", "total": -0.0}')
    night.load("paper")
    assert [row["total_amount"] for row in night.paper().values()] == ["0.00", "0"]
    assert str(night.raw("lightspeed_x", "cloud")["1"]["total"]) == "-0.0"


def test_dates_of_another_time_and_words_that_nobody_knows(night):
    night.csv(GOOD, ["2", NEXT_YEAR, "1", "SALE"], ["3", "1970-01-01", "1", "MISLAID"])
    night.json("cloud", '{"id": "1", "sale_date": "2999-01-01", "status": "MISLAID"}')
    row = night.load("paper")
    assert (row.new, row.rejected) == (3, 0)
    assert "1 rows have a date after tomorrow" in row.warnings
    assert "sales.csv row 3, sold_at" in row.warnings
    assert night.paper()["3"]["status"] == "MISLAID"
    assert night.raw("lightspeed_x", "cloud")["1"]["sale_date"] == "2999-01-01"


def test_an_empty_export_closes_nothing(night):
    night.csv(GOOD)
    night.json("cloud", '{"id": "1"}')
    night.load("paper")
    for empty in (lambda: night.csv(), (night.folder / "paper" / "sales.csv").unlink):
        empty()
        assert night.load("paper").warnings
        assert list(night.paper()) == ["1"]
    (night.folder / "paper" / "sales.csv").touch()
    assert "is empty (0 bytes). Export it again" in night.load("paper").error
    assert list(night.paper()) == ["1"]
    night.json("cloud")
    assert "sales.jsonl is empty" in night.load("cloud").warnings
    assert list(night.raw("lightspeed_x", "cloud")) == ["1"]


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda path: path.write_bytes(b"account_id\xe9\n"), "is not UTF-8"),
        (lambda path: path.write_text(path.read_text() + '"main\n'), "quot"),
        (lambda path: path.write_text("account_id\nmain\n"), "business_id"),
        (lambda path: (path.unlink(), path.mkdir()), "pos_accounts.csv"),
        (lambda path: path.unlink(), "pos_accounts.csv"),
    ],
)
def test_an_unreadable_seed(night, spoil, words, capsys):
    spoil(night.accounts() / "pos_accounts.csv")
    with pytest.raises(AccountError, match=words):
        load(night.warehouse)
    assert cli.main(["load"]) == 1
    assert "Traceback" not in capsys.readouterr().out
    assert not night.warehouse.exists


def test_an_unknown_currency(night):
    night.accounts(currency="XQQ")
    with pytest.raises(AccountError, match="line 2.*currency.*XQQ"):
        load(night.warehouse)


def test_all_of_it_is_shown_by_status(night, capsys, monkeypatch):
    night.csv(GOOD, ["2", "2024-05-01", "twelve", "SALE"])
    night.load("paper")
    monkeypatch.setattr(cli, "open_warehouse", lambda _target: night.warehouse)
    assert cli.main(["status"]) == 1
    told = capsys.readouterr().out
    assert "1 rows could not be used: raw_tillhouse.rejected_records" in told
    assert "All is well" not in told
