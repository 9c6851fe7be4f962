"""Calls of an integration's endpoint, and which response its status selects."""

from __future__ import annotations

import re
import threading
from contextvars import ContextVar
from types import SimpleNamespace
from typing import Any, Final
from urllib.parse import urlsplit

import requests
from localstack.services.apigateway.next_gen.execute_api.gateway_response import (
    ApiConfigurationError,
    IntegrationFailureError,
    IntegrationTimeoutError,
)
from localstack.services.apigateway.next_gen.execute_api.handlers.integration_response import (  # noqa: E501
    IntegrationResponseHandler,
)
from localstack.services.apigateway.next_gen.execute_api.integrations import (
    aws,
    http,
)
from localstack.utils.patch import patch

from .. import localhost_names

_DEFAULT_TIMEOUT_MILLISECONDS: Final = 29_000
_timeout: ContextVar[float | None] = ContextVar("timeout", default=None)
_integration_type: ContextVar[str] = ContextVar("integration_type")
_sessions: Final = threading.local()


def install() -> None:
    # Stock waits for a service for ever, and opens a connection for each call.
    aws.requests = SimpleNamespace(request=_request)
    http.requests = SimpleNamespace(
        request=_http_request, exceptions=requests.exceptions
    )
    patch(aws.RestApiAwsIntegration.invoke)(_within_timeout)
    patch(IntegrationResponseHandler.select_integration_response)(_selected)

    @patch(IntegrationResponseHandler.__call__)  # type: ignore[untyped-decorator]
    def respond(fn: Any, self: Any, chain: Any, context: Any, response: Any) -> None:
        token = _integration_type.set(context.integration["type"])
        try:
            fn(self, chain, context, response)
        finally:
            _integration_type.reset(token)


def _within_timeout(fn: Any, self: Any, context: Any) -> Any:
    milliseconds = (
        context.integration.get("timeoutInMillis") or _DEFAULT_TIMEOUT_MILLISECONDS
    )
    token = _timeout.set(int(milliseconds) / 1000)
    try:
        return fn(self, context)
    except requests.Timeout as error:
        raise IntegrationTimeoutError("Endpoint request timed out") from error
    except requests.ConnectionError as error:
        raise IntegrationFailureError(
            "Network error communicating with endpoint"
        ) from error
    finally:
        _timeout.reset(token)


def _request(**parameters: Any) -> requests.Response:
    session = getattr(_sessions, "session", None)
    if session is None:
        session = _sessions.session = requests.Session()
        # Credentials and proxies of this machine's user are none of the API's.
        session.trust_env = False
    response: requests.Response = session.request(timeout=_timeout.get(), **parameters)
    return response


def _http_request(**parameters: Any) -> requests.Response:
    with requests.Session() as session:
        # The proxy of this machine's user does not lead to this machine.
        host = urlsplit(parameters["url"]).hostname
        session.trust_env = not localhost_names.is_localhost(host)
        return session.request(**parameters)


def _selected(_fn: Any, *arguments: Any) -> Any:
    """The integration response for a status or, for a function, its error message.

    A pattern has to match all of it. The success of an AWS service or function selects
    the default only: "200" or ".*" never match one on AWS.
    """
    value, responses = arguments[-2:]
    choices = list((responses or {}).values())
    succeeded = _integration_type.get() == "AWS" and re.fullmatch(r"(2\d\d)?", value)
    for choice in choices:
        pattern = choice.get("selectionPattern")
        if pattern and not succeeded and re.fullmatch(pattern, value, re.DOTALL):
            return choice
    for choice in choices:
        if not choice.get("selectionPattern"):
            return choice
    raise ApiConfigurationError("Internal server error")
