"""A golden key outlives links, parting, older records and full refreshes; old keys lead on."""

from __future__ import annotations

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
