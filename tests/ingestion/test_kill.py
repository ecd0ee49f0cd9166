"""kill -9 at any moment loses nothing and repeats nothing after the next load.

Every test compares all versions of all records with those of a load that nobody disturbed.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import psycopg2
import pytest

from ingestion.accounts import PROJECT_DIR
from ingestion.destinations import Warehouse
from ingestion.fakes.lightspeed_x import FakeLightspeedX
from ingestion.fakes.square import FakeSquare
from ingestion.load import load
from tests.clock import now
from tests.ingestion.killed import DAY_POINTS, POINTS
from tests.ingestion.landed import days
from tests.ingestion.square_shop import location, order

ENTITIES = ("products", "inventory", "sales")
LOAD = ["load", *(word for entity in ENTITIES for word in ("--entity", entity))]
MERGING = [point for point in POINTS if "table" in point or "merged" in point]
COLUMNS = (
    "account_id,business_id,source,till_name,location_name,time_zone,day_cutoff,currency,"
    "transport,path,mapping,active_from,active_to,paused"
)
ACCOUNT = "shop,shop,{},Till,High Street,America/Vancouver,00:00,CAD,{},{},,,,false"


class Till:
    """A folder of exports, and warehouses that hold the first of them; copied for each test."""

    def __init__(self, engine: str, folder: Path, server: dict | None) -> None:
        self.engine, self.folder, self.server = engine, folder, server
        self.drop = folder / "drop"
        self.databases: list[str] = []
        self.seeds = PROJECT_DIR / "data" / f"test_{uuid.uuid4().hex[:12]}" / "seeds"
        shutil.copytree(PROJECT_DIR / "seeds", self.seeds)
        shutil.copy(PROJECT_DIR / "profiles.yml.example", folder / "profiles.yml")
        self.set_account("files", self.drop)

    def set_account(self, transport: str, path: object, source: str = "lightspeed_x") -> None:
        """Say where the till's records come from."""
        text = f"{COLUMNS}\n{ACCOUNT.format(source, transport, path)}\n"
        (self.seeds / "pos_accounts.csv").write_text(text, encoding="utf-8")

    def export(self, number: int, records: Callable[[str], list[dict]]) -> None:
        """One more export arrives."""
        folder = self.drop / str(number)
        folder.mkdir(parents=True)
        for entity in ENTITIES:
            lines = "".join(json.dumps(record) + "\n" for record in records(entity))
            (folder / f"{entity}.jsonl").write_text(lines, encoding="utf-8")

    def warehouse(self, like: Warehouse | None = None) -> Warehouse:
        """A warehouse of its own: empty, or a copy with what dlt has left undone."""
        name = f"k{uuid.uuid4().hex[:10]}"
        if self.engine == "duckdb":
            path = self.folder / name / "tillhouse.duckdb"
            if like:
                shutil.copytree(like.duckdb_path.parent, path.parent)
            return Warehouse("duckdb", {"type": "duckdb", "path": str(path)})
        copied = f" template {like.settings['dbname']}" if like else ""
        self._on_server(f"create database {name}{copied}")
        self.databases.append(name)
        copy = Warehouse("postgres", self.server | {"dbname": name})
        if like and like.work_folder.exists():
            shutil.copytree(like.work_folder, copy.work_folder)
        return copy

    def close(self) -> None:
        """Drop what was made on the server and in the project's folder."""
        shutil.rmtree(self.seeds.parent)
        for name in self.databases:
            self._on_server(f"drop database if exists {name} with (force)")

    def _on_server(self, sql: str) -> None:
        server = psycopg2.connect(**{k: self.server[k] for k in ("host", "port", "user", "dbname")})
        server.autocommit = True
        for attempt in range(50):  # a template must be free: its killed user goes in a moment
            try:
                server.cursor().execute(sql)
                break
            except psycopg2.errors.ObjectInUse:
                assert attempt < 49
                time.sleep(0.1)
        server.close()

    def environment(self, warehouse: Warehouse) -> dict[str, str]:
        """What a process needs to load this warehouse."""
        found = os.environ | {"TILLHOUSE_TARGET": self.engine}
        if self.engine == "duckdb":
            return found | {"TILLHOUSE_DUCKDB": str(warehouse.duckdb_path)}
        keys = {"host": "HOST", "port": "PORT", "user": "USER", "dbname": "DATABASE"}
        return found | {f"TILLHOUSE_PG_{n}": str(warehouse.settings[k]) for k, n in keys.items()}

    def start(self, warehouse: Warehouse, *command: str) -> subprocess.Popen:
        """A process of its own, `python -m <command>`."""
        return subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=PROJECT_DIR,
            env=self.environment(warehouse),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def kill_at(self, point: str, warehouse: Warehouse, *command: str) -> None:
        """A load in a process of its own that is killed at the point."""
        process = self.start(warehouse, "tests.ingestion.killed", point, *(command or LOAD))
        told, _ = process.communicate(timeout=120)
        assert process.returncode == -signal.SIGKILL, told


