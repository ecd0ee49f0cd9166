"""The entities of K-Series as data: where each is read, how, and its id."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from ingestion.contract import Entity, one_of

Way = Literal["businesses", "lists", "closed", "business_day", "shifts"]
Paging = Literal["one", "offset", "page"]

KNOWN_OF_A_SALE = {
    "type": one_of(
        "SALE VOID RECALL REFUND SPLIT UPDATE TRANSFER FLOAT TRANSITORY CROSS_BL CANCEL"
    ),
    "payments.type": one_of("NORMAL ACCOUNTS_RECEIVABLE"),
    "salesLines.serviceChargeType": one_of("UNTAXED APPORTIONED NO_SERVICE_CHARGE"),
}


@dataclass(frozen=True)
class KEntity(Entity):
    """One kind of record: each of `paths` is asked for every business location.

    `way` names how it is read (`reading.py`). `records` is the name of the list in an answer, empty
    where the answer is the list; `paging` says how the next part of a list is asked for. `overlap`
    is how long after a day its records may still come. `dated_by` is the field with the day of a
    record by which it is asked for, empty where the whole list is; None where the till edits them
    without a sign.
    """

    way: Way = "lists"
    paths: tuple[str, ...] = ()
    records: str = ""
    paging: Paging = "one"
    overlap: timedelta = timedelta(hours=48)
    dated_by: str | None = ""


FINANCE = "f/finance/{location}"
V2 = "f/v2/business-location/{location}"
STAFF = "staff/v1/businessLocations/{location}"

ENTITIES: tuple[KEntity, ...] = (
    KEntity("businesses", ("businessId",), way="businesses", snapshot=True),
    KEntity("locations", ("blID",), way="businesses", snapshot=True),
    KEntity(
        "items",
        paths=("items/v1/items",),
        paging="offset",
        known={
            "sharingType": one_of("GLOBAL_NO_BL GLOBAL LOCAL SHARED"),
            "priceMode": one_of("AMOUNT PERCENT POSITIVE_OPEN_PRICE NEGATIVE_OPEN_PRICE"),
        },
    ),
    KEntity("tax_rates", ("code",), paths=(f"{FINANCE}/tax-rates",), records="taxRateList"),
    KEntity(
        "payment_methods",
        ("pmId",),
        paths=(f"{FINANCE}/paymentMethods",),
        records="paymentMethodList",
    ),
    KEntity(
        "accounting_groups",
        ("accountingGroupId",),
        paths=(f"{FINANCE}/accountingGroups",),
        records="accountingGroupList",
    ),
    KEntity(
        "staff",
        ("staffId",),
        paths=(f"{STAFF}/userTypes/POS", f"{STAFF}/userTypes/BACK_OFFICE"),
        records="staff",
        paging="page",
    ),
    KEntity(
        "shifts",
        ("uuid",),
        way="shifts",
        paths=(f"{STAFF}/shift",),
        records="shifts",
        paging="page",
        overlap=timedelta(days=7),  # a clock-out that was forgotten is mended days later
        known={"events.eventType": one_of("CLOCK_IN CLOCK_OUT")},
        dated_by=None,
    ),
    KEntity(
        "sales",
        ("accountFiscId",),
        way="closed",
        paths=(f"{V2}/sales",),
        known=KNOWN_OF_A_SALE,
        dated_by="timeClosed",
    ),
    KEntity(
        "sales_daily",
        ("date",),
        way="business_day",
        paths=(f"{V2}/sales-daily",),
        dated_by=None,
    ),
    KEntity(
        "financials",
        ("accountFiscId",),
        way="business_day",
        paths=(f"{FINANCE}/dailyFinancials",),
        records="sales",
        dated_by="businessDate",
    ),
)

BY_NAME = {entity.name: entity for entity in ENTITIES}


def key_of(entity: KEntity, record: Any) -> str | None:
    """The till's own id of a record as text; None when it has none."""
    value = record.get(entity.id_fields[0]) if isinstance(record, dict) else None
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    return str(value) or None
