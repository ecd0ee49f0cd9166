"""What is sold: products, lines, tenders and sales, before any till writes them its own way."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from ingestion.demo.money import GST_PERCENT, PST_PERCENT, cents, divide_rounded, percent_of
from ingestion.demo.people import Person

KNOWN = ("CLOSED", "ONACCOUNT", "ONACCOUNT_CLOSED", "LAYBY", "LAYBY_CLOSED")
NOT_COUNTED = ("VOIDED", "SAVED")


@dataclass(slots=True)
class Product:
    """One thing for sale, with what each till calls it.

    Prices are in units of 0.00001 dollar before tax. `amber_no` or `lightspeed_id` is empty
    where that till never had it. `shares` is the evidence that links the two:
    barcode, supplier_code, sku or name; empty for a product of one till.
    """

    name: str
    brand: str
    category: str
    supplier: str
    supplier_code: str
    barcode: str
    price: int
    cost: int
    tax: str = "gst_pst"
    line_type: str = "product"
    created: date = date(2020, 11, 2)
    amber_no: str = ""
    amber_name: str = ""
    lightspeed_id: str = ""
    lightspeed_sku: str = ""
    lightspeed_name: str = ""
    lightspeed_price: int = 0
    lightspeed_created: date = date(2022, 12, 10)
    shares: str = ""
    size: str = ""
    variant_of: Product | None = None


@dataclass(slots=True)
class Line:
    """One line. Amounts in units; `quantity` below zero is goods coming back.

    `unit_price` is before tax and after discount; `gst` and `pst` are the line's taxes from its
    net amount, `unit_tax` the tax of one piece as Lightspeed rounds it.
    """

    product: Product
    quantity: int
    unit_price: int
    unit_discount: int
    gst: int
    pst: int
    unit_tax: int

    @property
    def net(self) -> int:
        """Quantity times price after discount, before tax, in units."""
        return self.unit_price * self.quantity

    @property
    def is_return(self) -> bool:
        """Whether goods came back (a discount line has quantity -1 but nothing came back)."""
        return self.quantity < 0 and self.product.line_type == "product"


@dataclass(slots=True)
class Tender:
    """One payment: its name, cents (a refund is negative) and time."""

    name: str
    cents: int
    at: datetime
    gift_card: str = ""


@dataclass(slots=True)
class Sale:
    """One sale, return, layby or void as it happened; `at` and `updated_at` are aware.

    `number` is the receipt number, given when the sale is rung up. `return_of` is the sale that
    a return undoes, `return_ids` the ids of the returns that undo this one.
    """

    sale_id: str
    till: str
    at: datetime
    status: str
    lines: list[Line]
    tenders: list[Tender] = field(default_factory=list)
    person: Person | None = None
    staff: int = 0
    number: str = ""
    updated_at: datetime | None = None
    return_of: Sale | None = None
    return_ids: list[str] = field(default_factory=list)
    note: str = ""
    special: str = ""
    online: bool = False

    @property
    def is_counted(self) -> bool:
        """Whether the sale counts in any total: not void and not merely parked."""
        return self.status not in NOT_COUNTED

    @property
    def net_cents(self) -> int:
        """The header's net amount: the sum of unrounded lines, rounded once."""
        return cents(sum(line.net for line in self.lines))

    @property
    def tax_cents(self) -> int:
        """The header's tax, as the sale's till rounds it: AmberPOS per tax, Lightspeed once."""
        if self.till == "amber":
            return self.gst_cents + self.pst_cents
        return cents(sum(line.unit_tax * line.quantity for line in self.lines))

    @property
    def gst_cents(self) -> int:
        """GST on the AmberPOS invoice."""
        return cents(sum(line.gst for line in self.lines))

    @property
    def pst_cents(self) -> int:
        """PST on the AmberPOS invoice."""
        return cents(sum(line.pst for line in self.lines))

    @property
    def total_cents(self) -> int:
        """What the customer owes, tax included."""
        return self.net_cents + self.tax_cents


def make_line(product: Product, quantity: int, unit_price: int, unit_discount: int = 0) -> Line:
    """A line with its taxes; prices in units, after the discount."""
    net = unit_price * quantity
    gst_rate = GST_PERCENT if product.tax != "none" else 0
    pst_rate = PST_PERCENT if product.tax == "gst_pst" else 0
    return Line(
        product=product,
        quantity=quantity,
        unit_price=unit_price,
        unit_discount=unit_discount,
        gst=percent_of(net, gst_rate),
        pst=percent_of(net, pst_rate),
        unit_tax=percent_of(unit_price, gst_rate + pst_rate),
    )


def make_discount_line(product: Product, amount: int, lines: list[Line]) -> Line:
    """A discount on the whole order, taking its share of each tax off; `amount` in units."""
    net = sum(line.net for line in lines)
    gst = divide_rounded(-amount * sum(line.gst for line in lines), net)
    pst = divide_rounded(-amount * sum(line.pst for line in lines), net)
    return Line(product, -1, amount, 0, gst, pst, -(gst + pst))
