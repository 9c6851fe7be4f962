"""What a delivery is called, and what kind of event it tells, by sender."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from webhook_publisher.incoming import Incoming
    from webhook_publisher.signatures import Signature


def delivery(
    source: str, incoming: Incoming, payload: Any, signature: Signature
) -> str:
    """What is the same for a delivery and its repetitions.

    Its own id comes first: Stripe's and Standard Webhooks' are signed, so that no other
    header makes a replay look new. Sanity's and GitHub's are not: whoever captured a
    request can start another execution while the signature is young enough (GitHub's
    always is). That gets what Sanity says now, and a workflow that remembers what it
    did does nothing new. Who gives no id has only what was signed, and when.
    """
    own = {
        "github": lambda: incoming.header("x-github-delivery"),
        "standard-webhooks": lambda: incoming.header("webhook-id"),
        "stripe": lambda: _text(payload, "id"),
    }
    return (
        (own[source]() if source in own else "")
        or incoming.header("idempotency-key")
        or signature.fingerprint
    )


def event_type(source: str, incoming: Incoming, payload: Any) -> str | None:
    """``push`` (GitHub), ``invoice.paid`` (Stripe and others, in the body's type)."""
    if source == "github":
        return incoming.header("x-github-event") or None
    return _text(payload, "type") or None


def _text(payload: Any, key: str) -> str:
    value = payload.get(key) if isinstance(payload, dict) else None
    return value if isinstance(value, str) else ""
