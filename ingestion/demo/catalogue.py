"""Three hundred (or a hundred thousand) toys that do not exist, and what each till calls them."""

from __future__ import annotations

import random
from datetime import date, timedelta

from ingestion.demo.ids import ean13, new_uuid
from ingestion.demo.money import UNITS_PER_CENT, divide_rounded
from ingestion.demo.sale import Product

FIRST_AMBER_NO, LAST_AMBER_NO = 1006, 18271
LAST_AMBER_CREATION = date(2022, 11, 15)
THEMES = (
    "Orca Bay", "Cedar Forest", "Coral Reef", "Comet Club", "Dinosaur Valley", "Fairy Garden",
    "Tugboat Harbour", "Sleepy Bear", "Rainy Day", "Salmon Run", "Tidepool", "Moonlit Castle",
    "Busy Bakery", "Polar Night", "Honeybee", "Raven's Quest", "Lighthouse", "Prairie Farm",
    "Mountain Rescue", "Jungle Parade", "Pirate Cove", "Snowy Owl", "Garden Gnome", "Robot Picnic",
    "Sea Otter", "Maple Leaf", "Little Postie", "Northern Lights", "Wizard School", "Noodle Shop",
    "Dragon Kite", "Beaver Dam", "Ferry Ride", "Treehouse", "Volcano Lab", "Circus Train",
    "Puffin Island", "Jelly Bean", "Clockwork", "Wild Pony",
)  # fmt: skip
CATEGORIES: dict[str, tuple[tuple[str, ...], tuple[str, ...], int, int]] = {
    # category: (things, sizes, lowest price, highest price in dollars)
    "Puzzles": (
        ("Floor Puzzle", "Jigsaw Puzzle", "Tray Puzzle", "Puzzle in a Tin", "Peg Puzzle"),
        ("24 pc", "48 pc", "100 pc", "200 pc", "500 pc"), 12, 35),
    "Games": (
        ("Board Game", "Card Game", "Memory Game", "Dice Game", "Cooperative Game"),
        ("2-4 players", "2-6 players", "Travel", "Junior", "Deluxe"), 10, 60),
    "Plush": (
        ("Plush", "Hand Puppet", "Bean Bag Plush", "Cuddle Blanket", "Plush Backpack"),
        ("15 cm", "20 cm", "30 cm", "45 cm", "60 cm"), 10, 65),
    "Wooden Toys": (
        ("Stacking Rings", "Shape Sorter", "Pull Along", "Balance Board", "Bead Maze"),
        ("Natural", "Rainbow", "Pastel", "Mini", "Large"), 14, 90),
    "Build & Construct": (
        ("Building Blocks", "Magnetic Tiles", "Marble Run", "Brick Set", "Gear Kit"),
        ("30 pc", "60 pc", "100 pc", "150 pc", "250 pc"), 18, 120),
    "Dolls & Accessories": (
        ("Rag Doll", "Dollhouse", "Doll Pram", "Doll Outfit", "Doll Furniture"),
        ("Rose", "Sky", "Moss", "Sunny", "Plum"), 12, 140),
    "Arts & Crafts": (
        ("Paint Set", "Sticker Mosaic", "Bracelet Kit", "Modelling Dough", "Weaving Loom"),
        ("6 colours", "12 colours", "24 colours", "Refill", "Party Pack"), 8, 45),
    "Books": (
        ("Picture Book", "Board Book", "Activity Book", "Sound Book", "Chapter Book"),
        ("hardcover", "paperback", "ages 0-3", "ages 4-7", "ages 8+"), 9, 30),
    "Outdoor Play": (
        ("Kite", "Sand Bucket Set", "Skipping Rope", "Flying Disc", "Bubble Wand"),
        ("Red", "Blue", "Green", "Yellow", "Family Pack"), 6, 55),
    "Baby/Toddler": (
        ("Rattle", "Teether", "Activity Mat", "Bath Boat", "Crinkle Book"),
        ("Peach", "Mint", "Sand", "Gift Set", "Twin Pack"), 8, 80),
    "Science, STEM/STEAM": (
        ("Crystal Kit", "Circuit Kit", "Microscope", "Telescope", "Fossil Dig"),
        ("Starter", "Classroom", "Pro", "Mini", "Refill"), 15, 110),
    "Things That Go!": (
        ("Train Set", "Fire Truck", "Race Car", "Tow Truck", "Ferry Boat"),
        ("Red", "Blue", "Wooden", "Pull Back", "Remote Control"), 7, 95),
    "Pretend Play": (
        ("Tea Set", "Doctor Kit", "Cash Register", "Play Food", "Tool Bench"),
        ("Tin", "Wooden", "Felt", "Travel", "Deluxe"), 12, 130),
    "Fidgets/Sensory": (
        ("Pop Board", "Squishy", "Liquid Timer", "Chew Necklace", "Putty"),
        ("Red", "Blue", "Glow", "Glitter", "Calm"), 4, 25),
    "Stationery": (
        ("Notebook", "Gel Pens", "Stamp Set", "Lunch Bag", "Pencil Case"),
        ("A5", "A6", "Set of 6", "Set of 12", "Glitter"), 5, 30),
}  # fmt: skip
BRANDS = (
    "Driftwood & Daughters", "Otterly", "Tidewater Toys", "Pinebark", "Captain Kelp", "Moss & Moon",
    "Little Gumboot", "Ferrywake", "Sprocket Lane", "Puffin Post", "Cloudberry", "Knots & Whittle",
    "Salal", "Wobblefox", "Barnacle Bros", "Thimblewick", "Paper Heron", "Nine Pebbles",
    "Quillo", "Snailmail", "Hullaballoo", "Gingham Goose", "Loop & Ladder", "Marmalade Mouse",
)  # fmt: skip
SUPPLIERS = (
    "Breakwater Distribution Inc.", "Fernie Toy Traders", "Halyard Wholesale", "Kestrel Imports",
    "Lantern Book Supply", "North Arm Agencies", "Ridgeline Toys Ltd.", "Skookum Supply Co.",
)  # fmt: skip
SPECIALS = {
    # line type: (name, AmberPOS item number, Lightspeed SKU, tax)
    "gift_card": ("Gift Card", "GIFT-CARD", "gift-card", "none"),
    "postage": ("Postage", "POSTAGE", "POSTAGE", "gst"),
    "fee": ("Manual fee", "FEE", "FEE", "gst_pst"),
    "bad_debt": ("Bad debt written off", "BAD-DEBT", "BAD-DEBT", "none"),
    "discount": ("Discount", "", "vend-discount", "gst_pst"),
}


