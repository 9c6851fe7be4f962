"""A server on the loopback interface that stands in for other APIs."""

from __future__ import annotations

import json
import threading
from abc import ABC, abstractmethod
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

# A web page must not be able to call these APIs.
_OF_BROWSERS = ("Origin", "Referer", "Sec-Fetch-Site")


class StandIn(ABC):
    """Answers in JSON within its ``with`` block."""

    @abstractmethod
    def answer(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        """Status and body of an answer; ``path`` has its query, ``body`` is JSON."""

    def __enter__(self) -> Self:
        stand_in = self

        class Handler(BaseHTTPRequestHandler):
            def _do(self) -> None:
                if any(name in self.headers for name in _OF_BROWSERS):
                    self.send_error(403, explain="This is for programs, not for pages.")
                    return
                text = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                status, answer = stand_in.answer(
                    self.command, self.path, json.loads(text or b"null")
                )
                body = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = do_PUT = do_DELETE = _do

            def log_message(self, *_arguments: object) -> None:
                """Logs nothing: the demo prints a table."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        """The server's URL, without TLS: the emulator does not need it."""
        return f"http://127.0.0.1:{self._server.server_port}"
