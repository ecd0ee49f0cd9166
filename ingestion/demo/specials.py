"""The sales that make bookkeeping hard, each made by one small function.

Every function gets a clerk and a fresh sale of a few goods, not yet paid, and finishes it.
"""

from __future__ import annotations

from collections.abc import Callable

from ingestion.demo.clerk import Clerk
from ingestion.demo.money import UNITS_PER_CENT, UNITS_PER_DOLLAR, divide_rounded
from ingestion.demo.sale import Sale, make_discount_line, make_line

PRICE_WITH_REPEATING_DECIMALS = 1_090_909  # 12.00 with 10 % tax in it: 10.90909


def line_discount(clerk: Clerk, sale: Sale) -> None:
    """A fifth off one line."""
    line = sale.lines[0]
    sale.lines[0] = clerk.line_at(sale, line.product, line.quantity, 20)
    clerk.pay(sale)


def order_discount(clerk: Clerk, sale: Sale) -> None:
    """Ten per cent off the whole sale, to the cent."""
    amount = divide_rounded(sum(line.net for line in sale.lines), 10)
    amount = amount // UNITS_PER_CENT * UNITS_PER_CENT
    product = clerk.shop.specials["discount"]
    sale.lines.append(make_discount_line(product, amount, sale.lines))
    clerk.pay(sale)


def inclusive_discount(clerk: Clerk, sale: Sale) -> None:
    """Five dollars off the price with tax: 4.46429 before tax, decimals that never end."""
    off = divide_rounded(500 * UNITS_PER_DOLLAR, 112)
    line = clerk.goods_line(sale)
    while line.product.tax != "gst_pst" or line.unit_price < 2 * off or line.unit_discount:
        line = clerk.goods_line(sale)
    sale.lines = [make_line(line.product, 3, line.unit_price - off, off)]
    clerk.pay(sale)


def sixty_units(clerk: Clerk, sale: Sale) -> None:
    """Two lines of sixty at 10.90909: rounded lines and the rounded sum differ by a cent."""
    sale.lines = (sale.lines + [clerk.goods_line(sale)])[:2]
    for i, line in enumerate(sale.lines):
        sale.lines[i] = make_line(line.product, 60, PRICE_WITH_REPEATING_DECIMALS)
    sale.person = sale.person or clerk.person(sale)
    clerk.pay(sale)


def zero_price(clerk: Clerk, sale: Sale) -> None:
    """A give-away with the purchase."""
    sale.lines.append(make_line(sale.lines[0].product, 1, 0))
    clerk.pay(sale)


