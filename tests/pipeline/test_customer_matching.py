"""Customers that come night by night are linked as in one load, in any order."""

from __future__ import annotations

import random

import pytest

from scripts.review.decisions import Decision, add_decisions

MAPPING = """
name: List
mode: snapshot
entities:
  customers:
    files: "*.csv"
    columns: {customer_id: id, first_name: first, last_name: last, email: email, phone: phone}
"""
LETTERS = "abcdefghijklmnoprstuvwyz"
WHOLE = "columns: {birth_date: born, address_1: street, postcode: postcode, "
RELATIVES = """
select features.customer_id, others.customer_id as other_id, pairs.band, pairs.is_link
from intermediate.int_customer_pairs as pairs
inner join intermediate.int_customer_features as features on pairs.record_no = features.record_no
inner join intermediate.int_customer_features as others on pairs.other_no = others.record_no
"""
GROUPED = """
select string_agg(features.customer_id, ' ') || ' ' || max(founders.customer_id) as members
from intermediate.int_customer_groups as grouped
inner join intermediate.int_customer_features as features
    on grouped.record_key = features.record_key
inner join intermediate.int_customer_features as founders
    on grouped.founder_key = founders.record_key
group by grouped.founder_key
"""
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


def neighbours(households: int, relatives: int) -> list[str]:
    """Lines of people by `<kind><person>-<card>`: p has two cards, the rest share with others.

    d: the shop's own phone and e-mail; m: a second card of an e-mail alone; h: four of a household;
    t: twins, every second two of names that are alike; s: father and son; u: a third card of that
    name and phone without a birth date, which may be either's.
    """
    rng = random.Random(9)
    lines = []

    def name() -> str:
        return "".join(rng.sample(LETTERS, 7))

    def born(year: int) -> str:
        return f"{year}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"

    def card(one: str, first: str, last: str, day: str, home: str) -> None:
        lines.append(f"{one},{first},{last},{day},{home}")

    def home(last: str, number: int) -> str:
        return (
            f"{last}@example.com,604{rng.randrange(10**7):07},{number} {name()} st,{number + 1000}"
        )

    for number in range(120):
        last, own = name(), born(rng.randint(1940, 2000))
        first, there = name(), home(last, number)
        card(f"p{number}-1", first, last, own, there)
        if number % 2:  # two letters of the name have changed places
            card(f"p{number}-2", first[1] + first[0] + first[2:], last, own, there)
    for number in range(120):
        card(f"d{number}-1", name(), name(), "", "shop@example.com,6045550100,,")
    for number in range(households):
        last = name()
        there = home(last, number)
        for member in "abcd":
            card(f"h{number}{member}-1", name(), last, born(rng.randint(1940, 2000)), there)
    for number in range(relatives):
        last, first, own = name(), name(), born(1990)
        there = home(last, number)
        twins = (name(), name())
        twins = (twins, ("paul", "paula"), twins, ("eric", "erica"))[number % 4]
        card(f"t{number}a-1", twins[0], last, own, there)
        card(f"t{number}b-1", twins[1], last, own, there)
        card(f"s{number}a-1", first, last, "1950-03-04", there.replace("st,", "rd,"))
        card(f"s{number}b-1", first, last, "1977-11-26", there.replace("st,", "rd,"))
        if not households:
            card(f"u{number}-1", first, last, "", there.replace("st,", "rd,"))
    for number in range(12):
        last = name()
        there = home(last, number)
        card(f"m{number}-1", name(), last, born(rng.randint(1940, 2000)), there)
        lines.append(f"m{number}-2,,,,{there.split(',')[0]},,,")
    return lines


class Shop:
    """One till with a customer list as a file; builds what the links of customers need."""

    def __init__(self, opened, folder) -> None:
        self.opened, self.folder = opened, folder

    def load(
        self,
        lines: list[str],
        header: str = "id,first,last,email,phone",
        name: str = "list.csv",
    ) -> None:
        text = "\n".join([header, *lines]) + "\n"
        (self.folder / name).write_text(text, encoding="utf-8")
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


