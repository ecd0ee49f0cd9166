"""The demo's tills that have an API: what they hold, and the stand-in that answers for each.

`CLOUD_TILLS` is the list of them. `invent` gives the records of a till as {file: [record, ...]} and
what is true of them; they are written to `<folder>/<file>.jsonl`. `fake` gives the stand-in of its
API that serves these files. The accounts are paused in pos_accounts.csv: their tills are there only
while `load_cloud_tills` runs. The stand-ins keep the tills' limits; nobody waits for them, their
clock is set forward instead.
"""

from __future__ import annotations

import json
import os
import random
import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from ingestion.accounts import read_accounts
from ingestion.demo.bar import BAR, FIRST_NIGHT, invent_bar
from ingestion.demo.cafe import CAFE, FIRST_MORNING, invent_cafe
from ingestion.demo.shop import Shop
from ingestion.demo.stall import FIRST_MARKET_DAY, STALL, invent_stall
from ingestion.destinations import open_warehouse
from ingestion.fakes.lightspeed_k import FakeKSeries
from ingestion.fakes.limits import without_waiting
from ingestion.fakes.square import FakeSquare
from ingestion.fakes.toast import RESTAURANT, FakeToast
from ingestion.load import load
from ingestion.run_log import RunRow

TOKEN = "the stand-ins of the demo take this token"
Files = dict[str, list[str]]


@dataclass(frozen=True)
class CloudTill:
    """One till. `fake` takes its files' lines, the token and the port; `settings` are what else
    the environment has to say of the account.
    """

    account: str
    folder: str
    first_day: date
    invent: Callable[[Shop, random.Random], tuple[dict[str, list[dict]], dict]]
    fake: Callable[[Files, str, int], AbstractContextManager]
    settings: tuple[tuple[str, str], ...] = ()


def _fake_square(files: Files, token: str, port: int) -> FakeSquare:
    return FakeSquare(files, token=token, port=port)


def _fake_kseries(files: Files, token: str, port: int) -> FakeKSeries:
    """Files are named `<location>.<entity>`, but for the businesses."""
    records: dict[str, dict[str, list]] = {}
    for name, lines in files.items():
        location, _, entity = name.rpartition(".")
        if location:
            records.setdefault(entity, {})[location] = lines
    businesses = [json.loads(line) for line in files["businesses"]]
    return FakeKSeries(businesses, records, token=token, port=port)


def _fake_toast(files: Files, token: str, port: int) -> FakeToast:
    """The menus are one document beside the records."""
    records = {name: lines for name, lines in files.items() if name != "menus"}
    fake = FakeToast(records, token=token, port=port)
    fake.menus = json.loads(files["menus"][0])
    return fake


CLOUD_TILLS = (
    CloudTill(STALL, "square", FIRST_MARKET_DAY, invent_stall, _fake_square),
    CloudTill(BAR, "kseries", FIRST_NIGHT, invent_bar, _fake_kseries),
    CloudTill(
        *(CAFE, "toast", FIRST_MORNING, invent_cafe, _fake_toast),
        settings=(("restaurant_guid", RESTAURANT),),
    ),
)


def write_cloud_tills(out: Path, shop: Shop, seed: int) -> dict[str, dict]:
    """Write each till's records into its folder of `out`; {account: what is true of it}."""
    truths = {}
    for till in CLOUD_TILLS:
        folder = out / till.folder
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        files, truth = till.invent(shop, random.Random(f"{seed} {till.account}"))
        for name, records in files.items():
            text = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
            (folder / f"{name}.jsonl").write_text(text, encoding="utf-8", newline="\n")
        truths[till.account] = truth
    return truths


def load_cloud_tills(out: Path) -> list[RunRow]:
    """Load what `write_cloud_tills` wrote through the real loader; the lines of the run log.

    Only tills in pos_accounts.csv. Raises OSError when the port of one is taken, and what `load`
    raises.
    """
    accounts = {account.account_id: account for account in read_accounts()}
    tills = [till for till in CLOUD_TILLS if till.account in accounts]
    before = dict(os.environ)
    try:
        with without_waiting(), ExitStack() as fakes:
            for till in tills:
                port = urlsplit(accounts[till.account].path).port or 0
                fakes.enter_context(till.fake(_lines(out / till.folder), TOKEN, port))
                for name, value in (("token", TOKEN), *till.settings):
                    os.environ[f"TILLHOUSE_{till.account}_{name}".upper()] = value
            names = [till.account for till in tills]
            first = min((till.first_day for till in tills), default=None)
            return load(open_warehouse(), accounts=names, since=first) if tills else []
    finally:
        os.environ.clear()
        os.environ.update(before)


def _lines(folder: Path) -> Files:
    return {
        path.stem: [line for line in path.read_text(encoding="utf-8").split("\n") if line]
        for path in sorted(folder.glob("*.jsonl"))
    }
