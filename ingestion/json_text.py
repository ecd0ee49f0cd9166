"""JSON cut into pieces without rewriting it: every number, escape and space stays as given."""

from __future__ import annotations

import codecs
import json
import re
from typing import Any, NamedTuple

import orjson

_DECODER = json.JSONDecoder(strict=False)
_SPACE = re.compile(r"[ \t\n\r]*")


class Piece(NamedTuple):
    """One value of a JSON text: its own text, untouched, and what it says."""

    text: str
    value: Any


def _escape(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    wrong = error.object[error.start : error.end]
    return "".join(f"\\\\x{byte:02x}" for byte in wrong), error.end


codecs.register_error("tillhouse.escape", _escape)


def decode(text: bytes) -> str:
    r"""UTF-8 as text; a byte that is not UTF-8 becomes `\\xe9`, so that the JSON stays JSON.

    A NUL byte, which neither JSON nor PostgreSQL can hold, becomes its JSON escape.
    """
    if b"\0" in text:
        text = text.replace(b"\0", b"\\u0000")
    return text.decode("utf-8", "tillhouse.escape")


def parse(text: str) -> Any:
    """What a JSON text says. Raises ValueError (or RecursionError) when it is not JSON.

    Takes what strict JSON refuses and tills still send: NaN, lone surrogates, bare tabs.
    """
    try:
        return orjson.loads(text)
    except (orjson.JSONDecodeError, UnicodeEncodeError):
        return _DECODER.decode(text)


def members(text: str) -> dict[str, Piece]:
    """The fields of a JSON object, name -> piece. Raises ValueError when it is no JSON object."""
    found: dict[str, Piece] = {}
    position = _expect(text, _skip(text, 0), "{")
    if text[position : position + 1] == "}":
        _end(text, position + 1)
        return found
    while True:
        name, position = _DECODER.raw_decode(text, position)
        position = _expect(text, _skip(text, position), ":")
        found[str(name)], position = _piece(text, position)
        if text[position : position + 1] == "}":
            _end(text, position + 1)
            return found
        position = _expect(text, position, ",")


def items(text: str) -> list[Piece]:
    """The values of a JSON array in their order. Raises ValueError when it is no JSON array."""
    found, position = _items(text, _skip(text, 0))
    _end(text, position)
    return found


def record_list(text: str, name: str) -> tuple[list[Piece], dict[str, Any]]:
    """The records of the array `name` in a JSON object, and what else the object says.

    Read in one pass: an answer of an API is large. Raises ValueError when it is no such object.
    """
    records: list[Piece] = []
    rest: dict[str, Any] = {}
    position = _expect(text, _skip(text, 0), "{")
    while text[position : position + 1] != "}":
        key, position = _DECODER.raw_decode(text, position)
        position = _expect(text, _skip(text, position), ":")
        if key == name:
            records, position = _items(text, position)
        else:
            piece, position = _piece(text, position)
            rest[str(key)] = piece.value
        if text[position : position + 1] == ",":
            position = _skip(text, position + 1)
    _end(text, position + 1)
    return records, rest


def with_field(piece: Piece, name: str, value: str) -> Piece:
    """The object with one more field in front, unless it has that or is none; the rest as given."""
    if not isinstance(piece.value, dict) or name in piece.value:
        return piece
    body = piece.text.lstrip()[1:].lstrip()
    separator = "" if body.startswith("}") else ", "
    text = f"{{{json.dumps(name)}: {json.dumps(value)}{separator}{body}"
    return Piece(text, piece.value | {name: value})


def _items(text: str, start: int) -> tuple[list[Piece], int]:
    """The values of the array that begins at `start`, and the position behind it."""
    found: list[Piece] = []
    position = _expect(text, start, "[")
    while text[position : position + 1] != "]":
        piece, position = _piece(text, position)
        found.append(piece)
        if text[position : position + 1] != "]":
            position = _expect(text, position, ",")
    return found, _skip(text, position + 1)


def _piece(text: str, start: int) -> tuple[Piece, int]:
    value, end = _DECODER.raw_decode(text, start)
    return Piece(text[start:end], value), _skip(text, end)


def _skip(text: str, position: int) -> int:
    return _SPACE.match(text, position).end()


def _expect(text: str, position: int, mark: str) -> int:
    if text[position : position + 1] != mark:
        raise ValueError(f"no {mark!r} at character {position}")
    return _skip(text, position + 1)


def _end(text: str, position: int) -> None:
    if _skip(text, position) != len(text):
        raise ValueError(f"more text after the end at character {position}")
