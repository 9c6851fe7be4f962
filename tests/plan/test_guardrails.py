"""What an organisation asks of roles and functions holds for all that is made."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from stepwire.terraform import TerraformError

ROOT = Path(__file__).parents[2]
FIXTURE = Path(__file__).parent / "fixtures" / "guardrails"

# The roles of the four systems and of a rollout.
ROLES = 5 + 1 + 3 + 6 + 2


@pytest.fixture(scope="module")
def plan(stepwire_plan: Any) -> Any:
    return stepwire_plan(FIXTURE)


def test_every_role_has_the_boundary_and_the_path(plan: Any) -> None:
    roles = {
        address: (role.get("permissions_boundary"), role["path"])
        for address, role in plan.of_type("aws_iam_role").items()
        if address.startswith("module.bounded")
    }
    assert len(roles) == ROLES
    assert set(roles.values()) == {
        ("arn:aws:iam::123456789012:policy/boundary", "/workflows/")
    }, roles


def test_with_a_path_a_role_is_called_differently(plan: Any) -> None:
    # It is made before the one without a path goes, where an API refers to it, and
    # AWS takes a name once in an account.
    names = [
        role["name"]
        for address, role in plan.of_type("aws_iam_role").items()
        if address.startswith("module.bounded")
    ]
    assert [name for name in names if not re.search("-[0-9a-f]{8}$", name)] == []


def test_with_roles_of_ones_own_neither_roles_nor_policies_are_made(plan: Any) -> None:
    made = [
        address
        for kind in ("aws_iam_role", "aws_iam_role_policy")
        for address in plan.of_type(kind)
        if address.startswith("module.own")
    ]
    assert made == []


def test_every_function_of_a_system_is_in_the_vpc(plan: Any) -> None:
    outside = [
        address
        for address, function in plan.of_type("aws_lambda_function").items()
        if address.startswith("module.bounded") and not function.get("vpc_config")
    ]
    assert outside == []


# By the service that assumes a role: whether AWS sends the keys that say for what.
SENDS_SOURCE = {
    "apigateway.amazonaws.com": False,
    "events.amazonaws.com": True,
    "lambda.amazonaws.com": False,
    "states.amazonaws.com": True,
}


def test_a_role_trusts_its_resource_alone_where_aws_says_which_it_is(plan: Any) -> None:
    wrong = []
    for address, role in plan.of_type("aws_iam_role").items():
        if not address.startswith("module.bounded"):
            continue
        [statement] = json.loads(role["assume_role_policy"])["Statement"]
        keys = {key for test in statement.get("Condition", {}).values() for key in test}
        expected = {"aws:SourceAccount", "aws:SourceArn"}
        if keys != (
            expected if SENDS_SOURCE[statement["Principal"]["Service"]] else set()
        ):
            wrong.append((address, statement))
    assert wrong == []


# One of each, all in one plan.
WRONG = {
    "boundary_arn": "boundary",
    "role_path": "workflows",
    "role_arns": {"api": "mine", "worker": "arn:aws:iam::123456789012:role/mine"},
}


@pytest.mark.parametrize(
    "message",
    [
        'policy/boundary, not "boundary"',
        'without spaces, not "workflows"',
        "role/mine. Not so: api.",
        "has the keys workflow, submit, decide, read and api, and not worker.",
    ],
)
def test_a_refusal_says_what_is_wrong(stepwire_plan: Any, message: str) -> None:
    orders = {"name": "orders", "permissions": WRONG}
    with pytest.raises(TerraformError) as refused:
        stepwire_plan(ROOT, {"order_approval": orders})
    details = [" ".join(one.detail.split()) for one in refused.value.diagnostics]
    assert any(message in detail for detail in details), details
