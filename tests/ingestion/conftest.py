"""What the tests of tills need: stand-ins that end with a test, accounts, files."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from ingestion import accounts, load
from tests.ingestion.file_drop import Drop


@pytest.fixture
def start():
    """A function that starts a stand-in and gives it; it ends with the test."""
    with ExitStack() as running:
        yield running.enter_context


@pytest.fixture
def make_account(shop, monkeypatch):
    """A function that gives a running till an account, of the only source that is on."""

    def make(account_id: str, source: str, till):
        for module in (accounts, load):
            monkeypatch.setattr(module, "switched_on_sources", lambda: [source])
        place = {"transport": "api", "path": till.url}
        shop({"account_id": account_id, "source": source, **place})
        return till

    return make


@pytest.fixture
def drop(tmp_path) -> Drop:
    """An empty folder of files with its mapping."""
    return Drop(tmp_path)
