"""After destroy nothing of the root module is left, whichever service is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from stepwire import aws
from stepwire.emulator import Emulator
from stepwire.terraform import Terraform
from tests.system.orders import Orders, an_order

ROOT = Path(__file__).parents[2]

# How each service names what an account has: operation, key of the list, name.
INVENTORY: dict[str, list[tuple[str, str, str]]] = {
    "apigateway": [
        ("get_rest_apis", "items", "name"),
        ("get_usage_plans", "items", "name"),
        ("get_api_keys", "items", "name"),
    ],
    "cloudwatch": [("describe_alarms", "MetricAlarms", "AlarmName")],
    "dynamodb": [("list_tables", "TableNames", "")],
    "events": [
        ("list_rules", "Rules", "Name"),
        ("list_connections", "Connections", "Name"),
        ("list_api_destinations", "ApiDestinations", "Name"),
    ],
    "iam": [
        ("list_roles", "Roles", "RoleName"),
        ("list_users", "Users", "UserName"),
    ],
    "lambda": [("list_functions", "Functions", "FunctionName")],
    "logs": [("describe_log_groups", "logGroups", "logGroupName")],
    "s3": [("list_buckets", "Buckets", "Name")],
    "secretsmanager": [("list_secrets", "SecretList", "Name")],
    "sns": [("list_topics", "Topics", "TopicArn")],
    "sqs": [("list_queues", "QueueUrls", "")],
    "ssm": [("describe_parameters", "Parameters", "Name")],
    "stepfunctions": [
        ("list_state_machines", "stateMachines", "name"),
        ("list_activities", "activities", "name"),
    ],
}


def inventory(client: Callable[[str], Any]) -> set[str]:
    """Everything that the account has, as ``service name``."""
    found = {
        f"{service} {entry[name] if name else entry}"
        for service, lists in INVENTORY.items()
        for operation, key, name in lists
        for entry in getattr(client(service), operation)().get(key, [])
    }
    # AWS's own policies are always there, its own keys once a service used one.
    policies = client("iam").list_policies(Scope="Local")["Policies"]
    kms = client("kms")
    managed = {
        alias.get("TargetKeyId")
        for alias in kms.list_aliases()["Aliases"]
        if alias["AliasName"].startswith("alias/aws/")
    }
    keys = {key["KeyId"] for key in kms.list_keys()["Keys"]} - managed
    # A key is deleted after some days, at least seven; until then it is shown.
    kept = {
        key_id
        for key_id in keys
        if kms.describe_key(KeyId=key_id)["KeyMetadata"]["KeyState"]
        != "PendingDeletion"
    }
    return (
        found
        | {f"iam {policy['PolicyName']}" for policy in policies}
        | {f"kms {key_id}" for key_id in kept}
        | {f"cloudformation {name}" for name in _stacks(client("cloudformation"))}
    )


def _stacks(cloudformation: Any) -> set[str]:
    """Those that are there: the emulator shows deleted ones, too."""
    return {
        stack["StackName"]
        for stack in cloudformation.describe_stacks()["Stacks"]
        if stack["StackStatus"] != "DELETE_COMPLETE"
    }


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    """One of its own: other tests leave things while they run."""
    with Emulator() as emulator:
        yield emulator


def test_destroy_leaves_nothing(emulator: Emulator, tmp_path: Path) -> None:
    environment = emulator.environment()

    def client(service: str) -> Any:
        return aws.client(service, environment)

    before = inventory(client)
    terraform = Terraform(ROOT, build_folder=tmp_path, environment=environment)
    outputs = terraform.apply({"order_approval": {"name": "orders"}})["order_approval"]
    deployed = inventory(client) - before
    assert {
        f"stepfunctions orders{s}" for s in ("", "-submit", "-decide", "-read")
    } <= (deployed)
    orders = Orders(outputs, emulator.endpoint_url, client)
    order = an_order()
    orders.post(order)
    orders.wait(order["order_id"])
    orders.pending()
    terraform.destroy()
    assert inventory(client) - before == set()
