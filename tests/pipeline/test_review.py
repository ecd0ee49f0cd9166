"""Questions go out as a workbook, answers come back into the seeds, and the next night obeys."""

from __future__ import annotations

import pytest
from openpyxl import load_workbook

from ingestion.accounts import PROJECT_DIR
from scripts.review.decisions import (
    Decision,
    ReviewError,
    add_decisions,
    new_decisions,
    read_decisions,
    seed_path,
)
from scripts.review.workbook import read_answers, write_workbook

A, B, C = ("old", "1"), ("new", "007"), ("web", "x|y")
ROW = {
    "entity": "product", "net_sales": 12.5, "score": 0.5, "is_linked": False,
    "till_name": "New", "account_id": "new", "record_id": "007", "record_name": "=1+1 Kite",
    "facts": "name: =1+1 Kite\nprice: 9", "other_till_name": "Old", "other_account_id": "old",
    "other_record_id": "1", "other_name": "Kité\x07", "other_facts": "name: Kité\nprice: -",
    "comparison": "name: alike (+2.1)\nprice: missing",
}  # fmt: skip


def decision(one, other, answer, on="2026-01-01", place="row 2") -> Decision:
    return Decision("product", one, other, answer, "seen", "ann", on, place)


def written(tmp_path, rows, *answers):
    """A workbook of these rows with the answers filled in, top down."""
    path = tmp_path / "review.xlsx"
    path.write_bytes(write_workbook(rows)[0])
    book = load_workbook(path)
    for number, answer in enumerate(answers, start=2):
        book["Products"].cell(number, 1).value = answer
        book["Products"].cell(number, 2).value = "seen"
    book.save(path)
    return path


def test_text_stays_text_and_an_answer_comes_back_stamped(tmp_path):
    path = written(tmp_path, [ROW], " Same ")

    sheet = load_workbook(path)["Products"]
    assert sheet["G2"].value == "=1+1 Kite" and sheet["G2"].data_type == "s"
    assert sheet["J2"].value == "Kité" and sheet["N2"].value == "007"
    assert sheet.freeze_panes == "C2"
    (rule,) = sheet.data_validations.dataValidation
    assert rule.formula1 == '"same,different,unsure"' and str(rule.sqref) == "A2"
    (answer,) = read_answers(path, "ann", "2026-02-03")
    assert (answer.one, answer.other, answer.answer) == (B, A, "same")
    assert (answer.note, answer.by, answer.on) == ("seen", "ann", "2026-02-03")
    assert answer.place == "Products row 2"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda sheet: sheet.cell(2, 1, "yes"), "row 2: 'yes' is none of same, different"),
        (lambda sheet: sheet.cell(2, 14).__setattr__("value", None), "account or id is gone"),
        (lambda sheet: sheet.delete_cols(14), "missing column Id"),
    ],
)
def test_a_workbook_that_cannot_be_read_says_where(tmp_path, change, message):
    path = written(tmp_path, [ROW], "same")
    book = load_workbook(path)
    change(book["Products"])
    book.save(path)

    with pytest.raises(ReviewError, match=message):
        read_answers(path, "ann", "2026-01-01")


def test_contradictions_are_refused_by_name():
    standing = [decision(A, B, "same", place="seed line 2")]
    answers = [decision(B, C, "same", place="row 2"), decision(C, A, "different", place="row 3")]

    with pytest.raises(ReviewError) as refused:
        new_decisions(standing, answers)

    said = str(refused.value)
    assert "row 3 (ann, 2026-01-01): x|y (web) and 1 (old) are different" in said
    assert "007 (new) and x|y (web) in row 2" in said
    assert "1 (old) and 007 (new) in seed line 2" in said
    with pytest.raises(ReviewError, match="are different here and same in row 2"):
        new_decisions([], [answers[0], decision(C, B, "different", place="row 9")])
    with pytest.raises(ReviewError, match="are different here and same in seed line 2"):
        new_decisions(standing, [decision(B, A, "different")])


