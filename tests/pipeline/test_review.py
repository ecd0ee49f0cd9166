"""Questions go out as a workbook, answers come back into the seeds, and the next night obeys."""

from __future__ import annotations

from datetime import date

import pytest
from openpyxl import Workbook, load_workbook

from scripts.review.__main__ import main
from scripts.review.decisions import (
    Decision,
    ReviewError,
    add_decisions,
    new_decisions,
    read_decisions,
    refuse_unknown,
    seed_path,
)
from scripts.review.workbook import read_answers, read_notes, write_workbook

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
        (lambda sheet: sheet.cell(2, 14, 7), "row 2: 7 was text, .* and is a number or a date now"),
        (lambda sheet: sheet.cell(2, 14, date(2026, 5, 1)), "row 2: 2026-05-01 .* was text"),
        (lambda sheet: sheet.delete_cols(14), "missing column Id"),
        (lambda sheet: sheet.insert_rows(1), "missing column Answer, .* in its first row"),
        (lambda sheet: sheet.cell(1, 17, "Answer"), "column Answer stands twice"),
        (
            lambda sheet: sheet.cell(2, 1, '=LOWER("SAME")'),
            "row 2: holds a formula without a value",
        ),
        (lambda sheet: (sheet.cell(2, 15, "new"), sheet.cell(2, 16, "007")), "one record twice"),
    ],
)
def test_a_workbook_that_cannot_be_read_says_where(tmp_path, change, message):
    path = written(tmp_path, [ROW], "same")
    book = load_workbook(path)
    change(book["Products"])
    book.save(path)

    with pytest.raises(ReviewError, match=message):
        read_answers(path, "ann", "2026-01-01")


def test_a_note_like_a_formula_is_text(tmp_path):
    path = written(tmp_path, [ROW, ROW | {"other_record_id": "8"}], "same")
    book = load_workbook(path)
    book["Products"].cell(2, 2, "=1+1")
    book["Products"].cell(3, 2, "=see Bo")
    book.save(path)
    (answer,) = read_answers(path, "ann", "2026-01-01")
    assert answer.note == "=1+1"
    assert list(read_notes(path).values()) == ["=see Bo"]


def test_columns_that_are_only_read_may_go(tmp_path):
    path = written(tmp_path, [ROW], "same")
    (whole,) = read_answers(path, "ann", "2026-01-01")
    book = load_workbook(path)
    book["Products"].delete_cols(3, 10)
    book["Products"].cell(1, 20, "Mine")
    book.save(path)
    (answer,) = read_answers(path, "ann", "2026-01-01")
    assert (answer.pair, answer.answer, answer.note) == (whole.pair, "same", "seen")
    assert (whole.told, answer.told) == ("=1+1 Kite (new) and Kité (old)", "007 (new) and 1 (old)")


def test_new_decisions_on_records_that_nobody_has_are_refused_by_name():
    refuse_unknown([decision(A, B, "same")], {A, B})

    with pytest.raises(ReviewError) as refused:
        refuse_unknown([decision(A, B, "same"), decision(B, C, "unsure", place="row 3")], {A, C})

    assert str(refused.value).splitlines()[:2] == [
        "row 2: the warehouse has no product of account 'new'.",
        "row 3: the warehouse has no product of account 'new'.",
    ]
    with pytest.raises(ReviewError, match="row 2: .* no product '1' of account 'old'"):
        refuse_unknown([decision(A, B, "same")], {("old", "2"), B})


@pytest.mark.parametrize(
    "identity",
    ["007", "1E5", "2026-01-02", "=1+1", "@x", "-1", "'7", "12345678901234567890", "TRUE", "1.0"]
    + [
        " 12 ",
        "\u00a0x",
        "a\tb",
        "a\nb",
        "a\r\nb",
        "a\x07b",
        "\ufffe",
        "x_x0041_y",
        "a\\b",
        "\\u0007",
    ],
)
def test_an_id_comes_back_as_it_was(tmp_path, identity):
    path = written(tmp_path, [ROW | {"record_id": identity}], "same")
    (answer,) = read_answers(path, "ann", "2026-01-01")
    assert answer.one == ("new", identity)


def test_a_note_without_an_answer_waits_for_one(tmp_path):
    path = written(tmp_path, [ROW, ROW | {"other_record_id": "8"}], "same")
    book = load_workbook(path)
    book["Products"].cell(3, 2, " ask  Bo ")
    book.save(path)

    notes = read_notes(path)
    assert notes == {("product", frozenset((B, ("old", "8")))): "ask Bo"}
    path.write_bytes(write_workbook([ROW | {"other_record_id": "8"}, ROW], notes)[0])
    sheet = load_workbook(path)["Products"]
    assert [sheet["B2"].value, sheet["B3"].value] == ["ask Bo", None]
    assert read_notes(path) == notes


def test_text_that_no_workbook_can_hold_is_left_out(tmp_path):
    path = written(tmp_path, [ROW | {"record_name": "Ki\ufffete\uffff"}], "same")
    assert load_workbook(path)["Products"]["G2"].value == "Kite"


def test_notes_never_run_as_formulas_and_ids_stay(shop):
    shop()
    note = "=HYPERLINK(1)"
    one = Decision("product", ("old", "-1"), B, "same", note, "@ann", "2026-01-01", "row 2")
    add_decisions("product", [one])

    (line,) = read_decisions("product")
    assert (line.note, line.by, line.one) == (f"'{note}", "'@ann", ("old", "-1"))


