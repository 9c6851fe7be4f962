"""The function behind ``POST /webhook``: verifies, completes, transforms, starts.

Answers, all JSON; refusals have ``error`` and ``message``:

    202  {"status": "started", "execution": <name>}
    200  {"status": "duplicate", "execution": <name>}   started by an earlier delivery
    200  {"status": "ignored", "reason": …}             a draft, another type, …
    400  no JSON, no id          401  signature         405  no POST
    413  too large, as a body (1,048,576 bytes) or for a workflow (245,760)
    500  a mistake in here       502  Sanity            503  AWS

Sanity sends again after 5xx, for 30 minutes, and never after 4xx.

What the execution gets from Sanity:

    {
      "event": {
        "operation": "create" | "update" | "delete",
        "type": null,
        "delivery": "…",                 the sender's own id of the delivery
        "request_id": "…",               of the request that came first
        "received_at": "2026-01-31T12:00:00.000Z"
      },
      "source": {"name": "sanity", "project_id", "dataset", "document_type"},
      "post": {"id": "…", "version": 1768210200000, …}
    }

``post`` has what the module of that name lists; of a deleted one there is nothing but
``id`` and ``version``. Versions order a post's events: whole milliseconds since 1970,
of a change the document's ``_updatedAt``, of a deletion the signature's time, both by
Sanity's clock; ``received_at`` where a query leaves out ``_updatedAt``.

``operation`` is what happened as far as anyone knows: what was deleted and exists
again is "update". Whether a platform has the post is for the workflow to remember.

Other senders' ("github", "stripe", "standard-webhooks") have ``operation`` null, their
own ``type`` such as "push", ``source`` with nothing but its name, and, in the place of
``post``, their body as ``payload``.

Settings (environment):

    SOURCE                   sanity, github, stripe or standard-webhooks
    SIGNING_SECRET_ARN       the key that signs, as text
    SIGNATURE_TOLERANCE_MS   how old, or early, a signature may be, milliseconds
    STATE_MACHINE_ARN        what is started: a STANDARD machine, or its alias
    CANONICAL_URL            a post's address, with {slug} in it; empty: the document's
    SANITY_*                 see ``sanity``

Everything that can be refused by its looks is refused before anything that takes time
is imported, the SDK above all.
"""

from __future__ import annotations

import json
import os
import time

from webhook_publisher import responses, signatures
from webhook_publisher.http_request import HttpRequest
from webhook_publisher.responses import Refusal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from webhook_publisher.responses import Response
    from webhook_publisher.signatures import Signature


def handler(event: dict[str, Any], _context: object) -> Response:
    """Respond to one delivery."""
    request = HttpRequest(event)
    try:
        request.check_method()
        body = request.body()
        signature = signatures.read(
            os.environ["SOURCE"],
            request.header,
            body,
            time.time(),
            int(os.environ["SIGNATURE_TOLERANCE_MS"]),
        )
        return _respond_safely(request, body, signature)
    except Refusal as refusal:
        _log(request, "refused", code=refusal.code, reason=refusal.reason)
        return responses.refusal_response(refusal)


def _respond_safely(
    request: HttpRequest, body: bytes, signature: Signature
) -> Response:
    from webhook_publisher import aws  # noqa: PLC0415

    try:
        return _respond(request, body, signature)
    except Refusal:
        raise
    except aws.Unavailable as error:
        _log(request, "unavailable", error=error.code)
        return responses.json_response(
            503, {"error": "unavailable", "message": "Please send it again."}
        )
    except Exception as error:
        from shared import tracebacks  # noqa: PLC0415

        where = tracebacks.location(error)
        _log(request, "crashed", error=type(error).__name__, at=where)
        return responses.json_response(
            500, {"error": "internal", "message": "Something went wrong here."}
        )


def _respond(request: HttpRequest, body: bytes, signature: Signature) -> Response:
    from shared import secrets, timestamps  # noqa: PLC0415
    from webhook_publisher import aws, documents, execution, senders  # noqa: PLC0415

    signing = secrets.secret(os.environ["SIGNING_SECRET_ARN"], aws.call)
    if signing.find(signature.is_made_with) is None:
        raise signatures.unauthorized("wrong")
    source = os.environ["SOURCE"]
    try:
        payload = documents.read(senders.json_of(source, body))
    except documents.Malformed:
        raise Refusal(
            400, "malformed", "The body is no JSON that is taken here."
        ) from None
    delivery = senders.delivery(source, request, payload, signature)
    received_at = time.time()
    event = {
        "operation": None,
        "type": None,
        "delivery": delivery,
        "request_id": request.request_id,
        "received_at": timestamps.iso(received_at),
    }
    if source == "sanity":
        from webhook_publisher import sanity  # noqa: PLC0415

        try:
            change = sanity.change(
                request,
                payload,
                received_at=int(received_at * 1000),
                signed_at=signature.signed_at,
            )
        except sanity.Ignored as ignored:
            _log(request, "ignored", reason=ignored.reason)
            return responses.json_response(
                200, {"status": "ignored", "reason": ignored.reason}
            )
        event["operation"] = change.operation
        document = {"event": event, "source": change.source, "post": change.post}
    else:
        event["type"] = senders.event_type(source, request, payload)
        document = {"event": event, "source": {"name": source}, "payload": payload}
    name = execution.name_of(senders.repeated(source, delivery, signature))
    try:
        is_new = execution.start(name, document)
    except documents.NotWhole as error:
        raise Refusal(
            400,
            "malformed",
            f"{error} has half of a character (a lone surrogate), which no text can"
            " hold.",
        ) from None
    except documents.Malformed:
        raise Refusal(
            400, "malformed", "The body has numbers that JSON cannot tell."
        ) from None
    status, text = (202, "started") if is_new else (200, "duplicate")
    _log(request, text, execution=name, operation=event["operation"])
    return responses.json_response(status, {"status": text, "execution": name})


def _log(request: HttpRequest, event: str, **details: object) -> None:
    """One line in the log: never a body, a header or anything of a secret."""
    line = {"event": event, "request_id": request.request_id, **details}
    print(json.dumps(line))
