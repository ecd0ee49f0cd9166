"""Building only what would come out other than it lies in the warehouse.

Every model, seed and test has a key, a hash of all that decides its outcome: its own definition,
the macros and settings of the project, and the keys of what it reads, down to the rows of the raw
tables and of the seeds. `raw_tillhouse.built_nodes` keeps the keys of what was built, or passed,
without a fault. A node whose key is still the same, and whose table or view is there, stays.

A checkpoint (`meta: {is_checkpoint: true}`) is a table whose rows seldom change although what it
reads does. It is built first; when its rows come out as they were, what reads it stays: the key of
a reader has a hash of the checkpoint's rows in place of its key.

Whatever else dbt builds (`dbt run`, `make build`) is forgotten as it starts, by the macro
`forget_built_nodes`, and so is what a build was cut off in: the next night builds it anew.

`raw_tillhouse.table_definitions` keeps by which definition each incremental table was last built
without a fault. After an upgrade that changes it, the table is built from the start, since its old
rows may lack a column or follow an old rule. One that is a memory (`full_refresh: false`) stays.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from ingestion.destinations import Connection, Warehouse
from scripts import manifest as dbt
from scripts.exposures import target_folder

SCHEMA, TABLE = "raw_tillhouse", "built_nodes"
CHECKPOINT = "is_checkpoint"
DEFINITIONS = "table_definitions"
KINDS = ("model", "seed", "test")
WITHOUT_FAULT = ("success", "pass")
# What dbt notes of a node that does not decide what it gives.
NOTES = ("created_at", "build_path", "compiled_path", "root_path", "patch_path", "doc_blocks")
# How a raw table shows a change: rows come with a load; they are closed, but never deleted.
MARKS = {"_dlt_load_id": "max", "_dlt_valid_to": "count", "rejected_at": "max"}
COLUMNS = "select table_schema, table_name, column_name from information_schema.columns"
RELATIONS = "select table_schema, table_name, table_type from information_schema.tables"


class Built(NamedTuple):
    """dbt's result, how many nodes stayed, and the names of incremental tables built anew."""

    result: Any
    stayed: int
    anew: list[str]


@dataclass(frozen=True)
class Plan:
    """What each node's key is now, by its id; what is stale; what has to be built from the start.

    `definitions` are those of the incremental tables alone. `first` is what of the stale leads to
    the checkpoints and has to be built before it is known what else is stale.
    """

    keys: dict[str, str]
    stale: frozenset[str]
    definitions: dict[str, str]
    anew: frozenset[str]
    first: frozenset[str]


def build_stale(
    warehouse: Warehouse, full_refresh: bool = False, callbacks: list | None = None
) -> Built:
    """Build and test with dbt what is stale.

    `full_refresh` builds everything, and tables from the start. The result is the one of the
    parse when the project does not parse, or when nothing is stale.
    """
    parsed = dbt.run_dbt("parse", "--target", warehouse.target)
    if not parsed.success:
        return Built(parsed, 0, [])
    manifest = json.loads((target_folder() / "manifest.json").read_text(encoding="utf-8"))
    with warehouse.connect() as db:
        plan = make_plan(manifest, db)
    anew = sorted(manifest["nodes"][node]["name"] for node in plan.anew)
    for node in plan.anew:
        parsed.result.nodes[node].config.full_refresh = True

    def build(nodes: frozenset[str], *options: str) -> Any:
        """Build, remember what was built without a fault, and give dbt's result."""
        arguments = ["build", "--target", warehouse.target, *options]
        # The parse wrote the manifest. Its file of results is written once all parts are joined.
        arguments += ["--exclude-resource-type", "unit_test", "--no-write-json"]
        if len(nodes) < len(plan.keys):
            tag = f"night_{uuid.uuid4().hex}"  # found quicker than hundreds of names
            for node in nodes:
                parsed.result.nodes[node].tags.append(tag)
            arguments += ["--select", f"tag:{tag}"]
        result = dbt.run_dbt(*arguments, callbacks=callbacks, manifest=parsed.result)
        if _results(result):
            with warehouse.connect() as db:
                _remember(db, manifest, plan, _results(result))
        return result

    if full_refresh:
        result = _joined(parsed, build(frozenset(plan.keys), "--full-refresh"))
        return Built(result, 0, anew)
    result, done = parsed, frozenset()
    while plan.stale:
        # Before a checkpoint a test that reads other tables as well waits for those.
        first = plan.first - done
        later = build(first, "--indirect-selection", "cautious") if first else build(plan.stale)
        result, done = _joined(result, later), done | (first or plan.stale)
        with warehouse.connect() as db:
            plan = make_plan(manifest, db)
        if not first and not plan.stale - done:  # else the last part changed a checkpoint
            break
    return Built(result, len(plan.keys) - len(done), anew)


