"""The entities of Toast as data: where each is read, how, and which values are known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from ingestion.contract import Entity, one_of

Way = Literal[
    "restaurant", "menus", "configuration", "list", "orders", "payments", "business_day", "changed"
]

CONFIGURATION = (
    "diningOptions",
    "revenueCenters",
    "salesCategories",
    "discounts",
    "serviceCharges",
    "taxRates",
    "voidReasons",
    "alternatePaymentTypes",
    "cashDrawers",
    "tables",
)
ORDERS = "orders/v2/ordersBulk"
PAYMENTS = "orders/v2/payments"


PAYMENT_TYPES = one_of(
    "CASH CREDIT GIFTCARD HOUSE_ACCOUNT REWARDCARD LEVELUP TOAST_SV OTHER UNDETERMINED"
)
PAYMENT_STATUSES = one_of(
    "OPEN PROCESSING AUTHORIZED_AWAITING_SIGNATURE AUTHORIZED ERROR ERROR_NETWORK DENIED"
    " PROCESSING_VOID VOIDED CAPTURE_IN_PROGRESS CAPTURED VOID_IN_PROGRESS CANCELLED"
)
SELECTION_TYPES = one_of(
    "NONE OPEN_ITEM SPECIAL_REQUEST PORTION HOUSE_ACCOUNT_PAY_BALANCE TOAST_CARD_SELL"
    " TOAST_CARD_RELOAD COMBO"
)
CHARGE_CATEGORIES = one_of(
    "SERVICE_CHARGE CREDIT_CARD_SURCHARGE FUNDRAISING_CAMPAIGN CASH_ROUNDING"
)
CASH_TYPES = one_of(
    "CASH_IN CASH_COLLECTED CASH_OUT PAY_OUT UNDO_PAY_OUT TIP_OUT NO_SALE DRIVER_REIMBURSEMENT"
    " CLOSE_OUT_EXACT CLOSE_OUT_OVERAGE CLOSE_OUT_SHORTAGE"
)


@dataclass(frozen=True)
class ToastEntity(Entity):
    """One kind of record, read at `path`.

    `way` names how it is read (`reading.py`). `overlap` is how long after a day its records may
    still come or change. `by_id` is the path of one record.
    """

    id_fields: tuple[str, ...] = ("guid",)
    way: Way = "list"
    path: str = ""
    overlap: timedelta = timedelta(hours=72)
    by_id: str = ""


ENTITIES: tuple[ToastEntity, ...] = (
    ToastEntity("restaurants", way="restaurant", path="restaurants/v1/restaurants/{guid}"),
    ToastEntity("configuration", way="configuration", path="config/v2/{kind}"),
    ToastEntity("menu_items", way="menus", path="menus/v2/menus"),
    ToastEntity("employees", path="labor/v1/employees"),
    ToastEntity("jobs", path="labor/v1/jobs"),
    ToastEntity(
        "orders",
        way="orders",
        path=ORDERS,
        known={
            "approvalStatus": one_of("NEEDS_APPROVAL APPROVED NOT_APPROVED FUTURE"),
            "checks.paymentStatus": one_of("OPEN PAID CLOSED"),
            "checks.selections.selectionType": SELECTION_TYPES,
            "checks.appliedServiceCharges.serviceChargeCategory": CHARGE_CATEGORIES,
            "checks.payments.type": PAYMENT_TYPES,
            "checks.payments.paymentStatus": PAYMENT_STATUSES,
            "checks.payments.refundStatus": one_of("NONE PARTIAL FULL"),
        },
        by_id="orders/v2/orders/{guid}",
    ),
    ToastEntity(
        "payments",
        way="payments",
        path=PAYMENTS,
        known={"type": PAYMENT_TYPES, "paymentStatus": PAYMENT_STATUSES},
        by_id="orders/v2/payments/{guid}",
    ),
    ToastEntity("time_entries", way="changed", path="labor/v1/timeEntries"),
    ToastEntity(
        "cash_entries",
        way="business_day",
        path="cashmgmt/v1/entries",
        known={"type": CASH_TYPES},
    ),
    ToastEntity("cash_deposits", way="business_day", path="cashmgmt/v1/deposits"),
)
BY_NAME = {entity.name: entity for entity in ENTITIES}


def key_of(entity: ToastEntity, record: Any) -> str | None:
    """The till's own id of a record; None when it has none."""
    guid = record.get(entity.id_fields[0]) if isinstance(record, dict) else None
    return guid if isinstance(guid, str) and guid else None
