"""dbt's manifest, made when it is absent or older than what it describes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ingestion.accounts import PROJECT_DIR, used_sources
from ingestion.garbage import RARELY, rare_garbage_collection
from scripts.exposures import target_folder

DESCRIBED = ("dbt_project.yml", "profiles.yml", "models", "macros", "seeds", "tests", "analyses")
PARSED_FOR = "parsed_for.json"
# dbt lays out every line of its log before it looks whether anybody wants it.
SILENT = ("--quiet", "--log-level", "none", "--log-level-file", "none")
DBT = f"import gc; gc.set_threshold{RARELY}; from dbt.cli.main import cli; cli()"


class ManifestError(Exception):
    """The project does not parse; the text is dbt's."""


def run_dbt(*arguments: str, callbacks: list | None = None, manifest: Any = None) -> Any:
    """Run one dbt command on the project in this process, silent, and give dbt's result.

    `manifest` is the result of a parse, which then is not done again. Unless `arguments` hold
    `--vars`, only the tills of pos_accounts.csv are switched on: the others cost no time.
    Raises AccountError for a folder of seeds outside the project: dbt would overwrite the seeds.
    """
    from dbt.cli.main import dbtRunner

    command = _command(*arguments)
    with rare_garbage_collection():
        result = dbtRunner(manifest, callbacks or []).invoke(command)
    if arguments[0] == "parse" and result.success:
        _note_parse(_option(command, "--vars"), _option(command, "--target"))
    return result


@contextmanager
def parsed_beside(target: str) -> Iterator[None]:
    """Parse in a second process while the body runs, so that the parse after it is a short one.

    Nothing is started when nothing changed since the last parse. A parse that fails says nothing
    here: the one after it finds the same fault. The warehouse is not opened.
    """
    if _is_parsed(target):
        yield
        return
    process = subprocess.Popen(
        [sys.executable, "-c", DBT, *_command("parse", "--target", target)],
        cwd=PROJECT_DIR,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield
        if process.wait() == 0:
            _note_parse(_variables(), target)
    finally:
        process.kill()
        process.wait()


def _command(*arguments: str) -> list[str]:
    profiles = os.environ.get("DBT_PROFILES_DIR", str(PROJECT_DIR))
    folders = ("--project-dir", str(PROJECT_DIR), "--profiles-dir", profiles)
    if "--vars" not in arguments:
        arguments += ("--vars", _variables())
    return [*SILENT, *arguments, *folders]


def _variables() -> str:
    return json.dumps({"pos_sources": used_sources()})


def _option(command: list[str], name: str) -> str:
    return command[command.index(name) + 1] if name in command else ""


def _note_parse(variables: str, target: str) -> None:
    """Keep for what the manifest was made: dbt does not note it there."""
    text = json.dumps({"vars": variables, "target": target})
    (target_folder() / PARSED_FOR).write_text(text, encoding="utf-8")


def current_manifest(with_every_till: bool = False) -> dict:
    """The project's manifest as a dict, parsed anew when a file has changed since.

    `with_every_till` parses with all of `pos_sources`, else only those used are sure to be in it.
    Raises ManifestError when the project does not parse.
    """
    if with_every_till or not _is_parsed():
        result = run_dbt("parse", *(("--vars", "{}") if with_every_till else ()))
        if not result.success:
            raise ManifestError(f"dbt cannot parse the project. {result.exception or ''}".strip())
    return json.loads((target_folder() / "manifest.json").read_text(encoding="utf-8"))


def _is_parsed(target: str = "") -> bool:
    """Whether the last parse was of the project as it is, its tills in use and, if given, `target`.

    As far as can be told from times and a note: good for saving a parse, not for what is stale.
    """
    try:
        noted = json.loads((target_folder() / PARSED_FOR).read_text(encoding="utf-8"))
        parsed_at = (target_folder() / "manifest.json").stat().st_mtime
    except (OSError, ValueError):
        return False
    is_same = noted["vars"] == _variables() and target in ("", noted["target"])
    return is_same and parsed_at >= _last_change()


def _last_change() -> float:
    files = [
        path
        for name in DESCRIBED
        for path in [PROJECT_DIR / name, *(PROJECT_DIR / name).rglob("*")]
        if path.suffix in (".sql", ".yml", ".md", ".csv") or path.is_dir()
    ]
    return max(path.stat().st_mtime for path in files if path.exists())


def models(manifest: dict, folder: str = "models") -> list[dict]:
    """The models whose files lie below `folder`, by name."""
    found = [
        node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model"
        and Path(node["original_file_path"]).is_relative_to(folder)
    ]
    return sorted(found, key=lambda node: node["name"])


def key_columns(manifest: dict, model: dict) -> list[str]:
    """The columns that the model's key test says identify a row; empty when it has none."""
    for test in manifest["nodes"].values():
        if test["resource_type"] != "test" or test.get("attached_node") != model["unique_id"]:
            continue
        about = test.get("test_metadata") or {}
        if about.get("name") == "unique_combination_of_columns":
            return about["kwargs"]["combination_of_columns"]
        if about.get("name") in ("primary_key", "unique"):
            return [about["kwargs"]["column_name"]]
    return []
