"""The resource policy of an API: who may reach it at all, and from where.

Stock keeps it and lets everybody in. Source: AWS's page "How API Gateway resource
policies affect authorization workflow".
"""

from __future__ import annotations

import json
from typing import Any, Final

from localstack.services.apigateway.next_gen.execute_api.gateway import RestApiGateway
from localstack.services.apigateway.next_gen.execute_api.gateway_response import (
    AccessDeniedError,
)
from localstack.services.apigateway.next_gen.execute_api.handlers import (
    api_key_validation_handler,
)
from localstack.utils.patch import patch

from . import policies
from .authorization import IAM
from .authorizers import INVOKE, method_arn

_SHORT: Final = "execute-api:/"
_DENIED: Final = "User: {} is not authorized to perform: {} on resource: {}"


def install() -> None:
    @patch(RestApiGateway.__init__)  # type: ignore[untyped-decorator]
    def initialise(fn: Any, self: Any) -> None:
        # After the caller is known.
        fn(self)
        index = self.request_handlers.index(api_key_validation_handler)
        self.request_handlers.insert(index, admit)


def admit(_chain: Any, context: Any, _response: Any) -> None:
    """Raises ACCESS_DENIED where the policy denies the call, or does not allow it.

    A caller with `AWS_IAM` who is of the API's own account needs no Allow here:
    either policy is enough, and what users' own policies say is not evaluated.
    """
    policy = context.deployment.rest_api.rest_api.get("policy")
    if not policy:
        return
    identity = context.context_variables["identity"]
    resource = method_arn(context)
    account = identity.get("accountId")
    said = policies.effect(
        # Kept as GetRestApi answers it: a JSON text with escaped quotes.
        _completed(json.loads(json.loads(f'"{policy}"')), context),
        action=INVOKE,
        resource=resource,
        principals=_principals(identity),
        keys={"aws:SourceIp": identity["sourceIp"], "aws:SecureTransport": "true"}
        | ({"aws:PrincipalAccount": account} if account else {}),
    )
    is_own = (
        context.resource_method.get("authorizationType") == IAM
        and account == context.account_id
    )
    if said == policies.DENY or (said is None and not is_own):
        who = identity.get("userArn") or "anonymous"
        raise AccessDeniedError(_DENIED.format(who, INVOKE, resource))


def _completed(policy: Any, context: Any) -> dict[str, Any]:
    """With the ARNs that API Gateway makes of `execute-api:/stage/GET/path`."""
    start = (
        f"arn:aws:execute-api:{context.region}:{context.account_id}:{context.api_id}/"
    )
    return {
        "Statement": [
            statement
            | {
                element: [
                    start + one.removeprefix(_SHORT) if one.startswith(_SHORT) else one
                    for one in policies.several(statement[element])
                ]
                for element in ("Resource", "NotResource")
                if element in statement
            }
            for statement in policies.several(policy["Statement"])
        ]
    }


def _principals(identity: Any) -> set[str]:
    account = identity.get("accountId")
    if not account:
        return set()
    return {account, f"arn:aws:iam::{account}:root", identity["userArn"]}
