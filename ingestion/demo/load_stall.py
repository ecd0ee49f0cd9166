"""Loads the demo's market stall; a stand-in on this machine plays the part of Square's API."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlsplit

from ingestion.accounts import read_accounts
from ingestion.demo.stall import FIRST_MARKET_DAY, STALL
from ingestion.destinations import open_warehouse
from ingestion.fakes.square import FakeSquare
from ingestion.load import load
from ingestion.run_log import RunRow

TOKEN = "the stand-in of the demo takes this token"


def load_stall(folder: Path) -> list[RunRow]:
    """Load the records of `folder` through the real loader; the lines of the run log.

    The account is paused in pos_accounts.csv: its till is there only while this runs. Raises
    OSError when its port is taken, and what `load` raises.
    """
    (account,) = (a for a in read_accounts() if a.account_id == STALL)
    records = {
        path.stem: [line for line in path.read_text(encoding="utf-8").split("\n") if line]
        for path in sorted(folder.glob("*.jsonl"))
    }
    variable = f"TILLHOUSE_{STALL}_TOKEN".upper()
    before = os.environ.get(variable)
    os.environ[variable] = TOKEN
    try:
        with FakeSquare(records, token=TOKEN, port=urlsplit(account.path).port or 0):
            return load(open_warehouse(), accounts=[STALL], since=FIRST_MARKET_DAY)
    finally:
        del os.environ[variable]
        if before is not None:
            os.environ[variable] = before
