"""Labelled data as it is found in the wild is judged end to end, and its labels go nowhere."""

from __future__ import annotations

import gzip
import json

import pytest

from scripts.evaluate_matching.__main__ import main
from scripts.evaluate_matching.figures import measure
from scripts.evaluate_matching.found import Found, FoundPair
from scripts.evaluate_matching.names import read_map
from scripts.evaluate_matching.problem import EvaluationError
from scripts.evaluate_matching.tables import read_table
from scripts.evaluate_matching.truth import groups_of, truth_of_clusters, truth_of_pairs

LEFT = "ID,title,ean,price\n1,Kite red,4006381333931,$9.00\n2,Top,96385074,free\n3,Ball,,2\n"
RIGHT = "id;name;maker;ean\r\n1;Caf\xe9 lamp;\xa9;\r\n7;Kite red;Kite & Co;4006381333931\r\n"
GOLD = "_id,left,right,label\n0,1,7,1\n1,2,1,0\n2,3,99,1\n3,2,1,1.0\n"


@pytest.fixture
def files(tmp_path):
    """The two lists, one packed, one not in UTF-8, and their labelled pairs."""
    left, right, gold = (tmp_path / name for name in ("l.csv.gz", "r.csv", "gold.csv"))
    left.write_bytes(gzip.compress(LEFT.encode("utf-8-sig")))
    right.write_bytes(RIGHT.encode("latin-1"))
    gold.write_text(GOLD, encoding="utf-8")
    return left, right, gold


def test_files_are_read_whatever_their_form(files):
    left, right = read_table("left", str(files[0])), read_table("right", str(files[1]))

    assert left.ids == ["1", "2", "3"] and left.columns[0] == "ID"
    assert next(right.rows()) == {"id": "1", "name": "Café lamp", "maker": "©", "ean": ""}
    assert left.till_id(0) != right.till_id(0)


def test_gold_pairs_are_found_by_their_values(files):
    tables = [read_table("left", str(files[0])), read_table("right", str(files[1]))]
    truth = truth_of_pairs(tables, str(files[2]))

    assert truth.pairs == {((0, 0), (1, 1)), ((0, 1), (1, 0))}
    assert truth.unknown == 1 and truth.across
    with pytest.raises(EvaluationError, match="title"):
        truth_of_pairs(tables, str(files[0]))


def test_files_from_a_spreadsheet_are_read(tmp_path):
    path = tmp_path / "wide.csv"
    text = '"id";"name, long";"name, long"\n1;"Kite; red";a\n2;{};b\n'
    path.write_bytes(text.format("x" * 200_000).encode("utf-16"))

    table = read_table("left", str(path))

    assert table.columns == ["id", "name, long", "name, long 2"] and table.ids == ["1", "2"]
    assert next(table.rows()) == {"id": "1", "name, long": "Kite; red", "name, long 2": "a"}


def test_the_gold_of_a_larger_list_or_of_none_judges_too(files, tmp_path):
    tables = [read_table("left", str(files[0])), read_table("right", str(files[1]))]
    gold = tmp_path / "larger.csv"
    gold.write_text("l,r\n" + "".join(f"9{n},8{n}\n" for n in range(50)) + "1,7\n")

    truth = truth_of_pairs(tables, str(gold))
    assert truth.pairs == {((0, 0), (1, 1))} and truth.unknown == 50

    gold.write_text("l,r\n")
    assert truth_of_pairs(tables, str(gold)).pairs == frozenset()


def test_a_cluster_column_is_the_truth_within_and_across(tmp_path):
    path = tmp_path / "people.csv"
    path.write_text("rec_id,cluster\na,1\nb,1\nc,\nd,\ne,1\n", encoding="utf-8")

    truth = truth_of_clusters([read_table("left", str(path))], "Cluster")

    assert truth.pairs == {((0, 0), (0, 1)), ((0, 0), (0, 4)), ((0, 1), (0, 4))}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("nam=title", "no name 'nam'; there are name, description"),
        ("name", "is not our=theirs"),
        ("name=a,name=b", "given twice"),
        ("", "names no column"),
    ],
)
def test_a_map_that_means_nothing_is_refused(text, message):
    with pytest.raises(EvaluationError, match=message):
        read_map("products", text)


