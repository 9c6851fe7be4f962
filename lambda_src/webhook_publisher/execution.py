"""The execution that a delivery starts, once however often it is delivered."""

from __future__ import annotations

import json
import os

from webhook_publisher import aws, documents
from webhook_publisher.responses import Refusal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# Step Functions takes 262,144 bytes of UTF-8 ("Service quotas" in its guide). The
# result of StartSyncExecution has the input, as a text within JSON, and the record.
LONGEST_INPUT = 262_144 - 16_384

_LONGEST_NAME = 80
_NAME_CHARACTERS = frozenset(
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-"
)
# Given up in this order, since each can be made of what stays.
_DISPENSABLE = ("html", "text")


def name_of(delivery: str) -> str:
    """A name for the execution of ``delivery``: itself where Step Functions takes it.

    CloudWatch Logs takes fewer characters than Step Functions: those of both.
    """
    if 0 < len(delivery) <= _LONGEST_NAME and _NAME_CHARACTERS.issuperset(delivery):
        return delivery
    import hashlib  # noqa: PLC0415

    return "sha256-" + hashlib.sha256(delivery.encode(errors="replace")).hexdigest()


def start(name: str, document: dict[str, Any]) -> bool:
    """Start it; False when it was started before. Raises Refusal and aws.Unavailable.

    StartExecution answers a repetition with the first execution's ARN while that runs,
    and with an error after it. ``document`` has the request's id in it, so that every
    repetition has another input and gets the error.
    """
    text = _fitted(document)
    try:
        aws.call(
            "stepfunctions",
            "start_execution",
            stateMachineArn=os.environ["STATE_MACHINE_ARN"],
            name=name,
            input=text,
        )
    except aws.Unavailable as error:
        if error.code == "ExecutionAlreadyExists":
            return False
        raise
    return True


def _fitted(document: dict[str, Any]) -> str:
    """``document`` as JSON that Step Functions takes."""
    text = documents.write(document)
    post = document.get("post", {})
    for key in _DISPENSABLE:
        if not _fits(text) and key in post:
            post = {**post, key: None}
            text = documents.write({**document, "post": post})
    if not _fits(text):
        raise Refusal(
            413,
            "too_large",
            f"A workflow takes {LONGEST_INPUT:,} bytes; this is longer.",
            "execution_input",
        )
    return text


def _fits(text: str) -> bool:
    return len(json.dumps(text, ensure_ascii=False).encode()) <= LONGEST_INPUT
