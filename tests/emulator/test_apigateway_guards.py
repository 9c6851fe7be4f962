"""Who may call a REST API, and how often: what the embedded emulator enforces."""

from __future__ import annotations

import io
import json
import uuid
import zipfile
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from stepwire.api import ApiClient, Response
from stepwire.pytest_plugin import ClientFactory

if TYPE_CHECKING:
    from stepwire.emulator import Emulator

AUTHORIZER = """
import os

asked = 0

def handler(event, context):
    global asked
    asked += 1
    token = event["authorizationToken"]
    if token == "leave":
        raise Exception("Unauthorized")
    if token == "break":
        raise ValueError("broken")
    if token == "chat":
        return "hello"
    effect = "Allow" if token.startswith("open") else "Deny"
    return {
        "principalId": token,
        "context": {"asked": asked, "vip": True},
        "policyDocument": {
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": effect, "Action": "execute-api:*", "Resource": "*"},
                {
                    "Effect": "Deny",
                    "Action": "execute-api:Invoke",
                    "Resource": event["methodArn"].rpartition("/")[0] + "/cellar",
                },
            ],
        },
    }
"""
FUNCTION_ARN = "arn:aws:lambda:us-east-1:000000000000:function:{}"
KNOWN = {
    "principal": "$context.authorizer.principalId",
    "vip": "$context.authorizer.vip",
    "asked": "$context.authorizer.asked",
}

Call = Callable[..., Response]


def operation(scheme: str | None, answer: object = "fine") -> dict[str, Any]:
    return {
        "responses": {"200": {"description": "answered"}},
        "security": [] if scheme is None else [{scheme: []}],
        "x-amazon-apigateway-integration": {
            "type": "mock",
            "requestTemplates": {"application/json": '{"statusCode": 200}'},
            "responses": {
                "default": {
                    "statusCode": "200",
                    "responseTemplates": {"application/json": json.dumps(answer)},
                }
            },
        },
    }


def document(function: str) -> dict[str, Any]:
    invoke = f"{FUNCTION_ARN.format(function)}/invocations"
    return {
        "openapi": "3.0.1",
        "info": {"title": f"guards-{uuid.uuid4().hex[:8]}", "version": "1"},
        "components": {
            "securitySchemes": {
                "key": {"type": "apiKey", "name": "x-api-key", "in": "header"},
                "token": {
                    "type": "apiKey",
                    "name": "Authorization",
                    "in": "header",
                    "x-amazon-apigateway-authtype": "custom",
                    "x-amazon-apigateway-authorizer": {
                        "type": "token",
                        "authorizerUri": (
                            "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/"
                            f"functions/{invoke}"
                        ),
                        "authorizerResultTtlInSeconds": 300,
                    },
                },
            }
        },
        "paths": {
            "/keyed": {"get": operation("key")},
            "/hall": {"get": operation("token", KNOWN)},
            "/cellar": {"get": operation("token")},
            "/slow": {"get": operation(None)},
            "/shut": {"get": operation(None)},
        },
        "x-amazon-apigateway-policy": {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": "*",
                    "Action": "execute-api:Invoke",
                    "Resource": "execute-api:/live/*",
                },
                {
                    "Effect": "Deny",
                    "Principal": "*",
                    "Action": "execute-api:Invoke",
                    "Resource": "execute-api:/live/GET/shut",
                    "Condition": {"IpAddress": {"aws:SourceIp": "127.0.0.0/8"}},
                },
            ],
        },
    }


@pytest.fixture(scope="module")
def api_id(stepwire_client: ClientFactory) -> Iterator[str]:
    functions, gateway = stepwire_client("lambda"), stepwire_client("apigateway")
    name = f"authorizer-{uuid.uuid4().hex[:8]}"
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as package:
        package.writestr("authorizer.py", AUTHORIZER)
    functions.create_function(
        FunctionName=name,
        Runtime="python3.13",
        Role="arn:aws:iam::000000000000:role/authorizer",
        Handler="authorizer.handler",
        Code={"ZipFile": archive.getvalue()},
    )
    made = gateway.import_rest_api(body=json.dumps(document(name)))["id"]
    gateway.create_deployment(restApiId=made, stageName="live")
    gateway.update_stage(
        restApiId=made,
        stageName="live",
        patchOperations=[
            {
                "op": "replace",
                "path": f"/~1slow/GET/throttling/{limit}",
                "value": value,
            }
            for limit, value in (("rateLimit", "0.01"), ("burstLimit", "2"))
        ],
    )
    yield made
    gateway.delete_rest_api(restApiId=made)
    functions.delete_function(FunctionName=name)


