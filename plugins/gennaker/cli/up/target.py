"""A tiny deployment service for the demo: accepts a deployment and finishes it a moment later."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

_SECONDS = 2.0


class DeploymentService(ThreadingHTTPServer):
    """Keeps the deployments that were asked for."""

    daemon_threads = True

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.deployments: list[dict[str, Any]] = []
        self.lock = threading.Lock()

    @property
    def url(self) -> str:
        """Where to ask for a deployment."""
        return f"http://127.0.0.1:{self.server_address[1]}/deployments"

    def add(self, request: Any) -> dict[str, Any]:
        """Start a deployment."""
        with self.lock:
            number = len(self.deployments) + 1
            self.deployments.append({"id": number, "request": request, "started": time.monotonic()})
        return self.describe(number)

    def describe(self, number: int) -> dict[str, Any]:
        """Tell how far a deployment is."""
        deployment = self.deployments[number - 1]
        done = time.monotonic() - deployment["started"] >= _SECONDS
        return {
            "id": number,
            "status": "SUCCEEDED" if done else "RUNNING",
            "statusUrl": f"{self.url}/{number}",
            "request": deployment["request"],
        }


class _Handler(BaseHTTPRequestHandler):
    server: DeploymentService

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        try:
            request = json.loads(self.rfile.read(length) or b"null")
        except ValueError:
            self._answer(400, {"error": "the body is not JSON"})
            return
        self._answer(201, self.server.add(request))

    def do_GET(self) -> None:
        number = self.path.rpartition("/")[2]
        if number.isdigit() and 1 <= int(number) <= len(self.server.deployments):
            self._answer(200, self.server.describe(int(number)))
        else:
            self._answer(404, {"error": f"no deployment {number}"})

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Keep the terminal for the stages."""


@contextmanager
def serve(port: int) -> Iterator[DeploymentService]:
    """Run the service in a thread."""
    service = DeploymentService(port)
    thread = threading.Thread(target=service.serve_forever, args=(0.1,), daemon=True)
    thread.start()
    try:
        yield service
    finally:
        service.shutdown()
        service.server_close()
        thread.join()
