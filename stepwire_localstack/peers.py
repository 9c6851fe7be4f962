"""The user at the other end of a connection on the loopback interface.

Every user of a machine can connect to a port of 127.0.0.1. Linux knows the user of
each socket and tells it by netlink (sock_diag(7)), for one connection at a time: some
30 microseconds, where reading /proc/net/tcp takes milliseconds.
"""

from __future__ import annotations

import os
import socket
import struct
import sys
from dataclasses import dataclass
from typing import Final

Address = tuple[str, int]
"""An IPv4 address and a port."""

# From linux/sock_diag.h, linux/netlink.h and linux/inet_diag.h.
_NETLINK_SOCK_DIAG: Final = 4
_SOCK_DIAG_BY_FAMILY: Final = 20
_NLM_F_REQUEST: Final = 1
_NO_COOKIE: Final = 0xFFFFFFFF
_ANY_STATE: Final = 0xFFFFFFFF
_HEADER: Final = struct.Struct("=IHHII")  # length, type, flags, sequence, port
_REQUEST: Final = struct.Struct("=BBBxI")  # family, protocol, extensions, states
_PORTS: Final = struct.Struct("!HH")
_INTERFACE_AND_COOKIE: Final = struct.Struct("=III")
_OWNER: Final = struct.Struct("=II")  # user, inode
# The answer's header, family to retransmissions, the socket's id, three counters.
_OWNER_OFFSET: Final = 16 + 4 + 48 + 12
_TIMEOUT_SECONDS: Final = 1.0


@dataclass(frozen=True)
class Owner:
    """Whose a socket is."""

    user: int
    """The numeric id of the user that made it."""
    is_open: bool
    """Whether a process has it still; the user of one that nobody has is shown as 0."""


def owner(peer: Address, here: Address) -> Owner | None:
    """The owner of the peer's socket of a connection from ``peer`` to ``here``.

    None where it is gone. Raises OSError where the system does not tell.
    """
    with socket.socket(
        socket.AF_NETLINK, socket.SOCK_RAW, _NETLINK_SOCK_DIAG
    ) as netlink:
        netlink.settimeout(_TIMEOUT_SECONDS)
        netlink.send(_question(peer, here))
        answer = netlink.recv(4096)
    _, kind, *_ = _HEADER.unpack_from(answer)
    if kind != _SOCK_DIAG_BY_FAMILY:
        return None
    user, inode = _OWNER.unpack_from(answer, _OWNER_OFFSET)
    return Owner(user, is_open=inode != 0)


def can_be_known() -> bool:
    """Whether this system tells the owner of a connection; tried with one."""
    if sys.platform != "linux":
        return False
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()) as client,
    ):
        try:
            found = owner(client.getsockname(), server.getsockname())
        except OSError:
            return False
        return found == Owner(os.geteuid(), is_open=True)


def _question(peer: Address, here: Address) -> bytes:
    body = (
        _REQUEST.pack(socket.AF_INET, socket.IPPROTO_TCP, 0, _ANY_STATE)
        + _PORTS.pack(peer[1], here[1])
        # Addresses have room for IPv6.
        + socket.inet_aton(peer[0]).ljust(16, b"\0")
        + socket.inet_aton(here[0]).ljust(16, b"\0")
        + _INTERFACE_AND_COOKIE.pack(0, _NO_COOKIE, _NO_COOKIE)
    )
    length = _HEADER.size + len(body)
    return _HEADER.pack(length, _SOCK_DIAG_BY_FAMILY, _NLM_F_REQUEST, 1, 0) + body
