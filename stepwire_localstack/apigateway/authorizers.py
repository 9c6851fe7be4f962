"""Lambda authorizers: a function that decides who may call a method.

Stock lets every call pass. Cognito authorizers are not run here either: there is no
Cognito that could have issued a token. Source: AWS's pages "Use API Gateway Lambda
authorizers" and "Output from an API Gateway Lambda authorizer".
"""

from __future__ import annotations

import json
import logging
import re
import threading
import time
from collections.abc import Mapping
from typing import Any, Final

from localstack.services.apigateway.next_gen.execute_api.gateway import RestApiGateway
from localstack.services.apigateway.next_gen.execute_api.gateway_response import (
    AccessDeniedError,
    AuthorizerConfigurationError,
    AuthorizerFailureError,
    UnauthorizedError,
)
from localstack.services.apigateway.next_gen.execute_api.handlers import (
    api_key_validation_handler,
)
from localstack.services.apigateway.next_gen.execute_api.header_utils import (
    build_multi_value_headers,
)
from localstack.services.apigateway.next_gen.execute_api.integrations.aws import (
    RestApiAwsProxyIntegration,
    get_lambda_function_arn_from_invocation_uri,
)
from localstack.utils.patch import patch

from . import policies

LOG: Final = logging.getLogger(__name__)
_DEFAULT_CACHE_SECONDS: Final = 300
INVOKE: Final = "execute-api:Invoke"
_SOURCE: Final = re.compile(
    r"(?P<of>method\.request\.(?:header|querystring)|stageVariables|context)"
    r"\.(?P<name>.+)"
)
_lock: Final = threading.Lock()
_cache: Final[dict[tuple[str, ...], tuple[float, Mapping[str, Any]]]] = {}


def install() -> None:
    @patch(RestApiGateway.__init__)  # type: ignore[untyped-decorator]
    def initialise(fn: Any, self: Any) -> None:
        fn(self)
        index = self.request_handlers.index(api_key_validation_handler)
        self.request_handlers.insert(index, authorize)


def authorize(_chain: Any, context: Any, _response: Any) -> None:
    """Asks the function of a method's authorizer, or remembers what it said.

    Raises UNAUTHORIZED without an identity source, ACCESS_DENIED where the policy
    does not allow the method, AUTHORIZER_FAILURE where the function fails, and
    AUTHORIZER_CONFIGURATION_ERROR where it answers with something else.
    """
    if context.resource_method.get("authorizationType") != "CUSTOM":
        return
    authorizer = context.deployment.rest_api.authorizers[
        context.resource_method["authorizerId"]
    ]
    identity = _identity(authorizer, context)
    seconds = authorizer.get("authorizerResultTtlInSeconds")
    seconds = _DEFAULT_CACHE_SECONDS if seconds is None else int(seconds)
    # One answer serves all methods of the stage: it is a policy.
    key = (context.api_id, context.stage, authorizer["id"], *identity)
    answer = _remembered(key) if seconds and identity else None
    if answer is None:
        answer = _ask(authorizer, context, identity)
        if seconds and identity:
            with _lock:
                _cache[key] = (time.monotonic() + seconds, answer)
    said = policies.effect(
        answer["policyDocument"], action=INVOKE, resource=method_arn(context)
    )
    if said != policies.ALLOW:
        raise AccessDeniedError("User is not authorized to access this resource")
    context.context_variables["authorizer"] = {
        **{name: _text(value) for name, value in (answer.get("context") or {}).items()},
        "principalId": answer["principalId"],
    }
    if answer.get("usageIdentifierKey"):
        context.context_variables["identity"]["apiKey"] = answer["usageIdentifierKey"]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _identity(authorizer: Mapping[str, Any], context: Any) -> tuple[str, ...]:
    """The values of the identity sources, each of which a request needs."""
    sources = {
        "method.request.header": context.invocation_request["headers"],
        "method.request.querystring": context.invocation_request[
            "query_string_parameters"
        ],
        "stageVariables": context.stage_variables or {},
        "context": context.context_variables,
    }
    values = []
    for source in filter(None, re.split(r"\s*,\s*", authorizer["identitySource"])):
        found = _SOURCE.fullmatch(source)
        value = found and sources[found["of"]].get(found["name"])
        if not value:
            raise UnauthorizedError("Unauthorized")
        values.append(str(value))
    expression = authorizer.get("identityValidationExpression")
    if expression and not re.fullmatch(expression, values[0]):
        raise UnauthorizedError("Unauthorized")
    return tuple(values)


def _remembered(key: tuple[str, ...]) -> Mapping[str, Any] | None:
    with _lock:
        until, answer = _cache.get(key, (0.0, {}))
    return answer if time.monotonic() < until else None


def _ask(
    authorizer: Mapping[str, Any], context: Any, identity: tuple[str, ...]
) -> Mapping[str, Any]:
    event: dict[str, Any] = {
        "type": authorizer["type"],
        "methodArn": method_arn(context),
    }
    if authorizer["type"] == "TOKEN":
        event["authorizationToken"] = identity[0]
    else:
        event |= _request(context)
    try:
        payload = RestApiAwsProxyIntegration.call_lambda(
            function_arn=get_lambda_function_arn_from_invocation_uri(
                authorizer["authorizerUri"]
            ),
            event=json.dumps(event).encode(),
            source_arn=method_arn(context),
            credentials=authorizer.get("authorizerCredentials"),
        )
        answer = json.loads(payload)
    except Exception as error:
        LOG.warning("API Gateway: the authorizer cannot be asked: %s", error)
        raise AuthorizerFailureError from error
    if isinstance(answer, dict) and "errorMessage" in answer:
        # AWS's own example: a function that raises "Unauthorized" means 401.
        if answer["errorMessage"] == "Unauthorized":
            raise UnauthorizedError("Unauthorized")
        raise AuthorizerFailureError
    if not isinstance(answer, dict) or not {"principalId", "policyDocument"} <= set(
        answer
    ):
        raise AuthorizerConfigurationError
    return answer


def _request(context: Any) -> dict[str, Any]:
    request = context.invocation_request
    return {
        "resource": context.resource["path"],
        "path": request["path"],
        "httpMethod": request["http_method"],
        "headers": dict(request["headers"]),
        "multiValueHeaders": build_multi_value_headers(request["headers"]),
        "queryStringParameters": request["query_string_parameters"] or {},
        "multiValueQueryStringParameters": (
            request["multi_value_query_string_parameters"] or {}
        ),
        "pathParameters": request["path_parameters"] or {},
        "stageVariables": context.stage_variables or {},
        "requestContext": context.context_variables,
    }


def method_arn(context: Any) -> str:
    """The ARN of the method that is called, with the path as it was sent."""
    path = context.invocation_request["path"].lstrip("/")
    method = context.invocation_request["http_method"]
    return (
        f"arn:aws:execute-api:{context.region}:{context.account_id}:{context.api_id}"
        f"/{context.stage}/{method}/{path}"
    )
