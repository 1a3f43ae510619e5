"""
Errors as problem bodies (RFC 9457).

One shape for everything that can go wrong, with the JSON path and the hint that our errors carry.  Nothing of
an unexpected error is told: it is in the server's log.
"""

from __future__ import annotations

import http
import json
from collections.abc import Mapping
from typing import Any, cast

from airflow.api_fastapi.common.exceptions import init_error_handlers
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from gennaker.errors import Conflict, Denied, GennakerError, NotFound, SpecError, StaleRevision, Temporary
from gennaker.spec.problems import InvalidPipeline

_STATUS: tuple[tuple[type[GennakerError], int], ...] = (
    (NotFound, 404),
    (Conflict, 409),
    (Denied, 403),
    (SpecError, 422),
    (Temporary, 503),
    (GennakerError, 400),
)


class Answer(JSONResponse):
    """A JSON answer, also of half a surrogate pair: valid in JSON text, but in no encoding."""

    def render(self, content: Any) -> bytes:
        """Return the body."""
        try:
            return super().render(content)
        except UnicodeEncodeError:
            return json.dumps(content, allow_nan=False, separators=(",", ":")).encode()


class ProblemResponse(Answer):
    """A JSON answer that says it is a problem."""

    media_type = "application/problem+json"


def problem(
    status: int, detail: Any, *, headers: Mapping[str, str] | None = None, **more: Any
) -> ProblemResponse:
    """Return a problem body."""
    body = {
        "type": "about:blank",
        "title": http.HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }
    extra = {key: value for key, value in more.items() if value is not None}
    return ProblemResponse({**body, **extra}, status_code=status, headers=dict(headers or {}))


def install(app: FastAPI) -> None:
    """Answer every error of an application with a problem body."""
    init_error_handlers(app)
    app.add_exception_handler(GennakerError, _ours)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)


def _ours(_: Request, error: Exception) -> ProblemResponse:
    known = cast("GennakerError", error)
    status = next(status for kind, status in _STATUS if isinstance(known, kind))
    more: dict[str, Any] = {"path": known.path, "hint": known.hint}
    if isinstance(known, InvalidPipeline):
        more["problems"] = [found.to_dict() for found in known.problems]
    if isinstance(known, StaleRevision):
        more |= {"base": known.base, "latest": known.latest, "yours": known.yours, "theirs": known.theirs}
    return problem(status, known.message, **more)


def _http(_: Request, error: Exception) -> ProblemResponse:
    known = cast("HTTPException", error)
    return problem(known.status_code, known.detail, headers=known.headers)


def _invalid(_: Request, error: Exception) -> ProblemResponse:
    known = cast("RequestValidationError", error)
    errors = [{"path": _path(entry["loc"]), "detail": entry["msg"]} for entry in known.errors()]
    return problem(422, "the request is not valid", errors=errors)


def _path(location: tuple[int | str, ...]) -> str:
    where, *rest = location
    root = "$" if where == "body" else f"{where}:"
    return root + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in rest)
