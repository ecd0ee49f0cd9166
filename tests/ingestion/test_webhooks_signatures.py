"""Signatures of each till over the raw body, and what each till's events tell.

The expected signatures are computed here from the vendors' rules, not by the code under test.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from urllib.parse import urlencode

import pytest

from ingestion.webhooks.vendors import SENDERS, Request, Told

KEY = "signature-key-nobody-prints"
URL = "https://hooks.example/webhooks/stall"


def sign(message: bytes, encoding: str = "base64", key: str = KEY) -> str:
    digest = hmac.new(key.encode(), message, hashlib.sha256).digest()
    return digest.hex() if encoding == "hex" else base64.b64encode(digest).decode()


def is_signed(source: str, body: bytes, header: str, value: str, url: str = URL) -> bool:
    return SENDERS[source].is_signed(Request(url, {header: value}, body), KEY)


SQUARE = b'{"event_id":"e1", "type":"order.updated","data":{"id":"o1"}}'
TOAST = b'{"timestamp":"2026-03-02T10:00:00.000Z","guid":"g1","eventType":"order_updated"}'
X = urlencode({"payload": '{"id": "s1"}', "type": "sale.update"}).encode()
X_HEADER = "signature={},algorithm=HMAC-SHA256"


def test_square_signs_the_registered_address_and_the_raw_body():
    header = "x-square-hmacsha256-signature"
    right = sign(URL.encode() + SQUARE)
    assert is_signed("square", SQUARE, header, right)
    assert not is_signed("square", SQUARE + b" ", header, right), "one space more"
    assert not is_signed("square", SQUARE, header, right, url=URL + "/")
    assert not is_signed("square", SQUARE, header, sign(SQUARE)), "the address belongs to it"
    assert not is_signed("square", SQUARE, header, sign(URL.encode() + SQUARE, key="other"))
    assert not is_signed("square", b"", header, sign(URL.encode())), "an empty body is invalid"
    assert not is_signed("square", SQUARE, "other-header", right)


def test_toast_signs_the_raw_body_and_the_timestamp_in_it():
    right = sign(TOAST + b"2026-03-02T10:00:00.000Z")
    assert is_signed("toast", TOAST, "toast-signature", right)
    assert not is_signed("toast", TOAST, "toast-signature", sign(TOAST))
    assert not is_signed("toast", b'{"guid":"g1"}', "toast-signature", sign(b'{"guid":"g1"}'))
    assert not is_signed("toast", b"no json", "toast-signature", sign(b"no json"))


@pytest.mark.parametrize("encoding", ["hex", "base64"])
def test_x_series_signs_the_raw_form_in_either_encoding(encoding):
    right = X_HEADER.format(sign(X, encoding))
    assert is_signed("lightspeed_x", X, "x-signature", right)
    assert is_signed("lightspeed_x", X, "x-signature", right.replace(",", ", "))
    assert not is_signed("lightspeed_x", X + b"&a=1", "x-signature", right)


@pytest.mark.parametrize(
    "header",
    ["", "signature=", "signature=,algorithm=HMAC-SHA256", "algorithm=HMAC-SHA256", "nonsense"],
)
def test_x_series_without_a_whole_header_is_refused(header):
    assert not is_signed("lightspeed_x", X, "x-signature", header)
    other = X_HEADER.format(sign(X)).replace("SHA256", "MD5")
    assert not is_signed("lightspeed_x", X, "x-signature", other)


def test_a_signature_that_is_not_ascii_is_refused():
    assert not is_signed("square", SQUARE, "x-square-hmacsha256-signature", "käse")


def told(source: str, body: object, kind: str = "") -> Told:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return SENDERS[source].read(Request(URL, {}, raw, kind))


@pytest.mark.parametrize(
    ("event_type", "entity", "record_id", "is_deleted"),
    [
        ("order.created", "orders", "id1", False),
        ("order.fulfillment.updated", "orders", "id1", False),
        ("payment.updated", "payments", "id1", False),
        ("refund.created", "refunds", "id1", False),
        ("customer.deleted", "customers", "id1", True),
        ("labor.timecard.deleted", "timecards", "id1", True),
        ("team_member.wage_setting.updated", "team_members", "id1", False),
        ("gift_card.updated", "gift_cards", "id1", False),
        ("gift_card.activity.created", "gift_card_activities", "", False),
        ("catalog.version.updated", "catalog_objects", "", False),
        ("inventory.count.updated", "inventory_counts", "", False),
        ("payout.sent", "", "id1", False),
        ("labor.shift.created", "", "id1", False),
        ("something.new", "", "id1", False),
        ("customer.custom_attribute.visible.deleted", "", "id1", False),
        ("order.custom_attribute_definition.owned.updated", "", "id1", False),
    ],
)
def test_what_a_square_event_is_about(event_type, entity, record_id, is_deleted):
    body = {"event_id": "e1", "type": event_type, "data": {"id": "id1", "object": {}}}
    assert told("square", body) == Told("e1", event_type, entity, record_id, is_deleted)


def test_what_a_toast_event_is_about():
    body = {
        "timestamp": "T1",
        "guid": "g1",
        "eventCategory": "orders",
        "eventType": "order_updated",
    }
    found = told("toast", body | {"details": {"order": {"guid": "o1"}}})
    assert found == Told("g1|T1", "order_updated", "orders", "o1", False)
    assert told("toast", body).record_id == "", "without the order's id it waits for a load"
    assert told("toast", body | {"timestamp": "T2"}).event_id == "g1|T2"
    assert told("toast", body | {"eventCategory": "stock"}).entity == ""


@pytest.mark.parametrize(
    ("event_type", "entity", "record_id"),
    [
        ("sale.update", "sales", "id1"),
        ("product.update", "products", "id1"),
        ("customer.update", "customers", "id1"),
        ("inventory.update", "inventory", ""),
        ("consignment.receive", "consignments", "id1"),
        ("register_closure.create", "", "id1"),
    ],
)
def test_what_an_x_series_event_is_about(event_type, entity, record_id):
    form = urlencode({"payload": '{"id": "id1"}'}).encode()
    by_address = told("lightspeed_x", form, kind=event_type)
    by_field = told("lightspeed_x", form + f"&type={event_type}".encode())
    for found in (by_address, by_field):
        assert (found.event_type, found.entity, found.record_id) == (event_type, entity, record_id)
    again = told("lightspeed_x", form, kind=event_type)
    assert again.event_id == by_address.event_id, "the same body is the same event"


@pytest.mark.parametrize("body", [b"\xff\xfe", b"[]", b"{", b"payload=%5B1%5D", b"null"])
@pytest.mark.parametrize("source", SENDERS)
def test_a_body_that_cannot_be_read_is_still_an_event(source, body):
    found = told(source, body)
    assert found.event_id
    assert (found.entity, found.record_id) == ("", "")
