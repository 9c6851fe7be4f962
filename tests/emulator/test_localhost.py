"""What the emulator calls can be one of its function URLs, `*.localhost`."""

from __future__ import annotations

import io
import json
import uuid
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from stepwire.pytest_plugin import ClientFactory
from tests.waiting import until

# Says what it was sent, and to which host, in its log.
FUNCTION = """
import base64, json

def handler(event, context):
    body = event.get("body") or ""
    if event["isBase64Encoded"]:
        body = base64.b64decode(body).decode()
    print(json.dumps({"host": event["headers"]["host"], "body": body}))
    return {"statusCode": 200}
"""
ROLE = "arn:aws:iam::000000000000:role/any"


@dataclass
class Target:
    """A function with a URL, and what it was sent."""

    name: str
    url: str
    logs: Any

    def received(self, part: str) -> dict[str, str]:
        """The first request whose body has the part; waits for it."""
        group = f"/aws/lambda/{self.name}"

        def look() -> dict[str, str] | None:
            try:
                events = self.logs.filter_log_events(logGroupName=group)["events"]
            except self.logs.exceptions.ResourceNotFoundException:
                events = []
            for event in events:
                if event["message"].startswith("{") and part in event["message"]:
                    found: dict[str, str] = json.loads(event["message"])
                    return found
            return None

        return until(look, f"a request with {part!r}")


@pytest.fixture(scope="module")
def target(stepwire_client: ClientFactory) -> Iterator[Target]:
    functions = stepwire_client("lambda")
    name = f"target-{uuid.uuid4().hex[:8]}"
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr("index.py", FUNCTION)
    functions.create_function(
        FunctionName=name,
        Runtime="python3.13",
        Role=ROLE,
        Handler="index.handler",
        Code={"ZipFile": package.getvalue()},
    )
    url = functions.create_function_url_config(FunctionName=name, AuthType="NONE")
    for action, condition in (
        ("InvokeFunctionUrl", {"FunctionUrlAuthType": "NONE"}),
        ("InvokeFunction", {"InvokedViaFunctionUrl": True}),
    ):
        functions.add_permission(
            FunctionName=name,
            StatementId=action,
            Action=f"lambda:{action}",
            Principal="*",
            **condition,
        )
    yield Target(name, url["FunctionUrl"], stepwire_client("logs"))
    functions.delete_function(FunctionName=name)


def _host(target: Target) -> str:
    return target.url.removeprefix("http://").rstrip("/")


def test_a_subscription_calls_a_function_url(
    target: Target, stepwire_client: ClientFactory
) -> None:
    sns = stepwire_client("sns")
    topic = sns.create_topic(Name=target.name)["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=target.url)
    found = target.received("SubscriptionConfirmation")
    assert found["host"] == _host(target)
    assert json.loads(found["body"])["TopicArn"] == topic
    sns.delete_topic(TopicArn=topic)


def test_an_api_destination_calls_a_function_url(
    target: Target, stepwire_client: ClientFactory
) -> None:
    events = stepwire_client("events")
    connection = events.create_connection(
        Name=target.name,
        AuthorizationType="API_KEY",
        AuthParameters={
            "ApiKeyAuthParameters": {"ApiKeyName": "X-Key", "ApiKeyValue": "1"}
        },
    )["ConnectionArn"]
    destination = events.create_api_destination(
        Name=target.name,
        ConnectionArn=connection,
        InvocationEndpoint=target.url,
        HttpMethod="POST",
    )["ApiDestinationArn"]
    events.put_rule(Name=target.name, EventPattern=json.dumps({"source": ["orders"]}))
    events.put_targets(
        Rule=target.name,
        Targets=[{"Id": "url", "Arn": destination, "RoleArn": ROLE}],
    )
    events.put_events(
        Entries=[{"Source": "orders", "DetailType": "paid", "Detail": '{"order": 7}'}]
    )
    found = target.received("paid")
    assert found["host"] == _host(target)
    assert json.loads(found["body"])["detail"] == {"order": 7}
    events.remove_targets(Rule=target.name, Ids=["url"])
    events.delete_rule(Name=target.name)
    events.delete_api_destination(Name=target.name)
    events.delete_connection(Name=target.name)
