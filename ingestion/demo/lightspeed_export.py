"""Writes a shop's X-Series export: one JSONL file per entity, in constant memory."""

from __future__ import annotations

import heapq
import json
import random
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from ingestion.demo.clerk import Clerk
from ingestion.demo.closures import Closure, closure_records
from ingestion.demo.lightspeed_masters import customer_records, product_records
from ingestion.demo.lightspeed_sales import SaleWriter
from ingestion.demo.lightspeed_stock import Stock, count_sold, gift_card_records, outlet_taxes
from ingestion.demo.lightspeed_tables import SmallTables
from ingestion.demo.sale import Sale
from ingestion.demo.shop import Shop
from ingestion.demo.versions import Versions


def write_export(
    folder: Path, shop: Shop, clerk: Clerk, sales: Iterable[Sale], seed: int,
    on_hand: dict[str, int], end: datetime, closures: Sequence[Closure] = (),
) -> None:  # fmt: skip
    """Write every entity to `folder` (made when absent); the export is taken soon after `end`.

    `sales` are read once, as they come; those of another till are passed over. `on_hand` is
    the stock that AmberPOS left (item number -> pieces), `closures` are of the front register.
    """
    folder.mkdir(parents=True, exist_ok=True)
    out = Writer(folder, end + timedelta(hours=9))
    small = SmallTables(shop, random.Random(f"{seed} tables"))
    sold: Counter = Counter()
    writer = SaleWriter(shop, small.payment_type_ids, random.Random(f"{seed} lines"))
    written = out.write("sales", sale_records(_counting(sales, sold), writer, Versions("sales")))
    for entity, records in small.tables(written + 1, end).items():
        out.write(entity, records)
    if closures:
        ids = small.payment_type_ids
        out.write("register_closures", closure_records(closures, shop.ids["front"], ids))
    stock = Stock(shop, small, random.Random(f"{seed} stock"), sold, on_hand, end)
    consignments, consignment_products = stock.consignments()
    out.write("products", product_records(shop, small))
    out.write("customers", customer_records(shop))
    out.write("inventory", stock.inventory(end))
    out.write("outlet_taxes", outlet_taxes(shop))
    out.write("consignments", consignments)
    out.write("consignment_products", consignment_products)
    out.write("gift_cards", gift_card_records(clerk.gift_cards, random.Random(f"{seed} cards")))


class Writer:
    """Writes records to `<entity>.jsonl`, each stamped with the moment of the export."""

    def __init__(self, folder: Path, exported_at: datetime) -> None:
        """`exported_at`: when the exporter began, UTC."""
        self.folder, self.exported_at = folder, exported_at.replace(tzinfo=None)

    def write(self, entity: str, records: Iterable[dict]) -> int:
        """Write one entity; returns how many records there were."""
        count = 0
        with (self.folder / f"{entity}.jsonl").open("w", encoding="utf-8", newline="\n") as file:
            for record in records:
                self.exported_at += timedelta(microseconds=73)
                record["_exported_at"] = self.exported_at.isoformat(timespec="microseconds")
                file.write(json.dumps(record, ensure_ascii=False) + "\n")
                count += 1
        return count


def sale_records(sales: Iterable[Sale], writer: SaleWriter, versions: Versions) -> Iterator[dict]:
    """The records of the sales, ascending by version, that is by their last change."""
    for sale in in_order_of_change(sales):
        yield writer.record(sale, versions.next(sale.updated_at or sale.at))


def in_order_of_change(sales: Iterable[Sale]) -> Iterator[Sale]:
    """Sales that come in order of `at`, put in order of `updated_at`; holds back the open few."""
    waiting: list[tuple[datetime, int, Sale]] = []
    for turn, sale in enumerate(sales):
        while waiting and waiting[0][0] <= sale.at:
            yield heapq.heappop(waiting)[2]
        heapq.heappush(waiting, (sale.updated_at or sale.at, turn, sale))
    while waiting:
        yield heapq.heappop(waiting)[2]


def _counting(sales: Iterable[Sale], sold: Counter) -> Iterator[Sale]:
    for sale in sales:
        if sale.till == "lightspeed":
            count_sold(sold, sale)
            yield sale
