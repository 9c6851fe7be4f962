"""The function behind the URL: shows a request to its approver, and takes the vote.

A GET never decides: mail scanners and previews open links. What can be refused by its
looks is refused before anything that takes time is imported, the SDK above all.
"""

from __future__ import annotations

import json
import time

from link_approval import answers, link
from link_approval.incoming import LONGEST_COMMENT, Incoming, NotAcceptable
from link_approval.texts import text
from shared import plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from link_approval.answers import Answer
    from link_approval.markup import Page
    from link_approval.store import Request


def handler(event: dict[str, Any], _context: object) -> Answer:
    """Answer one request to the function URL (payload format 2.0)."""
    incoming = Incoming(event)
    answer = _answer(incoming)
    if incoming.method == "HEAD":
        answer["body"] = ""
    return answer


def _answer(incoming: Incoming) -> Answer:
    try:
        incoming.check()
        given = link.read(incoming.link, time.time())
        return _guarded(incoming, given)
    except NotAcceptable as refusal:
        return _not_acceptable(incoming, refusal)
    except link.ExpiredLink:
        return _refusal(incoming, 410, "expired")
    except link.InvalidLink:
        return _refusal(incoming, 404, "invalid")


def _guarded(incoming: Incoming, given: link.Link) -> Answer:
    from link_approval import aws  # noqa: PLC0415

    try:
        return _answer_to(incoming, given)
    except (NotAcceptable, link.InvalidLink):
        raise
    except aws.Unavailable as error:
        _log("unavailable", given.request_id, error=error.code)
        return _refusal(incoming, 503, "unavailable")
    except Exception as error:
        from shared import crashes  # noqa: PLC0415

        where = crashes.place(error)
        _log("crashed", given.request_id, error=type(error).__name__, at=where)
        return _refusal(incoming, 500, "unavailable")


def _answer_to(incoming: Incoming, given: link.Link) -> Answer:
    from link_approval import keys  # noqa: PLC0415
    from link_approval.store import Request  # noqa: PLC0415

    fields = incoming.fields() if incoming.method == "POST" else {}
    if not keys.verifies(given):
        raise link.InvalidLink
    request = Request.read(given.request_id)
    if request is None or given.approver >= len(request.approvers):
        raise link.InvalidLink
    if incoming.method == "POST":
        return _post(incoming, request, given.approver, fields)
    return _state(incoming, request, given.approver)


def _post(
    incoming: Incoming, request: Request, place: int, fields: dict[str, str]
) -> Answer:
    from link_approval import pages, voting  # noqa: PLC0415

    value, comment = fields.get("choice", ""), fields.get("comment", "")
    if request.status == "open" and place not in request.votes:
        if "back" in fields:
            return answers.as_page(200, pages.form(request, place, comment=comment))
        if problem := _problem(request, value, comment):
            if incoming.wants_json:
                return answers.as_json(400, {"error": "invalid", "message": problem})
            page = pages.form(request, place, comment=comment, problem=problem)
            return answers.as_page(400, page)
        if incoming.is_form and "confirmed" not in fields and not incoming.wants_json:
            return answers.as_page(200, pages.confirm(request, value, comment))
        request = voting.vote(request, place, value, comment)
        _log("voted", request.id, approver=place, status=request.status)
    if request.status == "decided":
        request = voting.tell(request)
        _log("told", request.id, told=request.told, status=request.status)
    return _state(incoming, request, place, posted=value)


def _problem(request: Request, value: str, comment: str) -> str:
    """What is wrong with an answer, for people; nothing: an empty text."""
    if request.choice(value) is None:
        return text("unknown_choice", choice=plain.line(value)[:40])
    if len(comment) > LONGEST_COMMENT:
        return text("comment_too_long", most=LONGEST_COMMENT)
    if request.comment_rule == "REQUIRED" and not comment:
        return text("comment_missing")
    if request.comment_rule == "NONE" and comment:
        return text("comment_unwanted")
    return ""


def _state(
    incoming: Incoming, request: Request, place: int, posted: str | None = None
) -> Answer:
    """Where the request stands; ``posted`` is the answer that was just sent."""
    from link_approval import pages  # noqa: PLC0415

    own = request.votes.get(place)
    is_mine = request.decided_by == request.approvers[place]["email"]
    # Without a choice nothing but "tell the workflow" was asked.
    is_too_late = bool(posted) and (own is None or own["decision"] != posted)
    status, error = (409, "already_decided") if is_too_late else (200, "")
    if request.status == "open":
        error = error and "already_voted"
        page = pages.counted(request, place) if own else pages.form(request, place)
    elif request.status == "decided":
        is_news = is_mine and bool(posted) and not is_too_late
        page = (pages.done if is_news else pages.decided)(request, place)
    elif request.status == "stopped":
        status, error = (409, "stopped") if posted is not None else (200, "")
        page = pages.stopped()
    elif request.status == "expired":
        status, error = 410, "expired"
        page = _sentence("expired")
    else:
        status, error = 410, "ended"
        page = _sentence("ended")
    if not incoming.wants_json:
        return answers.as_page(status, page)
    from link_approval.document import document  # noqa: PLC0415

    refusal = {"error": error, "message": page[0]} if error else {}
    return answers.as_json(status, {**refusal, **document(request, place)})


def _sentence(key: str) -> Page:
    """A page that says one thing."""
    from link_approval import markup  # noqa: PLC0415

    return markup.message(text(f"{key}_title"), text(key), tone="bad")


def _refusal(incoming: Incoming, status: int, code: str) -> Answer:
    if incoming.wants_json:
        return answers.as_json(status, {"error": code, "message": text(code)})
    return answers.as_page(status, _sentence(code))


def _not_acceptable(incoming: Incoming, refusal: NotAcceptable) -> Answer:
    headers = {"Allow": "GET, HEAD, POST"} if refusal.status == 405 else {}
    message = text(refusal.text_key, most=LONGEST_COMMENT)
    if incoming.wants_json:
        body: dict[str, object] = {"error": refusal.code, "message": message}
        return answers.as_json(refusal.status, body, headers)
    from link_approval import markup  # noqa: PLC0415

    page = markup.message(text("method_title"), message, tone="bad")
    return answers.as_page(refusal.status, page, headers)


def _log(event: str, request_id: str, **details: object) -> None:
    """One line in the log: never a link, a signature, a token or what people wrote."""
    print(json.dumps({"event": event, "request_id": request_id, **details}))
