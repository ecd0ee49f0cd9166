"""Numbers, amounts, days and shares as a shop owner reads them."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

from ingestion.accounts import seeds_dir

SYMBOLS = {"CAD": "$", "USD": "$", "AUD": "$", "NZD": "$", "GBP": "£", "EUR": "€", "JPY": "¥"}
NOTHING = "–"
MINUS = "\N{MINUS SIGN}"


@dataclass(frozen=True)
class Money:
    """Writes amounts of one currency: `Money("CAD").exact(Decimal("-1234.5"))` is −$1,234.50."""

    currency: str

    @property
    def symbol(self) -> str:
        """The sign before an amount, or the code where the sign is not known to all."""
        return SYMBOLS.get(self.currency, f"{self.currency}\N{NO-BREAK SPACE}")

    def exact(self, amount: Decimal | None) -> str:
        """To the cent (or what the currency has), fractions of a cent rounded half up."""
        return self._write(amount, _decimals().get(self.currency, 2))

    def whole(self, amount: Decimal | None) -> str:
        """Without cents, for headlines."""
        return self._write(amount, 0)

    def _write(self, amount: Decimal | None, decimals: int) -> str:
        if amount is None:
            return NOTHING
        rounded = round_half_up(amount, decimals)
        return f"{MINUS if rounded < 0 else ''}{self.symbol}{abs(rounded):,.{decimals}f}"


@cache
def _decimals() -> dict[str, int]:
    path = seeds_dir() / "reference" / "currencies.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        return {row["currency"]: int(row["decimals"]) for row in csv.DictReader(file)}


def money_text(amount: Decimal | None) -> str:
    """An amount whose currency is not at hand: 1,234.50, all its decimals, at least two."""
    if amount is None:
        return NOTHING
    whole, _, decimals = f"{abs(amount):,f}".partition(".")
    return f"{MINUS if amount < 0 else ''}{whole}.{decimals.rstrip('0').ljust(2, '0')}"


def round_half_up(value: Decimal, decimals: int) -> Decimal:
    """As a person rounds: 0.125 is 0.13, and never to minus zero."""
    return Decimal(value).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP) + 0


def number(value: Decimal | int | None) -> str:
    """A count: 1,234, or 1.5 where something is sold by weight."""
    if value is None:
        return NOTHING
    rounded = round_half_up(Decimal(value), 2)
    text = f"{rounded:,.2f}".rstrip("0").rstrip(".")
    return text.replace("-", MINUS)


def share(part: Decimal | int | None, whole: Decimal | int | None) -> str:
    """`part` of `whole` in percent with one decimal, a dash where that has no meaning."""
    if part is None or not whole:
        return NOTHING
    return percent(Decimal(part) / Decimal(whole))


def percent(ratio: Decimal | None) -> str:
    """0.1234 as 12.3 %."""
    if ratio is None:
        return NOTHING
    rounded = round_half_up(Decimal(ratio) * 100, 1)
    return f"{rounded:,.1f}\N{NO-BREAK SPACE}%".replace("-", MINUS)


def count(value: int, one: str, many: str | None = None) -> str:
    """`1 day`, `4 days`."""
    return f"{number(value)} {one if value == 1 else many or one + 's'}"


def day(value: date | None) -> str:
    """28 December 2022."""
    return f"{value.day} {value:%B %Y}" if value else NOTHING


def short_day(value: date) -> str:
    """28 Dec 2022."""
    return f"{value.day} {value:%b %Y}"


def month(value: date) -> str:
    """December 2022."""
    return f"{value:%B %Y}"


def days(first: date, last: date) -> str:
    """1 to 9 December 2010, or both dates in full where they need it."""
    if first == last:
        return day(first)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day} to {day(last)}"
    if first.year == last.year:
        return f"{first.day} {first:%B} to {day(last)}"
    return f"{day(first)} to {day(last)}"


def words(code: str | None) -> str:
    """A code as a phrase: `gift_card` is Gift card."""
    return (code or "unknown").replace("_", " ").strip().capitalize()


def till_and_place(row: dict) -> str:
    """The till's name, or its account's id, and the place where it stands."""
    place = f", {row['location_name']}" if row["location_name"] else ""
    return f"{row['till_name'] or row['account_id']}{place}"


def join(parts: list[str]) -> str:
    """a, b and c."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def clip(text: str | None, length: int) -> str:
    """Text of at most `length` signs, cut ends marked."""
    text = " ".join((text or "").split()) or "(no name)"
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"
