"""How each till signs its events and what they tell, as functions of the raw request."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qs

from ingestion.json_text import decode, parse


class Told(NamedTuple):
    """What an event tells. `entity` is empty when it concerns nothing that we load; `record_id`
    is empty when the record cannot be asked for by id, so that it waits for the next load.
    """

    event_id: str
    event_type: str
    entity: str = ""
    record_id: str = ""
    is_deleted: bool = False


class Request(NamedTuple):
    """A request as it came: header names in lower case, `url` as registered with the till,
    `kind` the last part of the address (only X-Series needs it).
    """

    url: str
    headers: Mapping[str, str]
    body: bytes
    kind: str = ""


class Sender(NamedTuple):
    """One till's way: the secret that signs (`TILLHOUSE_<ACCOUNT_ID>_<KEY>`), how, and what."""

    key: str
    is_signed: Callable[[Request, str], bool]
    read: Callable[[Request], Told]


def _hmac(key: str, message: bytes) -> bytes:
    return hmac.new(key.encode(), message, hashlib.sha256).digest()


def _is(signature: str, *digests: str) -> bool:
    given = signature.strip().encode()
    return any(hmac.compare_digest(given, digest.encode()) for digest in digests)


def _base64(digest: bytes) -> str:
    return base64.b64encode(digest).decode()


def _json(body: bytes | str) -> dict[str, Any]:
    """The object in a body; an empty one when there is none: the event is kept all the same."""
    try:
        value = parse(decode(body) if isinstance(body, bytes) else body)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _in(value: Any, *path: str) -> Any:
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _text(value: Any) -> str:
    return str(value) if isinstance(value, str | int) else ""


def _hash(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()[:32]


# -- Square: base64 over the registered address and the raw body ---------------------------

SQUARE_ENTITIES = {
    "order": "orders",
    "payment": "payments",
    "refund": "refunds",
    "customer": "customers",
    "catalog": "catalog_objects",
    "inventory": "inventory_counts",
    "team_member": "team_members",
    "labor.timecard": "timecards",
    "gift_card": "gift_cards",
    "gift_card.activity": "gift_card_activities",
    "location": "locations",
}
SQUARE_WITHOUT_ID = ("catalog_objects", "inventory_counts", "gift_card_activities", "locations")


def _square_is_signed(request: Request, key: str) -> bool:
    given = request.headers.get("x-square-hmacsha256-signature", "")
    if not given or not request.body:
        return False
    return _is(given, _base64(_hmac(key, request.url.encode() + request.body)))


def _square_told(request: Request) -> Told:
    body = _json(request.body)
    event_type = _text(body.get("type"))
    parts = event_type.split(".")
    entity = SQUARE_ENTITIES.get(".".join(parts[:2])) or SQUARE_ENTITIES.get(parts[0], "")
    if "custom_attribute" in event_type:
        entity = ""  # its id is the attribute's, not the customer's or order's
    record_id = "" if entity in SQUARE_WITHOUT_ID else _text(_in(body, "data", "id"))
    is_deleted = bool(entity) and event_type.endswith(".deleted")
    event_id = _text(body.get("event_id")) or _hash(request.body)
    return Told(event_id, event_type, entity, record_id, is_deleted)


# -- Toast: base64 over the raw body and the timestamp in it --------------------------------

TOAST_ENTITIES = {"orders": "orders", "menus": "menu_items", "menus_updated": "menu_items"}


def _toast_is_signed(request: Request, key: str) -> bool:
    given, timestamp = request.headers.get("toast-signature", ""), _json(request.body)
    if not given or not isinstance(timestamp.get("timestamp"), str):
        return False
    message = request.body + timestamp["timestamp"].encode()
    return _is(given, _base64(_hmac(key, message)))


def _toast_told(request: Request) -> Told:
    """Whether `guid` is the event's or the record's is not confirmed: with its time it is both."""
    body = _json(request.body)
    guid, at = _text(body.get("guid")), _text(body.get("timestamp"))
    entity = TOAST_ENTITIES.get(_text(body.get("eventCategory")), "")
    details = body.get("details")
    record_id = _text(_in(details, "order", "guid")) or _text(_in(details, "orderGuid"))
    event_id = f"{guid}|{at}" if guid and at else _hash(request.body)
    return Told(event_id, _text(body.get("eventType")), entity, record_id)


# -- X-Series: hex or base64 (not confirmed) over the raw body of a form ----------------------

X_ENTITIES = {
    "product": "products",
    "inventory": "inventory",
    "sale": "sales",
    "customer": "customers",
    "consignment": "consignments",
}


def _x_is_signed(request: Request, key: str) -> bool:
    given = dict(
        part.strip().split("=", 1)
        for part in request.headers.get("x-signature", "").split(",")
        if "=" in part
    )
    if given.get("algorithm") != "HMAC-SHA256" or not given.get("signature") or not request.body:
        return False
    digest = _hmac(key, request.body)
    return _is(given["signature"], digest.hex(), _base64(digest))


def _x_told(request: Request) -> Told:
    """The payload is in the shape of API 0.9 and has no id of its own: its body stands for it."""
    fields = parse_qs(decode(request.body))
    event_type = fields.get("type", [request.kind])[0]
    entity = X_ENTITIES.get(event_type.split(".")[0], "")
    payload = _json(fields.get("payload", [""])[0])
    record_id = "" if entity == "inventory" else _text(payload.get("id"))
    return Told(_hash(request.body), event_type, entity, record_id)


SENDERS = {
    "square": Sender("webhook_key", _square_is_signed, _square_told),
    "toast": Sender("webhook_key", _toast_is_signed, _toast_told),
    "lightspeed_x": Sender("client_secret", _x_is_signed, _x_told),
}
