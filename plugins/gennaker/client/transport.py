"""
HTTP transports that connect to the address that was checked, and to no other.

The guard looks a host up once; connecting by name would look it up again, and an attacker's name server may
answer differently the second time.  So the request that goes out names the address, while the ``Host`` header
and the certificate check keep the name.
"""

from __future__ import annotations

import asyncio
import functools
import ssl
from collections.abc import Iterator

import httpx

from gennaker.errors import Temporary
from gennaker.security.urls import CheckedUrl, UrlPolicy

# A kept connection is found again by its address alone, and could serve another name at the same address.
_NO_KEEPALIVE = httpx.Limits(max_keepalive_connections=0)


@functools.cache
def _tls() -> ssl.SSLContext:
    """Return the settings of TLS; reading the certificates takes longer than most calls."""
    return httpx.create_ssl_context()


class GuardedTransport(httpx.BaseTransport):
    """Send each request, redirects included, only where the policy allows."""

    def __init__(self, policy: UrlPolicy) -> None:
        self._policy = policy
        self._inner = httpx.HTTPTransport(verify=_tls(), limits=_NO_KEEPALIVE, trust_env=False)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Check the URL, then try its addresses in turn."""
        failure: httpx.TransportError | None = None
        for pinned in _pinned(request, self._policy.check(request.url)):
            try:
                return self._inner.handle_request(pinned)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                failure = error
        raise failure or Temporary("the host has no address")

    def close(self) -> None:
        """Close what is still open."""
        self._inner.close()


class AsyncGuardedTransport(httpx.AsyncBaseTransport):
    """The same for asyncio; the look-up of a name happens in a thread."""

    def __init__(self, policy: UrlPolicy) -> None:
        self._policy = policy
        self._inner = httpx.AsyncHTTPTransport(verify=_tls(), limits=_NO_KEEPALIVE, trust_env=False)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Check the URL, then try its addresses in turn."""
        checked = await asyncio.to_thread(self._policy.check, request.url)
        failure: httpx.TransportError | None = None
        for pinned in _pinned(request, checked):
            try:
                return await self._inner.handle_async_request(pinned)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                failure = error
        raise failure or Temporary("the host has no address")

    async def aclose(self) -> None:
        """Close what is still open."""
        await self._inner.aclose()


def _pinned(request: httpx.Request, checked: CheckedUrl) -> Iterator[httpx.Request]:
    """Yield the request once for each address; nothing of the body is used up before a connection stands."""
    for address in checked.addresses:
        yield httpx.Request(
            request.method,
            request.url.copy_with(host=address),
            headers=request.headers,
            stream=request.stream,
            extensions={**request.extensions, "sni_hostname": checked.host},
        )
