"""What kind of IP address something is, seen through the ways to dress one address as another."""

from __future__ import annotations

import ipaddress

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# Metadata services at addresses that look public or merely private.
_METADATA: tuple[Address, ...] = (
    ipaddress.ip_address("168.63.129.16"),  # Azure
    ipaddress.ip_address("100.100.100.200"),  # Alibaba Cloud
    ipaddress.ip_address("192.0.0.192"),  # Oracle
    ipaddress.ip_address("fd00:ec2::254"),  # AWS
)

_EMBEDDED_IN_LAST_BITS = (
    ipaddress.IPv6Network("::/96"),  # IPv4-compatible
    ipaddress.IPv6Network("64:ff9b::/96"),  # NAT64
    ipaddress.IPv6Network("64:ff9b:1::/48"),  # NAT64, local use
    ipaddress.IPv6Network("::ffff:0:0:0/96"),  # IPv4-translated
)


def faces(address: Address) -> tuple[Address, ...]:
    """Return the address and every address that traffic to it may end up at."""
    if isinstance(address, ipaddress.IPv4Address):
        return (address,)
    inner = [address.ipv4_mapped, address.sixtofour]
    if address.teredo:
        inner.extend(address.teredo)
    if any(address in network for network in _EMBEDDED_IN_LAST_BITS):
        inner.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return (address, *(face for face in inner if face is not None))


def is_public(address: Address) -> bool:
    """Tell whether anybody on the internet could reach the address."""
    seen = [face for face in faces(address) if not _is_mere_wrapper(face)]
    return not is_link_local(address) and all(face.is_global for face in seen)


def is_loopback(address: Address) -> bool:
    """Tell whether the address is this machine's own."""
    return any(face.is_loopback or face.is_unspecified for face in faces(address))


def is_link_local(address: Address) -> bool:
    """Tell whether the address is link-local, site-local, multicast or a cloud's metadata service."""
    return any(
        face.is_link_local or face.is_multicast or face in _METADATA or _is_site_local(face)
        for face in faces(address)
    )


def _is_mere_wrapper(address: Address) -> bool:
    """Tell whether an IPv4 address in IPv6 dress is meant, so that only the inner one counts."""
    return isinstance(address, ipaddress.IPv6Address) and (
        address.ipv4_mapped is not None or address in _EMBEDDED_IN_LAST_BITS[1]
    )


def _is_site_local(address: Address) -> bool:
    return isinstance(address, ipaddress.IPv6Address) and address.is_site_local
