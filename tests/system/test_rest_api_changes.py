"""REST API: what changes to a deployed API do, and do not do, to its callers."""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from stepwire.api import ApiClient, emulated_url
from stepwire.terraform import Terraform

FIXTURES = Path(__file__).parent / "fixtures"
FIXTURE = FIXTURES / "rest_api_changes"


class Stack:
    """A deployed API whose variables are changed again and again."""

    def __init__(self, terraform: Terraform, endpoint_url: str) -> None:
        self.terraform = terraform
        self.endpoint_url = endpoint_url
        self.outputs: dict[str, Any] = {}

    def apply(self, **variables: Any) -> None:
        self.outputs = self.terraform.apply(variables)
        plan = self.terraform.plan(variables)
        assert plan.is_empty, plan.changes

    @property
    def url(self) -> str:
        return emulated_url(self.outputs["url"], self.endpoint_url)

    def answers(self, calls: int = 1) -> Counter[str]:
        """What GET /version answered, and how often."""
        api = ApiClient(self.url)
        found: Counter[str] = Counter()
        for _ in range(calls):
            answer = api.get("/version")
            assert answer.status == 200, answer
            found[answer.body["version"]] += 1
        return found


@pytest.fixture(scope="module")
def stack(stepwire_emulator: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    terraform = Terraform(
        FIXTURE,
        build_folder=tmp_path_factory.mktemp("changes"),
        environment=stepwire_emulator.environment(),
    )
    try:
        yield Stack(terraform, stepwire_emulator.endpoint_url)
    finally:
        terraform.destroy()


@pytest.mark.extended
def test_an_api_can_be_renamed_and_its_stage_too(stack: Stack) -> None:
    stack.apply(name="before")
    api_id = stack.outputs["api_id"]
    assert set(stack.answers()) == {"first"}
    stack.apply(name="after")
    assert stack.outputs["api_id"] == api_id
    assert set(stack.answers()) == {"first"}
    stack.apply(name="after", stage_name="v2", answer="second")
    assert stack.outputs["url"].endswith("/v2")
    assert set(stack.answers()) == {"second"}


@pytest.mark.extended
def test_a_canary_gets_its_share_and_is_promoted_or_rolled_back(stack: Stack) -> None:
    stack.apply()
    stable = stack.outputs["revision"]
    canary = {"stable_revision": stable, "percent_traffic": 50}

    stack.apply(answer="second", canary=canary)
    assert stack.outputs["revision"] == stable
    shares = stack.answers(200)
    # Fewer than 50 of 200 at even chances: once in 10^13 runs.
    assert shares["first"] > 50 < shares["second"]

    stack.apply()
    assert set(stack.answers(20)) == {"first"}
    assert stack.outputs["revision"] == stable

    stack.apply(answer="second", canary=canary)
    stack.apply(answer="second")
    assert set(stack.answers(20)) == {"second"}
    assert stack.outputs["revision"] != stable


def test_the_resource_policy_refuses_other_addresses(stack: Stack) -> None:
    stack.apply(source_cidrs=["192.0.2.0/24"])
    answer = ApiClient(stack.url).get("/version")
    assert (answer.status, answer.body["error"]) == (403, "forbidden")
    stack.apply(source_cidrs=["192.0.2.0/24", "127.0.0.0/8"])
    assert set(stack.answers()) == {"first"}


def test_too_many_requests_are_429_with_retry_after(stack: Stack) -> None:
    stack.apply(rate_limit=1)
    api = ApiClient(stack.url)
    answers = [api.get("/version") for _ in range(50)]
    [refused, *_] = [answer for answer in answers if answer.status != 200]
    assert (refused.status, refused.body["error"]) == (429, "throttled")
    assert refused.headers["retry-after"] == "1"


AUTHORIZER = """
def handler(event, context):
    allowed = event["headers"].get("Authorization") == "open sesame"
    statement = {
        "Effect": "Allow" if allowed else "Deny",
        "Action": "execute-api:Invoke",
        "Resource": event["methodArn"],
    }
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    return {"principalId": "ali", "policyDocument": policy}
"""


def test_an_authorizer_decides_who_may_call(stack: Stack, stepwire_client: Any) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as package:
        package.writestr("authorizer.py", AUTHORIZER)
    functions = stepwire_client("lambda")
    made = functions.create_function(
        FunctionName="changes-authorizer",
        Runtime="python3.13",
        Role="arn:aws:iam::000000000000:role/authorizer",
        Handler="authorizer.handler",
        Code={"ZipFile": archive.getvalue()},
    )
    try:
        stack.apply(authorizer_arn=made["FunctionArn"])
        api = ApiClient(stack.url, credentials=None)
        assert api.get("/version").status == 401
        wrong = api.get("/version", headers={"Authorization": "knock"})
        assert (wrong.status, wrong.body["error"]) == (403, "forbidden")
        right = api.get("/version", headers={"Authorization": "open sesame"})
        assert right.status == 200
    finally:
        functions.delete_function(FunctionName="changes-authorizer")


def test_a_table_behind_an_api_can_be_replaced_under_its_own_name(
    stepwire_emulator: Any, tmp_path: Path
) -> None:
    terraform = Terraform(
        FIXTURES / "rest_api_replaced",
        build_folder=tmp_path,
        environment=stepwire_emulator.environment(),
    )
    try:
        for key in ("sku", "id"):
            url = terraform.apply({"key": key})["url"]
            assert terraform.plan({"key": key}).is_empty
            api = ApiClient(emulated_url(url, stepwire_emulator.endpoint_url))
            answer = api.get("/things")
            assert (answer.status, answer.body) == (200, {"key": key})
    finally:
        terraform.destroy({"key": "id"})
