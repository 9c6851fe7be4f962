"""Names below `localhost` are this machine, as RFC 6761 (section 6.3) has it.

What the emulator calls (integrations of APIs, HTTP Tasks, API destinations,
subscriptions, token endpoints) can be one of its function URLs or APIs,
`http://ID.lambda-url.REGION.localhost:PORT/`, and not every libc resolves such names.
"""

from __future__ import annotations

import ipaddress
import socket
from typing import Any, Final

_LOOPBACK: Final = {
    socket.AF_INET: ("127.0.0.1",),
    socket.AF_INET6: ("::1",),
    socket.AF_UNSPEC: ("127.0.0.1", "::1"),
}


def install() -> None:
    """Changes how this process resolves names."""
    stock = socket.getaddrinfo

    def getaddrinfo(
        host: Any,
        port: Any,
        family: int = 0,
        type: int = 0,
        proto: int = 0,
        flags: int = 0,
    ) -> list[Any]:
        if not is_localhost(host) or family not in _LOOPBACK:
            return stock(host, port, family, type, proto, flags)
        return [
            found
            for address in _LOOPBACK[socket.AddressFamily(family)]
            for found in stock(address, port, 0, type, proto, flags)
        ]

    socket.getaddrinfo = getaddrinfo


def is_localhost(host: Any) -> bool:
    """Whether a host's name is `localhost` or below it."""
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if not isinstance(host, str):
        return False
    name = host.lower().removesuffix(".")
    return name == "localhost" or name.endswith(".localhost")


def is_loopback(host: str) -> bool:
    """Whether a host is this machine: by such a name, or as a loopback address."""
    if is_localhost(host):
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
