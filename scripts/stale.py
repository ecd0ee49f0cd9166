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
from collections.abc import Iterable, Sequence
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

    `first` is what of the stale leads to the checkpoints and has to be built before it is known
    what else is stale.
    """

    keys: dict[str, str]
    stale: frozenset[str]
    anew: frozenset[str]
    first: frozenset[str]


class Project:
    """What dbt's manifest says of the nodes, read and hashed once a night.

    `definitions` has for each node and source a hash of its own definition, of the project's
    settings and macros, and of the file of a seed: what decides its outcome but for what it reads.
    """

    def __init__(self, manifest: dict) -> None:
        self.sources = manifest["sources"]
        self.nodes = {
            i: node
            for i, node in manifest["nodes"].items()
            if node["resource_type"] in KINDS and node["config"]["enabled"]
        }
        # A view of DuckDB finds its tables by name.
        by_name = manifest["metadata"]["adapter_type"] == "duckdb"
        self.stays = {i for i, node in self.nodes.items() if by_name and _is_view(node)}
        self.checkpoints = {
            i for i, node in self.nodes.items() if node["config"].get("meta", {}).get(CHECKPOINT)
        }
        settings = _settings(manifest)
        everything = manifest["nodes"] | self.sources
        self.parents = {i: _parents(node) for i, node in everything.items()}
        self.definitions = {i: _hash(settings, _own(node)) for i, node in everything.items()}

    def names(self, nodes: Iterable[str]) -> list[str]:
        """The names of nodes, sorted."""
        return sorted(self.nodes[node]["name"] for node in nodes)


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
    manifest = (target_folder() / "manifest.json").read_text(encoding="utf-8")
    project = Project(json.loads(manifest))
    with warehouse.connect() as db:
        plan = make_plan(project, db, _keys(project, db))
    anew = project.names(plan.anew)
    for node in plan.anew:
        parsed.result.nodes[node].config.full_refresh = True

    def build(nodes: frozenset[str], *options: str) -> Any:
        """Build, remember what was built without a fault, plan again, and give dbt's result."""
        nonlocal plan
        arguments = ["build", "--target", warehouse.target, *options]
        # The parse wrote the manifest. Its file of results is written once all parts are joined.
        arguments += ["--exclude-resource-type", "unit_test", "--no-write-json"]
        if len(nodes) < len(plan.keys):
            tag = f"night_{uuid.uuid4().hex}"  # found quicker than hundreds of names
            for node in nodes:
                parsed.result.nodes[node].tags.append(tag)
            arguments += ["--select", f"tag:{tag}"]
        result = dbt.run_dbt(*arguments, callbacks=callbacks, manifest=parsed.result)
        with warehouse.connect() as db:
            keys = _keys(project, db)  # with the rows that the checkpoints hold now
            if _results(result):
                _remember(db, project, plan, keys, _results(result))
            plan = make_plan(project, db, keys)
        return result

    if full_refresh:
        result = _joined(parsed, build(frozenset(plan.keys), "--full-refresh"))
        return Built(result, 0, anew)
    result, done = parsed, frozenset()
    while plan.stale:
        first = plan.first - done
        nodes = first or plan.stale
        # Before a checkpoint a test that reads other tables as well waits for those.
        later = build(nodes, *(("--indirect-selection", "cautious") if first else ()))
        result, done = _joined(result, later), done | nodes
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


def _remember(
    db: Connection, project: Project, plan: Plan, keys: dict[str, str], results: Sequence[Any]
) -> None:
    """Keep the keys of what `plan` left alone, and `keys` of what dbt built without a fault."""
    statuses = {run.node.unique_id: str(run.status) for run in results}
    kept = sorted(
        node
        for node in plan.keys
        if (statuses[node] in WITHOUT_FAULT if node in statuses else node not in plan.stale)
    )
    known = [(node, (keys if node in statuses else plan.keys)[node]) for node in kept]
    growing = (node for node in kept if _can_be_anew(project.nodes[node]))
    defined = [(node, project.definitions[node]) for node in growing]
    names = ", ".join(f"'{node}'" for node, _ in [("none", ""), *defined])
    with db.transaction():
        db.execute(f"delete from {SCHEMA}.{TABLE}")
        db.insert(f"{SCHEMA}.{TABLE}", known)
        columns = "node_id varchar, definition varchar"
        db.execute(f"create table if not exists {SCHEMA}.{DEFINITIONS} ({columns})")
        db.execute(f"delete from {SCHEMA}.{DEFINITIONS} where node_id in ({names})")
        db.insert(f"{SCHEMA}.{DEFINITIONS}", defined)


