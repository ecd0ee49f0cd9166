"""Products that come night by night are linked as in one load, in any order of rows and tills."""

from __future__ import annotations

import random
from collections import defaultdict

import pytest

MAPPING = """
name: {name}
mode: snapshot
entities:
  products:
    files: "*.csv"
    columns: {{product_id: id, product_name: name, brand: brand, sku: sku, price: price}}
"""
KINDS = "kite puzzle ball drum lamp mug train robot castle puppet globe clock".split()
COLOURS = "red blue green black white".split()
MAKERS = "Otterly Quillo Brambel Zanto Pellow".split()


def catalogues(count: int) -> tuple[list[str], list[str]]:
    """Lines of two product lists: two in three are in both, worded otherwise in the second."""
    rng = random.Random(7)
    old, new = [], []
    for number in range(count):
        maker, kind = rng.choice(MAKERS), rng.choice(KINDS)
        words = [maker, kind, rng.choice(KINDS), rng.choice(COLOURS), f"{kind[:2]}{number:03}x"]
        price = rng.randrange(300, 9000) / 100
        line = f"{number},{' '.join(words)},{maker},S{number},{price:.2f}"
        if number % 3:
            other = words[1:] if rng.random() < 0.5 else rng.sample(words, 5)
            new.append(f"{number},{' '.join(other)},,S{number % 40},{price * 1.02:.2f}")
        if number % 3 < 2:
            old.append(line)
    return old, new


class Tills:
    """Two tills with a product list each as a file; builds what the links of products need."""

    def __init__(self, opened, shop, folder) -> None:
        self.opened, self.shop, self.folder = opened, shop, folder
        for name in ("old", "new"):
            (folder / name).mkdir()
            (folder / f"{name}.yml").write_text(MAPPING.format(name=name), encoding="utf-8")

    def load(self, old: list[str], new: list[str], ages: dict[str, str]) -> None:
        """Write and load both lists; `ages` is the first day of each till, in the order given."""
        self.shop(
            *(
                {
                    "account_id": name,
                    "source": "files",
                    "path": str(self.folder / name),
                    "mapping": str(self.folder / f"{name}.yml"),
                    "active_from": day,
                }
                for name, day in ages.items()
            )
        )
        for name, lines in (("old", old), ("new", new)):
            text = "\n".join(["id,name,brand,sku,price", *lines]) + "\n"
            (self.folder / name / "list.csv").write_text(text, encoding="utf-8")
        self.opened.run("ingestion", "load")

    def links(self, *more: str) -> tuple[dict, set]:
        """Pairs by their two records, whichever is first, with what was said; groups of records."""
        wanted = ("+int_product_links", "+int_product_pair_evidence")
        self.opened.build("--exclude-resource-type", "test", "--select", *wanted, *more)
        pairs = {
            frozenset((row["record_key"], row["other_key"])): (
                *(row["score"], row["band"], row["is_link"], row["method"], row["reasons"]),
            )
            for row in self.opened.fetch("select * from intermediate.int_product_pairs")
        }
        members = defaultdict(set)
        for row in self.opened.fetch("select * from intermediate.int_product_links"):
            members[row["product_key"]].add(row["account_product_key"])
        return pairs, {frozenset(group) for group in members.values()}


@pytest.fixture(params=["duckdb", "postgres"])
def tills(request, open_shop, shop, tmp_path) -> Tills:
    shop({"account_id": "old", "source": "files"})
    return Tills(open_shop(request.param), shop, tmp_path)


def test_nights_and_order_link_as_one_load_does(tills):
    old, new = catalogues(150)
    ages = {"old": "2015-01-01", "new": "2022-01-01"}
    tills.load(old[:80], new[:80], ages)
    first, _ = tills.links()

    changed = [line.replace(",", ",Large ", 1) if line.startswith("7,") else line for line in old]
    changed = changed[3:]
    tills.load(changed, new, ages)
    pairs, groups = tills.links()
    assert pairs != first
    assert sum(len(group) == 2 for group in groups) > 40

    rng = random.Random(1)
    rng.shuffle(changed)
    tills.load(changed, rng.sample(new, len(new)), {"new": "2010-01-01", "old": "2015-01-01"})
    assert tills.links("--full-refresh") == (pairs, groups), "no order counts"
