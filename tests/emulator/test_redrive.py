"""RedriveExecution on the embedded emulator, which stock LocalStack does not have."""

from __future__ import annotations

import json
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from stepwire.pytest_plugin import ClientFactory
from stepwire.testing import Execution, Executions
from tests.waiting import until

ROLE = "arn:aws:iam::000000000000:role/any"
TOKEN = "{% $states.context.Task.Token %}"

Run = Callable[..., Execution]


@pytest.fixture(scope="module")
def states(stepwire_client: ClientFactory) -> Any:
    return stepwire_client("stepfunctions")


@pytest.fixture(scope="module")
def create(states: Any) -> Iterator[Callable[..., str]]:
    """Creates a JSONata state machine and returns its ARN."""
    created: list[str] = []

    def make(machine_states: dict[str, Any], **options: Any) -> str:
        definition = {
            "QueryLanguage": "JSONata",
            "StartAt": next(iter(machine_states)),
            "States": machine_states,
        }
        definition |= options.pop("definition", {})
        arn: str = states.create_state_machine(
            name=f"redrive-{uuid.uuid4().hex[:8]}",
            definition=json.dumps(definition),
            roleArn=ROLE,
            **options,
        )["stateMachineArn"]
        created.append(arn)
        return arn

    yield make
    for arn in created:
        states.delete_state_machine(stateMachineArn=arn)


@pytest.fixture(scope="module")
def run(create: Callable[..., str], stepwire_executions: Executions) -> Run:
    """Runs a new machine to its end, which has to be ``status``."""

    def start(
        machine_states: dict[str, Any], status: str = "FAILED", **options: Any
    ) -> Execution:
        arn = create(machine_states, **options)
        return stepwire_executions.start(arn, {"order": 7}).assert_status(status)

    return start


class Table:
    """Items that tasks need, and in which they count how often they ran."""

    def __init__(self, client: Any, name: str) -> None:
        self._client = client
        self.name = name

    def task(self, item: str, **fields: Any) -> dict[str, Any]:
        """A state that fails until ``item`` is there, and then counts in it."""
        return {
            "Type": "Task",
            "Resource": "arn:aws:states:::dynamodb:updateItem",
            "Arguments": {
                "TableName": self.name,
                "Key": {"id": {"S": item}},
                "UpdateExpression": "ADD runs :one",
                "ConditionExpression": "attribute_exists(id)",
                "ExpressionAttributeValues": {":one": {"N": "1"}},
            },
            "Output": {"item": item},
        } | (fields or {"End": True})

    def put(self, item: str) -> None:
        self._client.put_item(TableName=self.name, Item={"id": {"S": item}})

    def runs(self, item: str) -> int:
        found = self._client.get_item(TableName=self.name, Key={"id": {"S": item}})
        return int(found["Item"]["runs"]["N"])

    def waiting(self, item: str, **fields: Any) -> dict[str, Any]:
        """A state that leaves its task token in ``item`` and waits."""
        return {
            "Type": "Task",
            "Resource": "arn:aws:states:::aws-sdk:dynamodb:putItem.waitForTaskToken",
            "Arguments": {
                "TableName": self.name,
                "Item": {"id": {"S": item}, "token": {"S": TOKEN}},
            },
        } | (fields or {"End": True})

    def token(self, item: str) -> str:
        place = {"TableName": self.name, "Key": {"id": {"S": item}}}
        found = until(
            lambda: self._client.get_item(**place).get("Item"), f"{item}'s token"
        )
        self._client.delete_item(**place)
        return str(found["token"]["S"])


@pytest.fixture(scope="module")
def table(stepwire_client: ClientFactory) -> Iterator[Table]:
    client = stepwire_client("dynamodb")
    name = f"redrive-{uuid.uuid4().hex[:8]}"
    client.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    yield Table(client, name)
    client.delete_table(TableName=name)


def entered(execution: Execution) -> Counter[str]:
    """How often each state was entered."""
    return Counter(
        event["stateEnteredEventDetails"]["name"]
        for event in execution.history()
        if "stateEnteredEventDetails" in event
    )


