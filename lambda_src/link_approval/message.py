"""The message that one approver gets, in the forms that SNS's protocols want.

The words of the request are a stranger's and may look like ours: our words and the link
come first. In an e-mail the request is a quotation; in one line it comes last, with
nothing of ours behind it.
"""

from __future__ import annotations

import json
import textwrap
import unicodedata

from link_approval.store import Request
from link_approval.texts import format_time, label, text
from shared import timestamps

# SNS takes 262,144 bytes. Room is left for longer names and another event's words.
MAX_BYTES = 250_000
# SNS takes subjects of fewer than 100 characters.
_MAX_SUBJECT = 99
_MAX_SHORT_TITLE = 60
# Mail programs wrap longer lines, and what they wrap has no mark before it.
_QUOTE = "> "
_MAX_QUOTED_LINE = 70


def subject(request: Request, event: str) -> str:
    """The e-mail's subject; ``event`` is asked, reminded or escalated."""
    return _truncated(
        text(f"subject_{event}", title=request.content["title"]), _MAX_SUBJECT
    )


def sns_message(request: Request, approver: int, url: str, event: str) -> str:
    """The ``Message`` of a publication with ``MessageStructure`` "json".

    An e-mail is a letter and a text message one line. Everything else (queues,
    functions, webhooks) is JSON whose ``message`` is a line to show in a chat.
    """
    line = text(
        "chat",
        approver=_name(request.approvers[approver]),
        title=request.content["title"],
        choices=_choices(request),
        url=url,
        time=format_time(request.expires_at),
    )
    short = _truncated(request.content["title"], _MAX_SHORT_TITLE)
    document = {
        "event": event,
        "message": line,
        "url": url,
        "request_id": request.id,
        "approver": request.approvers[approver],
        "title": request.content["title"],
        "summary": request.content["summary"],
        "details": dict(request.content["details"]),
        "links": dict(request.content["links"]),
        "choices": [choice["value"] for choice in request.choices],
        "expires_at": timestamps.iso(request.expires_at),
    }
    return json.dumps(
        {
            "default": json.dumps(document, ensure_ascii=False),
            "email": email_body(request, approver, url, event),
            "sms": text("sms", url=url, title=short),
        },
        ensure_ascii=False,
    )


def email_body(request: Request, approver: int, url: str, event: str) -> str:
    """The e-mail's text: the link alone on its line, the request quoted."""
    parts = [
        text("mail_hello", approver=_name(request.approvers[approver])),
        text(f"mail_{event}"),
        text("mail_link", choices=_choices(request)),
        url,
        text("mail_until", time=format_time(request.expires_at)),
        text("mail_personal"),
        text("mail_request"),
        _quoted(_content_text(request)),
    ]
    return "\n\n".join(parts) + "\n"


def _content_text(request: Request) -> str:
    """The request's content as text."""
    content = request.content
    pairs = (
        "\n".join(f"{name}: {value}" for name, value in content[key])
        for key in ("details", "links")
    )
    parts = (content["title"], content["summary"], *pairs)
    return "\n\n".join(part for part in parts if part)


def _quoted(content: str) -> str:
    """Each line behind a mark, and none so long that its end would stand without."""
    lines = []
    for line in content.split("\n"):
        wrapped = textwrap.wrap(
            line,
            _MAX_QUOTED_LINE // _columns(line),
            # A URL stays whole. Other scripts have signs that look like spaces.
            break_long_words=not line.isascii(),
            break_on_hyphens=False,
        )
        lines += wrapped or [""]
    return "\n".join(f"{_QUOTE}{line}".rstrip() for line in lines)


def _columns(line: str) -> int:
    """How many columns its widest character takes: those of East Asia take two."""
    return 2 if any(unicodedata.east_asian_width(c) in "FW" for c in line) else 1


def _choices(request: Request) -> str:
    return " / ".join(label(choice) for choice in request.choices)


def _name(approver: dict[str, str]) -> str:
    return approver["name"] or approver["email"]


def _truncated(line: str, limit: int) -> str:
    """``line``, or its beginning of at most ``limit`` UTF-16 units."""
    units = line.encode("utf-16-le")
    if len(units) <= 2 * limit:
        return line
    start = units[: 2 * (limit - 1)].decode("utf-16-le", errors="ignore")
    return start.rstrip() + "…"
