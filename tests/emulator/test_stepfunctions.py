"""Step Functions on the embedded emulator, where stock LocalStack differs from AWS."""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ClientError

from stepwire.pytest_plugin import ApplyFactory, ClientFactory
from stepwire.testing import Execution, Executions
from tests.waiting import until

ROLE = "arn:aws:iam::000000000000:role/any"
SDK = "arn:aws:states:::aws-sdk"
PASS = {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}}
WAIT = {"StartAt": "A", "States": {"A": {"Type": "Wait", "Seconds": 60, "End": True}}}
MACHINE = """
variable "number" {
  type    = number
  default = 1
}

variable "tracing" {
  type    = bool
  default = true
}

variable "canary" {
  type    = bool
  default = false
}

resource "aws_iam_role" "this" {
  name = "emulator-machine"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "states.amazonaws.com" }
    }]
  })
}

resource "aws_kms_key" "this" {}

resource "aws_cloudwatch_log_group" "this" {
  name = "/aws/vendedlogs/states/emulator-machine"
}

resource "aws_sfn_state_machine" "this" {
  name     = "emulator-machine"
  role_arn = aws_iam_role.this.arn
  publish  = true
  definition = jsonencode({
    StartAt = "A"
    States  = { A = { Type = "Pass", Result = var.number, End = true } }
  })
  tracing_configuration {
    enabled = var.tracing
  }
  logging_configuration {
    level                  = "ALL"
    include_execution_data = true
    log_destination        = "${aws_cloudwatch_log_group.this.arn}:*"
  }
  encryption_configuration {
    type                              = "CUSTOMER_MANAGED_KMS_KEY"
    kms_key_id                        = aws_kms_key.this.arn
    kms_data_key_reuse_period_seconds = 600
  }
}

resource "aws_sfn_alias" "this" {
  name = "live"
  routing_configuration {
    state_machine_version_arn = aws_sfn_state_machine.this.state_machine_version_arn
    weight                    = var.canary ? 75 : 100
  }
  dynamic "routing_configuration" {
    for_each = var.canary ? [1] : []
    content {
      state_machine_version_arn = "${aws_sfn_state_machine.this.arn}:1"
      weight                    = 25
    }
  }
}

output "arn" {
  value = aws_sfn_state_machine.this.arn
}
"""

Create = Callable[..., str]


@pytest.fixture(scope="module")
def states(stepwire_client: ClientFactory) -> Any:
    return stepwire_client("stepfunctions")


@pytest.fixture(scope="module")
def create(states: Any) -> Iterator[Create]:
    """Creates a state machine and returns its ARN; all are deleted at the end."""
    created: list[str] = []

    def make(definition: Any, type: str = "STANDARD", **options: Any) -> str:
        text = definition if isinstance(definition, str) else json.dumps(definition)
        arn: str = states.create_state_machine(
            name=f"emulator-{uuid.uuid4().hex[:8]}",
            definition=text,
            roleArn=ROLE,
            type=type,
            **options,
        )["stateMachineArn"]
        created.append(arn)
        return arn

    yield make
    for arn in created:
        states.delete_state_machine(stateMachineArn=arn)


@pytest.fixture(scope="module")
def table(stepwire_client: ClientFactory) -> Iterator[str]:
    client = stepwire_client("dynamodb")
    name = f"tokens-{uuid.uuid4().hex[:8]}"
    client.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    yield name
    client.delete_table(TableName=name)


@pytest.fixture(scope="module")
def token_of(stepwire_client: ClientFactory, table: str) -> Callable[[str], str]:
    """Waits until an execution has stored its task token, and returns it."""
    client = stepwire_client("dynamodb")

    def wait(name: str) -> str:
        def look() -> str | None:
            found = client.get_item(TableName=table, Key={"id": {"S": name}})
            token: str | None = found.get("Item", {}).get("token", {}).get("S")
            return token

        return until(look, f"{name} to store its token")

    return wait


def waiting(table: str, **fields: Any) -> dict[str, Any]:
    """A machine that stores a task token under its execution's name, and waits."""
    task = {
        "Type": "Task",
        "Resource": f"{SDK}:dynamodb:updateItem.waitForTaskToken",
        "Arguments": {
            "TableName": table,
            "Key": {"id": {"S": "{% $states.context.Execution.Name %}"}},
            "UpdateExpression": "SET #token = :token",
            "ExpressionAttributeNames": {"#token": "token"},
            "ExpressionAttributeValues": {
                ":token": {"S": "{% $states.context.Task.Token %}"}
            },
        },
        "End": True,
    }
    return {
        "QueryLanguage": "JSONata",
        "StartAt": "Wait",
        "States": {"Wait": task | fields, "Done": {"Type": "Succeed"}}
        if "Catch" in fields
        else {"Wait": task | fields},
    }


