"""Settings of HTTPS calls: their addresses, trusted certificates and time-outs."""

from __future__ import annotations

import fnmatch
import ssl
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

from .. import localhost_names

LIMIT_SECONDS: Final = 60.0
"""AWS's limit for an HTTP Task, from connecting to the last byte of the answer."""


class Address(NamedTuple):
    """The real address of a call; ``is_tls`` is False for a stub without TLS."""

    host: str
    port: int
    is_tls: bool = True


class Refused(Exception):
    """The settings do not let a host be called."""


class Settings:
    """``hosts`` maps a host, or a pattern such as ``*.example.com``, to the address of
    a stub, ``https://ADDRESS:PORT`` or ``http://ADDRESS:PORT`` (without TLS), or to
    None: calls to it are refused. Other hosts are called as they are, and so are those
    on the loopback interface that no exact name maps.

    ``certificates``: PEM, certificate authorities trusted beside the system's.
    ``limit_seconds``: how long a call may take.
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Maps nothing, trusts what the system trusts, and takes AWS's time."""
        self.hosts: dict[str, str | None] = {}
        self.certificates = ""
        self.limit_seconds = LIMIT_SECONDS

    def as_dict(self) -> dict[str, Any]:
        """The settings, as their HTTP address answers them."""
        return {
            "hosts": dict(self.hosts),
            "certificates": self.certificates,
            "limit_seconds": self.limit_seconds,
        }

    def change(self, changes: Any) -> None:
        """Takes over what is given; ``hosts`` are added to those that are there.

        Raises ValueError, and changes nothing, where something makes no sense.
        """
        if not isinstance(changes, dict):
            raise ValueError("the settings are a JSON object")
        unknown = sorted(set(changes) - set(self.as_dict()))
        if unknown:
            raise ValueError(f"there is no setting {', '.join(unknown)}")
        hosts = {
            str(host).lower(): target
            for host, target in changes.get("hosts", {}).items()
        }
        for target in hosts.values():
            if target is not None:
                _address(target)
        certificates = changes.get("certificates", self.certificates)
        if certificates:
            _check(certificates)
        limit = float(changes.get("limit_seconds", self.limit_seconds))
        if limit <= 0:
            raise ValueError("limit_seconds is above zero")
        self.hosts |= hosts
        self.certificates = certificates
        self.limit_seconds = limit

    def address(self, host: str, port: int) -> Address:
        """The address for a call to the host. Raises Refused."""
        host = host.lower()
        if host in self.hosts:
            return _mapped(host, self.hosts[host])
        if localhost_names.is_loopback(host):
            return Address(host, port)
        for pattern, target in self.hosts.items():
            if fnmatch.fnmatchcase(host, pattern):
                return _mapped(host, target)
        return Address(host, port)


def _mapped(host: str, target: str | None) -> Address:
    if target is None:
        raise Refused(f"calls to {host} are refused by the emulator's settings")
    return _address(target)


def _address(target: str) -> Address:
    url = urlsplit(str(target))
    if url.scheme not in {"http", "https"} or not url.hostname or not url.port:
        raise ValueError(f"{target} is not https://ADDRESS:PORT or http://ADDRESS:PORT")
    return Address(url.hostname, url.port, url.scheme == "https")


def _check(certificates: str) -> None:
    try:
        ssl.create_default_context().load_verify_locations(cadata=certificates)
    except ssl.SSLError as error:
        raise ValueError(f"certificates are PEM: {error.reason}") from error