@pytest.fixture
def call(api_id: str, stepwire_emulator: Emulator) -> Call:
    port = stepwire_emulator.endpoint_url.rpartition(":")[2]
    client = ApiClient(
        f"http://{api_id}.execute-api.localhost:{port}/live", credentials=None
    )

    def get(path: str, **headers: str) -> Response:
        return client.get(
            path, headers={name.replace("_", "-"): v for name, v in headers.items()}
        )

    return get


def test_a_token_is_asked_about_once_for_all_methods(call: Call) -> None:
    first, again = (call("/hall", Authorization="open1") for _ in range(2))
    assert first.status == 200
    assert (first.body["principal"], first.body["vip"]) == ("open1", "true")
    assert again.body == first.body
    other = call("/hall", Authorization="open2")
    assert int(other.body["asked"]) == int(first.body["asked"]) + 1


@pytest.mark.parametrize(
    ("path", "token", "status", "kind"),
    [
        ("/hall", None, 401, "UnauthorizedException"),
        ("/hall", "leave", 401, "UnauthorizedException"),
        ("/hall", "shut", 403, "AccessDeniedException"),
        ("/cellar", "open1", 403, "AccessDeniedException"),
        ("/hall", "break", 500, "AuthorizerFailureException"),
        ("/hall", "chat", 500, "AuthorizerConfigurationException"),
    ],
)
def test_who_the_authorizer_does_not_let_in_is_refused(
    call: Call, path: str, token: str | None, status: int, kind: str
) -> None:
    answer = call(path) if token is None else call(path, Authorization=token)
    assert (answer.status, answer.headers["x-amzn-errortype"]) == (status, kind)


def test_a_statement_of_the_resource_policy_denies_what_another_allows(
    call: Call,
) -> None:
    answer = call("/shut")
    assert answer.status == 403
    assert "is not authorized to perform: execute-api:Invoke" in answer.text


def test_a_method_takes_its_burst_and_no_more(call: Call) -> None:
    answers = [call("/slow") for _ in range(3)]
    assert [answer.status for answer in answers] == [200, 200, 429]
    assert answers[2].headers["x-amzn-errortype"] == "TooManyRequestsException"


@pytest.mark.parametrize(
    ("limits", "kind"),
    [
        ({"quota": {"limit": 2, "period": "DAY"}}, "LimitExceededException"),
        (
            {"throttle": {"rateLimit": 0.01, "burstLimit": 2}},
            "TooManyRequestsException",
        ),
    ],
)
def test_each_key_of_a_usage_plan_has_the_plans_limits(
    call: Call,
    api_id: str,
    stepwire_client: ClientFactory,
    limits: dict[str, Any],
    kind: str,
) -> None:
    gateway = stepwire_client("apigateway")
    stages = [{"apiId": api_id, "stage": "live"}]
    plan = gateway.create_usage_plan(name="limited", apiStages=stages, **limits)
    keys = [gateway.create_api_key(name=name, enabled=True) for name in "ab"]
    for key in keys:
        gateway.create_usage_plan_key(
            usagePlanId=plan["id"], keyId=key["id"], keyType="API_KEY"
        )
    first = [call("/keyed", x_api_key=keys[0]["value"]) for _ in range(3)]
    assert [answer.status for answer in first] == [200, 200, 429]
    assert first[2].headers["x-amzn-errortype"] == kind
    assert call("/keyed", x_api_key=keys[1]["value"]).status == 200
    for key in keys:
        gateway.delete_usage_plan_key(usagePlanId=plan["id"], keyId=key["id"])
        gateway.delete_api_key(apiKey=key["id"])
    gateway.update_usage_plan(
        usagePlanId=plan["id"],
        patchOperations=[
            {"op": "remove", "path": "/apiStages", "value": f"{api_id}:live"}
        ],
    )
    gateway.delete_usage_plan(usagePlanId=plan["id"])
