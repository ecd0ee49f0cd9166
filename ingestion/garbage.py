"""Python's search for garbage, made rare where millions of objects are made that hold no cycles."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

RARELY = (100_000, 50, 100)


@contextmanager
def rare_garbage_collection() -> Iterator[None]:
    """Search rarely meanwhile: records and dbt's objects stay, searching them takes a tenth of
    the time of reading them.
    """
    before = gc.get_threshold()
    gc.set_threshold(*RARELY)
    try:
        yield
    finally:
        gc.set_threshold(*before)
