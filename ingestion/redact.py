"""The one place that keeps secrets and customers' details out of what is shown or written.

Everything printed goes through `guard_output`, every error text of the run log through
`hide_secrets` and `without_personal_detail`.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable
from typing import Any, TextIO
from urllib.parse import quote

HIDDEN = "***"
SECRET_NAME = re.compile("TOKEN|SECRET|PASSWORD|KEY")
SECRET_FIELDS = "access_?token|refresh_?token|id_?token|client_?secret|code_?verifier"
PATTERNS = (
    re.compile(r"(?i)(\b(?:bearer|basic)\s+)[\w.~+/=-]{8,}"),
    re.compile(rf"""(?i)(\b(?:{SECRET_FIELDS}|code)=)[^&\s"']{{6,}}"""),
    re.compile(rf"""(?i)((["'])(?:{SECRET_FIELDS})\2\s*:\s*(["'])).{{6,}}?(?=\3)"""),
)
PERSONAL = (
    re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
    re.compile(r"\+?\d(?:[ ().-]?\d){8,}(?![\w-])"),
)
PLAIN = {"tillhouse", "postgres"}  # what profiles.yml names by default
_known: set[str] = set()


def remember_secret(*values: str) -> None:
    """From now on these values (tokens that came from a server) are hidden everywhere."""
    _known.update(value for value in values if value and len(value) > 3)


def hide_secrets(text: str) -> str:
    """The text with every secret of this environment and every known token replaced by `***`."""
    for value in sorted({*_known, *_environment()}, key=len, reverse=True):
        text = text.replace(value, HIDDEN)
        if (quoted := quote(value, safe="")) != value:
            text = text.replace(quoted, HIDDEN)
    for pattern in PATTERNS:
        text = pattern.sub(rf"\1{HIDDEN}", text)
    return text


def _environment() -> set[str]:
    """Its secrets, but for one that is also a name in plain sight (a database, its user)."""
    ours = {
        name: value
        for name, value in os.environ.items()
        if name.startswith(("TILLHOUSE_", "DBT_ENV_SECRET")) and len(value) > 3
    }
    secret = {value for name, value in ours.items() if SECRET_NAME.search(name)}
    return secret - {value for name, value in ours.items() if not SECRET_NAME.search(name)} - PLAIN


def without_personal_detail(text: str) -> str:
    """The text without addresses of mail and numbers as long as a telephone's."""
    for pattern in PERSONAL:
        text = pattern.sub(HIDDEN, text)
    return text


class _Guarded:
    """A stream that hides secrets in what is written to it, and is the stream in all else."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write the text without its secrets."""
        self._stream.write(hide_secrets(text))
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        """Write each line without its secrets."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def guard_output() -> None:
    """Hide secrets in all that this process prints from now on, tracebacks included."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is not None and not isinstance(stream, _Guarded):
            setattr(sys, name, _Guarded(stream))
