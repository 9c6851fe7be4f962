"""One HTTPS request and its answer, byte for byte as they were told to be."""

from __future__ import annotations

import contextlib
import functools
import http
import http.client
import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from . import settings
from .settings import Refused


@dataclass(frozen=True)
class Request:
    """A request; ``headers`` in this order, Host and Content-Length apart."""

    method: str
    url: str
    headers: list[tuple[str, str]]
    body: bytes | None = None


@dataclass(frozen=True)
class Answer:
    """An answer; no redirect has been followed."""

    status: int
    reason: str
    headers: list[tuple[str, str]]
    body: bytes


class ConnectionTrouble(Exception):
    """No answer, or not all of it: refused, reset, bad certificate, out of time."""


class TooLarge(Exception):
    """The answer's body is longer than the caller can take."""


def send(request: Request, most_bytes: int) -> Answer:
    """Sends the request and waits for all of the answer.

    Raises ConnectionTrouble, and TooLarge for a body above ``most_bytes``.
    """
    limit = settings.limit_seconds
    url = urlsplit(request.url)
    try:
        connection = _connect(url.hostname or "", url.port or 443, limit)
    except TimeoutError as error:
        raise ConnectionTrouble(_out_of_time(limit)) from error
    except (OSError, Refused, UnicodeError) as error:
        raise ConnectionTrouble(f"{url.netloc}: {error}") from error
    with contextlib.closing(connection), _deadline(connection, limit) as over:
        try:
            _write(connection, request)
            answer = connection.getresponse()
            body = answer.read(most_bytes + 1)
            if len(body) > most_bytes:
                raise TooLarge(f"the answer has more than {most_bytes} bytes")
            if answer.length:
                # Told how much to read, http.client takes less without a word.
                raise http.client.IncompleteRead(body, answer.length)
        except (OSError, http.client.HTTPException) as error:
            if over.is_set() or isinstance(error, TimeoutError):
                raise ConnectionTrouble(_out_of_time(limit)) from error
            trouble = str(error) or type(error).__name__
            raise ConnectionTrouble(f"{url.netloc}: {trouble}") from error
        if over.is_set():
            # An answer without a length ends where its connection does.
            raise ConnectionTrouble(_out_of_time(limit))
    return Answer(
        answer.status,
        answer.reason or _phrase(answer.status),
        answer.getheaders(),
        body,
    )


def _connect(host: str, port: int, limit: float) -> http.client.HTTPConnection:
    address = settings.address(host, port)
    connection = http.client.HTTPConnection(host, port)
    raw = socket.create_connection((address.host, address.port), timeout=limit)
    try:
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # The name of the definition, wherever the connection goes.
        connection.sock = raw
        if address.is_tls:
            context = _context(settings.certificates)
            connection.sock = context.wrap_socket(raw, server_hostname=host)
    except BaseException:
        raw.close()
        raise
    return connection


@functools.lru_cache(maxsize=4)
def _context(certificates: str) -> ssl.SSLContext:
    # Kept, because reading the system's certificates takes longer than the call.
    context = ssl.create_default_context()
    if certificates:
        context.load_verify_locations(cadata=certificates)
    return context


def _write(connection: http.client.HTTPConnection, request: Request) -> None:
    url = urlsplit(request.url)
    target = (url.path or "/") + (f"?{url.query}" if url.query else "")
    connection.putrequest(
        request.method, target, skip_host=True, skip_accept_encoding=True
    )
    host = url.netloc.rpartition("@")[2]
    connection.putheader("Host", host.removesuffix(":443"))
    for name, value in request.headers:
        connection.putheader(name, value.encode())
    if request.body is not None:
        connection.putheader("Content-Length", str(len(request.body)))
    connection.endheaders(request.body)


@contextlib.contextmanager
def _deadline(
    connection: http.client.HTTPConnection, limit: float
) -> Iterator[threading.Event]:
    """Breaks the connection off when the time is over: a socket's own time-out
    begins again with each byte. The event tells whether that happened."""
    over = threading.Event()
    wrapped = connection.sock

    def break_off() -> None:
        over.set()
        with contextlib.suppress(OSError):
            wrapped.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(limit, break_off)
    timer.daemon = True
    timer.start()
    try:
        yield over
    finally:
        timer.cancel()


def _out_of_time(limit: float) -> str:
    return f"no complete answer within {limit:g} seconds"


def _phrase(status: int) -> str:
    try:
        return http.HTTPStatus(status).phrase
    except ValueError:
        return ""
