"""The rules for models that no SQL linter knows: `python -m scripts.lint_models`.

Reads dbt's manifest only, no warehouse. Says for each finding the rule, the place and what to do,
and ends with 1. An exception is a line of `tests/project/lint_exceptions.csv` (rule, name,
reason); one that is not needed any more is a finding too.
"""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.markup import escape

from ingestion.accounts import PROJECT_DIR
from scripts.lint_sql import macro_findings, sql_findings
from scripts.manifest import ManifestError, current_manifest, key_columns, models

EXCEPTIONS = PROJECT_DIR / "tests" / "project" / "lint_exceptions.csv"
PROJECT = "tillhouse"

# layer: the layers that it may read. `reports` is the folder models/marts/reports.
MAY_READ = {
    "staging": {"source"},
    "intermediate": {"staging", "intermediate", "seed"},
    "marts": {"intermediate", "marts"},
    "reports": {"marts", "reports"},
}
PREFIXES = {"intermediate": ("int_",), "marts": ("fct_", "dim_"), "reports": ("rpt_",)}
NAMES_WITHOUT_PREFIX = {
    "product_links", "customer_links", "product_link_evidence", "customer_link_evidence",
    "key_changes", "replaced_ids",
}  # fmt: skip
CONFORMED = {
    "locations", "registers", "employees", "customers", "products", "product_codes", "sales",
    "sale_lines", "payments", "shifts", "stock_movements", "stock_levels", "customer_credit",
    "audit_events", "day_totals",
}  # fmt: skip
ADDED_UP = {"day_totals"}  # rows that stand twice are one in their union, of twice the amount
STAGED_FIELD = re.compile(
    r"'([\w.]+)'\s*:\s*'(?:text|number|timestamp|date|boolean|json|sum)(?: as (\w+))?'"
)


class Finding(NamedTuple):
    """A rule that `name` (a model, macro, seed, source or exposure) breaks."""

    rule: str
    name: str
    message: str


def main() -> int:
    """Lint the project. Returns 0 when every rule holds, 1 otherwise."""
    try:
        manifest = current_manifest(with_every_till=True)
    except ManifestError as error:
        print(error)
        return 1
    findings = apply_exceptions(lint(manifest), read_exceptions(EXCEPTIONS))
    console = Console(soft_wrap=True)
    for finding in findings:
        console.print(
            f"[bold]{escape(finding.name)}[/] {escape(finding.message)} [dim]({finding.rule})[/]"
        )
    count = len(models(manifest))
    if findings:
        console.print(f"\n{len(findings)} findings in {count} models. Mend them, or write the")
        console.print(f"reason of an exception into {EXCEPTIONS.relative_to(PROJECT_DIR)}.")
        return 1
    console.print(f"Models: every rule holds in {count} models.")
    return 0


def lint(manifest: dict) -> list[Finding]:
    """Every breach of a rule in the manifest, by name."""
    findings = {finding for rule in RULES for finding in rule(manifest)}
    return sorted(findings, key=lambda f: (f.name, f.rule, f.message))


def layer_of(node: dict) -> str:
    """Which layer a node belongs to: source, seed, staging, intermediate, marts or reports."""
    if node["resource_type"] != "model":
        return node["resource_type"]
    folders = Path(node["original_file_path"]).parts[1:-1]
    if folders[:2] == ("marts", "reports"):
        return "reports"
    return folders[0] if folders else ""


def check_layers(manifest: dict) -> Iterator[Finding]:
    """Models read only the layers before them; staging reads exactly one raw table."""
    nodes = manifest["nodes"] | manifest["sources"]
    for model in models(manifest):
        layer = layer_of(model)
        if layer not in MAY_READ:
            yield Finding("layer", model["name"], f"lies in models/{layer}; no such layer")
            continue
        parents = [nodes[parent] for parent in model["depends_on"]["nodes"]]
        for parent in parents:
            if layer_of(parent) not in MAY_READ[layer]:
                allowed = " or ".join(sorted(MAY_READ[layer]))
                message = f"({layer}) reads {parent['name']} ({layer_of(parent)}); only {allowed}"
                yield Finding("layer", model["name"], message)
        if layer == "staging" and len(parents) != 1:
            message = f"reads {len(parents)} raw tables; a staging model reads exactly one"
            yield Finding("one_raw_table", model["name"], message)


def check_prefixes(manifest: dict) -> Iterator[Finding]:
    """Names say the layer: stg_<source>__, int_, fct_ or dim_, rpt_."""
    for model in models(manifest):
        layer, name = layer_of(model), model["name"]
        prefixes = PREFIXES.get(layer, ())
        if layer == "staging":
            prefixes = (f"stg_{Path(model['original_file_path']).parts[2]}__",)
        if prefixes and not name.startswith(prefixes) and name not in NAMES_WITHOUT_PREFIX:
            message = f"lies in {layer}; its name begins {' or '.join(prefixes)}"
            yield Finding("prefix", name, message)


