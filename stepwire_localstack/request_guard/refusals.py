"""The refusal of a request."""

from __future__ import annotations

from typing import Any


class Refused(Exception):
    """Status 403; ``reason`` and ``hint`` are sentences for its reader."""

    def __init__(self, reason: str, hint: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.hint = hint

    def write_to(self, response: Any) -> None:
        """Makes the response the refusal, in plain text."""
        response.status_code = 403
        response.data = f"Refused by Stepwire. {self.reason}\n{self.hint}\n".encode()
        response.content_type = "text/plain; charset=utf-8"
        # A browser must not take the text for a page or a script.
        response.headers["X-Content-Type-Options"] = "nosniff"
