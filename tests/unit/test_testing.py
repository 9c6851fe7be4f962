"""A failed execution explains itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from stepwire.errors import StepwireError
from stepwire.terraform import StoppedError, TerraformError
from stepwire.testing import Execution, ExecutionError, Executions, format_history

BEGAN = datetime(2026, 1, 2, tzinfo=UTC)


def event(
    number: int, type_: str, previous: int, details: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    name = f"{type_[0].lower()}{type_[1:]}EventDetails"
    return {
        "id": number,
        "previousEventId": previous,
        "type": type_,
        "timestamp": BEGAN + timedelta(milliseconds=125 * (number - 1)),
    } | ({name: details} if details is not None else {})


HISTORY = [
    event(1, "ExecutionStarted", 0, {"input": "{}"}),
    event(2, "TaskStateEntered", 1)
    | {"stateEnteredEventDetails": {"name": "Charge", "input": "{}"}},
    event(3, "TaskScheduled", 2, {"resource": "invoke"}),
    event(4, "TaskFailed", 3, {"error": "Card.Declined", "cause": "no\n  funds"}),
    event(5, "ExecutionFailed", 4, {"error": "Card.Declined", "cause": "x" * 1000}),
]


class Client:
    """Answers like Step Functions about one execution."""

    def __init__(self, *statuses: str) -> None:
        self._statuses = list(statuses)

    def describe_execution(self, **_: str) -> dict[str, Any]:
        status = self._statuses[0]
        if len(self._statuses) > 1:
            self._statuses.pop(0)
        return {"status": status} | (
            {"output": '{"paid": true}'} if status == "SUCCEEDED" else {}
        )

    def get_paginator(self, _: str) -> Client:
        return self

    def paginate(self, **_: object) -> Iterator[dict[str, Any]]:
        yield {"events": HISTORY[:2]}
        yield {"events": HISTORY[2:]}


def test_a_history_is_a_line_per_event_with_time_state_and_cause() -> None:
    lines = [" ".join(line.split()) for line in format_history(HISTORY).splitlines()]
    assert lines[:4] == [
        "0.000 s ExecutionStarted",
        "0.125 s TaskStateEntered Charge",
        "0.250 s TaskScheduled Charge",
        "0.375 s TaskFailed Charge Card.Declined: no funds",
    ]
    assert lines[4].endswith("xxx…")
    assert len(lines[4]) < 400


def test_an_empty_history_says_so() -> None:
    assert format_history([]) == "  (no events)"


def test_waiting_ends_with_the_execution() -> None:
    execution = Execution(Client("RUNNING", "RUNNING", "SUCCEEDED"), "arn")
    assert execution.assert_status("SUCCEEDED").output == {"paid": True}


def test_a_time_out_prints_the_history() -> None:
    with pytest.raises(
        ExecutionError, match=r"^RUNNING; not ended after 0\.05 s \(arn:x\)\n"
    ) as caught:
        Execution(Client("RUNNING"), "arn:x").wait(timeout=0.05)
    assert "TaskScheduled" in str(caught.value)


def test_another_status_prints_the_history() -> None:
    with pytest.raises(
        ExecutionError, match=r"^FAILED; expected SUCCEEDED .arn"
    ) as caught:
        Execution(Client("FAILED"), "arn:x").assert_status("SUCCEEDED")
    assert "Card.Declined: no funds" in str(caught.value)
    assert isinstance(caught.value, AssertionError)


def test_waiting_for_a_state_ends_when_it_was_entered() -> None:
    Execution(Client("RUNNING"), "arn").wait_for_state("Charge", timeout=1)


def test_a_state_that_is_never_entered_is_an_error() -> None:
    with pytest.raises(ExecutionError, match=r"^FAILED; 'Ship' was not entered"):
        Execution(Client("FAILED"), "arn").wait_for_state("Ship", timeout=1)
    with pytest.raises(
        ExecutionError, match=r"^RUNNING; 'Ship' was not entered within 0\.05 s"
    ):
        Execution(Client("RUNNING"), "arn").wait_for_state("Ship", timeout=0.05)


def test_an_output_that_is_not_there_is_an_error() -> None:
    with pytest.raises(ExecutionError, match=r"^FAILED; there is no output"):
        _ = Execution(Client("FAILED"), "arn").output


def test_a_verdict_has_the_error_and_is_not_cut_by_the_name_of_a_module() -> None:
    class Refused(Client):
        def describe_execution(self, **_: str) -> dict[str, Any]:
            return {"status": "FAILED", "error": "Card.Declined", "cause": "no\n funds"}

    with pytest.raises(ExecutionError) as caught:
        Execution(Refused("FAILED"), "arn:x").assert_status("SUCCEEDED")
    assert caught.exconly().startswith(
        "ExecutionError: FAILED Card.Declined: no funds; expected SUCCEEDED (arn:x)\n"
    )


def test_a_refused_start_is_shown_without_the_way_through_botocore() -> None:
    client = boto3.client("stepfunctions", region_name="us-east-1")
    arn = "arn:aws:states:us-east-1:000000000000:stateMachine:nobodys"
    with Stubber(client) as stubber:
        stubber.add_client_error(
            "start_execution", "StateMachineDoesNotExist", "Does Not Exist"
        )
        with pytest.raises(ClientError, match="Does Not Exist") as caught:
            Executions(client).start(arn)
    assert [entry.path.name for entry in caught.traceback] == [
        "test_testing.py",
        "testing.py",
    ]


@pytest.mark.parametrize(
    "error", [StepwireError, ExecutionError, TerraformError, StoppedError]
)
def test_the_last_lines_of_a_run_are_not_cut_by_the_name_of_a_module(
    error: type[StepwireError],
) -> None:
    with pytest.raises(error) as caught:
        raise error("There is no folder.")
    assert caught.exconly() == f"{error.__name__}: There is no folder."


def test_an_execution_is_asked_for_in_the_region_of_its_arn() -> None:
    class Regional(Client):
        def __init__(self, region: str) -> None:
            super().__init__("SUCCEEDED")
            self.meta = SimpleNamespace(region_name=region)

        def start_execution(self, **_: str) -> dict[str, str]:
            region = self.meta.region_name
            return {"executionArn": f"arn:aws:states:{region}:1:execution:orders:one"}

    asked = []

    def make_client(service: str, *, region_name: str) -> Regional:
        asked.append((service, region_name))
        return Regional(region_name)

    executions = Executions(Regional("us-east-1"), make_client)
    machine = "arn:aws:states:{}:1:stateMachine:orders"
    assert ":us-east-1:" in executions.start(machine.format("us-east-1")).arn
    assert asked == []
    there = executions.start(machine.format("eu-west-1"))
    assert ":eu-west-1:" in there.arn
    assert executions.get(there.arn).status == "SUCCEEDED"
    assert asked == [("stepfunctions", "eu-west-1")] * 2
