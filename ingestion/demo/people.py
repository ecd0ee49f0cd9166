"""Invented customers and staff, and how each till's clerk happened to type them."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, timedelta

from ingestion.demo.ids import new_uuid

FIRST_NAMES = (
    "Ada Amara Anaïs André Aniko Asha Beatrix Bram Callum Camille Chidi Chloé Cormac Dalia Daniel "
    "Deepa Devon Edith Elena Elias Emeka Esmé Farah Felix Fiona Gita Graham Gwen Hana Harpreet "
    "Hugo Imogen Ines Iris Ivan Jasper Jin Joss Julian Kaito Karan Kofi Lars Leila Lena Liam Linh "
    "Lucía Maëlle Magnus Marta Mei Mina Nadia Neil Niamh Nina Noor Olek Orla Owen Parveen Petra "
    "Priya Quinn Rafael Rohan Rosalind Rupert Sana Saoirse Selma Simon Sofia Sunil Tamsin Tariq "
    "Theo Tomasz Una Vera Vikram Wren Xenia Yara Yusuf Zara Zoë"
).split()
LAST_NAMES = (
    "Alderwick Ambergate Appleyarrow Ashgrove-Finn Barnacleby Birchmere Bluffington Brambleton "
    "Brightwater Cedarholm Clamshell Cloverdale-Ross Copperfen Cranbrooke Dapplewood Driftmoor "
    "Elmsworthy Fairwindle Fernhollow Foxmarsh Galewright Gannetley Glenhaven Gooseberry "
    "Gullhaven Hartlebee Hawksmere Hazelquist Heatherstone Hollybrook Inglewhistle Ironbark "
    "Jadeharbour Juniperly Kelpworth Kettlewick Kingfisherton Larchmont-Lee Lavenderby Lilyford "
    "Maplethorpe Marigoldson Meadowlark Merrivale Millpebble Moonbury Mosswater Nettlecombe "
    "Nightingalewood Oakenfold-May Ospreyson Otterbourne-Hay Pebbleworth Penhallowick Pinecroft "
    "Plumstead-Roe Quillfeather Rainsford-Elm Ravenscrag Redcedar Rosemarin Rowanberry Saltspring "
    "Sandpiperly Seabright Silverbirchen Skerryvore Snowberryson Starlingham Stonecutterby "
    "Summerhaye Swallowfield Tamarackson Thistlewood Tidewell Umberlake Valerianson Violetmoor "
    "Wagtailson Waterlily Wexcombe Whimbrel Wildrose Willowherb Windermount Woodsorrel Wrenfield "
    "Yarrowgate Yewtreeby Zephyrton"
).split()
NICKNAMES = {
    "Beatrix": "Bea", "Daniel": "Dan", "Elias": "Eli", "Graham": "Gray", "Julian": "Jules",
    "Magnus": "Mag", "Rafael": "Rafa", "Rosalind": "Roz", "Rupert": "Ru", "Simon": "Si",
    "Tomasz": "Tom", "Vikram": "Vik", "Deepa": "Dee", "Fiona": "Fi", "Leila": "Lei",
}  # fmt: skip
COMPANIES = ("Daycare Society", "Preschool", "Family Centre", "Play Therapy", "Library", "Camp")
STREETS = (
    "Arbutus Cove Rd", "Barge Lane", "Cormorant Way", "Dogfish Crescent", "Estuary Dr",
    "Fogbank St", "Gumboot Alley", "Heron Steps", "Inlet Mews", "Kelp Row", "Lanternfish Ave",
    "Mudflat Pl", "Orca Terrace", "Puffin Walk", "Rainbarrel Rd", "Sandbar St", "Tugboat Blvd",
)  # fmt: skip
CITIES = (
    ("Vancouver", "V5K"), ("North Vancouver", "V7M"), ("West Vancouver", "V7T"),
    ("Burnaby", "V5H"), ("Richmond", "V6X"), ("New Westminster", "V3M"), ("Coquitlam", "V3J"),
)  # fmt: skip
AREA_CODES = (
    604, 778, 236, 250, 672, 587, 403, 780, 825, 368, 306, 639, 204, 431, 416, 647, 437, 905, 289,
    365, 519, 226, 548, 613, 343, 705, 249, 807, 514, 438, 450, 579, 418, 581, 367, 819, 873, 506,
    902, 782, 709, 867,
)  # fmt: skip
STAFF = (
    ("Marisol Kettlewick", "admin"), ("Dev Otterbourne", "manager"),
    ("Pippa Saltspring", "cashier"), ("Wendell Fernhollow", "cashier"),
    ("Noor Gullhaven", "cashier"), ("Bas Ironbark", "cashier"),
)  # fmt: skip
LAST_AMBER_DAY = date(2022, 12, 31)
SHARED = ("email", "phone", "both", "address", "phone", "email", "both", "phone", "email", "both",
          "phone", "email", "both", "phone", "email", "phone", "email")  # fmt: skip
EVERY_SECOND_CARD = 13


@dataclass(slots=True)
class Card:
    """One customer record of one till: an id there and how the clerk typed the person."""

    record_id: str
    first: str
    last: str
    email: str
    phone: str
    company: str
    since: date
    has_address: bool


@dataclass(slots=True)
class Person:
    """One invented person or household member; `shares` says what links the two tills' cards."""

    first: str
    last: str
    email: str
    phone: str
    street: str
    city: str
    postcode: str
    company: str
    since: date
    shares: str = ""
    amber: list[Card] = field(default_factory=list)
    lightspeed: list[Card] = field(default_factory=list)