@pytest.mark.parametrize(
    "line", ["old,1,new,7,Same,,,", "old,1", ",,,,,,,", 'old,"1,new,7,same,,,']
)
def test_a_seed_line_without_a_decision_is_named(shop, line):
    shop()
    path = seed_path("product")
    path.write_text(path.read_text(encoding="utf-8").splitlines()[0] + f"\n{line}\n")

    with pytest.raises(ReviewError, match="line 2: its decision '(Same)?' is none of same"):
        read_decisions("product")


def test_a_workbook_of_something_else_is_not_written_over(shop, tmp_path, capsys):
    shop()
    path = tmp_path / "holidays.xlsx"
    book = Workbook()
    book.save(path)
    before = path.read_bytes()

    assert main(["export", "--out", str(path)]) == 1

    assert "cannot be told" in capsys.readouterr().out and path.read_bytes() == before
    with pytest.raises(SystemExit):
        main(["export", "--limit", "-1"])


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


DEMO = (
    {"account_id": "amber_main", "source": "files", "mapping": "amberpos", "path": "amber",
     "active_from": "2021-01-02"},
    {"account_id": "lightspeed_main", "path": "lightspeed", "active_from": "2022-12-28"},
)  # fmt: skip
BUILD = (
    *("--exclude-resource-type", "test", "--select"),
    *("+rpt_match_review", "+product_links", "+customer_links", "+replaced_ids"),
)


@pytest.mark.parametrize("engine", ["duckdb", "postgres"])
def test_answers_are_obeyed_and_not_asked_again(engine, open_shop, shop, tmp_path):
    demo, path = tmp_path / "demo", tmp_path / "review.xlsx"
    seeds = shop(*(one | {"path": str(demo / one["path"])} for one in DEMO))
    overrides = {
        kind: seeds / "mapping" / f"{kind}_overrides.csv" for kind in ("product", "customer")
    }
    opened = open_shop(engine)
    opened.run("ingestion.demo", "--out", str(demo), "--sales", "1500", "--seed", "11")
    opened.run("ingestion", "load")
    opened.build(*BUILD)

    said = opened.run("scripts.review", "export", "--out", str(path))
    asked = questions(path)
    assert f"{len(asked)} questions" in said and len(asked) >= 2
    answers = dict(zip(list(asked)[:2], ("different", "same"), strict=True))
    fill_in(path, answers)
    waiting = list(asked)[2:3]
    fill_in(path, dict.fromkeys(waiting, "ask Bo"), column=2)
    assert "holds 2 answers that are not imported" in opened.run(
        "scripts.review", "export", "--out", str(path), expect=1
    )
    before = {kind: seed.read_bytes() for kind, seed in overrides.items()}
    for column, wrong in ((13, "no_such_till"), (14, "no such id")):
        sheet, row = asked[next(iter(answers))]
        right = change(path, sheet, row, column, wrong)
        said = opened.run("scripts.review", "import", str(path), expect=1)
        assert f"{sheet} row {row}: the warehouse has no" in said and f"'{wrong}'" in said
        assert "Nothing was imported" in said
        assert {kind: seed.read_bytes() for kind, seed in overrides.items()} == before
        change(path, sheet, row, column, right)
    said = opened.run("scripts.review", "import", str(path), "--by", "Ann")
    assert "2 new, 0 known before" in said
    assert (f"{len(waiting)} notes without an answer wait" in said) == bool(waiting)
    once = {kind: seed.read_bytes() for kind, seed in overrides.items()}
    assert b"".join(once.values()).count(b",Ann,") == 2
    assert "0 new, 2 known before" in opened.run("scripts.review", "import", str(path))
    assert {kind: seed.read_bytes() for kind, seed in overrides.items()} == once
    kind = "product" if sheet == "Products" else "customer"
    change(path, sheet, row, 14, "gone")
    overrides[kind].write_bytes(once[kind].replace(f",{right},".encode(), b",gone,"))
    assert "0 new, 2 known before" in opened.run("scripts.review", "import", str(path))
    change(path, sheet, row, 14, right)
    overrides[kind].write_bytes(once[kind])

    opened.build(*BUILD)
    keys = {
        (row["account_id"], row["id"]): row["golden_key"]
        for kind in overrides
        for row in opened.fetch(
            f"select account_id, {kind}_id as id, {kind}_key as golden_key from marts.{kind}_links"
        )
    }
    for (one, other), answer in answers.items():
        assert (keys[one] == keys[other]) == (answer == "same")
    opened.run("scripts.review", "export", "--out", str(path), "--force")
    assert not set(questions(path)) & set(answers)
    still = {frozenset(pair) for pair in questions(path)} & {frozenset(pair) for pair in waiting}
    assert set(read_notes(path).values()) == ({"ask Bo"} if still else set())


def questions(path) -> dict[tuple, tuple[str, int]]:
    """The two records of each question of a workbook -> its sheet and row."""
    book = load_workbook(path)
    return {
        ((line[12], line[13]), (line[14], line[15])): (sheet, number)
        for sheet in ("Products", "Customers")
        for number, line in enumerate(book[sheet].iter_rows(min_row=2, values_only=True), start=2)
    }


def fill_in(path, answers: dict[tuple, str], column: int = 1) -> None:
    places, book = questions(path), load_workbook(path)
    for pair, answer in answers.items():
        sheet, row = places[pair]
        book[sheet].cell(row, column).value = answer
    book.save(path)


def change(path, sheet: str, row: int, column: int, value: object) -> object:
    """Put a value into one cell; gives the one that was there."""
    book = load_workbook(path)
    before, book[sheet].cell(row, column).value = book[sheet].cell(row, column).value, value
    book.save(path)
    return before