def make_plan(project: Project, db: Connection, keys: dict[str, str]) -> Plan:
    """Compare the nodes' `keys` with what the warehouse remembers and holds.

    What reads something stale is stale. Not so a view of DuckDB: it finds its tables by name. One
    of PostgreSQL goes with a table that it reads, and has to be made again with that.
    """
    nodes = project.nodes
    known = _remembered(db, TABLE, "built_key")
    relations = {
        (r["table_schema"], r["table_name"], r["table_type"] == "VIEW") for r in db.fetch(RELATIONS)
    }
    differs = {i for i, n in nodes.items() if known.get(i) != keys[i] or _is_gone(n, relations)}

    @cache
    def is_touched(node_id: str) -> bool:
        read = (p for p in project.parents[node_id] if p in nodes and p not in project.checkpoints)
        return node_id in differs or any(is_touched(parent) for parent in read)

    stale = differs | {i for i in nodes if i not in project.stays and is_touched(i)}
    defined = _remembered(db, DEFINITIONS, "definition")
    anew = {
        i
        for i in stale
        if _can_be_anew(nodes[i])
        and defined.get(i) != project.definitions[i]
        and not _is_gone(nodes[i], relations)
    }
    first = _first(project, stale) if len(stale) < len(nodes) else set()
    return Plan(keys, frozenset(stale), frozenset(anew), frozenset(first))


def _first(project: Project, stale: set[str]) -> set[str]:
    """What of the stale leads to stale checkpoints, with its tests."""
    leading, waiting = set(), list(project.checkpoints & stale)
    while waiting:
        node_id = waiting.pop()
        if node_id in project.nodes and node_id not in leading:
            leading.add(node_id)
            waiting += project.parents[node_id]
    tests = {
        i
        for i in stale
        if project.nodes[i]["resource_type"] == "test" and leading.issuperset(project.parents[i])
    }
    return leading & stale | tests if leading else set()


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


def _keys(project: Project, db: Connection) -> dict[str, str]:
    """The keys of all nodes now; what raw tables and checkpoints hold is no part of what `stays`.

    Whoever reads a checkpoint has its rows and its definition in the key, not what made them.
    """
    raw_rows = _raw_versions(project.sources, db)
    checked_rows = _checkpoint_rows(project, db)

    @cache
    def key(node_id: str, with_rows: bool) -> str:
        rows = raw_rows.get(node_id, "") if with_rows else ""
        read = (key_read(parent, with_rows) for parent in project.parents[node_id])
        return _hash(project.definitions[node_id], rows, *read)

    def key_read(parent: str, with_rows: bool) -> str:
        if with_rows and parent in checked_rows:
            return _hash(checked_rows[parent], project.definitions[parent])
        return key(parent, with_rows)

    return {i: key(i, i not in project.stays) for i in project.nodes}


def _checkpoint_rows(project: Project, db: Connection) -> dict[str, str]:
    """A hash of the rows that each checkpoint holds now; none for one that is not there."""
    nodes = {i: project.nodes[i] for i in sorted(project.checkpoints)}
    tables = {i: (node["schema"], node["alias"]) for i, node in nodes.items()}
    return {i: db.rows_hash(*table) for i, table in tables.items() if db.table_exists(*table)}


def _settings(manifest: dict) -> str:
    return _hash(
        manifest["metadata"]["dbt_version"],
        (dbt.PROJECT_DIR / "dbt_project.yml").read_text(encoding="utf-8"),
        *(f"{name} {macro['macro_sql']}" for name, macro in sorted(manifest["macros"].items())),
    )


def _own(node: dict) -> str:
    own = {name: value for name, value in node.items() if name not in NOTES}
    if node["resource_type"] == "seed":  # dbt itself knows a large one by its path alone
        file = dbt.PROJECT_DIR / node["original_file_path"]
        own["file"] = hashlib.sha256(file.read_bytes()).hexdigest()
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