def test_an_id_that_stands_twice_is_refused(tmp_path):
    path = tmp_path / "twice.csv"
    path.write_text("id,name\n1,a\n1.0,b\n", encoding="utf-8")

    with pytest.raises(EvaluationError, match=r"'1' stands twice \(row 3, column 'id'\)"):
        read_table("left", str(path))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "holds no rows"),
        (b"\n \n", "holds no rows"),
        (b"id,name\n", "holds no rows"),
        (gzip.compress(b"id,name\n1,a\n" * 99)[:-20], "cannot be unpacked"),
        (b"\x1f\x8bno gzip", "cannot be unpacked"),
        (b"PK\x03\x04\x14", "Save it as CSV"),
        (b'id,name\n1,a\n2,"b,c\n3,d\n', "quote .* begins in row 3 never ends"),
        (b'sep=,\nid,name\n1,a\n2,"b,c\n3,d\n', "quote .* begins in row 4 never ends"),
        (b"id,name\n1,a\n,b\n", r"the id is empty \(row 3, column 'id'\)"),
        (b"sep=,\nid,name\n1,a\n,b\n", r"the id is empty \(row 4, column 'id'\)"),
        (b"sep=,\n", "holds no rows"),
    ],
)
def test_a_file_that_is_no_table_is_refused(tmp_path, content, message):
    path = tmp_path / "list.csv"
    path.write_bytes(content)

    with pytest.raises(EvaluationError, match=message):
        read_table("left", str(path))


@pytest.mark.parametrize("told", [b"SEP=;", b"sep=; ", b"sep= ", b"sep="])
def test_a_spreadsheet_may_name_its_separator(tmp_path, told):
    path = tmp_path / "sep.csv"
    path.write_bytes(told + b'\r\nid;name\r\n1;"12"" Kite, red"\r\n2;b"c"\r\n')

    table = read_table("left", str(path))

    assert [row["name"] for row in table.rows()] == ['12" Kite, red', 'b"c"']


@pytest.mark.parametrize(
    ("gold", "names", "message"),
    [
        ("", "", "is empty"),
        ("l,r\nx1,y7\n", "", "do not hold the ids"),
        ("l\n1\n2\n", "", "do not hold the ids"),
        ("1,7\n2,1\n", "", "first row holds ids, 1 and 7"),
        ("1,1\n2,7\n", "", "first row holds ids"),
        ("l,r\n1,7\n", "l", "name two columns"),
        ("l,r\n1,7\n", "l,q", "no column 'q'; there are l, r"),
    ],
)
def test_gold_that_names_no_pairs_is_refused(files, tmp_path, gold, names, message):
    tables = [read_table("left", str(files[0])), read_table("right", str(files[1]))]
    path = tmp_path / "g.csv"
    path.write_text(gold, encoding="utf-8")

    with pytest.raises(EvaluationError, match=message):
        truth_of_pairs(tables, str(path), names)


def test_figures_go_into_a_folder_that_there_is(files, tmp_path, capsys):
    left, right, gold = (str(file) for file in files)
    told = ["products", "--left", left, "--right", right, "--gold", gold, "--map", "name=title"]

    assert main([*told, "--json", str(tmp_path / "none" / "figures.json")]) == 2
    assert "there is no folder" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        main([*told, "--mistakes", "-1"])


def test_a_worth_that_no_list_holds_is_refused(files, capsys):
    left, right, gold = (str(file) for file in files)
    told = ("products", "--left", left, "--right", right, "--gold", gold, "--map", "name=name")

    assert main([*told, "--worth", "sales"]) == 2

    assert "--worth: no column 'sales'; there are ID, title, ean, price" in capsys.readouterr().out


