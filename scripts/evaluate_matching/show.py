"""The figures for a person: a few tables, and what they mean."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table as RichTable

from scripts.evaluate_matching.figures import Figures, Score
from scripts.evaluate_matching.found import Found
from scripts.evaluate_matching.tables import Table
from scripts.evaluate_matching.throwaway import Built
from scripts.evaluate_matching.truth import Pair, Truth

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


def show_mistakes(
    console: Console,
    figures: Figures,
    found: Found,
    tables: list[Table],
    fields: dict[str, list[str]],
    worth: str,
    limit: int,
) -> None:
    """Print the `limit` most expensive mistakes: both records, and the evidence as it was weighed.

    `worth` is the column that says what a record is worth; records without it come last.
    """
    mistakes = [(pair, "a false link") for pair in figures.false_pairs]
    mistakes += [(pair, "missed") for pair in figures.missed_pairs]
    mistakes.sort(key=lambda one: (-_worth(one[0], tables, worth), one[0]))
    columns = {name for names in fields.values() for both in names for name in both.split("|")}
    console.print(f"The most expensive {min(limit, len(mistakes))} of {len(mistakes)} mistakes:")
    for pair, what in mistakes[:limit]:
        seen = found.pairs.get(pair)
        judged = f"score {seen.score:.4f}, {seen.band}" if seen else "never compared"
        console.print(f"\n{what}: {judged}", style="bold", markup=False)
        for number, place in pair:
            row = tables[number].rows[place]
            said = [_short(cell) for column, cell in row.items() if column in columns and cell]
            console.print(f"  {tables[number].ids[place]}: {' | '.join(said)}", markup=False)
        if seen and seen.reasons:
            console.print(f"  {seen.reasons}", markup=False)
        for line in sorted(found.evidence.get(pair, []), key=lambda line: line["evidence_rank"]):
            values = [_short(line[side]) for side in ("value", "other_value") if line[side]]
            told = f" ({' / '.join(values)})" if values else ""
            console.print(
                f"  {line['weight']:+.4f} {line['field']}: {line['outcome']}{told}", markup=False
            )


def _worth(pair: Pair, tables: list[Table], column: str) -> float:
    rows = [tables[number].rows[place] for number, place in pair]
    return max(_number(row.get(name, "")) for row in rows for name in column.split("|"))


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
