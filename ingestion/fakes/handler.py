"""What the stand-ins of all tills answer alike: whole bodies, and bodies that break off."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler


class FakeHandler(BaseHTTPRequestHandler):
    """Answers over HTTP/1.1; every answer carries the server's own `Date`."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # headers and body in one packet: without it each answer takes 40 ms

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
