"""The warehouse in use: DuckDB or PostgreSQL, as the outputs of `profiles.yml` name them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import duckdb
import jinja2
import psycopg2
import yaml

from ingestion.accounts import PROJECT_DIR
from ingestion.env_file import read_env_file

PROFILE = "tillhouse"
ROWS_PER_INSERT = 200
STREAMED_ROWS = 10_000
LOAD_MEMORY = "300MB"  # of DuckDB; beyond it, it works in files beside the warehouse


class WarehouseError(Exception):
    """The warehouse cannot be reached or is held by somebody; the text says what to do."""


class Connection:
    """One open connection with the same two verbs on both engines; `?` marks a parameter."""

    def __init__(self, raw: Any, engine: str) -> None:
        self.raw = raw
        self.engine = engine

    def execute(self, sql: str, params: Sequence = ()) -> None:
        """Run one statement."""
        self._run(sql, params)

    def fetch(self, sql: str, params: Sequence = ()) -> list[dict]:
        """Rows of a query as dicts; numeric values are Decimal."""
        cursor = self._run(sql, params)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def stream(self, sql: str, params: Sequence = ()) -> Iterator[tuple]:
        """Rows of a query, each as it is read; DuckDB holds no more than some thousand of them."""
        cursor = self._run(sql, params)
        while rows := cursor.fetchmany(STREAMED_ROWS):
            yield from rows

    def pairs(self, sql: str, params: Sequence = ()) -> dict:
        """A query of two columns as a dict from the first to the second."""
        return dict(self._run(sql, params).fetchall())

    def insert(self, table: str, rows: Iterable[Sequence]) -> None:
        """Add rows, each with a value for every column of `table`; many in one statement."""
        rows = list(rows)
        for start in range(0, len(rows), ROWS_PER_INSERT):
            some = rows[start : start + ROWS_PER_INSERT]
            marks = "(" + ", ".join("?" * len(some[0])) + ")"
            values = [value for row in some for value in row]
            self.execute(f"insert into {table} values {', '.join([marks] * len(some))}", values)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All statements inside it, or none of them."""
        self.execute("begin")
        try:
            yield
        except BaseException:
            self.execute("rollback")
            raise
        self.execute("commit")

    def table_exists(self, schema: str, table: str) -> bool:
        """Whether a table or view of that name is there."""
        return bool(
            self.fetch(
                "select 1 as found from information_schema.tables"
                " where table_schema = ? and table_name = ?",
                (schema, table),
            )
        )

    def rows_hash(self, schema: str, table: str) -> str:
        """A text that differs when the table holds other rows, in whatever order they lie."""
        row_hash = "hash(t)" if self.engine == "duckdb" else "hashtextextended(cast(t as text), 0)"
        rows = f'select count(*) as n, sum({row_hash}) as h from "{schema}"."{table}" as t'
        (held,) = self.fetch(rows)
        return f"{held['n']} {held['h']}"

    def _run(self, sql: str, params: Sequence) -> Any:
        if self.engine == "duckdb":  # its cursors are connections of their own, not in UTC
            return self.raw.execute(sql, list(params))
        cursor = self.raw.cursor()
        sql = sql.replace("%", "%%").replace("?", "%s") if params else sql
        cursor.execute(sql, tuple(params) or None)
        return cursor


