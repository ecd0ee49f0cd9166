"""What a till states of itself, against what pos_accounts.csv says of its account."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from ingestion.accounts import Account


class Stated(NamedTuple):
    """What a till states of one of its places, called `name`; what is not a text is not stated.

    `currency` is an ISO code, `day_start` the hour HH:MM at which its day starts, by its own clock.
    """

    name: str
    currency: Any = None
    day_start: Any = None


def differences(account: Account, places: Iterable[Stated], day_start: str) -> list[str]:
    """A sentence for each value that places state and the account's line does not, and the mend.

    `day_start` is the till's own word for the hour at which a day starts.
    """
    places = list(places)
    currencies = [(place.currency, place.name) for place in places]
    hours = [(place.day_start, place.name) for place in places]
    money = f"the money counts as {account.currency}"
    days = "days are cut otherwise than at the till"
    return [
        *_others("currency", account.currency, "currency", currencies, money),
        *_others("day_cutoff", account.day_cutoff, day_start, hours, days),
    ]


def _others(
    field: str, ours: str, word: str, stated: list[tuple[Any, str]], effect: str
) -> list[str]:
    """`stated` are values, each with the name of its place."""
    named: dict[str, list[str]] = {}
    for value, name in stated:
        if isinstance(value, str) and value:
            named.setdefault(value, []).append(name)
    lines = []
    for value in sorted(named.keys() - {ours}):
        mend = f"Set {field} to {value} in pos_accounts.csv, then run `make nightly`."
        others = ", ".join(sorted(named.keys() - {value}))
        if others:
            mend = (
                f"An account has one {field}, and others here have {others}: give each an account"
                " of its own, with a sign-in that reads just that."
            )
        lines.append(
            f"the {word} of {', '.join(named[value])} is {value}, {field} of the account is {ours}:"
            f" {effect}. {mend}"
        )
    return lines
