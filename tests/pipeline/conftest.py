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

COMMANDS = {"dbt": ["-c", "from dbt.cli.main import cli; cli()"]}


class Shop:
    """One warehouse with the accounts of the test; commands run as processes of their own."""

    def __init__(self, warehouse: Warehouse, environment: dict[str, str], target: Path) -> None:
        self.warehouse, self.target = warehouse, target
        self.environment = environment | {
            "TILLHOUSE_TARGET": warehouse.target,
            "DBT_TARGET_PATH": str(target),
            "DBT_LOG_PATH": str(target / "logs"),
            "TILLHOUSE_OUT": str(target / "out"),
        }

    def run(self, module: str, *arguments: str, expect: int = 0) -> str:
        """Run `python -m module arguments` in the project; returns what it printed."""
        done = subprocess.run(
            [sys.executable, *COMMANDS.get(module, ["-m", module]), *arguments],
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


@pytest.fixture
def open_shop(make_warehouse, tmp_path, monkeypatch):
    """A function `open_shop(engine)`: a shop over an empty warehouse with the accounts set now."""
    shutil.copy(PROJECT_DIR / "profiles.yml.example", tmp_path / "profiles.yml")
    monkeypatch.setenv("DBT_PROFILES_DIR", str(tmp_path))

    def make(engine: str) -> Shop:
        warehouse = make_warehouse(engine)
        return Shop(warehouse, dict(os.environ), tmp_path / f"target_{warehouse.settings['type']}")

    return make
