"""`python -m ingestion webhooks serve`: takes events, checks them, stores them, answers."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import time
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import prometheus_client
import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

from ingestion.accounts import Account, AccountError, read_accounts
from ingestion.json_text import decode
from ingestion.spool import storable
from ingestion.webhooks import vendors
from ingestion.webhooks.queue import Event, EventQueue, utc_text

LARGEST_BODY = 1_000_000
LONGEST_STORE = 1.5  # seconds: Toast waits two for an answer
MOST_AT_ONCE = 500
LOG_EVERY_SECONDS = 60.0
TEXTS = ("event_id", "event_type", "record_id")  # what a till may write anything into
log = logging.getLogger("tillhouse.webhooks")


@dataclass(frozen=True)
class Receiver:
    """One account whose events are taken: `url` as registered with the till, `key` signs."""

    account_id: str
    source: str
    url: str
    key: str

    def told(self, request: vendors.Request) -> vendors.Told | None:
        """What a request tells; None when it is not signed by the till."""
        sender = vendors.SENDERS[self.source]
        return sender.read(request) if sender.is_signed(request, self.key) else None


def receivers(accounts: Sequence[Account], base_url: str) -> dict[str, Receiver]:
    """The accounts whose till sends events and whose signing secret is set, by account id."""
    found = {}
    for account in accounts:
        sender = vendors.SENDERS.get(account.source)
        if sender is None or account.transport != "api" or account.is_paused:
            continue
        try:
            key = account.secret(sender.key)
        except AccountError:
            continue
        url = f"{base_url.rstrip('/')}/webhooks/{account.account_id}"
        found[account.account_id] = Receiver(account.account_id, account.source, url, key)
    return found


class _Writer:
    """Stores what arrives together in one step, so that many events cost one write to the disk."""

    def __init__(self, queue: EventQueue) -> None:
        self._queue = queue
        self._arrived: asyncio.Queue[tuple[Event, asyncio.Future]] = asyncio.Queue(10_000)
        self._thread = ThreadPoolExecutor(1)

    async def store(self, event: Event) -> bool:
        """Whether the event is new, once it is on the disk.

        Raises QueueFull, TimeoutError or the disk's error: then it was not accepted.
        """
        done: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._arrived.put_nowait((event, done))
        return await asyncio.wait_for(done, LONGEST_STORE)

    async def run(self) -> None:
        """Write until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            batch = [await self._arrived.get()]
            while len(batch) < MOST_AT_ONCE and not self._arrived.empty():
                batch.append(self._arrived.get_nowait())
            events = [event for event, _ in batch]
            try:
                outcomes = await loop.run_in_executor(self._thread, self._queue.add, events)
            except Exception as error:  # a full disk: the tills send again
                outcomes = [error] * len(batch)
            for (_, done), outcome in zip(batch, outcomes, strict=True):
                if done.done():
                    continue  # it waited too long and was refused
                if isinstance(outcome, Exception):
                    done.set_exception(outcome)
                else:
                    done.set_result(outcome)


class _Quiet:
    """One line a minute per subject, with how many it stands for."""

    def __init__(self) -> None:
        self._last: dict[str, float] = {}
        self._hushed: dict[str, int] = {}

    def say(self, subject: str, text: str) -> None:
        """Log the text, or count it."""
        now = time.monotonic()
        if now - self._last.get(subject, -LOG_EVERY_SECONDS) < LOG_EVERY_SECONDS:
            self._hushed[subject] = self._hushed.get(subject, 0) + 1
            return
        self._last[subject] = now
        more = self._hushed.pop(subject, 0)
        log.warning("%s%s", text, f" ({more} more since the last line)" if more else "")


