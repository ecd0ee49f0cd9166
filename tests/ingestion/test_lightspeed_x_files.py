"""X-Series from a folder of JSONL exports: what is read, in which order, and what is bad input."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from ingestion.contract import Pull, SourceError
from ingestion.load import load
from ingestion.sources.lightspeed_x.entities import ENTITIES
from tests.ingestion.landed import load_one
from tests.ingestion.lightspeed_x_shop import account, read, small_shop, uid


def write(folder: Path, name: str, *lines: str | bytes, end: bytes = b"\n") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.jsonl"
    raw = [line.encode() if isinstance(line, str) else line for line in lines]
    path.write_bytes(b"".join(line + end for line in raw))
    return path


def from_files(folder: Path, entity: str, pull: Pull | None = None) -> dict[str, str]:
    return read(account(folder, "files"), entity, pull)


def test_every_entity_is_read_and_every_line_unchanged(tmp_path):
    shop = small_shop()
    lines = {name: [json.dumps(row) for row in rows] for name, rows in shop.items()}
    for name in lines:
        write(tmp_path, name, *lines[name])
    for entity in ENTITIES:
        pull = Pull()
        assert list(from_files(tmp_path, entity.name, pull).values()) == lines[entity.name]
        assert (pull.warnings, pull.rejections) == ([], [])


def test_any_subset_of_files_will_do(tmp_path):
    write(tmp_path, "sales", '{"id": "1"}')
    assert from_files(tmp_path, "sales") == {"1": '{"id": "1"}'}
    pull = Pull()
    assert from_files(tmp_path, "customers", pull) == {}
    assert pull.warnings == []


def test_numbers_escapes_and_odd_values_stay_as_written(tmp_path):
    lines = [
        '{"id":"a","n":10.90000,"big":12345678901234567890123,"e":1.0E+2}',
        '{ "id" : "b" , "text": "caf\\u00e9 \\ud83e\\uddf8 \u2028 é" }  ',
        '{"id": "c", "lone": "\\ud800", "nan": NaN, "nul": "\\u0000"}',
        '{"id": 42, "twice": 1, "twice": 2}',
    ]
    write(tmp_path, "sales", *lines)
    found = from_files(tmp_path, "sales")
    assert list(found.values()) == lines
    assert list(found) == ["a", "b", "c", "42"]


def test_a_mark_at_the_start_windows_line_ends_and_blank_lines_are_nothing(tmp_path):
    path = write(tmp_path, "sales", "\ufeff" + '{"id": "1"}', "", "  ", '{"id": "2"}', end=b"\r\n")
    pull = Pull()
    assert from_files(tmp_path, "sales", pull) == {"1": '{"id": "1"}', "2": '{"id": "2"}'}
    assert pull.rejections == []
    assert str(path) in pull.read_files


@pytest.mark.parametrize(
    "line",
    ['{"id": "2", "total', '{"id": "2"} {"id": "3"}', "id,total", "[" * 3000, "{'id': '2'}", "\\"],
)
def test_a_line_that_is_no_json_is_listed_whole_and_the_rest_loads(tmp_path, line):
    path = write(tmp_path, "sales", '{"id": "1"}', line, '{"id": "9"}')
    pull = Pull()
    assert from_files(tmp_path, "sales", pull) == {"1": '{"id": "1"}', "9": '{"id": "9"}'}
    (rejection,) = pull.rejections
    assert (rejection.file, rejection.row_number) == (str(path), 2)
    assert rejection.reason.startswith("not JSON, or cut off")
    assert (rejection.value, rejection.payload) == (line[:200], line)


@pytest.mark.parametrize(
    "line",
    [
        *('{"name": "x"}', '{"id": null}', '{"id": ""}', '{"id": {}}', '{"id": true}'),
        *('{"id": 1.5}', "[1]", '"text"', "7"),
    ],
)
def test_a_line_without_an_id_is_listed_whole_and_the_rest_loads(tmp_path, line):
    write(tmp_path, "sales", line, '{"id": "9"}')
    pull = Pull()
    assert from_files(tmp_path, "sales", pull) == {"9": '{"id": "9"}'}
    assert [(r.row_number, r.payload) for r in pull.rejections] == [(1, line)]


def test_a_file_of_which_no_line_is_a_record_is_refused(tmp_path):
    write(tmp_path, "sales", *(["id,total", "1,2.50"] * 500))
    with pytest.raises(SourceError, match="not one of its first 1,000 lines is a record"):
        from_files(tmp_path, "sales")


def test_bytes_that_are_not_utf8_are_kept_as_escapes_and_the_record_keeps_its_id(tmp_path):
    write(tmp_path, "customers", b'{"id": "1", "name": "Ren\xe9"}', '{"id": "2"}')
    pull = Pull()
    found = from_files(tmp_path, "customers", pull)
    assert json.loads(found["1"])["name"] == "Ren\\xe9"
    assert "byte 25 of the line is not UTF-8" in pull.rejections[0].reason
    assert len(found) == 2


def test_a_raw_nul_byte_becomes_its_escape(tmp_path):
    write(tmp_path, "customers", b'{"id": "1", "name": "a\x00b"}')
    assert from_files(tmp_path, "customers") == {"1": '{"id": "1", "name": "a\\u0000b"}'}


def test_utf16_is_refused_with_what_to_do(tmp_path):
    (tmp_path / "sales.jsonl").write_bytes('{"id": "1"}'.encode("utf-16"))
    with pytest.raises(SourceError, match="sales.jsonl is UTF-16. Save it as UTF-8"):
        from_files(tmp_path, "sales")


def test_an_empty_file_is_warned_of(tmp_path):
    write(tmp_path, "sales")
    pull = Pull()
    assert from_files(tmp_path, "sales", pull) == {}
    assert "sales.jsonl is empty" in pull.warnings[0]


def test_a_missing_folder_says_account_path_and_what_to_do(tmp_path):
    with pytest.raises(SourceError, match="account shop: there is no folder .*nowhere.*Put the"):
        from_files(tmp_path / "nowhere", "sales")
    with pytest.raises(SourceError, match="account shop: path is empty"):
        read(account("", "files"), "sales")


def test_a_folder_without_a_known_file_is_warned_of_once(tmp_path):
    (tmp_path / "notes.txt").write_text("hello")
    warnings = []
    for entity in ENTITIES:
        pull = Pull()
        from_files(tmp_path, entity.name, pull)
        warnings += pull.warnings
    (warning,) = warnings
    assert "no file that is known" in warning
    assert "notes.txt" in warning


def test_a_misspelt_file_is_named_with_a_guess_once(tmp_path):
    write(tmp_path, "sales", '{"id": "1"}')
    write(tmp_path, "custmers", '{"id": "1"}')
    write(tmp_path / "2024", "zzz", '{"id": "1"}')
    warnings = []
    for entity in ENTITIES:
        pull = Pull()
        from_files(tmp_path, entity.name, pull)
        warnings += pull.warnings
    assert len(warnings) == 2
    assert warnings[0] == "custmers.jsonl: no entity of this name; did you mean customers.jsonl?"
    assert "zzz.jsonl: no entity of this name" in warnings[1]


def test_exports_in_sub_folders_are_read_in_the_order_of_their_names(tmp_path):
    write(tmp_path / "export 10", "sales", '{"id": "1", "v": "new"}')
    write(tmp_path / "export 9", "sales", '{"id": "1", "v": "old"}', '{"id": "2"}')
    write(tmp_path / ".trash", "sales", '{"id": "3"}')
    assert from_files(tmp_path, "sales") == {"1": '{"id": "1", "v": "new"}', "2": '{"id": "2"}'}


def test_packed_files_are_read(tmp_path):
    path = tmp_path / "sales.jsonl.gz"
    path.write_bytes(gzip.compress(b'{"id": "1"}\n{"id": "2"}\n'))
    assert set(from_files(tmp_path, "sales")) == {"1", "2"}
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(SourceError, match="sales.jsonl.gz is no whole gzip archive.*Copy it again"):
        from_files(tmp_path, "sales")
    path.write_bytes(b'{"id": "1"}\n')
    with pytest.raises(SourceError, match="sales.jsonl.gz is no whole gzip archive"):
        from_files(tmp_path, "sales")


def test_what_is_not_read_is_named(tmp_path):
    write(tmp_path / "2024", "sales", '{"id": "1"}')
    write(tmp_path / "2024" / "old", "sales", '{"id": "2"}')
    for name in ("sales.json", "notes.txt", "Sales.JSONL", "manifest.json", ".hidden"):
        (tmp_path / "2024" / name).write_text("{}")
    pull = Pull()
    from_files(tmp_path, ENTITIES[0].name, pull)
    told = sorted(pull.warnings)
    assert len(told) == 4
    assert told[0].startswith("2024/Sales.JSONL: not read: only files like sales.jsonl or")
    assert told[1].startswith("2024/notes.txt: not read: only files like")
    assert told[2].startswith("2024/old: a folder inside an export is not read. Move it up")
    assert told[3].startswith("2024/sales.json: not read: only files like sales.jsonl or")


def test_unchanged_files_are_not_read_again(tmp_path):
    write(tmp_path / "a", "sales", '{"id": "1"}')
    pull = Pull()
    from_files(tmp_path, "sales", pull)
    write(tmp_path / "b", "sales", '{"id": "2"}')
    again = Pull(loaded_hashes=pull.read_files)
    assert set(from_files(tmp_path, "sales", again)) == {"2"}
    assert set(from_files(tmp_path, "sales", Pull(loaded_hashes=again.read_files))) == set()
    forced = Pull(loaded_hashes=again.read_files, force=True)
    assert set(from_files(tmp_path, "sales", forced)) == {"1", "2"}


def test_an_older_export_that_comes_late_does_not_undo_a_newer_one(tmp_path):
    write(tmp_path / "2024-02", "sales", '{"id": "1", "v": "new"}')
    pull = Pull()
    from_files(tmp_path, "sales", pull)
    write(tmp_path / "2024-01", "sales", '{"id": "1", "v": "old"}', '{"id": "2"}')
    late = Pull(loaded_hashes=pull.read_files)
    assert from_files(tmp_path, "sales", late)["1"] == '{"id": "1", "v": "new"}'


@pytest.mark.parametrize("part", [3, 100])
def test_a_long_export_is_landed_in_parts_and_comes_to_the_same(
    part, tmp_path, shop, warehouse, monkeypatch
):
    monkeypatch.setattr("ingestion.account_run.PART_RECORDS", part)
    monkeypatch.setattr("ingestion.sources.lightspeed_x.files.BATCH", 2)

    def export(name: str, versions: dict[int, int]) -> None:
        sales = [json.dumps({"id": str(n), "version": v}) for n, v in versions.items()]
        write(tmp_path / "drop" / name, "sales", *sales)

    shop({"account_id": "shop1", "source": "lightspeed_x", "path": str(tmp_path / "drop")})
    export("1", dict.fromkeys(range(10), 1))
    export("2", {0: 2, 9: 2})
    row = load_one(warehouse, "shop1", "sales")
    assert (row.fetched, row.status) == (12, "success")
    with warehouse.connect() as db:
        loads = db.fetch("select distinct _dlt_load_id from raw_lightspeed_x.sales")
    assert (len(loads) > 1) == (part == 3)
    export("0", {0: 0, 1: 0, 10: 1})
    row = load_one(warehouse, "shop1", "sales")
    assert (row.new, row.changed, row.closed) == (1, 0, 0), "an older export undoes nothing"
    versions = {key: json.loads(text)["version"] for key, text in now(warehouse).items()}
    assert versions == {str(n): 2 if n in (0, 9) else 1 for n in range(11)}
    replay = load(warehouse, accounts=["shop1"], entities=["sales"], force=True)[0]
    assert (replay.status, replay.fetched) == ("no_change", 15)


def now(warehouse) -> dict[str, str]:
    """The current sales of raw."""
    with warehouse.connect() as db:
        return db.pairs(
            "select record_id, payload from raw_lightspeed_x.sales where _dlt_valid_to is null"
        )


def test_lines_of_consignments_have_ids_of_their_own(tmp_path):
    write(tmp_path, "consignment_products", *map(json.dumps, small_shop()["consignment_products"]))
    key = f"{uid(('consignments', 1))}|{uid(('products', 5))}"
    assert {key, f"{key}|2"} < set(from_files(tmp_path, "consignment_products"))
