"""From an API's answer to a task's result: "Unsupported HTTP Task responses"."""

from __future__ import annotations

import email.message
import json
from typing import Any, Final, NoReturn

from ..http_calls.transport import Answer
from .errors import RUNTIME, STATUS_CODE_PREFIX, HttpTaskError

MAX_BODY_BYTES: Final = 262_144
"""The quota of a state's data; AWS asks for no more with its Range header."""

_BINARY: Final = ("image/", "video/", "audio/")


def result(answer: Answer) -> dict[str, Any]:
    """``{Headers, ResponseBody, StatusCode, StatusText}``, headers as lists by their
    names in lower case. Raises HttpTaskError."""
    headers: dict[str, list[str]] = {}
    for name, value in answer.headers:
        headers.setdefault(name.lower(), []).append(value)
    content = email.message.Message()
    content["Content-Type"] = headers.get("content-type", ["text/plain"])[0]
    if not 200 <= answer.status < 300:
        # A failure that can be retried stays one, whatever the page about it is.
        cause = answer.body.decode(errors="replace") or answer.reason
        raise HttpTaskError(f"{STATUS_CODE_PREFIX}{answer.status}", cause)
    body = _text(answer.body, content)
    return {
        "Headers": headers,
        "ResponseBody": _value(body, content.get_content_type()),
        "StatusCode": answer.status,
        "StatusText": answer.reason,
    }


def _text(body: bytes, content: email.message.Message) -> str:
    kind = content.get_content_type()
    if kind == "application/octet-stream" or kind.startswith(_BINARY):
        raise HttpTaskError(RUNTIME, f"The content type {kind} is not supported.")
    try:
        return body.decode(content.get_content_charset() or "utf-8")
    except (LookupError, UnicodeDecodeError):
        raise HttpTaskError(
            RUNTIME, "The response body cannot be read as a string."
        ) from None


def _value(body: str, kind: str) -> Any:
    if kind.endswith(("/json", "+json")):
        try:
            return json.loads(body, parse_constant=_refuse)
        except (ValueError, RecursionError):
            # A text that only claims to be JSON stays text.
            return body
    return body


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")