def exited(execution: Execution) -> set[str]:
    """The states that have ended."""
    return {
        event["stateExitedEventDetails"]["name"]
        for event in execution.history()
        if "stateExitedEventDetails" in event
    }


def code_of(error: pytest.ExceptionInfo[ClientError]) -> str:
    return str(error.value.response["Error"]["Code"])


def test_a_redriven_execution_goes_on_at_the_state_that_failed(
    states: Any, run: Run, table: Table
) -> None:
    context = "$states.context.Execution"
    execution = run(
        {
            "Draw": {
                "Type": "Pass",
                "Assign": {"drawn": "{% $uuid() %}"},
                "Output": {
                    "order": "{% $states.input.order %}",
                    "said": "{% $uuid() %}",
                },
                "Next": "Work",
            },
            "Work": table.task("goes on", Next="Tell")
            | {"Output": "{% $states.input %}"},
            "Tell": {
                "Type": "Pass",
                "Output": {
                    "input": "{% $states.input %}",
                    "drawn": "{% $drawn %}",
                    "redrives": f"{{% {context}.RedriveCount %}}",
                    "time": f"{{% {context}.RedriveTime %}}",
                },
                "End": True,
            },
        }
    )
    failed = execution.describe()
    assert failed["error"] == "DynamoDB.ConditionalCheckFailedException"
    assert (failed["redriveCount"], failed["redriveStatus"]) == (0, "REDRIVABLE")
    assert "redriveDate" not in failed
    drawn = execution.history()[2]["stateExitedEventDetails"]

    table.put("goes on")
    date = states.redrive_execution(executionArn=execution.arn)["redriveDate"]
    assert execution.assert_status("SUCCEEDED").output == {
        "input": json.loads(drawn["output"]),
        "drawn": json.loads(drawn["assignedVariables"]["drawn"]),
        "redrives": 1,
        "time": date.strftime("%Y-%m-%dT%H:%M:%S.") + f"{date.microsecond // 1000:03}Z",
    }
    assert entered(execution) == {"Draw": 1, "Work": 2, "Tell": 1}

    now = execution.describe()
    assert (now["redriveCount"], now["redriveDate"]) == (1, date)
    assert now["redriveStatus"] == "NOT_REDRIVABLE"
    assert "SUCCEEDED" in now["redriveStatusReason"]
    assert not {"error", "cause"} & now.keys()
    assert now["startDate"] == failed["startDate"] < failed["stopDate"]
    assert failed["stopDate"] < date < now["stopDate"]

    history = execution.history()
    assert [event["id"] for event in history] == list(range(1, len(history) + 1))
    kinds = [event["type"] for event in history]
    redriven = history[kinds.index("ExecutionRedriven")]
    assert redriven["executionRedrivenEventDetails"] == {"redriveCount": 1}
    assert kinds[redriven["id"] - 2] == "ExecutionFailed"
    assert kinds[-1] == "ExecutionSucceeded"


def test_what_still_fails_can_be_redriven_again(
    states: Any, run: Run, table: Table
) -> None:
    execution = run({"Work": table.task("again")})
    for count in (1, 2):
        states.redrive_execution(executionArn=execution.arn)
        described = execution.assert_status("FAILED").describe()
        assert described["redriveCount"] == count
        assert described["error"] == "DynamoDB.ConditionalCheckFailedException"
    listed = {
        wanted: states.list_executions(
            stateMachineArn=described["stateMachineArn"], redriveFilter=wanted
        )["executions"]
        for wanted in ("REDRIVEN", "NOT_REDRIVEN")
    }
    assert [each["redriveCount"] for each in listed["REDRIVEN"]] == [2]
    assert listed["NOT_REDRIVEN"] == []


def test_a_repeated_request_redrives_once(states: Any, run: Run, table: Table) -> None:
    execution = run({"Work": table.task("repeated")})
    request = {"executionArn": execution.arn, "clientToken": "once"}
    first = states.redrive_execution(**request)["redriveDate"]
    assert states.redrive_execution(**request)["redriveDate"] == first
    execution.assert_status("FAILED")
    assert states.redrive_execution(**request)["redriveDate"] == first
    assert execution.describe()["redriveCount"] == 1


