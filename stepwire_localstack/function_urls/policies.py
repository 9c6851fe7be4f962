"""A function's policy on calls of its URL.

"Control access to Lambda function URLs" in the Lambda Developer Guide: since October
2025 the caller of a URL needs `lambda:InvokeFunctionUrl` and `lambda:InvokeFunction`.
For a URL of type NONE the policy has to grant both to everybody.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from localstack.services.lambda_ import api_utils
from localstack.services.lambda_.invocation.models import lambda_stores

_VIA_URL: Final = "lambda:InvokedViaFunctionUrl"
_AUTH_TYPE: Final = "lambda:FunctionUrlAuthType"


def with_condition(
    response: Any, context: Any, request: Mapping[str, Any]
) -> dict[str, Any]:
    """Adds `InvokedViaFunctionUrl` to the statement that AddPermission just made.

    Stock knows the parameter and drops it. Returns the response with the statement.
    """
    if request.get("InvokedViaFunctionUrl") is None:
        return dict(response)
    name, qualifier = api_utils.get_name_and_qualifier(
        request["FunctionName"], request.get("Qualifier"), context
    )
    account, region = api_utils.get_account_and_region(request["FunctionName"], context)
    function = lambda_stores[account][region].functions[name]
    statement = next(
        statement
        for statement in _statements(function, qualifier)
        if statement["Sid"] == request["StatementId"]
    )
    value = str(request["InvokedViaFunctionUrl"]).lower()
    statement.setdefault("Condition", {})["Bool"] = {_VIA_URL: value}
    return {"Statement": json.dumps(statement)}


def everybody_may_call(function: Any, qualifier: str | None) -> bool:
    """Whether the policy grants both permissions of a public URL to everybody."""
    granted = {
        statement["Action"]
        for statement in _statements(function, qualifier)
        if statement["Effect"] == "Allow"
        and statement["Principal"] in ("*", {"AWS": "*"})
        and _holds(statement.get("Condition", {}))
    }
    return {"lambda:InvokeFunctionUrl", "lambda:InvokeFunction"} <= granted


def _statements(function: Any, qualifier: str | None) -> Iterable[dict[str, Any]]:
    policy = function.permissions.get(qualifier or "$LATEST")
    return policy.policy.Statement if policy else ()


def _holds(condition: Mapping[str, Mapping[str, str]]) -> bool:
    """Whether a public request over the URL meets it: it has no source or caller."""
    met = {("StringEquals", _AUTH_TYPE, "NONE"), ("Bool", _VIA_URL, "true")}
    return {
        (test, key, value)
        for test, values in condition.items()
        for key, value in values.items()
    } <= met