def first(entity: str) -> list[dict]:
    """What the shop had to begin with."""
    return [{"id": f"{entity}-{n}", "version": 10 + n, "v": "first"} for n in range(40)]


def second(entity: str) -> list[dict]:
    """The export whose load is killed: some records changed, some new."""
    return [{"id": f"{entity}-{n}", "version": 100 + n, "v": "second"} for n in range(30, 60)]


def third(entity: str) -> list[dict]:
    """The export that arrives after the kill."""
    return [{"id": f"{entity}-{n}", "version": 200 + n, "v": "third"} for n in (1, 2, 70, 71)]


def versions(warehouse: Warehouse) -> dict[str, list[tuple]]:
    """Every version of every record: table -> (record_key, payload, is current), sorted."""
    with warehouse.connect() as db:
        found = {
            entity: db.fetch(
                "select record_key, payload, _dlt_valid_to is null as is_current"
                f" from raw_lightspeed_x.{entity}"
            )
            for entity in ENTITIES
        }
    return {entity: sorted(tuple(row.values()) for row in rows) for entity, rows in found.items()}


@pytest.fixture(scope="module", params=["duckdb", "postgres"])
def till(request, tmp_path_factory) -> Iterator[Till]:
    folder = tmp_path_factory.mktemp("kill")
    is_postgres = request.param == "postgres"
    server = request.getfixturevalue("postgres_settings") if is_postgres else None
    made = Till(request.param, folder, server)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TILLHOUSE_SEEDS", str(made.seeds.relative_to(PROJECT_DIR)))
        patch.setenv("TILLHOUSE_WORK", str(folder))
        patch.setenv("DBT_PROFILES_DIR", str(folder))
        yield made
    made.close()


@pytest.fixture(scope="module")
def base(till) -> Warehouse:
    """A warehouse that holds the first export."""
    till.export(1, first)
    warehouse = till.warehouse()
    load(warehouse)
    return warehouse


@pytest.fixture(scope="module")
def undisturbed(till, base) -> dict:
    """What is there when the second and the third export are loaded and nobody disturbs."""
    warehouse = till.warehouse(base)
    till.export(2, second)
    load(warehouse, entities=ENTITIES)
    till.export(3, third)
    load(warehouse, entities=ENTITIES)
    expected = versions(warehouse)
    assert [len(rows) for rows in expected.values()] == [40 + 30 + 4] * len(ENTITIES)
    shutil.rmtree(till.drop / "2")
    shutil.rmtree(till.drop / "3")
    return expected


@pytest.fixture
def exports(till, base, undisturbed) -> Iterator[Till]:
    """The till with its second export just made."""
    till.export(2, second)
    yield till
    for number in (2, 3):
        shutil.rmtree(till.drop / str(number), ignore_errors=True)


@pytest.mark.parametrize("point", POINTS)
def test_killed_then_loaded_with_new_data(exports, base, undisturbed, point):
    """With what dlt left undone in its work folder, and with that folder wiped."""
    if exports.engine == "postgres" and point not in MERGING:
        pytest.skip("the engine has no part in it: tested on DuckDB")
    warehouses = [exports.warehouse(base)]
    exports.kill_at(point, warehouses[0])
    if point in MERGING:
        warehouses.append(exports.warehouse(warehouses[0]))
        shutil.rmtree(warehouses[1].work_folder)
    exports.export(3, third)
    for warehouse in warehouses:
        rows = load(warehouse, entities=ENTITIES)
        assert {row.status for row in rows} <= {"success", "no_change"}
        assert versions(warehouse) == undisturbed
        with warehouse.connect() as db:
            left = db.fetch("select status from raw_tillhouse.sync_runs where status = 'running'")
        assert left == []


def test_killed_at_any_moment(exports, base, undisturbed):
    """`python -m ingestion load` as a person types it, killed from outside."""
    began = time.monotonic()
    trial = exports.start(exports.warehouse(base), "ingestion", *LOAD)
    told, _ = trial.communicate(timeout=120)
    assert trial.returncode == 0, told
    seconds = time.monotonic() - began
    warehouse = exports.warehouse(base)
    process = exports.start(warehouse, "ingestion", *LOAD)
    time.sleep(seconds * 0.8)
    process.kill()
    process.communicate()
    exports.export(3, third)
    load(warehouse, entities=ENTITIES)
    assert versions(warehouse) == undisturbed


def test_the_very_first_load_is_killed(till, base, undisturbed):
    warehouse = till.warehouse()
    till.kill_at("when the first table is merged", warehouse)
    load(warehouse, entities=ENTITIES)
    assert versions(warehouse) == versions(base)


