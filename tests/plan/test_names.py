"""Names of one account and region are taken once, whatever is called the same."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

FIXTURE = Path(__file__).parent / "fixtures" / "names"

# The longest that each of the blocks takes, twice: only their ends differ.
LONG = "a-name-that-goes-on-until-it-has-48-character-"
NAMES = ["orders", f"{LONG}s1", f"{LONG}s2"]

# What is unique in one region of an account, and the attribute that says its name.
REGIONAL = {
    "aws_cloudformation_stack": "name",
    "aws_cloudwatch_event_rule": "name",
    "aws_cloudwatch_log_group": "name",
    "aws_cloudwatch_metric_alarm": "alarm_name",
    "aws_dynamodb_table": "name",
    "aws_lambda_function": "function_name",
    "aws_sfn_state_machine": "name",
}


@pytest.fixture(scope="module")
def plan(stepwire_plan: Any) -> Any:
    return stepwire_plan(FIXTURE, {"names": NAMES})


def test_roles_are_unique_in_the_account(plan: Any) -> None:
    roles = [role["name"] for role in plan.of_type("aws_iam_role").values()]
    # Of machine, function, API, rollout and its rule, in two regions.
    assert len(roles) == 5 * len(NAMES) * 2
    assert [role for role in roles if len(role) > 64] == []
    # IAM compares names without their case.
    assert _twice([role.lower() for role in roles]) == []


def test_a_short_name_says_which_service_has_the_role_and_where(plan: Any) -> None:
    roles = {role["name"] for role in plan.of_type("aws_iam_role").values()}
    for service in ("states", "lambda", "apigateway"):
        assert f"orders-{service}-us-east-1" in roles
        assert f"orders-{service}-ap-southeast-1" in roles
    assert "orders-rollout-events-us-east-1" in roles


@pytest.mark.parametrize("kind", REGIONAL)
def test_a_name_is_taken_once_in_a_region(plan: Any, kind: str) -> None:
    named = [
        f"{address.split('[')[0]} {values[REGIONAL[kind]]}"
        for address, values in plan.of_type(kind).items()
    ]
    assert named
    assert _twice(named) == []


def _twice(names: list[str]) -> list[str]:
    return [name for name, times in Counter(names).items() if times > 1]
