"""The Lambda Runtime API of one function process, on a loopback port of its own.

Described by AWS in "Using the Lambda runtime API for custom runtimes". The runtime
asks for the next event and posts its result; both become events in a queue that the
executor reads.
"""

from __future__ import annotations

import contextlib
import http.server
import queue
import re
import socketserver
import threading
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Literal

_VERSION = "/2018-06-01/runtime"
_RESULT = re.compile(_VERSION + r"/invocation/[^/]+/(?P<kind>response|error)")


@dataclass(frozen=True)
class Invocation:
    """One event for the function, as the runtime gets it."""

    payload: bytes
    headers: dict[str, str]


@dataclass(frozen=True)
class Event:
    """What a function process did.

    ``ready``: asked for its first event; ``response`` and ``error``: ``body`` is the
    result; ``init_error``: the handler could not be loaded, and ``body`` says why;
    ``exit``: the process ended with ``status`` (negative: by that signal).
    """

    kind: Literal["ready", "response", "error", "init_error", "exit"]
    body: bytes = b""
    status: int = 0


class RuntimeApi:
    """Serves one runtime until ``close()``."""

    def __init__(self, events: queue.SimpleQueue[Event]) -> None:
        self._events = events
        self._invocations: queue.SimpleQueue[Invocation | None] = queue.SimpleQueue()
        self._asked = False
        api = self

        class Handler(_Handler):
            runtime_api = api

        # Not http.server's own server class: it asks the resolver for its name.
        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(
            target=self._server.serve_forever, name="stepwire-runtime-api", daemon=True
        ).start()

    @property
    def address(self) -> str:
        """The value of AWS_LAMBDA_RUNTIME_API: host and port."""
        return f"127.0.0.1:{self._server.server_address[1]}"

    def send(self, invocation: Invocation) -> None:
        """Hands an event to the runtime, now or when it next asks."""
        self._invocations.put(invocation)

    def close(self) -> None:
        """Stops listening, and lets go of a runtime that waits for an event."""
        self._invocations.put(None)
        self._server.shutdown()
        self._server.server_close()

    def next_invocation(self) -> Invocation | None:
        """Waits for the next event; None once the API is closed."""
        if not self._asked:
            self._asked = True
            self._events.put(Event("ready"))
        return self._invocations.get()

    def report(self, event: Event) -> None:
        """Passes on what the runtime posted."""
        self._events.put(event)


class _Handler(http.server.BaseHTTPRequestHandler):
    runtime_api: RuntimeApi
    protocol_version = "HTTP/1.1"
    # One write per response, sent at once: headers and body in two small packets
    # wait 40 ms for an acknowledgement.
    wbufsize = -1
    disable_nagle_algorithm = True

    def handle(self) -> None:
        # A killed process resets its connections.
        with contextlib.suppress(ConnectionError):
            super().handle()

    def do_GET(self) -> None:
        if self.path != f"{_VERSION}/invocation/next":
            self._answer(HTTPStatus.NOT_FOUND, b"{}")
            return
        invocation = self.runtime_api.next_invocation()
        if invocation is None:
            self.close_connection = True
            return
        self._answer(HTTPStatus.OK, invocation.payload, invocation.headers)

    def do_POST(self) -> None:
        body = self._body()
        result = _RESULT.fullmatch(self.path)
        if result is not None:
            kind: Any = result["kind"]
            event = Event(kind, body)
        elif self.path == f"{_VERSION}/init/error":
            event = Event("init_error", body)
        else:
            self._answer(HTTPStatus.NOT_FOUND, b"{}")
            return
        self.runtime_api.report(event)
        self._answer(HTTPStatus.ACCEPTED, b'{"status":"OK"}')

    def _body(self) -> bytes:
        if "chunked" not in self.headers.get("Transfer-Encoding", ""):
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        # A function that streams its response.
        parts = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass
        return b"".join(parts)

    def _answer(
        self, status: HTTPStatus, body: bytes, headers: dict[str, str] | None = None
    ) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Keeps one line per request out of LocalStack's log."""
