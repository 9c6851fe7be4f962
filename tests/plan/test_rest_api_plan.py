"""What the REST API plans, and what it refuses to."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from stepwire.terraform import TerraformError

MODULE = Path(__file__).parents[2] / "modules" / "rest-api"
MACHINE = "arn:aws:states:us-east-1:000000000000:stateMachine:quote"


def _route(**changes: Any) -> dict[str, Any]:
    return {"start_sync": {"state_machine_arn": MACHINE} | changes}


def _plan(stepwire_plan: Any, routes: dict[str, Any], **variables: Any) -> Any:
    return stepwire_plan(MODULE, {"name": "api", "routes": routes} | variables)


def test_the_number_of_resources_does_not_grow_with_the_routes(
    stepwire_plan: Any,
) -> None:
    one = _plan(stepwire_plan, {"GET /a": _route()})
    twenty = _plan(stepwire_plan, {f"GET /a{n}": _route() for n in range(20)})
    assert len(one.changes) == len(twenty.changes) == 5


def test_the_role_may_start_the_machines_of_the_routes_and_nothing_else(
    stepwire_plan: Any,
) -> None:
    plan = _plan(
        stepwire_plan,
        {
            "GET /a": _route(),
            "GET /b": _route(state_machine_arn=f"{MACHINE}:live"),
            "GET /c": _route(state_machine_arn=f"{MACHINE}-2:7"),
        },
    )
    [policy] = plan.of_type("aws_iam_role_policy").values()
    assert json.loads(policy["policy"])["Statement"] == [
        {
            "Effect": "Allow",
            "Action": "states:StartSyncExecution",
            "Resource": [MACHINE, f"{MACHINE}-2"],
        }
    ]


def test_logs_and_limits_are_off_until_they_are_asked_for(stepwire_plan: Any) -> None:
    routes = {"GET /a": _route()}
    quiet = _plan(stepwire_plan, routes)
    assert not quiet.of_type("aws_cloudwatch_log_group")
    assert not quiet.of_type("aws_api_gateway_method_settings")
    loud = _plan(
        stepwire_plan,
        routes,
        access_logs={"retention_in_days": 7},
        throttle={"rate_limit": 5, "burst_limit": 10},
    )
    [group] = loud.of_type("aws_cloudwatch_log_group").values()
    assert group["retention_in_days"] == 7
    [settings] = loud.of_type("aws_api_gateway_method_settings").values()
    assert settings["settings"][0]["throttling_rate_limit"] == 5
    assert settings["settings"][0]["throttling_burst_limit"] == 10


# Every refusal has its run in modules/rest-api/tests; here is how they read, all in
# one plan.
WRONG = {
    "name": "my api",
    "stage_name": "v1/x",
    "throttle": {"rate_limit": 0, "burst_limit": 1},
    "routes": {
        "GET a": _route(),
        "FETCH /a": _route(),
        "GET  /b": _route(),
        "GET /{c": _route(),
        "GET /nothing": {},
        "GET /open": _route() | {"authorization": "OPEN"},
        "GET /raw": _route(response="raw"),
        "GET /header": _route(input="envelope", request_headers=["X Y"]),
    },
}
# Rules of routes beside one another, which are looked at once each is good by itself.
CONFLICTING = {
    "name": "api",
    "routes": {
        "GET /lines/{line}": _route(),
        "PUT /lines/{id}/price": _route(),
        "GET /orders/{order}/{line}": _route(),
        "GET /orders/{order}/{id}/price": _route(),
        "GET /answer": _route(response_headers=["Location"]),
    },
}


@pytest.mark.parametrize(
    "message",
    [
        'Not so: "FETCH /a", "GET  /b", "GET /{c", "GET a".',
        (
            "exactly one thing: set one of start, start_sync, describe, stop,"
            " task_success, task_failure, task_heartbeat and lambda."
            ' Not so: "GET /nothing".'
        ),
        (
            "authorization is AWS_IAM, API_KEY, NONE or the name of one of authorizers."
            ' Not so: "GET /open" (OPEN).'
        ),
        "start_sync.response is",
        "names of HTTP headers",
        "name must be 1 to 48 characters",
        "stage_name must be",
        "throttle.rate_limit",
    ],
)
def test_a_refusal_says_what_is_wrong_and_where(
    stepwire_plan: Any, message: str
) -> None:
    with pytest.raises(TerraformError) as refused:
        stepwire_plan(MODULE, WRONG)
    details = [one.detail for one in refused.value.diagnostics]
    assert any(message in " ".join(detail.split("\n")) for detail in details), details


def test_all_conflicts_of_routes_are_told_at_once(stepwire_plan: Any) -> None:
    with pytest.raises(TerraformError) as refused:
        stepwire_plan(MODULE, CONFLICTING)
    [conflicts] = [one.detail for one in refused.value.diagnostics]
    one_name = "give it the same name in"
    assert f"{one_name} /lines/{{id}} and /lines/{{line}}." in conflicts
    assert (
        f"{one_name} /orders/{{order}}/{{id}} and /orders/{{order}}/{{line}}."
        in conflicts
    )
    assert 'GET /answer: response_headers need response = "chosen"' in conflicts
