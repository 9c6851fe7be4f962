"""Task tokens: who waits for one, and which answer to it counts.

On AWS a task token has one answer, for ever: the first SendTaskSuccess or
SendTaskFailure, or the time-out, or the end of the execution, whichever comes first;
all later ones are told TaskTimedOut. Stock looks for a token's execution in a
dictionary that other threads change, stumbles over executions that have not begun,
accepts a second answer until the waiting thread has read the first, and leaves a
stopped execution waiting.
"""

from __future__ import annotations

import copy
import threading
import weakref
from typing import Any, Final

from localstack.aws.api.stepfunctions import (
    InvalidOutput,
    InvalidToken,
    SendTaskFailureOutput,
    SendTaskHeartbeatOutput,
    SendTaskSuccessOutput,
    TaskTimedOut,
    ValidationException,
)
from localstack.services.stepfunctions.asl.component.common.timeouts.timeout import (
    EvalTimeoutError,
)
from localstack.services.stepfunctions.asl.component.state.state_execution.execute_state import (  # noqa: E501
    ExecutionState,
)
from localstack.services.stepfunctions.asl.component.state.state_execution.state_task.service.state_task_service_callback import (  # noqa: E501
    StateTaskServiceCallback,
)
from localstack.services.stepfunctions.asl.eval.callback import callback
from localstack.services.stepfunctions.asl.eval.environment import Environment
from localstack.services.stepfunctions.provider import StepFunctionsProvider
from localstack.utils.patch import Patch, patch

from .executions import check_input

# Every token that was given out, as long as its execution is kept.
_endpoints: Final[weakref.WeakValueDictionary[str, Any]] = weakref.WeakValueDictionary()
_registry_lock: Final = threading.Lock()

_CLOSED: Final = "Task Timed Out: 'Provided task does not exist anymore'"
_UNKNOWN: Final = "Invalid Token: 'Invalid token'"
MAX_TOKEN_LENGTH: Final = 2048
MAX_ERROR_LENGTH: Final = 256
MAX_CAUSE_LENGTH: Final = 32768


def install() -> None:
    _patch_endpoints()
    _patch_waits()
    _patch_operations()


def _patch_endpoints() -> None:
    endpoint_class = callback.CallbackEndpoint

    @patch(endpoint_class.__init__)  # type: ignore[untyped-decorator]
    def initialise(fn: Any, self: Any, callback_id: str) -> None:
        fn(self, callback_id)
        self._answer_lock = threading.Lock()
        self._closed = False
        with _registry_lock:
            _endpoints[callback_id] = self

    @patch(endpoint_class.setup_heartbeat_endpoint)  # type: ignore[untyped-decorator]
    def setup_heartbeat(fn: Any, self: Any, heartbeat_seconds: int) -> Any:
        # The answer may have come before anyone waited: stock finds it only when the
        # first heartbeat is overdue.
        heartbeat = fn(self, heartbeat_seconds)
        if self.get_outcome() is not None:
            heartbeat.notify()
        return heartbeat

    @patch(endpoint_class.interrupt_all)  # type: ignore[untyped-decorator]
    def interrupt(fn: Any, self: Any) -> None:
        # The task is over, by whatever ended it.
        close(self)
        fn(self)


def close(endpoint: Any) -> bool:
    """Ends the waiting without an answer. False when an answer came first."""
    with endpoint._answer_lock:
        answered = endpoint.get_outcome() is not None
        endpoint._closed = True
    return not answered


def answer(endpoint: Any, outcome: Any) -> bool:
    """Gives the token its one answer. False when it had one or the task is over."""
    with endpoint._answer_lock:
        if endpoint._closed:
            return False
        endpoint._closed = True
        endpoint.notify(outcome)
    return True


def _patch_waits() -> None:
    def end(fn: Any, self: Any, *args: Any, **kwargs: Any) -> None:
        # Wakes the tasks that wait for a token: they see that the execution is over.
        fn(self, *args, **kwargs)
        if self.is_frame():
            return
        for endpoint in list(self.callback_pool_manager._pool.values()):
            endpoint.interrupt_all()

    for method in (
        Environment.set_stop,
        Environment.set_timed_out,
        Environment.set_error,
    ):
        Patch.function(method, end).apply()

    @patch(StateTaskServiceCallback._eval_wait_for_task_token)  # type: ignore[untyped-decorator]
    def wait(fn: Any, self: Any, *args: Any, **kwargs: Any) -> Any:
        # The time may be up at the moment of the answer: then the answer counts.
        outcome = fn(self, *args, **kwargs)
        endpoint = kwargs["callback_endpoint"]
        if outcome is endpoint.get_outcome() or close(endpoint):
            return outcome
        return endpoint.get_outcome()

    @patch(ExecutionState._eval_state_output)  # type: ignore[untyped-decorator]
    def eval_output(fn: Any, self: Any, env: Environment) -> None:
        if not env.__dict__.pop("output_evaluated", False):
            fn(self, env)

    @patch(ExecutionState._evaluate_with_timeout)  # type: ignore[untyped-decorator]
    def evaluate(_fn: Any, self: Any, env: Environment) -> None:
        _evaluate(self, env)


