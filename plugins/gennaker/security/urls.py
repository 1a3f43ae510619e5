"""
The guard of every URL that a pipeline names (server-side request forgery).

A worker stands inside the company's network, a pipeline's author may not.  So a URL is checked down to the
addresses its host has **now**, and the caller connects to exactly those (`gennaker.client.outbound`): a
second look-up could answer differently.  Public addresses are free unless the administrator lists hosts;
everything else is refused unless the list names it.
"""

from __future__ import annotations

import fnmatch
import ipaddress
import re
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import httpx

from gennaker.errors import Denied, Temporary
from gennaker.security.addresses import Address, Network, is_link_local, is_loopback, is_public

Resolver = Callable[[str, int], Sequence[str]]

_DEFAULT_PORTS = {"http": 80, "https": 443}
# inet_aton reads `2130706433`, `0x7f.1` and `0177.0.0.1` as 127.0.0.1; nobody means well with them.
_NUMERIC_LABEL = re.compile(r"(?:\d+|0x[0-9a-f]*)", re.IGNORECASE)
_HINT = "an administrator can allow it in [gennaker] allowed_urls"


@dataclass(frozen=True, slots=True)
class CheckedUrl:
    """A URL that may be called, with the addresses to connect to."""

    url: str
    host: str
    port: int
    addresses: tuple[str, ...]


def resolve(host: str, port: int) -> Sequence[str]:
    """Ask the system for the addresses of a host."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


@dataclass(frozen=True)
class UrlPolicy:
    """
    What may be called.

    :ivar allowed: host patterns (``*.example.com``, ``ci.corp:8443``) and networks (``10.20.0.0/16``). Empty:
        any public address. Not empty: nothing else. A host pattern also opens private addresses, as the
        administrator named the host; one without a letter (``*``) opens public addresses only. Loopback,
        link-local and metadata addresses are opened by a network alone: any DNS name can point there.
    :ivar allow_loopback: also 127.0.0.1 and ::1, for try-outs.
    """

    allowed: tuple[str, ...] = ()
    allow_loopback: bool = False
    resolver: Resolver = field(default=resolve, compare=False)

    def check(self, url: str | httpx.URL) -> CheckedUrl:
        """
        Return the URL with the addresses to connect to.

        :raises Denied: the policy refuses it.
        :raises Temporary: its host could not be looked up.
        """
        parsed = _parse(url)
        host, port = _host_of(parsed), parsed.port or _DEFAULT_PORTS[parsed.scheme]
        addresses = _addresses_of(host, port, self.resolver)
        for address in addresses:
            self._check_address(host, port, address)
        return CheckedUrl(str(url), host, port, tuple(str(address) for address in addresses))

    def _check_address(self, host: str, port: int, address: Address) -> None:
        if self.allow_loopback and is_loopback(address):
            return
        if any(address in network for network in self._networks):
            return
        patterns = [pattern for pattern in self._host_patterns if _matches(pattern, host, port)]
        if self.allowed and not patterns:
            raise Denied(f"{host}:{port} is not among the hosts that pipelines may call", hint=_HINT)
        if is_public(address):
            return
        named = any(_names(pattern, host) for pattern in patterns)
        if not named or is_loopback(address) or is_link_local(address):
            # The address stays unsaid: an author must not learn the inside of the network from it.
            raise Denied(f"{host}:{port} is not at a public address", hint=_HINT)

    @property
    def _networks(self) -> list[Network]:
        return [network for entry in self.allowed if (network := _as_network(entry))]

    @property
    def _host_patterns(self) -> list[str]:
        return [entry.lower() for entry in self.allowed if not _as_network(entry)]


def _as_network(entry: str) -> Network | None:
    try:
        return ipaddress.ip_network(entry.strip("[]"), strict=False)
    except ValueError:
        return None


def _split_port(pattern: str) -> tuple[str, int | None]:
    name, colon, port = pattern.rpartition(":")
    return (name.strip("[]"), int(port)) if colon and port.isdigit() else (pattern, None)


def _matches(pattern: str, host: str, port: int) -> bool:
    name, wanted_port = _split_port(pattern)
    return fnmatch.fnmatchcase(host, name) and wanted_port in (None, port)


def _names(pattern: str, host: str) -> bool:
    """Tell whether a pattern says whom it means; ``10.*`` must not match a DNS name that begins like it."""
    name, _ = _split_port(pattern)
    wanted = "[0-9a-f]" if _as_address(host) else "[a-z]"
    return re.search(wanted, name) is not None


def _parse(url: str | httpx.URL) -> httpx.URL:
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, TypeError, ValueError):
        raise Denied("this is not a URL") from None
    if parsed.scheme not in _DEFAULT_PORTS:
        raise Denied(f"got the scheme '{parsed.scheme}'", hint="only http and https can be called")
    if parsed.port is not None and not 0 < parsed.port < 65536:
        raise Denied(f"got the port {parsed.port}")
    if parsed.userinfo:
        raise Denied(
            "the URL holds a user name or a password",
            hint="name an Airflow connection as the stage's account instead",
        )
    return parsed


def _host_of(url: httpx.URL) -> str:
    # raw_host is the spelling that would go to the resolver: lower case, IDNA-encoded.
    host = url.raw_host.decode("ascii").lower().strip("[]").removesuffix(".")
    if not host:
        raise Denied("the URL names no host")
    if _NUMERIC_LABEL.fullmatch(host.rpartition(".")[2]) and _as_address(host) is None:
        raise Denied(f"'{host}' is a number in disguise", hint="write an address as four decimal numbers")
    return host


def _as_address(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _addresses_of(host: str, port: int, resolver: Resolver) -> list[Address]:
    literal = _as_address(host)
    if literal is not None:
        return [literal]
    try:
        found = [_as_address(text.partition("%")[0]) for text in resolver(host, port)]
    except (OSError, UnicodeError) as error:
        raise Temporary(f"the host '{host}' could not be looked up: {error}") from error
    addresses = list(dict.fromkeys(address for address in found if address is not None))
    if not addresses:
        raise Temporary(f"the host '{host}' has no address")
    return addresses
