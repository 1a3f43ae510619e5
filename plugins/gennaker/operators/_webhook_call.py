"""Calls of a `webhook` stage: how they are made up, who gets credentials, what an answer looks like."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import httpx

from gennaker.client.outbound import Answer, Call, Limits, Outbound
from gennaker.errors import Denied, NotFound, Temporary
from gennaker.security.redact import redact_headers
from gennaker.security.urls import UrlPolicy
from gennaker.settings import Settings

_WITHOUT_BODY = frozenset({"GET", "HEAD"})
#: Extras of an HTTP connection that configure the client instead of being headers, as in Airflow's HttpHook.
_CLIENT_OPTIONS = frozenset(
    (
        "timeout",
        "allow_redirects",
        "max_redirects",
        "proxies",
        "proxy",
        "trust_env",
        "verify",
        "cert",
        "stream",
    )
)


def policy_of(settings: Settings) -> UrlPolicy:
    """Return what stages may call."""
    return UrlPolicy(settings.allowed_urls, settings.allow_loopback)


def send(call: Call, settings: Settings, *, seconds: float = 120.0) -> Answer:
    """Make a call that takes at most about so many seconds."""
    limits = Limits(settings.max_response_bytes, total_seconds=seconds)
    with Outbound(policy_of(settings), limits=limits) as outbound:
        return outbound.send(call)


def build(url: str, method: str, *, payload: Any = None, headers: Mapping[str, Any] | None = None) -> Call:
    """Return a call; an object is sent as JSON, a text as it is."""
    method = method.upper() or "POST"
    texts = {str(name): str(value) for name, value in (headers or {}).items()}
    if payload is None or method in _WITHOUT_BODY:
        return Call(method, url, headers=texts)
    if not isinstance(payload, str):
        return Call(method, url, headers=texts, json=payload)
    if not any(name.lower() == "content-type" for name in texts):
        texts["Content-Type"] = "application/json"
    return Call(method, url, headers=texts, content=payload)


def authorized(call: Call, account: str | None, *, optional: bool = False) -> Call:
    """
    Return the call with the credentials of a connection.

    Whoever writes a pipeline chooses both the connection and the address, and would otherwise have the
    credentials of any connection sent to a server of theirs: so they go to the connection's own host only.

    :param optional: leave a call to another host without credentials instead of refusing it.
    """
    if not account:
        return call
    connection = _connection(account)
    if _host_of(connection.host) != httpx.URL(call.url).host:
        if optional:
            return call
        raise Denied(
            f"account: connection {account!r} is not for the host of {call.url!r}",
            hint="give the connection the host that the stage calls",
        )
    extras = connection.extra_dejson or {}
    headers = {k: v for k, v in extras.items() if k not in _CLIENT_OPTIONS and isinstance(v, str)}
    auth = (connection.login, connection.password or "") if connection.login else None
    if connection.password and not auth:
        headers["Authorization"] = f"Bearer {connection.password}"
    return Call(call.method, call.url, {**headers, **call.headers}, call.json, call.content, auth)


def _connection(account: str) -> Any:
    from airflow.sdk import Connection
    from airflow.sdk.exceptions import AirflowNotFoundException, AirflowRuntimeError

    try:
        return Connection.get(account)
    except (AirflowNotFoundException, AirflowRuntimeError):
        raise NotFound(f"account: there is no Airflow connection {account!r}") from None


def _host_of(host: str | None) -> str | None:
    """Return the host of a connection, whose field may also hold a URL."""
    if not host:
        return None
    return httpx.URL(host if "://" in host else f"//{host}").host


def describe(answer: Answer) -> dict[str, Any]:
    """Return an answer as ``context.webhook`` shows it."""
    return {
        "statusCode": _status_name(answer.status),
        "statusCodeValue": answer.status,
        "body": answer.parsed(),
        "headers": redact_headers(answer.headers),
    }


def _status_name(status: int) -> str:
    try:
        return HTTPStatus(status).name
    except ValueError:
        return str(status)


def is_retryable(error: Exception, method: str) -> bool:
    """Tell whether a call that brought no answer may be made again: not if it may have been heard."""
    if isinstance(error, httpx.TimeoutException):
        return method.upper() == "GET"
    return isinstance(error, Temporary)


def message_of(error: Exception) -> str:
    """Return what went wrong with a call."""
    return str(error) or type(error).__name__
