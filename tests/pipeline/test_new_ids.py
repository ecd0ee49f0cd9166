"""A till that is exported again under new ids: golden keys and people's decisions go on."""

from __future__ import annotations

import pytest
from openpyxl import load_workbook

from scripts.review.workbook import write_workbook

MAPPING = """
name: List
mode: snapshot
entities:
  products: {files: "items.csv", columns: {product_id: id, sku: id, product_name: name}}
  customers:
    files: "people.csv"
    columns: {customer_id: id, full_name: name, email: email, is_active: active}
  sale_lines:
    files: "lines.csv"
    columns:
      sale_id: sale
      product_id: item
      description: name
      quantity: units
      unit_price: price
      net_amount: price
      sold_at: at
      customer_id: person
"""
ITEMS = {1: "Alder wood boat", 2: "Zinc bucket", 3: "Tin cup", 4: "Tin cup"}
PEOPLE = {1: "Ann Alder", 2: "Bob Birch", 5: "Cem Cedar", 6: "Gus Grove"}
LINES = "sale,item,name,units,price,at,person\n1,2,Zinc bucket,1,10,2026-01-01 10:00,2\n"
OVERRIDES = """account_id,{0}_id,other_account_id,other_{0}_id,decision,reason,decided_by,decided_on
old,1,web,{1},{2},Ann looked,ann,2026-01-01
web,{3},old,2,{4},Ann looked,ann,2026-01-01
"""
TABLES = ("product_links", "customer_links", "key_changes", "replaced_ids", "rpt_match_review")
LINKS_ALONE = ("--exclude-resource-type", "test", "--select", *(f"+{table}" for table in TABLES))


class Till:
    """The tills `old`, exported anew each night, and `web`."""

    def __init__(self, set_accounts, opened, folder):
        self.opened, self.folder, self.night = opened, folder, 0
        (folder / "list.yml").write_text(MAPPING, encoding="utf-8")
        seeds = set_accounts(
            *(
                {
                    "account_id": till,
                    "source": "files",
                    "path": str(folder / till),
                    "mapping": str(folder / "list.yml"),
                    "active_from": since,
                }
                for till, since in (("old", "2010-01-01"), ("web", "2020-01-01"))
            )
        )
        self.write("web", {1: "Birch spinning top"}, {7: "Dora Dale", 8: "Ann Alder"})
        self.overrides = seeds / "mapping" / "product_overrides.csv"
        self.overrides.write_text(OVERRIDES.format("product", 1, "same", 1, "unsure"))
        (seeds / "mapping" / "customer_overrides.csv").write_text(
            OVERRIDES.format("customer", 8, "different", 7, "same")
        )

    def write(self, till: str, items: dict, people: dict, inactive: tuple = (), lines="") -> None:
        (self.folder / till).mkdir(exist_ok=True)
        rows = {
            "items.csv": ["id,name", *(f"{key},{name}" for key, name in items.items())],
            "people.csv": ["id,name,email,active"]
            + [
                f"{key},{name},{'' if 'Gus' in name else name.replace(' ', '.') + '@example.com'},"
                f"{str(key not in inactive).lower()}"
                for key, name in people.items()
            ],
            "lines.csv": [lines.strip() or LINES.splitlines()[0]],
        }
        for file, told in rows.items():
            (self.folder / till / file).write_text("\n".join(told) + "\n", encoding="utf-8")

    def build(self, shift: int, *more: str) -> dict[tuple, str]:
        """A night after an export with all ids moved by `shift`; gives the golden keys."""
        self.night += 1
        self.opened.environment["TILLHOUSE_RUN_DATE"] = f"2026-02-{self.night:02d}"
        people = {key + shift: name for key, name in PEOPLE.items()}
        gone = {5: PEOPLE[5]} if shift else {}  # shown as inactive, under its old id
        items = {key + shift: name for key, name in ITEMS.items()}
        self.write("old", items, people | gone, tuple(gone), LINES)
        self.opened.run("ingestion", "load")
        self.opened.build(*more)
        rows = self.opened.fetch(
            "select 'p' as kind, account_id, product_id as id, product_key as golden_key"
            " from marts.product_links union all"
            " select 'c', account_id, customer_id, customer_key from marts.customer_links"
        )
        return {(r["kind"], r["account_id"], r["id"]): r["golden_key"] for r in rows}

    def replaced(self) -> dict[tuple, tuple]:
        rows = self.opened.fetch("select * from marts.replaced_ids")
        return {(r["entity"], int(r["old_id"])): (r["new_id"], str(r["replaced_on"])) for r in rows}

    def answer(self, one: str, other: str, answer: str, expect: int = 0) -> str:
        """Import a workbook with this answer on two products of old and web."""
        row = {
            "entity": "product", "net_sales": 1, "score": 0.5, "is_linked": False,
            "till_name": "Old", "account_id": "old", "record_id": one, "record_name": "A",
            "facts": "", "other_till_name": "Web", "other_account_id": "web",
            "other_record_id": other, "other_name": "B", "other_facts": "", "comparison": "",
        }  # fmt: skip
        path = self.folder / "answers.xlsx"
        path.write_bytes(write_workbook([row])[0])
        book = load_workbook(path)
        book["Products"].cell(2, 1).value = answer
        book.save(path)
        return self.opened.run("scripts.review", "import", str(path), expect=expect)


