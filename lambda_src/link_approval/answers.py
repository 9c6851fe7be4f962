"""HTTP answers of a function URL: a page for people, or JSON for programs."""

from __future__ import annotations

import json
import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from link_approval.markup import Page

    type Answer = dict[str, object]

# Whatever is answered: nothing is kept, framed, sent on or guessed.
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


def as_json(
    status: int, body: dict[str, object], headers: dict[str, str] | None = None
) -> Answer:
    """A JSON document."""
    policy = "default-src 'none'; frame-ancestors 'none'"
    text = json.dumps(body, ensure_ascii=False)
    return _answer(status, "application/json", policy, text, headers)


def as_page(status: int, page: Page, headers: dict[str, str] | None = None) -> Answer:
    """A page, with a policy that allows its one style sheet and its own form."""
    from link_approval import markup  # noqa: PLC0415

    nonce = os.urandom(16).hex()
    policy = (
        f"default-src 'none'; style-src 'nonce-{nonce}'; img-src data:;"
        " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    text = markup.document(page, nonce)
    return _answer(status, "text/html", policy, text, headers)


def _answer(
    status: int,
    media_type: str,
    policy: str,
    body: str,
    headers: dict[str, str] | None,
) -> Answer:
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
