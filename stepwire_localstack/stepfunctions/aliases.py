"""Aliases of state machines."""

from __future__ import annotations

from typing import Any

from localstack.aws.api.stepfunctions import ResourceNotFound
from localstack.services.stepfunctions.provider import StepFunctionsProvider
from localstack.utils.patch import patch

NOT_FOUND = "Request references a resource that does not exist."


def install() -> None:
    provider = StepFunctionsProvider

    @patch(provider.describe_state_machine_alias)  # type: ignore[untyped-decorator]
    def describe(
        fn: Any, self: Any, context: Any, state_machine_alias_arn: str, **rest: Any
    ) -> Any:
        # Stock answers a ValidationException without a message, from which Terraform
        # cannot tell that the alias is gone.
        self._validate_state_machine_alias_arn(state_machine_alias_arn)
        if state_machine_alias_arn not in self.get_store(context).aliases:
            raise ResourceNotFound(NOT_FOUND)
        return fn(self, context, state_machine_alias_arn, **rest)

    @patch(provider.start_sync_execution)  # type: ignore[untyped-decorator]
    def start_sync(
        fn: Any, self: Any, context: Any, state_machine_arn: str, **rest: Any
    ) -> Any:
        # AWS starts the version that the alias routes to; stock knows no alias here.
        alias = self.get_store(context).aliases.get(state_machine_arn)
        arn = state_machine_arn if alias is None else alias.sample()
        return fn(self, context, arn, **rest)

    @patch(provider.list_executions)  # type: ignore[untyped-decorator]
    def list_executions(
        fn: Any,
        self: Any,
        context: Any,
        state_machine_arn: str | None = None,
        **rest: Any,
    ) -> Any:
        # AWS lists the executions that an alias started; stock knows no alias here.
        store = self.get_store(context)
        alias = store.aliases.get(state_machine_arn)
        if alias is None:
            return fn(self, context, state_machine_arn, **rest)
        machine_arn = state_machine_arn.rpartition(":")[0] if state_machine_arn else ""
        output = fn(self, context, machine_arn, **rest)
        output["executions"] = [
            execution
            for execution in output["executions"]
            if execution.get("stateMachineAliasArn") == state_machine_arn
        ]
        return output
