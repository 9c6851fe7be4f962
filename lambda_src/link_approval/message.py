"""The message that one approver gets, in the forms that SNS's protocols want.

The words of the request are a stranger's and may look like ours: our words and the link
come first. In the letter the request is a quotation; in one line it comes last, with
nothing of ours behind it.
"""

from __future__ import annotations

import json
import textwrap
import unicodedata

from link_approval.store import Request
from link_approval.texts import label, text, when
from shared import moments

# SNS takes 262,144 bytes; another approver's name or another event's words are longer.
MOST_BYTES = 250_000
# SNS takes subjects of fewer than 100 characters.
_LONGEST_SUBJECT = 99
_LONGEST_SHORT_TITLE = 60
# Mail programs wrap longer lines, and what they wrap has no mark before it.
_QUOTE = "> "
_LONGEST_QUOTED_LINE = 70


def subject(request: Request, event: str) -> str:
    """The e-mail's subject; ``event`` is asked, reminded or escalated."""
    return _shortened(
        text(f"subject_{event}", title=request.asked["title"]), _LONGEST_SUBJECT
    )


def structure(request: Request, place: int, url: str, event: str) -> str:
    """The ``Message`` of a publication with ``MessageStructure`` "json".

    E-mail gets a letter, a phone one line, and everything else (queues, functions,
    web hooks) JSON whose ``message`` is a line to show in a chat.
    """
    line = text(
        "chat",
        approver=_name(request.approvers[place]),
        title=request.asked["title"],
        choices=_choices(request),
        url=url,
        time=when(request.expires_at),
    )
    short = _shortened(request.asked["title"], _LONGEST_SHORT_TITLE)
    document = {
        "event": event,
        "message": line,
        "url": url,
        "request_id": request.id,
        "approver": request.approvers[place],
        "title": request.asked["title"],
        "summary": request.asked["summary"],
        "details": dict(request.asked["details"]),
        "links": dict(request.asked["links"]),
        "choices": [choice["value"] for choice in request.choices],
        "expires_at": moments.iso(request.expires_at),
    }
    return json.dumps(
        {
            "default": json.dumps(document, ensure_ascii=False),
            "email": letter(request, place, url, event),
            "sms": text("sms", url=url, title=short),
        },
        ensure_ascii=False,
    )


def letter(request: Request, place: int, url: str, event: str) -> str:
    """The e-mail: plain text, the link alone on its line, the request quoted."""
    parts = [
        text("mail_hello", approver=_name(request.approvers[place])),
        text(f"mail_{event}"),
        text("mail_link", choices=_choices(request)),
        url,
        text("mail_until", time=when(request.expires_at)),
        text("mail_personal"),
        text("mail_request"),
        _quoted(_written(request)),
    ]
    return "\n\n".join(parts) + "\n"


def _written(request: Request) -> str:
    """What is asked, as text."""
    asked = request.asked
    pairs = (
        "\n".join(f"{name}: {value}" for name, value in asked[key])
        for key in ("details", "links")
    )
    parts = (asked["title"], asked["summary"], *pairs)
    return "\n\n".join(part for part in parts if part)


def _quoted(written: str) -> str:
    """Each line behind a mark, and none so long that its end would stand without."""
    lines = []
    for line in written.split("\n"):
        wrapped = textwrap.wrap(
            line,
            _LONGEST_QUOTED_LINE // _columns(line),
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


def _shortened(line: str, most: int) -> str:
    """``line``, or its beginning; of an emoji both units of UTF-16 count."""
    units = line.encode("utf-16-le")
    if len(units) <= 2 * most:
        return line
    start = units[: 2 * (most - 1)].decode("utf-16-le", errors="ignore")
    return start.rstrip() + "…"
