"""The figures for a person: a few tables, and what they mean."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table as RichTable

from scripts.evaluate_matching.figures import Figures, Score
from scripts.evaluate_matching.found import Why
from scripts.evaluate_matching.tables import Table
from scripts.evaluate_matching.throwaway import Built
from scripts.evaluate_matching.truth import Pair, Record, Truth

CELL = 60  # characters of a value in a list of mistakes
MEANINGS = {
    "certain": "linked; few are ever wrong",
    "likely": "linked",
    "review": "a question for a person",
    "unlikely": "compared and found different",
}


def show_figures(console: Console, figures: Figures, truth: Truth, built: Built) -> None:
    """Print the figures, what they mean and how long it took."""
    table = RichTable(title="Against the labels, end to end", title_justify="left")
    table.add_column("what")
    for name in ("found", "right", "in truth", "precision", "recall", "F1"):
        table.add_column(name, justify="right")
    for what, score in (
        ("pairs within one golden record (clusters)", figures.pairs),
        ("pairs linked directly", figures.links),
        ("whole golden records, no member wrong", figures.groups),
    ):
        table.add_row(what, *_counts(score), *_ratios(score))
    console.print(table)
    _show_bands(console, figures)
    _show_calibration(console, figures)
    console.print(_meaning(figures.pairs), markup=False)
    if truth.unknown:
        console.print(
            f"{truth.unknown:,} labelled pairs name a record that is in no list;"
            " they are left out.",
            markup=False,
        )
    console.print(
        f"Matching models {built.model_seconds:.1f} s, dbt in all {built.dbt_seconds:.1f} s,"
        f" loading {built.load_seconds:.1f} s.",
        markup=False,
    )


def _meaning(pairs: Score) -> str:
    if not pairs.found:
        return "Tillhouse calls no two of these the same."
    return (
        f"Of 1,000 pairs that Tillhouse calls the same, {round(1000 * pairs.precision)} are;"
        f" of 1,000 that are the same, it finds {round(1000 * pairs.recall)}."
    )


def _show_bands(console: Console, figures: Figures) -> None:
    table = RichTable(title="By band", title_justify="left")
    for name in ("band", "pairs", "right", "precision", "recall"):
        table.add_column(name, justify="left" if name == "band" else "right")
    table.add_column("what becomes of them")
    for band, score in figures.bands.items():
        if score.found:
            ratios = (f"{score.precision:.3f}", f"{score.recall:.3f}")
            counts = (f"{score.found:,}", f"{score.right:,}")
            table.add_row(band, *counts, *ratios, MEANINGS[band])
    console.print(table)


def _show_calibration(console: Console, figures: Figures) -> None:
    table = RichTable(title="Do the scores say how many are right?", title_justify="left")
    for name in ("score from", "to", "pairs", "claimed right", "are right"):
        table.add_column(name, justify="right")
    for one in figures.bins:
        shares = (f"{one.mean_score:.3f}", f"{one.right / one.pairs:.3f}")
        table.add_row(f"{one.low:.2f}", f"{one.high:.2f}", f"{one.pairs:,}", *shares)
    console.print(table)


def worst_mistakes(
    figures: Figures, tables: list[Table], worth: str, limit: int
) -> list[tuple[Pair, str]]:
    """The `limit` most expensive mistakes, each with what it is.

    `worth` is the column that says what a record is worth; records without it come last.
    """
    if not limit:
        return []
    worths = [[_worth(row, worth) for row in table.rows()] for table in tables]
    mistakes = [(pair, "a false link") for pair in figures.false_pairs]
    mistakes += [(pair, "missed") for pair in figures.missed_pairs]
    mistakes.sort(key=lambda one: (-max(worths[n][place] for n, place in one[0]), one[0]))
    return mistakes[:limit]


def show_mistakes(
    console: Console,
    figures: Figures,
    mistakes: list[tuple[Pair, str]],
    why: dict[Pair, Why],
    tables: list[Table],
    fields: dict[str, list[str]],
) -> None:
    """Print `mistakes`: both records, and the evidence as it was weighed."""
    columns = {name for names in fields.values() for both in names for name in both.split("|")}
    rows = _rows({record for pair, _ in mistakes for record in pair}, tables)
    count = len(figures.false_pairs) + len(figures.missed_pairs)
    console.print(f"The most expensive {len(mistakes)} of {count} mistakes:")
    for pair, what in mistakes:
        seen = why.get(pair)
        judged = "never compared"
        if seen:
            judged = f"score {seen.pair['score'] or 0:.4f}, {seen.pair['band']}"
        console.print(f"\n{what}: {judged}", style="bold", markup=False)
        for number, place in pair:
            row = rows[number, place]
            said = [_short(cell) for column, cell in row.items() if column in columns and cell]
            console.print(f"  {tables[number].ids[place]}: {' | '.join(said)}", markup=False)
        if seen and seen.pair["reasons"]:
            console.print(f"  {seen.pair['reasons']}", markup=False)
        for line in seen.evidence if seen else []:
            values = [_short(line[side]) for side in ("value", "other_value") if line[side]]
            told = f" ({' / '.join(values)})" if values else ""
            console.print(
                f"  {line['weight']:+.4f} {line['field']}: {line['outcome']}{told}", markup=False
            )


def _rows(records: set[Record], tables: list[Table]) -> dict[Record, dict[str, str]]:
    return {
        (number, place): row
        for number, table in enumerate(tables)
        for place, row in enumerate(table.rows())
        if (number, place) in records
    }


def _worth(row: dict[str, str], column: str) -> float:
    return max(_number(row.get(name, "")) for name in column.split("|"))


def _number(text: str) -> float:
    digits = "".join(c for c in text if c.isdigit() or c in ".-")
    try:
        return float(digits)
    except ValueError:
        return 0.0


def _short(value: object) -> str:
    text = " ".join(str(value if value is not None else "").split())
    return text if len(text) <= CELL else text[: CELL - 1] + "…"


def _counts(score: Score) -> tuple[str, ...]:
    return f"{score.found:,}", f"{score.right:,}", f"{score.wanted:,}"


def _ratios(score: Score) -> tuple[str, ...]:
    return f"{score.precision:.4f}", f"{score.recall:.4f}", f"{score.f1:.4f}"
