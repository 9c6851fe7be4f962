"""EventBridge connections in CloudFormation stacks, as of modules/http-connection."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from stepwire.pytest_plugin import ClientFactory

NAME = "stack-connection"


class Stack:
    """A stack with one connection, whose key is a secret's."""

    def __init__(self, client: ClientFactory) -> None:
        self.stacks = client("cloudformation")
        self.secrets = client("secretsmanager")
        self.events = client("events")
        self.token = self.secrets.create_secret(
            Name=NAME, SecretString=json.dumps({"bot": "first"})
        )

    def apply(self, kind: str, version: str) -> dict[str, str]:
        """Creates or updates the stack; its outputs."""
        reference = f"{self.token['ARN']}:SecretString:bot::{version}"
        template = {
            "Resources": {
                "Connection": {
                    "Type": "AWS::Events::Connection",
                    "Properties": {
                        "Name": NAME,
                        "AuthorizationType": "API_KEY",
                        "AuthParameters": {
                            "ApiKeyAuthParameters": {
                                "ApiKeyName": "Authorization",
                                "ApiKeyValue": "Bearer {{resolve:secretsmanager:"
                                f"{reference}}}}}",
                            }
                        },
                    },
                }
            },
            "Outputs": {
                name: {"Value": {"Fn::GetAtt": ["Connection", name]}}
                for name in ("Arn", "SecretArn")
            },
        }
        call = getattr(self.stacks, f"{kind}_stack")
        call(StackName=NAME, TemplateBody=json.dumps(template))
        waiter = self.stacks.get_waiter(f"stack_{kind}_complete")
        waiter.wait(StackName=NAME, WaiterConfig={"Delay": 0.1, "MaxAttempts": 100})
        [stack] = self.stacks.describe_stacks(StackName=NAME)["Stacks"]
        return {one["OutputKey"]: one["OutputValue"] for one in stack["Outputs"]}

    def key(self) -> Any:
        """What the connection sends."""
        described = self.events.describe_connection(Name=NAME)
        secret = self.secrets.get_secret_value(SecretId=described["SecretArn"])
        return json.loads(secret["SecretString"])["api_key_value"]


@pytest.fixture(scope="module")
def stack(stepwire_client: ClientFactory) -> Iterator[Stack]:
    stack = Stack(stepwire_client)
    try:
        yield stack
    finally:
        stack.stacks.delete_stack(StackName=NAME)
        stack.stacks.get_waiter("stack_delete_complete").wait(
            StackName=NAME, WaiterConfig={"Delay": 0.1, "MaxAttempts": 100}
        )
        stack.secrets.delete_secret(SecretId=NAME, ForceDeleteWithoutRecovery=True)


def test_a_stack_makes_a_connection_and_updates_it_in_place(stack: Stack) -> None:
    outputs = stack.apply("create", stack.token["VersionId"])
    assert stack.key() == "Bearer first"
    described = stack.events.describe_connection(Name=NAME)
    assert outputs == {
        "Arn": described["ConnectionArn"],
        "SecretArn": described["SecretArn"],
    }
    changed = stack.secrets.put_secret_value(
        SecretId=NAME, SecretString=json.dumps({"bot": "second"})
    )
    assert stack.apply("update", changed["VersionId"]) == outputs
    assert stack.key() == "Bearer second"
    assert (
        stack.events.describe_connection(Name=NAME)["ConnectionState"] == "AUTHORIZED"
    )
