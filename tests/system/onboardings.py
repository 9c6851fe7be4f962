"""The onboarding example, deployed on a separate emulator, and how it is used."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from stepwire import aws, http_calls, package
from stepwire.api import ApiClient, emulated_url
from stepwire.emulator import Emulator
from stepwire.mails import Mails
from stepwire.syntax import expression, literal
from stepwire.terraform import Terraform
from stepwire.testing import Execution, Executions
from tests.stub_api import Answer, StubApi
from tests.system import deployers
from tests.system.test_nothing_left import inventory
from tests.waiting import PATIENCE_SECONDS

EXAMPLE = Path(__file__).parents[2] / "examples" / "onboarding"
SLACK, PAGERDUTY = "slack.com", "events.pagerduty.com"
CODE = "company-packages"
MEMBERS = (
    "name,email\nAda,ada@acme.example\nBob,bob@acme.example\nCid,cid@acme.example\n"
)
ALLOW_ALL = {"Effect": "Allow", "Action": "*", "Resource": "*"}
Settings = dict[str, Any]


@dataclass
class Onboarding:
    """What is deployed, and what it was last applied with."""

    emulator: Emulator
    terraform: Terraform
    variables: Settings
    before: set[str]
    outputs: dict[str, Any] = field(default_factory=dict)
    is_there: bool = False
    changes: int = 0
    called: set[str] = field(default_factory=set)
    """The IAM actions of what Terraform has called."""

    def client(self, service: str) -> Any:
        return aws.client(service, self.emulator.environment())

    @property
    def executions(self) -> Executions:
        return Executions(self.client("stepfunctions"))

    def apply(self, **changed: Any) -> None:
        """Apply with other variables, which are kept for what follows."""
        self.variables = self.variables | changed
        self.is_there = True
        with self.recording():
            self.outputs = self.terraform.apply(self.variables)
        self.changes += bool(changed)

    def destroy(self) -> None:
        # A bucket with files in it stays: they are somebody's.
        for bucket in self.outputs["members_buckets"].values():
            self.client("s3").delete_object(Bucket=bucket, Key="acme/members.csv")
        with self.recording():
            self.terraform.destroy()
        self.is_there = False

    def assert_second_plan_is_empty(self) -> None:
        plan = self.terraform.plan(self.variables)
        assert plan.is_empty, plan.changes

    @contextmanager
    def recording(self) -> Iterator[None]:
        log = self.emulator.log_file
        assert log is not None
        before = log.stat().st_size
        yield
        text = log.read_bytes()[before:].decode(errors="replace")
        self.called |= deployers.actions(text)

    def staging(self, **settings: Any) -> dict[str, Settings]:
        """The environments, where staging has other settings."""
        known: dict[str, Settings] = self.variables["environments"]
        return known | {"staging": known["staging"] | settings}

    def post(self, customer: Any, environment: str = "staging") -> Any:
        url = self.outputs["customers_urls"][environment]
        return ApiClient(emulated_url(url, self.emulator.endpoint_url)).post(
            body=customer
        )

    def upload(self, customer_id: str, environment: str = "staging") -> None:
        self.client("s3").put_object(
            Bucket=self.outputs["members_buckets"][environment],
            Key=f"{customer_id}/members.csv",
            Body=MEMBERS,
        )

    def execution(self, customer_id: str, environment: str = "staging") -> Execution:
        machine = self.outputs["workflow_arns"][environment].rpartition(":")[0]
        arn = machine.replace(":stateMachine:", ":execution:")
        return self.executions.get(f"{arn}:{customer_id}")

    def vote(self, company: str, choice: str, *names: str) -> None:
        """The named approvers of staging choose, as people do: by their links."""
        mails = Mails(self.emulator.endpoint_url)
        for name in names:
            mails.wait(
                f"{name}@staging.example",
                containing=f"Take on {company}?",
                timeout=PATIENCE_SECONDS,
            ).vote(choice)

    def customer(self, customer_id: str, environment: str = "staging") -> Any:
        return (
            self.client("dynamodb")
            .get_item(
                TableName=self.outputs["customers_tables"][environment],
                Key={"customer_id": {"S": customer_id}},
            )
            .get("Item")
        )

    def invitations(self, environment: str = "staging") -> list[Any]:
        """What waits in the queue, taken out of it."""
        sqs, url = self.client("sqs"), self.outputs["invitations_urls"][environment]
        found = []
        while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get(
            "Messages"
        ):
            for message in messages:
                found.append(json.loads(message["Body"]))
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return found

    def routing(self) -> dict[int, int]:
        """The alias's weights by the numbers of versions, of staging."""
        alias = self.client("stepfunctions").describe_state_machine_alias(
            stateMachineAliasArn=self.outputs["workflow_arns"]["staging"]
        )
        return {
            int(route["stateMachineVersionArn"].rpartition(":")[2]): route["weight"]
            for route in alias["routingConfiguration"]
        }


