"""Stopped executions: who stopped them, and why."""

from __future__ import annotations

from typing import Any

from localstack.services.stepfunctions.asl.eval.program_state import ProgramStopped
from localstack.services.stepfunctions.backend.execution import (
    BaseExecutionWorkerCommunication,
)
from localstack.utils.patch import patch


def install() -> None:
    @patch(BaseExecutionWorkerCommunication._reflect_execution_status)  # type: ignore[untyped-decorator]
    def reflect(fn: Any, self: Any) -> None:
        # What StopExecution was given is in the history alone in stock; AWS has it in
        # DescribeExecution and in the event that EventBridge gets, too.
        fn(self)
        state = self.execution.exec_worker.env.program_state()
        if isinstance(state, ProgramStopped):
            self.execution.error = state.error
            self.execution.cause = state.cause
