"""What API Gateway makes of a request before it looks at the API's own settings."""

from __future__ import annotations

import base64
import secrets
from datetime import UTC, datetime
from typing import Any, Final

from localstack.services.apigateway.next_gen.execute_api.gateway_response import (
    RequestTooLargeError,
)
from localstack.services.apigateway.next_gen.execute_api.handlers.parse import (
    InvocationRequestParser,
)
from localstack.utils.patch import patch

# API Gateway's quota: "Payload size", which cannot be raised.
MAX_PAYLOAD_BYTES: Final = 10 * 1024 * 1024


def install() -> None:
    @patch(InvocationRequestParser.parse_and_enrich)  # type: ignore[untyped-decorator]
    def parse(fn: Any, self: Any, context: Any) -> None:
        fn(self, context)
        if len(context.invocation_request["body"]) > MAX_PAYLOAD_BYTES:
            raise RequestTooLargeError("Request Too Long")

    @patch(InvocationRequestParser.create_context_variables)  # type: ignore[untyped-decorator]
    def context_variables(fn: Any, *arguments: Any) -> Any:
        # Stock has a fixed source address, local time without its zone, and an
        # extended id of another form than AWS's 16 characters.
        variables = fn(*arguments[-1:])
        request = arguments[-1].request
        now = datetime.now(UTC)
        variables["extendedRequestId"] = _extended_request_id()
        variables["requestTime"] = now.strftime("%d/%b/%Y:%H:%M:%S +0000")
        variables["requestTimeEpoch"] = int(now.timestamp() * 1000)
        variables["identity"]["sourceIp"] = request.remote_addr or "127.0.0.1"
        return variables


def _extended_request_id() -> str:
    return base64.b64encode(secrets.token_bytes(11)).decode()
