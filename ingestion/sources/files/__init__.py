"""Excel and CSV drops of any till, read through a YAML column mapping (see README.md)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

from ingestion.accounts import Account
from ingestion.contract import Documents, Entity, Pull, Record, SourceError
from ingestion.sources.files.fields import FIELDS
from ingestion.sources.files.mapping import EntityMapping, Mapping, load_mapping
from ingestion.sources.files.readers import open_table
from ingestion.sources.files.rows import EntityReader

ENTITIES = tuple(Entity(name, id_fields=(), volatile=("_source",)) for name in FIELDS)

SPREAD_HINT = "If the rows of one are spread over files, set `documents: spread` in the mapping."

# Part of every content hash: raise it when the same file would now be read to other records.
READER_VERSION = "2"


def read(account: Account, entity: Entity, pull: Pull) -> Iterator[list[Record]]:
    """Yield the records of one entity from the account's folder, in batches of 5,000.

    Unchanged files are skipped. In mode snapshot all files of the entity are read as soon as one
    of them is new, and `pull.snapshot` says so. Rows that cannot be used go to `pull.reject`.
    Raises SourceError for a mapping, a folder, a file or a column that cannot be used.
    """
    mapping = load_mapping(_mapping_name(account), account.time_zone)
    wanted = mapping.entities.get(entity.name)
    if wanted is None:
        return
    if not account.folder.is_dir():
        raise SourceError(
            f"account {account.account_id}: there is no folder {account.path!r}. Put the till's"
            " files there, or mend path in pos_accounts.csv."
        )
    if pull.since and entity.name == next(iter(mapping.entities)):
        pull.warn("--since does not apply to files: they are read whole when they are new.")
    files = matching_files(account.folder, wanted.files)
    if not files:
        pull.warn(f"no file {wanted.files} in {account.path}: nothing is loaded, nothing closed.")
        return
    known = set(pull.loaded_hashes)
    unread = [file for file in files if pull.is_unread(file, _content_hash(file, mapping))]
    gone = sorted(known - set(pull.read_files)) if mapping.is_snapshot else []
    if gone:
        pull.warn(f"{', '.join(gone)}: gone from the folder; what only these files held is closed.")
    if not (unread or gone):
        return
    pull.snapshot = mapping.is_snapshot
    if wanted.whole_field and not mapping.is_snapshot:
        pull.documents = Documents(wanted.document_of, SPREAD_HINT)
    files = files if mapping.is_snapshot else unread
    yield from _read_files(mapping, wanted, account, files, pull)


def matching_files(folder: Path, pattern: str) -> list[Path]:
    """Files of `folder` that fit `pattern` (any case of letters), by name; no office lock files."""
    parts = pattern.lower().split("/")
    found = [
        path
        for path in folder.glob("/".join("*" * len(parts)))
        if path.is_file()
        and not path.name.startswith(("~$", "."))
        and all(map(fnmatchcase, path.relative_to(folder).as_posix().lower().split("/"), parts))
    ]
    return sorted(found)


def _mapping_name(account: Account) -> str:
    if account.mapping:
        return account.mapping
    raise SourceError(
        f"account {account.account_id}: no mapping. Name one in pos_accounts.csv, such as amberpos,"
        " or the path of your own (copy mappings/template.yml)."
    )


def _content_hash(file: Path, mapping: Mapping) -> str:
    digest = hashlib.sha256(READER_VERSION.encode())
    digest.update(mapping.formats.time_zone.encode() + b"\0" + mapping.content + b"\0")
    digest.update(file.read_bytes())
    return digest.hexdigest()


def _read_files(
    mapping: Mapping, entity: EntityMapping, account: Account, files: list[Path], pull: Pull
) -> Iterator[list[Record]]:
    """A file that cannot be read stops a snapshot (its records would be closed); in mode append
    the other files are read first. Files of whole documents are read last first: what a later
    one holds, an earlier one need not give.
    """
    reader = EntityReader(mapping, entity, pull)
    broken = []
    for file in reversed(files) if entity.whole_field else files:
        try:
            name = file.relative_to(account.folder).as_posix()
            table = open_table(file, mapping.layout(entity), name)
            yield from reader.records(table)
        except SourceError as error:
            if mapping.is_snapshot:
                raise
            broken.append(str(error))
    reader.tell_future()
    reader.tell_clock(account.day_cutoff)
    reader.tell_superseded(SPREAD_HINT)
    if broken:
        raise SourceError("\n".join(broken))
