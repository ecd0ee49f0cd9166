"""What the warehouse found: its pairs, groups and evidence, by record of the labelled lists."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from ingestion.destinations import Warehouse
from scripts.evaluate_matching.tables import Table
from scripts.evaluate_matching.truth import Pair, Record, ordered


@dataclass(frozen=True)
class FoundPair:
    """Two records that the models compared, and what they made of it; `score` from 0 to 1."""

    pair: Pair
    score: float
    band: str
    is_link: bool
    method: str
    reasons: str


@dataclass(frozen=True)
class Found:
    """All pairs by pair, the groups of records with one key, and the evidence by pair."""

    pairs: dict[Pair, FoundPair]
    groups: set[frozenset[Record]]
    evidence: dict[Pair, list[dict]]


def read_found(warehouse: Warehouse, kind: str, tables: list[Table]) -> Found:
    """Read what `int_<kind>_links`, `_pairs` and `_pair_evidence` hold."""
    word = kind.removesuffix("s")
    places = {
        (table.name, table.till_id(position)): (number, position)
        for number, table in enumerate(tables)
        for position in range(len(table.rows))
    }
    schema = "intermediate"
    with warehouse.connect() as db:
        links = db.fetch(
            f"select account_id, {word}_id as till_id, account_{word}_key as record_key,"
            f" {word}_key as group_key from {schema}.int_{word}_links"
        )
        pairs = db.fetch(f"select * from {schema}.int_{word}_pairs")
        has_evidence = db.table_exists(schema, f"int_{word}_pair_evidence")
        evidence = (
            db.fetch(f"select * from {schema}.int_{word}_pair_evidence") if has_evidence else []
        )
    records = {row["record_key"]: places[row["account_id"], row["till_id"]] for row in links}
    groups: dict[str, list[Record]] = defaultdict(list)
    for row in links:
        groups[row["group_key"]].append(records[row["record_key"]])

    def pair_of(row: dict) -> Pair:
        return ordered(records[row["record_key"]], records[row["other_key"]])

    by_pair: dict[Pair, list[dict]] = defaultdict(list)
    for row in evidence:
        by_pair[pair_of(row)].append(row)
    return Found(
        {pair_of(row): _found_pair(pair_of(row), row) for row in pairs},
        {frozenset(group) for group in groups.values() if len(group) > 1},
        by_pair,
    )


def _found_pair(pair: Pair, row: dict) -> FoundPair:
    return FoundPair(
        pair,
        float(row["score"] if row["score"] is not None else Decimal(0)),
        row["band"],
        bool(row.get("is_link", True)),
        row["method"],
        row["reasons"],
    )