def _results(result: Any) -> list:
    return list(getattr(result.result, "results", None) or [])


def _joined(first: Any, second: Any) -> Any:
    """The second of two results with what only the first one did; dbt's file tells the same."""
    twice = {run.node.unique_id for run in _results(second)}
    if twice:  # else it did not start, and nothing is written
        only_first = [run for run in _results(first) if run.node.unique_id not in twice]
        second.result.results = [*only_first, *second.result.results]
        second.result.write(str(target_folder() / "run_results.json"))
    return second


def _remember(db: Connection, manifest: dict, plan: Plan, results: Sequence[Any]) -> None:
    """Keep the keys of what `plan` left alone, and of what dbt built without a fault."""
    statuses = {run.node.unique_id: str(run.status) for run in results}
    kept = sorted(
        node
        for node in plan.keys
        if (statuses[node] in WITHOUT_FAULT if node in statuses else node not in plan.stale)
    )
    now = make_plan(manifest, db).keys  # with the rows that the checkpoints hold now
    keys = [(node, now[node] if node in statuses else plan.keys[node]) for node in kept]
    defined = [(node, plan.definitions[node]) for node in kept if node in plan.definitions]
    names = ", ".join(f"'{node}'" for node, _ in [("none", ""), *defined])
    with db.transaction():
        db.execute(f"delete from {SCHEMA}.{TABLE}")
        db.insert(f"{SCHEMA}.{TABLE}", keys)
        columns = "node_id varchar, definition varchar"
        db.execute(f"create table if not exists {SCHEMA}.{DEFINITIONS} ({columns})")
        db.execute(f"delete from {SCHEMA}.{DEFINITIONS} where node_id in ({names})")
        db.insert(f"{SCHEMA}.{DEFINITIONS}", defined)


def make_plan(manifest: dict, db: Connection) -> Plan:
    """Compare dbt's manifest with what the warehouse remembers and holds.

    What reads something stale is stale. Not so a view of DuckDB: it finds its tables by name. One
    of PostgreSQL goes with a table that it reads, and has to be made again with that.
    """
    nodes = {
        i: node
        for i, node in manifest["nodes"].items()
        if node["resource_type"] in KINDS and node["config"]["enabled"]
    }
    finds_by_name = manifest["metadata"]["adapter_type"] == "duckdb"
    stays = {i for i, node in nodes.items() if finds_by_name and _is_view(node)}
    checkpoints = {i for i, node in nodes.items() if node["config"].get("meta", {}).get(CHECKPOINT)}
    rows = _raw_versions(manifest["sources"], db) | _rows_of(checkpoints, nodes, db)
    keys = _keys(manifest, nodes, stays, rows)
    known = _remembered(db, TABLE, "built_key")
    relations = {
        (r["table_schema"], r["table_name"], r["table_type"] == "VIEW") for r in db.fetch(RELATIONS)
    }
    differs = {i for i, n in nodes.items() if known.get(i) != keys[i] or _is_gone(n, relations)}

    @cache
    def is_touched(node_id: str) -> bool:
        parents = _parents(nodes[node_id])
        read = (p for p in parents if p in nodes and p not in checkpoints)
        return node_id in differs or any(is_touched(parent) for parent in read)

    settings = _settings(manifest)
    definitions = {
        i: _hash(settings, _own(node)) for i, node in nodes.items() if _can_be_anew(node)
    }
    defined = _remembered(db, DEFINITIONS, "definition")
    stale = differs | {i for i in nodes if i not in stays and is_touched(i)}
    anew = {
        i
        for i, definition in definitions.items()
        if i in stale and defined.get(i) != definition and not _is_gone(nodes[i], relations)
    }
    first = _first(nodes, stale, checkpoints & stale) if len(stale) < len(nodes) else set()
    return Plan(keys, frozenset(stale), definitions, frozenset(anew), frozenset(first))