def _evaluate(state: Any, env: Environment) -> None:
    """Evaluates a state that can time out, in a separate thread if it does.

    As stock's, but that a time-out and an answer to the task token exclude each other,
    and that a state without a time-out costs no thread.
    """
    state.timeout.eval(env=env)
    seconds = env.stack.pop()
    frame = env.open_frame()
    frame.states.reset(input_value=env.states.get_input())
    frame.stack = copy.deepcopy(env.stack)
    try:
        if state.timeout.is_default_value():
            state._eval_execution(frame)
        else:
            _run_within(seconds, state, frame)
    except Exception:
        if env.is_running():
            raise
    finally:
        frame.set_ended()
        env.close_frame(frame)
    if not env.is_running():
        # Stopped while it waited: nobody reads what it yielded.
        env.stack.append(None)
        return
    output = frame.stack.pop()
    env.stack.append(output)
    if not state.is_jsonpath_query_language():
        env.states.set_result(output)
    if state.assign_decl:
        state.assign_decl.eval(env=env)
    if state.result_selector:
        state.result_selector.eval(env=env)
    if state.result_path:
        state.result_path.eval(env)
    else:
        env.states.reset(input_value=env.stack.pop())
    if state.output:
        # Stock evaluates it where a Catch of the state does not see it fail.
        state.output.eval(env=env)
        env.output_evaluated = True


def _run_within(seconds: float, state: Any, frame: Environment) -> None:
    """Raises what the evaluation raises, or EvalTimeoutError when the time is up."""
    errors: list[Exception] = []

    def run() -> None:
        try:
            state._eval_execution(frame)
        except Exception as error:
            errors.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        task = frame.states.context_object.context_object_data.get("Task") or {}
        endpoint = frame.callback_pool_manager.get(task.get("Token"))
        if endpoint is None or close(endpoint):
            raise EvalTimeoutError
        thread.join()  # the answer came first: it counts
    if errors:
        raise errors[0]


def _patch_operations() -> None:
    provider = StepFunctionsProvider

    @patch(provider.send_task_success)  # type: ignore[untyped-decorator]
    def success(
        _fn: Any, self: Any, context: Any, task_token: str, output: str, **_rest: Any
    ) -> Any:
        _check_output(output)
        _settle(task_token, callback.CallbackOutcomeSuccess(task_token, output))
        return SendTaskSuccessOutput()

    @patch(provider.send_task_failure)  # type: ignore[untyped-decorator]
    def failure(
        _fn: Any,
        self: Any,
        context: Any,
        task_token: str,
        error: str | None = None,
        cause: str | None = None,
        **_rest: Any,
    ) -> Any:
        _check_length(error or "", "error", MAX_ERROR_LENGTH)
        _check_length(cause or "", "cause", MAX_CAUSE_LENGTH)
        _settle(task_token, callback.CallbackOutcomeFailure(task_token, error, cause))
        return SendTaskFailureOutput()

    @patch(provider.send_task_heartbeat)  # type: ignore[untyped-decorator]
    def heartbeat(
        _fn: Any, self: Any, context: Any, task_token: str, **_rest: Any
    ) -> Any:
        # A heartbeat for a task without HeartbeatSeconds is accepted on AWS.
        endpoint = _endpoint(task_token)
        if endpoint._closed:
            raise TaskTimedOut(_CLOSED)
        endpoint.notify_heartbeat()
        return SendTaskHeartbeatOutput()


def _check_output(output: str) -> None:
    try:
        check_input(output, "output")
    except ValidationException:
        raise
    except Exception as error:
        reason = str(error).removeprefix("Invalid State Machine Execution Input: ")
        raise InvalidOutput(f"Invalid Output: {reason}") from error


def _settle(task_token: str, outcome: Any) -> None:
    if not answer(_endpoint(task_token), outcome):
        raise TaskTimedOut(_CLOSED)


def _check_length(text: str, name: str, most: int) -> None:
    if len(text) > most:
        raise ValidationException(
            f"1 validation error detected: Value at '{name}' failed to satisfy "
            f"constraint: Member must have length less than or equal to {most}"
        )


def _endpoint(task_token: str) -> Any:
    _check_length(task_token, "taskToken", MAX_TOKEN_LENGTH)
    with _registry_lock:
        endpoint = _endpoints.get(task_token)
    if endpoint is None:
        raise InvalidToken(_UNKNOWN)
    return endpoint
