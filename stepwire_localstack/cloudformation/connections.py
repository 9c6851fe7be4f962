"""`AWS::Events::Connection` in CloudFormation stacks, updates included.

Stock cannot update one, and has no `SecretArn`.
"""

from __future__ import annotations

from typing import Any, Final

from localstack.services.cloudformation.resource_provider import (
    OperationStatus,
    ProgressEvent,
)
from localstack.services.events.resource_providers.aws_events_connection import (
    EventsConnectionProvider,
)
from localstack.utils.patch import patch

_PARAMETERS: Final = (
    "AuthParameters",
    "AuthorizationType",
    "Description",
    "KmsKeyIdentifier",
    "Name",
)


def install() -> None:
    """Changes how the connection is created and updated."""

    @patch(EventsConnectionProvider.create)  # type: ignore[untyped-decorator]
    def create(_fn: Any, _self: Any, request: Any) -> Any:
        return _apply(request, request.aws_client_factory.events.create_connection)

    @patch(EventsConnectionProvider.update)  # type: ignore[untyped-decorator]
    def update(_fn: Any, _self: Any, request: Any) -> Any:
        return _apply(request, request.aws_client_factory.events.update_connection)


def _apply(request: Any, call: Any) -> Any:
    model = request.desired_state
    call(**{name: model[name] for name in _PARAMETERS if name in model})
    described = request.aws_client_factory.events.describe_connection(
        Name=model["Name"]
    )
    model |= {"Arn": described["ConnectionArn"], "SecretArn": described["SecretArn"]}
    return ProgressEvent(
        status=OperationStatus.SUCCESS,
        resource_model=model,
        custom_context=request.custom_context,
    )
