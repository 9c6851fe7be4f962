"""The function that opens a request and notifies its approvers, by SNS or by SES.

Its events, from the approval workflow, or by hand for a message again:

    {"action": "open", "execution_arn", "url", "request", "settings", "approvers",
     "expires_in", "retention_in_days"}
    {"action": "remind", "request_id"}            those who have not voted
    {"action": "escalate", "request_id", "approvers"}   the second list
    {"action": "resend", "request_id", "approver"}      one, or all without one

and from Terraform, when the module is applied:

    {"action": "make_key", "version"}             the key that signs links

It knows no task token: the workflow puts that into the table itself.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from typing import Any

from link_approval import aws, content, keys, link, message, store
from link_approval.content import BadRequest
from link_approval.store import ConditionFailed, Request
from shared import sanitize, timestamps


class KeyNotMade(Exception):
    """There is no key to sign links with; the message has AWS's error."""


class NotificationFailed(Exception):
    """An approver could not be notified; the message says who, and AWS's error."""


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Do what ``action`` says; the class of an exception is the task's error."""
    try:
        match event.get("action"):
            case "open":
                return _open(event)
            case "remind":
                return _remind(_read_request(event))
            case "escalate":
                return _escalate(_read_request(event), event["approvers"])
            case "resend":
                return _resend(_read_request(event), event.get("approver"))
            case "make_key":
                return _make_key(event["version"])
            case other:
                raise BadRequest(
                    "action must be open, remind, escalate, resend or make_key, not"
                    f" {json.dumps(other)[:40]}."
                )
    except aws.Unavailable as error:
        raise NotificationFailed(
            f"The request could not be kept or signed: {error.code}."
        ) from None


def _open(event: dict[str, Any]) -> dict[str, Any]:
    validated = content.validated(event["request"])
    arn = event["execution_arn"]
    # One request for each execution, however often this function is tried.
    request_id = hashlib.sha256(arn.encode()).digest()[:16].hex()
    now = time.time()
    expires_at = int(now) + event["expires_in"]
    item: store.Item = {
        "request_id": {"S": request_id},
        "status": {"S": "open"},
        "execution_arn": {"S": arn},
        "url": {"S": event["url"]},
        "request": {"S": json.dumps(validated, ensure_ascii=False)},
        "settings": {"S": json.dumps(event["settings"], ensure_ascii=False)},
        "approvers": {"S": json.dumps(event["approvers"], ensure_ascii=False)},
        "votes": {"M": {}},
        "audit": {"L": [store.audit_event("opened", **_caller(event))]},
        "opened_at": {"S": timestamps.iso(now)},
        "expires_at": {"N": str(expires_at)},
        "delete_at": {"N": str(expires_at + event["retention_in_days"] * 86_400)},
    }
    request: Request | None = Request(item)
    _check_size(Request(item))
    try:
        store.create(item)
    except ConditionFailed:
        request = Request.read(request_id)
    if request is None:
        raise BadRequest(f"The request {request_id} was deleted from the table.")
    try:
        _notify(request, range(len(request.approvers)), "asked")
    except NotificationFailed:
        _mark_failed(request)
        raise
    return {"request_id": request.id, "expires_at": request.expires_at}


def _check_size(request: Request) -> None:
    """Raise BadRequest where texts within their limits are too long together."""
    url = request.url + "0" * link.LENGTH
    size = len(message.sns_message(request, 0, url, "asked").encode())
    if size > message.MAX_BYTES:
        raise BadRequest(
            f"The approval's input makes a message of {size} bytes; at most"
            f" {message.MAX_BYTES} can be sent. Shorten summary, details or links."
        )


def _caller(event: dict[str, Any]) -> dict[str, str]:
    """The execution that asks, where its workflow names it."""
    arn = event["request"].get("AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID")
    is_arn = (
        isinstance(arn, str) and arn.startswith("arn:") and sanitize.is_well_formed(arn)
    )
    return {"asked_by": arn} if is_arn else {}


def _mark_failed(request: Request) -> None:
    """Links that did go out then say that no decision is needed."""
    try:
        request.update(
            {"status": {"S": "failed"}},
            store.audit_event("failed", error="NotificationFailed"),
            condition="#status = :open",
            names={"#status": "status"},
            values={":open": {"S": "open"}},
        )
    except (ConditionFailed, aws.Unavailable):
        # An answer to such a link finds out that the workflow has ended.
        return


def _make_key(version: int) -> dict[str, Any]:
    try:
        keys.make(version)
    except aws.Unavailable as error:
        raise KeyNotMade(
            f"The secret took no key: {error.code}. Apply again to retry."
        ) from None
    return {"version": version}


