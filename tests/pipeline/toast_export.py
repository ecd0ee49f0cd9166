"""Generated orders of Toast as its nightly export writes them: CSV files, a folder per day."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("America/Vancouver")
PLACE = "12 Export Street"
HEADERS = {
    "OrderDetails": "Location,Order Id,Order #,Checks,Opened,# of Guests,Tab Names,Server,Table,"
    "Revenue Center,Dining Area,Service,Dining Options,Discount Amount,Amount,Tax,Tip,Gratuity,"
    "Total,Voided,Paid,Closed,Duration (Opened to Paid),Order Source",
    "ItemSelectionDetails": "Location,Order Id,Order #,Sent Date,Order Date,Check Id,Server,Table,"
    "Dining Area,Service,Dining Option,Item Selection Id,Item Id,Master Id,SKU,PLU,Menu Item,"
    "Menu Subgroup(s),Menu Group,Menu,Sales Category,Gross Price,Discount,Net Price,Qty,Tax,Void?,"
    "Deferred,Tax Exempt,Tax Inclusion Option,Dining Option Tax,Tab Name,Newly Invented",
    "ModifiersSelectionDetails": "Location,Order Id,Order #,Order Date,Check Id,Item Selection Id,"
    "Modifier Id,Modifier,Parent Menu Selection Item ID,Gross Price,Discount,Net Price,Qty,Void?",
    "PaymentDetails": "Location,Payment Id,Order Id,Order #,Paid Date,Order Date,Check Id,Check #,"
    "Tab Name,Server,Table,Dining Area,Service,Dining Option,House Acct #,Amount,Tip,Gratuity,"
    "Total,Swiped Card Amount,Keyed Card Amount,Amount Tendered,Refunded,Refund Date,Refund Amount,"
    "Refund Tip Amount,Void User,Void Approver,Void Date,Status,Type,Cash Drawer,Card Type,"
    "Other Type,Email,Phone,Last 4 Card Digits,V/MC/D Fees,Room Info,Receipt,Source",
    "CheckDetails": "Customer Id,Customer,Customer Phone,Customer Email,Location Code,Opened Date,"
    "Opened Time,Item Description,Server,Tax,Tender,Check Id,Check #,Total,Customer Family,"
    "Table Size,Discount,Reason of Discount,Link",
    "TimeEntries": "Location,Location Code,Id,GUID,Employee Id,Employee GUID,Employee External Id,"
    "Employee,Job Id,Job GUID,Job Code,Job Title,In Date,Out Date,Auto Clock-out,Total Hours,"
    "Unpaid Break Time,Paid Break Time,Payable Hours,Cash Tips Declared,Non Cash Tips,"
    "Total Gratuity,Total Tips,Tips Withheld,Wage,Regular Hours,Overtime Hours,Regular Pay,"
    "Overtime Pay,Total Pay",
    "CashEntries": "Location,Entry Id,Created Date,Action,Amount,Cash Drawer,Payout Reason,"
    "No Sale Reason,Comment,Employee,Employee 2",
}
TYPES = {"CASH": "Cash", "CREDIT": "Credit", "GIFTCARD": "Gift Card", "OTHER": "Other"}


def long_id(guid: str) -> str:
    """The 19 digits that the export calls a record by: no till's GUID, and no exact float."""
    return f"13{int(sha256(guid.encode()).hexdigest(), 16) % 10**17:017d}"


def clock(moment: str | None) -> str:
    """`2024-05-02T19:00:00.000+0000` on the restaurant's clock."""
    if not moment:
        return ""
    local = datetime.strptime(moment, "%Y-%m-%dT%H:%M:%S.%f%z").astimezone(ZONE)
    return f"{local.month}/{local.day}/{local:%y} {local.hour % 12 or 12}:{local:%M %p}"


def money(amount: float | Decimal, digits: int = 2) -> str:
    """With thousands separators."""
    return f"{exact(amount):,.{digits}f}"


def exact(amount: float | Decimal | None) -> Decimal:
    """A JSON number as it is written."""
    return Decimal(str(amount or 0))


