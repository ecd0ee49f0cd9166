"""A golden key outlives links, parting, older records and full refreshes; old keys lead on."""

from __future__ import annotations

import json

import pytest

MAPPING = """
name: List
mode: snapshot
entities:
  products: {files: "*.csv", columns: {product_id: id, product_name: name}}
"""
OVERRIDES = (
    "account_id,product_id,other_account_id,other_product_id,decision,reason,decided_by,decided_on"
)
UNLIKE = {"ancient": "Zinc bucket", "old": "Alder wood boat", "new": "Birch spinning top"}


class Nights:
    """A shop of single products that only decisions link; each night has its date."""

    def __init__(self, shop, opened, tmp_path):
        self.set_accounts, self.opened, self.folder = shop, opened, tmp_path
        (tmp_path / "list.yml").write_text(MAPPING, encoding="utf-8")
        self.day = 0
        self.tills: list[str] = []
        self.decisions: list[str] = []

    def open_tills(self, *tills: str) -> None:
        for till in tills:
            folder = self.folder / till
            folder.mkdir()
            (folder / "list.csv").write_text(f"id,name\n1,{UNLIKE[till]}\n", encoding="utf-8")
            self.tills.append(till)
        since = {"ancient": "2001-01-01", "old": "2010-01-01", "new": "2020-01-01"}
        self.seeds = self.set_accounts(
            *(
                {
                    "account_id": till,
                    "source": "files",
                    "path": str(self.folder / till),
                    "mapping": str(self.folder / "list.yml"),
                    "active_from": since[till],
                }
                for till in self.tills
            )
        )
        self.opened.run("ingestion", "load")

    def decide(self, one: str, other: str, decision: str) -> None:
        day = f"2026-01-{self.day + 1:02d}"
        self.decisions.append(f"{one},1,{other},1,{decision},Ann looked,ann,{day}")
        text = "\n".join([OVERRIDES, *self.decisions]) + "\n"
        (self.seeds / "mapping" / "product_overrides.csv").write_text(text, encoding="utf-8")

    def build(self, select: str = "product_overrides+,+key_changes", *more: str) -> dict[str, str]:
        """Build the links of the next night; gives the golden key of each till's product."""
        self.day += 1
        self.opened.environment["TILLHOUSE_RUN_DATE"] = f"2026-01-{self.day:02d}"
        self.opened.build("--exclude-resource-type", "test", "--select", select, *more)
        rows = self.opened.fetch(
            "select account_id, product_key from intermediate.int_product_links"
        )
        return {row["account_id"]: row["product_key"] for row in rows}

    def leads_to(self, key: str) -> set[str]:
        rows = self.opened.fetch(
            "select current_key from marts.key_changes where old_key = ?", (key,)
        )
        return {row["current_key"] for row in rows}

    def changes(self) -> list[tuple]:
        rows = self.opened.fetch("select * from marts.key_changes order by run_number, account_id")
        return [(row["account_id"], row["change"], str(row["changed_on"])) for row in rows]


@pytest.mark.parametrize("engine", ["duckdb", "postgres"])
def test_a_golden_key_stays_and_an_old_one_leads_on(engine, open_shop, shop, tmp_path):
    shop({"account_id": "old"})
    nights = Nights(shop, open_shop(engine), tmp_path)
    nights.open_tills("old", "new")
    apart = nights.build("+key_changes")
    assert apart["old"] != apart["new"]

    nights.decide("new", "old", "same")
    assert set(nights.build().values()) == {apart["old"]}
    assert nights.leads_to(apart["new"]) == {apart["old"]}

    nights.open_tills("ancient")
    nights.decide("ancient", "old", "same")
    joined = nights.build("+key_changes")
    assert set(joined.values()) == {apart["old"]}, "an older record takes the group's key"

    nights.decide("new", "old", "different")
    nights.decide("new", "ancient", "different")
    parted = nights.build()
    assert parted["old"] == parted["ancient"] == apart["old"]
    assert parted["new"] not in apart.values()
    assert nights.leads_to(apart["new"]) == {parted["new"]}
    assert nights.leads_to(apart["old"]) == {apart["old"]}

    nights.decide("new", "old", "same")
    nights.decide("new", "ancient", "same")
    assert set(nights.build().values()) == {apart["old"]}
    assert nights.leads_to(apart["new"]) == nights.leads_to(parted["new"]) == {apart["old"]}

    changes = [
        ("new", "merged", "2026-01-02"),
        ("new", "split", "2026-01-04"),
        ("new", "merged", "2026-01-05"),
    ]
    assert nights.changes() == changes
    assert set(nights.build("+key_changes", "--full-refresh").values()) == {apart["old"]}
    assert nights.changes() == changes


# Of a, b and c with one key, b and c stay together and keep it; a goes to d and e, whose key has
# two records there; new g joins f; h is parted from d and e; i is new; the key k is held by j.
MEMORY = "a-a b-b b-a c-a d-d e-d f-f h-d j-k k-k k-d"
MEMBERS = "a-a b-b c-b d-a e-a f-f g-f h-h i-i j-j k-k"
QUERY = """
with memory as ({memory}), members as ({members}),
keyed as ({{{{ golden_keys('members', 'memory') }}}})
select record_key, golden_key, previous_key, change, reason, run_number from keyed
"""


def _rows(pairs: str, columns: str) -> str:
    rows = enumerate((pair.split("-") for pair in pairs.split()), start=1)
    marks = ", ".join(f"('{one}', '{other}', {number})" for number, (one, other) in rows)
    return f"select *, 'alike' as reasons from (values {marks}) as t ({columns})"


@pytest.mark.parametrize("engine", ["duckdb", "postgres"])
def test_a_golden_key_stays_with_most_of_its_records(engine, open_shop, shop):
    shop({"account_id": "till"})
    opened = open_shop(engine)
    query = QUERY.format(
        memory=_rows(MEMORY, "record_key, golden_key, run_number"),
        members=_rows(MEMBERS, "record_key, founder_key, seniority"),
    )

    said = opened.run(
        *("dbt", "show", "--quiet", "--inline", query, "--output", "json", "--limit", "99")
    )

    rows = {row["record_key"]: row for row in json.loads(said)["show"]}
    new_key = rows["k"]["golden_key"]
    assert {key: (row["golden_key"], row["change"]) for key, row in rows.items()} == {
        "a": ("d", "moved"),
        "g": ("f", "first"),
        "h": ("h", "split"),
        "i": ("i", "first"),
        "k": (new_key, "split"),
    }
    assert new_key not in set("abcdefghijk"), "k's own key is another's for good"
    assert rows["a"]["previous_key"] == "a" and rows["a"]["reason"] == "alike"
    assert rows["a"]["run_number"] == MEMORY.count("-") + 1
