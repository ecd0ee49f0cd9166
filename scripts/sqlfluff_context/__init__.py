"""What dbt gives a template and sqlfluff does not know: just enough to render models for linting.

sqlfluff reads our own macros from `macros/` (see `.sqlfluff`); nothing here asks a database.
"""

from datetime import UTC, datetime
from pathlib import Path

import yaml
from jinja2 import pass_context

PROJECT = yaml.safe_load(Path("dbt_project.yml").read_text(encoding="utf-8"))
execute = True


def var(name: str, default=None):
    """The variable of dbt_project.yml, or `default`."""
    return PROJECT.get("vars", {}).get(name, default)


class exceptions:  # noqa: N801 (the name that templates call)
    """dbt's way for a macro to refuse."""

    @staticmethod
    def raise_compiler_error(message: str) -> None:
        """Stop rendering; sqlfluff shows the message as a templating error."""
        raise ValueError(message)


class adapter:  # noqa: N801
    """dbt's adapter: only what finds a macro's PostgreSQL variant."""

    @staticmethod
    @pass_context
    def dispatch(context, name: str, package: str = ""):
        """The macro `postgres__<name>`, or `default__<name>` where there is no such variant."""
        return context.get(f"postgres__{name}") or context[f"default__{name}"]


class _Functions:
    """Any macro of the package as a plain function call of its text arguments."""

    def __getattr__(self, name: str):
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *arguments: f"{name}({', '.join(map(str, arguments))})"


dbt = _Functions()


class dbt_utils:  # noqa: N801
    """The macros of dbt_utils that models call, as plain SQL of the same kind."""

    @staticmethod
    def generate_surrogate_key(field_list: list[str]) -> str:
        """An expression that reads the fields."""
        return f"md5(concat({', '.join(field_list)}))"

    @staticmethod
    def date_spine(datepart: str, start_date: str, end_date: str) -> str:
        """A query with the column `date_<datepart>`."""
        return f"select {start_date} as date_{datepart}"


def env_var(name: str, default: str = "") -> str:
    """The default: a lint depends on no environment."""
    return default


run_started_at = datetime(2026, 1, 1, tzinfo=UTC)
