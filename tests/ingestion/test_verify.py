"""Raw against the till, and the marks of silent truncation."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from ingestion.fakes.lightspeed_x import FakeLightspeedX
from ingestion.load import load
from ingestion.sources.lightspeed_x.entities import BY_NAME, KeysOfOneList
from ingestion.verify import truncation_marks, verify
from tests.ingestion.lightspeed_x_shop import FIRST_VERSION, TOKEN, account, small_shop, uid


@pytest.fixture(autouse=True)
def known(monkeypatch, slept):
    monkeypatch.setenv("TILLHOUSE_SHOP_TOKEN", TOKEN)


@pytest.fixture
def till():
    with FakeLightspeedX(small_shop(), token=TOKEN) as fake:
        yield fake


@pytest.fixture
def load_from(shop):
    """A function that loads one account from an address or a folder and returns it."""

    def run(warehouse, path, transport="api"):
        shop({"account_id": "shop", "transport": transport, "path": path})
        rows = load(warehouse)
        assert not [row.error for row in rows if row.error]
        return account(path, transport)

    return run


def fill(warehouse, records: dict[str, list[dict]]) -> None:
    """Put records into raw as a load would have, without the time that a load takes."""
    columns = "account_id, record_id, payload, _dlt_load_id, _dlt_valid_to"
    types = "account_id text, record_id text, payload text, _dlt_load_id text"
    with warehouse.connect() as db:
        db.execute("create schema raw_lightspeed_x")
        for entity, rows in records.items():
            table = f"raw_lightspeed_x.{entity}"
            db.execute(f"create table {table} ({types}, _dlt_valid_to timestamp)")
            keys = KeysOfOneList(BY_NAME[entity])
            for row in rows:
                db.execute(
                    f"insert into {table} ({columns}) values ('shop', ?, ?, 'load 1', null)",
                    (keys.of(row), json.dumps(row)),
                )


def check(warehouse, of, **options) -> tuple[dict, str]:
    """verify's rows by (entity, check), and what it printed."""
    out = io.StringIO()
    rows = verify(warehouse, of, seed=1, console=Console(file=out, width=250), **options)
    return {(row["entity"], row["check_name"]): row for row in rows}, out.getvalue()


def cut_shop(products: int = 6400, kept: int = 5000) -> dict[str, list[dict]]:
    """A shop whose exporter got only the first `kept` of its inventory, sorted by version."""
    version = iter(range(FIRST_VERSION, 2**62, 10))

    def rows(entity: str, count: int, **fields) -> list[dict]:
        return [
            {"id": uid((entity, n)), "version": next(version)}
            | {key: value(n) if callable(value) else value for key, value in fields.items()}
            for n in range(count)
        ]

    goods = rows("products", products, has_inventory=True)
    stock = rows("inventory", products, product_id=lambda n: uid(("products", n)))
    return {"products": goods, "inventory": stock[:kept], "registers": rows("registers", 2)} | {
        "all_inventory": stock
    }


def write(folder: Path, records: dict[str, list[dict]]) -> Path:
    folder.mkdir(exist_ok=True)
    for entity, rows in records.items():
        text = "".join(json.dumps(row) + "\n" for row in rows)
        (folder / f"{entity}.jsonl").write_text(text)
    return folder


def test_a_faithful_load_is_found_faithful(till, warehouse, load_from):
    rows, printed = check(warehouse, load_from(warehouse, till.url))
    samples = {entity: row for (entity, name), row in rows.items() if name == "sample"}
    assert len(samples) == 22
    assert {row["status"] for row in samples.values()} == {"ok"}
    assert samples["sales"]["expected"] == samples["sales"]["found"] == "20 equal"
    assert {row["status"] for row in rows.values()} == {"ok", "not_offered"}
    assert rows["gift_cards", "count"]["status"] == "ok"
    assert rows["sales", "count"]["status"] == "not_offered"
    assert "raw against the till" in printed
    with warehouse.connect() as db:
        written = db.fetch("select entity, check_name, status from raw_tillhouse.verify_results")
    assert len(written) == len(rows)


