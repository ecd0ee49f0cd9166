"""The archive of a till: whole files, a manifest, and back again into the same raw rows."""

from __future__ import annotations

import csv
import hashlib
import json

import pytest

from ingestion import export as export_module
from ingestion.contract import SourceError
from ingestion.export import export
from ingestion.fakes.lightspeed_x import FakeLightspeedX
from ingestion.load import load
from ingestion.sources.lightspeed_x.entities import ENTITIES
from tests.ingestion.lightspeed_x_shop import TOKEN, account, records, small_shop, uid


@pytest.fixture(autouse=True)
def known(monkeypatch, slept):
    monkeypatch.setenv("TILLHOUSE_SHOP_TOKEN", TOKEN)


@pytest.fixture
def till():
    with FakeLightspeedX(small_shop(), token=TOKEN) as fake:
        yield fake


def raw_rows(warehouse, account_id: str) -> dict:
    rows = {}
    with warehouse.connect() as db:
        for entity in ENTITIES:
            for row in db.fetch(
                f"select record_id, payload from raw_lightspeed_x.{entity.name}"
                " where account_id = ? and _dlt_valid_to is null",
                (account_id,),
            ):
                rows[entity.name, row["record_id"]] = row["payload"]
    return rows


def test_export_then_load_from_the_folder_gives_the_same_raw_rows(till, warehouse, shop, tmp_path):
    export(account(till.url), tmp_path / "archive", "jsonl")
    shop(
        {"account_id": "shop", "transport": "api", "path": till.url},
        {"account_id": "archive", "transport": "files", "path": tmp_path / "archive"},
    )
    rows = load(warehouse)
    assert {row.status for row in rows} <= {"success", "no_change"}
    assert not [row.warnings for row in rows if row.warnings]
    from_api = raw_rows(warehouse, "shop")
    assert from_api == raw_rows(warehouse, "archive")
    assert len(from_api) == sum(map(len, small_shop().values()))


def test_the_manifest_counts_and_hashes_every_file(till, tmp_path):
    manifest = export(account(till.url), tmp_path, "jsonl")
    assert json.loads((tmp_path / "manifest.json").read_text()) == manifest
    assert set(manifest["entities"]) == {e.name for e in ENTITIES}
    for name, about in manifest["entities"].items():
        raw = (tmp_path / about["file"]).read_bytes()
        assert hashlib.sha256(raw).hexdigest() == about["sha256"]
        assert raw.count(b"\n") == about["records"] == len(small_shop()[name])
    versions = [row["version"] for row in small_shop()["sales"]]
    sales = manifest["entities"]["sales"]
    assert (sales["min_version"], sales["max_version"]) == (min(versions), max(versions))


def test_csv_has_top_level_fields_as_columns_and_values_as_written(tmp_path):
    texts = [
        '{"id": "a", "price": 10.90000, "note": "x, \\"y\\"\\nz", "lines": [ {"n": 1.50} ],'
        ' "version": 1}',
        '{"id": "b", "extra": true, "price": null, "big": 12345678901234567890, "version": 2}',
    ]
    with FakeLightspeedX({"sales": texts}, token=TOKEN) as till:
        export(account(till.url), tmp_path, "csv")
    with (tmp_path / "sales.csv").open(newline="", encoding="utf-8") as file:
        first, second = csv.DictReader(file)
    assert (first["price"], first["note"]) == ("10.90000", 'x, "y"\nz')
    assert (first["lines"], first["extra"]) == ('[ {"n": 1.50} ]', "")
    assert (second["price"], second["extra"], second["big"]) == ("", "true", "12345678901234567890")


def test_a_line_that_is_no_json_is_counted_in_the_manifest(tmp_path):
    folder = tmp_path / "drop"
    folder.mkdir()
    (folder / "sales.jsonl").write_text('{"id": "1"}\n{"id": "2", "tot\n')
    manifest = export(account(folder, "files"), tmp_path / "out", "csv")
    assert manifest["entities"]["sales"]["rejected"] == 1
    with (tmp_path / "out" / "sales.csv").open(newline="") as file:
        assert [row["id"] for row in csv.DictReader(file)] == ["1"]


def test_an_entity_without_records_has_no_file_and_an_old_one_goes(till, tmp_path):
    export(account(till.url), tmp_path, "jsonl")
    assert (tmp_path / "brands.jsonl").exists()
    till.remove("brands", uid(("brands", 1)))
    manifest = export(account(till.url), tmp_path, "jsonl")
    assert not (tmp_path / "brands.jsonl").exists()
    assert manifest["entities"]["brands"]["file"] is None


def test_what_cannot_be_read_is_named_and_all_else_is_written(till, tmp_path):
    till.plan("gift_cards", "403")
    till.plan("sales", "ok", *["500"] * 10)
    with pytest.raises(SourceError, match="not complete") as caught:
        export(account(till.url), tmp_path, "jsonl")
    assert "gift_cards: account shop" in str(caught.value)
    assert not (tmp_path / "sales.jsonl").exists(), "half a file is no file"
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    assert "(403)" in manifest["entities"]["gift_cards"]["error"]
    assert manifest["entities"]["products"]["records"] == 12


def test_a_file_appears_whole_or_not_at_all(till, tmp_path, monkeypatch):
    export(account(till.url), tmp_path, "jsonl")
    before = (tmp_path / "sales.jsonl").read_bytes()

    def break_off(spool, file):
        file.write("half a rec")
        raise KeyboardInterrupt

    monkeypatch.setattr(export_module, "_write_jsonl", break_off)
    with pytest.raises(KeyboardInterrupt):
        export(account(till.url), tmp_path, "jsonl")
    assert (tmp_path / "sales.jsonl").read_bytes() == before
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_a_record_that_changed_while_reading_is_written_once(tmp_path):
    rows = records("sales", 300)
    with FakeLightspeedX({"sales": rows}, token=TOKEN) as till:
        edited = rows[0] | {"name": "edited", "version": rows[-1]["version"] + 1}
        till.before_page = lambda path, query: (
            till.requests[path] == 2 and till.change("sales", edited)
        )
        manifest = export(account(till.url), tmp_path, "jsonl")
    assert manifest["entities"]["sales"]["records"] == 300
    assert '"edited"' in (tmp_path / "sales.jsonl").read_text()


def test_exporting_into_the_accounts_own_folder_is_refused(tmp_path):
    (tmp_path / "sales.jsonl").write_text('{"id": "1"}\n')
    for out in (tmp_path, tmp_path / "archive"):
        with pytest.raises(SourceError, match="Choose another folder"):
            export(account(tmp_path, "files"), out, "jsonl")


def test_a_wrong_format_is_refused(tmp_path):
    with pytest.raises(ValueError, match="jsonl or csv"):
        export(account(tmp_path, "files"), tmp_path / "out", "xml")
