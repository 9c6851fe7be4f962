"""RedriveExecution: an unsuccessful execution goes on where it failed.

The state that did not succeed runs again, with the input and the variables that it
had; of a Parallel state the branches that failed or were aborted, each in its own such
state. Retries count from 0, time-outs start again, and the events follow the
earlier ones.
"""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import Any, Final

from localstack.aws.api.stepfunctions import (
    ExecutionNotRedrivable,
    ExecutionRedriveFilter,
    ExecutionRedriveStatus,
    ExecutionStatus,
    HistoryEventType,
    RedriveExecutionOutput,
    StateMachineType,
)
from localstack.services.stepfunctions.backend.execution import Execution
from localstack.services.stepfunctions.backend.execution_worker import ExecutionWorker
from localstack.services.stepfunctions.provider import StepFunctionsProvider
from localstack.utils.patch import patch

from .encoding import timestamp
from .progress import progress_of
from .redrivable import answered, reason_against

_MAP: Final = (
    "Stepwire's emulator does not redrive Map states, and the execution is in {state}"
)
_lock: Final = threading.Lock()


def install() -> None:
    _patch_executions()
    _patch_operations()


class _RedrivenWorker(ExecutionWorker):  # type: ignore[misc]
    """Runs an execution on, after ``earlier`` ran it until it failed."""

    def __init__(self, earlier: Any, count: int, date: datetime) -> None:
        super().__init__(
            evaluation_details=earlier._evaluation_details,
            exec_comm=earlier._execution_communication,
            cloud_watch_logging_session=earlier._cloud_watch_logging_session,
            activity_store=earlier._activity_store,
        )
        self._earlier = earlier.env
        self._count = count
        self._date = date

    def _get_evaluation_environment(self) -> Any:
        if self.env is not None:
            return self.env
        env = super()._get_evaluation_environment()
        env.event_manager = self._earlier.event_manager
        env.map_run_record_pool_manager = self._earlier.map_run_record_pool_manager
        env.progress = progress_of(self._earlier)
        env.progress.resume()
        context = env.states.context_object.context_object_data["Execution"]
        context["RedriveCount"] = self._count
        context["RedriveTime"] = timestamp(self._date)
        return env

    def _execution_logic(self) -> None:
        # An execution that timed out or was stopped ends before its last call does,
        # which would write its events between those that follow.
        if (thread := progress_of(self._earlier).thread) is not None:
            thread.join()
        env = self.env
        last = env.event_manager.get_event_history()[-1]["id"]
        env.event_history_context.source_event_id = last
        env.event_manager.add_event(
            context=env.event_history_context,
            event_type=HistoryEventType.ExecutionRedriven,
            event_details={
                "executionRedrivenEventDetails": {"redriveCount": self._count}
            },
        )
        self._get_evaluation_entrypoint().eval(env)
        self._execution_communication.terminated()


def _patch_executions() -> None:
    @patch(Execution.__init__)  # type: ignore[untyped-decorator]
    def initialise(fn: Any, self: Any, *args: Any, **named: Any) -> None:
        fn(self, *args, **named)
        self.redrives = {}  # client tokens, and when they redrove it

    @patch(ExecutionWorker._get_evaluation_environment)  # type: ignore[untyped-decorator]
    def environment(fn: Any, self: Any) -> Any:
        env = fn(self)
        if env.is_standard_workflow():
            context = env.states.context_object.context_object_data["Execution"]
            context.setdefault("RedriveCount", 0)
        return env

    @patch(Execution.to_describe_output)  # type: ignore[untyped-decorator]
    def describe(fn: Any, self: Any) -> Any:
        reason = _reason_against(self, datetime.now(UTC))
        if reason is None:
            status = {"redriveStatus": ExecutionRedriveStatus.REDRIVABLE}
        else:
            status = {
                "redriveStatus": ExecutionRedriveStatus.NOT_REDRIVABLE,
                "redriveStatusReason": reason,
            }
        return {**fn(self), **_redriven(self), **status}

    @patch(Execution.to_execution_list_item)  # type: ignore[untyped-decorator]
    def list_item(fn: Any, self: Any) -> Any:
        return {**fn(self), **_redriven(self)}


def _redriven(execution: Any) -> dict[str, Any]:
    dates = list(execution.redrives.values())
    last = {"redriveDate": dates[-1]} if dates else {}
    return {"redriveCount": len(dates), **last}


def _patch_operations() -> None:
    provider = StepFunctionsProvider

    @patch(provider.redrive_execution)  # type: ignore[untyped-decorator]
    def redrive(
        _fn: Any,
        self: Any,
        context: Any,
        execution_arn: str,
        client_token: str | None = None,
        **_rest: Any,
    ) -> Any:
        self._validate_state_machine_execution_arn(execution_arn)
        execution = self._get_execution(context=context, execution_arn=execution_arn)
        if execution.sm_type != StateMachineType.STANDARD:
            self._raise_resource_type_not_in_context(resource_type=execution.sm_type)
        with _lock:
            now = datetime.now(UTC)
            date = answered(execution.redrives, client_token, now)
            if date is None:
                _redrive(execution, client_token, now)
            return RedriveExecutionOutput(redriveDate=date or now)

    @patch(provider.list_executions)  # type: ignore[untyped-decorator]
    def list_executions(
        fn: Any,
        self: Any,
        context: Any,
        state_machine_arn: str | None = None,
        redrive_filter: str | None = None,
        **rest: Any,
    ) -> Any:
        output = fn(self, context, state_machine_arn, **rest)
        if redrive_filter is not None:
            wanted = redrive_filter == ExecutionRedriveFilter.REDRIVEN
            output["executions"] = [
                execution
                for execution in output["executions"]
                if bool(execution["redriveCount"]) == wanted
            ]
        return output


def _reason_against(execution: Any, now: datetime) -> str | None:
    worker = execution.exec_worker
    history = worker.env.event_manager._history_event_list if worker else ()
    reason = reason_against(
        execution.exec_status,
        execution.start_date,
        execution.stop_date,
        len(history),
        now,
    )
    if reason is not None:
        return reason
    state = progress_of(worker.env).map_state(worker._get_evaluation_entrypoint())
    return None if state is None else _MAP.format(state=state)


def _redrive(execution: Any, token: str | None, now: datetime) -> None:
    reason = _reason_against(execution, now)
    if reason is not None:
        raise ExecutionNotRedrivable(reason)
    # A request without a token, which SDKs do not send, can be repeated by none.
    execution.redrives[token or now.isoformat()] = now
    execution.exec_status = ExecutionStatus.RUNNING
    execution.stop_date = execution.error = execution.cause = None
    execution.has_ended.clear()
    count = len(execution.redrives)
    execution.exec_worker = _RedrivenWorker(execution.exec_worker, count, now)
    execution.publish_execution_status_change_event()
    execution.exec_worker.start()