class Export:
    """The rows of an export by day and file; `late` payments are in the file of the day after."""

    def __init__(self, late: frozenset[str] = frozenset(), on_top: bool = False) -> None:
        self.late, self.on_top = late, on_top
        self.days: dict[str, dict[str, list[dict]]] = defaultdict(lambda: defaultdict(list))

    def write(self, folder: Path) -> Path:
        """Write every day that has anything, with all files."""
        for day, files in self.days.items():
            (folder / day).mkdir(parents=True, exist_ok=True)
            for name, header in HEADERS.items():
                path = folder / day / f"{name}.csv"
                with path.open("w", encoding="utf-8", newline="") as file:
                    writer = csv.DictWriter(file, header.split(","), restval="")
                    writer.writeheader()
                    writer.writerows(files[name])
        return folder

    def add(self, day: str, file: str, **row: object) -> None:
        """One row of a file, its columns by name."""
        header = HEADERS[file].split(",")
        place = {"Location": PLACE} if "Location" in header else {}
        self.days[day][file].append(place | row)

    def order(self, order: dict) -> None:
        """An order as the API gives it, cut into the rows of the export."""
        day, order_id = str(order["businessDate"]), long_id(order["guid"])
        opened = clock(order["openedDate"])
        common = {"Order Id": order_id, "Order #": order["guid"][1:], "Order Date": opened}
        sums = defaultdict(Decimal)
        for check in order["checks"]:
            self._check(day, common, check, sums)
        paid = all(check["paymentStatus"] == "CLOSED" for check in order["checks"])
        total = sums["Amount"] + sums["Tax"] + sums["Tip"] + sums["Gratuity"]
        self.add(
            day,
            "OrderDetails",
            **{"Order Id": order_id, "Order #": common["Order #"], "Opened": opened},
            **{"Server": "Lee, Sam", "Order Source": order["source"], "Paid": opened * paid},
            **{name: money(sums[name]) for name in ("Amount", "Tax", "Tip", "Gratuity")},
            **{"Total": money(total), "Closed": opened * paid},
            **{"Voided": str(all(check["voided"] for check in order["checks"])).lower()},
        )

    def _check(self, day: str, common: dict, check: dict, sums: dict) -> None:
        charges = check["appliedServiceCharges"]
        gratuity = sum((exact(c["chargeAmount"]) for c in charges if c["gratuity"]), Decimal(0))
        charge = sum((exact(c["chargeAmount"]) for c in charges if not c["gratuity"]), Decimal(0))
        common = common | {"Check Id": long_id(check["guid"]), "Check #": common["Order #"]}
        for selection in check["selections"]:
            self._selection(day, common, selection, check["voided"])
        for payment in check["payments"]:
            is_late = payment["guid"] in self.late
            settled = self._payment(day, common, payment, gratuity)
            gratuity_left = Decimal(0) if settled else gratuity
            sums["Gratuity"] += gratuity - gratuity_left
            gratuity = gratuity_left
            sums["Tip"] += exact(payment["tipAmount"]) if settled and not is_late else 0
        if not check["voided"]:
            sums["Amount"] += exact(check["amount"]) + charge
            sums["Tax"] += exact(check["taxAmount"])
        of_check = {"Check Id": common["Check Id"], "Check #": common["Check #"]}
        customer = {"Customer Id": f"{long_id('guest')}", "Customer": "Ada Guest"}
        tax = Decimal(0) if check["voided"] else exact(check["taxAmount"])
        self.add(day, "CheckDetails", **of_check, **customer, Tax=money(tax))

    def _selection(self, day: str, common: dict, selection: dict, is_voided: bool) -> None:
        before, net = exact(selection["preDiscountPrice"]), exact(selection["price"])
        extras = sum((exact(m["price"]) for m in selection["modifiers"]), Decimal(0))
        extras = extras if self.on_top else Decimal(0)
        voided = str(is_voided or selection["voided"]).lower()
        item = selection["item"]
        self.add(
            day,
            "ItemSelectionDetails",
            **{name: common[name] for name in ("Order Id", "Order #", "Order Date", "Check Id")},
            **{"Item Selection Id": long_id(selection["guid"]), "Qty": str(selection["quantity"])},
            **{"Item Id": long_id(item["guid"]) if item else "", "Menu Group": "Food"},
            **{"Menu Item": selection["displayName"], "Gross Price": money(before - extras)},
            **{"Discount": money(before - net), "Net Price": money(net - extras)},
            **{"Tax": money(selection["tax"], 8), "Void?": voided, "Newly Invented": "kept"},
            **{"Deferred": str(selection["deferred"]).lower()},
        )
        for modifier in selection["modifiers"]:
            self._modifier(day, common, modifier, selection["guid"], voided)

    def _modifier(self, day: str, common: dict, one: dict, parent: str, voided: str) -> None:
        self.add(
            day,
            "ModifiersSelectionDetails",
            **{name: common[name] for name in ("Order Id", "Order #", "Order Date", "Check Id")},
            **{"Item Selection Id": long_id(one["guid"]), "Modifier": one["displayName"]},
            **{"Parent Menu Selection Item ID": long_id(parent), "Qty": str(one["quantity"])},
            **{"Gross Price": money(one["price"]), "Net Price": money(one["price"])},
            **{"Discount": "0.00", "Void?": voided},
        )
        for inner in one["modifiers"]:
            self._modifier(day, common, inner, one["guid"], voided)

    def _payment(self, day: str, common: dict, payment: dict, gratuity: Decimal) -> bool:
        """Whether its money counts: then the gratuity is in it."""
        status, void = payment["paymentStatus"], payment["voidInfo"]
        settled = status == "CAPTURED" and not void
        gratuity = gratuity if settled else Decimal(0)
        amount, tip = exact(payment["amount"]), exact(payment["tipAmount"])
        refund = payment["refund"] or {}
        day = f"{int(day) + 1}" if payment["guid"] in self.late else day
        self.add(
            day,
            "PaymentDetails",
            **common,
            **{"Payment Id": long_id(payment["guid"]), "Paid Date": clock(payment["paidDate"])},
            **{"Amount": money(amount - gratuity), "Tip": money(tip), "Gratuity": money(gratuity)},
            **{"Total": money(amount + tip), "Status": status, "Type": TYPES[payment["type"]]},
            **{"Void Date": "5/2/24 1:00 PM" if void else "", "Refunded": payment["refundStatus"]},
            **{"Refund Date": clock(refund.get("refundDate"))},
            **{"Refund Amount": money(refund.get("refundAmount", 0)) if refund else ""},
            **{"Refund Tip Amount": money(refund.get("tipRefundAmount", 0)) if refund else ""},
            **{"Other Type": "Voucher" if payment["type"] == "OTHER" else ""},
        )
        return settled