def test_decisions_outlive_new_scores_new_names_and_another_export(till):
    lines = people(120)
    till.load(lines)
    till.links()
    linked = next(row for row in till.opened.fetch(RELATIVES) if row["band"] == "certain")
    apart, joined = {linked["customer_id"], linked["other_id"]}, {"0", "1"}
    add_decisions(
        "customer",
        [
            Decision("customer", ("list", one), ("list", two), said, "", "ann", "2026-01-01", "")
            for (one, two), said in ((sorted(apart), "different"), (sorted(joined), "same"))
        ],
    )
    till.links("customer_overrides")
    known = {row["record_key"]: dict(row) for row in till.opened.fetch(LINKS.format("groups"))}

    decided = apart | joined
    renamed = [
        f"{line.split(',')[0]},Robin,Otler,robin@example.com,6045559999"
        if line.split(",")[0] in decided
        else line
        for line in lines
    ]
    (till.folder / "list.csv").unlink()
    random.Random(2).shuffle(renamed)
    till.load(renamed + families(60), name="another.csv")
    scored = till.links()

    assert {row["record_key"]: row["score"] for row in scored["groups"]} != {
        key: row["score"] for key, row in known.items()
    }
    groups = [set(row["members"].split()) for row in till.opened.fetch(GROUPED)]
    assert any(joined <= group for group in groups), "the same stay one, whatever they are called"
    assert not any(apart <= group for group in groups), "the different stay two under one name"
    asked = {
        frozenset((row["customer_id"], row["other_id"]))
        for row in till.opened.fetch(RELATIVES)
        if row["band"] == "review"
    }
    assert not asked & {frozenset(apart), frozenset(joined)}


@pytest.mark.parametrize(("households", "relatives"), [(20, 8), (0, 3)])
def test_relatives_and_the_shops_own_phone_join_nobody(till, households, relatives):
    mapping = till.folder.parent / "list.yml"
    mapping.write_text(MAPPING.replace("columns: {", WHOLE), encoding="utf-8")
    till.load(neighbours(households, relatives), "id,first,last,born,email,phone,street,postcode")
    till.links()
    pairs = till.opened.fetch(RELATIVES)
    linked = {frozenset((row["customer_id"], row["other_id"])) for row in pairs if row["is_link"]}
    people = {frozenset(one.split("-")[0] for one in pair) for pair in linked}

    known = {pair for pair in people if not any(one.startswith("u") for one in pair)}
    people_twice = [f"p{number}" for number in range(1, 120, 2)]
    people_twice += [f"m{number}" for number in range(12)]
    assert known == {frozenset({one}) for one in people_twice}
    grouped = till.opened.fetch(GROUPED)
    groups = {frozenset(row["members"].split()) for row in grouped}
    assert len(groups) >= len(known)
    assert {len(group) for group in groups} == {2}, "a third card joins one of the two relatives"
    asked = {
        frozenset(row[side].split("-")[0] for side in ("customer_id", "other_id"))
        for row in pairs
        if row["band"] == "review"
    }
    relatives_of = {frozenset({f"{k}{n}a", f"{k}{n}b"}) for k in "ts" for n in range(relatives)}
    asked = {pair for pair in asked if not any(one.startswith("u") for one in pair)}
    assert asked <= relatives_of, "a person is asked about twins and namesakes alone"
    assert asked, "twins or namesakes are alike enough to be asked about"
    if not households:
        assert asked == relatives_of, "many duplicates and no household link no relatives"


def test_a_couple_with_one_phone_stays_two(till):
    rng = random.Random(10)
    couples = []
    for couple in range(10):
        last = "".join(rng.sample(LETTERS, 8))
        for card, email in (("a1", "a"), ("a2", "a"), ("b1", "b"), ("b2", "")):
            first = {"a": "Jasper", "b": "Lucia"}[card[0]]
            email = f"{first}.{last}@example.com" if email else ""
            couples.append(f"{card[0]}{couple}-{card},{first},{last},{email},60488{couple:05d}")
    till.load(people(200) + couples)
    till.links()
    groups = [row["members"].split() for row in till.opened.fetch(GROUPED)]
    persons = [{card.split("-")[0] for card in group} for group in groups]
    joined = [group for group in persons if any(one[0] in "ab" for one in group)]
    assert len(joined) == 20 and all(len(group) == 1 for group in joined), joined
