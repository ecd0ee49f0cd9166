"""A whole shop for a test: accounts, a warehouse, and the commands that a person would type."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ingestion.destinations import PROJECT_DIR, Warehouse

DBT = ["-c", "from dbt.cli.main import cli; cli()"]


class Shop:
    """One warehouse with the accounts of the test; commands run as processes of their own.

    `target` is dbt's own folder. It serves all tests of an engine, so that dbt does not parse the
    project anew in each of them.
    """

    def __init__(self, warehouse: Warehouse, environment: dict[str, str], target: Path) -> None:
        self.warehouse, self.target = warehouse, target
        self.environment = environment | {
            "TILLHOUSE_TARGET": warehouse.target,
            "DBT_TARGET_PATH": str(target),
            "DBT_LOG_PATH": str(target / "logs"),
        }

    def run(self, module: str, *arguments: str, expect: int = 0) -> str:
        """Run `python -m module arguments` in the project; returns what it printed."""
        command = ["-m", module, *arguments]
        if module == "dbt":
            command = [*DBT, *arguments, "--target", self.warehouse.target]
        done = subprocess.run(
            [sys.executable, *command],
            cwd=PROJECT_DIR,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        printed = done.stdout + done.stderr
        assert done.returncode == expect, f"{module} {' '.join(arguments)}:\n{printed[-6000:]}"
        return printed

    def build(self, *arguments: str, expect: int = 0) -> str:
        """`dbt build` with its data tests."""
        return self.run(
            "dbt",
            "build",
            "--quiet",
            "--exclude-resource-type",
            "unit_test",
            *arguments,
            expect=expect,
        )

    def night(self) -> str:
        """A night without its load: builds what is stale, exports and reports."""
        return self.run("scripts.nightly", "--skip-load")

    def fetch(self, sql: str, parameters: tuple = ()) -> list[dict]:
        """Rows of a query."""
        with self.warehouse.connect() as db:
            return db.fetch(sql, parameters)

    def rows(self, relation: str, leave_out: tuple[str, ...] = ()) -> list[tuple]:
        """All rows of a relation as sorted tuples of text, to compare two warehouses."""
        found = self.fetch(f"select * from {relation}")
        kept = [[str(v) for k, v in row.items() if k not in leave_out] for row in found]
        return sorted(tuple(row) for row in kept)

    def marts(self) -> list[str]:
        """Every mart and report, as `schema.table`."""
        manifest = json.loads((self.target / "manifest.json").read_text(encoding="utf-8"))
        return [
            f"{node['schema']}.{node['name']}"
            for node in manifest["nodes"].values()
            if node["resource_type"] == "model" and node["fqn"][1] == "marts"
        ]


@pytest.fixture(scope="session")
def dbt_folder(tmp_path_factory) -> Path:
    """Where dbt finds the same profile, and leaves what it has parsed, in every test."""
    folder = tmp_path_factory.mktemp("dbt")
    shutil.copy(PROJECT_DIR / "profiles.yml.example", folder / "profiles.yml")
    return folder


@pytest.fixture
def open_shop(make_warehouse, dbt_folder, tmp_path, monkeypatch):
    """A function `open_shop(engine)`: a shop over an empty warehouse with the accounts set now."""
    monkeypatch.setenv("DBT_PROFILES_DIR", str(dbt_folder))

    def make(engine: str) -> Shop:
        warehouse = make_warehouse(engine)
        environment = dict(os.environ) | {"TILLHOUSE_OUT": str(tmp_path / "out")}
        if engine == "duckdb":  # by one path in every test, as far as dbt can see
            link = dbt_folder / "warehouse"
            link.unlink(missing_ok=True)
            link.symlink_to(warehouse.duckdb_path.parent)
            environment["TILLHOUSE_DUCKDB"] = str(link / warehouse.duckdb_path.name)
        target = dbt_folder / f"target_{engine}"
        for results in target.glob("*results*.json"):
            results.unlink()
        return Shop(warehouse, environment, target)

    return make
