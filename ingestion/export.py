"""The archive of a till: everything it holds as files, with a manifest that proves them.

`python -m ingestion export` is for the day before an account is closed. The files are read by
the same reader as a load, from the beginning; a JSONL archive can be loaded again as a folder.
"""

from __future__ import annotations

import csv
import hashlib
import importlib
import json
import os
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from ingestion.accounts import Account, AccountError
from ingestion.contract import Entity, Pull, SourceError
from ingestion.json_text import members, parse
from ingestion.spool import Spool

FORMATS = ("jsonl", "csv")


def export(account: Account, out_dir: Path, format: str = "jsonl") -> dict:
    """Write `<entity>.<format>` for every entity that has records, then `manifest.json`.

    jsonl holds one record per line as the till wrote it; csv has the top-level fields as
    columns, nested ones as JSON text. Each file appears whole or not at all; a file of an
    earlier export whose entity is empty now is removed. Returns the manifest: account_id, source,
    transport, format, exported_at and `entities`: name -> {file, records, sha256, min_version,
    max_version, rejected, warnings, error}.
    Raises SourceError naming the entities that could not be read, after writing all others.
    """
    if format not in FORMATS:
        raise ValueError(f"format is {format!r}; use {' or '.join(FORMATS)}")
    out_dir = Path(out_dir)
    _refuse_own_folder(account, out_dir)
    out_dir.mkdir(parents=True, exist_ok=True)
    source = importlib.import_module(f"ingestion.sources.{account.source}")
    manifest = {
        "account_id": account.account_id,
        "source": account.source,
        "transport": account.transport,
        "format": format,
        "exported_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "entities": {e.name: _export_one(source, account, e, out_dir, format)
                     for e in source.ENTITIES},
    }  # fmt: skip
    text = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
    _write_whole(out_dir / "manifest.json", lambda file: file.write(text))
    failed = {n: e["error"] for n, e in manifest["entities"].items() if e["error"]}
    if failed:
        raise SourceError(
            f"the archive in {out_dir} is not complete; manifest.json says what is missing:\n"
            + "\n".join(f"  {name}: {error}" for name, error in failed.items())
        )
    return manifest


def _refuse_own_folder(account: Account, out_dir: Path) -> None:
    if account.transport != "files" or not account.path:
        return
    own = account.folder.resolve()
    if own == out_dir.resolve() or own in out_dir.resolve().parents:
        raise SourceError(
            f"account {account.account_id} is read from {own}; exporting into it would mix its"
            " files with the archive. Choose another folder with --out."
        )


def _export_one(source, account: Account, entity: Entity, out_dir: Path, format: str) -> dict:
    """Read one entity and write its file; its part of the manifest."""
    path = out_dir / f"{entity.name}.{format}"
    pull = Pull(force=True)
    about = {"file": None, "records": 0, "sha256": None, "min_version": None, "max_version": None}
    with tempfile.TemporaryDirectory(prefix="tillhouse_") as folder:
        spool = Spool(account.account_id, entity, Path(folder) / "records.arrow")
        error = ""
        try:
            for batch in source.read(account, entity, pull):
                spool.add(batch)
        except (SourceError, AccountError, OSError) as failure:
            error = str(failure)
        spool.close()
        if not error and spool.fetched:
            writer = _write_jsonl if format == "jsonl" else _write_csv
            _write_whole(path, lambda file: writer(spool, file))
            about = {"file": path.name} | _describe(spool, path)
        elif not error:
            path.unlink(missing_ok=True)
    return about | {"rejected": len(pull.rejections), "warnings": pull.warnings, "error": error}


def _payloads(spool: Spool) -> Iterator[str]:
    for table in spool.tables():
        yield from table.column("payload").to_pylist()


def _write_jsonl(spool: Spool, file: TextIO) -> None:
    for payload in _payloads(spool):
        # Line ends inside a record can only stand between its fields: a blank says the same.
        file.write(payload.replace("\r", " ").replace("\n", " ") + "\n")


def _write_csv(spool: Spool, file: TextIO) -> None:
    columns: dict[str, None] = {}
    for payload in _payloads(spool):
        columns |= dict.fromkeys(_cells(payload))
    writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
    writer.writeheader()
    for payload in _payloads(spool):
        writer.writerow(_cells(payload))


def _cells(payload: str) -> dict[str, str]:
    """Top-level fields as cell texts: strings plain, null empty, all else as the till wrote it."""
    return {name: _cell(piece.text, piece.value) for name, piece in members(payload).items()}


def _cell(text: str, value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode("utf-8")
    return text


def _write_whole(path: Path, write: Callable[[TextIO], object]) -> None:
    """Write beside `path` and put it in place when it is complete."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _describe(spool: Spool, path: Path) -> dict:
    versions, records = [], 0
    for payload in _payloads(spool):
        records += 1
        versions.append(_version(payload))
    known = [version for version in versions if version is not None]
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {
        "records": records,
        "sha256": digest,
        "min_version": min(known, default=None),
        "max_version": max(known, default=None),
    }


def _version(payload: str) -> int | None:
    try:
        record = parse(payload)
    except (ValueError, RecursionError):
        return None
    version = record.get("version") if isinstance(record, dict) else None
    return version if isinstance(version, int) else None
