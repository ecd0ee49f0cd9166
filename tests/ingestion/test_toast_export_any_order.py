"""Toast's export in whatever order it comes: in the end as if it was loaded once."""

from __future__ import annotations

import random
import shutil
from datetime import date
from pathlib import Path

import pytest

from tests.ingestion.toast_drop import TUE, WED, pay, ring_up
from tests.ingestion.toast_nights import THU, Raw, late
from tests.pipeline.toast_export import Export

DAYS = (TUE, WED, THU, "20240510")


def export_anew(chance: random.Random, folder: Path, day: str) -> dict[Path, bytes]:
    """A day with orders of which other days may have some too, and payments of any order."""
    export = Export()
    for number in chance.sample(range(1, 9), chance.randint(1, 4)):
        ring_up(export, day, number, f"{chance.randint(5, 20)}.00")
    for number in chance.sample(range(1, 9), 2):
        amount = {"Amount": f"{chance.randint(1, 9)}.00", "Paid Date": "5/7/24 9:06 AM"}
        pay(export, day, number, chance.choice((0, 5)), **amount)
    export.write(folder)
    return {path: path.read_bytes() for path in (folder / day).iterdir()}


def damage(chance: random.Random, folder: Path) -> None:
    """Take away a day, or one of its files, its end, or a number in it."""
    name = chance.choice(("OrderDetails", "PaymentDetails", "ItemSelectionDetails"))
    path = folder / f"{name}.csv"
    how = chance.choice(("folder", "file", "cut", "cell"))
    if how == "folder" or not path.exists():
        shutil.rmtree(folder, ignore_errors=True)
    elif how == "file":
        path.unlink()
    else:
        text = path.read_bytes()
        path.write_bytes(text[:-30] if how == "cut" else text.replace(b".00", b".O0", 1))


@pytest.mark.parametrize("seed", range(12))
def test_in_the_end_all_is_as_if_it_was_loaded_once(seed, tmp_path):
    chance, till, whole = random.Random(seed), Raw(tmp_path), {}
    for _ in range(8):
        for day in chance.sample(DAYS, 2):
            if chance.random() < 0.5:
                whole[day] = export_anew(chance, tmp_path, day)
            else:
                damage(chance, tmp_path / day)
        on_demand = chance.choice(DAYS) if chance.random() < 0.3 else None
        till.load(on_demand and date.fromisoformat(on_demand))
        mend([files for files in whole.values() if chance.random() < 0.5])
    mend(list(whole.values()))
    till.load()
    once = Raw(tmp_path)
    once.load()
    assert till.current == once.current
    assert once.current["orders"]


def mend(days: list[dict[Path, bytes]]) -> None:
    for files in days:
        for path, text in files.items():
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(text)


@pytest.mark.parametrize("seed", range(12))
def test_what_is_gone_stays_as_it_was_and_the_rest_goes_on(seed, tmp_path):
    chance, till, once = random.Random(seed), Raw(tmp_path), Raw(tmp_path)
    days = {day: export_anew(chance, tmp_path, day) for day in DAYS}
    till.load()
    before = till.current["orders"].copy()
    export = Export()
    ring_up(export, "20240511", 9)
    for number in chance.sample(range(1, 9), 4):
        late(export, "20240511", number, f"{chance.randint(1, 9)}.00")
    export.write(tmp_path)
    once.load()
    lost = chance.sample(DAYS, 2)
    for day in lost:
        take_away(chance, tmp_path / day)
    till.load()
    texts = [text.decode() for day in lost for text in days[day].values()]

    def touches_what_is_lost(record_id: str) -> bool:
        return any(record_id.partition("|")[2] in text for text in texts)

    expected = {id_: text for id_, text in before.items() if touches_what_is_lost(id_)}
    whole = once.current["orders"]
    expected |= {id_: text for id_, text in whole.items() if not touches_what_is_lost(id_)}
    assert till.current["orders"] == expected
    listed = ({id_.partition("|")[2] for id_ in raw.current["payments"]} for raw in (till, once))
    assert next(listed) == next(listed)
    mend(list(days.values()))
    till.load()
    assert till.current == once.current


def take_away(chance: random.Random, folder: Path) -> None:
    """A day is gone, or one of its files."""
    names = ("OrderDetails", "ItemSelectionDetails", "PaymentDetails", "CheckDetails")
    name = chance.choice(("", *names))
    if name:
        (folder / f"{name}.csv").unlink()
    else:
        shutil.rmtree(folder)
