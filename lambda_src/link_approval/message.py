"""The message that one approver gets, in the forms that SNS's protocols want."""

from __future__ import annotations

import json

from link_approval.store import Request
from link_approval.texts import label, text, when
from shared import moments

# SNS takes subjects of fewer than 100 characters.
_LONGEST_SUBJECT = 99
_LONGEST_SHORT_TITLE = 60


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
            "sms": f"{short} {url}",
        },
        ensure_ascii=False,
    )


def letter(request: Request, place: int, url: str, event: str) -> str:
    """The e-mail: plain text, the link on a line of its own."""
    asked = request.asked
    parts = [
        text("mail_hello", approver=_name(request.approvers[place])),
        text(f"mail_{event}"),
        asked["title"],
    ]
    if asked["summary"]:
        parts.append(asked["summary"])
    if asked["details"]:
        parts.append("\n".join(f"{name}: {value}" for name, value in asked["details"]))
    if asked["links"]:
        parts.append("\n".join(f"{name}: {url_}" for name, url_ in asked["links"]))
    parts += [
        text("mail_link", choices=_choices(request)),
        url,
        text("mail_until", time=when(request.expires_at)),
        text("mail_personal"),
    ]
    return "\n\n".join(parts) + "\n"


def _choices(request: Request) -> str:
    return " / ".join(label(choice) for choice in request.choices)


def _name(approver: dict[str, str]) -> str:
    return approver["name"] or approver["email"]


def _shortened(line: str, most: int) -> str:
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"
