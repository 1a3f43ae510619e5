"""
Refuse to clear runs of a pipeline that is disabled or deleted.

Admission would refuse the work of a cleared run anyway; this says so to whoever asks, before a finished run
is turned into a failed one. It stands in front of all of Airflow, so every other request passes it after one
look at its method and path.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import unquote

from airflow.api_fastapi.app import get_auth_manager
from airflow.api_fastapi.auth.managers.base_auth_manager import COOKIE_NAME_JWT_TOKEN
from airflow.utils.session import create_session
from sqlalchemy import select
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gennaker.api.problems import problem
from gennaker.services.governance import is_closed, why_closed
from gennaker.store.models import Pipeline

_ENDS = ("/clear", "/clearTaskInstances", "/clearDagRuns")
_PATH = re.compile(r"/api/v2/dags/([^/]+)/(?:clearTaskInstances|clearDagRuns|dagRuns/[^/]+/clear)\Z")
_ANY_DAG = "~"
#: A longer request is left to Airflow, and to admission.
_LONGEST = 1_000_000


class ClearGuard:
    """The middleware."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http" or scope["method"] != "POST" or not scope["path"].endswith(_ENDS):
            await self._app(scope, receive, send)
            return
        found = _PATH.search(scope["path"])
        dag_ids = {unquote(found[1])} if found else set()
        if dag_ids == {_ANY_DAG}:
            body = await _read(receive)
            dag_ids, receive = _named(body), _again(body, receive)
        # Whoever is not logged in learns nothing here.
        if dag_ids and await _is_logged_in(scope):
            why = await run_in_threadpool(_why_closed, dag_ids)
            if why is not None:
                answer = problem(409, f"{why}; its runs cannot be cleared")
                await answer(scope, receive, send)
                return
        await self._app(scope, receive, send)


def _why_closed(dag_ids: Collection[str]) -> str | None:
    with create_session(scoped=False) as session:
        query = select(Pipeline).where(Pipeline.dag_id.in_(dag_ids)).order_by(Pipeline.dag_id)
        closed = [pipeline for pipeline in session.scalars(query).unique() if is_closed(pipeline)]
        return why_closed(closed[0]) if closed else None


async def _is_logged_in(scope: Scope) -> bool:
    headers = Headers(scope=scope)
    kind, _, token = headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer":
        cookie = SimpleCookie(headers.get("cookie", "")).get(COOKIE_NAME_JWT_TOKEN)
        token = cookie.value if cookie else ""
    try:
        return bool(token) and await get_auth_manager().get_user_from_token(token) is not None
    except Exception:
        return False  # Airflow itself says what is wrong with it


async def _read(receive: Receive) -> list[Message]:
    messages: list[Message] = []
    while sum(len(message.get("body", b"")) for message in messages) <= _LONGEST:
        messages.append(await receive())
        if messages[-1]["type"] != "http.request" or not messages[-1].get("more_body"):
            break
    return messages


def _again(messages: list[Message], receive: Receive) -> Receive:
    left = list(messages)

    async def read() -> Message:
        return left.pop(0) if left else await receive()

    return read


def _named(messages: list[Message]) -> set[str]:
    try:
        body: Any = json.loads(b"".join(message.get("body", b"") for message in messages))
        return {str(run["dag_id"]) for run in body["dag_runs"]}
    except (ValueError, LookupError, TypeError):
        return set()  # Airflow itself refuses it
