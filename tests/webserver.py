"""A real HTTP server on loopback that answers what a test tells it to and remembers what it was asked."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Seen:
    """A request; header names are in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: str


@dataclass
class WebServer:
    """
    Answers by path, in turn, the last one for ever.

    An answer is a status, a body (JSON, with 200), or a triple of status, headers and body.
    """

    port: int = 0
    answers: dict[str, list[Any]] = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Return the address of the server."""
        return f"http://127.0.0.1:{self.port}"

    def on(self, path: str, *answers: Any) -> str:
        """Give the answers for a path; return its address."""
        self.answers[path] = list(answers)
        return self.url + path

    def paths(self) -> list[str]:
        """Return method and path of every request."""
        return [f"{seen.method} {seen.path}" for seen in self.seen]

    def take(self, path: str) -> tuple[int, Mapping[str, str], bytes]:
        """Return the next answer for a path."""
        answers = self.answers.get(path, [404])
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if isinstance(answer, int):
            return answer, {}, b""
        status, headers, body = answer if isinstance(answer, tuple) else (200, {}, answer)
        return status, headers, body.encode() if isinstance(body, str) else json.dumps(body).encode()


@contextmanager
def web_server() -> Iterator[WebServer]:
    """Run a server for a while."""
    told = WebServer()

    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            body = self.rfile.read(length).decode()
            headers = {name.lower(): value for name, value in self.headers.items()}
            told.seen.append(Seen(self.command, self.path, headers, body))
            status, answer_headers, content = told.take(self.path)
            self.send_response(status)
            for name, value in answer_headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)

        do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = _serve

        def log_message(self, *args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        told.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield told
        finally:
            server.shutdown()
            thread.join()
