"""What the tests of modules/rollout have in common."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from stepwire.pytest_plugin import ApplyFactory, ClientFactory
from stepwire.rollout import Rollout
from stepwire.testing import Deployment, Execution, Executions

FIXTURE = Path(__file__).parent / "fixtures" / "rollout"
ALARM = "rollout-latency"

Routing = dict[int, int]


class Target:
    """The state machine whose alias is shifted, and the rollouts of it."""

    def __init__(self, deployment: Deployment, client: ClientFactory) -> None:
        self.deployment = deployment
        self.outputs = deployment.outputs
        self.arn = self.outputs["state_machine_arn"]
        self.alias_arn = self.outputs["alias_arn"]
        self.client = client("stepfunctions")
        self.alarms = client("cloudwatch")
        self.executions = Executions(self.client)

    def publish(self) -> int:
        """Deploys another release, as Terraform does; the number of its version."""
        described = self.client.describe_state_machine(stateMachineArn=self.arn)
        definition = json.loads(described["definition"])
        definition["Comment"] = f"release {uuid.uuid4().hex}"
        updated = self.client.update_state_machine(
            stateMachineArn=self.arn, definition=json.dumps(definition), publish=True
        )
        return number(updated["stateMachineVersionArn"])

    def routing(self) -> Routing:
        """The alias's weights by the versions' numbers."""
        alias = self.client.describe_state_machine_alias(
            stateMachineAliasArn=self.alias_arn
        )
        return {
            number(route["stateMachineVersionArn"]): route["weight"]
            for route in alias["routingConfiguration"]
        }

    def versions(self) -> list[int]:
        listed = self.client.list_state_machine_versions(stateMachineArn=self.arn)
        return [
            number(one["stateMachineVersionArn"])
            for one in listed["stateMachineVersions"]
        ]

    def start(self, kind: str, version: int | None = None) -> Execution:
        given = {} if version is None else {"version_arn": f"{self.arn}:{version}"}
        return self.executions.start(self.outputs["start_arns"][kind], given)

    def settle(self, kind: str = "at-once") -> int:
        """Publishes a version and moves the alias to it altogether."""
        version = self.publish()
        self.start(kind, version).assert_status("SUCCEEDED")
        assert self.routing() == {version: 100}
        return version

    def routings_of(self, execution: Execution) -> list[Routing]:
        """Every routing that an execution set, in order."""
        return [
            {
                number(route["StateMachineVersionArn"]): route["Weight"]
                for route in arguments["RoutingConfiguration"]
            }
            for event in execution.history()
            if (details := event.get("taskScheduledEventDetails"))
            and details["resource"] == "updateStateMachineAlias"
            for arguments in [json.loads(details["parameters"])]
        ]

    def stop(self, execution: Execution, cause: str, back_to: Routing) -> Any:
        """Stops a rollout; the output of the execution that put the alias back."""
        self.client.stop_execution(
            executionArn=execution.arn, error="Test", cause=cause
        )
        self.wait_for(back_to)
        undone = Rollout(self.client, execution.arn).undone()
        assert undone is not None
        return self.executions.get(undone.arn).assert_status("SUCCEEDED").output

    def wait_for(self, routing: Routing, seconds: float = 60) -> None:
        deadline = time.monotonic() + seconds
        while self.routing() != routing:
            assert time.monotonic() < deadline, f"{self.routing()}, not {routing}"
            time.sleep(0.05)


def number(version_arn: str) -> int:
    return int(version_arn.rpartition(":")[2])


def deployed(apply: ApplyFactory, client: ClientFactory) -> Iterator[Target]:
    """The fixture of a test: nothing runs and no alarm is on when it begins."""
    target = Target(apply(FIXTURE), client)
    set_alarm(target, "OK")
    yield target
    for arn in target.outputs["start_arns"].values():
        running = target.client.list_executions(
            stateMachineArn=arn, statusFilter="RUNNING"
        )["executions"]
        assert running == []


def set_alarm(target: Target, state: str) -> None:
    target.alarms.set_alarm_state(
        AlarmName=ALARM, StateValue=state, StateReason="the test says so"
    )


def failure(execution: Execution) -> tuple[str, str]:
    """The error and the cause of an execution that failed."""
    described = execution.assert_status("FAILED").describe()
    return described["error"], described["cause"]