def check_descriptions(manifest: dict) -> Iterator[Finding]:
    """Every model, seed, source table and column says what it is."""
    seeds = [n for n in manifest["nodes"].values() if n["resource_type"] == "seed"]
    for node in [*models(manifest), *seeds, *manifest["sources"].values()]:
        if node.get("package_name", PROJECT) != PROJECT:
            continue
        if not node["description"].strip():
            yield Finding("described", node["name"], "has no description")
        silent = [c["name"] for c in node["columns"].values() if not c["description"].strip()]
        if not node["columns"]:
            yield Finding("columns_described", node["name"], "describes none of its columns")
        if silent:
            message = f"has columns without a description: {', '.join(silent)}"
            yield Finding("columns_described", node["name"], message)


def check_staged_fields(manifest: dict) -> Iterator[Finding]:
    """The columns that a staging model reads from the payload are all described."""
    for model in models(manifest, "models/staging"):
        fields = STAGED_FIELD.findall(model["raw_code"])
        columns = [column or field.replace(".", "_") for field, column in fields]
        missing = [column for column in columns if column not in model["columns"]]
        if missing and model["columns"]:
            message = f"does not describe its columns {', '.join(missing)}"
            yield Finding("columns_described", model["name"], message)


def check_keys(manifest: dict) -> Iterator[Finding]:
    """Every model has a test of what makes a row unique, an adapter in the union that reads it."""
    for model in models(manifest):
        if not (key_columns(manifest, model) or _is_tested_in_union(manifest, model)):
            message = "has no key test; add primary_key or dbt_utils.unique_combination_of_columns"
            yield Finding("key_test", model["name"], message)


def _is_tested_in_union(manifest: dict, model: dict) -> bool:
    """Whether the model is one till's view of an entity, and a test of the union has its rows."""
    entity = _entity(model["name"])
    return entity in CONFORMED - ADDED_UP and any(
        key_columns(manifest, reader) for reader in _union_of(manifest, model, f"int_{entity}")
    )


def _union_of(manifest: dict, view: dict, union: str) -> Iterator[dict]:
    """The models named after `union` that hold the rows of `view`, through further views too."""
    if view["config"].get("materialized") != "view":
        return
    for reader in models(manifest):
        if view["unique_id"] in reader["depends_on"]["nodes"] and reader["name"].startswith(union):
            yield reader
            yield from _union_of(manifest, reader, union)


def check_contracts(manifest: dict) -> Iterator[Finding]:
    """Marts and conformed models promise their columns: the contract is enforced."""
    for model in models(manifest):
        layer = layer_of(model)
        conformed = layer == "intermediate" and _entity(model["name"]) in CONFORMED
        enforced = model["config"].get("contract", {}).get("enforced", False)
        if (conformed or layer in ("marts", "reports")) and not enforced:
            yield Finding("contract", model["name"], "needs `contract: {enforced: true}`")


def _entity(name: str) -> str:
    return name.removeprefix("int_").rpartition("__")[2]


def check_sql(manifest: dict) -> Iterator[Finding]:
    """The text of models, and of macros outside macros/engine, is plain SQL for both engines."""
    for model in models(manifest):
        for rule, message in sql_findings(model["raw_code"]):
            yield Finding(rule, model["name"], message)
    for macro in manifest["macros"].values():
        engine = Path(macro["original_file_path"]).is_relative_to("macros/engine")
        if macro["package_name"] == PROJECT and not engine:
            for rule, message in macro_findings(macro["macro_sql"]):
                yield Finding(rule, macro["name"], message)


def check_exposures(manifest: dict) -> Iterator[Finding]:
    """What is delivered comes from marts."""
    nodes = manifest["nodes"] | manifest["sources"]
    for exposure in manifest["exposures"].values():
        for parent in exposure["depends_on"]["nodes"]:
            if layer_of(nodes[parent]) not in ("marts", "reports"):
                message = f"delivers {nodes[parent]['name']}, which is no mart"
                yield Finding("exposure", exposure["name"], message)


RULES: tuple[Callable[[dict], Iterator[Finding]], ...] = (
    check_layers,
    check_prefixes,
    check_descriptions,
    check_staged_fields,
    check_keys,
    check_contracts,
    check_sql,
    check_exposures,
)


def read_exceptions(path: Path) -> dict[tuple[str, str], str]:
    """The reasons of the exceptions, by (rule, name)."""
    with path.open(encoding="utf-8", newline="") as file:
        return {(row["rule"], row["name"]): row["reason"] for row in csv.DictReader(file)}


def apply_exceptions(
    findings: list[Finding], exceptions: dict[tuple[str, str], str]
) -> list[Finding]:
    """The findings without those excepted, and one for each exception that is wrong."""
    left = [f for f in findings if (f.rule, f.name) not in exceptions]
    met = {(f.rule, f.name) for f in findings}
    for (rule, name), reason in exceptions.items():
        if (rule, name) not in met:
            left.append(Finding(rule, name, "has an exception that is not needed; delete its line"))
        elif not reason.strip():
            left.append(Finding(rule, name, "has an exception without a reason"))
    return left


if __name__ == "__main__":
    sys.exit(main())