def test_every_true_pair_counts_found_or_not(files):
    tables = [read_table("left", str(files[0])), read_table("right", str(files[1]))]
    truth = truth_of_pairs(tables, str(files[2]))
    right, wrong = ((0, 0), (1, 1)), ((0, 2), (1, 0))
    pairs = [FoundPair(right, 0.95, "certain", True), FoundPair(wrong, 0.45, "review", False)]
    within = frozenset({(0, 1), (0, 2)})  # the labels say nothing of pairs within a list

    figures = measure(Found(pairs, {frozenset(right), within}), truth)

    assert (figures.pairs.precision, figures.pairs.recall) == (1, 0.5)
    assert figures.pairs.f1 == pytest.approx(2 / 3)
    assert (figures.links.found, figures.groups.found, figures.groups.right) == (1, 2, 1)
    assert figures.bands["review"].precision == 0
    assert [(one.pairs, one.right) for one in figures.bins] == [(1, 0), (1, 1)]
    assert figures.missed_pairs == {((0, 1), (1, 0))} and not figures.false_pairs


def test_groups_are_what_pairs_hold_together():
    a, b, c, d, e = ((0, n) for n in range(5))
    assert groups_of([(a, b), (d, e), (b, c)]) == {frozenset({a, b, c}), frozenset({d, e})}


@pytest.mark.parametrize("engine", ["duckdb", "postgres"])
def test_lists_go_through_the_warehouse(files, open_shop, tmp_path, engine):
    shop, out = open_shop(engine), tmp_path / "figures.json"
    left, right, gold = (str(file) for file in files)

    said = shop.run(
        *("scripts.evaluate_matching", "products", "--left", left, "--right", right),
        *("--gold", gold, "--map", "name=titel"),
        expect=2,
    )
    assert "l.csv.gz, like r.csv, has no column 'titel'; there are id, name, maker, ean" in said

    said = shop.run(
        *("scripts.evaluate_matching", "products", "--left", left, "--right", right),
        *("--gold", gold, "--map", "name=title|name,brand=maker,barcode=ean,price=price"),
        *("--mistakes", "5", "--json", str(out)),
    )
    figures = json.loads(out.read_text(encoding="utf-8"))

    assert "1 of 3 cells of price are no number and stand empty, such as 'free'" in said
    assert "r.csv: has no column 'price'; it goes without." in said
    assert "1 labelled pairs name a record that is in no list" in said
    assert "missed: never compared" in said and "Café lamp" in said
    assert figures["pairs"]["found"] == figures["pairs"]["right"] == 1
    assert figures["bands"]["certain"]["precision"] == 1
    assert not shop.warehouse.exists or engine == "postgres"


@pytest.mark.parametrize("engine", ["duckdb", "postgres"])
def test_lists_of_people_with_odd_cells_and_the_same_ids(open_shop, tmp_path, engine):
    shop, out = open_shop(engine), tmp_path / "figures.json"
    left, right = tmp_path / "l.csv", tmp_path / "r.csv"
    header, odd = "id;first;last;born;town;who", "O'Neil; --;{{ 1 }};[red]"
    names = "Ana Bo Cy Dov Eli Fay Gus Hal Ida Jo Kim Lou Max Ned Oz Pam Quin Ray Sue".split()
    people = [
        f"{n};{name};\xf6e{name[::-1]}{n * 'k'};{1940 + 3 * n}-01-{n:02};Ulm;{n}"
        for n, name in enumerate(names, start=1)
    ]
    left.write_bytes("\r\n".join([header, *people, f'20;"{odd}";=1+1;never;;x']).encode("latin-1"))
    long = f'1;"{odd}";=1+1;;{"ü" * 3000};x\n2;Cy;oeyCkkk;1949-01-03;{"ü" * 3000};3\n3'
    right.write_text(f"{header}\n{long}\n", encoding="utf-8-sig")

    said = shop.run(
        *("scripts.evaluate_matching", "customers", "--records", str(left), "--right", str(right)),
        *("--cluster-column", "WHO", "--mistakes", "2", "--json", str(out)),
        *("--map", "given_name=first,surname=last,birth_date=born,city=town"),
    )

    assert "20 of l.csv and 3 of r.csv; 2 pairs are the same" in said
    assert "1 of 20 cells of born are no date and stand empty, such as 'never'" in said
    figures = json.loads(out.read_text(encoding="utf-8"))
    assert figures["pairs"]["right"] == 2 and figures["pairs"]["precision"] == 1
