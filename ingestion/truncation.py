"""Marks of silent truncation, seen in raw alone: a till or an exporter that cut without a word.

What a source knows about its entities (`references`, `moves_with`, `covers`; see X-Series) is
used where it is there; the rest works for every source.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ingestion.accounts import Account
from ingestion.contract import Entity
from ingestion.destinations import Connection
from ingestion.json_text import parse
from ingestion.round_caps import is_round_cap
from ingestion.run_log import BY_EVENT, SCHEMA

SMALLEST_CAP = 100  # a list with fewer records was not cut at a page's end
SLACK = 0.05  # of the range of all versions: how far behind one entity may lag
UNCOVERED = 0.05  # of the records of an entity that may lack their counterpart
ROWS = 2000


@dataclass
class Profile:
    """What raw holds of one entity of one account (current records only).

    `largest_load` is what one run of the loader brought, in however many parts it was landed.
    `is_by_day`: it is read day by day, so no list of it was ever asked for. `named` maps each
    reference to the ids it names; `flagged` the ids whose flag is true.
    """

    entity: Entity
    count: int = 0
    largest_load: int = 0
    is_by_day: bool = False
    version_min: int | None = None
    version_max: int | None = None
    ids: set[str] = field(default_factory=set)
    named: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    flagged: set[str] = field(default_factory=set)


def truncation_marks(db: Connection, account: Account, deep: bool = True) -> list[dict]:
    """The suspicious signs, as rows of `raw_tillhouse.verify_results` without `verified_at`.

    Keys: account_id, entity, check_name (round_cap, version_range, absent_references,
    coverage), status (`suspicious`), expected, found, detail. `deep=False` counts only and
    reads no payload.
    """
    return marks_of(account, profile(db, account, deep))


def profile(db: Connection, account: Account, deep: bool = True) -> dict[str, Profile]:
    """What raw holds of the account, entity -> Profile, for the entities that have records."""
    source = importlib.import_module(f"ingestion.sources.{account.source}")
    schema = f"raw_{account.source}"
    profiles = {}
    for entity in source.ENTITIES:
        if not db.table_exists(schema, entity.name):
            continue
        found = _counted(db, schema, account, entity)
        if found.count:
            profiles[entity.name] = found
    if deep:
        flags = _flags(profiles)
        for found in profiles.values():
            if hasattr(found.entity, "references"):
                _read_payloads(db, schema, account, found, flags.get(found.entity.name, ()))
    return profiles


def marks_of(account: Account, profiles: dict[str, Profile]) -> list[dict]:
    """The marks that these profiles show."""
    marks = []
    for found in profiles.values():
        marks += _round_cap(found)
        marks += _version_range(found, profiles)
        marks += _absent_references(found, profiles)
        marks += _coverage(found, profiles)
    return [{"account_id": account.account_id, "status": "suspicious"} | mark for mark in marks]


def current_records(
    db: Connection, schema: str, table: str, account_id: str
) -> Iterator[tuple[str, str]]:
    """(record_id, payload) of all current records, a few thousand in memory at a time."""
    last = ""
    while True:
        rows = db.fetch(
            f"select record_id, payload from {schema}.{table} where account_id = ?"
            f" and _dlt_valid_to is null and record_id > ? order by record_id limit {ROWS}",
            (account_id, last),
        )
        yield from ((row["record_id"], row["payload"]) for row in rows)
        if len(rows) < ROWS:
            return
        last = rows[-1]["record_id"]


def _counted(db: Connection, schema: str, account: Account, entity: Entity) -> Profile:
    current = db.fetch(
        f"select count(*) as n from {schema}.{entity.name}"
        " where account_id = ? and _dlt_valid_to is null",
        (account.account_id,),
    )
    of = (account.account_id, entity.name)
    largest = days = 0
    if db.table_exists(SCHEMA, "sync_runs"):
        largest = db.fetch(
            f"select max(new + changed) as n from {SCHEMA}.sync_runs where account_id = ?"
            f" and entity = ? and run_id not like '{BY_EVENT}%'",
            of,
        )[0]["n"]
    if db.table_exists(SCHEMA, "sync_windows"):
        days = db.fetch(
            f"select count(*) as n from {SCHEMA}.sync_windows where account_id = ? and entity = ?",
            of,
        )[0]["n"]
    return Profile(entity, int(current[0]["n"]), int(largest or 0), is_by_day=days > 0)


def _flags(profiles: dict[str, Profile]) -> dict[str, tuple[str, ...]]:
    """Entity -> the flags that some other entity's `covers` asks for."""
    covers = [getattr(p.entity, "covers", None) for p in profiles.values()]
    wanted: dict[str, tuple[str, ...]] = {}
    for _, other, flag in filter(None, covers):
        wanted[other] = (*wanted.get(other, ()), flag)
    return wanted


