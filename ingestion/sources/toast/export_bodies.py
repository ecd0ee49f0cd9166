"""Rows of Toast's export as the records that its API gives, each with its row as `export`.

What the export does not say is left out. Amounts are texts, exact as the file has them.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from ingestion.sources.toast.export_rows import Row

NOT_SETTLED = frozenset(
    "VOIDED VOID_IN_PROGRESS PROCESSING_VOID DENIED ERROR ERROR_NETWORK CANCELLED".split()
)
TYPES = {"GIFT_CARD": "GIFTCARD", "CREDIT_CARD": "CREDIT", "CREDIT/DEBIT": "CREDIT"}
TYPES |= {"REWARD_CARD": "REWARDCARD", "HOUSE_ACCT": "HOUSE_ACCOUNT"}


def payment(row: Row) -> dict:
    """A payment, as in the list of payments and, the same, in its check. Raises BadRowError."""
    tip = row.amount("Tip")
    total = row.number_text("Total")
    amount = row.amount("Amount") + row.amount("Gratuity")
    kind = word(row.text("Type")) or "UNDETERMINED"
    voided, refunded = row.moment("Void Date"), row.moment("Refund Date")
    paid = row.moment("Paid Date")
    back, tip_back = row.amount("Refund Amount"), row.amount("Refund Tip Amount")
    day_of = row.clock.business_day
    return {
        "guid": row.needed("Payment Id"),
        "orderGuid": row.text("Order Id"),
        "checkGuid": row.text("Check Id"),
        "type": TYPES.get(kind, kind),
        "otherPayment": named(row.text("Other Type")),
        "cardType": row.text("Card Type"),
        "amount": plain(amount if total is None else Decimal(total) - tip),
        "tipAmount": plain(tip),
        "paymentStatus": word(row.text("Status")),
        "paidDate": paid,
        "paidBusinessDate": int(day_of(paid)) if paid else None,
        "voidInfo": {"voidBusinessDate": int(day_of(voided))} if voided else None,
        "refund": {
            "refundAmount": plain(back),
            "tipRefundAmount": plain(tip_back),
            "refundDate": refunded or paid,
            "refundBusinessDate": int(day_of(refunded or paid)) if refunded or paid else None,
        }
        if back or tip_back
        else None,
        "server": named(row.text("Server")),
        "export": row.given,
    }


def selection(row: Row) -> dict:
    """An item of a check, its amounts as decimals. Raises BadRowError."""
    before, discount = row.amount("Gross Price"), row.amount("Discount", "Discnt")
    net = row.number_text("Net Price")
    item_id = row.text("Item Id")
    return {
        "guid": row.needed("Item Selection Id"),
        "item": {"guid": item_id} if item_id else None,
        "displayName": row.text("Menu Item"),
        "quantity": row.number_text("Qty"),
        "preDiscountPrice": before,
        "price": before - discount if net is None else Decimal(net),
        "tax": row.amount("Tax"),
        "voided": row.flag("Void?", "Void"),
        "deferred": row.flag("Deferred"),
        "modifiers": [],
        "export": row.given,
    }


def settled(made: dict) -> bool:
    """Whether the money of a payment counts."""
    return not made["voidInfo"] and made["paymentStatus"] not in NOT_SETTLED


def time_entry(row: Row) -> dict:
    """A shift. Its breaks are known in hours, not from when to when. Raises BadRowError."""
    return {
        "guid": row.text("GUID", "Id") or row.needed("Id"),
        "inDate": row.moment("In Date"),
        "outDate": row.moment("Out Date"),
        "paidBreakHours": row.number_text("Paid Break Time"),
        "unpaidBreakHours": row.number_text("Unpaid Break Time"),
        "regularHours": row.number_text("Regular Hours"),
        "overtimeHours": row.number_text("Overtime Hours"),
        "hourlyWage": row.number_text("Wage"),
        "declaredCashTips": row.number_text("Cash Tips Declared"),
        "employeeReference": named(row.text("Employee")),
        "jobReference": {"guid": _job(row)},
        "export": row.given,
    }


def cash_entry(row: Row) -> dict:
    """Cash put into or taken out of a drawer. Raises BadRowError."""
    return {
        "guid": row.needed("Entry Id"),
        "type": word(row.text("Action")),
        "amount": row.number_text("Amount"),
        "date": row.moment("Created Date"),
        "reason": row.text("Payout Reason", "No Sale Reason", "Comment"),
        "export": row.given,
    }


# -- what rows name on the way -----------------------------------------------------------------


def restaurant(row: Row) -> dict:
    """The restaurant: an export is one."""
    return {"guid": "main", "general": {"name": row.text("Location")}}


def menu_item(row: Row) -> dict | None:
    """An item as it was sold: the export has no prices of the menu."""
    return row.text("Item Id") and {
        "guid": row.text("Item Id"),
        "name": row.text("Menu Item"),
        "menuName": row.text("Menu"),
        "menuGroupName": row.text("Menu Group"),
        "salesCategory": {"name": row.text("Sales Category")},
        "sku": row.text("SKU"),
        "plu": row.text("PLU"),
    }


def employee(row: Row) -> dict | None:
    """Staff by name: orders name their server so, and in no other way."""
    known = named(row.text("Employee"))
    return known and {**known, "firstName": known["guid"], "jobReferences": [{"guid": _job(row)}]}


def job(row: Row) -> dict | None:
    """What someone was hired to do."""
    return _job(row) and {"guid": _job(row), "title": row.text("Job Title")}


def other_type(row: Row) -> dict | None:
    """A way to pay that the restaurant made up."""
    name = row.text("Other Type")
    return name and {"kind": "alternatePaymentTypes", "guid": name, "name": name}


def _job(row: Row) -> str | None:
    return row.text("Job GUID", "Job Id", "Job Title")


def named(name: str | None) -> dict | None:
    """A reference by name; `Lee, Sam` is Sam Lee."""
    if name is None:
        return None
    last, comma, first = name.partition(",")
    return {"guid": f"{first.strip()} {last.strip()}".strip() if comma else name}


def word(text: str | None) -> str | None:
    """As the API writes a kind or status: `Gift Card` is GIFT_CARD."""
    return "_".join(text.upper().split()) if text else None


def plain(amount: Decimal) -> str:
    """An amount as it is written."""
    return format(amount, "f")


def distinct(bodies: Iterable[dict | None]) -> dict[str, dict]:
    """Those that are one, by their id; the last of an id stands."""
    return {body["guid"]: body for body in bodies if body}
