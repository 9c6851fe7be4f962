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


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"name": "an order"}, "name must be 1 to 40 characters"),
        ({"name": "x" * 41}, "name must be 1 to 40 characters"),
        ({"approval_threshold": -1}, "approval_threshold must be 0 or more"),
        ({"approval_threshold": 1.005}, "at most 2 decimals"),
        ({"decision_timeout": 0}, "decision_timeout is a whole number of seconds"),
        ({"decision_timeout": 1.5}, "decision_timeout is a whole number of seconds"),
        ({"decision_timeout": 31536001}, "decision_timeout is a whole number"),
        ({"retention_in_days": 30}, "retention_in_days is a whole number of days"),
        ({"authorization": "none"}, 'authorization is "AWS_IAM" or "NONE"'),
        ({"process_task": "ship it"}, "process_task must be the JSON of one Task"),
        ({"process_task": '{"Type": "Pass"}'}, "process_task must be the JSON"),
    ],
)
def test_bad_variables_are_refused(
    stepwire_plan: Any, variables: dict[str, Any], message: str
) -> None:
    with pytest.raises(TerraformError) as refused:
        stepwire_plan(MODULE, {"name": "orders"} | variables)
    assert message in " ".join(str(refused.value).split())
