"""The function module: invoked by a workflow and over its URL, applied once."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from botocore.config import Config

from stepwire import package
from stepwire.api import ApiClient
from stepwire.pytest_plugin import ApplyFactory, ClientFactory
from stepwire.testing import Deployment, Executions
from tests.waiting import until

FIXTURE = Path(__file__).parent / "fixtures" / "lambda_function"
FORM = "application/x-www-form-urlencoded"
PREFLIGHT = {
    "Origin": "https://shop.example",
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "content-type",
}


@pytest.fixture(scope="module")
def lost_queue_url(stepwire_client: ClientFactory) -> Iterator[str]:
    sqs = stepwire_client("sqs")
    url = sqs.create_queue(QueueName="lambda-function-lost")["QueueUrl"]
    yield url
    sqs.delete_queue(QueueUrl=url)


@pytest.fixture(scope="module")
def deployment(
    stepwire_apply: ApplyFactory,
    stepwire_client: ClientFactory,
    lost_queue_url: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Deployment:
    zip_file = tmp_path_factory.mktemp("package") / "functions.zip"
    zip_file.write_bytes(package.build(FIXTURE / "source"))
    queue = stepwire_client("sqs").get_queue_attributes(
        QueueUrl=lost_queue_url, AttributeNames=["QueueArn"]
    )
    return stepwire_apply(
        FIXTURE,
        {"zip": str(zip_file), "dead_letter_arn": queue["Attributes"]["QueueArn"]},
    )


@pytest.fixture(scope="module")
def pages(deployment: Deployment) -> ApiClient:
    """Sends signed requests to the function's URL."""
    return ApiClient(deployment.outputs["url"], service="lambda")


def test_a_second_plan_is_empty(deployment: Deployment) -> None:
    assert deployment.plan().is_empty


# As a workflow's task


def test_a_workflow_gets_what_the_function_returns(
    deployment: Deployment, stepwire_executions: Executions
) -> None:
    execution = stepwire_executions.start(
        deployment.outputs["workflow"]["arn"], {"order": 7}
    ).assert_status("SUCCEEDED")
    assert execution.output == {"greeting": "hello", "event": {"order": 7}}


def test_an_error_of_the_function_has_its_name_and_is_not_tried_again(
    deployment: Deployment, stepwire_executions: Executions
) -> None:
    execution = stepwire_executions.start(
        deployment.outputs["workflow"]["arn"], {"fail": "closed on Sundays"}
    ).assert_status("FAILED")
    assert execution.describe()["error"] == "NotToday"
    scheduled = [
        event for event in execution.history() if event["type"] == "TaskScheduled"
    ]
    assert len(scheduled) == 1


def test_throttled_executions_try_again_until_they_get_their_turn(
    deployment: Deployment, stepwire_executions: Executions
) -> None:
    started = [
        stepwire_executions.start(
            deployment.outputs["workflow"]["arn"], {"number": number, "seconds": 0.3}
        )
        for number in range(3)
    ]
    for number, execution in enumerate(started):
        output = execution.assert_status("SUCCEEDED").output
        assert output["event"]["number"] == number
    failures = [
        event["taskFailedEventDetails"]["error"]
        for execution in started
        for event in execution.history()
        if event["type"] == "TaskFailed"
    ]
    assert set(failures) == {"Lambda.TooManyRequestsException"}


def test_the_workflow_may_invoke_this_function_and_nothing_else(
    deployment: Deployment,
) -> None:
    policy = json.loads(deployment.outputs["workflow"]["policy"])
    assert policy["Statement"] == [
        {
            "Effect": "Allow",
            "Action": ["lambda:InvokeFunction"],
            "Resource": [deployment.outputs["worker"]["arn"]],
        }
    ]


# What the function itself is


def test_its_role_may_do_what_was_switched_on_and_nothing_else(
    deployment: Deployment, stepwire_client: ClientFactory
) -> None:
    iam = stepwire_client("iam")
    role = deployment.outputs["worker"]["role_name"]
    [name] = iam.list_role_policies(RoleName=role)["PolicyNames"]
    document = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
    granted = {
        action: statement["Resource"]
        for statement in document["Statement"]
        for action in statement["Action"]
    }
    logs = granted["logs:PutLogEvents"]
    assert [arn.split(":", 5)[5] for arn in logs] == [
        "log-group:/aws/lambda/lambda-function-worker:*"
    ]
    assert granted.keys() == {
        "logs:CreateLogStream",
        "logs:PutLogEvents",
        "s3:GetObject",
        "sqs:SendMessage",
        "xray:PutTelemetryRecords",
        "xray:PutTraceSegments",
    }
    assert granted["sqs:SendMessage"][0].endswith(":lambda-function-lost")
    assert iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"] == []


