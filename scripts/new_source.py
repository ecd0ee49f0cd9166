"""Lay out the folders of a further till and say what is left: `python -m scripts.new_source NAME`.

It writes what doing three tills has shown to be the same for every one: the module that the loader
calls, its entities as data, a stand-in of its API and a first test that passes, the raw tables as
dbt sources and one staging model per entity. Nothing that exists is written over.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from ingestion.accounts import PROJECT_DIR

NAME = re.compile(r"[a-z][a-z0-9_]*")
CONFORMED = (
    ("shared", "locations registers"),
    ("people", "employees shifts"),
    ("customers", "customers"),
    ("products", "products product_codes"),
    ("sales", "sales sale_lines payments"),
    ("stock", "stock_levels stock_movements"),
    ("reconciliation", "day_totals"),
    ("quality", "integrity listed_records rejected_records"),
)
MODULE = '''"""{title}, from its API."""

from __future__ import annotations

from collections.abc import Iterator

from ingestion.accounts import Account
from ingestion.connect import auth_for
from ingestion.contract import Pull, Record, SourceError
from ingestion.http import Http, refuse_unprotected
from ingestion.json_text import record_list
from ingestion.sources.{source}.entities import ENTITIES, {klass}

__all__ = ["ENTITIES", "read"]


def read(account: Account, entity: {klass}, pull: Pull) -> Iterator[list[Record]]:
    """Yield the records of one entity, as the till gave them.

    Raises SourceError, or AccountError when the account has no token.
    """
    refuse_unprotected(account.account_id, account.path, "https://api.example.com")
    place = f"account {{account.account_id}}, {{entity.name}}"
    http = Http(account.path, auth_for(account))
    try:
        text = http.get(entity.path, {{}}, place, pull)
    finally:
        http.close()
    pull.pages += 1
    try:
        pieces, _ = record_list(text, entity.name)
    except ValueError:
        raise SourceError(f"{{place}}: the answer is not a list of records.") from None
    yield [Record(piece.value["id"], piece.text) for piece in pieces]
'''
ENTITIES = '''"""The entities of {title} as data: where each is read, how, and its id."""

from __future__ import annotations

from dataclasses import dataclass

from ingestion.contract import Entity


@dataclass(frozen=True)
class {klass}(Entity):
    """One endpoint: `path` below the account's address."""

    path: str = ""


ENTITIES: tuple[{klass}, ...] = (
{entities})
BY_NAME = {{entity.name: entity for entity in ENTITIES}}
'''
FAKE = '''"""A stand-in for the API of {title} that serves given records, as its papers say.

    with {fake}({{"{first}": [{{"id": "1"}}]}}) as till:
        ... till.url, till.requests, till.plan("{first}", "ok", "429")

What it always does, and what on order: ...
"""

from __future__ import annotations

import json

from ingestion.fakes.till import FakeTill, RefusalError, TillHandler


class _Handler(TillHandler):
    def refuse(self, refusal: RefusalError, headers: dict[str, str] | None = None) -> None:
        """In the till's own shape of an error."""
        self.send_text(refusal.status, json.dumps({{"error": str(refusal)}}), headers)


class {fake}(FakeTill):
    """What one token may read: the list of each entity, as {{"name": [...]}}."""

    handler = _Handler

    def __init__(self, records: dict[str, list[dict]], token: str = "test-token") -> None:
        super().__init__(token)
        self.records = records

    def body(self, path: str, query: dict, fault: str) -> str | None:
        """The JSON text of an answer; None when there is nothing at this path (404)."""
        if path not in self.records:
            return None
        return json.dumps({{path: self.records[path]}})
'''
TEST = '''"""{title} against a stand-in of its API over real HTTP, one test per trap."""

from __future__ import annotations

import json

import pytest

from ingestion.contract import SourceError
from ingestion.fakes.{source} import {fake}
from ingestion.sources import {source}
from tests.ingestion import connect_till
from tests.ingestion.landed import read_all

TOKEN = "token-nobody-prints"


