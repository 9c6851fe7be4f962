"""The Lambda Runtime API of one function process, on a separate loopback port.

Described by AWS in "Using the Lambda runtime API for custom runtimes". The runtime
asks for the next event and posts its result; both become events in a queue that the
executor reads. What is refused gets the answers of AWS's own runtime interface
emulator.
"""

from __future__ import annotations

import contextlib
import hmac
import http.server
import json
import queue
import re
import secrets
import socket
import socketserver
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final, Literal

MAXIMUM_RESPONSE: Final = 6_291_556
"""Bytes that a response may have, as AWS's own error message says."""

_VERSION: Final = "/2018-06-01/runtime"
_RESULT: Final = re.compile(
    _VERSION + r"/invocation/(?P<request_id>[^/]+)/(?P<kind>response|error)"
)
_CHUNK: Final = re.compile(rb"(?P<size>[0-9A-Fa-f]{1,8})(;.*)?\r\n")
_LONGEST_LINE: Final = 4096
# Until then a connection has to have shown that it is the runtime's.
_FIRST_REQUEST_WITHIN_SECONDS: Final = 10
# Headers that only a browser sends, for a page.
_OF_BROWSERS: Final = ("Origin", "Referer", "Sec-Fetch-Site")

State = Literal["Started", "InitError", "Ready", "ResponseSent"]
"""The state of a runtime; the names are AWS's. ``Ready``: it asked for an event."""


@dataclass(frozen=True)
class Invocation:
    """One event for the function, as the runtime gets it."""

    payload: bytes
    headers: dict[str, str]

    @property
    def request_id(self) -> str:
        """The id that the answer has to name."""
        return self.headers["Lambda-Runtime-Aws-Request-Id"]


@dataclass(frozen=True)
class Event:
    """An event of a function process.

    ``ready``: asked for its first event; ``response`` and ``error``: ``body`` is the
    result; ``too_large``: the result would have had ``size`` bytes; ``init_error``:
    the handler could not be loaded, and ``body`` says why; ``exit``: the process ended
    with ``status`` (negative: by that signal).
    """

    kind: Literal["ready", "response", "error", "too_large", "init_error", "exit"]
    body: bytes = b""
    status: int = 0
    size: int = 0


class Refused(Exception):
    """A request that is not done; the runtime gets AWS's type and message."""

    def __init__(self, status: HTTPStatus, error_type: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        error = {"errorMessage": message, "errorType": error_type}
        self.body = json.dumps(error, separators=(",", ":")).encode()


class RuntimeApi:
    """Serves one runtime until ``close()``.

    Its address has a secret, so that nobody but the runtime and what it starts can
    take an event or answer one; an event has one answer, while it is being worked on.
    """

    def __init__(self, events: queue.SimpleQueue[Event]) -> None:
        self._events = events
        self._changed = threading.Condition()
        self._state: State = "Started"
        self._invocation: Invocation | None = None
        self._answered_invocation: Invocation | None = None
        self._is_closed = False
        self._secret = secrets.token_urlsafe(32)
        api = self

        class Handler(_Handler):
            runtime_api = api

        # Not http.server's own server class: it asks the resolver for its name.
        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.host = f"127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(
            target=self._server.serve_forever, name="stepwire-runtime-api", daemon=True
        ).start()

    @property
    def address(self) -> str:
        """The value of AWS_LAMBDA_RUNTIME_API: host, port and a secret path."""
        return f"{self.host}/{self._secret}"

    def send(self, invocation: Invocation) -> None:
        """Hands an event to the runtime, now or when it next asks."""
        with self._changed:
            self._invocation = invocation
            self._changed.notify_all()

    def close(self) -> None:
        """Stops listening, and lets go of a runtime that waits for an event."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()
        self._server.shutdown()
        self._server.server_close()

    def path_below_secret(self, path: str) -> str | None:
        """The part of a request's path that AWS describes; None without the secret."""
        _, _, rest = path.partition("/")
        secret, slash, rest = rest.partition("/")
        given, expected = secret.encode(), self._secret.encode()
        return slash + rest if hmac.compare_digest(given, expected) else None

    def next_invocation(self) -> Invocation | None:
        """Waits for the next event; None once the API is closed.

        A runtime that asks again before it has answered gets the same event.
        """
        with self._changed:
            if self._state == "InitError":
                raise self._no_transition("Ready")
            if self._state == "Started":
                self._events.put(Event("ready"))
            self._changed.wait_for(
                lambda: (
                    self._is_closed or self._invocation is not self._answered_invocation
                )
            )
            self._state = "Ready"
            return None if self._is_closed else self._invocation

    def answer(self, request_id: str, event: Event) -> None:
        """Passes on the result of the event that the runtime works on.

        Raises Refused for any other event, and for a second answer.
        """
        with self._changed:
            if self._invocation is None or self._invocation.request_id != request_id:
                raise Refused(
                    HTTPStatus.BAD_REQUEST, "InvalidRequestID", "Invalid request ID"
                )
            if self._state != "Ready":
                is_error = event.kind == "error"
                raise self._no_transition(
                    "InvocationErrorResponse" if is_error else "InvocationResponse"
                )
            self._state = "ResponseSent"
            self._answered_invocation = self._invocation
        self._events.put(event)

    def fail_initialisation(self, body: bytes) -> None:
        """Passes on why the handler could not be loaded.

        Raises Refused once the runtime has asked for an event, and a second time.
        """
        with self._changed:
            if self._state != "Started":
                raise self._no_transition("InitError")
            self._state = "InitError"
        self._events.put(Event("init_error", body))

    def _no_transition(self, state: str) -> Refused:
        return Refused(
            HTTPStatus.FORBIDDEN,
            "InvalidStateTransition",
            f"State transition from {self._state} to {state} failed for runtime. "
            "Error: State transition is not allowed",
        )


