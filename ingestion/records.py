"""Pieces of a till's answer as records: what the sources that keep every record do alike."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from ingestion.contract import Entity, Pull, Rejection
from ingestion.http import NotFoundError, RefusedError
from ingestion.json_text import Piece

Found = TypeVar("Found")
GONE = "location {id} ({name}) is no longer listed by the till. All that was read of it stays."


def keyed(
    entity: Entity, pieces: list[Piece], pull: Pull, id_of: Callable[..., str | None], file: str
) -> Iterator[tuple[str, Piece]]:
    """Each piece with its id; values that `entity.known` does not list are counted in `pull`.

    `id_of(entity, value)` is None where there is none: the piece gets an id made of its text, and
    is listed as a rejection of `file`.
    """
    for row, piece in enumerate(pieces, start=1):
        key = id_of(entity, piece.value)
        if key is None:
            digest = hashlib.sha256(piece.text.encode("utf-8", "surrogatepass")).hexdigest()
            key = f"no-id:{digest[:16]}"
            reason = f"no {' and '.join(entity.id_fields)}. Kept as it is"
            pull.reject(Rejection(file, reason, row_number=row, value=piece.text[:200]))
        else:
            pull.note_unknown(entity.known, piece.value)
        yield key, piece


def tell_gone(listed: dict[str, str], pull: Pull) -> None:
    """Tell of locations (id -> name) that were listed by the load before and are not any more.

    An empty list tells nothing.
    """
    if not listed:
        return
    for location_id, name in pull.bookmark.get("listed", {}).items():
        if location_id not in listed:
            pull.warn(GONE.format(id=location_id, name=name))
    pull.bookmark["listed"] = listed


def still_there(ids: Iterable[str], ask: Callable[[str], Found], pull: Pull) -> Iterator[Found]:
    """What `ask` gives for each id; one that the till does not have (any more) is left out.

    So is one that it refuses, where `pull.refused` gathers them.
    """
    for record_id in ids:
        try:
            found = ask(record_id)
        except NotFoundError:
            continue
        except RefusedError as error:
            if pull.refused is None:
                raise
            pull.refused[record_id] = str(error)
            continue
        yield found
