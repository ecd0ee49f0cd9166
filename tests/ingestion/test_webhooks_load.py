"""The receiver under load, killed once: the load test of `make bench`, in small."""

from __future__ import annotations

from scripts.bench import webhooks
from scripts.bench.measuring import own_folder


def test_no_accepted_event_is_lost_and_none_is_applied_twice():
    with own_folder() as folder:
        outcome = webhooks.send_and_apply(folder, rate=100, seconds=3)
    assert outcome.problems == []
    assert outcome.sent == outcome.accepted == outcome.landed == outcome.applied == 300
    assert outcome.replays >= 15
