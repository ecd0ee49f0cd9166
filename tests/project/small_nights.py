"""A small dbt project over a small raw schema, built night by night."""

from __future__ import annotations

import json
import shutil

from ingestion.accounts import PROJECT_DIR
from scripts.stale import build_stale

FILES = {
    "macros/shout.sql": "{% macro shout(text) %}upper({{ text }}){% endmacro %}",
    "models/sources.yml": json.dumps(
        {
            "version": 2,
            "sources": [{"name": "raw_till", "tables": [{"name": "sales"}, {"name": "products"}]}],
            "models": [{"name": "sold", "columns": [{"name": "id", "data_tests": ["unique"]}]}],
        }
    ),
    "models/products.sql": "select id, word from {{ source('raw_till', 'products') }}",
    "models/sales.sql": "{{ config(materialized='table') }} "
    "select id, word from {{ source('raw_till', 'sales') }}",
    "models/sold.sql": "select sales.id, {{ shout('sales.word') }} as word "
    "from {{ ref('sales') }} as sales",
    "models/known.sql": "{{ config(materialized='table') }} "
    "select sold.id, tills.till, sold.word from {{ ref('sold') }} as sold "
    "cross join {{ ref('tills') }} as tills",
    "seeds/tills.csv": "till\nA\n",
    "tests/few_words.sql": "select id from {{ ref('products') }} where word = 'wrong'",
}
ALL = {"products", "sales", "sold", "known", "tills", "unique_sold_id", "few_words"}
BELOW_SALES = {"sales", "known", "unique_sold_id"}


class Night:
    """A small project over a small raw schema; `build()` names what dbt built or tested."""

    def __init__(self, warehouse, folder) -> None:
        self.warehouse, self.folder = warehouse, folder
        for name, text in FILES.items():
            self.write(name, text)
        (folder / "macros").mkdir(exist_ok=True)
        shutil.copy(PROJECT_DIR / "macros/forget_built_nodes.sql", folder / "macros")
        shutil.copy(PROJECT_DIR / "macros/generate_schema_name.sql", folder / "macros")
        settings = {
            "name": "small",
            "profile": "tillhouse",
            "config-version": 2,
            "on-run-start": "{{ forget_built_nodes() }}",
            "flags": {"send_anonymous_usage_stats": False},
        }
        self.write("dbt_project.yml", json.dumps(settings))
        schema = "public" if warehouse.engine == "postgres" else "main"
        output = warehouse.settings | {"schema": schema, "threads": 1}
        profile = {"target": warehouse.target, "outputs": {warehouse.target: output}}
        self.write("profiles.yml", json.dumps({"tillhouse": profile}))
        self.run("create schema raw_till")
        for table in ("sales", "products"):
            columns = "id integer, word varchar, _dlt_load_id varchar, _dlt_valid_to timestamp"
            self.run(f"create table raw_till.{table} ({columns})")
            self.run(f"insert into raw_till.{table} values (1, 'one', '1', null)")

    def write(self, name: str, text: str) -> None:
        (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / name).write_text(text)

    def run(self, sql: str) -> None:
        with self.warehouse.connect() as db:
            db.execute(sql)

    def known(self) -> list[tuple]:
        return self.rows("known")

    def rows(self, relation: str) -> list[tuple]:
        with self.warehouse.connect() as db:
            return sorted(tuple(r.values()) for r in db.fetch(f"select * from {relation}"))

    def parsed_files(self) -> int:
        """How many files the last parse had to read anew."""
        told = json.loads((self.folder / "target" / "perf_info.json").read_text())
        return told["parsed_path_count"]

    def build(self) -> set[str]:
        result, _, self.anew = build_stale(self.warehouse)
        runs = getattr(result.result, "results", None) or []
        return {run.node.name for run in runs if run.node.resource_type != "operation"}
