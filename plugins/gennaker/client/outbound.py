"""
HTTP to addresses that a pipeline names: guarded, bounded in size and time, without the worker's proxies.

Used by the ``webhook`` stage, notifications and everything else that calls out on a pipeline's behalf.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from gennaker.client.transport import AsyncGuardedTransport, GuardedTransport
from gennaker.errors import StageFailed
from gennaker.security.urls import UrlPolicy

CONNECT_SECONDS = 15.0
READ_SECONDS = 20.0

_KEPT_ACROSS_HOSTS = frozenset(
    ("host", "accept", "accept-encoding", "user-agent", "content-length", "content-type", "transfer-encoding")
)


@dataclass(frozen=True, slots=True)
class Call:
    """
    A request to make.

    :ivar json: sent as JSON where it is not None; ``content`` is for anything else.
    :ivar auth: user and password for basic authentication.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    json: Any = None
    content: bytes | str | None = None
    auth: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; ``url`` is the address after redirects."""

    status: int
    reason: str
    headers: Mapping[str, str]
    content: bytes
    url: str

    @property
    def text(self) -> str:
        """Return the body as text."""
        return self.content.decode("utf-8", errors="replace")

    def parsed(self) -> Any:
        """Return the body parsed where it is JSON, else as text; None where there is none."""
        if not self.content:
            return None
        try:
            return json.loads(self.content)
        except ValueError:
            return self.text


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one call: redirects included, and also against a peer that sends a byte now and then."""

    max_bytes: int = 1_048_576
    max_redirects: int = 5
    total_seconds: float = 120.0


class Outbound:
    """Make calls from synchronous code."""

    def __init__(self, policy: UrlPolicy, *, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._client = httpx.Client(transport=GuardedTransport(policy), timeout=_timeout(), trust_env=False)

    def __enter__(self) -> Outbound:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def send(self, call: Call) -> Answer:
        """
        Make the call and follow redirects.

        :raises Denied: the policy refuses the address.
        :raises Temporary: its host could not be looked up.
        :raises StageFailed: the response is too long, or redirects too often.
        :raises httpx.TransportError: the connection failed, or the call took too long.
        """
        deadline = time.monotonic() + self._limits.total_seconds
        request: httpx.Request | None = _request(self._client, call)
        for _ in range(self._limits.max_redirects + 1):
            if request is None:
                break
            response = self._client.send(request, stream=True, auth=_auth(call, request))
            try:
                if not response.has_redirect_location:
                    return self._read(response, deadline)
                request = _next_request(response)
            finally:
                response.close()
        raise _too_many_redirects(self._limits)

    def _read(self, response: httpx.Response, deadline: float) -> Answer:
        body = bytearray()
        for chunk in response.iter_bytes():
            body += chunk
            _check_size(body, self._limits)
            if time.monotonic() > deadline:
                raise _too_slow(self._limits)
        return _answer(response, body)


class AsyncOutbound:
    """Make calls from asyncio."""

    def __init__(self, policy: UrlPolicy, *, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._client = httpx.AsyncClient(
            transport=AsyncGuardedTransport(policy), timeout=_timeout(), trust_env=False
        )

    async def __aenter__(self) -> AsyncOutbound:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()

    async def send(self, call: Call) -> Answer:
        """Make the call and follow redirects; raises as `Outbound.send`."""
        try:
            async with asyncio.timeout(self._limits.total_seconds):
                return await self._follow(call)
        except TimeoutError:
            raise _too_slow(self._limits) from None

    async def _follow(self, call: Call) -> Answer:
        request: httpx.Request | None = _request(self._client, call)
        for _ in range(self._limits.max_redirects + 1):
            if request is None:
                break
            response = await self._client.send(request, stream=True, auth=_auth(call, request))
            try:
                if not response.has_redirect_location:
                    return await self._read(response)
                request = _next_request(response)
            finally:
                await response.aclose()
        raise _too_many_redirects(self._limits)

    async def _read(self, response: httpx.Response) -> Answer:
        body = bytearray()
        async for chunk in response.aiter_bytes():
            body += chunk
            _check_size(body, self._limits)
        return _answer(response, body)


def _timeout() -> httpx.Timeout:
    return httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS)


def _request(client: httpx.Client | httpx.AsyncClient, call: Call) -> httpx.Request:
    # A compressed body could grow a thousandfold after the size of what came in was checked.
    headers = httpx.Headers({"accept-encoding": "identity", "user-agent": "gennaker"})
    headers.update(call.headers)
    return client.build_request(call.method, call.url, headers=headers, json=call.json, content=call.content)


def _auth(call: Call, request: httpx.Request) -> httpx.BasicAuth | None:
    same = _origin(httpx.URL(call.url)) == _origin(request.url)
    return httpx.BasicAuth(*call.auth) if call.auth and same else None


def _next_request(response: httpx.Response) -> httpx.Request | None:
    """Return the request that follows a redirect; the pipeline's headers are for the first host only."""
    following = response.next_request
    if following is None or _origin(following.url) == _origin(response.request.url):
        return following
    for name in set(following.headers) - _KEPT_ACROSS_HOSTS:
        del following.headers[name]
    return following


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def _answer(response: httpx.Response, body: bytearray) -> Answer:
    return Answer(
        status=response.status_code,
        reason=response.reason_phrase,
        headers=dict(response.headers),
        content=bytes(body),
        url=str(response.request.url),
    )


def _check_size(body: bytearray, limits: Limits) -> None:
    if len(body) > limits.max_bytes:
        raise StageFailed(
            f"the response is longer than {limits.max_bytes} bytes",
            hint="an administrator can raise [gennaker] max_response_bytes",
        )


def _too_many_redirects(limits: Limits) -> StageFailed:
    return StageFailed(f"more than {limits.max_redirects} redirects")


def _too_slow(limits: Limits) -> httpx.ReadTimeout:
    return httpx.ReadTimeout(f"no complete response within {limits.total_seconds:g} seconds")
