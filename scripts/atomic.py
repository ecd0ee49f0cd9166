"""Files that appear whole or not at all."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


class DeliveryError(Exception):
    """A file that cannot be delivered; the text says which, why and what to do."""


@contextmanager
def write_whole(path: Path, encoding: str = "utf-8") -> Iterator[IO[str]]:
    """A text file to write to, which takes the name `path` only when all of it is on the disk.

    Line ends are written as given. When the block fails, the file of that name stays as it was
    and nothing is left behind. Raises DeliveryError when the disk or the old file refuses.
    """
    with _draft(path, mode="x", encoding=encoding, newline="") as file:
        yield file


@contextmanager
def write_whole_bytes(path: Path) -> Iterator[IO[bytes]]:
    """The same for a file of bytes."""
    with _draft(path, mode="xb") as file:
        yield file


@contextmanager
def _draft(path: Path, **how: str) -> Iterator[IO]:
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with draft.open(**how) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, path)
        _sync_folder(path.parent)
    except PermissionError as error:
        raise DeliveryError(
            f"{path} cannot be written: {error.strerror}. Is it open in Excel or another program,"
            " or does the folder belong to somebody else?"
        ) from error
    except OSError as error:
        raise DeliveryError(f"{path} cannot be written: {error.strerror or error}.") from error
    finally:
        if draft.exists():
            draft.unlink()


def _sync_folder(folder: Path) -> None:
    """Make the new name outlive a power cut, where a folder can be synced (not on Windows)."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