def test_retries_count_anew(states: Any, run: Run, table: Table) -> None:
    retry = [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 1, "MaxAttempts": 1}]
    execution = run({"Work": table.task("retried") | {"Retry": retry}})
    states.redrive_execution(executionArn=execution.arn)
    execution.assert_status("FAILED")
    kinds = Counter(event["type"] for event in execution.history())
    assert kinds["TaskFailed"] == 4


def test_the_definition_of_the_first_attempt_runs(
    states: Any, run: Run, table: Table
) -> None:
    execution = run({"Work": table.task("defined")})
    states.update_state_machine(
        stateMachineArn=execution.describe()["stateMachineArn"],
        definition=json.dumps({"StartAt": "B", "States": {"B": {"Type": "Fail"}}}),
    )
    table.put("defined")
    states.redrive_execution(executionArn=execution.arn)
    assert execution.assert_status("SUCCEEDED").output == {"item": "defined"}


def test_a_fail_state_fails_again(states: Any, run: Run) -> None:
    execution = run({"Stop": {"Type": "Fail", "Error": "Enough"}})
    states.redrive_execution(executionArn=execution.arn)
    assert execution.assert_status("FAILED").describe()["error"] == "Enough"
    assert entered(execution) == {"Stop": 2}


def test_a_stopped_execution_waits_for_a_new_token(
    states: Any,
    create: Callable[..., str],
    stepwire_executions: Executions,
    table: Table,
) -> None:
    execution = stepwire_executions.start(create({"Wait": table.waiting("stopped")}))
    old = table.token("stopped")
    states.stop_execution(executionArn=execution.arn, error="Mine", cause="by hand")
    assert execution.assert_status("ABORTED").describe()["error"] == "Mine"

    states.redrive_execution(executionArn=execution.arn)
    assert "error" not in execution.describe()
    token = table.token("stopped")
    with pytest.raises(states.exceptions.TaskTimedOut):
        states.send_task_success(taskToken=old, output="1")
    states.send_task_success(taskToken=token, output="2")
    assert execution.assert_status("SUCCEEDED").output == 2


def test_the_time_of_a_machine_runs_anew(states: Any, run: Run, table: Table) -> None:
    limit = {"TimeoutSeconds": 1}
    execution = run({"Wait": table.waiting("late")}, "TIMED_OUT", definition=limit)
    table.token("late")
    states.redrive_execution(executionArn=execution.arn)
    states.send_task_success(taskToken=table.token("late"), output="2")
    assert execution.assert_status("SUCCEEDED").output == 2
    kinds = [event["type"] for event in execution.history()]
    assert kinds.index("ExecutionTimedOut") < kinds.index("ExecutionRedriven")


def test_only_the_branches_that_did_not_succeed_run_again(
    states: Any,
    create: Callable[..., str],
    stepwire_executions: Executions,
    table: Table,
) -> None:
    table.put("good")
    table.put("before")
    before = table.task("before", Next="Bad") | {
        "Assign": {"own": "{% $shared & '!' %}"}
    }
    results = {"Type": "Pass", "Output": "{% [$shared, $own] %}", "End": True}
    branches: list[dict[str, Any]] = [
        {"Good": table.task("good")},
        {
            "Before": before,
            "Bad": table.waiting("bad", Next="Results"),
            "Results": results,
        },
        {"Slow": table.waiting("slow")},
    ]
    execution = stepwire_executions.start(
        create(
            {
                "Begin": {"Type": "Pass", "Assign": {"shared": "s"}, "Next": "All"},
                "All": {
                    "Type": "Parallel",
                    "Branches": [
                        {"StartAt": next(iter(branch)), "States": branch}
                        for branch in branches
                    ],
                    "Next": "Last",
                },
                "Last": {"Type": "Pass", "End": True},
            }
        )
    )
    first = table.token("slow"), table.token("bad")
    while "Good" not in exited(execution):
        time.sleep(0.02)
    states.send_task_failure(taskToken=first[1], error="Bad")
    execution.assert_status("FAILED")

    states.redrive_execution(executionArn=execution.arn)
    second = table.token("slow"), table.token("bad")
    assert not {*first} & {*second}
    for token in second:
        states.send_task_success(taskToken=token, output='"done"')
    assert execution.assert_status("SUCCEEDED").output == [
        {"item": "good"},
        ["s", "s!"],
        "done",
    ]
    assert (table.runs("good"), table.runs("before")) == (1, 1)
    assert entered(execution) == {
        "Begin": 1,
        "All": 2,
        "Good": 1,
        "Before": 1,
        "Bad": 2,
        "Slow": 2,
        "Results": 1,
        "Last": 1,
    }


