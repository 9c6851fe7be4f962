"""The event of a Lambda proxy integration: how it has the body, and when it has one.

"Input format of a Lambda function for proxy integration" and "Binary media types for
REST APIs" in the API Gateway Developer Guide. Stock decides by the bytes whether a
body is binary, and answers 504 where the integration's method is not POST.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable
from typing import Any, Final

from localstack.services.apigateway.next_gen.execute_api.gateway_response import (
    InternalServerError,
)
from localstack.services.apigateway.next_gen.execute_api.integrations import aws
from localstack.utils.patch import patch

from .media_types import JSON, media_type

_ANYTHING: Final = "*/*"


def install() -> None:
    @patch(aws.RestApiAwsProxyIntegration.invoke)  # type: ignore[untyped-decorator]
    def invoke(fn: Any, self: Any, context: Any) -> Any:
        # Functions are invoked by POST alone, whatever the method of the API is.
        if context.integration_request["http_method"] != "POST":
            raise InternalServerError("Internal server error")
        return fn(self, context)

    @patch(aws.RestApiAwsProxyIntegration.create_lambda_input_event)  # type: ignore[untyped-decorator]
    def event(fn: Any, self: Any, context: Any) -> Any:
        request = context.invocation_request
        binary_media_types = context.deployment.rest_api.rest_api.get(
            "binaryMediaTypes"
        )
        is_binary = _is_binary(
            request["headers"].get("Content-Type"), binary_media_types or ()
        )
        return fn(self, context) | _body(request["body"], is_binary)


def _is_binary(content_type: str | None, binary_media_types: Iterable[str]) -> bool:
    found = media_type(content_type or JSON)
    accepted = {found, f"{found.partition('/')[0]}/*", _ANYTHING}
    return any(media_type(each) in accepted for each in binary_media_types)


def _body(body: bytes, is_binary: bool) -> dict[str, Any]:
    if not body:
        return {"body": None, "isBase64Encoded": False}
    if is_binary:
        return {"body": base64.b64encode(body).decode(), "isBase64Encoded": True}
    # Bytes that are no UTF-8 are lost: binary media types are there for them.
    return {"body": body.decode("utf-8", "replace"), "isBase64Encoded": False}
