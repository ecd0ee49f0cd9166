"""How much of the sales stands under products and people that are known over all tills."""

from __future__ import annotations

from dataclasses import dataclass

from scripts.report import text
from scripts.report.data import Rows
from scripts.report.text import Money

WORDS = {"product": "products", "customer": "customers"}
STATES = (
    ("unlinked", "Known in one till only"),
    ("in_review", "Waiting for a person"),
    ("linked", "Linked"),
)


@dataclass(frozen=True)
class Matches:
    """One kind of record: a sentence on its unlinked sales, and a line per state.

    A line is the state in words, net sales, their share, and how many records.
    """

    title: str
    sentence: str
    lines: tuple[tuple[str, str, str, str], ...]


def read_matches(rows: Rows, money: Money) -> list[Matches]:
    """Products and customers of one section that more than one till holds."""
    ordered = sorted(rows, key=lambda row: row["entity"] != "product")
    return [_matches(row, money) for row in ordered if row["accounts"] > 1]


def questions_sentence(rows: Rows) -> str:
    """What a person is asked, and what of the answers does not hold; empty when neither."""
    asked = sum(row["open_questions"] for row in rows)
    broken = sum(row["conflicts"] for row in rows)
    parts = []
    if asked:
        pairs = f"{text.count(asked, 'pair')} {'waits' if asked == 1 else 'wait'}"
        parts.append(
            f"{pairs} for a person: python -m scripts.review export writes them into a workbook,"
            " those with the most sales at stake first."
        )
    if broken:
        parts.append(
            f"{text.count(broken, 'decision')} of a person"
            f" {'does' if broken == 1 else 'do'} not hold, because others stand against"
            f" {'it' if broken == 1 else 'them'}: see is_conflict in product_links and"
            " customer_links."
        )
    return " ".join(parts)


def ignored_sentence(rows: Rows) -> str:
    """How many values lead from no record to another because too many hold them; empty for none."""
    ignored = sum(row["ignored_values"] for row in rows)
    if not ignored:
        return ""
    return (
        f"{text.count(ignored, 'value')}, such as a common name or the shop's own phone,"
        f" {'is' if ignored == 1 else 'are'} held by too many records to look for others by;"
        " fct_ignored_values lists them."
    )


def _matches(row: dict, money: Money) -> Matches:
    what = WORDS[row["entity"]]
    alone = row["unlinked_net_sales"]
    share = _share(alone, row["net_sales"])
    sentence = (
        f"{money.whole(alone)} of net sales{f', {share},' if share else ''} are of {what} that only"
        " one till knows; their history may be split."
        if alone
        else f"All sales to known {what} are of those that several tills know."
    )
    lines = tuple(
        (
            words,
            money.whole(row[f"{state}_net_sales"]),
            _share(row[f"{state}_net_sales"], row["net_sales"]),
            text.number(row[f"{state}_records"]),
        )
        for state, words in STATES
    )
    return Matches(what.capitalize(), sentence, lines)


def _share(part: object, whole: object) -> str:
    return text.percent(part / whole) if whole else ""
