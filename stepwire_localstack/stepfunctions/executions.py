"""Starting, describing and stopping executions."""

from __future__ import annotations

import json
import re
import threading
from typing import Any, Final, NoReturn

from localstack.aws.api.stepfunctions import (
    InvalidExecutionInput,
    InvalidName,
    StateMachineType,
    ValidationException,
)
from localstack.services.events.models import events_stores
from localstack.services.stepfunctions.backend.execution import Execution
from localstack.services.stepfunctions.backend.execution_worker import ExecutionWorker
from localstack.services.stepfunctions.provider import StepFunctionsProvider
from localstack.utils.patch import patch

MAX_INPUT_BYTES: Final = 262_144
MAX_NAME_LENGTH: Final = 80
# StartExecution's reference: white space, brackets, wildcards, special and control
# characters; and no half of a surrogate pair.
_BAD_IN_NAME: Final = re.compile(
    '[\\s<>{}\\[\\]?*"#%\\\\^|~`$&,;:/\\x00-\\x1f\\x7f-\\x9f'
    "\\ud800-\\udfff\\ufffe\\uffff]"
)
# One lock for each of many names: starts of the same name wait for each other.
_NAME_LOCKS: Final = [threading.Lock() for _ in range(64)]


def install() -> None:
    _patch_starts()
    _patch_workers()
    _patch_status_events()


def _patch_starts() -> None:
    provider = StepFunctionsProvider

    @patch(provider.start_execution)  # type: ignore[untyped-decorator]
    def start(
        fn: Any,
        self: Any,
        context: Any,
        state_machine_arn: str,
        name: str | None = None,
        input: str | None = None,
        **rest: Any,
    ) -> Any:
        check_name(name)
        check_input(input)
        if name is None:
            return fn(self, context, state_machine_arn, input=input, **rest)
        # Stock looks a name up and stores it later: of two starts that arrive together
        # both would run. AWS starts one.
        with _NAME_LOCKS[hash(name) % len(_NAME_LOCKS)]:
            return fn(self, context, state_machine_arn, name=name, input=input, **rest)

    @patch(provider.start_sync_execution)  # type: ignore[untyped-decorator]
    def start_sync(
        fn: Any,
        self: Any,
        context: Any,
        state_machine_arn: str,
        name: str | None = None,
        input: str | None = None,
        **rest: Any,
    ) -> Any:
        check_name(name)
        check_input(input)
        return fn(self, context, state_machine_arn, name=name, input=input, **rest)


def check_name(name: str | None) -> None:
    """Applies AWS's rules for an execution's name, of which stock checks none."""
    if name is None:
        return
    if len(name) > MAX_NAME_LENGTH:
        raise ValidationException(
            f"1 validation error detected: Value '{name}' at 'name' failed to satisfy "
            "constraint: Member must have length less than or equal to "
            f"{MAX_NAME_LENGTH}"
        )
    if not name:
        raise ValidationException(
            "1 validation error detected: Value '' at 'name' failed to satisfy "
            "constraint: Member must have length greater than or equal to 1"
        )
    if _BAD_IN_NAME.search(name):
        raise InvalidName(f"Invalid Name: '{name}'")


def check_input(text: str | None, member: str = "input") -> None:
    """Refuses what is longer than AWS takes, or is no JSON.

    Stock takes any length, and Python's NaN and Infinity, which JSON does not have.
    """
    if text is None:
        return
    if len(text.encode("utf-8", "surrogatepass")) > MAX_INPUT_BYTES:
        raise ValidationException(
            f"1 validation error detected: Value at '{member}' failed to satisfy "
            f"constraint: Member must have length less than or equal to "
            f"{MAX_INPUT_BYTES}"
        )
    try:
        json.loads(text, parse_constant=_refuse_constant, parse_float=_finite)
    except (ValueError, RecursionError) as error:
        raise InvalidExecutionInput(
            f"Invalid State Machine Execution Input: '{error}'"
        ) from error


def _refuse_constant(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")


def _finite(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise ValueError(f"{text} is out of range")
    return number


def _patch_workers() -> None:
    @patch(ExecutionWorker.start)  # type: ignore[untyped-decorator]
    def start(fn: Any, self: Any) -> None:
        # Stock makes the environment in the execution's own thread: an execution that
        # is stopped or described before that thread runs is an InternalError.
        self.env = self._get_evaluation_environment()
        fn(self)

    @patch(ExecutionWorker._get_evaluation_environment)  # type: ignore[untyped-decorator]
    def environment(fn: Any, self: Any) -> Any:
        return self.env or fn(self)


def _patch_status_events() -> None:
    @patch(Execution.publish_execution_status_change_event)  # type: ignore[untyped-decorator]
    def publish(fn: Any, self: Any) -> None:
        # AWS publishes none for EXPRESS. For STANDARD the call to EventBridge is left
        # out where no rule could match: it takes longer than the start itself.
        if self.sm_type == StateMachineType.STANDARD and _has_rules(self):
            fn(self)


def _has_rules(execution: Any) -> bool:
    store = events_stores[execution.account_id][execution.region_name]
    return any(bus.rules for bus in store.event_buses.values())
