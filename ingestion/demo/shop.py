"""Harbour Toys: the invented shop with its goods, people and the ids that Lightspeed gave it."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, datetime

from ingestion.demo.catalogue import invent_products, special_products
from ingestion.demo.ids import new_uuid
from ingestion.demo.people import (
    STAFF,
    Person,
    invent_people,
    plant_look_alikes,
    write_cards,
    write_first_card,
)
from ingestion.demo.retype import put_in_lightspeed, put_in_tills
from ingestion.demo.sale import Product

SHOP_NAME = "Harbour Toys"
FIRST_DAY = date(2021, 1, 2)
LAST_AMBER_DAY = date(2022, 12, 31)
FIRST_LIGHTSPEED_DAY = date(2022, 12, 28)
LAST_DAY = date(2024, 6, 30)


@dataclass
class GiftCard:
    """A gift card; movements are (time, IMPORTING|ACTIVATION|REDEEMING, cents, sale id)."""

    number: str
    till: str
    sold_at: datetime
    sale_id: str
    sold_cents: int
    movements: list[tuple[datetime, str, int, str]] = field(default_factory=list)

    @property
    def balance(self) -> int:
        """What is left on it, in cents."""
        return sum(cents for _, _, cents, _ in self.movements)


@dataclass
class Shop:
    """Everything that exists before the first sale.

    `ids` holds Lightspeed's ids of single things by name (outlet, front, online, retailer ...).
    `number_traps`: AmberPOS number -> Lightspeed id of another product with it as SKU.
    `look_alikes`: pairs of people (index, index, what they share) that are not the same.
    """

    products: list[Product]
    specials: dict[str, Product]
    people: list[Person]
    staff_ids: list[str]
    ids: dict[str, str]
    number_traps: dict[str, str]
    look_alikes: list[tuple[int, int, str]]


def invent_shop(products: int, customers: int, seed: int) -> Shop:
    """The shop of the demo: products and people spread over both tills, links planted."""
    rng = random.Random(f"{seed} shop")
    goods = invent_products(products, rng)
    traps = put_in_tills(goods, rng)
    people = invent_people(customers, FIRST_DAY, LAST_DAY, rng)
    look_alikes = plant_look_alikes(people, rng)
    write_cards(people, rng)
    return Shop(goods, special_products(rng), people, *_till_ids(rng), traps, look_alikes)


def invent_lightspeed_shop(
    products: int, customers: int, seed: int, start: date, end: date
) -> Shop:
    """A shop that only ever had Lightspeed, with exactly this many product and customer records.

    The products that are no goods (gift card, discount, ...) count as products.
    """
    rng = random.Random(f"{seed} lightspeed shop")
    specials = special_products(rng)
    goods = invent_products(products - len(specials), rng)
    put_in_lightspeed(goods, rng)
    for product in goods:
        product.lightspeed_created = start
    people = invent_people(customers, start, end, rng)
    for person in people:
        person.lightspeed.append(write_first_card(person, new_uuid(rng), rng))
    return Shop(goods, specials, people, *_till_ids(rng), {}, [])


def _till_ids(rng: random.Random) -> tuple[list[str], dict[str, str]]:
    names = "retailer outlet front online group_all group_trade no_tax gst pst gst_pst price_book"
    names += " rate_none rate_gst rate_pst receipt_template button_layout"
    return [new_uuid(rng) for _ in STAFF], {name: new_uuid(rng) for name in names.split()}
