"""Tags of stacks: an update can change them, and nothing but them.

Stock keeps those that the stack was created with, and refuses to update a stack whose
template and parameters are the same.
"""

from __future__ import annotations

from typing import Any, Final

from localstack.aws.api.cloudformation import StackStatus
from localstack.services.cloudformation.engine.validations import ValidationError
from localstack.services.cloudformation.models import get_cloudformation_store
from localstack.services.cloudformation.v2.provider import CloudformationProviderV2
from localstack.utils.patch import patch

_NO_UPDATES: Final = "No updates are to be performed."


def install() -> None:
    @patch(CloudformationProviderV2.update_stack)  # type: ignore[untyped-decorator]
    def update_stack(fn: Any, self: Any, context: Any, request: Any) -> Any:
        stack = _stack(context, request.get("StackName"))
        tags = request.get("Tags")
        if tags is None and context.request.values.get("Tags") == "":
            tags = []  # how SDKs write an empty list, which stock takes for none
        # Without the parameter, AWS leaves the tags alone.
        is_tagged = (
            stack is None or tags is None or _by_key(stack.tags) == _by_key(tags)
        )
        try:
            response = fn(self, context, request)
        except ValidationError as error:
            if is_tagged or error.message != _NO_UPDATES:
                raise
            stack.set_stack_status(StackStatus.UPDATE_IN_PROGRESS)
            stack.set_stack_status(StackStatus.UPDATE_COMPLETE)
            response = {"StackId": stack.stack_id}
        if not is_tagged:
            stack.tags = tags
        return response


def _stack(context: Any, name: str | None) -> Any:
    """The stack with a name or an ARN; None for none."""
    state = get_cloudformation_store(context.account_id, context.region)
    return next(
        (
            stack
            for stack in state.stacks_v2.values()
            if name in (stack.stack_id, stack.stack_name)
            and stack.status != StackStatus.DELETE_COMPLETE
        ),
        None,
    )


def _by_key(tags: Any) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in tags or ()}
