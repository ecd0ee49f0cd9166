"""A stand-in for a till that sends events: signed as each till signs, sent again until taken.

    sender = WebhookSender("square", "http://127.0.0.1:8770/webhooks/stall", key="...")
    sender.send(sender.event(7))

As a process of its own it sends at a steady rate, as a load test does:

    python -m ingestion.fakes.webhook_sender square URL --rate 200 --seconds 60 --key ...
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import hmac
import http.client
import json
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode, urlsplit

SEND_AGAIN_SECONDS = 0.5


class WebhookSender:
    """One subscription at one till. `url` is both where it sends and what is registered."""

    def __init__(self, source: str, url: str, key: str) -> None:
        self.source, self.url, self.key = source, url, key
        self.statuses: Counter[int] = Counter()
        self.seconds: list[float] = []
        self._lock, self._local = threading.Lock(), threading.local()

    def event(self, number: int, event_type: str = "", record_id: str = "") -> bytes:
        """The body of an invented event; the same number is the same event."""
        record_id = record_id or f"record-{number}"
        at = f"2026-03-02T10:{number // 60 % 60:02}:{number % 60:02}.000Z"
        if self.source == "square":
            body = {
                "merchant_id": "M1",
                "type": event_type or "order.updated",
                "event_id": f"event-{number}",
                "created_at": at,
                "data": {"type": "order_updated", "id": record_id, "object": {}},
            }
            return json.dumps(body).encode()
        if self.source == "toast":
            body = {
                "timestamp": at,
                "eventCategory": "orders",
                "eventType": event_type or "order_updated",
                "guid": f"event-{number}",
                "details": {"order": {"guid": record_id}},
            }
            return json.dumps(body).encode()
        payload = {"id": record_id, "sale_number": number, "updated_at": at}
        told = {"type": event_type or "sale.update", "payload": json.dumps(payload)}
        return urlencode(told).encode()

    def signature(self, body: bytes, encoding: str = "base64") -> dict[str, str]:
        """The header that proves the body, as the till makes it."""
        message = {"square": self.url.encode() + body, "lightspeed_x": body}.get(self.source)
        if message is None:
            message = body + json.loads(body)["timestamp"].encode()
        digest = hmac.new(self.key.encode(), message, hashlib.sha256).digest()
        text = digest.hex() if encoding == "hex" else base64.b64encode(digest).decode()
        if self.source == "square":
            return {"X-Square-HmacSha256-Signature": text}
        if self.source == "toast":
            return {"Toast-Signature": text}
        return {"X-Signature": f"signature={text},algorithm=HMAC-SHA256"}

    def send(self, body: bytes, headers: dict[str, str] | None = None, path: str = "") -> int:
        """Send once; the status, or 0 when nobody answered within two seconds."""
        started = time.perf_counter()
        parts = urlsplit(self.url)
        try:
            connection = getattr(self._local, "connection", None)
            if connection is None:
                connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=2)
                self._local.connection = connection
            sent = self.signature(body) if headers is None else headers
            connection.request("POST", parts.path + path, body, sent)
            response = connection.getresponse()
            response.read()
            status = response.status
        except (OSError, http.client.HTTPException):
            connection.close()
            self._local.connection, status = None, 0
        with self._lock:
            self.statuses[status] += 1
            if status == 200:
                self.seconds.append(time.perf_counter() - started)
        return status

    def send_until_taken(self, body: bytes, tries: int = 100) -> bool:
        """Send again until it is taken, as the tills do, only sooner."""
        for _ in range(tries):
            if self.send(body) == 200:
                return True
            time.sleep(SEND_AGAIN_SECONDS)
        return False

    def run(self, rate: int, seconds: float, first: int = 0, repeat_every: int = 0) -> int:
        """Send `rate` events a second; how many were taken. Each `repeat_every`th is sent twice."""
        count = round(rate * seconds)
        start = time.monotonic()
        with ThreadPoolExecutor(64) as pool:
            taken = []
            for number in range(first, first + count):
                time.sleep(max(0.0, start + (number - first) / rate - time.monotonic()))
                body = self.event(number)
                taken.append(pool.submit(self.send_until_taken, body))
                if repeat_every and number % repeat_every == 0:
                    pool.submit(self.send_until_taken, body)
            return sum(done.result() for done in taken)


def main() -> None:
    """Send as the command line says and print the outcome as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("source", choices=("square", "toast", "lightspeed_x"))
    parser.add_argument("url")
    parser.add_argument("--key", required=True)
    parser.add_argument("--rate", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--repeat-every", type=int, default=0)
    options = parser.parse_args()
    sender = WebhookSender(options.source, options.url, options.key)
    started = time.monotonic()
    taken = sender.run(options.rate, options.seconds, repeat_every=options.repeat_every)
    slowest = sorted(sender.seconds)
    print(
        json.dumps(
            {
                "taken": taken,
                "seconds": time.monotonic() - started,
                "statuses": sender.statuses,
                "p50": slowest[len(slowest) // 2],
                "p99": slowest[len(slowest) * 99 // 100],
                "worst": slowest[-1],
            }
        )
    )


if __name__ == "__main__":
    main()