def _read_request(event: dict[str, Any]) -> Request:
    request = Request.read(str(event.get("request_id")))
    if request is None:
        raise BadRequest("There is no request with this request_id.")
    return request


def _remind(request: Request) -> dict[str, Any]:
    return _notify_if_open(request, _not_voted(request), "reminded")


def _escalate(request: Request, approvers: list[dict[str, str]]) -> dict[str, Any]:
    known = {approver["email"] for approver in request.approvers}
    added = [a for a in approvers if a["email"] not in known]
    if added:
        everybody = json.dumps([*request.approvers, *added], ensure_ascii=False)
        try:
            request = request.update(
                {"approvers": {"S": everybody}},
                store.audit_event("escalated", to=_addresses(added)),
                condition="#status = :open AND approvers = :approvers",
                names={"#status": "status"},
                values={
                    ":open": {"S": "open"},
                    ":approvers": {"S": request.approvers_json},
                },
            )
        except ConditionFailed:
            # Decided meanwhile: nobody needs a message.
            return {"request_id": request.id, "sent": 0}
    emails = {approver["email"] for approver in approvers}
    escalated = [
        a for a in _not_voted(request) if request.approvers[a]["email"] in emails
    ]
    return _notify_if_open(request, escalated, "escalated")


def _resend(request: Request, email: str | None) -> dict[str, Any]:
    approvers = [
        approver
        for approver in _not_voted(request)
        if email is None
        or request.approvers[approver]["email"] == email.strip().lower()
    ]
    if request.status != "open" or not approvers:
        raise BadRequest(
            f"Nothing was sent: the request is {request.status}, or this approver has"
            " voted or is not one of its approvers."
        )
    return _notify_if_open(request, approvers, "asked")


def _not_voted(request: Request) -> list[int]:
    return [a for a in range(len(request.approvers)) if a not in request.votes]


def _notify_if_open(
    request: Request, approvers: list[int], event: str
) -> dict[str, Any]:
    if request.status == "open":
        _notify(request, approvers, event)
        return {"request_id": request.id, "sent": len(approvers)}
    return {"request_id": request.id, "sent": 0}


def _notify(request: Request, approvers: range | list[int], event: str) -> None:
    """Send a message to each of the approvers, and add to the audit trail who got one.

    Raises NotificationFailed when AWS took one of the messages not.
    """
    key = keys.current()
    sent, failed = [], []
    for approver in approvers:
        person = request.approvers[approver]
        url = request.url + link.write(key, request.id, approver, request.expires_at)
        try:
            _send_message(request, approver, url, event)
            sent.append(person)
        except aws.Unavailable as error:
            failed.append(f"{person['email']} ({error.code})")
    details = {"to": _addresses(sent)} if sent else {}
    if failed:
        details["failed"] = ", ".join(failed)
    name = "notification_failed" if failed else "notified"
    request.update({}, store.audit_event(name, kind=event, **details))
    print(
        json.dumps(
            {
                "event": name,
                "kind": event,
                "request_id": request.id,
                "sent": len(sent),
                "failed": len(failed),
            }
        )
    )
    if failed:
        raise NotificationFailed(
            f"AWS did not take the message for {', '.join(failed)}."
        )


def _send_message(request: Request, approver: int, url: str, event: str) -> None:
    """Publish to the topic, and send the e-mail by SES where it is set up."""
    email = request.approvers[approver]["email"]
    subject = message.subject(request, event)
    sender = os.environ.get("EMAIL_FROM")
    if sender:
        body = message.email_body(request, approver, url, event)
        aws.call(
            "ses",
            "send_email",
            Source=_encoded(sender),
            Destination={"ToAddresses": [email]},
            Message={
                "Subject": {"Data": subject, "Charset": "UTF-8"},
                "Body": {"Text": {"Data": body, "Charset": "UTF-8"}},
            },
        )
    aws.call(
        "sns",
        "publish",
        TopicArn=os.environ["TOPIC_ARN"],
        Subject=subject,
        Message=message.sns_message(request, approver, url, event),
        MessageStructure="json",
        # For the subscriptions' filter policies.
        MessageAttributes={
            "approver": {"DataType": "String", "StringValue": email},
            "event": {"DataType": "String", "StringValue": event},
        },
    )


def _encoded(sender: str) -> str:
    """``Name <address>`` in ASCII: SES takes no other characters in a name."""
    from email.utils import formataddr  # noqa: PLC0415

    name, _, address = sender.rpartition("<")
    return formataddr((name.strip(' "'), address.strip("> ")))


def _addresses(people: list[dict[str, str]]) -> str:
    return ", ".join(person["email"] for person in people)