@pytest.mark.parametrize(
    ("point", "is_wiped"),
    [
        ("when all is merged, before it is marked", True),
        ("when it is marked, before the files are", False),
    ],
)
def test_the_bookmark_of_an_api_agrees_with_the_records(till, monkeypatch, point, is_wiped):
    monkeypatch.setenv("TILLHOUSE_SHOP_TOKEN", "a-token")
    warehouse = till.warehouse()
    with FakeLightspeedX({e: first(e) + second(e)[10:] for e in ENTITIES}, "a-token") as shop:
        till.set_account("api", shop.url)
        try:
            till.kill_at(point, warehouse)
            if is_wiped:
                shutil.rmtree(warehouse.work_folder)
            for record in third("sales"):
                shop.change("sales", record)
            load(warehouse, entities=ENTITIES)
            found = versions(warehouse)
            again = load(warehouse, entities=ENTITIES)
        finally:
            till.set_account("files", till.drop)
    current = {key for key, _, is_current in found["sales"] if is_current}
    assert current == {f"shop|sales-{n}" for n in [*range(60), 70, 71]}
    assert {len(found[e]) for e in ("products", "inventory")} == {60}
    assert [(row.status, row.fetched) for row in again] == [("no_change", 0)] * 3
    assert versions(warehouse) == found


@pytest.mark.parametrize("point", [*DAY_POINTS, "when the first table is merged"])
def test_a_history_that_is_read_day_by_day_goes_on_after_a_kill(till, monkeypatch, point):
    """Killed within the first parts of 300 orders in 30 days; then orders are edited and come."""
    monkeypatch.setenv("TILLHOUSE_SHOP_TOKEN", "a-token")
    since = now().date() - timedelta(days=31)
    orders = [order(n, days=31 - n // 10) for n in range(300)]
    later = [order(7, days=0.01, note="edited"), order(295, days=0.01), order(301, days=0.01)]
    killed, whole = till.warehouse(), till.warehouse()
    with FakeSquare({"locations": [location(1)], "orders": orders}, "a-token") as shop:
        till.set_account("api", shop.url, "square")
        try:
            command = ("load", "--entity", "orders", "--since", f"{since}")
            till.kill_at(point, killed, *command)
            began = days(killed, "orders")
            for record in later:
                shop.change("orders", record)
            asked = shop.requests["orders/search"]
            (row,) = load(killed, entities=["orders"])
            asked = shop.requests["orders/search"] - asked
            (again,) = load(killed, entities=["orders"])
            load(whole, entities=["orders"], since=since)
        finally:
            till.set_account("files", till.drop)
    assert len(began) == 32, "how far back to read is known from the start"
    assert ("success" in began.values()) == (point == "when the days of a part are done")
    assert row.status == "success" and (again.new, again.changed, again.closed) == (0, 0, 0)
    assert asked <= len(days(whole, "orders")) - list(began.values()).count("success") + 4
    assert days(killed, "orders") == days(whole, "orders")
    found, expected = order_versions(killed), order_versions(whole)
    assert {v for v in found if v[2]} == {v for v in expected if v[2]} and len(expected) == 301
    assert len(found) == len(set(found)) <= 301 + 2, "only what was edited has two versions"


@pytest.mark.parametrize("point", [*DAY_POINTS, "when the first table is merged"])
def test_days_read_again_for_a_new_location_are_not_forgotten_by_a_kill(till, monkeypatch, point):
    """Killed within the first parts of the 300 orders of a location that is listed later."""
    monkeypatch.setenv("TILLHOUSE_SHOP_TOKEN", "a-token")
    orders = [order(n, days=31 - n // 10, place=2) for n in range(300)]
    killed = till.warehouse()
    with FakeSquare({"locations": [location(1)], "orders": orders}, "a-token") as shop:
        till.set_account("api", shop.url, "square")
        try:
            load(killed, entities=["orders"])
            shop.change("locations", location(2))
            till.kill_at(point, killed, "load", "--entity", "orders")
            (row,) = load(killed, entities=["orders"])
            (again,) = load(killed, entities=["orders"])
        finally:
            till.set_account("files", till.drop)
    assert row.status == "success" and (again.new, again.changed, again.closed) == (0, 0, 0)
    assert len(order_versions(killed)) == len({v[0] for v in order_versions(killed)}) == 300


def order_versions(warehouse: Warehouse) -> list[tuple]:
    """Every version of every order: (record_id, payload, is current)."""
    with warehouse.connect() as db:
        columns = "record_id, payload, _dlt_valid_to is null as is_current"
        return [tuple(row.values()) for row in db.fetch(f"select {columns} from raw_square.orders")]
