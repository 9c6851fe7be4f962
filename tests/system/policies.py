"""Recorded calls, held against policies by an IAM evaluator (moto's)."""

from __future__ import annotations

import fnmatch
import json
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from moto.iam.access_control import IAMPolicy, PermissionResult

# botocore's name of an operation, where IAM's action has another name or prefix.
_ACTIONS = {"lambda:Invoke": "lambda:InvokeFunction"}
_PREFIXES = {"stepfunctions": "states"}
# The tests of conditions, and moto knows none of them.
_TESTS: dict[str, Callable[[str, str], bool]] = {
    "StringEquals": str.__eq__,
    "StringLike": fnmatch.fnmatchcase,
}


@dataclass(frozen=True)
class Call:
    """One call that a state made: an IAM action on a resource."""

    state_machine: str
    state: str
    action: str
    resource: str
    conditions: tuple[tuple[str, str], ...] = ()
    """Condition keys of the service itself, and their values."""

    def is_allowed_by(self, policy: dict[str, Any]) -> bool:
        """Whether an identity with this policy alone could make it.

        A condition on a key that the call does not have, such as the account, counts
        as fulfilled.
        """
        statements = [each for each in policy["Statement"] if self._fulfils(each)]
        if not statements:
            return False
        document = {"policy_document": json.dumps(policy | {"Statement": statements})}
        result = IAMPolicy(document).is_action_permitted(self.action, self.resource)
        return result == PermissionResult.PERMITTED

    def _fulfils(self, statement: dict[str, Any]) -> bool:
        mine = dict(self.conditions)
        return all(
            any(_TESTS[test](mine[key], value) for value in _list(values))
            for test, keys in statement.get("Condition", {}).items()
            for key, values in keys.items()
            if key in mine
        )


def _list(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def recorded(endpoint_url: str, task_machine: str) -> set[Call]:
    """What the emulator recorded; a task token stands for ``task_machine``."""
    url = f"{endpoint_url.replace('localhost', '127.0.0.1')}/_stepwire/calls"
    with urllib.request.urlopen(url) as answer:
        calls = json.load(answer)
    return {_call(call, task_machine) for call in calls}


def _call(call: dict[str, Any], task_machine: str) -> Call:
    prefix = _PREFIXES.get(call["service"], call["service"])
    action = f"{prefix}:{call['operation']}"
    machine_arn = call["state_machine_arn"]
    parameters = call["parameters"]
    conditions: tuple[tuple[str, str], ...] = ()
    if action == "states:InvokeHTTPEndpoint":
        resource = machine_arn
        conditions = tuple(
            (f"states:{key}", value) for key, value in parameters.items()
        )
    elif call["service"] == "events":
        resource = parameters["ConnectionArn"]
    elif call["service"] == "secretsmanager":
        resource = parameters["SecretId"]
    elif call["operation"].startswith("SendTask"):
        resource = task_machine
    elif "stateMachineArn" in parameters:
        resource = parameters["stateMachineArn"]
    elif "FunctionName" in parameters:
        resource = parameters["FunctionName"]
    elif "TopicArn" in parameters:
        resource = parameters["TopicArn"]
    elif "QueueUrl" in parameters:
        _, partition, _, region, account, *_ = machine_arn.split(":")
        queue = parameters["QueueUrl"].rpartition("/")[2]
        resource = f"arn:{partition}:sqs:{region}:{account}:{queue}"
    elif "TableName" in parameters:
        _, partition, _, region, account, *_ = machine_arn.split(":")
        table = parameters["TableName"]
        resource = f"arn:{partition}:dynamodb:{region}:{account}:table/{table}"
    else:
        resource = "*"
    return Call(
        state_machine=machine_arn.rpartition(":")[2],
        state=call["state"],
        action=_ACTIONS.get(action, action),
        resource=resource,
        conditions=conditions,
    )


def without_each_statement(
    policy: dict[str, Any],
) -> list[tuple[str, dict[str, Any]]]:
    """The policy without one action of one statement, for each of them."""
    smaller = []
    for number, statement in enumerate(policy["Statement"]):
        for action in statement["Action"]:
            actions = [other for other in statement["Action"] if other != action]
            rest = [*policy["Statement"]]
            rest[number : number + 1] = (
                [statement | {"Action": actions}] if actions else []
            )
            smaller.append((action, policy | {"Statement": rest}))
    return smaller