def split_tender(clerk: Clerk, sale: Sale) -> None:
    """Part cash, the rest by card."""
    clerk.pay(sale, sale.total_cents // 3, "Cash")
    clerk.pay(sale, sale.total_cents - sum(t.cents for t in sale.tenders), "Visa")


def cash(clerk: Clerk, sale: Sale) -> None:
    """Cash, rounded to five cents."""
    clerk.pay(sale, tender="Cash")


def gift_card_sold(clerk: Clerk, sale: Sale) -> None:
    """Goods and a gift card; the card is no revenue and bears no tax."""
    sale.lines = sale.lines[:1]
    clerk.sell_gift_card(sale, clerk.rng.choice((2500, 5000, 10000)))
    clerk.pay(sale)


def gift_card_redeemed(clerk: Clerk, sale: Sale) -> None:
    """Paid with a gift card, the rest by another tender."""
    paid = clerk.redeem_gift_card(sale)
    clerk.pay(sale, sale.total_cents - paid)


def postage(clerk: Clerk, sale: Sale) -> None:
    """Sent to the customer: a postage line."""
    sale.person = sale.person or clerk.person(sale)
    sale.lines.append(make_line(clerk.shop.specials["postage"], 1, 1450 * UNITS_PER_CENT))
    clerk.pay(sale)


def fee(clerk: Clerk, sale: Sale) -> None:
    """A manual fee for wrapping and assembly."""
    sale.lines.append(make_line(clerk.shop.specials["fee"], 1, 500 * UNITS_PER_CENT))
    clerk.pay(sale)


def bad_debt(clerk: Clerk, sale: Sale) -> None:
    """An account that will never be paid is written off."""
    owed = clerk.rng.randrange(1500, 9000)
    sale.lines = [make_line(clerk.shop.specials["bad_debt"], 1, -owed * UNITS_PER_CENT)]
    sale.person = sale.person or clerk.person(sale)
    sale.online = False
    clerk.pay(sale, tender="Write-off")


def void(clerk: Clerk, sale: Sale) -> None:
    """Rung up and cancelled at once."""
    sale.status = "VOIDED"


def saved(clerk: Clerk, sale: Sale) -> None:
    """Parked at the till, never finished."""
    sale.status = "SAVED"
    sale.note = "comes back for it"


def no_lines(clerk: Clerk, sale: Sale) -> None:
    """Edited until nothing was left on it, and closed."""
    sale.lines = []


def exchange(clerk: Clerk, sale: Sale) -> None:
    """One thing comes back and another goes out, on one receipt."""
    back = sale.lines[0].product
    sale.lines = [clerk.line_at(sale, back, -1, 0), clerk.goods_line(sale)]
    sale.online = False
    clerk.pay(sale)


def on_account(clerk: Clerk, sale: Sale) -> None:
    """Taken along, to be paid later, and not paid yet."""
    sale.person = sale.person or clerk.person(sale)
    sale.online = False
    if sale.till == "amber":
        clerk.pay(sale, tender="Account")
    else:
        sale.status = "ONACCOUNT"


def on_account_paid(clerk: Clerk, sale: Sale) -> None:
    """Taken along and paid some weeks later."""
    sale.person = sale.person or clerk.person(sale)
    sale.online = False
    sale.status = "ONACCOUNT_CLOSED"
    sale.updated_at = clerk.later(sale, 25)
    clerk.pay(sale, tender="Debit", at=sale.updated_at)


def layby_open(clerk: Clerk, sale: Sale) -> None:
    """Put aside with a deposit."""
    _put_aside(clerk, sale, "LAYBY")


def layby_closed(clerk: Clerk, sale: Sale) -> None:
    """Put aside with a deposit, then paid in full and taken."""
    _put_aside(clerk, sale, "LAYBY_CLOSED")
    sale.updated_at = clerk.later(sale, 30)
    clerk.pay(sale, sale.total_cents - sale.tenders[0].cents, "Visa", sale.updated_at)


def layby_cancelled(clerk: Clerk, sale: Sale) -> None:
    """Put aside with a deposit, then given up; the deposit goes back."""
    _put_aside(clerk, sale, "VOIDED")
    sale.updated_at = clerk.later(sale, 12)
    clerk.pay(sale, -sale.tenders[0].cents, "Debit", sale.updated_at)


def _put_aside(clerk: Clerk, sale: Sale, status: str) -> None:
    sale.status = status
    sale.online = False
    sale.person = sale.person or clerk.person(sale)
    clerk.pay(sale, sale.total_cents // 4, "Debit")


def returned_later(clerk: Clerk, sale: Sale) -> None:
    """Paid for; the simulation brings part of it back some days later."""
    sale.online = False
    clerk.pay(sale)


EVERYWHERE: tuple[Callable[[Clerk, Sale], None], ...] = (
    returned_later, line_discount, order_discount, cash, gift_card_sold, returned_later,
    layby_open, layby_closed, layby_cancelled, on_account, postage, split_tender, void,
    gift_card_redeemed, fee, zero_price, inclusive_discount, returned_later, sixty_units, bad_debt,
)  # fmt: skip
LIGHTSPEED_ONLY = (saved, exchange, no_lines, on_account_paid)
OF_TILL = {"amber": EVERYWHERE, "lightspeed": EVERYWHERE + LIGHTSPEED_ONLY}
EVERY = 8


def special_for(till: str, turn: int) -> Callable[[Clerk, Sale], None] | None:
    """What the `turn`-th sale of a till is to be: every eighth is one of the specials in turn."""
    specials = OF_TILL[till]
    return specials[turn // EVERY % len(specials)] if turn % EVERY == 3 else None
