"""Receiving events over real HTTP: what is stored, refused, counted and said."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time

import pytest
import requests
import uvicorn

from ingestion.accounts import Account, AccountError
from ingestion.fakes.webhook_sender import WebhookSender
from ingestion.webhooks import receiver
from ingestion.webhooks.queue import EventQueue
from tests.ingestion.connect_till import account, free_port

KEY = "signature-key-nobody-prints"
SOURCES = ("square", "toast", "lightspeed_x")


@pytest.fixture
def queue(tmp_path) -> EventQueue:
    return EventQueue(tmp_path / "webhooks.sqlite")


@pytest.fixture
def service(queue, monkeypatch):
    """The service in a thread, an account named after each till; its base address."""
    for source in SOURCES:
        monkeypatch.setenv(f"TILLHOUSE_{source.upper()}_WEBHOOK_KEY", KEY)
    monkeypatch.setenv("TILLHOUSE_LIGHTSPEED_X_CLIENT_SECRET", KEY)
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    accounts = [account(source, "https://till.example", source) for source in SOURCES]
    app = receiver.create_app(receiver.receivers(accounts, base), queue)
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="warning", access_log=False))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()), daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield base
    server.should_exit = True
    thread.join(10)


def sender(base: str, source: str) -> WebhookSender:
    return WebhookSender(source, f"{base}/webhooks/{source}", KEY)


def metric(base: str, line: str) -> float:
    """The value of one line of /metrics; 0 when it is not there."""
    text = requests.get(f"{base}/metrics", timeout=5).text
    found = [row for row in text.splitlines() if row.startswith(line + " ")]
    return float(found[0].split()[-1]) if found else 0.0


def outcome(source: str, name: str) -> str:
    return f'tillhouse_webhook_events_total{{outcome="{name}",source="{source}"}}'


@pytest.mark.parametrize("source", SOURCES)
def test_a_signed_event_is_stored_as_it_came(service, queue, source):
    till = sender(service, source)
    assert till.send(till.event(7)) == 200
    [(_, kept)] = queue.waiting(10)
    assert kept.payload == till.event(7).decode()
    assert (kept.account_id, kept.source, kept.record_id) == (source, source, "record-7")
    assert kept.entity == ("sales" if source == "lightspeed_x" else "orders")
    assert metric(service, outcome(source, "accepted")) == 1


@pytest.mark.parametrize("source", SOURCES)
def test_a_replay_is_answered_and_dropped(service, queue, source):
    till = sender(service, source)
    assert [till.send(till.event(7)) for _ in range(3)] == [200, 200, 200]
    assert till.send(till.event(8)) == 200
    assert queue.depth() == 2
    assert metric(service, outcome(source, "replay")) == 2
    assert metric(service, "tillhouse_webhook_queue_depth") == 2


def test_a_replay_of_what_a_load_took_over_is_dropped_too(service, queue):
    till = sender(service, "square")
    till.send(till.event(7))
    queue.landed([number for number, _ in queue.waiting(10)])
    assert till.send(till.event(7)) == 200
    assert queue.depth() == 0


@pytest.mark.parametrize("source", SOURCES)
def test_a_wrong_signature_is_refused_and_nothing_stored(service, queue, source):
    till = sender(service, source)
    other = WebhookSender(source, till.url, "another-key")
    body = till.event(7)
    assert till.send(body, headers=other.signature(body)) == 401
    assert till.send(body, headers={}) == 401
    assert till.send(body + b" ", headers=till.signature(body)) == 401
    assert queue.depth() == 0
    assert metric(service, outcome(source, "bad_signature")) == 3


def test_refusals_are_logged_once_a_minute_with_their_number(service, caplog, monkeypatch):
    till = sender(service, "square")
    for number in range(50):
        assert till.send(till.event(number), headers={}) == 401
    assert [r.getMessage() for r in caplog.records if "signature" in r.getMessage()] == [
        "square: an event with a wrong signature was refused"
    ]
    monkeypatch.setattr(receiver, "LOG_EVERY_SECONDS", 0.0)
    till.send(till.event(1), headers={})
    assert caplog.records[-1].getMessage().endswith("(49 more since the last line)")


def test_x_series_may_name_the_event_in_the_address(service, queue):
    till = sender(service, "lightspeed_x")
    body = b"payload=%7B%22id%22%3A%22s1%22%7D"
    assert till.send(body, path="/sale.update") == 200
    [(_, kept)] = queue.waiting(10)
    assert (kept.event_type, kept.entity, kept.record_id) == ("sale.update", "sales", "s1")


def test_an_unknown_account_and_a_huge_body_are_refused(service, queue):
    till = sender(service, "square")
    assert WebhookSender("square", f"{service}/webhooks/nobody", KEY).send(b"{}") == 404
    assert till.send(b"x" * (receiver.LARGEST_BODY + 1)) in (413, 0)
    assert queue.depth() == 0
    assert metric(service, outcome("unknown", "unknown_account")) == 1
    assert metric(service, outcome("square", "too_large")) == 1


def test_what_cannot_be_stored_is_not_accepted(service, queue, monkeypatch):
    till = sender(service, "square")

    def full(events):
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(queue, "add", full)
    assert till.send(till.event(7)) == 503
    monkeypatch.undo()
    assert till.send(till.event(7)) == 200
    assert queue.depth() == 1


def test_a_slow_disk_is_answered_before_it_is_done(service, queue, monkeypatch):
    till = sender(service, "toast")
    body, add = till.event(7), queue.add
    may_write, written = threading.Event(), threading.Event()

    def add_late(events):
        may_write.wait(30)
        new = add(events)
        written.set()
        return new

    monkeypatch.setattr(queue, "add", add_late)
    answer = requests.post(till.url, body, headers=till.signature(body), timeout=20)
    assert (answer.status_code, queue.depth()) == (503, 0)
    assert receiver.LONGEST_STORE < 2, "Toast waits no longer"
    may_write.set()
    assert written.wait(20)
    monkeypatch.undo()
    assert till.send_until_taken(body)
    assert queue.depth() == 1, "what was stored late is known when it comes again"


def test_text_that_no_database_takes_is_stored_all_the_same(service, queue):
    till = sender(service, "square")
    body = b'{"event_id": "a\\u0000b\\ud800", "type": "order.\\ud800", "data": {"id": "\\u0000"}}'
    assert till.send(body) == 200
    [(_, kept)] = queue.waiting(10)
    assert kept.event_id == "a\\u0000b\\ud800"


def test_health_says_whether_it_can_store(service, queue, monkeypatch):
    till = sender(service, "square")
    till.send(till.event(1))
    assert requests.get(f"{service}/health", timeout=5).json() == {"status": "ok", "waiting": 1}

    def broken():
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr(queue, "depth", broken)
    assert requests.get(f"{service}/health", timeout=5).status_code == 503


def test_metrics_tell_the_last_load_that_went_well(service, queue):
    queue.note_success("square")
    line = 'tillhouse_last_success_timestamp_seconds{account="square"}'
    assert metric(service, line) == pytest.approx(time.time(), abs=5)


def test_only_accounts_whose_till_signs_take_events(monkeypatch):
    def named(source: str, **fields: str) -> Account:
        made = account(source, "https://till.example", f"{source}_1")
        return Account(**{**vars(made), **fields})

    monkeypatch.setenv("TILLHOUSE_SQUARE_1_WEBHOOK_KEY", KEY)
    monkeypatch.setenv("TILLHOUSE_TOAST_1_WEBHOOK_KEY", KEY)
    found = receiver.receivers(
        [named("square"), named("toast", paused="true"), named("lightspeed_x"), named("files")],
        "https://hooks.example/",
    )
    assert list(found) == ["square_1"]
    assert found["square_1"].url == "https://hooks.example/webhooks/square_1"


def test_serving_nobody_says_what_to_set(shop):
    shop({"account_id": "main"})
    with pytest.raises(AccountError, match="_WEBHOOK_KEY"):
        receiver.serve("127.0.0.1", 0)


def test_the_file_is_the_owners_alone(queue):
    assert queue.path.stat().st_mode & 0o777 == 0o600
