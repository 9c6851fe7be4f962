"""Deployments and executions, as the fixtures hand them to tests."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from botocore.exceptions import ClientError

from stepwire.arns import region_of
from stepwire.errors import StepwireError
from stepwire.printable import printable
from stepwire.terraform import Plan, Terraform, Variables

_FIRST_PAUSE_SECONDS = 0.02
_LONGEST_PAUSE_SECONDS = 0.25
_LONGEST_CAUSE = 300


@dataclass(eq=False)
class Deployment:
    """A root module that has been applied; ``outputs`` are its values by name."""

    terraform: Terraform
    variables: Variables | None
    outputs: dict[str, Any]

    def plan(self) -> Plan:
        """The plan of a second apply: empty, if the module is right."""
        return self.terraform.plan(self.variables)

    def resources(self) -> dict[str, Mapping[str, Any]]:
        """The attributes of every managed resource in the state, by address."""
        found: dict[str, Mapping[str, Any]] = {}
        modules = [self.terraform.state().get("values", {}).get("root_module", {})]
        while modules:
            module = modules.pop()
            modules += module.get("child_modules", ())
            found |= {
                resource["address"]: resource["values"]
                for resource in module.get("resources", ())
                if resource["mode"] == "managed"
            }
        return found


class ExecutionError(StepwireError, AssertionError):
    """An execution did not do what was expected; the message has its history."""


class _MakeClient(Protocol):
    def __call__(self, service: str, *, region_name: str) -> Any: ...


class Executions:
    """Starts executions of STANDARD state machines, and finds running ones.

    An EXPRESS state machine has no executions to ask for: call
    ``start_sync_execution`` on a client.
    """

    def __init__(self, client: Any, make_client: _MakeClient | None = None) -> None:
        """``make_client`` makes those of other regions than the client's own."""
        self._client = client
        self._make_client = make_client

    def start(
        self, state_machine_arn: str, input: object = None, *, name: str | None = None
    ) -> Execution:
        """Start an execution; ``input`` is anything that JSON can say.

        Raises what boto3 does where there is no such state machine.
        """
        __tracebackhide__ = True
        options = {} if name is None else {"name": name}
        client = self._client_of(state_machine_arn)
        try:
            started = client.start_execution(
                stateMachineArn=state_machine_arn,
                input=json.dumps({} if input is None else input),
                **options,
            )
        except ClientError as error:
            # AWS's words matter to the reader, not botocore's way to them.
            raise error.with_traceback(None) from None
        return Execution(client, started["executionArn"])

    def get(self, execution_arn: str) -> Execution:
        """An execution that something else has started, in the region of its ARN."""
        return Execution(self._client_of(execution_arn), execution_arn)

    def _client_of(self, arn: str) -> Any:
        """The client of the region that the ARN names."""
        region = region_of(arn)
        if self._make_client is None or region in {"", self._client.meta.region_name}:
            return self._client
        return self._make_client("stepfunctions", region_name=region)


