"""Rules of EventBridge start state machines with what their targets say."""

from __future__ import annotations

import json
from typing import Any

from tests.waiting import until

ROLE = "arn:aws:iam::000000000000:role/r"
STATES = {"StartAt": "Only", "States": {"Only": {"Type": "Pass", "End": True}}}
TARGETS: dict[str, dict[str, Any]] = {
    "constant": {"Input": '{"a": 1}'},
    "empty": {"Input": "{}"},
    "part": {"InputPath": "$.detail"},
    "new": {
        "InputTransformer": {
            "InputPathsMap": {"order": "$.detail.order"},
            "InputTemplate": '{"id": <order>}',
        }
    },
}


def test_each_target_gets_its_input(stepwire_client: Any) -> None:
    events, states = stepwire_client("events"), stepwire_client("stepfunctions")
    events.put_rule(Name="orders", EventPattern=json.dumps({"source": ["shop"]}))
    machines = {
        name: states.create_state_machine(
            name=f"target-{name}", definition=json.dumps(STATES), roleArn=ROLE
        )["stateMachineArn"]
        for name in TARGETS
    }
    targets = [
        {"Id": name, "Arn": machines[name], "RoleArn": ROLE} | target
        for name, target in TARGETS.items()
    ]
    assert not events.put_targets(Rule="orders", Targets=targets)["FailedEntries"]
    detail = json.dumps({"order": 7})
    events.put_events(
        Entries=[{"Source": "shop", "DetailType": "Order", "Detail": detail}]
    )
    inputs = {name: _input(states, machine) for name, machine in machines.items()}
    assert inputs == {
        "constant": {"a": 1},
        "empty": {},
        "part": {"order": 7},
        "new": {"id": 7},
    }
    events.remove_targets(Rule="orders", Ids=list(TARGETS))
    events.delete_rule(Name="orders")
    for machine in machines.values():
        states.delete_state_machine(stateMachineArn=machine)


def _input(states: Any, machine: str) -> Any:
    """The input of the execution that starts soon after the event."""
    [execution] = until(
        lambda: states.list_executions(stateMachineArn=machine)["executions"],
        f"an execution of {machine}",
    )
    found = states.describe_execution(executionArn=execution["executionArn"])
    return json.loads(found["input"])
