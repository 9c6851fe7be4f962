"""Checks of API Gateway on a request before it looks at the API's settings."""

from __future__ import annotations

import base64
import secrets
from datetime import UTC, datetime
from typing import Any

from localstack.services.apigateway.next_gen.execute_api.handlers import parse as stock
from localstack.utils.patch import patch

from .. import request_bodies
from .encodings import unpacked


def install() -> None:
    stock.restore_payload = request_bodies.sent

    @patch(stock.InvocationRequestParser.parse_and_enrich)  # type: ignore[untyped-decorator]
    def parse(fn: Any, self: Any, context: Any) -> None:
        fn(self, context)
        request = context.invocation_request
        request["body"] = unpacked(
            request["body"], request["headers"].get("Content-Encoding")
        )

    @patch(stock.InvocationRequestParser.create_context_variables)  # type: ignore[untyped-decorator]
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