def test_what_differs_is_named_by_record_and_field(till, make_warehouse):
    warehouse = make_warehouse("duckdb")
    fill(warehouse, small_shop())
    of = account(till.url)
    shop = small_shop()
    till.change("customers", shop["customers"][2] | {"customer_code": "other", "extra": 1})
    till.change("inventory", shop["inventory"][4] | {"inventory_level": 99})
    till.change("consignment_products", {**shop["consignment_products"][0]})
    till.change("promotions", shop["promotions"][0] | {"status": "inactive"})
    till.remove("suppliers", uid(("suppliers", 1)))
    till.change("gift_cards", {"id": uid("new card"), "number": "GC99"})
    rows, _ = check(warehouse, of)
    assert rows["customers", "sample"]["status"] == "differs"
    assert rows["customers", "sample"]["detail"] == (
        f"{uid(('customers', 2))} differs in customer_code, extra"
    )
    assert "differs in inventory_level" in rows["inventory", "sample"]["detail"]
    assert "differs in status" in rows["promotions", "sample"]["detail"]
    assert "is not at the till" in rows["suppliers", "sample"]["detail"]
    assert (rows["gift_cards", "count"]["expected"], rows["gift_cards", "count"]["found"]) == (
        *("6", "5"),
    )
    assert rows["gift_cards", "count"]["status"] == "differs"
    assert rows["sales", "sample"]["status"] == "ok"


def test_a_record_that_changed_since_the_load_is_no_difference(till, make_warehouse):
    warehouse = make_warehouse("duckdb")
    fill(warehouse, small_shop())
    of = account(till.url)
    shop = small_shop()
    newest = max(row["version"] for rows in shop.values() for row in rows if "version" in row)
    till.change("brands", shop["brands"][0] | {"name": "new", "version": newest + 1})
    till.change("taxes", shop["taxes"][0] | {"name": "new", "version": newest + 2})
    rows, _ = check(warehouse, of)
    for entity in ("brands", "taxes"):
        assert rows[entity, "sample"]["status"] == "ok"
        assert "1 changed at the till since the load" in rows[entity, "sample"]["detail"]
        assert "load again" in rows[entity, "newest"]["detail"]


def test_a_number_written_otherwise_is_the_same_number(make_warehouse):
    warehouse = make_warehouse("duckdb")
    fill(warehouse, {"sales": [{"id": "1", "total": 10, "version": 5}]})
    with FakeLightspeedX({"sales": ['{"total": 10.00, "version": 5, "id": "1"}']}, TOKEN) as till:
        rows, _ = check(warehouse, account(till.url))
    assert rows["sales", "sample"]["status"] == "ok"


def test_the_sample_is_as_large_as_asked_and_the_same_for_a_seed(till, make_warehouse):
    warehouse = make_warehouse("duckdb")
    fill(warehouse, small_shop())
    of = account(till.url)

    def asked() -> list[str]:
        till.forget_requests()
        check(warehouse, of, sample_size=3)
        return sorted(path for path in till.requests if path.startswith("sales/"))

    first = asked()
    assert len(first) == 3
    assert asked() == first


def test_an_entity_that_cannot_be_read_again_is_said_and_the_rest_checked(till, make_warehouse):
    warehouse = make_warehouse("duckdb")
    fill(warehouse, small_shop())
    of = account(till.url)
    till.plan(f"brands/{uid(('brands', 1))}", "403")
    rows, _ = check(warehouse, of)
    assert rows["brands", "sample"]["status"] == "suspicious"
    assert "(403)" in rows["brands", "sample"]["detail"]
    assert rows["sales", "sample"]["status"] == "ok"


def test_nothing_loaded_is_said(till, make_warehouse):
    rows, printed = check(make_warehouse("duckdb"), account(till.url))
    assert rows == {}
    assert "Nothing of shop is loaded yet" in printed