class Execution:
    """One execution of a STANDARD state machine; ``arn`` is its name for AWS."""

    arn: str

    def __init__(self, client: Any, arn: str) -> None:
        self._client = client
        self.arn = arn

    def describe(self) -> Mapping[str, Any]:
        """The response of DescribeExecution."""
        response: Mapping[str, Any] = self._client.describe_execution(
            executionArn=self.arn
        )
        return response

    @property
    def status(self) -> str:
        """RUNNING, SUCCEEDED, FAILED, TIMED_OUT or ABORTED, asked for now."""
        return str(self.describe()["status"])

    @property
    def output(self) -> Any:
        """The output, read from JSON; raises ExecutionError where there is none."""
        __tracebackhide__ = True
        described = self.describe()
        if "output" not in described:
            raise self._error("there is no output")
        return json.loads(described["output"])

    def history(self) -> list[Mapping[str, Any]]:
        """Every event so far, the oldest first, as GetExecutionHistory gives them."""
        pages = self._client.get_paginator("get_execution_history").paginate(
            executionArn=self.arn, includeExecutionData=True
        )
        return [event for page in pages for event in page["events"]]

    def wait(self, timeout: float = 30.0) -> Execution:
        """Wait until it has ended, in whatever way, at most ``timeout`` seconds.

        Raises ExecutionError, with the history so far, when it still runs then.
        """
        __tracebackhide__ = True
        deadline = time.monotonic() + timeout
        pause = _FIRST_PAUSE_SECONDS
        while self.status == "RUNNING":
            if time.monotonic() > deadline:
                raise self._error(f"not ended after {timeout:g} s")
            time.sleep(pause)
            pause = min(pause * 1.5, _LONGEST_PAUSE_SECONDS)
        return self

    def wait_for_state(self, name: str, timeout: float = 30.0) -> Execution:
        """Wait until the state ``name`` has been entered, at most ``timeout`` seconds.

        Raises ExecutionError, with the history so far, when it was not.
        """
        __tracebackhide__ = True
        deadline = time.monotonic() + timeout
        while True:
            ended = self.status != "RUNNING"
            entered = {
                event["stateEnteredEventDetails"]["name"]
                for event in self.history()
                if "stateEnteredEventDetails" in event
            }
            if name in entered:
                return self
            if ended:
                raise self._error(f"{name!r} was not entered")
            if time.monotonic() > deadline:
                raise self._error(f"{name!r} was not entered within {timeout:g} s")
            time.sleep(_FIRST_PAUSE_SECONDS)

    def assert_status(self, expected: str, timeout: float = 30.0) -> Execution:
        """Wait for its end and raise ExecutionError unless it ended as ``expected``."""
        __tracebackhide__ = True
        if self.wait(timeout).status != expected:
            raise self._error(f"expected {expected}")
        return self

    def _error(self, what: str) -> ExecutionError:
        """The verdict first: pytest's last lines are cut at the terminal's width."""
        described = self.describe()
        why = _one_line(error_and_cause(described))
        verdict = f"{described['status']} {why}"
        return ExecutionError(
            f"{verdict.strip()}; {what} ({self.arn})\n"
            f"Its history:\n{format_history(self.history())}"
        )


def format_history(events: Sequence[Mapping[str, Any]]) -> str:
    """One line per event: seconds since the first, type, state, error and cause."""
    lines = [
        f"  {step.seconds:8.3f} s  {step.event:<28}  {step.state:<24}  "
        f"{_one_line(step.why)}".rstrip()
        for step in steps(events)
    ]
    return "\n".join(lines) or "  (no events)"


@dataclass(frozen=True)
class Step:
    """An event of a history: ``seconds`` since the first one, ``event`` its type.

    ``state`` is the name of its state, where it has one, and ``why`` its error and its
    cause, in whole.
    """

    seconds: float
    event: str
    state: str
    why: str


def steps(events: Sequence[Mapping[str, Any]]) -> Iterator[Step]:
    """The events of GetExecutionHistory, the oldest first."""
    states: dict[int, str] = {}
    for event in events:
        details = _details(event)
        # Only entering and leaving name the state; the others follow from them.
        state = details.get("name") if "State" in event["type"] else None
        state = str(state or states.get(event.get("previousEventId", 0), ""))
        states[event["id"]] = state
        seconds = (event["timestamp"] - events[0]["timestamp"]).total_seconds()
        yield Step(seconds, event["type"], state, error_and_cause(details))


def error_and_cause(details: Mapping[str, Any]) -> str:
    """``error: cause`` of an event or an execution, without what it lacks."""
    return ": ".join(
        str(details[key]) for key in ("error", "cause") if details.get(key)
    )


def _details(event: Mapping[str, Any]) -> Mapping[str, Any]:
    """The member of the event that is named after its type."""
    return next(
        (value for name, value in event.items() if name.endswith("EventDetails")), {}
    )


def _one_line(text: str) -> str:
    text = printable(" ".join(text.split()))
    return text if len(text) <= _LONGEST_CAUSE else text[: _LONGEST_CAUSE - 1] + "…"
