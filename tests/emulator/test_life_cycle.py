"""The embedded emulator where a state machine's life cycle needs it to be as AWS."""

from __future__ import annotations

import json
from pathlib import Path

from stepwire.pytest_plugin import ApplyFactory, ClientFactory
from stepwire.testing import Executions
from tests.waiting import until

ROLE = "arn:aws:iam::000000000000:role/any"
WAIT = {"StartAt": "A", "States": {"A": {"Type": "Wait", "Seconds": 60, "End": True}}}
ACTIVITY = """
variable "owner" {
  type = string
}

resource "aws_sfn_activity" "this" {
  name = "emulator-activity"
  tags = { owner = var.owner, kept = "yes" }
}

output "arn" {
  value = aws_sfn_activity.this.id
}
"""


def test_a_stopped_execution_says_by_whom_and_why(
    stepwire_client: ClientFactory, stepwire_executions: Executions
) -> None:
    client = stepwire_client("stepfunctions")
    arn = client.create_state_machine(
        name="emulator-stopped", roleArn=ROLE, definition=json.dumps(WAIT)
    )["stateMachineArn"]
    try:
        started = stepwire_executions.start(arn).wait_for_state("A")
        client.stop_execution(executionArn=started.arn, error="Mine", cause="enough")
        described = started.assert_status("ABORTED").describe()
        assert (described["error"], described["cause"]) == ("Mine", "enough")
    finally:
        client.delete_state_machine(stateMachineArn=arn)


def test_a_stopped_execution_is_over_before_its_last_call_is(
    stepwire_client: ClientFactory, stepwire_executions: Executions
) -> None:
    client = stepwire_client("stepfunctions")
    slow = client.create_state_machine(
        name="emulator-slow",
        type="EXPRESS",
        roleArn=ROLE,
        definition=json.dumps(WAIT).replace("60", "8"),
    )["stateMachineArn"]
    call = {
        "Type": "Task",
        "Resource": "arn:aws:states:::aws-sdk:sfn:startSyncExecution",
        "Parameters": {"StateMachineArn": slow},
        "End": True,
    }
    arn = client.create_state_machine(
        name="emulator-calls-slow",
        roleArn=ROLE,
        definition=json.dumps({"StartAt": "Call", "States": {"Call": call}}),
    )["stateMachineArn"]
    try:
        started = stepwire_executions.start(arn)
        until(
            lambda: [e for e in started.history() if e["type"] == "TaskStarted"],
            "the call",
        )
        client.stop_execution(executionArn=started.arn, cause="enough")
        described = client.describe_execution(executionArn=started.arn)
        assert (described["status"], described["cause"]) == ("ABORTED", "enough")
        ended = described["stopDate"]
        until(
            lambda: started.history()[-1]["type"] == "ExecutionAborted",
            "the call to come back",
        )
        again = client.describe_execution(executionArn=started.arn)
        assert (again["status"], again["stopDate"]) == ("ABORTED", ended)
    finally:
        for machine in (arn, slow):
            client.delete_state_machine(stateMachineArn=machine)


def test_an_activity_has_tags(
    tmp_path: Path, stepwire_apply: ApplyFactory, stepwire_client: ClientFactory
) -> None:
    (tmp_path / "main.tf").write_text(ACTIVITY)
    client = stepwire_client("stepfunctions")
    deployment = stepwire_apply(tmp_path, {"owner": "me"})
    assert deployment.plan().is_empty
    deployment.terraform.apply({"owner": "you"})
    assert deployment.terraform.plan({"owner": "you"}).is_empty
    tags = client.list_tags_for_resource(resourceArn=deployment.outputs["arn"])["tags"]
    assert {tag["key"]: tag["value"] for tag in tags} == {"owner": "you", "kept": "yes"}
    client.untag_resource(resourceArn=deployment.outputs["arn"], tagKeys=["kept"])
    tags = client.list_tags_for_resource(resourceArn=deployment.outputs["arn"])["tags"]
    assert [tag["key"] for tag in tags] == ["owner"]