@pytest.mark.parametrize("engine", ["duckdb", "postgres"])
def test_keys_and_decisions_go_on_under_new_ids(engine, open_shop, shop, tmp_path):
    shop({"account_id": "old"})
    till = Till(shop, open_shop(engine), tmp_path)
    first = till.build(0, *LINKS_ALONE)

    def check(keys: dict[tuple, str], shift: int) -> None:
        def key(kind: str, number: int) -> str:
            return keys[kind, "old", str(number + shift)]

        for kind, number in (("p", 1), ("p", 2), ("c", 1), ("c", 2), ("c", 5)):
            assert key(kind, number) == first[kind, "old", str(number)], (kind, number)
        assert key("p", 1) == keys["p", "web", "1"], "decided to be the same"
        assert key("c", 1) != keys["c", "web", "8"], "decided to differ, though alike"
        assert key("c", 2) == keys["c", "web", "7"], "decided to be the same"
        assert keys["p", "old", "2"] == key("p", 2), "sales name the old id"
        assert keys["c", "old", "2"] == key("c", 2), "sales name the old id"
        assert keys["c", "old", "5"] == key("c", 5), "shown as inactive"

    check(first, 0)
    second = till.build(100, *(() if engine == "duckdb" else LINKS_ALONE))
    check(second, 100)
    today = "2026-02-02"
    doubtful = {("product", 3): (None, today), ("product", 4): (None, today)}
    assert till.replaced() == doubtful | {
        (entity, number): (str(number + 100), today)
        for entity, numbers in (("product", (1, 2)), ("customer", (1, 2, 5)))
        for number in numbers
    }, "of two alike none is known again, nor Gus, of whom only the name is known"
    assert second["p", "old", "103"] not in first.values()
    assert second["c", "old", "106"] not in first.values()

    assert "0 new, 1 known before" in till.answer("1", "1", "same")
    assert "0 new, 1 known before" in till.answer("101", "1", "same")
    said = till.answer("101", "1", "different", expect=1)
    assert "different here and same in" in said and "overrides.csv line 2 (ann" in said
    assert "1 new, 0 known before" in till.answer("2", "1", "different")
    assert "old,2,web,1,different" in till.overrides.read_text()

    check(till.build(200, *LINKS_ALONE), 200)
    assert till.replaced()["product", 1] == till.replaced()["product", 101] == ("201", "2026-02-03")

    back = till.build(0, *LINKS_ALONE, "--full-refresh")
    check(back, 0)
    replaced = till.replaced()
    assert replaced["product", 201] == replaced["product", 101] == ("1", "2026-02-04")
    assert ("product", 1) not in replaced and ("customer", 5) not in replaced
    changes = till.opened.fetch("select * from marts.key_changes where current_key is null")
    assert changes == []