def test_what_is_decided_is_not_decided_again():
    standing = [decision(A, B, "same"), decision(B, C, "unsure")]

    assert new_decisions(standing, [decision(B, A, "same"), decision(C, B, "unsure")]) == []
    later = decision(C, B, "different", on="2026-01-02")
    assert new_decisions(standing, [later]) == [later]
    assert new_decisions([*standing, later], [later]) == []


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_lines_that_are_there_keep_their_bytes(shop, end, mark):
    shop()
    path = seed_path("product")
    header = "decision,reason,account_id,product_id,other_account_id,other_product_id"
    header += ",decided_by,decided_on"
    before = mark + f'{header}{end}same,"a, ""b""",old,1,new,007,me,'.encode()
    path.write_bytes(before)

    add_decisions("product", [decision(B, C, "different")])

    line = f"different,seen,new,007,web,x|y,ann,2026-01-01{end}"
    assert path.read_bytes() == before + end.encode() + line.encode()
    assert [(one.pair, one.answer) for one in read_decisions("product")] == [
        (frozenset((A, B)), "same"),
        (frozenset((B, C)), "different"),
    ]


MAPPING = """
name: List
mode: snapshot
entities:
  products:
    files: "*.csv"
    columns: {product_id: id, product_name: name, supplier_code: code, price: price}
"""
OLD = [
    ("1", "Kite red big", "K-1"),
    ("2", "Wooden boat blue", "B-2"),
    ("3", "Top green tin", "T-3"),
]
NEW = [("1", "Kite red small", "K-1"), ("2", "Wooden boat red", "B-2")]
BUILD = ("--exclude-resource-type", "test", "--select", "+rpt_match_review", "+product_links")


@pytest.mark.parametrize("engine", ["duckdb", "postgres"])
def test_answers_are_obeyed_and_not_asked_again(engine, open_shop, shop, tmp_path):
    (tmp_path / "list.yml").write_text(MAPPING, encoding="utf-8")
    for till, rows in (("old", OLD), ("new", NEW)):
        (tmp_path / till).mkdir()
        text = "\n".join(["id,name,code,price", *(f"{i},{n},{c},9" for i, n, c in rows)])
        (tmp_path / till / "list.csv").write_text(text + "\n", encoding="utf-8")
    seeds = shop(
        *(
            {"account_id": till, "source": "files", "path": str(tmp_path / till),
             "mapping": str(tmp_path / "list.yml"), "active_from": since}
            for till, since in (("old", "2010-01-01"), ("new", "2020-01-01"))
        )
    )  # fmt: skip
    opened = open_shop(engine)
    opened.run("ingestion", "load")
    opened.build(*BUILD)
    path = tmp_path / "review.xlsx"

    said = opened.run("scripts.review", "export", "--out", str(path))
    book = load_workbook(path)
    asked = list(book["Products"].iter_rows(min_row=2, values_only=True))
    assert f"{len(asked)} questions" in said and len(asked) >= 2
    for number, answer in enumerate(("different", "same"), start=2):
        book["Products"].cell(number, 1).value = answer
    book.save(path)
    assert "holds 2 answers that are not imported" in opened.run(
        "scripts.review", "export", "--out", str(path), expect=1
    )
    assert "2 new, 0 known before" in opened.run(
        "scripts.review", "import", str(path), "--by", "Ann"
    )
    once = (seeds / "mapping" / "product_overrides.csv").read_bytes()
    assert b",Ann," in once
    assert "0 new, 2 known before" in opened.run("scripts.review", "import", str(path))
    assert (seeds / "mapping" / "product_overrides.csv").read_bytes() == once

    opened.build(*BUILD)
    keys = {
        (row["account_id"], row["product_id"]): row["product_key"]
        for row in opened.fetch("select * from marts.product_links")
    }
    pairs = [((row[12], row[13]), (row[14], row[15])) for row in asked]
    assert keys[pairs[0][0]] != keys[pairs[0][1]]
    assert keys[pairs[1][0]] == keys[pairs[1][1]]
    opened.run("scripts.review", "export", "--out", str(path), "--force")
    again = load_workbook(path)["Products"].iter_rows(min_row=2, values_only=True)
    left = {((row[12], row[13]), (row[14], row[15])) for row in again}
    assert not left & set(pairs[:2])
    assert not seeds.is_relative_to(PROJECT_DIR / "seeds")
