"""Invented lists with known truth, of any size: people with their errors, products of two tills."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator
from pathlib import Path

GIVEN_NAMES, SURNAMES, STREETS, CITIES = 900, 9_000, 3_000, 150
SYLLABLES = "ba be bo da de do fa fi ga go ha he jo ka ke la le lo ma me mi na ne no pa ra re ri ro sa se ta te to va vi wa za".split()  # noqa: E501
ENDINGS = "n l r s th ck son man ley ton ford x d".split()
REPEATED_SHARE = 0.3  # of the records are another record of somebody
COMMON_SHARE = 0.7  # of the products are in both tills
COLOURS = "black white red blue green silver grey pink yellow brown".split()
SIZES = "small medium large 250 ml 500 ml 1 l 2 kg 500 g 10 cm 20 cm".split(" ")
KINDS = 400
BRANDS = 250


def write_people(path: Path, records: int, seed: int = 7) -> None:
    """A list of `records` people as CSV, with the column `cluster` as truth.

    Three in ten records are another one of somebody, with typing errors, short forms, empty
    fields, swapped names or a new address; households share surname, address and often the phone.
    """
    rng = random.Random(seed)
    given, surnames = _words(rng, GIVEN_NAMES), _words(rng, SURNAMES)
    streets, cities = _words(rng, STREETS), _words(rng, CITIES)
    columns = "id cluster given_name surname birth_date email phone address postcode city".split()
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        number = person = 0
        while number < records:
            household = _household(rng, given, surnames, streets, cities)
            for member in household:
                person += 1
                versions = [member]
                while rng.random() < REPEATED_SHARE:
                    versions.append(_with_errors(rng, member))
                for version in versions[: records - number]:
                    number += 1
                    writer.writerow([number, person, *version])


def _household(
    rng: random.Random, given: list[str], surnames: list[str], streets: list[str], cities: list[str]
) -> Iterator[list[str]]:
    """One to four people, each as the columns from given_name on."""
    surname, city = _often(rng, surnames), rng.randrange(len(cities))
    address = f"{rng.randrange(1, 200)} {rng.choice(streets)} street"
    postcode = f"{city:03}{rng.randrange(60):02}"
    shared_phone = f"604{rng.randrange(10**7):07}"
    for place in range(rng.choice((1, 1, 1, 2, 2, 3, 4))):
        name = _often(rng, given)
        year = rng.randrange(1940, 2005) if place < 2 else rng.randrange(1995, 2015)
        birth = f"{year}-{rng.randrange(1, 13):02}-{rng.randrange(1, 29):02}"
        email = f"{name}.{surname}{rng.randrange(100)}@mail{rng.randrange(5)}.example"
        phone = shared_phone if rng.random() < 0.5 else f"778{rng.randrange(10**7):07}"
        yield [name, surname, birth, email, phone, address, postcode, cities[city]]


def _with_errors(rng: random.Random, record: list[str]) -> list[str]:
    """The same person as another clerk wrote it down."""
    fields = list(record)
    for place in range(len(fields)):
        chance = rng.random()
        if chance < 0.12:
            fields[place] = ""
        elif chance < 0.22 and place != 2:
            fields[place] = _typing_error(rng, fields[place])
    if rng.random() < 0.05:
        fields[0], fields[1] = fields[1], fields[0]
    if rng.random() < 0.05 and fields[0]:
        fields[0] = fields[0][:1]
    if rng.random() < 0.05 and fields[2]:
        year, month, day = fields[2].split("-")
        fields[2] = f"{year}-{day}-{month}" if int(day) <= 12 else f"{year}-{month}-01"
    if rng.random() < 0.1:
        fields[5] = f"{rng.randrange(1, 200)} new road"
        fields[6] = f"{rng.randrange(150):03}{rng.randrange(60):02}"
    return fields


def write_products(left: Path, right: Path, gold: Path, products: int, seed: int = 7) -> None:
    """Two product lists of that size as CSV, and the pairs of ids that are the same."""
    rng = random.Random(seed)
    brands, kinds = _words(rng, BRANDS), _words(rng, KINDS)
    common = round(products * COMMON_SHARE)
    rows: dict[Path, list[list[str]]] = {left: [], right: []}
    for number in range(2 * products - common):
        product = _product(rng, brands, kinds)
        if number < common or number % 2:
            rows[left].append([f"a{number}", *product])
        if number < common or not number % 2:
            rows[right].append([f"b{number}", *_renamed(rng, product)])
    for path, lines in rows.items():
        rng.shuffle(lines)
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([["id", "name", "brand", "price"], *lines])
    with gold.open("w", encoding="utf-8", newline="") as file:
        pairs = [[f"a{number}", f"b{number}"] for number in range(common)]
        csv.writer(file).writerows([["left", "right"], *pairs])


def _product(rng: random.Random, brands: list[str], kinds: list[str]) -> list[str]:
    brand, kind = _often(rng, brands), _often(rng, kinds)
    words = [brand, rng.choice(kinds), kind, rng.choice(COLOURS), rng.choice(SIZES)]
    if rng.random() < 0.5:
        words.append(f"{rng.choice('ABKLMX')}{rng.choice('TRVZ')}{rng.randrange(100, 9999)}")
    return [" ".join(words), brand, f"{rng.randrange(99, 19999) / 100:.2f}"]


def _renamed(rng: random.Random, product: list[str]) -> list[str]:
    """The product as the next till names it."""
    name, brand, price = product
    words = name.split()
    if rng.random() < 0.3:
        words = words[1:]
    if rng.random() < 0.3:
        rng.shuffle(words)
    if rng.random() < 0.2:
        place = rng.randrange(len(words))
        words[place] = _typing_error(rng, words[place])
    if rng.random() < 0.3:
        price = f"{float(price) * rng.uniform(0.9, 1.2):.2f}"
    return [" ".join(words), brand if rng.random() < 0.7 else "", price]


def _words(rng: random.Random, count: int) -> list[str]:
    words: dict[str, None] = {}
    while len(words) < count:
        syllables = "".join(rng.choice(SYLLABLES) for _ in range(rng.choice((1, 2, 2, 3))))
        words[syllables + rng.choice(ENDINGS)] = None
    return list(words)


def _often(rng: random.Random, words: list[str]) -> str:
    """One of the words, the first ones far more often, as names are."""
    return words[int(len(words) * rng.random() ** 3)]


def _typing_error(rng: random.Random, text: str) -> str:
    if len(text) < 3:
        return text
    place = rng.randrange(1, len(text) - 1)
    other = rng.choice("abcdefghijklmnopqrstuvwxyz")
    return rng.choice(
        (
            text[:place] + text[place + 1 :],
            text[:place] + other + text[place:],
            text[:place] + other + text[place + 1 :],
            text[:place] + text[place + 1] + text[place] + text[place + 2 :],
        )
    )
