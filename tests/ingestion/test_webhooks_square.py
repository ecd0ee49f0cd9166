"""Square from signing in to an event, through the real pieces: what a shop does."""

from __future__ import annotations

import pytest

from ingestion import cli, http
from ingestion.connect import auth
from ingestion.destinations import open_warehouse
from ingestion.fakes.sign_in import FakeSignIn
from ingestion.fakes.square import FakeSquare
from ingestion.fakes.webhook_sender import WebhookSender
from tests.ingestion.connect_till import account, connect_by_person, settings
from tests.ingestion.square_shop import small_shop
from tests.ingestion.webhooks_service import Service

KEY = "signature-key-nobody-prints"


@pytest.fixture
def till(tmp_path, monkeypatch, shop, make_warehouse):
    """A connected Square account `stall`."""
    monkeypatch.setattr(auth, "FRESH_SECONDS", 0.0)
    monkeypatch.setattr(http, "PATIENCE", http.Patience(sleep=lambda _: None))
    monkeypatch.setenv("TILLHOUSE_WEBHOOKS", str(tmp_path / "webhooks.sqlite"))
    monkeypatch.setenv("TILLHOUSE_STALL_WEBHOOK_KEY", KEY)
    make_warehouse("duckdb")
    records = small_shop()
    records["customers"].append(records["customers"][0] | {"id": "SECOND"})
    with FakeSquare(records, sign_in=FakeSignIn("square")) as fake:
        sign_in = settings(fake.sign_in, tmp_path / "connections", "stall")
        for name, value in sign_in.items():
            monkeypatch.setenv(name, value)
        stall = {"account_id": "stall", "source": "square", "transport": "api", "path": fake.url}
        shop(stall)
        connect_by_person(account("square", fake.url, "stall"))
        yield fake


@pytest.fixture
def service(till):
    running = Service()
    running.start()
    yield running
    running.stop()


def customers(warehouse) -> set[str]:
    with warehouse.connect() as db:
        rows = db.fetch("select record_id from raw_square.customers where _dlt_valid_to is null")
    return {row["record_id"] for row in rows}


def test_a_customer_deleted_at_the_till_is_closed_by_its_event(till, service, capsys):
    assert cli.main(["load", "--entity", "customers"]) == 0
    before = customers(open_warehouse())
    gone = "SECOND"
    till.remove("customers", gone)
    till.sign_in.end_access()  # meanwhile the token has ended too
    sender = WebhookSender("square", f"{service.base}/webhooks/stall", KEY)
    assert sender.send(sender.event(1, "customer.deleted", gone)) == 200
    assert sender.send(sender.event(2, "customer.updated"), headers={}) == 401
    assert cli.main(["webhooks", "apply"]) == 0
    assert customers(open_warehouse()) == before - {gone}
    assert till.sign_in.requests["refresh_token"] == 1
    said = capsys.readouterr().out + service.stop()
    assert "1 closed" in said
    assert KEY not in said
    assert cli.main(["webhooks", "apply"]) == 0
    assert "No event waits for a record." in capsys.readouterr().out


def test_a_day_by_day_history_goes_on_when_its_token_ends(till, capsys):
    """Four requests at a time, one token: it is renewed once for all."""
    till.sign_in.end_access()
    assert cli.main(["load", "--entity", "orders", "--entity", "payments"]) == 0
    assert till.sign_in.requests["refresh_token"] == 1
    assert till.sign_in.requests["reused"] == 0
