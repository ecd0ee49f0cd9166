"""`.env` in the project's folder: settings and secrets of this machine, kept out of git."""

from __future__ import annotations

import os
import re
from pathlib import Path

from ingestion.accounts import PROJECT_DIR
from ingestion.redact import guard_output

LINE = re.compile(r"(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)")


def read_env_file(path: Path = PROJECT_DIR / ".env") -> None:
    """Set what the file's NAME=value lines say and the environment does not say already.

    Empty lines, `#` lines and an absent file are fine; quotes around a value are taken off. From
    here on nothing that is printed shows a secret.
    """
    guard_output()
    if not path.is_file():
        return
    for line in path.read_text(encoding="utf-8-sig").splitlines():
        found = LINE.fullmatch(line.strip())
        if found:
            name, value = found.groups()
            if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
                value = value[1:-1]
            os.environ.setdefault(name, value)
