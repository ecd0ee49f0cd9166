"""Exact amounts as whole numbers: units of 0.00001 dollar inside a sale, cents on paper.

Lightspeed keeps five decimals on a line and two on a sale; whole numbers hold both exactly.
"""

from __future__ import annotations

UNITS_PER_DOLLAR = 100_000
UNITS_PER_CENT = 1_000
GST_PERCENT = 5
PST_PERCENT = 7


def divide_rounded(amount: int, by: int) -> int:
    """`amount / by` to the nearest whole number, halves away from zero; `by` is positive."""
    whole = (2 * abs(amount) + by) // (2 * by)
    return whole if amount >= 0 else -whole


def cents(units: int) -> int:
    """Units to cents, halves away from zero."""
    return divide_rounded(units, UNITS_PER_CENT)


def percent_of(units: int, percent: int) -> int:
    """A percentage of an amount, in units."""
    return divide_rounded(units * percent, 100)


def dollars(units: int) -> int | float:
    """Units as the number that a till writes: whole where possible, else up to 5 decimals."""
    whole, rest = divmod(units, UNITS_PER_DOLLAR)
    return whole if rest == 0 else units / UNITS_PER_DOLLAR


def dollars_of_cents(amount: int) -> int | float:
    """Cents as the number that a till writes: whole where possible, else up to 2 decimals."""
    whole, rest = divmod(amount, 100)
    return whole if rest == 0 else amount / 100


def split_by_weight(amount: int, weights: list[int]) -> list[int]:
    """Split a whole amount by non-negative weights, largest remainders first; sums exactly."""
    total = sum(weights)
    if total == 0:
        return [0] * len(weights)
    parts = [amount * weight // total for weight in weights]
    order = sorted(range(len(weights)), key=lambda i: -(amount * weights[i] % total))
    for i in order[: amount - sum(parts)]:
        parts[i] += 1
    return parts
