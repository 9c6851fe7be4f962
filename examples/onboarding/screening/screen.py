"""The risk of a new customer."""

from __future__ import annotations

import os
from typing import Any

MANY_SEATS = 500


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """The customer with `risk`: reasons for an approver to be careful, or "none"."""
    watched = os.environ.get("WATCHED_COUNTRIES", "").split(",")
    reasons = [
        reason
        for reason, applies in (
            (f"{event['country']} is watched", event["country"] in watched),
            (f"{event['seats']} seats", event["seats"] >= MANY_SEATS),
        )
        if applies
    ]
    return event | {"risk": ", ".join(reasons) or "none"}
