"""Function URLs that everybody may call, as on AWS: pages, forms, cookies."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.system import functions

SOURCE = """
def handler(event, context):
    return {
        "statusCode": 200,
        "body": event["requestContext"]["http"]["method"],
        "cookies": ["a=1; Secure", "b=2"],
    }
"""
# Lambda's guide names both: "Control access to Lambda function URLs".
PERMISSIONS: dict[str, dict[str, Any]] = {
    "InvokeFunctionUrl": {"FunctionUrlAuthType": "NONE"},
    "InvokeFunction": {"InvokedViaFunctionUrl": True},
}

Send = Callable[..., http.client.HTTPResponse]


@pytest.fixture(scope="module")
def client(stepwire_client: Any) -> Any:
    return stepwire_client("lambda")


@pytest.fixture(scope="module")
def page(client: Any) -> Iterator[str]:
    """The URL of a function, as AWS gives it."""
    functions.create(client, "page", SOURCE)
    response = client.create_function_url_config(FunctionName="page", AuthType="NONE")
    for action in PERMISSIONS:
        permit(client, action)
    yield response["FunctionUrl"]
    client.delete_function(FunctionName="page")


def permit(client: Any, action: str) -> None:
    client.add_permission(
        FunctionName="page",
        StatementId=action,
        Action=f"lambda:{action}",
        Principal="*",
        **PERMISSIONS[action],
    )


@pytest.fixture
def send(page: str, stepwire_emulator: Any) -> Send:
    """Sends a request to the page as a browser does."""
    address = urlsplit(stepwire_emulator.endpoint_url)

    def request(method: str, **headers: str) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection(str(address.hostname), address.port)
        # Only browsers and curl know names below localhost.
        connection.request(
            method, "/", headers={"Host": urlsplit(page).netloc} | headers
        )
        return connection.getresponse()

    return request


def test_a_page_has_a_name_that_browsers_resolve(
    page: str, stepwire_emulator: Any
) -> None:
    port = urlsplit(stepwire_emulator.endpoint_url).port
    assert page.startswith("http://")
    assert page.endswith(f".lambda-url.us-east-1.localhost:{port}/")


@pytest.mark.parametrize("origin", ["page", "http://example.test", "null"])
def test_a_form_reaches_the_function_from_wherever_it_comes(
    page: str, send: Send, origin: str
) -> None:
    answer = send("POST", Origin=page.rstrip("/") if origin == "page" else origin)
    assert (answer.status, answer.read()) == (200, b"POST")
    assert answer.headers["Access-Control-Allow-Origin"] is None


def test_without_cors_settings_the_function_answers_a_preflight_request(
    send: Send,
) -> None:
    headers = {"Origin": "http://a.test", "Access-Control-Request-Method": "POST"}
    assert send("OPTIONS", **headers).read() == b"OPTIONS"


def test_each_cookie_is_a_header(send: Send) -> None:
    assert send("GET").headers.get_all("Set-Cookie") == ["a=1; Secure", "b=2"]


def test_a_url_that_there_is_not_has_the_answer_of_aws(send: Send) -> None:
    answer = send("GET", Host="a" * 32 + ".lambda-url.us-east-1.localhost")
    assert (answer.status, answer.read()) == (403, b'{"Message":null}')
    assert answer.headers["x-amzn-ErrorType"] == "AccessDeniedException"


@pytest.mark.parametrize("action", PERMISSIONS)
def test_a_public_url_needs_both_permissions(
    client: Any, send: Send, action: str
) -> None:
    client.remove_permission(FunctionName="page", StatementId=action)
    refused = send("GET")
    permit(client, action)
    assert refused.status == 403
    assert json.load(refused)["Message"].startswith("Forbidden. For troubleshooting ")
    assert send("GET").status == 200


def test_the_policy_says_that_the_function_is_invoked_through_its_url_only(
    client: Any, page: str
) -> None:
    policy = json.loads(client.get_policy(FunctionName="page")["Policy"])
    conditions = {
        statement["Action"]: statement["Condition"] for statement in policy["Statement"]
    }
    assert conditions["lambda:InvokeFunction"] == {
        "Bool": {"lambda:InvokedViaFunctionUrl": "true"}
    }


def test_a_stack_can_grant_them_too(
    client: Any, send: Send, stepwire_client: Any
) -> None:
    client.remove_permission(FunctionName="page", StatementId="InvokeFunction")
    permission = {
        "Type": "AWS::Lambda::Permission",
        "Properties": {
            "FunctionName": "page",
            "Action": "lambda:InvokeFunction",
            "Principal": "*",
            "InvokedViaFunctionUrl": True,
        },
    }
    stacks = stepwire_client("cloudformation")
    stacks.create_stack(
        StackName="page-url",
        TemplateBody=json.dumps({"Resources": {"Permission": permission}}),
    )
    stacks.get_waiter("stack_create_complete").wait(
        StackName="page-url", WaiterConfig={"Delay": 1}
    )
    assert send("GET").status == 200
    stacks.delete_stack(StackName="page-url")
    stacks.get_waiter("stack_delete_complete").wait(
        StackName="page-url", WaiterConfig={"Delay": 1}
    )
    assert send("GET").status == 403
    permit(client, "InvokeFunction")