def _first(nodes: dict, stale: set[str], checkpoints: set[str]) -> set[str]:
    """What of the stale leads to `checkpoints`, with its tests."""
    leading, waiting = set(), list(checkpoints)
    while waiting:
        node_id = waiting.pop()
        if node_id in nodes and node_id not in leading:
            leading.add(node_id)
            waiting += _parents(nodes[node_id])
    tests = {
        i
        for i in stale
        if nodes[i]["resource_type"] == "test" and leading.issuperset(_parents(nodes[i]))
    }
    return (leading & stale | tests) if checkpoints else set()


def _rows_of(checkpoints: set[str], nodes: dict, db: Connection) -> dict[str, str]:
    """A hash of the rows that each checkpoint holds now; none for one that is not there."""
    tables = {i: (nodes[i]["schema"], nodes[i]["alias"]) for i in sorted(checkpoints)}
    return {i: db.rows_hash(*table) for i, table in tables.items() if db.table_exists(*table)}


def _remembered(db: Connection, table: str, column: str) -> dict[str, str]:
    if not db.table_exists(SCHEMA, table):
        return {}
    return {r["node_id"]: r[column] for r in db.fetch(f"select * from {SCHEMA}.{table}")}


def _can_be_anew(node: dict) -> bool:
    config = node["config"]
    return config["materialized"] == "incremental" and config.get("full_refresh") is None


def _is_gone(node: dict, relations: set[tuple]) -> bool:
    if node["resource_type"] == "test":
        return False
    return (node["schema"], node["alias"], _is_view(node)) not in relations


def _parents(node: dict) -> list[str]:
    return sorted(set(node.get("depends_on", {}).get("nodes", ())))


def _is_view(node: dict) -> bool:
    return node["config"]["materialized"] == "view"


def _keys(
    manifest: dict, nodes: dict, without_rows: set[str], versions: dict[str, str]
) -> dict[str, str]:
    """The keys of `nodes`; what raw tables and checkpoints hold is no part of those `without_rows`.

    Whoever reads a checkpoint has its rows of `versions` in the key, not what they were made of.
    """
    everything = manifest["nodes"] | manifest["sources"]
    settings = _settings(manifest)

    @cache
    def key(node_id: str, with_rows: bool) -> str:
        node = everything[node_id]
        rows = versions.get(node_id, "") if with_rows and node_id in manifest["sources"] else ""
        if node["resource_type"] == "seed":  # dbt itself knows a large one by its path alone
            file = dbt.PROJECT_DIR / node["original_file_path"]
            rows = hashlib.sha256(file.read_bytes()).hexdigest()
        return _hash(settings, _own(node), rows, *(read(p, with_rows) for p in _parents(node)))

    def read(parent: str, with_rows: bool) -> str:
        if with_rows and parent in manifest["nodes"] and parent in versions:  # a checkpoint
            return _hash(versions[parent], _own(everything[parent]))
        return key(parent, with_rows)

    return {i: key(i, i not in without_rows) for i in nodes}


def _settings(manifest: dict) -> str:
    return _hash(
        manifest["metadata"]["dbt_version"],
        (dbt.PROJECT_DIR / "dbt_project.yml").read_text(encoding="utf-8"),
        *(f"{name} {macro['macro_sql']}" for name, macro in sorted(manifest["macros"].items())),
    )


def _own(node: dict) -> str:
    own = {name: value for name, value in node.items() if name not in NOTES}
    return json.dumps(own, sort_keys=True)


def _raw_versions(sources: dict, db: Connection) -> dict[str, str]:
    """What each raw table holds, as text; another one each time where that cannot be told."""
    marks: dict[tuple[str, str], list[str]] = {}
    for r in db.fetch(COLUMNS):
        if r["column_name"] in MARKS:
            marks.setdefault((r["table_schema"], r["table_name"]), []).append(r["column_name"])
    versions, selects = {}, []
    for node_id, source in sources.items():
        place = (source["schema"], source["identifier"])
        versions[node_id] = uuid.uuid4().hex
        if place in marks:
            held = ["count(*)", *(f"{MARKS[mark]}({mark})" for mark in sorted(marks[place]))]
            text = " || ' ' || ".join(f"coalesce(cast({value} as varchar), '')" for value in held)
            relation = '"{}"."{}"'.format(*place)
            selects.append(f"select '{node_id}' as node_id, {text} as held from {relation}")
    if selects:
        versions |= {r["node_id"]: r["held"] for r in db.fetch(" union all ".join(selects))}
    return versions


def _hash(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()