def reserved_phone(number: int) -> str:
    """Ten digits of the range 555-0100 to 555-0199 that is kept for fiction; "" when used up."""
    area, line = divmod(number, 100)
    return f"{AREA_CODES[area]}55501{line:02d}" if area < len(AREA_CODES) else ""


def invent_people(count: int, start: date, end: date, rng: random.Random) -> list[Person]:
    """`count` people who first came in between `start` and `end`; names rarely repeat."""
    names = [(first, last) for first in FIRST_NAMES for last in LAST_NAMES]
    rng.shuffle(names)
    days = (end - start).days
    people = []
    for i in range(count):
        first, last = names[i % len(names)]
        mailbox = f"{first}.{last}{i // len(names) or ''}".lower()
        mailbox = mailbox.translate(str.maketrans("ëïéíáñ", "eieian"))
        city, forward = rng.choice(CITIES)
        local = f"{rng.randrange(10)}{rng.choice('ABCEGHJKL')}{rng.randrange(10)}"
        people.append(
            Person(
                first=first,
                last=last,
                email=f"{mailbox}@example.{rng.choice(('com', 'ca', 'org'))}",
                phone=reserved_phone(i),
                street=f"{rng.randrange(10, 4999)} {rng.choice(STREETS)}",
                city=city,
                postcode=f"{forward} {local}",
                company=f"{last} {rng.choice(COMPANIES)}" if rng.random() < 0.05 else "",
                since=start + timedelta(days=int(days * rng.random())),
            )
        )
    return people


def plant_look_alikes(people: list[Person], rng: random.Random) -> list[tuple[int, int, str]]:
    """Make a few different people share a phone and surname, or a whole name.

    Returns (index, index, what they share): pairs that must not be linked.
    """
    pairs = []
    chosen = rng.sample(range(len(people)), max(4, len(people) // 30) // 2 * 2)
    for turn, (i, j) in enumerate(zip(chosen[::2], chosen[1::2], strict=True)):
        one, other = people[i], people[j]
        other.last = one.last
        if turn % 2:
            other.first = one.first
            pairs.append((i, j, "the same name, nothing else"))
        else:
            other.phone = one.phone
            other.street, other.city, other.postcode = one.street, one.city, one.postcode
            pairs.append((i, j, "the same household: surname, phone and address"))
    return pairs


def write_cards(people: list[Person], rng: random.Random) -> None:
    """Give each person their cards: in AmberPOS, in Lightspeed, in both, some of them twice."""
    number, linked, new = 1000, 0, 0
    for person in people:
        if person.since <= LAST_AMBER_DAY:
            number += 1
            person.amber.append(write_first_card(person, f"C{number}", rng))
            if number % EVERY_SECOND_CARD == 0:
                number += 1
                person.amber.append(_second_card(person, f"C{number}", person.since, rng))
        if person.since > LAST_AMBER_DAY:
            person.lightspeed.append(write_first_card(person, new_uuid(rng), rng))
        elif rng.random() < 0.65:
            person.shares = SHARED[linked % len(SHARED)]
            linked += 1
            since = date(2022, 12, 12) + timedelta(days=int(360 * rng.random() ** 3))
            person.lightspeed.append(_second_card(person, new_uuid(rng), since, rng))
        new += bool(person.lightspeed)
        if person.lightspeed and new % EVERY_SECOND_CARD == 0:
            later = person.lightspeed[0].since + timedelta(days=rng.randrange(20, 120))
            person.lightspeed.append(_second_card(person, new_uuid(rng), later, rng))


def write_first_card(person: Person, record_id: str, rng: random.Random) -> Card:
    """The person as typed the first time, all of it right."""
    return Card(
        record_id, person.first, person.last, person.email, _format_phone(person.phone, 0),
        person.company, person.since, has_address=rng.random() < 0.7,
    )  # fmt: skip


def _second_card(person: Person, record_id: str, since: date, rng: random.Random) -> Card:
    """The same person typed again: name re-typed, e-mail in another case, phone in other form."""
    shares = person.shares or "both"
    first, last = retype_name(person.first, person.last, rng)
    email = rng.choice((str.upper, str.title, str))(person.email)
    phone = _format_phone(person.phone, rng.randrange(1, 5))
    return Card(
        record_id, first, last,
        email if shares in ("email", "both") else "",
        phone if shares in ("phone", "both") else "",
        person.company if rng.random() < 0.5 else "",
        since, has_address=shares == "address" or rng.random() < 0.4,
    )  # fmt: skip


def retype_name(first: str, last: str, rng: random.Random) -> tuple[str, str]:
    """The name as another clerk typed it: case, nickname, accent dropped, letters swapped."""
    way = rng.randrange(7)
    if way == 0:
        return first.upper(), last.upper()
    if way == 1:
        return first.lower(), last.lower()
    if way == 2:
        return NICKNAMES.get(first, first), last
    if way == 3:
        return first.translate(str.maketrans("ëïéíáñ", "eieian")), last.replace("-", " ")
    if way == 4:
        at = rng.randrange(1, len(last) - 2)
        return first, last[:at] + last[at + 1] + last[at] + last[at + 2 :]
    if way == 5:
        return f"{first} ", last
    return first, last


def _format_phone(digits: str, way: int) -> str:
    if not digits:
        return ""
    area, exchange, line = digits[:3], digits[3:6], digits[6:]
    return (
        f"{area}-{exchange}-{line}",
        f"({area}) {exchange}-{line}",
        f"+1 {area} {exchange} {line}",
        digits,
        f"1-{area}.{exchange}.{line}",
    )[way]
