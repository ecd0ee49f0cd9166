"""Which records are the same, as the labels say. Nothing of it reaches the warehouse.

A record is (list number, row number); a pair is two records, the smaller first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from scripts.evaluate_matching.names import find_column
from scripts.evaluate_matching.problem import EvaluationError
from scripts.evaluate_matching.tables import Table, plain_id, read_csv

Record = tuple[int, int]
Pair = tuple[Record, Record]
LABELS = ("label", "match", "is_match", "gold", "clerical_match_score", "match_score")
ROW_NUMBERS = ("", "_id", "index")


@dataclass(frozen=True)
class Truth:
    """The pairs that are the same; `unknown` more name a record that is in no list.

    With `across`, the labels speak of pairs between the two lists alone, and so are links judged.
    """

    pairs: frozenset[Pair]
    unknown: int
    across: bool

    def judges(self, pair: Pair) -> bool:
        """Whether the labels say anything of such a pair."""
        return not self.across or pair[0][0] != pair[1][0]


def truth_of_clusters(tables: list[Table], column: str) -> Truth:
    """Records with the same value in `column` are the same; an empty value is like no other."""
    members: dict[str, list[Record]] = defaultdict(list)
    for number, table in enumerate(tables):
        name = find_column(column, table.columns, table.file)
        for position, row in enumerate(table.rows()):
            if row[name].strip():
                members[plain_id(row[name])].append((number, position))
    pairs = {pair for group in members.values() for pair in combinations(sorted(group), 2)}
    return Truth(frozenset(pairs), 0, across=False)


def truth_of_pairs(tables: list[Table], path: str, id_columns: str = "") -> Truth:
    """The pairs of ids in the file `path`; rows that a label column calls unlike are left out.

    `id_columns` is `left,right`, needed where the values do not tell which columns hold the ids.
    Raises EvaluationError when no two columns hold ids of the lists, or no header names them.
    """
    columns, rows = read_csv(path)
    if not columns:
        raise EvaluationError(f"{path}: is empty; without pairs it needs a header all the same.")
    if not rows:  # nothing is the same
        return Truth(frozenset(), 0, across=len(tables) == 2)
    label = next((column for column in columns if column.casefold() in LABELS), None)
    if label:
        rows = [row for row in rows if _is_yes(row[label])]
    lookups = [{one: place for place, one in enumerate(table.ids)} for table in tables]
    file = Path(path).name
    if id_columns:
        left, _, right = (name.strip() for name in id_columns.partition(","))
        if not (left and right):
            raise EvaluationError("--gold-columns: name two columns, such as idAbt,idBuy.")
        left, right = find_column(left, columns, file), find_column(right, columns, file)
    else:
        left, right = _id_columns(file, columns, rows, lookups, label)
    if plain_id(left) in lookups[0] and plain_id(right.split(" ")[0]) in lookups[-1]:
        raise EvaluationError(
            f"{file}: its first row holds ids, {left} and {right}. Put a row of names above it."
        )
    pairs, unknown = set(), 0
    for row in rows:
        one = lookups[0].get(plain_id(row[left]))
        other = lookups[-1].get(plain_id(row[right]))
        if one is None or other is None:
            unknown += 1
        elif (0, one) != (len(tables) - 1, other):
            pairs.add(ordered((0, one), (len(tables) - 1, other)))
    return Truth(frozenset(pairs), unknown, across=len(tables) == 2)


def ordered(one: Record, other: Record) -> Pair:
    """The pair of two records."""
    return (one, other) if one < other else (other, one)


def groups_of(pairs: Iterable[Pair]) -> set[frozenset[Record]]:
    """The groups of two or more records that the pairs hold together."""
    leader: dict[Record, Record] = {}

    def find(record: Record) -> Record:
        while leader.setdefault(record, record) != record:
            leader[record] = leader[leader[record]]
            record = leader[record]
        return record

    for one, other in pairs:
        leader[find(one)] = find(other)
    members: dict[Record, list[Record]] = defaultdict(list)
    for record in list(leader):
        members[find(record)].append(record)
    return {frozenset(group) for group in members.values()}


def _is_yes(value: str) -> bool:
    value = value.strip().casefold()
    try:
        return float(value) >= 0.5
    except ValueError:
        return value in ("true", "yes", "y", "match")


def _id_columns(
    file: str,
    columns: list[str],
    rows: list[dict[str, str]],
    lookups: list[dict[str, int]],
    label: str | None,
) -> tuple[str, str]:
    """The columns of the left and of the right id: where the most values are ids, leftmost."""
    chosen: list[str] = []
    for lookup in (lookups[0], lookups[-1]):
        shares = {
            column: sum(plain_id(row[column]) in lookup for row in rows) / max(len(rows), 1)
            for column in columns
            if column != label and column not in chosen and column not in ROW_NUMBERS
        }
        best = max(shares, key=shares.get, default="")
        if not shares.get(best):  # a few are enough: the lists may be cut from larger ones
            raise EvaluationError(
                f"{file}: its columns {', '.join(columns)} do not hold the ids of the records."
                " Is --id the right column? Or name them: --gold-columns left,right."
            )
        chosen.append(best)
    return chosen[0], chosen[1]
