"""What a source gives and what the core gives it: the seam between `sources/` and the loader.

A source is a module `ingestion.sources.<source>` with

* `ENTITIES`: a tuple of `Entity`, one per raw table, parents before children;
* `read(account, entity, pull)`: a generator of lists of `Record`. It reports what it sees
  through `pull` and raises `SourceError` with a message for a person when it cannot go on.

* where the till sends events: `fetch_by_id(account, entity, ids, pull)`, a generator of the
  records of these ids, as far as the till still has them and gives them by id.
* where the till's records tell that the account's line is wrong: `differences(account, payloads)`,
  a list of sentences on what is otherwise and what to do, for `status`. `payloads(entity)` gives
  the payloads that are current in the warehouse, `payloads(entity, last=True)` only the last by
  its id of each first part of an id (`place|day`).

The core lands what it yields, keeps the bookmark, writes the run log and shows progress.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from ingestion.accounts import PROJECT_DIR

if TYPE_CHECKING:
    from ingestion.windows import Windows


class SourceError(Exception):
    """A till, a file or an account that cannot be read; the text says where and what to do."""


@dataclass(frozen=True)
class Entity:
    """One kind of record of a source, landed in the raw table of the same name.

    `volatile` names top-level payload fields that change without the record changing (an
    exporter's time stamp); they are kept in the payload and left out of `record_hash`.
    `snapshot` says that one pull is the whole state: what it no longer holds is closed.
    `version_field` names the payload field with a whole number that rises with every change: a
    record never goes back to a lower one, whichever file comes last. `known` are the values that
    Tillhouse understands, by the way to their field (`payments.type`); others are kept, counted
    and shown.
    """

    name: str
    id_fields: tuple[str, ...] = ("id",)
    volatile: tuple[str, ...] = ("_exported_at",)
    snapshot: bool = False
    version_field: str = ""
    known: dict[str, frozenset[str]] = field(default_factory=dict, hash=False)


def one_of(values: str) -> frozenset[str]:
    """The words of a text, for `known`."""
    return frozenset(values.split())


class Record(NamedTuple):
    """One record as the till gave it: its id there and its JSON text, untouched.

    `value` is what `orjson.loads(payload)` gives, when the source has read it anyway. It is
    used up: give one that nobody else holds.
    """

    record_id: str
    payload: str
    value: Any = None


@dataclass
class Documents:
    """Documents (sales, consignments) whose records were read whole in this pull.

    What raw still holds of such a document and the pull did not bring is closed. `of` gives the
    document of a record id. Add a document to `read` after its last batch was yielded. `why` and
    `hint` are told when something is closed.
    """

    of: Callable[[str], str]
    hint: str = ""
    why: str = "what they belong to was read again without them"
    read: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Rejection:
    """One row or value that could not be used, kept with its place so a person can mend it.

    `file` is a path, or what else tells the place (an address of an API).
    """

    file: str
    reason: str
    sheet: str = ""
    row_number: int | None = None
    column: str = ""
    field: str = ""
    value: str = ""
    payload: str = ""


@dataclass
class Pull:
    """One entity of one account being read in one run: what the core tells, what a source tells.

    `bookmark` is a JSON-like dict that outlives the run; it is stored in one step with the
    records yielded so far. Update it just before yielding the batch that it covers.
    `folder` is where the account's files lie: files are remembered by their path below it, so
    that a folder that was moved is not read again. `windows` are the days of a history that is
    read day by day; `refresh_day` asks for one of them anew. `in_parts` allows what was yielded
    so far to be landed before the rest: a long history neither waits nor is lost as a whole.
    `is_whole` is False where the till says that a day is not complete yet, or a list moved while it
    was read: the day stays pending, and nothing is closed for not being in that list.
    `remembers_files` is set before an error that concerns none of the files noted as read.
    `refused` gathers the ids that the till refuses when it is asked for single records, with what
    it said; where it is None, a refusal is an error.
    """

    bookmark: dict = field(default_factory=dict)
    folder: Path | None = None
    windows: Windows | None = None
    refresh_day: date | None = None
    in_parts: bool = False
    is_whole: bool = True
    since: date | None = None
    force: bool = False
    snapshot: bool = False
    allow_empty_snapshot: bool = False
    documents: Documents | None = None
    pages: int = 0
    retries: int = 0
    rejections: list[Rejection] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    unknown: Counter[str] = field(default_factory=Counter)
    loaded_hashes: dict[str, str] = field(default_factory=dict)
    read_files: dict[str, str] = field(default_factory=dict)
    remembers_files: bool = False
    refused: dict[str, str] | None = None

    def reject(self, rejection: Rejection) -> None:
        """List a row that cannot be loaded; the rest goes on."""
        self.rejections.append(replace(rejection, file=self.file_name(rejection.file)))

    def warn(self, message: str) -> None:
        """Tell the person something that does not stop the load."""
        self.warnings.append(message)

    def note_unknown(self, known: Mapping[str, Set[str]], record: dict) -> None:
        """Count the values of `record` that `known` does not list: name -> values.

        A name such as `checks.payments.type` goes through objects and lists of them. Vendors add
        statuses and types without notice: they are kept, counted and shown.
        """
        for name, values in known.items():
            for value in values_at(record, name.split(".")):
                if isinstance(value, dict) or (value is not None and value not in values):
                    self.unknown[f"{name} {value}"] += 1

    def is_unread(self, path: Path, content_hash: str) -> bool:
        """Whether this content of `path` still has to be read; notes it as read by this run.

        `content_hash` must change whenever reading the file again would give other records
        (its bytes, its mapping). Files noted here are remembered once the load has landed.
        """
        name = self.file_name(path)
        self.read_files[name] = content_hash
        return self.force or self.loaded_hashes.get(name) != content_hash

    def file_name(self, path: Path | str) -> str:
        """A path as it is remembered and shown: below the account's folder, or the project's."""
        for base in (self.folder, PROJECT_DIR):
            if base is not None and Path(path).is_relative_to(base):
                return Path(path).relative_to(base).as_posix()
        return str(path)

    @property
    def changed_files(self) -> set[str]:
        """Names of the files whose content was not landed before (all of them with `force`)."""
        return {
            name
            for name, content_hash in self.read_files.items()
            if self.force or self.loaded_hashes.get(name) != content_hash
        }

    @property
    def gone_files(self) -> set[str]:
        """Names of the files that landed once and were not there now; none for an API."""
        return set(self.loaded_hashes) - set(self.read_files) if self.read_files else set()

    @property
    def is_untouched(self) -> bool:
        """Whether the source looked at files and none of them was new: nothing was read."""
        return bool(self.read_files) and not self.changed_files


def values_at(record: Any, way: list[str]) -> Iterator[Any]:
    """The values at the end of a way through objects and lists of them."""
    if isinstance(record, list):
        for part in record:
            yield from values_at(part, way)
    elif not way:
        yield record
    elif isinstance(record, dict):
        yield from values_at(record.get(way[0]), way[1:])


class Source(Protocol):
    """The shape of every module in `ingestion.sources`."""

    ENTITIES: tuple[Entity, ...]

    def read(self, account, entity: Entity, pull: Pull) -> Iterator[list[Record]]:
        """Yield the records of one entity, in batches of at most a few thousand."""
        ...