def test_a_branch_of_a_branch_is_redriven_too(
    states: Any,
    create: Callable[..., str],
    stepwire_executions: Executions,
    table: Table,
) -> None:
    table.put("inner good")
    inner = {
        "Type": "Parallel",
        "Branches": [
            {"StartAt": "Good", "States": {"Good": table.task("inner good")}},
            {"StartAt": "Bad", "States": {"Bad": table.waiting("inner bad")}},
        ],
        "End": True,
    }
    outer = {
        "Type": "Parallel",
        "Branches": [{"StartAt": "Inner", "States": {"Inner": inner}}],
        "Output": "{% $states.result[0] %}",
        "End": True,
    }
    execution = stepwire_executions.start(create({"Outer": outer}))
    while "Good" not in exited(execution):
        time.sleep(0.02)
    states.send_task_failure(taskToken=table.token("inner bad"), error="Bad")
    execution.assert_status("FAILED")
    states.redrive_execution(executionArn=execution.arn)
    states.send_task_success(taskToken=table.token("inner bad"), output="1")
    assert execution.assert_status("SUCCEEDED").output == [{"item": "inner good"}, 1]
    assert table.runs("inner good") == 1


def test_what_aws_does_not_redrive_is_refused(
    states: Any,
    run: Run,
    create: Callable[..., str],
    stepwire_executions: Executions,
    table: Table,
) -> None:
    done = run({"A": {"Type": "Pass", "End": True}}, "SUCCEEDED")
    with pytest.raises(ClientError) as error:
        states.redrive_execution(executionArn=done.arn)
    assert code_of(error) == "ExecutionNotRedrivable"
    assert "Execution is SUCCEEDED and cannot be redriven" in str(error.value)

    running = stepwire_executions.start(create({"Wait": table.waiting("running")}))
    with pytest.raises(states.exceptions.ExecutionNotRedrivable, match="RUNNING"):
        states.redrive_execution(executionArn=running.arn)
    assert running.describe()["redriveStatus"] == "NOT_REDRIVABLE"
    states.stop_execution(executionArn=running.arn)

    with pytest.raises(states.exceptions.ExecutionDoesNotExist):
        states.redrive_execution(executionArn=f"{done.arn}-not")
    with pytest.raises(states.exceptions.InvalidArn):
        states.redrive_execution(executionArn="arn")

    express = states.start_execution(
        stateMachineArn=create({"A": {"Type": "Fail"}}, type="EXPRESS")
    )["executionArn"]
    with pytest.raises(states.exceptions.InvalidArn, match="express"):
        states.redrive_execution(executionArn=express)


def test_a_map_state_is_refused_by_its_name(states: Any, run: Run) -> None:
    each = {"StartAt": "One", "States": {"One": {"Type": "Fail", "Error": "No"}}}
    items = {"Type": "Map", "Items": [1], "ItemProcessor": each, "End": True}
    around = {"StartAt": "Each", "States": {"Each": items}}
    execution = run({"All": {"Type": "Parallel", "Branches": [around], "End": True}})
    reason = execution.describe()["redriveStatusReason"]
    assert "does not redrive Map states, and the execution is in Each" in reason
    with pytest.raises(states.exceptions.ExecutionNotRedrivable, match="Each"):
        states.redrive_execution(executionArn=execution.arn)