def shown(**replacements: str) -> Settings:
    """The variables that the example's README shows, with what is there in fact."""
    readme = (EXAMPLE / "README.md").read_text("utf-8")
    (block,) = re.findall(r"^```hcl\n(.*?)^```$", readme, re.DOTALL | re.MULTILINE)
    for shown_arn, arn in replacements.items():
        block, count = re.subn(f'"arn:[^"]*[:/]{shown_arn}[^"]*"', f'"{arn}"', block)
        assert count, f"the README shows no ARN of {shown_arn}"
    variables: Settings = literal(expression(f"{{\n{block}}}"))
    # The tests do not wait ten minutes for a canary.
    variables["environments"]["staging"]["canary"] = {"percent": 10, "wait_seconds": 1}
    return variables


def a_customer(customer_id: str, company: str) -> Settings:
    return {
        "customer_id": customer_id,
        "company": company,
        "country": "DE",
        "seats": 600,
    }


@contextmanager
def deployed(stub_api: StubApi, build_folder: Path) -> Iterator[Onboarding]:
    """A separate emulator: what is left at the end is counted."""
    stub_api.on(SLACK, Answer(200, {"ok": True, "ts": "1.2"}))
    stub_api.on(PAGERDUTY, Answer(202, {"status": "success", "dedup_key": "k"}))
    with Emulator() as emulator:
        http_calls.change(
            emulator.endpoint_url,
            hosts={"*": stub_api.url},
            certificates=stub_api.certificates,
        )

        def client(service: str) -> Any:
            return aws.client(service, emulator.environment())

        client("s3").create_bucket(Bucket=CODE)
        client("s3").put_object(
            Bucket=CODE, Key="screening.zip", Body=package.build(EXAMPLE / "screening")
        )
        variables = shown(
            slack=a_secret(client, "xoxb-1"),
            pagerduty=a_secret(client, "R0UTING"),
            company=a_boundary(client, "company-boundary"),
        )
        terraform = Terraform(
            EXAMPLE,
            build_folder=build_folder,
            environment=emulator.environment(),
        )
        onboarding = Onboarding(
            emulator, terraform, variables, before=inventory(client)
        )
        onboarding.apply()
        yield onboarding


def a_secret(client: Callable[[str], Any], text: str) -> str:
    made = client("secretsmanager").create_secret(
        Name=f"token-{text.lower()}", SecretString=text
    )
    return str(made["ARN"])


def a_boundary(client: Callable[[str], Any], name: str) -> str:
    made = client("iam").create_policy(
        PolicyName=name,
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [ALLOW_ALL]}),
    )
    return str(made["Policy"]["Arn"])


def assert_boundary_of_every_role(onboarding: Onboarding) -> None:
    iam = onboarding.client("iam")
    roles = [
        role["RoleName"]
        for page in iam.get_paginator("list_roles").paginate()
        for role in page["Roles"]
        if f"iam {role['RoleName']}" not in onboarding.before
    ]
    boundaries = {
        name: iam.get_role(RoleName=name)["Role"]
        .get("PermissionsBoundary", {})
        .get("PermissionsBoundaryArn")
        for name in roles
    }
    expected = onboarding.variables["permissions_boundary_arn"]
    assert boundaries
    assert {name: arn for name, arn in boundaries.items() if arn != expected} == {}