def code_of(error: pytest.ExceptionInfo[ClientError]) -> str:
    return str(error.value.response["Error"]["Code"])


# Settings, versions and aliases


@pytest.mark.parametrize(
    "variables",
    [
        {},
        {"number": 2, "canary": True},
        {"number": 2, "canary": True, "tracing": False},
    ],
    ids=["created", "updated with a canary", "tracing alone updated"],
)
def test_the_second_plan_of_a_machine_with_all_settings_is_empty(
    variables: dict[str, Any], machine: Any
) -> None:
    machine.terraform.apply(variables)
    assert machine.terraform.plan(variables).is_empty


@pytest.fixture(scope="module")
def machine(
    stepwire_apply: ApplyFactory, tmp_path_factory: pytest.TempPathFactory
) -> Any:
    directory = tmp_path_factory.mktemp("machine")
    (directory / "main.tf").write_text(MACHINE)
    return stepwire_apply(directory)


def test_a_machine_with_an_alias_starts_by_its_own_arn_too(
    states: Any, create: Create, stepwire_executions: Executions
) -> None:
    arn = create(PASS, publish=True)
    alias = states.create_state_machine_alias(
        name="live",
        routingConfiguration=[{"stateMachineVersionArn": f"{arn}:1", "weight": 100}],
    )["stateMachineAliasArn"]
    for started in (arn, alias, f"{arn}:1"):
        stepwire_executions.start(started).assert_status("SUCCEEDED")
    by_alias = states.list_executions(stateMachineArn=alias)["executions"]
    assert [each["stateMachineAliasArn"] for each in by_alias] == [alias]


def test_an_express_machine_starts_synchronously_by_its_alias(
    states: Any, create: Create
) -> None:
    arn = create(PASS, "EXPRESS", publish=True)
    states.create_state_machine_alias(
        name="live",
        routingConfiguration=[{"stateMachineVersionArn": f"{arn}:1", "weight": 100}],
    )
    for started in (arn, f"{arn}:live"):
        answer = states.start_sync_execution(stateMachineArn=started, input="{}")
        assert answer["status"] == "SUCCEEDED"


def test_a_deleted_machine_takes_its_aliases_with_it(
    states: Any, create: Create
) -> None:
    arn = create(PASS, publish=True)
    alias = states.create_state_machine_alias(
        name="live",
        routingConfiguration=[{"stateMachineVersionArn": f"{arn}:1", "weight": 100}],
    )["stateMachineAliasArn"]
    states.delete_state_machine(stateMachineArn=arn)
    with pytest.raises(states.exceptions.ResourceNotFound):
        states.describe_state_machine_alias(stateMachineAliasArn=alias)


# Definitions


@pytest.mark.parametrize(
    ("state", "problem"),
    [
        ({"Type": "Pass", "Next": "Nowhere"}, "Missing 'Next' target: Nowhere"),
        ({"Type": "Pass", "Next": "A"}, "MISSING_END_STATE"),
        ({"Type": "Nope", "End": True}, "SCHEMA_VALIDATION_FAILED"),
    ],
    ids=["next to nowhere", "no end", "unknown type"],
)
def test_a_definition_that_cannot_run_is_refused(
    state: dict[str, Any], problem: str, states: Any, create: Create
) -> None:
    with pytest.raises(states.exceptions.InvalidDefinition) as error:
        create({"StartAt": "A", "States": {"A": state}})
    assert problem in str(error.value)


@pytest.mark.parametrize(
    "resource",
    ["states:startExecution.sync", "sqs:sendMessage.waitForTaskToken"],
)
def test_an_express_machine_cannot_wait_for_others(
    resource: str, states: Any, create: Create
) -> None:
    task = {"Type": "Task", "Resource": f"arn:aws:states:::{resource}", "End": True}
    definition = {"StartAt": "A", "States": {"A": task | {"Parameters": {}}}}
    with pytest.raises(states.exceptions.InvalidDefinition):
        create(definition, "EXPRESS")
    arn = create(PASS, "EXPRESS")
    with pytest.raises(states.exceptions.InvalidDefinition):
        states.update_state_machine(
            stateMachineArn=arn, definition=json.dumps(definition)
        )