def test_a_list_cut_at_a_round_number_shows_its_marks(warehouse, load_from, tmp_path):
    cut = cut_shop()
    del cut["all_inventory"]
    of = load_from(warehouse, write(tmp_path / "drop", cut), "files")
    rows, printed = check(warehouse, of)
    marks = {key: row for key, row in rows.items() if row["status"] == "suspicious"}
    assert set(marks) == {
        ("inventory", "round_cap"),
        ("inventory", "version_range"),
        ("inventory", "coverage"),
    }
    assert marks["inventory", "round_cap"]["found"] == "5,000"
    assert "1,400 products with has_inventory have no" in marks["inventory", "coverage"]["detail"]
    assert rows["products", "sample"]["status"] == "not_offered"
    with warehouse.connect() as db:
        quick = truncation_marks(db, of, deep=False)
    assert [(m["entity"], m["check_name"]) for m in quick] == [("inventory", "round_cap")]


def test_a_list_landed_in_parts_is_judged_as_a_whole(warehouse, load_from, tmp_path, monkeypatch):
    monkeypatch.setattr("ingestion.account_run.PART_RECORDS", 200)

    def export(name: str, **counts: int) -> None:
        rows = {
            entity: [{"id": f"{name} {n}", "version": n + 1} for n in range(count)]
            for entity, count in counts.items()
        }
        write(tmp_path / "drop" / name, rows)

    (tmp_path / "drop").mkdir()
    export("1", customers=410, sales=1000)  # the sales are cut, the customers are not
    of = load_from(warehouse, tmp_path / "drop", "files")
    with warehouse.connect() as db:
        parts = db.fetch("select distinct _dlt_load_id from raw_lightspeed_x.customers")
        assert len(parts) == 3
        (mark,) = truncation_marks(db, of)
        assert (mark["entity"], mark["found"]) == ("sales", "1,000")
    export("2", customers=3, sales=3)
    load_from(warehouse, tmp_path / "drop", "files")
    with warehouse.connect() as db:
        (mark,) = truncation_marks(db, of)
    assert (mark["entity"], mark["check_name"]) == ("sales", "round_cap")
    assert "exactly 1,000 came in one load" in mark["detail"]


def test_the_till_itself_tells_that_a_list_was_cut(make_warehouse, load_from, tmp_path):
    cut = cut_shop()
    everything = cut | {"inventory": cut.pop("all_inventory")}
    warehouse = make_warehouse("duckdb")
    load_from(warehouse, write(tmp_path / "drop", cut), "files")
    with FakeLightspeedX(everything, token=TOKEN) as till:
        rows, _ = check(warehouse, account(till.url), sample_size=2)
    assert rows["inventory", "newest"]["status"] == "differs"
    assert "the list was cut" in rows["inventory", "newest"]["detail"]
    assert rows["products", "newest"]["status"] == "ok"


def test_ids_that_are_named_but_absent_are_counted(warehouse):
    some = small_shop()
    some["products"] = some["products"][:10]  # the exporter did not ask for deleted=true
    del some["customers"]  # not exported at all: nothing was cut
    fill(warehouse, some)
    rows, _ = check(warehouse, account("drop", "files"))
    assert rows["products", "absent_references"]["found"] == "2 absent"
    assert ("customers", "absent_references") not in rows


def test_a_complete_shop_shows_no_marks(warehouse):
    fill(warehouse, small_shop())
    with warehouse.connect() as db:
        assert truncation_marks(db, account("drop", "files")) == []


def test_a_payload_that_is_no_json_does_not_stop_the_search(make_warehouse):
    warehouse = make_warehouse("duckdb")
    fill(warehouse, small_shop())
    with warehouse.connect() as db:
        db.execute(
            "insert into raw_lightspeed_x.sales values"
            " ('shop', 'unreadable:1', '{\"id\": \"1', 'load 1', null),"
            " ('shop', 'no-id:1', '[1]', 'load 1', null)"
        )
        assert truncation_marks(db, account("drop", "files")) == []