class _Metrics:
    """What Prometheus reads."""

    def __init__(self, queue: EventQueue) -> None:
        self.registry = prometheus_client.CollectorRegistry()
        self.events = prometheus_client.Counter(
            "tillhouse_webhook_events", "Requests, by till and outcome",
            ["source", "outcome"], registry=self.registry,
        )  # fmt: skip
        waiting = prometheus_client.Gauge(
            "tillhouse_webhook_queue_depth", "Events that no load has taken over",
            registry=self.registry,
        )  # fmt: skip
        waiting.set_function(queue.depth)
        self._successes = prometheus_client.Gauge(
            "tillhouse_last_success_timestamp_seconds", "Last load that went well",
            ["account"], registry=self.registry,
        )  # fmt: skip
        self._queue = queue

    def text(self) -> bytes:
        """All of it in Prometheus' words."""
        for account_id, at in self._queue.successes().items():
            self._successes.labels(account_id).set(at)
        return prometheus_client.generate_latest(self.registry)


def create_app(accounts: dict[str, Receiver], queue: EventQueue) -> FastAPI:
    """The service: `/webhooks/<account>`, `/health`, `/metrics`."""
    writer, metrics, quiet = _Writer(queue), _Metrics(queue), _Quiet()

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        writing = asyncio.create_task(writer.run())
        yield
        writing.cancel()

    app = FastAPI(lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)

    def answer(source: str, outcome: str, status: int) -> Response:
        metrics.events.labels(source, outcome).inc()
        return JSONResponse({"status": outcome}, status)

    @app.post("/webhooks/{account_id}")
    @app.post("/webhooks/{account_id}/{kind}")
    async def receive(account_id: str, request: Request, kind: str = "") -> Response:
        account = accounts.get(account_id)
        if account is None:
            quiet.say("unknown", "an event for an account that takes none")
            return answer("unknown", "unknown_account", 404)
        body = await _body(request)
        if body is None:
            return answer(account.source, "too_large", 413)
        told = account.told(vendors.Request(account.url, request.headers, body, kind))
        if told is None:
            quiet.say(account_id, f"{account_id}: an event with a wrong signature was refused")
            return answer(account.source, "bad_signature", 401)
        told = told._replace(**{name: storable(getattr(told, name)) for name in TEXTS})
        event = Event(account_id, account.source, *told, utc_text(), decode(body))
        try:
            is_new = await writer.store(event)
        except Exception as error:  # full, slow or broken: not accepted, so it is sent again
            quiet.say("store", f"an event could not be stored ({type(error).__name__})")
            return answer(account.source, "not_stored", 503)
        return answer(account.source, "accepted" if is_new else "replay", 200)

    @app.get("/health")
    def health() -> Response:
        try:
            return JSONResponse({"status": "ok", "waiting": queue.depth()})
        except Exception as error:  # whatever keeps the file from being read
            return JSONResponse({"status": type(error).__name__}, 503)

    @app.get("/metrics")
    def tell_metrics() -> Response:
        return Response(metrics.text(), media_type=prometheus_client.CONTENT_TYPE_LATEST)

    return app


async def _body(request: Request) -> bytes | None:
    """The raw body; None when it is larger than any event."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BODY:
            return None
    return bytes(body)


def serve(host: str, port: int, queue_path: Path | None = None) -> None:
    """Serve until stopped.

    Raises AccountError when no account has what its till signs with.
    """
    base_url = os.environ.get("TILLHOUSE_WEBHOOKS_URL", f"http://{host}:{port}")
    found = receivers(read_accounts(), base_url)
    if not found:
        raise AccountError(
            "No account takes events: set TILLHOUSE_<ACCOUNT_ID>_WEBHOOK_KEY (Square, Toast) or"
            " TILLHOUSE_<ACCOUNT_ID>_CLIENT_SECRET (X-Series) to what the till signs them with."
        )
    logging.basicConfig(format="%(asctime)s %(message)s", level=logging.INFO)
    for receiver in found.values():
        log.info("%s: %s, register this address there: %s", *_shown(receiver))
    app = create_app(found, EventQueue(queue_path))
    uvicorn.run(app, host=host, port=port, log_level="warning", access_log=False)


def _shown(receiver: Receiver) -> tuple[str, str, str]:
    return receiver.account_id, receiver.source, receiver.url