def test_it_is_as_an_organisation_wants_it(
    deployment: Deployment, stepwire_client: ClientFactory
) -> None:
    pages = deployment.outputs["pages"]
    function = stepwire_client("lambda").get_function_configuration(
        FunctionName="lambda-function-pages"
    )
    assert function["VpcConfig"]["SubnetIds"] == [pages["subnet_id"]]
    assert [layer["Arn"] for layer in function["Layers"]] == [pages["layer_arn"]]
    assert ":role/lambda-function/" in pages["role_arn"]
    role = stepwire_client("iam").get_role(RoleName=pages["role_name"])["Role"]
    boundary = role["PermissionsBoundary"]["PermissionsBoundaryArn"]
    assert boundary == pages["boundary_arn"]


def test_what_it_says_that_a_role_needs_is_what_its_role_has(
    deployment: Deployment, stepwire_client: ClientFactory
) -> None:
    iam = stepwire_client("iam")
    pages = deployment.outputs["pages"]
    role = iam.get_role(RoleName=pages["role_name"])["Role"]
    needed = {key: json.loads(text) for key, text in pages["role_policies"].items()}
    assert role["AssumeRolePolicyDocument"] == needed["trust"]
    policy = iam.get_role_policy(RoleName=pages["role_name"], PolicyName="execution")
    assert policy["PolicyDocument"] == needed["execution"]


def test_it_logs_into_the_group_that_terraform_owns(
    deployment: Deployment,
    stepwire_executions: Executions,
    stepwire_client: ClientFactory,
) -> None:
    stepwire_executions.start(deployment.outputs["workflow"]["arn"], {}).wait()
    logs = stepwire_client("logs")
    name = deployment.outputs["worker"]["log_group_name"]
    [group] = logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    assert group["retentionInDays"] == 30
    until(lambda: logs.filter_log_events(logGroupName=name)["events"], "a line")


def test_an_event_that_fails_three_times_goes_to_the_dead_letter_queue(
    deployment: Deployment, stepwire_client: ClientFactory, lost_queue_url: str
) -> None:
    client = stepwire_client("lambda")
    name = deployment.outputs["worker"]["name"]
    # Only so that the test need not wait for two more attempts, minutes apart.
    client.put_function_event_invoke_config(FunctionName=name, MaximumRetryAttempts=0)
    event = {"fail": "nobody catches this"}
    try:
        client.invoke(
            FunctionName=name, InvocationType="Event", Payload=json.dumps(event)
        )
        received = stepwire_client("sqs").receive_message(
            QueueUrl=lost_queue_url, WaitTimeSeconds=15
        )
    finally:
        client.delete_function_event_invoke_config(FunctionName=name)
    [message] = received["Messages"]
    assert json.loads(message["Body"]) == event


def test_its_alarms_watch_this_function(
    deployment: Deployment, stepwire_client: ClientFactory
) -> None:
    names = deployment.outputs["worker"]["alarm_names"]
    found = stepwire_client("cloudwatch").describe_alarms(
        AlarmNames=list(names.values())
    )["MetricAlarms"]
    assert {alarm["MetricName"] for alarm in found} == {
        "DeadLetterErrors",
        "Errors",
        "Throttles",
    }
    dimension = {"Name": "FunctionName", "Value": "lambda-function-worker"}
    assert all(alarm["Dimensions"] == [dimension] for alarm in found)


# Over its URL


def test_without_url_there_is_none(deployment: Deployment) -> None:
    assert deployment.outputs["worker"]["url"] is None


