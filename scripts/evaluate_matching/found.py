"""What the warehouse found: its pairs and groups by record of the labelled lists, and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from ingestion.destinations import Connection, Warehouse
from ingestion.garbage import rare_garbage_collection
from scripts.evaluate_matching.tables import Table
from scripts.evaluate_matching.truth import Pair, Record, ordered

SCHEMA = "intermediate"


@dataclass(frozen=True, slots=True)
class FoundPair:
    """Two records that the models compared, and what they made of it; `score` from 0 to 1."""

    pair: Pair
    score: float
    band: str
    is_link: bool


@dataclass(frozen=True)
class Found:
    """All pairs, and the groups of two or more records with one key."""

    pairs: list[FoundPair]
    groups: set[frozenset[Record]]


@dataclass(frozen=True)
class Why:
    """What was made of one pair: the model's row, and a row for each field by its rank."""

    pair: dict
    evidence: list[dict]


def read_found(warehouse: Warehouse, kind: str, tables: list[Table]) -> Found:
    """Read what `int_<kind>_links` and `_pairs` hold: of a million people a million rows each."""
    word = kind.removesuffix("s")
    with warehouse.connect() as db, rare_garbage_collection():
        records, groups = _read_links(db, word, tables)
        bands: dict[str, str] = {}  # one text for each band, not for each row
        pairs = [
            FoundPair(
                ordered(records[one], records[other]),
                float(score or 0),
                bands.setdefault(band, band),
                is_link,
            )
            for one, other, score, band, is_link in db.stream(
                f"select record_key, other_key, score, band, is_link from {SCHEMA}.int_{word}_pairs"
            )
        ]
    return Found(pairs, groups)


def _read_links(
    db: Connection, word: str, tables: list[Table]
) -> tuple[dict[str, Record], set[frozenset[Record]]]:
    """Each record by its key, and the groups of two or more."""
    places = {
        table.name: {table.till_id(position): position for position in range(len(table.ids))}
        for table in tables
    }
    numbers = {table.name: number for number, table in enumerate(tables)}
    records: dict[str, Record] = {}
    groups: dict[str, list[Record]] = defaultdict(list)
    for account, till_id, key, group, size in db.stream(
        f"select account_id, {word}_id, account_{word}_key, {word}_key,"
        f" count(*) over (partition by {word}_key) from {SCHEMA}.int_{word}_links"
    ):
        records[key] = (numbers[account], places[account][till_id])
        if size > 1:
            groups[group].append(records[key])
    return records, {frozenset(group) for group in groups.values()}


def read_why(
    warehouse: Warehouse, kind: str, tables: list[Table], pairs: Iterable[Pair]
) -> dict[Pair, Why]:
    """What was made of each of `pairs`; those that were never compared are left out."""
    word = kind.removesuffix("s")
    found = {}
    with warehouse.connect() as db:
        for pair in pairs:
            keys = [_record_key(db, word, tables, record) for record in pair]
            rows = db.fetch(
                f"select * from {SCHEMA}.int_{word}_pairs"
                " where record_key in (?, ?) and other_key in (?, ?)",
                [*keys, *keys],
            )
            for row in rows:
                evidence = db.fetch(
                    f"select * from {SCHEMA}.int_{word}_pair_evidence"
                    " where record_key = ? and other_key = ? order by evidence_rank",
                    [row["record_key"], row["other_key"]],
                )
                found[pair] = Why(row, evidence)
    return found


def _record_key(db: Connection, word: str, tables: list[Table], record: Record) -> str:
    table = tables[record[0]]
    (row,) = db.fetch(
        f"select account_{word}_key as record_key from {SCHEMA}.int_{word}_links"
        f" where account_id = ? and {word}_id = ?",
        (table.name, table.till_id(record[1])),
    )
    return row["record_key"]
