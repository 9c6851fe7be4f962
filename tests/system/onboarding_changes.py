"""Eight changes of the onboarding example: what is changed, and where it is seen.

Each is on top of those before it.
"""

from __future__ import annotations

from tests.system.onboardings import (
    Onboarding,
    Settings,
    a_boundary,
    a_customer,
    a_secret,
    assert_boundary_of_every_role,
)


def _another_definition(onboarding: Onboarding) -> Settings:
    return {"environments": onboarding.staging(invitations_at_once=20)}


def _is_published_and_not_used(onboarding: Onboarding) -> None:
    assert onboarding.routing() == {1: 100}


def _other_approvers(onboarding: Onboarding) -> Settings:
    approvers = [f"{name}@staging.example" for name in ("ann", "ben", "dora")]
    return {"environments": onboarding.staging(approvers=approvers, quorum=3)}


def _are_subscribed(onboarding: Onboarding) -> None:
    subscribed = {
        one["Endpoint"]
        for page in onboarding.client("sns")
        .get_paginator("list_subscriptions")
        .paginate()
        for one in page["Subscriptions"]
    }
    assert "dora@staging.example" in subscribed
    assert "cleo@staging.example" not in subscribed
    assert "cleo@production.example" in subscribed


def _watched_countries(onboarding: Onboarding) -> Settings:
    return {"environments": onboarding.staging(watched_countries=["FR", "IT"])}


def _are_in_the_function(onboarding: Onboarding) -> None:
    found = onboarding.client("lambda").get_function_configuration(
        FunctionName="onboarding-staging-screen"
    )
    assert found["Environment"]["Variables"] == {"WATCHED_COUNTRIES": "FR,IT"}


def _another_token(onboarding: Onboarding) -> Settings:
    slack = {
        "channel": "#staging",
        "token_secret_arn": a_secret(onboarding.client, "xoxb-2"),
    }
    return {"environments": onboarding.staging(slack=slack)}


def _is_in_the_connection(onboarding: Onboarding) -> None:
    connection = onboarding.client("events").describe_connection(
        Name="onboarding-staging-slack"
    )
    secret = onboarding.client("secretsmanager").get_secret_value(
        SecretId=connection["SecretArn"]
    )
    assert "Bearer xoxb-2" in secret["SecretString"]


def _more_requests(onboarding: Onboarding) -> Settings:
    return {"environments": onboarding.staging(requests_per_second=50)}


def _are_let_in(onboarding: Onboarding) -> None:
    api = onboarding.client("apigateway")
    (found,) = [
        one["id"]
        for one in api.get_rest_apis()["items"]
        if one["name"] == "onboarding-staging"
    ]
    stage = api.get_stage(restApiId=found, stageName="live")
    assert stage["methodSettings"]["*/*"]["throttlingBurstLimit"] == 100


def _other_logs_and_canary(onboarding: Onboarding) -> Settings:
    canary = {"percent": 20, "wait_seconds": 1}
    return {"environments": onboarding.staging(canary=canary, log_retention_in_days=7)}


def _are_kept_for_a_week(onboarding: Onboarding) -> None:
    groups = {
        group["logGroupName"]: group["retentionInDays"]
        for page in onboarding.client("logs")
        .get_paginator("describe_log_groups")
        .paginate()
        for group in page["logGroups"]
    }
    staging = {days for name, days in groups.items() if "onboarding-staging" in name}
    assert staging == {7}


def _another_boundary(onboarding: Onboarding) -> Settings:
    arn = a_boundary(onboarding.client, "company-boundary-2")
    return {"permissions_boundary_arn": arn}


def _another_environment(onboarding: Onboarding) -> Settings:
    known = onboarding.variables["environments"]
    return {"environments": known | {"demo": known["production"]}}


def _takes_customers(onboarding: Onboarding) -> None:
    assert onboarding.post(a_customer("hooli", "Hooli"), "demo").status == 202


CHANGES = {
    "definition": (_another_definition, _is_published_and_not_used),
    "approvers": (_other_approvers, _are_subscribed),
    "function": (_watched_countries, _are_in_the_function),
    "connection": (_another_token, _is_in_the_connection),
    "api": (_more_requests, _are_let_in),
    "logs": (_other_logs_and_canary, _are_kept_for_a_week),
    "boundary": (_another_boundary, assert_boundary_of_every_role),
    "environment": (_another_environment, _takes_customers),
}
