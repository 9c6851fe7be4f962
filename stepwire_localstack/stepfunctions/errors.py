"""Errors of states: their names, and which Retry and Catch match them."""

from __future__ import annotations

import time
from contextvars import ContextVar
from types import SimpleNamespace
from typing import Any, Final

from botocore.config import Config
from localstack.services.stepfunctions.asl.component.common.error_name.error_equals_decl import (  # noqa: E501
    ErrorEqualsDecl,
)
from localstack.services.stepfunctions.asl.component.common.retry import retrier_decl
from localstack.services.stepfunctions.asl.component.state.state_execution.execute_state import (  # noqa: E501
    ExecutionState,
)
from localstack.services.stepfunctions.asl.component.state.state_execution.state_task.state_task import (  # noqa: E501
    StateTask,
)
from localstack.services.stepfunctions.asl.eval.callback.callback import (
    HeartbeatTimeoutError,
)
from localstack.services.stepfunctions.asl.utils import boto_client
from localstack.utils.patch import patch

_ALL: Final = "States.ALL"
# "Handling errors in Step Functions workflows": no States.ALL catches these two.
_NOT_IN_ALL: Final = ("States.Runtime", "States.DataLimitExceeded")

# A stop wakes those that wait; one that began to wait a moment later looks again.
_LONGEST_SLEEP_SECONDS: Final = 1.0
_retrying: ContextVar[Any] = ContextVar("retrying")


def install() -> None:
    _patch_names()
    _patch_retries()


def _patch_retries() -> None:
    # Stock sleeps through the end of an execution, which until then counts as running.
    retrier_decl.time = SimpleNamespace(sleep=_sleep)

    @patch(retrier_decl.RetrierDecl._eval_body)  # type: ignore[untyped-decorator]
    def retry(fn: Any, self: Any, env: Any) -> None:
        token = _retrying.set(env)
        try:
            fn(self, env)
        finally:
            _retrying.reset(token)


def _sleep(seconds: float) -> None:
    env, until = _retrying.get(), time.monotonic() + seconds
    while env.is_running() and (left := until - time.monotonic()) > 0:
        env.program_state_event.wait(min(left, _LONGEST_SLEEP_SECONDS))


def _patch_names() -> None:
    # The SDK writes "sync-" before the host of StartSyncExecution, and no emulator's
    # address can be found by that name.
    boto_client._BOTO_CLIENT_CONFIG = boto_client._BOTO_CLIENT_CONFIG.merge(
        Config(inject_host_prefix=False)
    )

    @patch(ErrorEqualsDecl._eval_body)  # type: ignore[untyped-decorator]
    def error_equals(fn: Any, self: Any, env: Any) -> None:
        error = env.stack[-1]
        names = {each.error_name for each in self.error_names}
        fn(self, env)
        if _ALL in names and error.error_name in _NOT_IN_ALL:
            env.stack[-1] = False
        elif getattr(error, "narrower_name", None) in names:
            env.stack[-1] = True

    @patch(StateTask._from_error)  # type: ignore[untyped-decorator]
    def from_error(fn: Any, self: Any, env: Any, ex: Exception) -> Any:
        # A missed heartbeat is recorded as States.Timeout, and caught by this, too.
        event = fn(self, env, ex)
        if isinstance(ex, HeartbeatTimeoutError):
            event.error_name.narrower_name = "States.HeartbeatTimeout"
        return event

    @patch(ExecutionState._construct_error_output_value)  # type: ignore[untyped-decorator]
    def error_output(fn: Any, *arguments: Any, **named: Any) -> Any:
        # A text that SendTaskFailure leaves out is empty; stock makes null of it.
        event = named.get("failure_event", arguments[-1] if arguments else None)
        output = fn(failure_event=event)
        return {key: "" if text is None else text for key, text in output.items()}