def special_products(rng: random.Random) -> dict[str, Product]:
    """The products that are no goods, by line type, in both tills where both have them."""
    made = {}
    for line_type, (name, amber_no, sku, tax) in SPECIALS.items():
        made[line_type] = Product(
            name, "", "", "", "", "", 0, 0, tax, line_type,
            amber_no=amber_no, amber_name=name,
            lightspeed_id=new_uuid(rng), lightspeed_sku=sku, lightspeed_name=name,
            shares="special" if amber_no else "",
        )  # fmt: skip
    return made


def invent_products(count: int, rng: random.Random) -> list[Product]:
    """`count` products with names, prices and codes, not yet known to any till.

    About one in eight is another size of the one before it: the look-alikes of a real shop.
    """
    kinds = [(c, t, n) for c, (things, _, _, _) in CATEGORIES.items()
             for t in things for n in THEMES]  # fmt: skip
    rng.shuffle(kinds)
    supplier_of = {brand: rng.choice(SUPPLIERS) for brand in BRANDS}
    products: list[Product] = []
    sizes: list[str] = []
    turn = 0
    while len(products) < count:
        if sizes and rng.random() < 0.4:
            product = _another_size(products[-1], sizes.pop(), rng)
        else:
            lap, place = divmod(turn, len(kinds))
            turn += 1
            category, thing, theme = kinds[place]
            brand = BRANDS[(place + lap) % len(BRANDS)]
            sizes = list(CATEGORIES[category][1])
            rng.shuffle(sizes)
            name = f"{theme} {thing}" if lap == 0 else f"{brand} {theme} {thing}"
            if lap >= len(BRANDS):
                name += f" No. {lap}"
            product = _new_product(name, brand, category, sizes.pop(), supplier_of[brand], rng)
        product.barcode = ean13((len(products) + 1) * 7919 % 999_999_937)
        products.append(product)
    return products


def _new_product(
    name: str, brand: str, category: str, size: str, supplier: str, rng: random.Random
) -> Product:
    _, _, lowest, highest = CATEGORIES[category]
    price_cents = int(100 * (lowest + (highest - lowest) * rng.random() ** 2)) // 100 * 100 + 99
    price = price_cents * UNITS_PER_CENT
    initials = "".join(word[0] for word in brand.split())
    code = f"{initials}{rng.choice('-/ ')}{rng.randrange(1000, 99999)}"
    if rng.random() < 0.3:
        code = f"{rng.randrange(100, 9999)}"
    return Product(
        name=f"{name} {size}", brand=brand, category=category,
        supplier="Lantern Book Supply" if category == "Books" else supplier,
        supplier_code=code, barcode="", price=price, size=size,
        cost=divide_rounded(price * rng.randrange(42, 58), 100_000) * UNITS_PER_CENT,
        tax="gst" if category == "Books" else "gst_pst",
        created=date(2020, 11, 2) + timedelta(days=max(0, rng.randrange(-900, 740))),
    )  # fmt: skip


def _another_size(like: Product, size: str, rng: random.Random) -> Product:
    parent = like.variant_of or like
    name = parent.name.removesuffix(parent.size) + size
    new = _new_product(name, like.brand, like.category, "", like.supplier, rng)
    new.name, new.size, new.variant_of = name, size, parent
    new.price, new.cost, new.created = like.price, like.cost, like.created
    return new
