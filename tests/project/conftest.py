"""What the tests of nights share."""

from __future__ import annotations

import pytest

from scripts import manifest
from tests.project.small_nights import Night


@pytest.fixture
def night(warehouse, tmp_path, monkeypatch):
    """A `Night` on each engine."""
    folder = tmp_path / "project"
    monkeypatch.setattr(manifest, "PROJECT_DIR", folder)
    monkeypatch.setenv("DBT_PROFILES_DIR", str(folder))
    monkeypatch.setenv("DBT_TARGET_PATH", str(folder / "target"))
    monkeypatch.delenv("TILLHOUSE_SEEDS", raising=False)
    return Night(warehouse, folder)
