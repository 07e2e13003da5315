"""A guard against requests into private networks, at the point where sockets are made.

aiohttp calls the socket factory for every connection, so host names, IP literals, redirects and
names that resolve differently the second time are all checked here. A filtering resolver alone
does not see literals (measured).
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

#: The ports of the web. Any other port may be somebody's mail server or database.
WEB_PORTS = frozenset({80, 443})

#: All IPv6 addresses that are allocated for the internet. Outside are unique, link and site local
#: addresses, multicast, and those that embed an IPv4 address (compatible, translated).
_GIVEN_OUT = ipaddress.ip_network("2000::/3")

#: Ranges that embed another address, that belong to protocols or examples, or that `is_global`
#: wrongly accepts in some version of Python.
_REFUSED = (
    ipaddress.ip_network("192.0.0.0/24"),
    ipaddress.ip_network("192.88.99.0/24"),
    ipaddress.ip_network("224.0.0.0/4"),
    ipaddress.ip_network("240.0.0.0/4"),
    ipaddress.ip_network("2001::/23"),
    ipaddress.ip_network("2001:db8::/32"),
    ipaddress.ip_network("2002::/16"),
    ipaddress.ip_network("3fff::/20"),
)
#: The second half of an IPv6 address that embeds an IPv4 one by ISATAP begins with one of these.
_ISATAP = (0x0000_5EFE, 0x0200_5EFE)


class RefusedError(OSError):
    """A connection that is refused because of where it leads."""


class PrivateAddressError(RefusedError):
    """A feed led to an address that is not on the public internet."""


class PortError(RefusedError):
    """A feed led to a port that is not the web's."""


def is_public(address: str) -> bool:
    """Whether an IP address is on the public internet; a mapped IPv4 address is checked as such."""
    parsed: Address = ipaddress.ip_address(address.split("%", maxsplit=1)[0])
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is None:
            return _is_public_v6(parsed)
        parsed = parsed.ipv4_mapped
    return parsed.is_global and not _is_refused(parsed)


def _is_public_v6(address: ipaddress.IPv6Address) -> bool:
    if address not in _GIVEN_OUT or int(address) >> 32 & 0xFFFF_FFFF in _ISATAP:
        return False
    return address.is_global and not _is_refused(address)


def _is_refused(address: Address) -> bool:
    return any(address in network for network in _REFUSED if network.version == address.version)


def connector(
    allow_private: bool, resolver: AbstractResolver | None = None, tls: ssl.SSLContext | None = None
) -> aiohttp.TCPConnector:
    """A connector to the public web or, with `allow_private`, to anywhere.

    `resolver` resolves names, and `tls` says which certificates are trusted; if they are None, the
    system's are used.
    """
    return aiohttp.TCPConnector(
        limit=0,
        socket_factory=None if allow_private else public_socket,
        resolver=resolver,
        ssl=True if tls is None else tls,
    )


def public_socket(info: tuple[Any, ...]) -> socket.socket:
    """A socket factory for `aiohttp.TCPConnector` that refuses anything but the public web.

    Raises PrivateAddressError, and PortError for a port that is not the web's.
    """
    family, kind, protocol, _, address = info
    if not is_public(str(address[0])):
        raise PrivateAddressError(f"{address[0]} is not a public address")
    if address[1] not in WEB_PORTS:
        raise PortError(f"{address[1]} is not a port of the web")
    return socket.socket(family, kind, protocol)
