"""What is delivered, as the exposures of the dbt project declare it; nothing is listed twice.

An exposure says under `config: meta:` what file it is: `file`, `format` (csv, html) and, for a
file that is one table, `model` and `order_by`. The scripts read that from dbt's manifest.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

from ingestion.accounts import PROJECT_DIR
from ingestion.destinations import Connection
from scripts.atomic import DeliveryError


@dataclass(frozen=True)
class Relation:
    """A table of the warehouse: `schema` and `name`."""

    schema: str
    name: str

    def fetch(self, db: Connection, order_by: str = "", columns: str = "*") -> list[dict]:
        """All rows as dicts, none when the table does not exist yet."""
        if not db.table_exists(self.schema, self.name):
            return []
        order = f" order by {order_by}" if order_by else ""
        return db.fetch(f'select {columns} from "{self.schema}"."{self.name}"{order}')


@dataclass(frozen=True)
class Delivery:
    """One file to deliver: `tables` are the models it reads, `order_by` ends with the key.

    `tables` is by model name. A CSV has exactly one.
    """

    name: str
    file: str
    format: str
    tables: dict[str, Relation]
    order_by: tuple[str, ...] = ()

    @property
    def path(self) -> Path:
        """Where the file goes."""
        return out_folder() / self.file


def out_folder() -> Path:
    """Where files are delivered to: `TILLHOUSE_OUT`, or `out` in the project."""
    return PROJECT_DIR / os.environ.get("TILLHOUSE_OUT", "out")


def target_folder() -> Path:
    """Where dbt leaves its manifest and results: `DBT_TARGET_PATH`, or `target` in the project."""
    return PROJECT_DIR / os.environ.get("DBT_TARGET_PATH", "target")


def read_deliveries(format: str, manifest_path: Path | None = None) -> list[Delivery]:
    """The files of one `format` that the exposures declare, by name.

    Raises DeliveryError when there is no manifest, or when an exposure cannot be delivered.
    """
    path = manifest_path or target_folder() / "manifest.json"
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise DeliveryError(f"{path} is missing: nothing is built yet. Run `make build`.") from None
    except ValueError:
        raise DeliveryError(f"{path} is not whole. Run `make build` again.") from None
    exposures = sorted(manifest["exposures"].values(), key=lambda e: e["name"])
    wanted = [e for e in exposures if _meta(e).get("format") == format]
    return [_delivery(manifest, exposure) for exposure in wanted]


def _meta(exposure: dict) -> dict:
    return exposure.get("config", {}).get("meta") or exposure.get("meta") or {}


def _delivery(manifest: dict, exposure: dict) -> Delivery:
    meta = _meta(exposure)
    place = f"exposure {exposure['name']} in {exposure['original_file_path']}"
    file = meta.get("file", "")
    if not file or Path(file).name != file:
        raise DeliveryError(f"{place}: meta.file is {file!r}; it must be a plain file name.")
    models = [manifest["nodes"][node] for node in exposure["depends_on"]["nodes"]]
    tables = {m["name"]: Relation(m["schema"], m["alias"]) for m in models}
    order_by: tuple[str, ...] = ()
    if meta["format"] == "csv":
        model = next((m for m in models if m["name"] == meta.get("model")), None)
        if model is None:
            raise DeliveryError(
                f"{place}: meta.model is {meta.get('model')!r}; it must be one of its depends_on:"
                f" {', '.join(tables)}."
            )
        tables = {model["name"]: tables[model["name"]]}
        order_by = tuple(dict.fromkeys([*meta.get("order_by", []), *_key(manifest, model)]))
    return Delivery(exposure["name"], file, meta["format"], tables, order_by)


def _key(manifest: dict, model: dict) -> list[str]:
    """The columns that the model's key test names; without one, all of its columns."""
    from scripts.manifest import key_columns  # it asks this module where dbt's files are

    return key_columns(manifest, model) or list(model["columns"])
