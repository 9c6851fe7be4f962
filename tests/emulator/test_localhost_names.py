"""Names below localhost are this machine, whatever the system's resolver knows."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from stepwire_localstack import localhost_names

SYSTEM = [("asked the system",)]


@pytest.fixture(autouse=True)
def _resolver(monkeypatch: pytest.MonkeyPatch) -> None:
    numeric = socket.getaddrinfo

    def system(host: Any, *arguments: Any, **options: Any) -> Any:
        if host in ("127.0.0.1", "::1"):
            return numeric(host, *arguments, **options)
        return SYSTEM

    monkeypatch.setattr(socket, "getaddrinfo", system)
    localhost_names.install()


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "localhost.",
        "abc.lambda-url.us-east-1.localhost",
        "API.execute-api.LocalHost",
        b"abc.localhost",
    ],
)
def test_names_below_localhost_are_the_loopback(host: str | bytes) -> None:
    found = socket.getaddrinfo(host, 4566, 0, socket.SOCK_STREAM)
    assert [address[:2] for *_, address in found] == [
        ("127.0.0.1", 4566),
        ("::1", 4566),
    ]
    (only,) = socket.getaddrinfo(host, 4566, socket.AF_INET, socket.SOCK_STREAM)
    assert only[4] == ("127.0.0.1", 4566)


@pytest.mark.parametrize(
    "host", ["example.com", "localhost.example.com", "notlocalhost", "", None]
)
def test_other_names_are_the_systems(host: str | None) -> None:
    assert socket.getaddrinfo(host, 80) == SYSTEM