# Starting


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"name": "with space"}, "InvalidName"),
        ({"name": "a/b"}, "InvalidName"),
        ({"name": "x" * 81}, "ValidationException"),
        ({"input": "{not json"}, "InvalidExecutionInput"),
        ({"input": '{"n": NaN}'}, "InvalidExecutionInput"),
        ({"input": json.dumps("x" * 262_144)}, "ValidationException"),
        ({"input": json.dumps("\u00e9" * 131_072, ensure_ascii=False)}, "Validation"),
    ],
    ids=["space", "slash", "81 characters", "no json", "nan", "256 KiB", "bytes count"],
)
def test_a_start_that_aws_refuses_is_refused(
    options: dict[str, str], code: str, states: Any, create: Create
) -> None:
    with pytest.raises(ClientError) as error:
        states.start_execution(stateMachineArn=create(PASS), **options)
    assert code in code_of(error)


def test_the_largest_input_is_accepted(states: Any, create: Create) -> None:
    text = json.dumps("x" * (262_144 - 2))
    answer = states.start_sync_execution(
        stateMachineArn=create(PASS, "EXPRESS"), input=text
    )
    assert answer["input"] == text


def test_a_name_is_used_once(
    states: Any, create: Create, stepwire_executions: Executions
) -> None:
    arn = create(WAIT)
    first = states.start_execution(stateMachineArn=arn, name="one", input="{}")
    again = states.start_execution(stateMachineArn=arn, name="one", input="{}")
    assert (again["executionArn"], again["startDate"]) == (
        first["executionArn"],
        first["startDate"],
    )
    with pytest.raises(states.exceptions.ExecutionAlreadyExists):
        states.start_execution(stateMachineArn=arn, name="one", input='{"other": 1}')
    states.stop_execution(executionArn=first["executionArn"])
    # It ends a moment after the answer.
    stepwire_executions.get(first["executionArn"]).assert_status("ABORTED")
    with pytest.raises(states.exceptions.ExecutionAlreadyExists):
        states.start_execution(stateMachineArn=arn, name="one", input="{}")


def test_a_standard_machine_does_not_run_synchronously(
    states: Any, create: Create
) -> None:
    with pytest.raises(ClientError) as error:
        states.start_sync_execution(stateMachineArn=create(PASS))
    assert code_of(error) == "StateMachineTypeNotSupported"


# Task tokens


def test_300_executions_started_and_decided_from_16_threads_each_end_once(
    states: Any, create: Create, table: str, token_of: Callable[[str], str]
) -> None:
    arn = create(waiting(table, TimeoutSeconds=300))

    def run(number: int) -> tuple[str, list[int]]:
        name = f"many-{uuid.uuid4().hex[:8]}-{number}"
        started = {
            states.start_execution(stateMachineArn=arn, name=name)["executionArn"]
            for _ in range(2)
        }
        token, accepted = token_of(name), []
        for attempt in range(3):
            try:
                states.send_task_success(taskToken=token, output=str(attempt))
                accepted.append(attempt)
            except states.exceptions.TaskTimedOut:
                continue
        (execution,) = started
        return execution, accepted

    with ThreadPoolExecutor(16) as pool:
        runs = list(pool.map(run, range(300)))
    assert [accepted for _, accepted in runs] == [[0]] * 300
    ends = Counter(_end(states, execution) for execution, _ in runs)
    assert ends == {("SUCCEEDED", "0"): 300}


def _end(states: Any, execution: str) -> tuple[str, str]:
    def look() -> dict[str, Any] | None:
        found: dict[str, Any] = states.describe_execution(executionArn=execution)
        return None if found["status"] == "RUNNING" else found

    found = until(look, "the execution to end")
    return found["status"], found.get("output", "")


def test_of_answers_that_arrive_together_one_counts(
    states: Any, create: Create, table: str, token_of: Callable[[str], str]
) -> None:
    arn = create(waiting(table, TimeoutSeconds=300))
    for _ in range(20):
        name = f"race-{uuid.uuid4().hex[:12]}"
        execution = states.start_execution(stateMachineArn=arn, name=name)
        token, together = token_of(name), threading.Barrier(8)

        def answer(
            number: int, token: str = token, together: threading.Barrier = together
        ) -> int | None:
            together.wait()
            try:
                states.send_task_success(taskToken=token, output=str(number))
            except states.exceptions.TaskTimedOut:
                return None
            return number

        with ThreadPoolExecutor(8) as pool:
            accepted = [n for n in pool.map(answer, range(8)) if n is not None]
        assert len(accepted) == 1
        assert _end(states, execution["executionArn"]) == (
            "SUCCEEDED",
            str(accepted[0]),
        )


