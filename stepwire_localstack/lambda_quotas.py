"""Refuses events that are larger than Lambda takes, where they are sent.

"Lambda quotas" in the Lambda Developer Guide: 6 MB for an invocation that is waited
for, 1 MB for an asynchronous one. The error and its words are those that callers of
AWS report. Stock has no limit.
"""

from __future__ import annotations

import io
from http import HTTPStatus
from typing import Any, Final

from localstack.aws.api import CommonServiceException
from localstack.aws.api.lambda_ import InvocationType
from localstack.services.lambda_.provider import LambdaProvider
from localstack.utils.patch import patch

_SYNCHRONOUS: Final = 6 * 1024 * 1024
_ASYNCHRONOUS: Final = 1024 * 1024


def install() -> None:
    """Changes Invoke."""

    @patch(LambdaProvider.invoke)  # type: ignore[untyped-decorator]
    def invoke(fn: Any, self: Any, context: Any, **request: Any) -> Any:
        if request.get("payload") is not None:
            event = request["payload"].read()
            require_small_enough(event, request.get("invocation_type"))
            request["payload"] = io.BytesIO(event)
        return fn(self, context, **request)


def require_small_enough(event: bytes, invocation_type: str | None) -> None:
    """Raises a CommonServiceException when Lambda would not take the event."""
    if invocation_type == InvocationType.Event:
        if len(event) > _ASYNCHRONOUS:
            raise _too_large(
                f"{len(event)} byte payload is too large for the Event invocation type "
                f"(limit {_ASYNCHRONOUS} bytes)"
            )
    elif len(event) > _SYNCHRONOUS:
        raise _too_large(
            f"Request must be smaller than {_SYNCHRONOUS} bytes for the "
            "InvokeFunction operation"
        )


def _too_large(message: str) -> CommonServiceException:
    return CommonServiceException(
        "RequestEntityTooLargeException",
        message,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        sender_fault=True,
    )
