"""The market stall of Harbour Toys: a summer on Square, as its API gives it, with the truth."""

from __future__ import annotations

import random
from datetime import date, timedelta

from ingestion.demo.days import on_clock, utc_text
from ingestion.demo.shop import Shop
from ingestion.demo.square_orders import Item, Terms, give_back, ring_up
from ingestion.demo.truth import Tally, cards_elsewhere, known_people

STALL = "square_stall"
PLACE = "LSTALL000001"
TEAM = (("TMstall1", "Robin", "Vale", 1850), ("TMstall2", "Kit", "Moss", 1725))
FIRST_MARKET_DAY, LAST_MARKET_DAY = date(2024, 5, 4), date(2024, 6, 30)
TAX = 12_000  # GST and PST together, in parts of 100,000
OWN_GOODS = (
    ("Lemonade", "Cup", 450),
    ("Lemonade", "Bottle", 950),
    ("Face painting", "Regular", 800),
)


class Stall:
    """What the stall sells and to whom; `records` fills up with what Square would give."""

    def __init__(self, shop: Shop, rng: random.Random) -> None:
        self._rng = rng
        self._number = 0
        self.records: dict[str, list[dict]] = {
            "locations": [{
                "id": PLACE, "name": "Harbour Toys Stall", "status": "ACTIVE", "currency": "CAD",
                "timezone": "America/Vancouver", "country": "CA",
            }],
            **{name: [] for name in (
                "catalog_objects", "customers", "team_members", "orders", "payments", "refunds",
                "timecards", "inventory_counts", "gift_card_activities",
            )},
        }  # fmt: skip
        linked = [p for p in shop.products if p.shares == "barcode" and p.lightspeed_id]
        cheap = sorted(linked, key=lambda product: product.price)[:40]
        self.goods = rng.sample(cheap, min(20, len(cheap)))
        self.people = known_people(shop, 8, rng)
        self.tally = Tally()
        self._list_goods()
        self._list_people()

    def _list_goods(self) -> None:
        opened = _moment(FIRST_MARKET_DAY, 8)
        objects = self.records["catalog_objects"]
        objects.append({
            "type": "CATEGORY", "id": "CATTOYS", "updated_at": opened, "is_deleted": False,
            "category_data": {"name": "Toys"},
        })  # fmt: skip
        things = [(p.name, "Regular", _cents(p.price), p.barcode) for p in self.goods]
        things += [(name, variation, price, None) for name, variation, price in OWN_GOODS]
        self.items: list[Item] = []
        for number, (name, variation, price, barcode) in enumerate(things, start=1):
            item_id, variation_id = f"ITEM{number:04d}", f"VAR{number:05d}"
            common = {"updated_at": opened, "created_at": opened, "is_deleted": False}
            data = {"item_id": item_id, "name": variation, "sku": f"ST-{number:03d}"}
            data |= {"price_money": _money(price)} | ({"upc": barcode} if barcode else {})
            objects += [
                {"type": "ITEM", "id": item_id, **common,
                 "item_data": {"name": name, "reporting_category": {"id": "CATTOYS"}}},
                {"type": "ITEM_VARIATION", "id": variation_id, **common,
                 "item_variation_data": data},
            ]  # fmt: skip
            self.records["inventory_counts"].append({
                "catalog_object_id": variation_id, "location_id": PLACE, "state": "IN_STOCK",
                "quantity": str(number), "calculated_at": opened,
            })  # fmt: skip
            self.items.append(Item(name, price, "1", variation_id, variation))

    def _list_people(self) -> None:
        opened = _moment(FIRST_MARKET_DAY, 8)
        self.records["customers"] = [
            {"id": f"CUST{n:04d}", "given_name": p.first, "family_name": p.last,
             "email_address": p.email, "phone_number": f"+1{p.phone}",
             "created_at": opened, "updated_at": opened}
            for n, p in enumerate(self.people, start=1)
        ]  # fmt: skip
        self.records["team_members"] = [
            {"id": member, "given_name": first, "family_name": last, "status": "ACTIVE"}
            for member, first, last, _ in TEAM
        ]

    # -- market days -----------------------------------------------------------------------

    def open(self) -> None:
        """Every Saturday and Sunday of the season."""
        day = FIRST_MARKET_DAY
        while day <= LAST_MARKET_DAY:
            if day.weekday() >= 5:
                self._work(day)
                sold = [self._sell(day) for _ in range(self._rng.randint(8, 14))]
                if self._rng.random() < 0.5:
                    self._take_back(day, self._rng.choice(sold))
            day += timedelta(days=1)
        self._leave_open(LAST_MARKET_DAY)

    def _work(self, day: date) -> None:
        for member, _, _, rate in TEAM:
            start, end = (_moment(day, hour) for hour in (9, 17))
            pause = {"id": f"BR{day:%m%d}{member[-1]}", "is_paid": False}
            pause |= {"start_at": _moment(day, 12), "end_at": _moment(day, 12.5)}
            self.records["timecards"].append({
                "id": f"TC{day:%m%d}{member[-1]}", "location_id": PLACE, "team_member_id": member,
                "status": "CLOSED", "start_at": start, "end_at": end, "breaks": [pause],
                "wage": {"title": "Stall", "hourly_rate": _money(rate)}, "updated_at": end,
            })  # fmt: skip

    def _sell(self, day: date) -> dict:
        rng = self._rng
        chosen = rng.sample(self.items, rng.randint(1, 4))
        items = [
            Item(i.name, i.price, str(rng.choice([1, 1, 2])), i.variation_id, i.variation_name,
                 modifiers=75 if i.name == "Lemonade" and rng.random() < 0.3 else 0)
            for i in chosen
        ]  # fmt: skip
        if rng.random() < 0.05:
            items.append(Item("Gift card", 2500, item_type="GIFT_CARD", is_taxed=False))
        is_cash = rng.random() < 0.5
        discount, tip = rng.choice([0, 0, 0, 200]), 0 if is_cash else rng.choice([0, 0, 150])
        charge = rng.choice([0] * 9 + [300])
        terms = Terms(
            tax_rate=TAX, order_discount=discount, tip=tip, charge=charge, is_charge_taxed=True
        )
        total = ring_up(items, terms)["total_money"]["amount"]
        if is_cash:
            rounding = (total + 2) // 5 * 5 - total
            terms = Terms(
                tax_rate=TAX, order_discount=discount, charge=charge, is_charge_taxed=True,
                cash_rounding=rounding,
            )  # fmt: skip
        order = self._note(day, ring_up(items, terms), hours_late=50 if rng.random() < 0.03 else 0)
        self._pay(order, "CASH" if is_cash else "CARD", tip)
        self._count(order)
        return order

    def _take_back(self, day: date, order: dict) -> None:
        back = self._note(day, give_back(order))
        payment = next(p for p in self.records["payments"] if p["order_id"] == order["id"])
        amount = -back["net_amounts"]["total_money"]["amount"]
        self.records["refunds"].append({
            "id": f"{payment['id']}_R", "payment_id": payment["id"], "order_id": back["id"],
            "location_id": PLACE, "status": "COMPLETED", "amount_money": _money(amount),
            "team_member_id": payment["team_member_id"], "created_at": back["created_at"],
            "updated_at": back["updated_at"],
        })  # fmt: skip
        self._count(back)

    def _leave_open(self, day: date) -> None:
        """An open ticket and a canceled one: neither is a sale."""
        for state in ("OPEN", "CANCELED"):
            order = self._note(day, ring_up(self.items[:1], Terms(tax_rate=TAX)))
            order["state"] = state

    def _note(self, day: date, money: dict, hours_late: int = 0) -> dict:
        self._number += 1
        minute = self._rng.randrange(6 * 60)
        at = on_clock(day, 10) + timedelta(minutes=minute)
        order = {
            "id": f"ORD{self._number:06d}", "location_id": PLACE, "state": "COMPLETED",
            "created_at": utc_text(at), "closed_at": utc_text(at),
            "updated_at": utc_text(at + timedelta(hours=hours_late)),
            "source": {"name": "Square Point of Sale"},
        } | money  # fmt: skip
        if self._rng.random() < 0.2 and self.people:
            order["customer_id"] = self._rng.choice(self.records["customers"])["id"]
        self.records["orders"].append(order)
        return order

    def _pay(self, order: dict, source_type: str, tip: int) -> None:
        total = order["net_amounts"]["total_money"]["amount"]
        self.records["payments"].append({
            "id": f"PAY{order['id'][3:]}", "order_id": order["id"], "location_id": PLACE,
            "status": "COMPLETED", "source_type": source_type,
            "amount_money": _money(total - tip), "tip_money": _money(tip),
            "total_money": _money(total), "receipt_number": f"S{order['id'][3:]}",
            "team_member_id": self._rng.choice(TEAM)[0], "created_at": order["created_at"],
            "updated_at": order["updated_at"],
            "device_details": {"device_id": "DEVICE1", "device_name": "Stall tablet"},
        })  # fmt: skip

    def _count(self, order: dict) -> None:
        net = {name: money["amount"] for name, money in order["net_amounts"].items()}
        returned = [line for r in order.get("returns", []) for line in r["return_line_items"]]
        lines = order.get("line_items", []) + order.get("service_charges", [])
        self.tally.sale(len(lines) + len(returned), net["total_money"], net["tax_money"])
        self.tally.by_line_type["tip"] += net["tip_money"]
        self.tally.by_line_type["service_charge"] += net["service_charge_money"]
        for line in [*order.get("line_items", []), *returned]:
            if line["item_type"] == "GIFT_CARD":
                sign = -1 if line in returned else 1
                self.tally.by_line_type["gift_card"] += sign * line["total_money"]["amount"]
                self._move_card(order, line["total_money"], is_return=sign < 0)

    def _move_card(self, order: dict, money: dict, is_return: bool) -> None:
        """A gift card is sold with an order, or is worth nothing as its sale is given back."""
        details = {"amount_money": money}
        if is_return:
            details["reason"] = "PURCHASE_WAS_REFUNDED"
        else:
            details["order_id"] = order["id"]
        kind = "ADJUST_DECREMENT" if is_return else "ACTIVATE"
        self.records["gift_card_activities"].append({
            "id": f"GFTACT{order['id'][3:]}", "type": kind, "location_id": PLACE,
            "created_at": order["closed_at"], f"{kind.lower()}_activity_details": details,
            "gift_card_balance_money": _money(0 if is_return else money["amount"]),
        })  # fmt: skip


def invent_stall(shop: Shop, rng: random.Random) -> tuple[dict[str, list[dict]], dict]:
    """What Square would give, as {file: [record, ...]}, and what is true of it."""
    stall = Stall(shop, rng)
    stall.open()
    return stall.records, {
        **stall.tally.told(),
        "product_links": [
            {"amber_main": p.amber_no, "lightspeed_main": p.lightspeed_id, STALL: f"VAR{n:05d}"}
            for n, p in enumerate(stall.goods, start=1)
        ],
        "customer_links": cards_elsewhere(
            STALL, [customer["id"] for customer in stall.records["customers"]], stall.people
        ),
    }


def _cents(units: int) -> int:
    return (units + 500) // 1000


def _money(amount: int) -> dict:
    return {"amount": amount, "currency": "CAD"}


def _moment(day: date, hour: float) -> str:
    return utc_text(on_clock(day, hour))
