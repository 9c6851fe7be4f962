"""HTTP answers: short JSON documents that say what became of a delivery.

Senders look at the status: 2xx is done, 4xx is never sent again, 5xx is sent again.
"""

from __future__ import annotations

import json

TYPE_CHECKING = False
if TYPE_CHECKING:
    type Answer = dict[str, object]


class Refusal(Exception):
    """The delivery is not taken: HTTP ``status``, ``code`` and a message for people.

    ``reason`` is for the log only: whoever forges signatures learns nothing from it.
    """

    def __init__(self, status: int, code: str, message: str, reason: str = "") -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.message = message
        self.reason = reason


def as_json(status: int, body: dict[str, object]) -> Answer:
    """An answer of a REST API's proxy integration, or of a function URL."""
    return {
        "statusCode": status,
        "headers": {
            "Cache-Control": "no-store",
            "Content-Type": "application/json; charset=utf-8",
            "X-Content-Type-Options": "nosniff",
        },
        "body": json.dumps(body, ensure_ascii=False),
    }


def refused(refusal: Refusal) -> Answer:
    """What a refusal is to its sender."""
    return as_json(refusal.status, {"error": refusal.code, "message": refusal.message})
