"""Gateway responses: what a client reads when API Gateway itself refuses a call.

Stock answers every refusal with its own body and headers and uses only the status of
a configured gateway response.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from localstack.services.apigateway.next_gen.execute_api.gateway_response import (
    AccessDeniedError,
    BaseGatewayException,
    IntegrationFailureError,
    InternalServerError,
    get_gateway_response_or_default,
)
from localstack.services.apigateway.next_gen.execute_api.handlers.gateway_exception import (  # noqa: E501
    GatewayExceptionHandler,
)
from localstack.services.apigateway.next_gen.execute_api.router import (
    ApiGatewayEndpoint,
)
from localstack.utils.patch import patch
from rolo import Response

LOG: Final = logging.getLogger(__name__)
JSON: Final = "application/json"
_DEFAULT_TEMPLATES: Final = {JSON: '{"message":$context.error.messageString}'}
_HEADER: Final = "gatewayresponse.header."
# Simple substitution: these templates are no Velocity templates.
_VARIABLE: Final = re.compile(
    r"\$(?P<brace>\{)?(?P<path>(?:context|stageVariables)(?:\.\w+)+)(?(brace)\})"
    r"|\$input\.params\((?P<quote>['\"])(?P<name>[^'\"]*)(?P=quote)\)"
)


def install() -> None:
    # AWS's answer when the integration cannot be reached is 504, as its own table of
    # gateway response types says; stock's is 500.
    IntegrationFailureError.status_code = 504

    @patch(GatewayExceptionHandler.__call__)  # type: ignore[untyped-decorator]
    def handle(
        _fn: Any, self: Any, chain: Any, exception: Any, context: Any, response: Any
    ) -> None:
        if not isinstance(exception, BaseGatewayException):
            # Stock shows Python's message to the client, with status 500 and no JSON.
            LOG.warning("API Gateway: %s", exception, exc_info=exception)
            exception = InternalServerError("Internal server error")
        _set_error(exception, context)
        response.update_from(_response(exception, context))

    @patch(ApiGatewayEndpoint.create_not_found_response)  # type: ignore[untyped-decorator]
    def not_found(_fn: Any, *_: Any) -> Response:
        # AWS does not tell whether it is the API or its stage that does not exist.
        response = Response(status=403)
        response.set_json({"message": "Forbidden"})
        response.headers["x-amzn-ErrorType"] = "ForbiddenException"
        return response


def _set_error(exception: BaseGatewayException, context: Any) -> None:
    context.context_variables["error"] = {
        "message": exception.message,
        "messageString": json.dumps(exception.message, ensure_ascii=False),
        "responseType": str(exception.type),
        "validationErrorString": getattr(exception, "validation_error", ""),
    }


def _response(exception: BaseGatewayException, context: Any) -> Response:
    configured = get_gateway_response_or_default(
        exception.type, context.deployment.rest_api.gateway_responses
    )
    templates = configured.get("responseTemplates") or _DEFAULT_TEMPLATES
    content_type, template = _chosen(templates, context)
    if (
        isinstance(exception, AccessDeniedError)
        and template == _DEFAULT_TEMPLATES[JSON]
    ):
        # The one default body whose key AWS writes with a capital letter.
        template = '{"Message":$context.error.messageString}'
    response = Response(
        _rendered(template, context, content_type),
        status=int(configured.get("statusCode") or exception.status_code or 500),
    )
    response.headers["Content-Type"] = content_type
    response.headers["x-amzn-ErrorType"] = exception.code
    for name, source in (configured.get("responseParameters") or {}).items():
        value = _parameter(source, context)
        if name.startswith(_HEADER) and value is not None:
            response.headers[name.removeprefix(_HEADER)] = value
    return response


def _chosen(templates: Mapping[str, str], context: Any) -> tuple[str, str]:
    """The content type and template: the client's choice, else JSON, else the first."""
    headers = (context.invocation_request or {}).get("headers") or {}
    for content_type in (headers.get("Accept"), JSON, next(iter(templates))):
        if content_type and content_type in templates:
            return str(content_type), templates[str(content_type)]
    raise LookupError("a gateway response without templates")


def _rendered(template: str, context: Any, content_type: str) -> str:
    written: Callable[[str], str] = _in_json if "json" in content_type else str

    def replaced(found: re.Match[str]) -> str:
        path = found["path"]
        if path is None:
            return written(input_parameter(context, found["name"]))
        value = variable(context, path)
        if value is None:
            return ""
        # The only variable that brings its own quotation marks.
        return str(value) if path == "context.error.messageString" else written(value)

    return _VARIABLE.sub(replaced, template)


def _in_json(value: Any) -> str:
    """A value as it stands between the quotation marks of a JSON template."""
    text = value if isinstance(value, str) else json.dumps(value)
    return json.dumps(text, ensure_ascii=False)[1:-1]


def variable(context: Any, path: str) -> Any:
    """Looks up `context.identity.sourceIp` or `stageVariables.name`; None if absent."""
    root, *names = path.split(".")
    value: Any = (
        context.context_variables if root == "context" else context.stage_variables
    )
    for name in names:
        if not isinstance(value, Mapping):
            return None
        value = value.get(name)
    return value


def input_parameter(context: Any, name: str) -> str:
    """A parameter of the call: from its path, else its query, else its headers."""
    request = context.invocation_request
    for kind in ("path_parameters", "query_string_parameters", "headers"):
        value = (request.get(kind) or {}).get(name)
        if value:
            return str(value)
    return ""


def _parameter(source: str, context: Any) -> str | None:
    """Evaluates the value of a response parameter: `'text'`, `context.requestId`, …"""
    if source.startswith("'") and source.endswith("'") and len(source) > 1:
        return source[1:-1]
    if source.startswith("method.request."):
        kind, _, name = source.removeprefix("method.request.").partition(".")
        request = context.invocation_request
        sources = {
            "path": request.get("path_parameters"),
            "querystring": request.get("query_string_parameters"),
            "header": request.get("headers"),
        }
        value = (sources.get(kind) or {}).get(name)
        return None if value is None else str(value)
    value = variable(context, source)
    return None if value is None else str(value)
