"""Refuse bodies that are too large before they are read into memory."""

from __future__ import annotations

from fastapi import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gennaker.api.problems import problem

#: Bytes of a request; the largest known pipeline has less than half of this.
MAX_BODY = 2 * 1024 * 1024
#: Bytes of a document to import, which holds all pipelines of an application.
MAX_IMPORT = 16 * 1024 * 1024
#: Bytes of a folder that a task sends, with the pipelines of all applications.
MAX_SYNC = 256 * 1024 * 1024

_LARGER = (("/internal/v1/sync", MAX_SYNC), ("/import", MAX_IMPORT))


class BodyLimit:
    """Answer 413 to what announces too much, and to what turns out to be too much."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, counting its bytes."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = str(scope["path"])
        limit = next((most for end, most in _LARGER if path.endswith(end)), MAX_BODY)
        if _announced(scope) > limit:
            await problem(413, _message(limit))(scope, receive, send)
            return
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > limit:
                raise HTTPException(413, _message(limit))
            return message

        await self._app(scope, counted, send)


def _announced(scope: Scope) -> int:
    length = dict(scope["headers"]).get(b"content-length", b"")
    return int(length) if length.isdigit() else 0


def _message(limit: int) -> str:
    return f"the body has more than {limit:,} bytes"
