"""Requests that cannot be read are their sender's fault.

Stock answers JSON of another shape than the operation's, and what is no JSON, as a
failure inside AWS (500), which clients try again. AWS's JSON protocols say
``SerializationException`` (400).
"""

from __future__ import annotations

from typing import Any

from localstack.aws.api import CommonServiceException
from localstack.aws.handlers.service import ServiceRequestParser
from localstack.aws.protocol.parser import (
    OperationNotFoundParserError,
    RequestParserError,
)
from localstack.utils.patch import patch


def install() -> None:
    """Changes how requests are parsed."""

    @patch(ServiceRequestParser.parse_and_enrich)  # type: ignore[untyped-decorator]
    def parse(fn: Any, self: Any, context: Any) -> None:
        try:
            fn(self, context)
        except OperationNotFoundParserError:
            raise
        except RequestParserError as error:
            if not str(context.protocol).startswith(("json", "rest-json")):
                raise
            # Answers and the log need one.
            context.operation = _operation(context)
            raise CommonServiceException(
                "SerializationException", str(error), sender_fault=True
            ) from error


def _operation(context: Any) -> Any:
    """The operation that was meant; any, as stock does, where that is not known."""
    names = context.service.operation_names
    meant = context.request.headers.get("X-Amz-Target", "").rpartition(".")[2]
    return context.service.operation_model(meant if meant in names else names[0])