class _Handler(http.server.BaseHTTPRequestHandler):
    runtime_api: RuntimeApi
    protocol_version = "HTTP/1.1"
    # One write per response, sent at once: headers and body in two small packets
    # wait 40 ms for an acknowledgement.
    wbufsize = -1
    disable_nagle_algorithm = True

    def setup(self) -> None:
        super().setup()
        # A limit of the socket's would begin again with each byte.
        self._limit = threading.Timer(_FIRST_REQUEST_WITHIN_SECONDS, self._hang_up)
        self._limit.daemon = True
        self._limit.start()

    def handle(self) -> None:
        # A killed process resets its connections.
        with contextlib.suppress(ConnectionError):
            super().handle()

    def finish(self) -> None:
        self._limit.cancel()
        with contextlib.suppress(ConnectionError):
            super().finish()

    def _hang_up(self) -> None:
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def parse_request(self) -> bool:
        """Refuses at once, body unread, whatever the runtime itself did not send."""
        if not super().parse_request():
            return False
        path = self.runtime_api.path_below_secret(self.path)
        if (
            path is None
            or self.headers.get_all("Host") != [self.runtime_api.host]
            or any(name in self.headers for name in _OF_BROWSERS)
        ):
            self.close_connection = True
            self._refuse(
                Refused(
                    HTTPStatus.FORBIDDEN,
                    "Forbidden",
                    "This is the Runtime API of one function; only its own runtime "
                    "can call it, with the address in AWS_LAMBDA_RUNTIME_API.",
                )
            )
            return False
        self._limit.cancel()
        self.path = path
        return True

    def do_GET(self) -> None:
        try:
            if self.path != f"{_VERSION}/invocation/next":
                raise _not_found()
            invocation = self.runtime_api.next_invocation()
        except Refused as refused:
            self._refuse(refused)
            return
        if invocation is None:
            self.close_connection = True
            return
        self._answer(HTTPStatus.OK, invocation.payload, invocation.headers)

    def do_POST(self) -> None:
        try:
            body, size = self._body()
            self._post(body, size)
            if size > MAXIMUM_RESPONSE:
                raise Refused(
                    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                    "RequestEntityTooLarge",
                    "Exceeded maximum allowed payload size "
                    f"({MAXIMUM_RESPONSE} bytes).",
                )
        except Refused as refused:
            self._refuse(refused)
        else:
            self._answer(HTTPStatus.ACCEPTED, b'{"status":"OK"}\n')

    def _post(self, body: bytes, size: int) -> None:
        result = _RESULT.fullmatch(self.path)
        if result is not None:
            kind: Any = result["kind"]
            event = Event(kind, body)
            if size > MAXIMUM_RESPONSE:
                event = Event("too_large", size=size)
            self.runtime_api.answer(result["request_id"], event)
        elif self.path == f"{_VERSION}/init/error":
            self.runtime_api.fail_initialisation(body)
        else:
            raise _not_found()

    def _body(self) -> tuple[bytes, int]:
        """The body, as far as a response may be long, and how long it was.

        Raises Refused where that cannot be told for certain, or the body ends early:
        half a result is none.
        """
        kept = bytearray()
        size = 0
        # A malformed request leaves nobody knows what on the connection.
        keeps_alive, self.close_connection = not self.close_connection, True
        for length in self._lengths():
            left = length
            while left:
                part = self.rfile.read(min(left, 65536))
                if not part:
                    raise _truncated()
                left -= len(part)
                size += len(part)
                if size <= MAXIMUM_RESPONSE:
                    kept += part
        self.close_connection = not keeps_alive
        return bytes(kept), size

    def _lengths(self) -> Iterator[int]:
        """The lengths of the body's parts, which the caller reads in between."""
        lengths = self.headers.get_all("Content-Length", [])
        encodings = self.headers.get_all("Transfer-Encoding", [])
        if (
            not encodings
            and len(lengths) == 1
            and re.fullmatch(r"\d{1,12}", lengths[0])
        ):
            yield int(lengths[0])
        elif not lengths and [name.lower() for name in encodings] == ["chunked"]:
            # A function that streams its response.
            while length := self._chunk_length():
                yield length
                if self.rfile.readline(_LONGEST_LINE) != b"\r\n":
                    raise _truncated()
            while (line := self.rfile.readline(_LONGEST_LINE)) != b"\r\n":
                if not line.endswith(b"\r\n"):
                    raise _truncated()
        elif lengths or encodings:
            raise Refused(
                HTTPStatus.BAD_REQUEST,
                "InvalidRequest",
                "The length of the body is not clear.",
            )

    def _chunk_length(self) -> int:
        chunk = _CHUNK.fullmatch(self.rfile.readline(_LONGEST_LINE))
        if chunk is None:
            raise _truncated()
        return int(chunk["size"], 16)

    def _refuse(self, refused: Refused) -> None:
        self._answer(refused.status, refused.body)

    def _answer(
        self, status: HTTPStatus, body: bytes, headers: dict[str, str] | None = None
    ) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Keeps one line per request out of LocalStack's log."""


def _not_found() -> Refused:
    return Refused(HTTPStatus.NOT_FOUND, "NotFound", "The Runtime API has no such path")


def _truncated() -> Refused:
    return Refused(
        HTTPStatus.BAD_REQUEST,
        "TruncatedHTTPRequest",
        "HTTP request detected as truncated",
    )
