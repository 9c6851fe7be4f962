"""Stopped executions: who stopped them, why, and when the world is told."""

from __future__ import annotations

import threading
from typing import Any, Final

from localstack.aws.api.stepfunctions import ExecutionStatus
from localstack.services.stepfunctions.asl.eval.program_state import (
    ProgramRunning,
    ProgramStopped,
)
from localstack.services.stepfunctions.backend.execution import (
    BaseExecutionWorkerCommunication,
    Execution,
)
from localstack.utils.patch import patch

_LAST_WORD_SECONDS: Final = 1.0
"""The time StopExecution waits for the last event, which follows a task's call."""
_lock: Final = threading.Lock()


def install() -> None:
    @patch(Execution.__init__)  # type: ignore[untyped-decorator]
    def initialise(fn: Any, self: Any, *args: Any, **named: Any) -> None:
        fn(self, *args, **named)
        self.has_ended = threading.Event()

    @patch(Execution.stop)  # type: ignore[untyped-decorator]
    def stop(fn: Any, self: Any, *args: Any, **named: Any) -> None:
        # Stock answers before DescribeExecution says ABORTED, and a task's call that
        # is on its way holds that up until it returns. AWS does not wait for it.
        fn(self, *args, **named)
        if isinstance(self.exec_worker.env.program_state(), ProgramStopped):
            self.has_ended.wait(_LAST_WORD_SECONDS)
            _tell(self.exec_worker._execution_communication)

    @patch(BaseExecutionWorkerCommunication.terminated)  # type: ignore[untyped-decorator]
    def terminated(_fn: Any, self: Any) -> None:
        _tell(self)
        self.execution.has_ended.set()

    @patch(BaseExecutionWorkerCommunication._reflect_execution_status)  # type: ignore[untyped-decorator]
    def reflect(fn: Any, self: Any) -> None:
        # Stock has StopExecution's error and cause in the history alone; AWS has them
        # in DescribeExecution and in the event that EventBridge gets, too.
        fn(self)
        state = self.execution.exec_worker.env.program_state()
        if isinstance(state, ProgramStopped):
            self.execution.error = state.error
            self.execution.cause = state.cause


def _tell(communication: Any) -> None:
    """Tells an execution's end once: StopExecution or the end of the program."""
    execution = communication.execution
    with _lock:
        state = execution.exec_worker.env.program_state()
        # A redriven execution runs again, or is about to, when the call that was on
        # its way returns to the earlier run.
        if state is None or isinstance(state, ProgramRunning):
            return
        if execution.exec_status != ExecutionStatus.RUNNING:
            return
        communication._reflect_execution_status()
    execution.publish_execution_status_change_event()
