"""Products of two tills: what links them, what does not, and that nights link as one load does."""

from __future__ import annotations

import random
from collections import defaultdict

import pytest

from scripts.review.decisions import Decision, add_decisions

MAPPING = """
name: {name}
mode: snapshot
entities:
  products:
    files: "*.csv"
    columns:
      {{product_id: id, product_name: name, brand: brand, sku: sku, price: price, barcode: ean}}
"""
KINDS = "kite puzzle ball drum lamp mug train robot castle puppet globe clock".split()
OTHER = ("other_account_id", "other_product_id")
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
        line = f"{number},{' '.join(words)},{maker},S{number},{price:.2f},"
        if number % 3:
            other = words[1:] if rng.random() < 0.5 else rng.sample(words, 5)
            new.append(f"{number},{' '.join(other)},,S{number % 40},{price * 1.02:.2f},")
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
            text = "\n".join(["id,name,brand,sku,price,ean", *lines]) + "\n"
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

    def linked(self) -> set[frozenset[str]]:
        """Groups of two and more products, as `old 7`."""
        members = defaultdict(set)
        for row in self.opened.fetch("select * from intermediate.int_product_links"):
            members[row["product_key"]].add(f"{row['account_id']} {row['product_id']}")
        return {frozenset(group) for group in members.values() if len(group) > 1}

    def named_pairs(self) -> dict[frozenset[str], dict]:
        """Pairs by their two products, as `old 7`."""
        rows = self.opened.fetch(
            "select pairs.*, one.account_id, one.product_id, two.account_id as other_account_id,"
            " two.product_id as other_product_id from intermediate.int_product_pairs as pairs"
            " inner join intermediate.int_product_records as one using (record_key)"
            " inner join intermediate.int_product_records as two on other_key = two.record_key"
        )
        return {
            frozenset(f"{row[a]} {row[b]}" for a, b in (("account_id", "product_id"), OTHER)): row
            for row in rows
        }


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

    assert tills.links("--full-refresh") == (pairs, groups), "a night gives what a refresh gives"

    rng = random.Random(1)
    rng.shuffle(changed)
    tills.load(changed, rng.sample(new, len(new)), {"new": "2010-01-01", "old": "2015-01-01"})
    assert tills.links("--full-refresh") == (pairs, groups), "no order counts"


def test_a_night_compares_only_what_is_new(tills):
    old, new = catalogues(600)
    ages = {"old": "2015-01-01", "new": "2022-01-01"}
    tills.load(old, new[:-2], ages)
    tills.links()
    table = "intermediate.int_product_names_compared"
    versions = f"select version_no, other_version_no, letters_cosine from {table}"
    with tills.opened.warehouse.connect() as db:
        db.execute(f"update {table} set letters_cosine = -1")
    before = {(row["version_no"], row["other_version_no"]) for row in tills.opened.fetch(versions)}

    tills.load(old, new, ages)
    tills.links()
    after = {
        (row["version_no"], row["other_version_no"]): row["letters_cosine"]
        for row in tills.opened.fetch(versions)
    }
    compared = {pair for pair, letters in after.items() if letters != -1}
    assert compared == set(after) - before
    assert 0 < len(compared) < len(after) / 2

    tills.links("--full-refresh")
    refreshed = tills.opened.fetch(versions)
    assert {(row["version_no"], row["other_version_no"]) for row in refreshed} == set(after)
    assert min(row["letters_cosine"] for row in refreshed) >= 0


def test_a_code_alone_links_no_products_with_unlike_names(tills):
    old, new = catalogues(150)
    for place, line in enumerate(new):  # the second till numbers from the start: S0, S1, ...
        number, name, brand, _, rest = line.split(",", 4)
        new[place] = f"{number},{name},{brand},S{place},{rest}"
    crate = "4006381333931"
    old += [f"c{n},Crate {maker},,K{n},2.00,{crate}" for n, maker in enumerate(MAKERS)]
    new += [f"c{n},Deposit {kind},,L{n},1.00,{crate}" for n, kind in enumerate(KINDS[:5])]
    for n, told in enumerate(("N/A", "none", "0000", "TBA")):
        old.append(f"t{n},{MAKERS[n]} {KINDS[n]} jigsaw,,{told},5.00,")
        new.append(f"t{n},Garden {KINDS[n + 6]} hose,,{told},5.00,")
    for n, kind in enumerate(KINDS):
        single, six = f"Honey {kind} candle", f"Honey {kind} candle 6-pack"
        old += [f"s{n},{single},,H{n},2.00,", f"p{n},{six},,P{n},10.00,"]
        new.append(f"s{n},{single},,9{n:03},2.00," if n % 2 else f"p{n},{six},,9{n:03},10.00,")
    old.append("p99,Cedar soap mint 6-pack,,C6,9.00,")
    new.append("s99,Cedar soap mint,,9099,1.50,")
    tills.load(old, new, {"old": "2015-01-01", "new": "2022-01-01"})
    tills.links()

    pairs = tills.named_pairs()
    alone = pairs[frozenset({"old p99", "new s99"})]  # a pack, and a single
    assert alone["band"] == "review" and "another pack" in alone["reasons"]
    linked = tills.linked()
    assert all(len({one[4:] for one in group}) == 1 for group in linked), "nothing unlike"
    assert {one[4:] for group in linked for one in group if not one[4:].isdigit()} == {
        f"{kind}{n}" for n, kind in enumerate("ps" * 6)
    }
    reused = {  # each once in either till, and why they are none is told of all
        row["sku_code"]: (row["band"], row["outcome"])
        for row in tills.opened.fetch(
            "select one.sku_code, pairs.band, evidence.outcome"
            " from intermediate.int_product_records as one"
            " inner join intermediate.int_product_records as two"
            " on one.sku_code = two.sku_code and one.account_rank > two.account_rank"
            " left join intermediate.int_product_pairs as pairs"
            " on one.record_key = pairs.record_key and two.record_key = pairs.other_key"
            " left join intermediate.int_product_pair_evidence as evidence"
            " on pairs.record_key = evidence.record_key and pairs.other_key = evidence.other_key"
            " and evidence.field = 'name_words'"
        )
    }
    assert len(reused) > 50
    assert all(band and outcome for band, outcome in reused.values())
    assert sum(band == "unlikely" for band, _ in reused.values()) > 40


def test_decisions_are_obeyed_beside_those_on_products_that_are_gone(tills):
    old, new = catalogues(60)
    old += ["a,Cedar soap mint,,A1,3.00,", "b,Walnut bench long,,A2,90.00,"]
    new += ["a,Cedar soap mint,,B1,3.00,", "b,Seat,,B2,95.00,"]
    tills.load(old, new, {"old": "2015-01-01", "new": "2022-01-01"})
    add_decisions(
        "product",
        [
            Decision("product", ("old", one), ("new", other), said, "", "ann", "2026-01-01", "")
            for one, other, said in (
                ("a", "a", "different"),
                ("b", "b", "same"),
                ("gone", "b", "same"),
                ("b", "never there", "different"),
            )
        ],
    )
    tills.links()

    linked = tills.linked()
    assert frozenset({"old b", "new b"}) in linked
    assert frozenset({"old a", "new a"}) not in linked
    told = tills.opened.run(
        *("dbt", "test", "--select", "assert_product_overrides_name_known_products")
    )
    assert "Got 2 results, configured to warn if" in told