def test_a_url_asks_for_a_signature_unless_told_otherwise(
    deployment: Deployment,
) -> None:
    url = deployment.outputs["url"]
    refused = ApiClient(url, credentials=None).get("/")
    assert refused.status == 403
    assert refused.body["Message"].startswith("Forbidden. For troubleshooting ")
    wrong = ApiClient(url, credentials=("test", "wrong"), service="lambda").get("/")
    assert wrong.status == 403
    api = ApiClient(url).get("/")
    assert (api.status, api.headers["x-amzn-errortype"]) == (
        403,
        "InvalidSignatureException",
    )
    signed = ApiClient(url, service="lambda").get("/a%20b?c=d")
    assert signed.status == 200
    assert signed.body["caller"].endswith(":root")


def test_a_form_reaches_the_function_in_base64(pages: ApiClient) -> None:
    answer = pages.post("/", text="a=%C3%BC", headers={"Content-Type": FORM})
    assert answer.body["is_base64"] is True
    assert base64.b64decode(answer.body["body"]) == b"a=%C3%BC"


def test_json_reaches_the_function_as_it_is(pages: ApiClient) -> None:
    answer = pages.post("/", {"a": 1})
    assert (answer.body["is_base64"], answer.body["body"]) == (False, '{"a": 1}')


def test_a_picture_reaches_the_client(pages: ApiClient) -> None:
    answer = pages.get("/picture")
    assert answer.headers["content-type"] == "image/png"
    assert answer.text == b"\x89PNG\x00\xff".decode("utf-8", "replace")


def test_cookies_are_a_list(pages: ApiClient) -> None:
    answer = pages.get("/", headers={"Cookie": "a=1; b=2"})
    assert answer.body["cookies"] == ["a=1", "b=2"]


def test_more_than_6_mb_do_not_reach_the_function(pages: ApiClient) -> None:
    answer = pages.post("/", text=b"x" * 10_000_000, headers={"Content-Type": FORM})
    assert answer.status == 413


def test_a_page_of_an_allowed_origin_may_call_it(pages: ApiClient) -> None:
    preflight = pages.request("OPTIONS", "/", headers=PREFLIGHT)
    assert preflight.status == 200
    assert {
        name: value
        for name, value in preflight.headers.items()
        if name.startswith("access-control-") and name != "access-control-allow-methods"
    } == {
        "access-control-allow-origin": "https://shop.example",
        "access-control-allow-credentials": "true",
        "access-control-allow-headers": "content-type",
        "access-control-expose-headers": "x-request",
        "access-control-max-age": "600",
    }
    methods = preflight.headers["access-control-allow-methods"]
    assert set(methods.split(",")) == {"GET", "POST"}
    answer = pages.get("/", headers={"Origin": "https://shop.example"})
    assert answer.headers["access-control-allow-origin"] == "https://shop.example"


def test_pages_of_other_origins_are_not_told_that_they_may(pages: ApiClient) -> None:
    other = PREFLIGHT | {"Origin": "https://other.example"}
    for answer in (
        pages.request("OPTIONS", "/", headers=other),
        pages.get("/", headers={"Origin": "https://other.example"}),
    ):
        assert not [name for name in answer.headers if "access-control" in name]


def test_a_hundred_requests_at_once_are_answered(pages: ApiClient) -> None:
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda n: pages.get(f"/{n}"), range(100)))
    assert [answer.body["path"] for answer in answers] == [
        f"/{number}" for number in range(100)
    ]


def test_the_example_prices_an_order(
    stepwire_apply: ApplyFactory,
    stepwire_client: ClientFactory,
    stepwire_executions: Executions,
) -> None:
    folder = Path(__file__).parents[2] / "examples" / "lambda-function"
    s3 = stepwire_client("s3", config=Config(s3={"addressing_style": "path"}))
    s3.create_bucket(Bucket="price-code")
    code = package.build(folder / "price")
    s3.put_object(Bucket="price-code", Key="price.zip", Body=code)
    example = stepwire_apply(
        folder, {"package": {"s3_bucket": "price-code", "s3_key": "price.zip"}}
    )
    arn = example.outputs["state_machine_arn"]
    order = {"order_id": "o-1", "items": [{"quantity": 4, "unit_price": 299.5}]}
    priced = stepwire_executions.start(arn, order).assert_status("SUCCEEDED")
    assert priced.output == order | {"total": "1138.10"}
    empty = stepwire_executions.start(arn, {"order_id": "o-2", "items": []})
    assert empty.assert_status("FAILED").describe()["error"] == "EmptyOrder"
    assert example.plan().is_empty
