"""Listens where GATEWAY_LISTEN says. Stock listens on every address of the machine."""

from __future__ import annotations

import os
import socket
from types import SimpleNamespace
from typing import Any

from localstack import config
from localstack.runtime.server import twisted as stock
from twisted.internet import endpoints

SOCKET_VARIABLE = "STEPWIRE_GATEWAY_SOCKET"
"""Names the file descriptor of a listening socket that the parent process made.

Made there, a free port cannot be taken by another program before LocalStack uses it.
"""


def install() -> None:
    """Changes where the gateway's Twisted server listens."""
    stock.endpoints = SimpleNamespace(
        TCP4ServerEndpoint=_endpoint,
        TCP6ServerEndpoint=endpoints.TCP6ServerEndpoint,
    )


def _endpoint(reactor: Any, port: int) -> Any:
    descriptor = os.environ.pop(SOCKET_VARIABLE, None)
    if descriptor is not None:
        return endpoints.AdoptedStreamServerEndpoint(
            reactor, int(descriptor), socket.AF_INET
        )
    host = next(listen.host for listen in config.GATEWAY_LISTEN if listen.port == port)
    return endpoints.TCP4ServerEndpoint(reactor, port, interface=host)
