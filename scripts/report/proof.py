"""Whether the numbers are proved: the integrity summary, and what the last build left failing."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from scripts.atomic import write_whole
from scripts.report import text
from scripts.report.data import Rows

FAILED = ("fail", "error", "runtime error")
BUILDS = ("build", "run", "test")
RESULTS, KEPT_RESULTS = "run_results.json", "build_results.json"
ENTITIES = ("sales", "sale_lines", "payments")
LAYERS = ("raw", "staging", "conformed", "fact")


@dataclass(frozen=True)
class Failure:
    """A test that failed, or a model that could not be built."""

    name: str
    description: str
    detail: str = ""


@dataclass(frozen=True)
class Build:
    """How the last build ended: what failed, and the tables that were left as they were.

    `is_known` is false when no build left its results here. `warnings` take nothing from the proof.
    """

    failures: tuple[Failure, ...] = ()
    skipped: tuple[str, ...] = ()
    is_known: bool = True
    warnings: tuple[Failure, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether a build ran and everything in it passed."""
        return self.is_known and not self.failures and not self.skipped


@dataclass(frozen=True)
class Badge:
    """The verdict at the top of the page: `state` is ok, differs, unproved or unchecked."""

    state: str
    title: str
    details: tuple[str, ...] = ()


def read_build(target_folder: Path) -> Build:
    """The outcome of the last dbt command that built or tested anything.

    Every dbt command writes its results to the same file, `docs generate` and `show` too; then
    those that keep_results put aside are read.
    """
    results = _read_results(target_folder / RESULTS) or _read_results(target_folder / KEPT_RESULTS)
    try:
        manifest = json.loads((target_folder / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        results = None
    if results is None:
        return Build(is_known=False)
    nodes = manifest["nodes"] | manifest.get("unit_tests", {})
    failures, warnings, skipped = [], [], []
    for result in results["results"]:
        node = nodes.get(result["unique_id"], {})
        name = node.get("name") or result["unique_id"]
        if result["status"] in (*FAILED, "warn"):
            detail = " ".join((result.get("message") or "").split())
            told = Failure(name, _description(node), detail)
            (warnings if result["status"] == "warn" else failures).append(told)
        elif result["status"] == "skipped" and node.get("resource_type") == "model":
            skipped.append(name)
    return Build(tuple(failures), tuple(skipped), warnings=tuple(warnings))


def _description(node: dict) -> str:
    """What a node is, in one line; of a test without words what it looks at."""
    said = " ".join((node.get("description") or "").split())
    if said or not node.get("test_metadata"):
        return said
    of = (node.get("attached_node") or "").rpartition(".")[2]
    place = ".".join(filter(None, (of, node.get("column_name"))))
    return f"{node['test_metadata']['name'].replace('_', ' ')}: {place}."


def keep_results(target_folder: Path) -> list[Path]:
    """Put the results of the build that just ended where no other dbt command writes.

    Returns the file, none when there are no such results. Raises DeliveryError when the disk
    refuses.
    """
    results = _read_results(target_folder / RESULTS)
    if results is None:
        return []
    with write_whole(target_folder / KEPT_RESULTS) as file:
        json.dump(results, file)
    return [target_folder / KEPT_RESULTS]


def _read_results(path: Path) -> dict | None:
    """The results in `path`, None when they cannot be read or are of another kind of command."""
    try:
        results = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return results if results.get("args", {}).get("which") in BUILDS else None


def badge(integrity: Rows, build: Build) -> Badge:
    """What the page may claim: only what was checked, and never more than the tests allow."""
    differing = [row for row in integrity if row["status"] != "ok"]
    if differing:
        details = [_difference(row) for row in differing]
        return Badge("differs", _places(len(differing)), (*details, *_build_details(build)))
    if not build.ok:
        title = f"Not proved: {_what_failed(build)}"
        return Badge("unproved", title, tuple(_build_details(build)))
    if not integrity:
        return Badge("unchecked", "Not checked yet: there is nothing to compare")
    counts = {e: sum(r["fact_rows"] or 0 for r in integrity if r["entity"] == e) for e in ENTITIES}
    tills = len({row["account_id"] for row in integrity})
    return Badge(
        "ok",
        f"Every total agrees to the cent: {text.number(counts['sale_lines'])} lines checked",
        (
            f"{text.number(counts['sales'])} sales, their lines and"
            f" {text.number(counts['payments'])} payments of {text.count(tills, 'till')} were"
            " followed from what the till gave to what this page shows.",
        ),
    )


def _places(differing: int) -> str:
    return f"The totals differ in {text.count(differing, 'place')}"


def _difference(row: dict) -> str:
    name, entity = row["till_name"] or row["account_id"], text.words(row["entity"]).lower()
    parts = []
    if row["difference_amount"]:
        parts.append(
            f"the till says {text.money_text(row['raw_amount'])}, this page"
            f" {text.money_text(row['fact_amount'])}; days differ by"
            f" {text.money_text(row['difference_amount'])} in all"
        )
    counts = [row[f"{layer}_rows"] for layer in LAYERS]
    if len(set(counts)) > 1 or not parts:
        steps = (f"{text.number(n)} in {layer}" for n, layer in zip(counts, LAYERS, strict=True))
        parts.append(f"records: {', '.join(steps)}")
    return f"{name}, {entity}: {'; '.join(parts)}."


def _what_failed(build: Build) -> str:
    if not build.is_known:
        return "no build left its results"
    if build.failures:
        return f"{text.count(len(build.failures), 'check')} failed in the last build"
    return f"{text.count(len(build.skipped), 'table')} could not be rebuilt in the last build"


def _build_details(build: Build) -> list[str]:
    details = [_failure(failure) for failure in build.failures]
    if not build.is_known:
        details.append("Build again (`make build`): then the page tells how its tests went.")
    if build.skipped:
        tables = text.count(len(build.skipped), "table")
        details.append(
            f"{tables} waited for these and still show the build before:"
            f" {', '.join(build.skipped[:8])}{' …' if len(build.skipped) > 8 else ''}."
        )
    return details


def _failure(failure: Failure) -> str:
    about = f": {text.clip(failure.description, 300)}" if failure.description else ""
    detail = f" ({text.clip(failure.detail, 300)})" if failure.detail else ""
    return f"{failure.name}{about}{detail}"
