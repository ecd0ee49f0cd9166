"""Where messages for a person go."""

from __future__ import annotations

from rich.console import Console

LOG_WIDTH = 140


def open_console() -> Console:
    """A terminal as wide as it is; elsewhere (a log, a pipe) wide enough that no table is cut."""
    console = Console()
    return console if console.is_terminal else Console(width=LOG_WIDTH, soft_wrap=True)
