"""Ids that look like a till's own and are the same for the same seed."""

from __future__ import annotations

import random


def new_uuid(rng: random.Random) -> str:
    """A random UUID (version 4) from the shop's own dice."""
    text = f"{rng.getrandbits(128):032x}"
    variant = "89ab"[int(text[16], 16) % 4]
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-{variant}{text[17:20]}-{text[20:]}"


def uuid_for(what: str, of: str) -> str:
    """The id of a thing that belongs to another one, the same whenever it is asked for."""
    return new_uuid(random.Random(f"{what} {of}"))


def ean13(number: int) -> str:
    """An EAN-13 of the range 952, which GS1 keeps for examples; `number` has up to 9 digits."""
    digits = f"952{number:09d}"
    weighted = sum(int(d) * (3 if i % 2 else 1) for i, d in enumerate(digits))
    return f"{digits}{-weighted % 10}"
