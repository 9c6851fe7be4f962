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


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"routes": {}}, "routes needs at least one route"),
        ({"routes": {"GET a": _route()}}, 'Not so: "GET a"'),
        ({"routes": {"FETCH /a": _route()}}, 'Not so: "FETCH /a"'),
        ({"routes": {"GET  /a": _route()}}, 'Not so: "GET  /a"'),
        ({"routes": {"GET /a/{b": _route()}}, 'Not so: "GET /a/{b"'),
        ({"routes": {"GET /a": {}}}, "exactly one thing: set one of start, start_sync"),
        (
            {"routes": {"GET /a": _route() | {"authorization": "OPEN"}}},
            "authorization is AWS_IAM, API_KEY, NONE or the name",
        ),
        ({"routes": {"GET /a": _route(response="raw")}}, "start_sync.response is"),
        (
            {"routes": {"GET /a": _route(request_headers=["X Y"])}},
            "names of HTTP headers",
        ),
        ({"name": "my api"}, "name must be 1 to 48 characters"),
        ({"stage_name": "v1/x"}, "stage_name must be"),
        ({"throttle": {"rate_limit": 0, "burst_limit": 1}}, "throttle.rate_limit"),
    ],
)
def test_bad_variables_are_refused(
    stepwire_plan: Any, variables: dict[str, Any], message: str
) -> None:
    routes = {"GET /a": _route()}
    with pytest.raises(TerraformError) as refused:
        stepwire_plan(MODULE, {"name": "api", "routes": routes} | variables)
    assert " ".join(message.split()) in " ".join(str(refused.value).split())
