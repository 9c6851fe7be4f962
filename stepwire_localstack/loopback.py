"""Listens where GATEWAY_LISTEN says, for this user. Stock listens on every address of
the machine, for everybody."""

from __future__ import annotations

import logging
import os
import pwd
import socket
from types import SimpleNamespace
from typing import Any

from localstack import config
from localstack.runtime.server import twisted as stock
from twisted.internet import endpoints
from twisted.internet.protocol import Factory

from . import peers

SOCKET_VARIABLE = "STEPWIRE_GATEWAY_SOCKET"
"""Names the file descriptor of a listening socket that the parent process made.

Made there, a free port cannot be taken by another program before LocalStack uses it.
"""

_log = logging.getLogger(__name__)


def install() -> None:
    """Changes where the gateway's Twisted server listens, and for whom."""
    stock.endpoints = SimpleNamespace(
        TCP4ServerEndpoint=_endpoint,
        TCP6ServerEndpoint=endpoints.TCP6ServerEndpoint,
    )


def _endpoint(reactor: Any, port: int) -> Any:
    descriptor = os.environ.pop(SOCKET_VARIABLE, None)
    if descriptor is None:
        # A container: callers from outside are no users of it.
        host = next(
            listen.host for listen in config.GATEWAY_LISTEN if listen.port == port
        )
        return endpoints.TCP4ServerEndpoint(reactor, port, interface=host)
    endpoint = endpoints.AdoptedStreamServerEndpoint(
        reactor, int(descriptor), socket.AF_INET
    )
    if not peers.can_be_known():
        _log.warning("This system does not tell whose a connection is: all are served.")
        return endpoint
    return SimpleNamespace(
        listen=lambda factory: endpoint.listen(_OwnConnections(factory, port))
    )


class _OwnConnections(Factory):  # type: ignore[misc]
    """Serves connections of this user and of root, and closes those of others."""

    noisy = False

    def __init__(self, served: Factory, port: int) -> None:
        self._served = served
        self._here = ("127.0.0.1", port)
        self._allowed = {os.geteuid(), 0}
        self._logged_users: set[int] = set()

    def doStart(self) -> None:
        """Called when it listens."""
        self._served.doStart()

    def doStop(self) -> None:
        """Called when it listens no more."""
        self._served.doStop()

    def buildProtocol(self, addr: Any) -> Any:
        """The protocol for a new connection; None closes it."""
        owner = peers.owner((addr.host, addr.port), self._here)
        # A socket that its process has closed looks like root's, so anybody could send
        # a request and leave without waiting for the answer.
        if owner is None or not owner.is_open:
            return None
        if owner.user in self._allowed:
            return self._served.buildProtocol(addr)
        if owner.user not in self._logged_users:
            # Once each: others are not to fill the log.
            self._logged_users.add(owner.user)
            _log.warning(
                "Refused a connection of the user %s; served: %s",
                _name(owner.user),
                ", ".join(sorted(_name(user) for user in self._allowed)),
            )
        return None


def _name(user: int) -> str:
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return str(user)
