"""What all stand-ins share: a server on loopback, whole bodies, and bodies that break off."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


class FakeHandler(BaseHTTPRequestHandler):
    """Answers over HTTP/1.1 for `fake`; every answer carries the server's own `Date`."""

    fake: Any
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # headers and body in one packet: without it each answer takes 40 ms

    def do_GET(self) -> None:
        """A request without a body."""
        self.get()

    def do_POST(self) -> None:
        """A request with a body."""
        self.post(self.rfile.read(int(self.headers.get("Content-Length", 0))))

    def get(self) -> None:
        """Answer a GET."""
        raise NotImplementedError

    def post(self, body: bytes) -> None:
        """Answer a POST."""
        raise NotImplementedError

    def send_text(self, status: int, text: str, headers: dict[str, str] | None = None) -> None:
        """A whole answer, JSON unless `headers` say otherwise."""
        raw = text.encode()
        self.send_response(status)
        for name, value in ({"Content-Type": "application/json"} | (headers or {})).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def break_off(self, text: str, fault: str) -> None:
        """Half a body: the connection dies (`disconnect`), or ends as if that were all (`cut`)."""
        raw = text.encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Connection", "close")
        if fault == "disconnect":
            self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw[: len(raw) // 2])
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Say nothing: tests read `requests`."""


class FakeServer:
    """Serves with its `handler` at `url` within a `with`; port 0 is any that is free."""

    handler: type[FakeHandler]
    port = 0

    def __enter__(self) -> Self:
        handler = type("Handler", (self.handler,), {"fake": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        ).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
