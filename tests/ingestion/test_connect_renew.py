"""Tokens that end: renewed once, by one process, stored before they are used; and lost grants."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from ingestion.accounts import PROJECT_DIR
from ingestion.connect import auth, auth_for
from ingestion.connect.store import Store
from ingestion.contract import Pull, SourceError
from ingestion.fakes.sign_in import FakeSignIn
from ingestion.http import Http
from tests.ingestion.connect_till import CODE_TILLS, account, connect_by_person, settings

READ = """
import sys
from ingestion.connect import auth, auth_for
from ingestion.contract import Pull
from ingestion.http import Http
from tests.ingestion.connect_till import account
auth.FRESH_SECONDS = 0.0
{before}
shop = account(sys.argv[1], sys.argv[2])
print(Http(shop.path, auth_for(shop)).get("things", {{}}, "things", Pull()))
"""
DIE_AT_FIRST_USE = """
import os, signal
Http._send = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def connected(tmp_path, monkeypatch, start):
    """A function: a till to which the account `shop` was just connected."""
    auth.new_run()
    monkeypatch.setattr(auth, "FRESH_SECONDS", 0.0)

    def connect_till(source: str, **options) -> FakeSignIn:
        fake = FakeSignIn(source, **options)
        for name, value in settings(fake, tmp_path / "connections").items():
            monkeypatch.setenv(name, value)
        start(fake)
        if source != "toast":
            connect_by_person(account(source, fake.url))
        fake.requests.clear()
        return fake

    return connect_till


def things(till: FakeSignIn) -> str:
    """One request of a load of its own."""
    shop = account(till.source, till.url)
    return Http(shop.path, auth_for(shop)).get("things", {}, "account shop, things", Pull())


@pytest.mark.parametrize("source", CODE_TILLS)
def test_a_refused_token_is_renewed_once_and_the_request_made_again(connected, source):
    till = connected(source)
    till.end_access()
    assert things(till)
    assert till.requests == {"refresh_token": 1, "things": 2}


def test_a_machine_whose_token_is_refused_logs_in_again(connected):
    till = connected("toast")
    things(till)
    till.end_access()
    assert things(till)
    assert till.requests["log_in"] == 2


def test_a_token_about_to_end_is_renewed_before_it_is_used(connected):
    till = connected("lightspeed_k", expires_in=30)
    till.expires_in = 1500
    assert things(till)
    assert till.requests == {"refresh_token": 1, "things": 1}


def test_a_short_life_or_a_wrong_clock_does_not_renew_with_every_request(connected, monkeypatch):
    till = connected("lightspeed_x", expires_in=30)
    monkeypatch.setattr(auth, "FRESH_SECONDS", 30.0)
    for _ in range(3):
        assert things(till)
    assert till.requests == {"things": 3}


def test_a_token_that_is_new_and_refused_is_not_renewed_again_and_again(connected, monkeypatch):
    till = connected("lightspeed_k")
    monkeypatch.setattr(auth, "FRESH_SECONDS", 30.0)
    monkeypatch.setattr(till, "accepts", lambda header: False)
    with pytest.raises(SourceError, match="refused .401.. Run .*connect --account shop"):
        things(till)
    assert till.requests == {"things": 1}


def test_each_renewal_stores_the_next_refresh_token(connected):
    till = connected("lightspeed_x")
    seen = {Store("shop").read().refresh_token}
    for _ in range(3):
        till.end_access()
        things(till)
        seen.add(Store("shop").read().refresh_token)
    assert len(seen) == 4
    assert till.requests["reused"] == 0


def test_a_refresh_token_that_stays_is_kept(connected):
    till = connected("square")
    before = Store("shop").read().refresh_token
    till.end_access()
    things(till)
    assert Store("shop").read().refresh_token == before


def in_a_process(till: FakeSignIn, before: str = "") -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-c", READ.format(before=before), till.source, till.url],
        cwd=PROJECT_DIR,
        env=os.environ | {"PYTHONPATH": str(PROJECT_DIR)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@pytest.mark.parametrize("source", CODE_TILLS)
def test_killed_between_renewing_and_the_first_use_the_account_is_not_lost(connected, source):
    till = connected(source)
    shop_before = Store("shop").read()
    Store("shop").write(type(shop_before)(**{**vars(shop_before), "expires_at": 1.0}))
    killed = in_a_process(till, DIE_AT_FIRST_USE)
    killed.wait(60)
    assert killed.returncode == -signal.SIGKILL, killed.stdout.read()
    assert till.requests == {"refresh_token": 1}, "it was renewed, and not used"
    assert things(till)
    till.end_access()
    assert things(till), "the refresh token is the new one"
    assert till.requests["reused"] == till.requests["invalid_grant"] == 0


def test_of_many_processes_one_renews_and_all_go_on(connected):
    till = connected("lightspeed_k")
    till.end_access()
    readers = [in_a_process(till) for _ in range(4)]
    said = [reader.communicate(timeout=120)[0] for reader in readers]
    assert [reader.returncode for reader in readers] == [0] * 4, said
    assert till.requests["refresh_token"] == 1
    assert till.requests["reused"] == 0


def test_of_many_threads_one_renews(connected):
    till = connected("lightspeed_k")
    till.end_access()
    with ThreadPoolExecutor(8) as pool:
        assert len(list(pool.map(lambda _: things(till), range(8)))) == 8
    assert till.requests["refresh_token"] == 1


def test_a_grant_taken_back_disconnects_the_account_until_connect_is_run(connected):
    till = connected("lightspeed_k")
    till.end_grant()
    with pytest.raises(SourceError, match="disconnected.*invalid_grant.*connect --account shop"):
        things(till)
    assert Store("shop").peek().state == "disconnected"
    assert Store("shop").read().refresh_token == ""
    with pytest.raises(SourceError, match="disconnected"):
        things(till)
    assert till.requests["refresh_token"] == 1, "the till is not asked again"
    connect_by_person(account("lightspeed_k", till.url))
    assert things(till)


@pytest.mark.parametrize("fault", ["500", "503", "429", "drop"])
def test_a_server_that_fails_is_asked_again_the_next_time(connected, fault):
    till = connected("lightspeed_x")
    till.end_access()
    till.plan(fault)
    with pytest.raises(SourceError, match="could not be renewed.*tried again with the next load"):
        things(till)
    assert Store("shop").peek().state == "refresh_failed"
    with pytest.raises(SourceError, match="tried again with the next load"):
        things(till)
    assert till.requests["refused"] == 1, "the same load does not ask again"
    auth.new_run()
    assert things(till)
    assert Store("shop").peek().state == "connected"
    assert till.requests["reused"] == 0


def test_a_wrong_application_secret_is_said_and_loses_nothing(connected, monkeypatch):
    till = connected("lightspeed_k")
    right = os.environ["TILLHOUSE_SHOP_CLIENT_SECRET"]
    till.end_access()
    monkeypatch.setenv("TILLHOUSE_SHOP_CLIENT_SECRET", "mistyped-secret")
    with pytest.raises(SourceError, match="invalid_client") as told:
        things(till)
    assert "mistyped" not in str(told.value)
    monkeypatch.setenv("TILLHOUSE_SHOP_CLIENT_SECRET", right)
    auth.new_run()
    assert things(till)


def test_a_token_that_ends_without_a_refresh_token_disconnects(connected):
    till = connected("square")
    grant = Store("shop").read()
    Store("shop").write(type(grant)(access_token="ended", expires_at=1.0, obtained_at=0.5))
    with pytest.raises(SourceError, match="nothing to renew it"):
        things(till)
    assert Store("shop").peek().state == "disconnected"
