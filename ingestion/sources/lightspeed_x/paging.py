"""X-Series over its API: one reading loop per kind of endpoint.

No loop takes a short page for the end: the server cuts `page_size` down without a word.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator

from ingestion.accounts import Account
from ingestion.contract import Documents, Pull, Record, Rejection, SourceError
from ingestion.http import NotFoundError
from ingestion.json_text import Piece, with_field
from ingestion.round_caps import is_round_cap
from ingestion.sources.lightspeed_x.client import Client, Page
from ingestion.sources.lightspeed_x.entities import KeysOfOneList, XEntity

LIST_SIZE_LIMIT = 64_000


def read(account: Account, entity: XEntity, pull: Pull) -> Iterator[list[Record]]:
    """Yield what changed since the bookmark (endpoints with versions) or the whole list."""
    if pull.since or pull.refresh_day:
        pull.warn("X-Series cannot be asked by date: the day given is left out of account.")
    with Client(account, pull) as client:
        yield from LOOPS[entity.paging](client, entity, pull)


def _by_version(client: Client, entity: XEntity, pull: Pull) -> Iterator[list[Record]]:
    params = {"page_size": entity.page_size}
    if entity.takes_deleted:
        params["deleted"] = "true"
    after = 0 if pull.force else pull.bookmark.get("version", 0)
    for page in version_pages(client, entity.name, params, after, entity.may_lack_version):
        if page.version_max is None:
            yield from _whole_list(client, entity, pull)
            return
        records = to_records(entity, page.records, entity.name, pull)
        pull.bookmark["version"] = page.version_max
        yield records


def version_pages(
    client: Client, path: str, params: dict, after: int, may_lack_version: bool = False
) -> Iterator[Page]:
    """The pages of a version-paged list behind version `after`, up to the empty one.

    The cursor rises, so a record that changes while we read comes again further on. Raises
    SourceError for a page that came before and for a cursor that stands still.
    """
    seen: set[bytes] = set()
    number = 1
    while True:
        place = f"{path}, page {number}, after version {after}"
        page = client.page(path, params | {"after": after}, place)
        if not page.records:
            return
        if page.version_max is None and may_lack_version and after == 0:
            yield page
            return
        _refuse_seen(page, seen, client, place)
        if page.version_max is None or page.version_max <= after:
            raise SourceError(
                f"account {client.account_id}, {place}: the till answered with version.max"
                f" {page.version_max}, so reading on would not end. What came before is kept."
            )
        yield page
        after, number = page.version_max, number + 1


def _refuse_seen(page: Page, seen: set[bytes], client: Client, place: str) -> None:
    digest = hashlib.blake2b(digest_size=16)
    for record in page.records:
        digest.update(record.text.encode("utf-8", "surrogatepass"))
    if digest.digest() in seen:
        raise SourceError(
            f"account {client.account_id}, {place}: the till gave a page that it gave before, so"
            " reading on would not end. What came before is kept."
        )
    seen.add(digest.digest())


def _by_category(client: Client, entity: XEntity, pull: Pull) -> Iterator[list[Record]]:
    """Product categories: `after` is the last id seen. The whole list: what is gone is closed."""
    seen: set[bytes] = set()
    params: dict = {"page_size": entity.page_size}
    number = 1
    while True:
        place = f"{entity.name}, page {number}, after {params.get('after', 'the start')}"
        page = client.page(entity.name, params, place)
        if page.records:
            _refuse_seen(page, seen, client, place)
            yield to_records(entity, page.records, entity.name, pull)
        if not page.records or page.has_next is False:
            pull.snapshot = bool(seen)
            return
        params["after"] = page.last_seen or page.records[-1].value["id"]
        number += 1


def _by_gift_card(client: Client, entity: XEntity, pull: Pull) -> Iterator[list[Record]]:
    """Gift cards: newest first, `before` is the id of the last one seen."""
    seen: set[str] = set()
    params: dict = {"page_size": entity.page_size}
    number = 1
    while True:
        place = f"{entity.name}, page {number}, before {params.get('before', 'the end')}"
        page = client.page(entity.name, params, place)
        fresh = [p for p in page.records if _id(p) not in seen]
        if not fresh:
            if any(_id(p) != params.get("before") for p in page.records):
                raise SourceError(
                    f"account {client.account_id}, {place}: the till gave cards that it gave"
                    " before, so reading on would not end. What came before is kept."
                )
            return
        yield to_records(entity, fresh, entity.name, pull)
        seen.update(_id(p) for p in fresh)
        params["before"] = _id(page.records[-1])
        number += 1


def _id(piece: Piece) -> str:
    return str(piece.value.get("id")) if isinstance(piece.value, dict) else piece.text


def _whole_list(client: Client, entity: XEntity, pull: Pull) -> Iterator[list[Record]]:
    """A list that cannot be paged: ask for more until it gives no more.

    Merged, not a snapshot: nothing proves that it is whole, and a round number is reported.
    """
    size = max(entity.page_size, 1000)
    params = {"deleted": "true"} if entity.takes_deleted else {}
    while True:
        place = f"{entity.name}, the whole list, page_size {size}"
        page = client.page(entity.name, params | {"page_size": size}, place)
        if len(page.records) < size or size >= LIST_SIZE_LIMIT:
            break
        size *= 2
    if is_round_cap(len(page.records)):
        pull.warn(
            f"{len(page.records):,} {entity.name} is a round number and this list has no pages:"
            " it may be cut. Compare with the number that the till itself shows."
        )
    yield to_records(entity, page.records, entity.name, pull)


def _by_consignment(client: Client, entity: XEntity, pull: Pull) -> Iterator[list[Record]]:
    """The lines of every consignment that changed since the bookmark.

    The till says nothing of a line that was taken out: it is closed with its consignment's list.
    """
    after = 0 if pull.force else pull.bookmark.get("version", 0)
    pull.documents = Documents(lambda record_id: record_id.partition("|")[0])
    for page in version_pages(client, "consignments", {"page_size": 50}, after):
        lines: list[Record] = []
        whole: set[str] = set()
        for consignment in page.records:
            rejected = len(pull.rejections)
            found = consignment_lines(client, entity, _id(consignment), pull)
            if found is not None and len(pull.rejections) == rejected:
                whole.add(_id(consignment))
            lines += found or []
        pull.bookmark["version"] = page.version_max
        yield lines
        pull.documents.read |= whole


def consignment_lines(
    client: Client, entity: XEntity, consignment_id: str, pull: Pull
) -> list[Record] | None:
    """All lines of one consignment, `consignment_id` added to each (the till leaves it out).

    None when the till knows no such list.
    """
    path = f"consignments/{consignment_id}/products"
    pieces = []
    try:
        for page in version_pages(client, path, {"page_size": entity.page_size}, 0):
            pieces += [with_field(p, "consignment_id", consignment_id) for p in page.records]
    except NotFoundError:
        pull.warn(f"consignment {consignment_id} has no list of products at the till (404).")
        return None
    return to_records(entity, pieces, path, pull)


def _by_register(client: Client, entity: XEntity, pull: Pull) -> Iterator[list[Record]]:
    """What each register took since it was opened: its closure, `register_id` added.

    The till gives the newest closure of a register only; those before stay as they were read.
    """
    for page in version_pages(client, "registers", {"page_size": 200}, 0):
        for register in page.records:
            path = f"registers/{_id(register)}"
            try:
                closure = client.record(path, "payments_summary")
            except NotFoundError:
                continue
            yield to_records(
                entity, [with_field(closure, "register_id", _id(register))], path, pull
            )


def to_records(entity: XEntity, pieces: list[Piece], path: str, pull: Pull) -> list[Record]:
    """Pieces as records; one without an id is none: it is listed, with its whole text."""
    keys = KeysOfOneList(entity)
    records = []
    for row, piece in enumerate(pieces, start=1):
        key = keys.of(piece.value)
        if key is None:
            reason, text = keys.missing(piece.value), piece.text
            pull.reject(Rejection(path, reason, row_number=row, value=text[:200], payload=text))
            continue
        records.append(Record(key, piece.text))
    return records


LOOPS: dict[str, Callable[[Client, XEntity, Pull], Iterator[list[Record]]]] = {
    "version": _by_version,
    "category": _by_category,
    "gift_card": _by_gift_card,
    "list": _whole_list,
    "consignment": _by_consignment,
    "closure": _by_register,
}
