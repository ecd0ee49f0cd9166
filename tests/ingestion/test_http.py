"""Patience with a server: what is tried again, for how long, and what a person is told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ingestion import http
from ingestion.contract import Pull, SourceError
from ingestion.fakes.lightspeed_x import FakeLightspeedX
from ingestion.fakes.limits import Limit
from ingestion.rate_limit import retry_after

TOKEN = "secret-token-nobody-prints"


@pytest.fixture
def till():
    with FakeLightspeedX({"sales": [{"id": "s1", "version": 5}]}, token=TOKEN) as fake:
        yield fake


def get(till, token=TOKEN, url=None) -> tuple[str, Pull]:
    pull = Pull()
    auth = http.FixedToken(token, refused="Set TILLHOUSE_SHOP_TOKEN.")
    client = http.Http(f"{url or till.url}/api/2.0", auth)
    return client.get("sales", {"after": 0}, "account shop, sales, page 1", pull), pull


@pytest.mark.parametrize("fault", ["500", "503", "disconnect", "cut"])
def test_a_passing_fault_is_tried_again_with_growing_waits(till, slept, fault):
    till.plan("sales", fault, fault, "ok")
    text, pull = get(till)
    assert '"s1"' in text
    assert pull.retries == 2
    assert slept == [1.0, 2.0]


def test_waits_of_ours_differ_so_that_not_all_come_at_once(till, slept, monkeypatch):
    parts = {http.Patience().jitter() for _ in range(9)}
    assert len(parts) > 1 and 0 <= min(parts) and max(parts) <= 0.25
    monkeypatch.setattr(http, "PATIENCE", replace(http.PATIENCE, jitter=lambda: 0.25))
    till.plan("sales", "500", "500", "ok")
    get(till)
    assert slept == [1.25, 2.5]


def test_a_lasting_fault_ends_and_says_where_it_was(till, slept):
    till.plan("sales", *["500"] * 20)
    with pytest.raises(SourceError, match="account shop, sales, page 1: .* 6 attempts.*500"):
        get(till)
    assert till.requests["sales"] == 6
    assert slept == [1.0, 2.0, 4.0, 8.0, 16.0]


def test_a_server_that_is_not_there_is_tried_again_then_named(till, slept):
    with pytest.raises(SourceError, match="account shop, sales, page 1: .*connection failed"):
        get(till, url="http://127.0.0.1:1")
    assert len(slept) == 5


@pytest.mark.parametrize("fault", ["429-date", "429-seconds"])
def test_too_many_requests_waits_as_long_as_it_is_told(till, slept, fault):
    till.retry_after_seconds = 40
    till.plan("sales", fault, "ok")
    text, pull = get(till)
    assert '"s1"' in text
    assert pull.retries == 1
    assert slept[0] == pytest.approx(40, abs=1.1)


def test_a_wait_of_hours_is_an_error_and_not_a_sleep(till, slept):
    till.retry_after_seconds = 7200
    till.plan("sales", "429")
    with pytest.raises(SourceError, match="asks to wait 7,[12]"):
        get(till)
    assert slept == []


def test_retry_after_reads_dates_by_the_servers_own_clock():
    until = "Wed, 21 Oct 2015 07:28:30 GMT"
    assert retry_after(until, "Wed, 21 Oct 2015 07:28:00 GMT") == 30
    assert retry_after(until, "Wed, 21 Oct 2015 07:29:00 GMT") == 0
    assert retry_after("12") == 12
    assert retry_after(until) == 0
    assert retry_after("soon") is None
    assert retry_after(None) is None


def test_with_nothing_left_it_goes_on_at_the_pace_of_the_window_until_its_end_is_told(till, slept):
    till.limits_of = lambda path: [Limit("SHOP", 3, 300)]
    client, pull = http.Http(f"{till.url}/api/2.0", http.FixedToken(TOKEN, refused="")), Pull()
    for _ in range(4):
        client.get("sales", {}, "sales", pull)
    assert slept == [100, 200], "the window is fixed, and its end told only when it is exceeded"
    assert (pull.retries, till.too_many) == (1, 1)


def test_a_refused_token_says_what_to_set_and_does_not_show_the_token(till, slept):
    with pytest.raises(SourceError, match="account shop.*401.*TILLHOUSE_SHOP_TOKEN") as caught:
        get(till, token="wrong-" + TOKEN)
    assert TOKEN not in str(caught.value)
    assert till.requests["sales"] == 1, "a refused token is not tried again"


@pytest.mark.parametrize(
    ("fault", "message"),
    [("403", "may not read this"), ("html", "a web page"), ("404", "there is nothing at")],
)
def test_what_trying_again_cannot_mend_is_said_at_once(till, slept, fault, message):
    till.plan("sales", fault)
    with pytest.raises(SourceError, match=message):
        get(till)
    assert till.requests["sales"] == 1


def test_the_server_is_told_who_asks(till, slept):
    get(till)
    assert till.headers_seen[0]["User-Agent"].startswith("Tillhouse/")
    assert till.headers_seen[0]["Authorization"] == f"Bearer {TOKEN}"
