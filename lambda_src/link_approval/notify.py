"""The function that opens a request and tells its approvers, by SNS or by SES.

Its events, from the approval workflow and from who sends a message again:

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

from link_approval import asking, aws, keys, link, message, store
from link_approval.asking import BadRequest
from link_approval.store import Refused, Request
from shared import moments, plain


class KeyNotMade(Exception):
    """There is no key to sign links with; says what AWS said."""


class NotificationFailed(Exception):
    """Somebody could not be told; says who, and what AWS said."""


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Do what ``action`` says; the class of what is raised is the task's error."""
    try:
        match event.get("action"):
            case "open":
                return _open(event)
            case "remind":
                return _remind(_existing(event))
            case "escalate":
                return _escalate(_existing(event), event["approvers"])
            case "resend":
                return _resend(_existing(event), event.get("approver"))
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
    asked = asking.checked(event["request"])
    arn = event["execution_arn"]
    # The same execution asks once, however often this function is tried.
    request_id = hashlib.sha256(arn.encode()).digest()[:16].hex()
    now = time.time()
    expires_at = int(now) + event["expires_in"]
    item: store.Item = {
        "request_id": {"S": request_id},
        "status": {"S": "open"},
        "execution_arn": {"S": arn},
        "url": {"S": event["url"]},
        "request": {"S": json.dumps(asked, ensure_ascii=False)},
        "settings": {"S": json.dumps(event["settings"], ensure_ascii=False)},
        "approvers": {"S": json.dumps(event["approvers"], ensure_ascii=False)},
        "votes": {"M": {}},
        "audit": {"L": [store.audit_event("opened", **_asking_execution(event))]},
        "opened_at": {"S": moments.iso(now)},
        "expires_at": {"N": str(expires_at)},
        "delete_at": {"N": str(expires_at + event["retention_in_days"] * 86_400)},
    }
    request: Request | None = Request(item)
    _check_size(Request(item))
    try:
        store.create(item)
    except Refused:
        request = Request.read(request_id)
    if request is None:
        raise BadRequest(f"The request {request_id} was deleted from the table.")
    try:
        _send(request, range(len(request.approvers)), "asked")
    except NotificationFailed:
        _close(request)
        raise
    return {"request_id": request.id, "expires_at": request.expires_at}


def _check_size(request: Request) -> None:
    """What each has room for can be too much together."""
    url = request.url + "0" * link.LENGTH
    size = len(message.structure(request, 0, url, "asked").encode())
    if size > message.MOST_BYTES:
        raise BadRequest(
            f"The approval's input makes a message of {size} bytes; at most"
            f" {message.MOST_BYTES} can be sent. Shorten summary, details or links."
        )


def _asking_execution(event: dict[str, Any]) -> dict[str, str]:
    """The workflow that asks, where it said who it is."""
    arn = event["request"].get("AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID")
    is_arn = isinstance(arn, str) and arn.startswith("arn:") and plain.is_whole(arn)
    return {"asked_by": arn} if is_arn else {}


def _close(request: Request) -> None:
    """The links that did go out say that nothing is to be decided."""
    try:
        request.update(
            {"status": {"S": "failed"}},
            store.audit_event("failed", error="NotificationFailed"),
            condition="#status = :open",
            names={"#status": "status"},
            values={":open": {"S": "open"}},
        )
    except (Refused, aws.Unavailable):
        # Who answers all the same is told that the workflow has ended.
        return


def _make_key(version: int) -> dict[str, Any]:
    try:
        keys.make(version)
    except aws.Unavailable as error:
        raise KeyNotMade(
            f"The secret took no key: {error.code}. Applying again asks once more."
        ) from None
    return {"version": version}


def _existing(event: dict[str, Any]) -> Request:
    request = Request.read(str(event.get("request_id")))
    if request is None:
        raise BadRequest("There is no request with this request_id.")
    return request


def _remind(request: Request) -> dict[str, Any]:
    return _send_again(request, _not_voted(request), "reminded")


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
                    ":approvers": {"S": request.approvers_text},
                },
            )
        except Refused:
            # Decided in this moment: nobody needs to be told.
            return {"request_id": request.id, "sent": 0}
    emails = {approver["email"] for approver in approvers}
    places = [p for p in _not_voted(request) if request.approvers[p]["email"] in emails]
    return _send_again(request, places, "escalated")


def _resend(request: Request, email: str | None) -> dict[str, Any]:
    places = [
        place
        for place in _not_voted(request)
        if email is None or request.approvers[place]["email"] == email.strip().lower()
    ]
    if request.status != "open" or not places:
        raise BadRequest(
            f"Nothing was sent: the request is {request.status}, or who is to get the"
            " message has voted or is not one of its approvers."
        )
    return _send_again(request, places, "asked")


def _not_voted(request: Request) -> list[int]:
    return [p for p in range(len(request.approvers)) if p not in request.votes]


def _send_again(request: Request, places: list[int], event: str) -> dict[str, Any]:
    if request.status == "open":
        _send(request, places, event)
        return {"request_id": request.id, "sent": len(places)}
    return {"request_id": request.id, "sent": 0}


def _send(request: Request, places: range | list[int], event: str) -> None:
    """Publish one message for each approver; say in the audit trail who got one."""
    key = keys.current()
    sent, failed = [], []
    for place in places:
        approver = request.approvers[place]
        url = request.url + link.write(key, request.id, place, request.expires_at)
        try:
            _tell(request, place, url, event)
            sent.append(approver)
        except aws.Unavailable as error:
            failed.append(f"{approver['email']} ({error.code})")
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


def _tell(request: Request, place: int, url: str, event: str) -> None:
    """The topic's subscribers, who are e-mail addresses where SES sends none."""
    email = request.approvers[place]["email"]
    subject = message.subject(request, event)
    sender = os.environ.get("EMAIL_FROM")
    if sender:
        letter = message.letter(request, place, url, event)
        aws.call(
            "ses",
            "send_email",
            Source=_encoded(sender),
            Destination={"ToAddresses": [email]},
            Message={
                "Subject": {"Data": subject, "Charset": "UTF-8"},
                "Body": {"Text": {"Data": letter, "Charset": "UTF-8"}},
            },
        )
    aws.call(
        "sns",
        "publish",
        TopicArn=os.environ["TOPIC_ARN"],
        Subject=subject,
        Message=message.structure(request, place, url, event),
        MessageStructure="json",
        # What the subscriptions' filter policies look at.
        MessageAttributes={
            "approver": {"DataType": "String", "StringValue": email},
            "event": {"DataType": "String", "StringValue": event},
        },
    )


def _encoded(sender: str) -> str:
    """``Name <address>`` in ASCII, which is all that SES takes of a name."""
    from email.utils import formataddr  # noqa: PLC0415

    name, _, address = sender.rpartition("<")
    return formataddr((name.strip(' "'), address.strip("> ")))


def _addresses(approvers: list[dict[str, str]]) -> str:
    return ", ".join(approver["email"] for approver in approvers)
