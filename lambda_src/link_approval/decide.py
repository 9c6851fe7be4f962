"""The function behind the URL: shows a request to its approver, and takes the vote.

A GET never decides: mail scanners and previews open links. A malformed request is
refused before anything that takes time is imported, the SDK above all.
"""

from __future__ import annotations

import json
import time

from link_approval import link
from link_approval.http_request import MAX_COMMENT, HttpError, HttpRequest
from link_approval.responses import json_response, page_response
from link_approval.texts import text
from shared import sanitize

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from link_approval.markup import Page
    from link_approval.responses import Response
    from link_approval.store import Request


def handler(event: dict[str, Any], _context: object) -> Response:
    """Answer one request to the function URL (payload format 2.0)."""
    http = HttpRequest(event)
    response = _respond(http)
    if http.method == "HEAD":
        response["body"] = ""
    return response


def _respond(http: HttpRequest) -> Response:
    try:
        http.check()
        return _respond_or_fail(http, link.read(http.link, time.time()))
    except HttpError as error:
        return _http_error_response(http, error)
    except link.ExpiredLink:
        return _error_response(http, 410, "expired")
    except link.InvalidLink:
        return _error_response(http, 404, "invalid")


def _respond_or_fail(http: HttpRequest, unverified: link.Link) -> Response:
    from link_approval import aws  # noqa: PLC0415

    try:
        return _respond_to_link(http, unverified)
    except (HttpError, link.InvalidLink):
        raise
    except aws.Unavailable as error:
        _log("unavailable", unverified.request_id, error=error.code)
        return _error_response(http, 503, "unavailable")
    except Exception as error:
        from shared import tracebacks  # noqa: PLC0415

        at = tracebacks.location(error)
        _log("crashed", unverified.request_id, error=type(error).__name__, at=at)
        return _error_response(http, 500, "unavailable")


def _respond_to_link(http: HttpRequest, unverified: link.Link) -> Response:
    from link_approval import keys  # noqa: PLC0415
    from link_approval.store import Request  # noqa: PLC0415

    fields = http.fields() if http.method == "POST" else {}
    if not keys.verifies(unverified):
        raise link.InvalidLink
    request = Request.read(unverified.request_id)
    if request is None or unverified.approver >= len(request.approvers):
        raise link.InvalidLink
    if http.method == "POST":
        return _post(http, request, unverified.approver, fields)
    return _status_response(http, request, unverified.approver)


def _post(
    http: HttpRequest, request: Request, approver: int, fields: dict[str, str]
) -> Response:
    from link_approval import pages, voting  # noqa: PLC0415

    value, comment = fields.get("choice", ""), fields.get("comment", "")
    if request.status == "open" and approver not in request.votes:
        if "back" in fields:
            return page_response(200, pages.form(request, approver, comment=comment))
        if problem := _vote_problem(request, value, comment):
            if http.wants_json:
                return json_response(400, {"error": "invalid", "message": problem})
            page = pages.form(request, approver, comment=comment, problem=problem)
            return page_response(400, page)
        if http.is_form and "confirmed" not in fields and not http.wants_json:
            return page_response(200, pages.confirm(request, value, comment))
        request = voting.vote(request, approver, value, comment)
        _log("voted", request.id, approver=approver, status=request.status)
    if request.status == "decided":
        request = voting.resume_workflow(request)
        _log(
            "resumed",
            request.id,
            resumed=request.is_resumed,
            status=request.status,
        )
    return _status_response(http, request, approver, posted=value)


def _vote_problem(request: Request, value: str, comment: str) -> str:
    """What to correct in a vote, for people; empty where it is fine."""
    if request.choice(value) is None:
        return text("unknown_choice", choice=sanitize.single_line(value)[:40])
    if len(comment) > MAX_COMMENT:
        return text("comment_too_long", most=MAX_COMMENT)
    if request.comment_rule == "REQUIRED" and not comment:
        return text("comment_missing")
    if request.comment_rule == "NONE" and comment:
        return text("comment_unwanted")
    return ""


def _status_response(
    http: HttpRequest, request: Request, approver: int, posted: str | None = None
) -> Response:
    """The request as it stands; ``posted`` is the choice that this POST made."""
    from link_approval import pages  # noqa: PLC0415

    vote = request.votes.get(approver)
    has_decided = request.decided_by == request.approvers[approver]["email"]
    # A POST without a choice only resumes the workflow.
    is_late = bool(posted) and (vote is None or vote["decision"] != posted)
    status, error = (409, "already_decided") if is_late else (200, "")
    if request.status == "open":
        error = error and "already_voted"
        page = (
            pages.counted(request, approver) if vote else pages.form(request, approver)
        )
    elif request.status == "decided":
        is_new = has_decided and bool(posted) and not is_late
        page = (pages.done if is_new else pages.decided)(request, approver)
    elif request.status == "stopped":
        status, error = (409, "stopped") if posted is not None else (200, "")
        page = pages.stopped()
    elif request.status == "expired":
        status, error = 410, "expired"
        page = _sentence_page("expired")
    else:
        status, error = 410, "ended"
        page = _sentence_page("ended")
    if not http.wants_json:
        return page_response(status, page)
    from link_approval.request_json import request_json  # noqa: PLC0415

    problem = {"error": error, "message": page[0]} if error else {}
    return json_response(status, {**problem, **request_json(request, approver)})


def _sentence_page(key: str) -> Page:
    """A page of one sentence."""
    from link_approval import markup  # noqa: PLC0415

    return markup.message_page(text(f"{key}_title"), text(key), tone="bad")


def _error_response(http: HttpRequest, status: int, code: str) -> Response:
    if http.wants_json:
        return json_response(status, {"error": code, "message": text(code)})
    return page_response(status, _sentence_page(code))


def _http_error_response(http: HttpRequest, error: HttpError) -> Response:
    headers = {"Allow": "GET, HEAD, POST"} if error.status == 405 else {}
    message = text(error.text_key, most=MAX_COMMENT)
    if http.wants_json:
        body: dict[str, object] = {"error": error.code, "message": message}
        return json_response(error.status, body, headers)
    from link_approval import markup  # noqa: PLC0415

    page = markup.message_page(text("method_title"), message, tone="bad")
    return page_response(error.status, page, headers)


def _log(event: str, request_id: str, **details: object) -> None:
    """Write a log line, which never has a link, signature, token or people's words."""
    print(json.dumps({"event": event, "request_id": request_id, **details}))