def _read_payloads(
    db: Connection, schema: str, account: Account, found: Profile, flags: tuple[str, ...]
) -> None:
    versions = []
    references = found.entity.references
    found.named = {reference: set() for reference in references}
    for record_id, payload in current_records(db, schema, found.entity.name, account.account_id):
        found.ids.add(record_id)
        try:
            record = parse(payload)
        except (ValueError, RecursionError):
            continue
        if not isinstance(record, dict):
            continue
        if isinstance(record.get("version"), int):
            versions.append(record["version"])
        for reference in references:
            found.named[reference].update(_ids_at(record, reference[0].split(".")))
        if any(record.get(flag) for flag in flags) and _is_stocked(record):
            found.flagged.add(record_id)
    found.version_min, found.version_max = min(versions, default=None), max(versions, default=None)


def _is_stocked(record: dict) -> bool:
    """Deleted records, parents of variants and composites have no stock of their own."""
    return not any(record.get(f) for f in ("deleted_at", "has_variants", "is_composite"))


def _ids_at(value: Any, path: list[str]) -> set[str]:
    if isinstance(value, list):
        return {found for item in value for found in _ids_at(item, path)}
    if path:
        return _ids_at(value.get(path[0]), path[1:]) if isinstance(value, dict) else set()
    return {str(value)} if value not in (None, "") and not isinstance(value, dict) else set()


def _round_cap(found: Profile) -> list[dict]:
    if found.is_by_day:
        return []
    for count, what in ((found.count, "are there"), (found.largest_load, "came in one load")):
        if is_round_cap(count):
            return [
                {
                    "entity": found.entity.name,
                    "check_name": "round_cap",
                    "expected": "not a round number",
                    "found": f"{count:,}",
                    "detail": f"exactly {count:,} {what}: a list cut at its largest page size"
                    " looks like this. Export or read it again in pages.",
                }
            ]
    return []


def _version_range(found: Profile, profiles: dict[str, Profile]) -> list[dict]:
    other = getattr(found.entity, "moves_with", "")
    ranges = [p for p in profiles.values() if p.version_max is not None]
    if not other or found.version_max is None or found.count < SMALLEST_CAP:
        return []
    newest = max(p.version_max for p in ranges)
    span = newest - min(p.version_min for p in ranges)
    if other in profiles and profiles[other].version_max is not None:
        newest, than = profiles[other].version_max, other
    else:
        than = next(p.entity.name for p in ranges if p.version_max == newest)
    if newest - found.version_max <= SLACK * span:
        return []
    return [
        {
            "entity": found.entity.name,
            "check_name": "version_range",
            "expected": f"up to about {newest}",
            "found": f"up to {found.version_max}",
            "detail": f"its newest version lies {100 * (newest - found.version_max) / span:.0f} %"
            f" of the whole range behind that of {than}: the newest records may be missing.",
        }
    ]


def _absent_references(found: Profile, profiles: dict[str, Profile]) -> list[dict]:
    marks = []
    for (name, other), ids in found.named.items():
        if other not in profiles:
            continue  # that entity was not exported at all: nothing was cut
        absent = sorted(ids - profiles[other].ids)
        if absent:
            marks.append(
                {
                    "entity": other,
                    "check_name": "absent_references",
                    "expected": "0 absent",
                    "found": f"{len(absent):,} absent",
                    "detail": f"{len(absent):,} of {len(ids):,} ids that {found.entity.name}.{name}"
                    f" names are not in {other}, such as {absent[0]}. Deleted records come only"
                    " with deleted=true.",
                }
            )
    return marks


def _coverage(found: Profile, profiles: dict[str, Profile]) -> list[dict]:
    covers = getattr(found.entity, "covers", None)
    if not covers or covers[1] not in profiles:
        return []
    name, other, flag = covers
    wanted = profiles[other].flagged
    missing = sorted(wanted - found.named.get((name, other), set()))
    if len(missing) <= UNCOVERED * len(wanted):
        return []
    return [
        {
            "entity": found.entity.name,
            "check_name": "coverage",
            "expected": f"{len(wanted):,}",
            "found": f"{len(wanted) - len(missing):,}",
            "detail": f"{len(missing):,} {other} with {flag} have no {found.entity.name}, such as"
            f" {missing[0]}.",
        }
    ]
