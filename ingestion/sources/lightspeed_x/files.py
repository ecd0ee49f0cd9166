"""X-Series from files: a folder of `<entity>.jsonl`, or one sub-folder of these per export."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

from ingestion.accounts import Account
from ingestion.contract import Entity, Pull, Record, Rejection, SourceError
from ingestion.json_text import decode, parse
from ingestion.sources.lightspeed_x.entities import (
    BY_NAME,
    ENTITIES,
    KeysOfOneList,
    no_id,
    unreadable_id,
)

BATCH = 2000
SHOWN = 200  # characters of a bad line in its rejection; the whole line is in raw
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


def read(account: Account, entity: Entity, pull: Pull) -> Iterator[list[Record]]:
    """Yield the lines of every file of the entity that was not read before, oldest export first.

    Once one file is new, those of later exports are read again too: the newest must stand.
    A line that is no JSON or has no id is landed and listed as rejected. Raises SourceError when
    the folder is missing or a file cannot be read.
    """
    folder = _folder(account)
    if entity.name == ENTITIES[0].name:
        _warn_of_unknown_files(folder, pull)
    is_new = False
    for path in files_of(folder, entity.name):
        is_new = pull.is_unread(path, _hash_of(path)) or is_new
        if is_new:
            yield from _read_file(path, entity, pull)


def files_of(folder: Path, name: str) -> list[Path]:
    """The files `<name>.jsonl` of the folder and of its export folders, by folder name."""
    return [f / f"{name}.jsonl" for f in _export_folders(folder) if (f / f"{name}.jsonl").is_file()]


def _folder(account: Account) -> Path:
    if not account.path:
        raise SourceError(
            f"account {account.account_id}: path is empty in pos_accounts.csv. Name the folder"
            " that holds its exports."
        )
    if not account.folder.is_dir():
        raise SourceError(
            f"account {account.account_id}: there is no folder {account.folder}. Put the export"
            " (sales.jsonl, products.jsonl, ...) there, or mend path in pos_accounts.csv."
        )
    return account.folder


def _export_folders(folder: Path) -> list[Path]:
    below = [f for f in folder.iterdir() if f.is_dir() and not f.name.startswith((".", "__"))]
    return [folder, *sorted(below, key=lambda f: f.name)]


def _warn_of_unknown_files(folder: Path, pull: Pull) -> None:
    known = False
    for path in (p for f in _export_folders(folder) for p in sorted(f.glob("*.jsonl"))):
        if path.stem in BY_NAME:
            known = True
            continue
        close = difflib.get_close_matches(path.stem.lower(), BY_NAME, n=1)
        hint = f"; did you mean {close[0]}.jsonl?" if close else "; it is left alone."
        pull.warn(f"{path.relative_to(folder)}: no entity of this name{hint}")
    if not known:
        there = ", ".join(sorted(p.name for p in folder.iterdir())[:10]) or "nothing"
        pull.warn(
            f"{folder} holds no file that is known (sales.jsonl, products.jsonl, ...); it holds"
            f" {there}."
        )


def _hash_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _read_file(path: Path, entity: Entity, pull: Pull) -> Iterator[list[Record]]:
    keys = KeysOfOneList(entity)
    batch: list[Record] = []
    is_empty = True
    with path.open("rb") as file:
        if file.read(2) in UTF16_MARKS:
            raise SourceError(f"{path} is UTF-16. Save it as UTF-8 and load again.")
        file.seek(0)
        for number, line in enumerate(file, start=1):
            if number == 1:
                line = line.removeprefix(b"\xef\xbb\xbf")
            line = line.rstrip(b"\r\n")
            if not line.strip():
                continue
            is_empty = False
            batch.append(_record(line, keys, path, number, pull))
            if len(batch) == BATCH:
                yield batch
                batch = []
    if batch:
        yield batch
    if is_empty:
        pull.warn(f"{path} is empty. If the till does hold {entity.name}, export them again.")


def _record(line: bytes, keys: KeysOfOneList, path: Path, number: int, pull: Pull) -> Record:
    """One line as a record. What is wrong with it is listed; the line itself is always kept."""

    def reject(reason: str) -> None:
        pull.reject(Rejection(file=str(path), row_number=number, reason=reason, value=text[:SHOWN]))

    text = decode(line)
    if not line.isascii():
        _check_utf8(line, reject)
    try:
        value = parse(text)
    except (ValueError, RecursionError) as error:
        reject(f"not JSON, or cut off: {error}. Kept as it is; export it again")
        return Record(unreadable_id(text), text)
    key = keys.of(value)
    if key is None:
        reject(keys.missing(value))
        return Record(no_id(text), text)
    return Record(key, text)


def _check_utf8(line: bytes, reject: Callable[[str], None]) -> None:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError as error:
        reject(f"byte {error.start + 1} of the line is not UTF-8; it is kept as an escape, \\x..")
