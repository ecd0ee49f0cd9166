"""A lost or failing connection in a load of several accounts, and what `status` says of it."""

from __future__ import annotations

import pytest

from ingestion import cli, http
from ingestion.connect import auth
from ingestion.connect.store import Store
from ingestion.fakes.lightspeed_x import FakeLightspeedX
from ingestion.fakes.sign_in import FakeSignIn
from tests.ingestion.connect_till import account, connect_by_person, settings
from tests.ingestion.lightspeed_x_shop import small_shop

LOAD = ["load", "--entity", "sales"]


@pytest.fixture
def tills(tmp_path, monkeypatch, shop, make_warehouse, start):
    """Two connected tills, `one` and `two`, each with a sign-in of its own."""
    make_warehouse("duckdb")
    monkeypatch.setattr(auth, "FRESH_SECONDS", 0.0)
    monkeypatch.setattr(http, "PATIENCE", http.Patience(attempts=2, sleep=lambda _: None))
    fakes = {}
    for name in ("one", "two"):
        fake = FakeLightspeedX(small_shop(), sign_in=FakeSignIn("lightspeed_x"))
        for key, value in settings(fake.sign_in, tmp_path / "connections", name).items():
            monkeypatch.setenv(key, value)
        fakes[name] = start(fake)
    shop(*({"account_id": n, "transport": "api", "path": f.url} for n, f in fakes.items()))
    for name, fake in fakes.items():
        connect_by_person(account("lightspeed_x", fake.url, name))
    return fakes


def told_of(name: str, capsys) -> str:
    """What `status` says of one account: its line and what to do."""
    capsys.readouterr()
    cli.main(["status"])
    lines = capsys.readouterr().out.splitlines()
    first = next(n for n, line in enumerate(lines) if line.startswith(f"{name}:"))
    more = [line for line in lines[first + 1 :] if line.startswith("  ->")]
    return "\n".join([lines[first], *more])


def test_an_account_that_was_taken_off_keeps_its_records_and_the_others_go_on(tills, capsys):
    assert cli.main(LOAD) == 0
    tills["one"].sign_in.end_grant()
    tills["two"].sign_in.end_access()
    assert cli.main(LOAD) == 1
    told = told_of("one", capsys)
    assert "one: Till (api), disconnected; last success 20" in told
    assert "25 records" in told, "what it brought is kept"
    assert "Run `python -m ingestion connect --account one`." in told
    assert "two: Till (api), disconnected" not in told_of("two", capsys)
    connect_by_person(account("lightspeed_x", tills["one"].url, "one"))
    assert cli.main(LOAD) == 0
    assert "disconnected" not in told_of("one", capsys)


def test_a_token_server_that_fails_is_said_and_mends_itself(tills, capsys):
    tills["one"].sign_in.end_access()
    tills["one"].sign_in.plan("500")
    assert cli.main(LOAD) == 1
    assert "one: Till (api), refresh_failed;" in told_of("one", capsys)
    assert cli.main(LOAD) == 0
    assert "refresh_failed" not in told_of("one", capsys)


def test_an_account_that_was_never_connected_is_told_how(tills, capsys, tmp_path):
    cli.main(LOAD)
    Store("two").path.unlink()
    assert "two: Till (api), not connected;" in told_of("two", capsys)
    assert cli.main(LOAD) == 1
    assert "account two: no token. Run `python -m ingestion connect --account two`." in (
        capsys.readouterr().out
    )
