"""Lists by the number of their page: whatever moves meanwhile, nothing that stayed is lost."""

from __future__ import annotations

import random

import pytest

from ingestion.contract import Pull, SourceError
from ingestion.json_text import Piece
from ingestion.pages import there_and_back

SIZE = 4


def read(rows: list[str], change=lambda asked: None) -> tuple[list[str], list[int], Pull]:
    """What comes of a list that `change` works on before each request; the pages asked for."""
    asked: list[int] = []

    def ask(number: int) -> tuple[list[Piece], bool]:
        change(len(asked))
        asked.append(number)
        page = rows[number * SIZE : (number + 1) * SIZE]
        return [Piece(text, text) for text in page], (number + 1) * SIZE >= len(rows)

    counts = Pull()
    pages = there_and_back(ask, SIZE, counts, "a list")
    return [piece.text for page in pages for piece in page], asked, counts


def test_a_list_that_stands_still_gives_each_record_once():
    rows = [f"r{n}" for n in range(10)]
    found, asked, counts = read(list(rows))
    assert (found, asked, counts.is_whole) == (rows, [0, 1, 2, 1, 0], True)
    assert read(rows[:3])[1] == [0]
    assert read([])[:2] == ([], [0])


def test_records_alike_within_a_page_are_kept():
    assert read(["r", "r", "s"])[0] == ["r", "r", "s"]


@pytest.mark.parametrize("seed", range(200))
def test_what_leaves_the_list_takes_no_other_with_it(seed):
    chance = random.Random(seed)
    rows = [f"r{n}" for n in range(chance.randint(1, 40))]
    left: set[str] = set()

    def remove(_: int) -> None:
        for _ in range(chance.choice((0, 0, 1, 5))):
            if rows:
                left.add(rows.pop(chance.randrange(len(rows))))

    every = set(rows)
    found, _, _ = read(rows, remove)
    assert every - left <= set(found)
    assert len(found) == len(set(found))


@pytest.mark.parametrize("seed", range(200))
def test_a_list_that_also_takes_in_records_is_whole_or_says_that_it_moved(seed):
    chance = random.Random(seed)
    rows = [f"r{n}" for n in range(chance.randint(5, 40))]
    every, left = set(rows), set()

    def shuffle(asked: int) -> None:
        if rows and chance.random() < 0.5:
            left.add(rows.pop(chance.randrange(len(rows))))
        if chance.random() < 0.5:
            rows.insert(chance.randrange(len(rows) + 1), f"new {asked}")

    found, _, counts = read(rows, shuffle)
    assert every - left <= set(found) or not counts.is_whole


def test_a_page_that_comes_twice_is_an_error():
    same = [Piece(f"r{n}", None) for n in range(SIZE)]
    with pytest.raises(SourceError, match="a list: the till gave a page that it gave before"):
        list(there_and_back(lambda number: (same, False), SIZE, Pull(), "a list"))