@dataclass(frozen=True)
class Warehouse:
    """One output of profiles.yml: `settings` are its keys as dbt reads them."""

    target: str
    settings: dict

    @property
    def engine(self) -> str:
        """`duckdb` or `postgres`."""
        return self.settings["type"]

    @property
    def duckdb_path(self) -> Path:
        """The file of a DuckDB warehouse, absolute."""
        return PROJECT_DIR / self.settings["path"]

    @property
    def exists(self) -> bool:
        """Whether there is something to open; a DuckDB file is made when it is first written."""
        return self.engine != "duckdb" or self.duckdb_path.exists()

    @property
    def label(self) -> str:
        """How a message names it, without any secret."""
        if self.engine == "duckdb":
            return f"DuckDB file {self.settings['path']}"
        return f"PostgreSQL database {self.settings['dbname']} on {self.settings['host']}"

    @property
    def work_folder(self) -> Path:
        """Where dlt keeps its unfinished business with this warehouse."""
        if self.engine == "duckdb":
            return self.duckdb_path.with_name(self.duckdb_path.name + ".dlt")
        name = f"{self.settings['host']}_{self.settings['port']}_{self.settings['dbname']}"
        base = os.environ.get("TILLHOUSE_WORK", "data")
        return PROJECT_DIR / base / "dlt" / name.replace("/", "_").strip("_")

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """A connection that commits each statement and closes at the end.

        Raises WarehouseError when the warehouse is out of reach or held by another process.
        """
        with closing(self.open_raw()) as raw:
            yield Connection(raw, self.engine)

    @contextmanager
    def kept_open(self) -> Iterator[None]:
        """Keep a DuckDB file open meanwhile: opening and closing it again and again costs twice
        the time of a small load. Its memory is bounded, or it grew with the history. Does nothing
        on PostgreSQL, or when the file is not there.
        """
        if self.engine == "duckdb" and self.exists:
            with closing(self.open_raw()) as raw:
                raw.execute(f"set memory_limit = '{LOAD_MEMORY}'")
                yield
        else:
            yield

    def open_raw(self, application_name: str = "tillhouse") -> Any:
        """A DB-API connection in autocommit mode, its session in UTC."""
        if self.engine == "duckdb":
            return self._open_duckdb()
        try:
            raw = psycopg2.connect(
                host=self.settings["host"],
                port=self.settings["port"],
                user=self.settings["user"],
                password=self.settings.get("password") or None,
                dbname=self.settings["dbname"],
                application_name=application_name,
                options="-c timezone=UTC -c work_mem=256MB",
            )
        except psycopg2.OperationalError as error:
            raise WarehouseError(
                f"{self.label}: {str(error).strip()}\nIs the server running, and do the"
                " TILLHOUSE_PG_* variables name it?"
            ) from None
        raw.autocommit = True
        return raw

    def _open_duckdb(self) -> duckdb.DuckDBPyConnection:
        self.duckdb_path.parent.mkdir(parents=True, exist_ok=True)
        try:
            raw = duckdb.connect(str(self.duckdb_path))
        except duckdb.Error as error:
            reason = str(error).splitlines()[0]
            if "lock" not in reason:
                raise WarehouseError(f"{self.label} cannot be opened: {reason}") from None
            raise WarehouseError(
                f"{self.label} is open in another program: {reason}\n"
                "DuckDB has one user at a time: close that program or wait for it, then try again."
            ) from None
        raw.execute("set TimeZone = 'UTC'")
        return raw

    def dlt_destination(self) -> Any:
        """The same warehouse as dlt wants it named."""
        import dlt

        if self.engine == "duckdb":
            self.duckdb_path.parent.mkdir(parents=True, exist_ok=True)
            return dlt.destinations.duckdb(credentials=str(self.duckdb_path))
        s = {key: quote(str(value or ""), safe="") for key, value in self.settings.items()}
        # dlt's merge compares whole tables, right after filling them, without statistics: without
        # room to hash, or with a nested loop, a load of 500,000 rows takes hours.
        options = quote("-c timezone=UTC -c work_mem=256MB -c enable_nestloop=off -c jit=off")
        return dlt.destinations.postgres(
            credentials=(
                f"postgresql://{s['user']}:{s.get('password', '')}@{s['host']}:{s['port']}"
                f"/{s['dbname']}?options={options}"
            )
        )


def open_warehouse(target: str | None = None) -> Warehouse:
    """The warehouse that `target` (or TILLHOUSE_TARGET, or the profile's default) names.

    Raises WarehouseError when profiles.yml is missing, cannot be read or has no such output.
    """
    read_env_file()
    folder = Path(os.environ.get("DBT_PROFILES_DIR", PROJECT_DIR))
    path = folder / "profiles.yml"
    if not path.exists():
        raise WarehouseError(f"{path} is missing. Run `make setup`, or copy profiles.yml.example.")
    outputs, default = _read_profile(path)
    target = target or os.environ.get("TILLHOUSE_TARGET") or default
    if target not in outputs:
        raise WarehouseError(f"{path} has no output {target!r}; it has {', '.join(outputs)}.")
    engine = outputs[target].get("type")
    if engine not in ("duckdb", "postgres"):
        raise WarehouseError(f"{path}: type of {target} is {engine!r}. Use duckdb or postgres.")
    return Warehouse(target, outputs[target])


def _read_profile(path: Path) -> tuple[dict[str, dict], str]:
    """Outputs and default target of the project's profile, its Jinja rendered as dbt does."""
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined)
    environment.globals["env_var"] = _env_var
    for name in ("as_number", "as_bool", "as_native", "as_text"):
        environment.filters[name] = lambda value: value  # YAML gives the value its type
    try:
        text = environment.from_string(path.read_text(encoding="utf-8")).render()
        profile = yaml.safe_load(text)[PROFILE]
        return profile["outputs"], profile["target"]
    except (jinja2.TemplateError, yaml.YAMLError, KeyError, TypeError) as error:
        raise WarehouseError(
            f"{path} cannot be read ({type(error).__name__}: {error})."
            " Compare it with profiles.yml.example."
        ) from None


def _env_var(name: str, default: str | None = None) -> str:
    value = os.environ.get(name, default)
    if value is None:
        raise WarehouseError(f"profiles.yml needs the environment variable {name}; it is not set.")
    return value
