"""Keys that encrypt functions' environment variables, as they are shown.

Stock drops `KMSKeyArn`, so that a plan wants to set it again each time. Nothing is
encrypted here. A published version shows the key of its function.
"""

from __future__ import annotations

from typing import Any, Final

from localstack.services.lambda_ import api_utils
from localstack.services.lambda_.invocation.models import lambda_stores
from localstack.services.lambda_.provider import LambdaProvider
from localstack.utils.patch import patch

_PARAMETER: Final = "KMSKeyArn"


def install() -> None:
    """Changes CreateFunction, UpdateFunctionConfiguration and what shows functions."""

    @patch(LambdaProvider.create_function)  # type: ignore[untyped-decorator]
    def create(fn: Any, self: Any, context: Any, request: Any) -> Any:
        return _with_key(fn(self, context, request), request)

    @patch(LambdaProvider.update_function_configuration)  # type: ignore[untyped-decorator]
    def update(fn: Any, self: Any, context: Any, request: Any) -> Any:
        return _with_key(fn(self, context, request), request)

    @patch(api_utils.map_config_out)  # type: ignore[untyped-decorator]
    def configuration(fn: Any, version: Any, *arguments: Any, **options: Any) -> Any:
        shown = fn(version, *arguments, **options)
        return _shown(shown, _function(shown["FunctionArn"]))


def _with_key(shown: Any, request: Any) -> Any:
    key = request.get(_PARAMETER)
    function = _function(shown["FunctionArn"])
    if key is None or function is None:
        return shown
    function.kms_key_arn = key
    return _shown(shown, function)


def _shown(shown: Any, function: Any) -> Any:
    shown.pop(_PARAMETER, None)
    # An empty one takes the function's key away.
    if key := getattr(function, "kms_key_arn", ""):
        shown[_PARAMETER] = key
    return shown


def _function(arn: str) -> Any:
    _, _, _, region, account, _, name, *_ = arn.split(":")
    return lambda_stores[account][region].functions.get(name)
