"""HTTP responses: short JSON documents with the outcome of a delivery.

Senders look at the status: 2xx is done, 4xx is never sent again, 5xx is sent again.
"""

from __future__ import annotations

import json

TYPE_CHECKING = False
if TYPE_CHECKING:
    type Response = dict[str, object]


class Refusal(Exception):
    """A refused delivery: HTTP ``status``, ``code`` and a message for people.

    ``reason`` is for the log only, so that a forger of signatures learns nothing.
    """

    def __init__(self, status: int, code: str, message: str, reason: str = "") -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.message = message
        self.reason = reason


def json_response(status: int, body: dict[str, object]) -> Response:
    """A response of a REST API's proxy integration, or of a function URL."""
    return {
        "statusCode": status,
        "headers": {
            "Cache-Control": "no-store",
            "Content-Type": "application/json; charset=utf-8",
            "X-Content-Type-Options": "nosniff",
        },
        "body": json.dumps(body, ensure_ascii=False),
    }


def refusal_response(refusal: Refusal) -> Response:
    """The response to a refused delivery."""
    return json_response(
        refusal.status, {"error": refusal.code, "message": refusal.message}
    )
