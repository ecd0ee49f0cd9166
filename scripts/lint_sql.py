"""What may not stand in the SQL of a model, found in its text.

Each rule says why in its message; `scripts.lint_models` runs them on every model, and those that
also hold for macros on every macro outside `macros/engine`, where the engines may differ.
"""

from __future__ import annotations

import re

MOST_LINES = 120

JINJA = r"\{\{.*?\}\}|\{%.*?%\}"
COMMENT = r"--[^\n]*|/\*.*?\*/|\{#.*?#\}"
TEXT = r"'(?:[^']|'')*'"
_PARTS = re.compile(f"(?P<comment>{COMMENT})|(?P<jinja>{JINJA})|(?P<text>{TEXT})", re.DOTALL)
_QUERY_PARTS = re.compile(
    r"(?P<star>\bselect\s+(?:distinct\s+)?(?:\w+\.)?\*)|(?P<select>\bselect\b)"
    r"|(?P<union>\bunion\b)|(?P<open>\()|(?P<close>\))",
    re.IGNORECASE,
)

EVERYWHERE = {
    "no_target_branch": (
        r"\btarget\s*\.\s*(type|name)\b",
        "branches on the target; put what differs between engines into macros/engine",
    ),
    "no_cast_operator": (r"::", "casts with `::`; write cast(x as type)"),
    "no_engine_dialect": (
        r"\bqualify\b|\bgroup\s+by\s+all\b|\border\s+by\s+all\b|\bunion\s+(all\s+)?by\s+name\b"
        r"|\*\s*(exclude|replace)\s*\(",
        "uses words that only DuckDB knows (qualify, group by all, by name, * exclude, * replace)",
    ),
}
IN_MODELS = EVERYWHERE | {
    "no_division": (
        r"(?<![/*])/(?![*])",
        "divides with `/`, which is inexact on DuckDB and whole on PostgreSQL; use a ratio macro",
    ),
    "no_catalog_read": (
        r"\bget_columns_in_relation\b|\bget_filtered_columns\b|\brun_query\b|\bstatement\s*\(",
        "asks the database while compiling; name the columns",
    ),
    "no_branch_on_var": (
        r"\{%-?\s*(el)?if\b[^%]*\bvar\s*\(",
        "branches on a var; a model is one query, whatever the settings",
    ),
}


def sql_findings(code: str) -> list[tuple[str, str]]:
    """The rules that a model's code breaks: (rule, what to do about it)."""
    bare = bare_code(code)
    found = _matches(IN_MODELS, bare)
    if has_star_in_union(bare):
        found.append(("no_star_in_union", "unions a `select *`; name the columns"))
    lines = count_lines(code)
    if lines > MOST_LINES:
        found.append(("short_file", f"has {lines} lines of SQL, {MOST_LINES} the most; split it"))
    return found


def macro_findings(code: str) -> list[tuple[str, str]]:
    """The rules that a macro outside `macros/engine` breaks: (rule, what to do about it)."""
    return _matches(EVERYWHERE, bare_code(code))


def bare_code(code: str) -> str:
    """The code without comments and without the text of its literals; Jinja is left in.

    A `/` inside Jinja stays only with spaces around it: it is a division there, and otherwise
    part of a name such as America/Vancouver.
    """

    def reduce(part: re.Match) -> str:
        if part["comment"]:
            return " "
        if part["text"]:
            return "''"
        return re.sub(r"(?<! )/|/(?! )", " ", part["jinja"])

    return _PARTS.sub(reduce, code)


def has_star_in_union(bare: str) -> bool:
    """Whether a `select *` is a side of a union, at any depth of brackets."""
    bare = re.sub(JINJA, " x ", bare, flags=re.DOTALL)
    levels = [{"star": False, "after_union": False}]
    for part in _QUERY_PARTS.finditer(bare):
        level = levels[-1]
        if part["open"]:
            levels.append({"star": False, "after_union": False})
        elif part["close"]:
            if len(levels) > 1:
                levels.pop()
        elif part["union"]:
            if level["star"]:
                return True
            level["after_union"] = True
        else:
            level["star"] = bool(part["star"])
            if level["star"] and level["after_union"]:
                return True
            level["after_union"] = False
    return False


def count_lines(code: str) -> int:
    """Lines that hold code: neither blank nor a comment."""
    bare = re.sub(COMMENT, "", code, flags=re.DOTALL)
    return sum(1 for line in bare.splitlines() if line.strip())


def _matches(rules: dict[str, tuple[str, str]], bare: str) -> list[tuple[str, str]]:
    return [
        (rule, message)
        for rule, (pattern, message) in rules.items()
        if re.search(pattern, bare, re.IGNORECASE)
    ]
