"""The webhook receiver under load.

200 events a second for a minute from a second process on loopback, some sent twice; the receiver is
killed in the middle and started again. Then the events land and their records are read from a
stand-in of the till. It fails when an accepted event is lost, or one is applied twice.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from ingestion.accounts import PROJECT_DIR
from ingestion.destinations import Warehouse, open_warehouse
from ingestion.fakes.lightspeed_x import FakeLightspeedX
from ingestion.webhooks.queue import EventQueue
from scripts.bench.measuring import Wishes, own_folder, own_shop, verdict

SECRET = "client-secret-of-the-load-test"
REPEAT_EVERY = 20  # so many events are sent twice, as tills do
SLOWEST = 1.5  # seconds; the least patient till waits two
RATE, SECONDS = 200, 60.0


@dataclass(frozen=True)
class Outcome:
    """What became of `sent` different events. Seconds are those of an answer to the till."""

    sent: int
    accepted: int
    replays: int
    unanswered: int
    landed: int
    landed_twice: int
    applied: int
    asked_twice: int
    p50: float
    p99: float
    worst: float
    apply_seconds: float

    @property
    def problems(self) -> list[str]:
        """What is not as promised, in words."""
        found = {
            "not every event was accepted in the end": self.accepted != self.sent,
            "the receiver was not killed while events came": self.unanswered == 0,
            "accepted events were lost": self.landed < self.accepted,
            "events landed twice": self.landed_twice > 0,
            "events were not applied": self.applied != self.sent,
            "records were asked for twice": self.asked_twice > 0,
            f"an answer took longer than {SLOWEST} s": self.worst > SLOWEST,
        }
        return [text for text, is_so in found.items() if is_so]


def run(console: Console, wishes: Wishes) -> list[str]:
    """Run the load test and print its figures; what was lost, applied twice or answered late."""
    with own_folder() as folder:
        outcome = send_and_apply(folder, RATE, max(5.0, SECONDS * wishes.scale))
    table = Table(
        title=f"Webhooks: {outcome.sent:,} events at {RATE} a second, receiver killed once"
    )
    for name in ("what", "measured", "bound", ""):
        table.add_column(name, justify="left" if name in ("what", "") else "right")
    table.add_row("accepted", f"{outcome.accepted:,}", f"{outcome.sent:,}",
                  verdict(outcome.accepted == outcome.sent))  # fmt: skip
    table.add_row("applied once", f"{outcome.applied:,}", f"{outcome.sent:,}",
                  verdict(outcome.applied == outcome.sent and not outcome.asked_twice))  # fmt: skip
    table.add_row("replays dropped", f"{outcome.replays:,}")
    table.add_row("requests unanswered and sent again", f"{outcome.unanswered:,}")
    table.add_row("an answer, median", f"{outcome.p50 * 1000:.1f} ms")
    table.add_row("an answer, 99 of 100", f"{outcome.p99 * 1000:.1f} ms")
    table.add_row("an answer, worst", f"{outcome.worst * 1000:.0f} ms", f"<= {SLOWEST:g} s",
                  verdict(outcome.worst <= SLOWEST))  # fmt: skip
    table.add_row("applying, in all", f"{outcome.apply_seconds:.1f} s")
    console.print(table)
    return outcome.problems


def send_and_apply(folder: Path, rate: int, seconds: float) -> Outcome:
    """Send, kill, send on, land and apply; everything lies in `folder`, inside the project."""
    sent = round(rate * seconds)
    sales = [{"id": f"record-{number}", "version": number + 1} for number in range(sent)]
    with FakeLightspeedX({"sales": sales}, token="bench-token") as till, _settings(folder, till):
        till.limits_of = lambda path: ()  # what is measured is us, not the till's five minutes
        told = _send(rate, seconds)
        queue = EventQueue()
        accepted = queue.depth()
        started = time.monotonic()
        _run("ingestion", "webhooks", "apply")
        apply_seconds = time.monotonic() - started
        landed, different, applied = _events(open_warehouse())
        asked = Counter({path: n for path, n in till.requests.items() if path.startswith("sales/")})
    answered = sum(count for status, count in told["statuses"].items() if status == "200")
    return Outcome(
        sent=sent,
        accepted=accepted,
        replays=answered - accepted,
        unanswered=sum(told["statuses"].values()) - answered,
        landed=different,
        landed_twice=landed - different,
        applied=applied,
        asked_twice=sum(count > 1 for count in asked.values()),
        apply_seconds=apply_seconds,
        **{name: told[name] for name in ("p50", "p99", "worst")},
    )


@contextmanager
def _settings(folder: Path, till: FakeLightspeedX) -> Iterator[None]:
    """An environment in which Tillhouse works in this folder alone."""
    before = dict(os.environ)
    os.environ |= own_shop(folder, "lightspeed_x", "api", till.url) | {
        "TILLHOUSE_BENCH_TOKEN": till.token,
        "TILLHOUSE_BENCH_CLIENT_SECRET": SECRET,
    }
    try:
        yield
    finally:
        os.environ.clear()
        os.environ |= before


def _send(rate: int, seconds: float) -> dict:
    """The sender's figures; the receiver is killed when half of the time is over."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    receiver = _start_receiver(port)
    url = f"http://127.0.0.1:{port}/webhooks/bench"
    sender = _start(
        *("ingestion.fakes.webhook_sender", "lightspeed_x", url, "--key", SECRET),
        *("--rate", str(rate), "--seconds", str(seconds), "--repeat-every", str(REPEAT_EVERY)),
    )
    try:
        time.sleep(seconds / 2 + 1)
        receiver.kill()
        receiver.wait()
        receiver = _start_receiver(port)
        said, _ = sender.communicate(timeout=seconds * 5 + 120)
    finally:
        receiver.kill()
        sender.kill()
        receiver.wait()
    return json.loads(said.splitlines()[-1])


def _start(*arguments: str) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-m", *arguments], cwd=PROJECT_DIR, stdout=subprocess.PIPE, text=True
    )


def _start_receiver(port: int) -> subprocess.Popen:
    receiver = _start("ingestion", "webhooks", "serve", "--port", str(port))
    until = time.monotonic() + 60
    while time.monotonic() < until and receiver.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=1):
                return receiver
        except OSError:
            time.sleep(0.1)
    receiver.kill()
    raise RuntimeError("the receiver does not answer")


def _run(*arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *arguments], cwd=PROJECT_DIR, capture_output=True, text=True
    )
    if done.returncode:
        raise RuntimeError(done.stdout + done.stderr)


def _events(warehouse: Warehouse) -> tuple[int, int, int]:
    """Rows that landed, different events among them, and records that are current in raw."""
    with warehouse.connect() as db:
        row = db.fetch(
            "select count(*) as n, count(distinct event_id) as different from"
            " raw_tillhouse.webhook_events where outcome = 'fetched'"
        )[0]
        applied = db.fetch(
            "select count(*) as n from raw_lightspeed_x.sales where _dlt_valid_to is null"
        )[0]["n"]
    return row["n"], row["different"], applied
