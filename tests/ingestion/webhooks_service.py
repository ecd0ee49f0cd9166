"""The receiver as a process of its own, as a shop runs it; it can be killed and started again."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import requests

from ingestion.accounts import PROJECT_DIR
from tests.ingestion.connect_till import free_port


class Service:
    """`python -m ingestion webhooks serve` on one port."""

    def __init__(self) -> None:
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        command = ["-m", "ingestion", "webhooks", "serve", "--port", str(self.port)]
        self._process = subprocess.Popen(
            [sys.executable, *command],
            cwd=PROJECT_DIR,
            env=dict(os.environ),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                if requests.get(f"{self.base}/health", timeout=1).ok:
                    return
            except requests.RequestException:
                time.sleep(0.1)
        raise AssertionError(self.stop())

    def kill(self) -> None:
        """As a power cut would."""
        self._process.kill()
        self._process.communicate()
        self._process = None

    def stop(self) -> str:
        """End it; all that it has printed."""
        if self._process is None:
            return ""
        self._process.terminate()
        said, _ = self._process.communicate(timeout=30)
        self._process = None
        return said
