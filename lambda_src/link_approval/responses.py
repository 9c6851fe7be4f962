"""HTTP responses of a function URL: a page for people, or JSON for programs."""

from __future__ import annotations

import json
import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from link_approval.markup import Page

    type Response = dict[str, object]

# No response is cached, framed, indexed or guessed at.
_HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}


def json_response(
    status: int, body: dict[str, object], headers: dict[str, str] | None = None
) -> Response:
    """A JSON document."""
    policy = "default-src 'none'; frame-ancestors 'none'"
    text = json.dumps(body, ensure_ascii=False)
    return _response(status, "application/json", policy, text, headers)


def page_response(
    status: int, page: Page, headers: dict[str, str] | None = None
) -> Response:
    """A page, with a policy that allows its one style sheet and its own form."""
    from link_approval import markup  # noqa: PLC0415

    nonce = os.urandom(16).hex()
    policy = (
        f"default-src 'none'; style-src 'nonce-{nonce}'; img-src data:;"
        " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    text = markup.document(page, nonce)
    return _response(status, "text/html", policy, text, headers)


def _response(
    status: int,
    media_type: str,
    policy: str,
    body: str,
    headers: dict[str, str] | None,
) -> Response:
    return {
        "statusCode": status,
        "headers": {
            **_HEADERS,
            "Content-Type": f"{media_type}; charset=utf-8",
            "Content-Security-Policy": policy,
            **(headers or {}),
        },
        "body": body,
    }