@pytest.fixture
def till(monkeypatch):
    """One record of every entity."""
    monkeypatch.setenv("TILLHOUSE_SHOP_TOKEN", TOKEN)
    records = {{entity.name: [{{"id": "1"}}] for entity in {source}.ENTITIES}}
    with {fake}(records, TOKEN) as served:
        yield served


@pytest.mark.parametrize("entity", {source}.ENTITIES, ids=lambda entity: entity.name)
def test_every_record_comes_as_the_till_gave_it(till, entity):
    found = read_all({source}, connect_till.account("{source}", till.url), entity)
    assert {{key: json.loads(text) for key, text in found.items()}} == {{"1": {{"id": "1"}}}}


@pytest.mark.parametrize("answer", ["cut", "html", "401"])
def test_an_answer_that_is_none_is_an_error_and_never_an_empty_list(till, answer, slept):
    entity = {source}.ENTITIES[0]
    till.plan(entity.path, *[answer] * 20)
    with pytest.raises(SourceError):
        read_all({source}, connect_till.account("{source}", till.url), entity)
'''
README = """# {title}

In `seeds/pos_accounts.csv`: source `{source}`, transport `api`, path `https://...`. How it is let
in: ...

| entity | call | paging | what the next run asks for |
|---|---|---|---|
{rows}
**How far back, late and edited records, deletions.** ...

**Limits, and the traps that are tested.** ...

**Not confirmed by the vendor's papers, and what we assume.** ...
"""
STAGING = """{{{{ config(enabled='{source}' in var('pos_sources')) }}}}

{{{{ staged_records(source('raw_{source}', '{entity}'), {{
    'id': 'text as {one}_id',
}}) }}}}
"""
SOURCES = """version: 2

sources:
  - name: raw_{source}
    description: >
      {title}, from its API. Every table holds the till's records whole, as JSON text, with all
      their versions; a version is current while `_dlt_valid_to` is null.
    config:
      enabled: "{{{{ '{source}' in var('pos_sources') }}}}"
      loaded_at_field: extracted_at
      freshness:
        warn_after: {{count: 36, period: hour}}
    tables:
"""
RAW_COLUMNS = (
    *("account_id", "record_id", "record_key", "payload", "record_hash", "extracted_at"),
    *("_dlt_load_id", "_dlt_id", "_dlt_valid_from", "_dlt_valid_to"),
)
STAGED_COLUMNS = (
    *(("_version_id", "version_id"), ("account_id", "account_id"), ("record_id", "record_id")),
    ("extracted_at", "extracted_at"),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the files and print what is left; 2 when the names cannot be used."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("source", help="name in lower case, such as corner_till")
    parser.add_argument("entities", nargs="+", help="the raw tables, such as locations sales")
    parser.add_argument("--title", help="what people call it (default: made of the name)")
    parser.add_argument("--into", type=Path, default=PROJECT_DIR, help=argparse.SUPPRESS)
    told = parser.parse_args(arguments)
    wrong = [name for name in (told.source, *told.entities) if not NAME.fullmatch(name)]
    if wrong:
        print(f"{', '.join(wrong)}: use lower-case letters, digits and _ only.", file=sys.stderr)
        return 2
    title = told.title or told.source.replace("_", " ").title()
    for path, text in files(told.source, title, told.entities).items():
        _write(told.into / path, told.into, text)
    print(what_is_left(told.source))
    return 0


def files(source: str, title: str, entities: Sequence[str]) -> dict[str, str]:
    """Path below the project -> text, of everything that can be written before knowing the till."""
    camel = "".join(part.title() for part in source.split("_"))
    names = {"source": source, "title": title, "klass": f"{camel}Entity", "fake": f"Fake{camel}"}
    listed = "".join(f'    {names["klass"]}("{name}", path="{name}"),\n' for name in entities)
    rows = "".join(f"| {name} | GET /{name} | ... | ... |\n" for name in entities)
    ingestion, staging = f"ingestion/sources/{source}", f"models/staging/{source}"
    made = {
        f"{ingestion}/__init__.py": MODULE.format(**names),
        f"{ingestion}/entities.py": ENTITIES.format(**names, entities=listed),
        f"ingestion/fakes/{source}.py": FAKE.format(**names, first=entities[0]),
        f"tests/ingestion/test_{source}_api.py": TEST.format(**names),
        f"{ingestion}/README.md": README.format(**names, rows=rows),
        f"{staging}/_{source}__sources.yml": SOURCES.format(**names) + _tables(entities),
        f"{staging}/_{source}__models.yml": _staged(source, entities),
    }
    for name in entities:
        path = f"{staging}/stg_{source}__{name}.sql"
        made[path] = STAGING.format(source=source, entity=name, one=_one(name))
    return made


def _tables(entities: Sequence[str]) -> str:
    text = ""
    for number, name in enumerate(entities):
        words = name.replace("_", " ")
        text += f"      - name: {name}\n"
        text += f"        description: The till's {words}, one row per version of a record.\n"
        if number:
            text += "        columns: *raw_columns\n"
            continue
        text += "        columns: &raw_columns\n"
        for column in RAW_COLUMNS:
            doc = column.removeprefix("_")
            text += f"          - name: {column}\n"
            text += f"            description: \"{{{{ doc('{doc}') }}}}\"\n"
    return text


def _staged(source: str, entities: Sequence[str]) -> str:
    text = "version: 2\n\nmodels:\n"
    for name in entities:
        text += f"  - name: stg_{source}__{name}\n"
        text += f'    description: "One row per {_one(name).replace("_", " ")}."\n    columns:\n'
        described = [(column, f"{{{{ doc('{doc}') }}}}") for column, doc in STAGED_COLUMNS]
        described.append((f"{_one(name)}_id", "The till's own id of it."))
        described.append(("_unparsed", "{{ doc('unparsed') }}"))
        for column, words in described:
            text += f'      - name: {column}\n        description: "{words}"\n'
            text += "        data_tests: [primary_key]\n" if column == "_version_id" else ""
        text += "\n"
    return text.rstrip("\n") + "\n"


def _one(entity: str) -> str:
    return entity.removesuffix("s")


def _write(path: Path, base: Path, text: str) -> None:
    if path.exists():
        print(f"is there already  {path.relative_to(base)}")
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
    print(f"written           {path.relative_to(base)}")


def what_is_left(source: str) -> str:
    """The steps that need somebody who knows the till, in their order."""
    adapters = "\n".join(
        f"     {folder}/: " + ", ".join(f"int_{source}__{name}" for name in names.split())
        for folder, names in CONFORMED
    )
    return f"""
What is left, in this order (Square is the example of a shop, K-Series of a bar; more is in
CONTRIBUTING.md):
  1. ingestion/sources/{source}: paging, what changed, deletions. A long history day by day:
     ingestion/windows.py. Values that the vendor may add to: `known` of an entity, counted by
     ingestion/records.py. How it is let in: ingestion/connect/vendors.py. For its
     events: fetch_by_id, ingestion/webhooks/vendors.py.
  2. ingestion/fakes/{source}.py: its paging, limits and errors, as its papers say.
     tests/ingestion/test_{source}_api.py: one test per trap.
  3. dbt_project.yml: {source} into pos_sources. macros/union_sources.sql: into its list.
  4. models/staging/{source}: the fields of each record, named and typed; its raw totals, apart.
  5. models/intermediate: an adapter per conformed entity, with the columns of the contract there.
{adapters}
     An entity that the till does not have: name the sources of that union without it. Unit tests
     of a union (int_product_codes, int_shifts) are given the new adapter too, with no rows.
  6. seeds/mapping: sale_statuses and tenders of the till. DECISIONS.md: what counts as net sales
     and which report of the till it equals, rule by rule.
  7. Unit tests of each money rule; generated sales that add up to their headers on both engines,
     as in tests/pipeline/test_square_orders.py.
  8. An account in seeds/pos_accounts.csv, then: python -m ingestion load, make build,
     make check test. Only this till switched on must build as well.
  9. A place in the demo: what it holds and what is true of it, one entry of
     ingestion/demo/cloud_tills.py.
"""


if __name__ == "__main__":
    sys.exit(main())
