"""No request into private networks: the address is checked where the socket is made.

aiohttp asks the socket factory for every connect, so host names, IP literals, redirects and names
that resolve differently the second time all pass here. A filtering resolver alone does not see
literals (measured).
"""

from __future__ import annotations

import ipaddress
import socket
from typing import Any

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

#: Ranges that carry another address inside, or that `is_global` wrongly lets through.
_REFUSED = tuple(
    map(
        ipaddress.ip_network,
        ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "224.0.0.0/4", "192.0.0.0/24", "ff00::/8"),
    )
)


class PrivateAddressError(OSError):
    """A feed led to an address that is not on the public internet."""


def is_public(address: str) -> bool:
    """Whether an IP address is on the public internet, the address inside a mapped one included."""
    parsed: Address = ipaddress.ip_address(address.split("%", maxsplit=1)[0])
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    return parsed.is_global and not any(parsed in network for network in _REFUSED if network.version == parsed.version)


def public_socket(info: tuple[Any, ...]) -> socket.socket:
    """A socket factory for `aiohttp.TCPConnector` that refuses private addresses."""
    family, kind, protocol, _, address = info
    if not is_public(str(address[0])):
        raise PrivateAddressError(f"{address[0]} is not a public address")
    return socket.socket(family, kind, protocol)
