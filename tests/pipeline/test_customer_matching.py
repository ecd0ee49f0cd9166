"""Customers that come night by night are linked as in one load, in any order."""

from __future__ import annotations

import random

import pytest

MAPPING = """
name: List
mode: snapshot
entities:
  customers:
    files: "*.csv"
    columns: {customer_id: id, first_name: first, last_name: last, email: email, phone: phone}
"""
LETTERS = "abcdefghijklmnoprstuvwyz"
LINKS = "select * from intermediate.int_customer_{} order by 1, 2, 3"


def people(count: int) -> list[str]:
    """Lines of a customer list: every third person twice, with an error, one desk phone on many."""
    rng = random.Random(7)
    lines = []
    while len(lines) < count:
        first, last = ("".join(rng.sample(LETTERS, 8)) for _ in range(2))
        email, phone = f"{first}.{last}@example.com", f"604555{rng.randrange(10_000):04d}"
        phone = "6045550100" if rng.random() < 0.2 else phone
        lines.append(f"{first},{last},{email},{phone}")
        if len(lines) % 3 == 0:
            lines.append(f"{first[0]},{last[:3]}{last[4:]},{email.upper()},+1 {phone}")
    return [f"{number},{line}" for number, line in enumerate(lines[:count])]


def families(count: int) -> list[str]:
    """Lines of people who share family name, e-mail and phone, three by three."""
    rng = random.Random(8)
    lines = []
    for family in range(count):
        last = "".join(rng.sample(LETTERS, 8))
        for member in range(3):
            first = "".join(rng.sample(LETTERS, 8))
            number = 1000 + 3 * family + member
            lines.append(f"{number},{first},{last},{last}@example.com,60477{family:05d}")
    return lines


class Shop:
    """One till with a customer list as a file; builds what the links of customers need."""

    def __init__(self, opened, folder) -> None:
        self.opened, self.folder = opened, folder

    def load(self, lines: list[str]) -> None:
        text = "\n".join(["id,first,last,email,phone", *lines]) + "\n"
        (self.folder / "list.csv").write_text(text, encoding="utf-8")
        self.opened.run("ingestion", "load")

    def links(self, *more: str) -> dict[str, list]:
        wanted = ("+int_customer_groups", "+int_customer_pair_evidence")
        self.opened.build("--exclude-resource-type", "test", "--select", *wanted, *more)
        return {
            name: self.opened.fetch(LINKS.format(name))
            for name in ("groups", "pairs", "pair_evidence", "comparisons", "weights")
        }


@pytest.fixture(params=["duckdb", "postgres"])
def till(request, open_shop, shop, tmp_path) -> Shop:
    folder = tmp_path / "drop"
    folder.mkdir()
    (tmp_path / "list.yml").write_text(MAPPING, encoding="utf-8")
    mapping = str(tmp_path / "list.yml")
    shop({"account_id": "list", "source": "files", "path": str(folder), "mapping": mapping})
    return Shop(open_shop(request.param), folder)


def test_nights_link_as_one_load_does(till):
    lines = people(240) + families(60)
    till.load([*lines[:200], *lines[240:]])
    first = till.links()
    assert len(first["groups"]) > 30

    changed = [line.replace(",", ",x", 1) if line.startswith("5,") else line for line in lines]
    till.load([line for line in changed if not line.startswith("9,")])
    night = till.links()
    whole = till.links("--full-refresh")
    assert night == whole
    assert night["groups"] != first["groups"]

    random.Random(1).shuffle(changed)
    till.load([line for line in changed if not line.startswith("9,")])
    assert till.links("--full-refresh") == whole, "the order of the file does not count"
    sizes = till.opened.fetch(
        "select count(*) as size from intermediate.int_customer_groups group by founder_key"
    )
    assert max(row["size"] for row in sizes) <= 2, "the desk's phone joins nobody"
    members = till.opened.fetch(
        "select count(*) as members from intermediate.int_customer_groups as grouped"
        " inner join intermediate.int_customer_features as features"
        " on grouped.record_key = features.record_key where length(features.customer_id) = 4"
    )
    assert members[0]["members"] == 0, "a family is not one person"