def test_starts_of_one_name_that_arrive_together_are_one_execution(
    states: Any, create: Create
) -> None:
    arn = create(WAIT)
    for number in range(10):
        together = threading.Barrier(8)

        def start(
            _: int, name: str = f"n{number}", together: threading.Barrier = together
        ) -> Any:
            together.wait()
            return states.start_execution(stateMachineArn=arn, name=name)["startDate"]

        with ThreadPoolExecutor(8) as pool:
            assert len(set(pool.map(start, range(8)))) == 1


def test_an_unknown_token_is_invalid(states: Any) -> None:
    with pytest.raises(states.exceptions.InvalidToken):
        states.send_task_success(taskToken="nobody's", output="{}")
    with pytest.raises(states.exceptions.InvalidOutput):
        states.send_task_success(taskToken="nobody's", output="{not json")


def test_a_token_times_out_with_its_task(
    states: Any,
    create: Create,
    table: str,
    token_of: Callable[[str], str],
    stepwire_executions: Executions,
) -> None:
    caught = [
        {
            "ErrorEquals": ["States.Timeout"],
            "Output": "{% $states.errorOutput.Error %}",
            "Next": "Done",
        }
    ]
    arn = create(waiting(table, TimeoutSeconds=1, Catch=caught))
    name = f"late-{uuid.uuid4().hex[:8]}"
    execution = stepwire_executions.start(arn, name=name)
    token = token_of(name)
    execution.assert_status("SUCCEEDED")
    assert execution.output == "States.Timeout"
    with pytest.raises(states.exceptions.TaskTimedOut):
        states.send_task_success(taskToken=token, output="{}")


def test_heartbeats_keep_a_task_waiting_and_their_end_is_a_heartbeat_timeout(
    states: Any,
    create: Create,
    table: str,
    token_of: Callable[[str], str],
    stepwire_executions: Executions,
) -> None:
    caught = [
        {
            "ErrorEquals": ["States.HeartbeatTimeout"],
            "Output": "{% $states.errorOutput.Error %}",
            "Next": "Done",
        }
    ]
    arn = create(waiting(table, HeartbeatSeconds=3, Catch=caught))
    name = f"beat-{uuid.uuid4().hex[:8]}"
    execution = stepwire_executions.start(arn, name=name)
    token, begun = token_of(name), time.monotonic()
    # Longer than the state would wait for one, and often: a beat that a loaded machine
    # delays is still in time.
    while time.monotonic() - begun < 4:
        states.send_task_heartbeat(taskToken=token)
        time.sleep(0.1)
    execution.assert_status("SUCCEEDED")
    assert execution.output == "States.Timeout"
    assert time.monotonic() - begun > 6


def test_a_stopped_execution_waits_no_longer(
    states: Any, create: Create, table: str, token_of: Callable[[str], str]
) -> None:
    arn = create(waiting(table, TimeoutSeconds=300))
    name = f"stop-{uuid.uuid4().hex[:8]}"
    execution = states.start_execution(stateMachineArn=arn, name=name)["executionArn"]
    token = token_of(name)
    states.stop_execution(executionArn=execution)
    assert _end(states, execution) == ("ABORTED", "")
    with pytest.raises(states.exceptions.TaskTimedOut):
        states.send_task_success(taskToken=token, output="{}")


RETRY = {"ErrorEquals": ["States.ALL"], "IntervalSeconds": 60}
FAILING = {
    "Type": "Task",
    "Resource": f"{SDK}:sfn:describeExecution",
    "Parameters": {"ExecutionArn": "none"},
    "Retry": [RETRY],
    "End": True,
}


