"""The name of a delivery and the type of its event, by sender."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from webhook_publisher.http_request import HttpRequest
    from webhook_publisher.signatures import Signature

_FORM_FIELD = b"payload="


def delivery(
    source: str, request: HttpRequest, payload: Any, signature: Signature
) -> str:
    """The sender's own id of the delivery; else the hash of what was signed."""
    own = {
        "github": lambda: request.header("x-github-delivery"),
        "sanity": lambda: request.header("idempotency-key"),
        "standard-webhooks": lambda: request.header("webhook-id"),
        "stripe": lambda: _text(payload, "id"),
    }
    return own[source]() or signature.fingerprint


def repeated(source: str, delivery_id: str, signature: Signature) -> str:
    """The text that a delivery and its repetitions share, and no other delivery has.

    Stripe's and Standard Webhooks' ids are signed, so that no other header makes a
    replay look new. GitHub's is not, and its signature has no time: there it is what
    was signed, the body. Sanity's is not signed either, but its signature is good for
    minutes, and another execution gets what Sanity says now.
    """
    return signature.fingerprint if source == "github" else delivery_id


def json_of(source: str, body: bytes) -> bytes:
    """The JSON of a body: GitHub's default content type is a form around it.

    The body tells, not its Content-Type, which is not signed. Source: "Using webhooks
    with GitHub Apps" and "Creating webhooks" in GitHub's documentation.
    """
    if source != "github" or not body.startswith(_FORM_FIELD):
        return body
    from urllib.parse import unquote_to_bytes  # noqa: PLC0415

    return unquote_to_bytes(body.removeprefix(_FORM_FIELD).replace(b"+", b" "))


def event_type(source: str, request: HttpRequest, payload: Any) -> str | None:
    """``push`` (GitHub), ``invoice.paid`` (Stripe and others, in the body's type)."""
    if source == "github":
        return request.header("x-github-event") or None
    return _text(payload, "type") or None


def _text(payload: Any, key: str) -> str:
    value = payload.get(key) if isinstance(payload, dict) else None
    return value if isinstance(value, str) else ""
