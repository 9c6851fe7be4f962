"""An HTTPS API that answers as it is told, and keeps what it received, byte for byte.

One server plays every host: the emulator sends it all calls that do not stay on the
loopback interface (see docs/emulators.md), and TLS tells it which host was meant. Each
host is told by itself what to answer, so that tests do not meet.
"""

from __future__ import annotations

import asyncio
import json
import ssl
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

import trustme
from aiohttp import web


@dataclass(frozen=True)
class Received:
    """A request: header names and values in their order, as they were written."""

    method: str
    host: str
    target: str
    """The path with its query, as it was in the request line."""
    headers: list[tuple[str, str]]
    body: bytes

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> str:
        """What follows the question mark, still encoded."""
        return urlsplit(self.target).query

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def form(self) -> list[tuple[str, str]]:
        """The pairs of a URL-encoded body, decoded."""
        return parse_qsl(self.body.decode(), keep_blank_values=True)

    def header(self, name: str) -> str | None:
        """The value of a header, whatever the case of its name; None without it."""
        values = [value for key, value in self.headers if key.lower() == name.lower()]
        assert len(values) <= 1, f"{name} was sent {len(values)} times"
        return values[0] if values else None


@dataclass(frozen=True)
class Answer:
    """``after`` seconds, ``status`` with ``body``: JSON unless it is text or bytes."""

    status: int = 200
    body: Any = ""
    headers: dict[str, str] = field(default_factory=dict)
    after: float = 0.0

    async def __call__(self, request: web.Request, _received: Received) -> Any:
        await asyncio.sleep(self.after)
        headers = dict(self.headers)
        if isinstance(self.body, bytes):
            body = self.body
        elif isinstance(self.body, str):
            body = self.body.encode()
            headers.setdefault("Content-Type", "text/plain; charset=utf-8")
        else:
            body = json.dumps(self.body).encode()
            headers.setdefault("Content-Type", "application/json")
        return web.Response(status=self.status, body=body, headers=headers)


async def reset(request: web.Request, _received: Received) -> Any:
    """Closes the connection without a word."""
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


Reaction = Callable[[web.Request, Received], Awaitable[Any]]
"""What an API does with a request: an ``Answer``, ``reset``, or a coroutine."""


class StubApi:
    """A server on the loopback interface, while a ``with`` block lasts.

    ``url`` is its address, ``certificates`` (PEM) the authority that its
    certificates are of. Hosts that nothing was said about answer 404.
    """

    def __init__(self) -> None:
        self._authority = trustme.CA()
        self._reactions: dict[str, list[Reaction]] = {}
        self._received: dict[str, list[Received]] = {}
        self._contexts: dict[str, ssl.SSLContext] = {}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._runner: web.AppRunner | None = None
        self.port = 0

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    @property
    def certificates(self) -> str:
        return self._authority.cert_pem.bytes().decode()

    def on(self, host: str, *reactions: Reaction) -> None:
        """What the host answers to its next requests, the last one from then on.

        What it received before is forgotten.
        """
        self._reactions[host] = list(reactions)
        self._received[host] = []

    def received(self, host: str) -> list[Received]:
        """What came in for the host, the oldest first."""
        return list(self._received.get(host, ()))

    def __enter__(self) -> Self:
        self._thread.start()
        self._wait(asyncio.run_coroutine_threadsafe(self._start(), self._loop))
        return self

    def __exit__(self, *_error: object) -> None:
        assert self._runner is not None
        cleanup = self._runner.cleanup()
        self._wait(asyncio.run_coroutine_threadsafe(cleanup, self._loop))
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @staticmethod
    def _wait(future: Future[None]) -> None:
        future.result(10)

    async def _start(self) -> None:
        server = web.Server(self._handle)
        self._runner = web.ServerRunner(server, shutdown_timeout=0)
        await self._runner.setup()
        context = self._context("localhost")
        context.sni_callback = self._choose
        site = web.TCPSite(self._runner, "127.0.0.1", 0, ssl_context=context)
        await site.start()
        self.port = self._runner.addresses[0][1]

    def _choose(
        self, connection: ssl.SSLObject, host: str | None, _context: ssl.SSLContext
    ) -> None:
        connection.context = self._context(host or "localhost")

    def _context(self, host: str) -> ssl.SSLContext:
        if host not in self._contexts:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            self._authority.issue_cert(host).configure_cert(context)
            self._contexts[host] = context
        return self._contexts[host]

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        received = Received(
            method=request.method,
            host=request.host,
            target=request.raw_path,
            headers=[
                (name.decode(), value.decode()) for name, value in request.raw_headers
            ],
            body=await request.read(),
        )
        self._received.setdefault(request.host, []).append(received)
        reactions = self._reactions.get(request.host) or [Answer(404, "nobody is here")]
        reaction = reactions.pop(0) if len(reactions) > 1 else reactions[0]
        return await reaction(request, received)