@pytest.mark.parametrize(
    ("state", "begun"),
    [
        (
            {"Type": "Parallel", "Branches": [WAIT, WAIT], "End": True},
            ["WaitStateEntered"] * 2,
        ),
        (
            {"Type": "Map", "ItemProcessor": WAIT, "End": True},
            ["WaitStateEntered"] * 2,
        ),
        (FAILING, ["TaskFailed"]),
    ],
    ids=["in branches", "in a map", "between retries"],
)
def test_an_execution_is_stopped_wherever_it_waits(
    state: dict[str, Any],
    begun: list[str],
    states: Any,
    create: Create,
    stepwire_executions: Executions,
) -> None:
    arn = create({"StartAt": "A", "States": {"A": state}})
    started = states.start_execution(stateMachineArn=arn, input="[1, 2]")
    execution = stepwire_executions.get(started["executionArn"])

    def is_waiting() -> bool:
        types = [event["type"] for event in execution.history()]
        return [one for one in types if one in begun] == begun

    until(is_waiting, f"{begun} in its history")
    states.stop_execution(executionArn=started["executionArn"])
    assert _end(states, started["executionArn"]) == ("ABORTED", "")


def test_an_execution_can_be_stopped_as_soon_as_it_is_started(
    states: Any, create: Create
) -> None:
    arn = create(WAIT)
    for _ in range(20):
        execution = states.start_execution(stateMachineArn=arn)["executionArn"]
        states.stop_execution(executionArn=execution)
        assert _end(states, execution) == ("ABORTED", "")


# Errors of integrations


