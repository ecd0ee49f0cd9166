"""X-Series from files: a folder of `<entity>.jsonl`, or one sub-folder of these per export."""

from __future__ import annotations

import difflib
import gzip
import hashlib
import re
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

import orjson

from ingestion.accounts import Account
from ingestion.contract import Entity, Pull, Record, Rejection, SourceError
from ingestion.json_text import decode, parse
from ingestion.sources.lightspeed_x.entities import BY_NAME, ENTITIES, NOT_LOADED, KeysOfOneList

BATCH = 50  # few at once: Python's collector walks through all that is parsed and held
SHOWN = 200  # characters of a bad line that a list shows; the whole line is its payload
ALL_BAD = 1000  # so many lines and none is a record: the file is something else
ENDINGS = (".jsonl", ".jsonl.gz")
NO_DATA = ("manifest.json",)  # written beside the records by `export`
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


def read(account: Account, entity: Entity, pull: Pull) -> Iterator[list[Record]]:
    """Yield the lines of every file of the entity that was not read before, oldest export first.

    Once one file is new, those of later exports are read again too: of records without a version
    the newest must stand. A line that is no JSON or has no id is listed as rejected, whole.
    Raises SourceError when the folder is missing or a file cannot be read.
    """
    folder = _folder(account)
    if entity.name == ENTITIES[0].name:
        _warn_of_unread(folder, pull)
    # Without versions a record that two exports hold would go back and forth from part to part.
    pull.in_parts = bool(entity.version_field) and not pull.snapshot
    is_new = False
    for path in files_of(folder, entity.name):
        is_new = pull.is_unread(path, _hash_of(path)) or is_new
        if is_new:
            yield from _read_file(path, entity, pull)


def files_of(folder: Path, name: str) -> list[Path]:
    """The files `<name>.jsonl` (or .jsonl.gz) of the folder and of its export folders."""
    paths = (f / f"{name}{ending}" for f in _export_folders(folder) for ending in ENDINGS)
    return [path for path in paths if path.is_file()]


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
    """The folder itself, then those in it by name, numbers in a name by their size."""
    below = [f for f in folder.iterdir() if f.is_dir() and not f.name.startswith((".", "__"))]
    return [folder, *sorted(below, key=lambda f: _in_order(f.name))]


def _in_order(name: str) -> list[tuple[int, str]]:
    parts = re.split(r"(\d+)", name)
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in parts]


def _entity_of(path: Path) -> str | None:
    for ending in ENDINGS:
        name = path.name.removesuffix(ending)
        if name != path.name and name in BY_NAME:
            return name
    return None


def _warn_of_unread(folder: Path, pull: Pull) -> None:
    """Name what lies in the folder and is not read."""
    there = [path for f in _export_folders(folder) for path in sorted(f.iterdir())]
    if not any(_entity_of(path) for path in there):
        names = ", ".join(sorted(p.name for p in folder.iterdir())[:10]) or "nothing"
        pull.warn(
            f"{folder} holds no file that is known (sales.jsonl, products.jsonl, ...); it holds"
            f" {names}."
        )
        return
    for path in there:
        is_other = path.is_file() and not _entity_of(path) and path.name not in NO_DATA
        is_too_deep = path.is_dir() and path.parent != folder
        if (is_other or is_too_deep) and not path.name.startswith((".", "__")):
            pull.warn(f"{path.relative_to(folder).as_posix()}: {_why_unread(path)}")


def _why_unread(path: Path) -> str:
    if path.is_dir():
        return "a folder inside an export is not read. Move it up, beside the other exports."
    stem = path.name.split(".")[0].lower()
    close = difflib.get_close_matches(stem, BY_NAME, n=1)
    if not path.name.endswith(ENDINGS):
        like = close[0] if close else "sales"
        return f"not read: only files like {like}.jsonl or {like}.jsonl.gz are, a record per line."
    hint = f"; did you mean {close[0]}.jsonl?" if close else "; it is left alone."
    return f"no entity of this name{hint}"


def _hash_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _read_file(path: Path, entity: Entity, pull: Pull) -> Iterator[list[Record]]:
    keys = KeysOfOneList(entity)
    batch: list[Record] = []
    good = bad = 0
    try:
        with _open(path) as file:
            for number, line in enumerate(file, start=1):
                if number == 1:
                    line = line.removeprefix(b"\xef\xbb\xbf")
                line = line.rstrip(b"\r\n")
                if not line.strip():
                    continue
                record = _record(line, keys, path, number, pull)
                if record is None:
                    bad += 1
                    _refuse_when_all_bad(path, good, bad)
                    continue
                good += 1
                batch.append(record)
                if len(batch) == BATCH:
                    yield batch
                    batch = []
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise SourceError(f"{path} is no whole gzip archive ({error}). Copy it again.") from None
    if batch:
        yield batch
    if not good and not bad:
        pull.warn(f"{path} is empty. If the till does hold {entity.name}, export them again.")


def _open(path: Path) -> IO[bytes]:
    file = gzip.open(path) if path.suffix == ".gz" else path.open("rb")
    try:
        if file.read(2) in UTF16_MARKS:
            raise SourceError(f"{path} is UTF-16. Save it as UTF-8 and load again.")
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return file


def _refuse_when_all_bad(path: Path, good: int, bad: int) -> None:
    if not good and bad >= ALL_BAD:
        raise SourceError(
            f"{path}: not one of its first {bad:,} lines is a record. It must hold one JSON object"
            " per line; export it again."
        )


def _record(line: bytes, keys: KeysOfOneList, path: Path, number: int, pull: Pull) -> Record | None:
    """One line as a record. What is wrong with it is listed; None when it cannot be one."""

    def reject(reason: str, payload: str = "") -> None:
        pull.reject(
            Rejection(str(path), reason, row_number=number, value=text[:SHOWN], payload=payload)
        )

    text = decode(line)
    if not line.isascii():
        _check_utf8(line, reject)
    try:
        value, known = _read_json(text)
    except (ValueError, RecursionError) as error:
        reject(f"not JSON, or cut off: {error}. {NOT_LOADED}", payload=text)
        return None
    key = keys.of(value)
    if key is None:
        reject(keys.missing(value), payload=text)
        return None
    return Record(key, text, known)


def _read_json(text: str) -> tuple[Any, Any]:
    """What the text says, and the same again when strict JSON says so."""
    try:
        value = orjson.loads(text)
        return value, value
    except (orjson.JSONDecodeError, UnicodeEncodeError):
        return parse(text), None


def _check_utf8(line: bytes, reject: Callable[[str], None]) -> None:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError as error:
        reject(f"byte {error.start + 1} of the line is not UTF-8; it is kept as an escape, \\x..")
