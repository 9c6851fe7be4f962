"""`AWS::Lambda::Permission` in CloudFormation stacks, with its conditions.

Stock passes the source's ARN to AddPermission and drops the rest.
"""

from __future__ import annotations

from typing import Any, Final

from localstack.services.cloudformation.resource_provider import (
    OperationStatus,
    ProgressEvent,
)
from localstack.services.lambda_.resource_providers.aws_lambda_permission import (
    LambdaPermissionProvider,
)
from localstack.utils.patch import patch

_PARAMETERS: Final = (
    "Action",
    "EventSourceToken",
    "FunctionName",
    "FunctionUrlAuthType",
    "InvokedViaFunctionUrl",
    "Principal",
    "PrincipalOrgID",
    "SourceAccount",
    "SourceArn",
)


def install() -> None:
    """Changes how the permission is created."""

    @patch(LambdaPermissionProvider.create)  # type: ignore[untyped-decorator]
    def create(_fn: Any, _self: Any, request: Any) -> Any:
        model = request.desired_state
        model["Id"] = f"{request.stack_name}-{request.logical_resource_id}"
        request.aws_client_factory.lambda_.add_permission(
            StatementId=model["Id"],
            **{name: model[name] for name in _PARAMETERS if name in model},
        )
        return ProgressEvent(
            status=OperationStatus.SUCCESS,
            resource_model=model,
            custom_context=request.custom_context,
        )
