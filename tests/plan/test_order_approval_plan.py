"""What the order approval plans, and what it refuses to."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from stepwire.terraform import TerraformError

ROOT = Path(__file__).parents[2]
MODULE = ROOT / "modules" / "order-approval"


def test_the_root_module_creates_nothing_by_default(stepwire_plan: Any) -> None:
    assert stepwire_plan(ROOT).changes == {}


def test_the_root_module_composes_the_order_approval(stepwire_plan: Any) -> None:
    plan = stepwire_plan(ROOT, {"order_approval": {"name": "orders"}})
    kinds = {change.type for change in plan.changes.values()}
    assert "aws_lambda_function" not in kinds
    machines = plan.of_type("aws_sfn_state_machine")
    assert {machine["name"]: machine["type"] for machine in machines.values()} == {
        "orders": "STANDARD",
        "orders-submit": "EXPRESS",
        "orders-decide": "EXPRESS",
        "orders-read": "EXPRESS",
    }
    [table] = plan.of_type("aws_dynamodb_table").values()
    assert table["hash_key"] == "order_id"
    assert table["server_side_encryption"][0]["enabled"]
    assert table["point_in_time_recovery"][0]["enabled"]
    assert table["ttl"][0] == {"attribute_name": "expires_at", "enabled": True}


def test_no_role_may_do_anything_on_everything(stepwire_plan: Any) -> None:
    plan = stepwire_plan(ROOT, {"order_approval": {"name": "orders"}})
    statements = [
        (address, statement)
        for kind in ("aws_iam_role_policy", "aws_iam_policy")
        for address, policy in plan.of_type(kind).items()
        for statement in json.loads(policy.get("policy", '{"Statement": []}'))[
            "Statement"
        ]
    ]
    assert statements
    for address, statement in statements:
        actions = statement["Action"]
        actions = [actions] if isinstance(actions, str) else actions
        assert not any("*" in action for action in actions), address
        if "*" in statement["Resource"]:
            # CloudWatch Logs defines these without resources.
            assert all(action.startswith("logs:") for action in actions), address


# One of each, all in one plan; modules/order-approval/tests has the others.
WRONG = {
    "name": "an order",
    "approval_threshold": 1.005,
    "decision_timeout": 1.5,
    "retention_in_days": 30,
    "authorization": "none",
    "process_task": "ship it",
}


@pytest.mark.parametrize(
    "message",
    [
        "name must be 1 to 40 characters",
        "at most 2 decimals",
        "decision_timeout is a whole number of seconds",
        "retention_in_days is a whole number of days",
        'authorization is "AWS_IAM" or "NONE"',
        "process_task must be the JSON of one Task",
    ],
)
def test_a_refusal_says_what_is_wrong(stepwire_plan: Any, message: str) -> None:
    with pytest.raises(TerraformError) as refused:
        stepwire_plan(MODULE, WRONG)
    details = [" ".join(one.detail.split()) for one in refused.value.diagnostics]
    assert any(message in detail for detail in details), details


def test_the_task_of_the_caller_is_a_state_as_it_is(stepwire_plan: Any) -> None:
    text = "yes: no # ${name} %{ if } \\ \n\t\0\x7f\x85\x9f\u2028\ufeff\uffff 🚀"
    task = {
        "Type": "Task",
        "Resource": "arn:aws:states:::sqs:sendMessage",
        "Arguments": {
            "QueueUrl": "https://sqs.us-east-1.amazonaws.com/111122223333/queue",
            "MessageBody": text,
            "DelaySeconds": 1.5,
        },
        "TimeoutSeconds": 5,
    }
    plan = stepwire_plan(MODULE, {"name": "orders", "process_task": json.dumps(task)})
    [definition] = [
        json.loads(machine["definition"])
        for machine in plan.of_type("aws_sfn_state_machine").values()
        if machine["name"] == "orders"
    ]
    process = definition["States"]["Process"]
    assert process.pop("Next") == "MarkProcessed"
    assert [catcher["Next"] for catcher in process.pop("Catch")] == ["MarkFailed"]
    assert process == task