@pytest.mark.parametrize("language", ["JSONata", "JSONPath"])
@pytest.mark.parametrize(
    ("action", "arguments", "error"),
    [
        (
            f"{SDK}:dynamodb:putItem",
            {"ConditionExpression": "attribute_exists(id)"},
            "DynamoDb.ConditionalCheckFailedException",
        ),
        (
            "arn:aws:states:::dynamodb:putItem",
            {"ConditionExpression": "attribute_exists(id)"},
            "DynamoDB.ConditionalCheckFailedException",
        ),
        (
            f"{SDK}:dynamodb:putItem",
            {"ConditionExpression": "no condition"},
            "DynamoDb.DynamoDbException",
        ),
        (
            f"{SDK}:sfn:sendTaskSuccess",
            {"TaskToken": "nobody's", "Output": "{}"},
            "Sfn.InvalidTokenException",
        ),
        (
            f"{SDK}:sfn:startExecution",
            {"StateMachineArn": "MACHINE", "Name": "taken", "Input": "[]"},
            "Sfn.ExecutionAlreadyExistsException",
        ),
        (
            "arn:aws:states:::states:startExecution",
            {"StateMachineArn": "MACHINE", "Name": "taken", "Input": []},
            "StepFunctions.ExecutionAlreadyExistsException",
        ),
        (
            f"{SDK}:sfn:startSyncExecution",
            {"StateMachineArn": "MACHINE"},
            "Sfn.StateMachineTypeNotSupportedException",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_catch_finds_an_integrations_error_by_the_name_that_aws_gives_it(
    action: str,
    arguments: dict[str, Any],
    error: str,
    language: str,
    states: Any,
    create: Create,
    table: str,
) -> None:
    child = create(WAIT)
    states.start_execution(stateMachineArn=child, name="taken")
    if ":dynamodb:" in action:
        item = {"TableName": table, "Item": {"id": {"S": uuid.uuid4().hex}}}
        arguments = item | arguments
    if "StateMachineArn" in arguments:
        arguments = arguments | {"StateMachineArn": child}
    task = {
        "Type": "Task",
        "Resource": action,
        "Catch": [{"ErrorEquals": [error], "Next": "Caught"}],
        "End": True,
        "Arguments" if language == "JSONata" else "Parameters": arguments,
    }
    arn = create(
        {
            "QueryLanguage": language,
            "StartAt": "Task",
            "States": {"Task": task, "Caught": {"Type": "Succeed"}},
        },
        "EXPRESS",
    )
    answer = states.start_sync_execution(stateMachineArn=arn, input="{}")
    assert answer["status"] == "SUCCEEDED", answer.get("cause")
    assert json.loads(answer["output"])["Error"] == error


def test_a_time_in_a_result_is_text(states: Any, create: Create) -> None:
    child = create(PASS)
    task = {
        "Type": "Task",
        "Resource": f"{SDK}:sfn:startExecution",
        "Arguments": {"StateMachineArn": child},
        "Output": "{% $toMillis($states.result.StartDate) %}",
        "End": True,
    }
    arn = create(
        {"QueryLanguage": "JSONata", "StartAt": "A", "States": {"A": task}}, "EXPRESS"
    )
    answer = states.start_sync_execution(stateMachineArn=arn, input="{}")
    assert abs(json.loads(answer["output"]) / 1000 - time.time()) < 60


def test_states_all_does_not_catch_a_runtime_error(states: Any, create: Create) -> None:
    task = {
        "Type": "Task",
        "Resource": f"{SDK}:sts:getCallerIdentity",
        "Parameters": {"X.$": "$.missing"},
        "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Caught"}],
        "End": True,
    }
    arn = create(
        {"StartAt": "A", "States": {"A": task, "Caught": {"Type": "Succeed"}}},
        "EXPRESS",
    )
    answer = states.start_sync_execution(stateMachineArn=arn, input="{}")
    assert (answer["status"], answer["error"]) == ("FAILED", "States.Runtime")


def test_a_distributed_map_may_have_express_children(
    states: Any, create: Create, stepwire_executions: Executions
) -> None:
    definition = {
        "QueryLanguage": "JSONata",
        "StartAt": "Each",
        "States": {
            "Each": {
                "Type": "Map",
                "Items": [1, 2, 3],
                "ItemProcessor": {
                    "ProcessorConfig": {
                        "Mode": "DISTRIBUTED",
                        "ExecutionType": "EXPRESS",
                    },
                    "StartAt": "Double",
                    "States": {
                        "Double": {
                            "Type": "Pass",
                            "Output": "{% $states.input * 2 %}",
                            "End": True,
                        }
                    },
                },
                "End": True,
            }
        },
    }
    machine = create(definition)
    described = states.describe_state_machine(stateMachineArn=machine)
    assert json.loads(described["definition"]) == definition
    ended = stepwire_executions.start(machine).assert_status("SUCCEEDED")
    assert ended.output == [2, 4, 6]


def test_a_file_that_an_item_reader_cannot_read_is_an_error_of_its_own(
    create: Create, stepwire_executions: Executions
) -> None:
    each = {
        "Type": "Map",
        "ItemReader": {
            "Resource": "arn:aws:states:::s3:getObject",
            "ReaderConfig": {"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW"},
            "Arguments": {"Bucket": "emulator-no-bucket", "Key": "none.csv"},
        },
        "ItemProcessor": {
            "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
            **PASS,
        },
        "Catch": [{"ErrorEquals": ["States.ItemReaderFailed"], "Next": "Caught"}],
        "End": True,
    }
    states = {"Each": each, "Caught": {"Type": "Succeed"}}
    machine = create({"QueryLanguage": "JSONata", "StartAt": "Each", "States": states})
    ended = stepwire_executions.start(machine).assert_status("SUCCEEDED")
    assert ended.output["Error"] == "States.ItemReaderFailed"


def test_text_of_any_script_counts_as_its_bytes(states: Any, create: Create) -> None:
    text = "\u00e9" * 130_000
    answer = states.start_sync_execution(
        stateMachineArn=create(PASS, "EXPRESS"),
        input=json.dumps(text, ensure_ascii=False),
    )
    assert json.loads(answer["output"]) == text


# Logs


def test_all_log_lines_are_there_when_an_execution_has_ended(
    create: Create,
    table: str,
    token_of: Callable[[str], str],
    states: Any,
    stepwire_client: ClientFactory,
    stepwire_executions: Executions,
) -> None:
    logs = stepwire_client("logs")
    group = f"/aws/vendedlogs/states/{uuid.uuid4().hex}"
    logs.create_log_group(logGroupName=group)
    destination = f"arn:aws:logs:us-east-1:000000000000:log-group:{group}:*"
    options = {
        "level": "ALL",
        "destinations": [{"cloudWatchLogsLogGroup": {"logGroupArn": destination}}],
    }
    arn = create(waiting(table), loggingConfiguration=options)

    def lines(execution: Execution) -> list[int]:
        events = logs.filter_log_events(logGroupName=group)["events"]
        found = [json.loads(event["message"]) for event in events if event["message"]]
        return [
            int(one["id"]) for one in found if one["execution_arn"] == execution.arn
        ]

    def run(number: int) -> None:
        execution = stepwire_executions.start(arn, name=f"logged-{number}")
        token = token_of(f"logged-{number}")
        # While it waits, what has happened is there soon.
        until(
            lambda: len(lines(execution)) >= len(execution.history()),
            "a line for each event",
        )
        states.send_task_success(taskToken=token, output="1")
        execution.assert_status("SUCCEEDED")
        assert lines(execution) == [event["id"] for event in execution.history()]

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(run, range(4)))
    logs.delete_log_group(logGroupName=group)
