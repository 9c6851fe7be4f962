"""Tags of what is applied: given, changed and taken away, without an endless plan."""

from __future__ import annotations

import base64
import io
import json
import uuid
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from stepwire.pytest_plugin import ClientFactory
from stepwire.terraform import Terraform

if TYPE_CHECKING:
    from stepwire.emulator import Emulator

FIXTURE = Path(__file__).parent / "fixtures" / "tags"
ARN = "arn:aws:{}:us-east-1:000000000000:{}"
API_ARN = "arn:aws:apigateway:us-east-1::/{}"
ROLE = "arn:aws:iam::000000000000:role/any"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": "sts:AssumeRole",
            "Principal": {"Service": "states.amazonaws.com"},
        }
    ],
}
POLICY = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}],
}
DEFINITION = {"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}
STACK = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}

Tags = dict[str, str]


def _package() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as package:
        package.writestr("index.py", "def handler(event, context):\n    return event\n")
    return content.getvalue()


def _listed(tags: Tags, key: str = "Key", value: str = "Value") -> list[Tags]:
    return [{key: name, value: each} for name, each in tags.items()]


def _by_key(tags: list[Tags] | None, key: str = "Key", value: str = "Value") -> Tags:
    return {tag[key]: tag[value] for tag in tags or ()}


class Tagged:
    """A resource made with tags: the calls that change and list them."""

    def __init__(
        self,
        tag: Callable[[Tags], Any],
        untag: Callable[[list[str]], Any],
        listed: Callable[[], Tags],
    ) -> None:
        self.tag, self.untag, self.listed = tag, untag, listed


def rest_api(gateway: Any, name: str, tags: Tags) -> Tagged:
    api_id = gateway.create_rest_api(name=name, tags=tags)["id"]
    return _of_gateway(
        gateway, f"restapis/{api_id}", lambda: gateway.get_rest_api(restApiId=api_id)
    )


def stage(gateway: Any, name: str, tags: Tags) -> Tagged:
    document = {
        "openapi": "3.0.1",
        "info": {"title": name, "version": "1"},
        "paths": {"/": {"get": {"x-amazon-apigateway-integration": {"type": "mock"}}}},
    }
    api_id = gateway.import_rest_api(body=json.dumps(document))["id"]
    gateway.create_stage(
        restApiId=api_id,
        stageName="v1",
        deploymentId=gateway.create_deployment(restApiId=api_id)["id"],
        tags=tags,
    )
    return _of_gateway(
        gateway,
        f"restapis/{api_id}/stages/v1",
        lambda: gateway.get_stage(restApiId=api_id, stageName="v1"),
    )


def api_key(gateway: Any, name: str, tags: Tags) -> Tagged:
    key = gateway.create_api_key(name=name, tags=tags)["id"]
    return _of_gateway(
        gateway, f"apikeys/{key}", lambda: gateway.get_api_key(apiKey=key)
    )


def usage_plan(gateway: Any, name: str, tags: Tags) -> Tagged:
    plan = gateway.create_usage_plan(name=name, tags=tags)["id"]
    return _of_gateway(
        gateway, f"usageplans/{plan}", lambda: gateway.get_usage_plan(usagePlanId=plan)
    )


def domain_name(gateway: Any, name: str, tags: Tags) -> Tagged:
    domain = f"{name}.example.com"
    gateway.create_domain_name(domainName=domain, tags=tags)
    return _of_gateway(
        gateway,
        f"domainnames/{domain}",
        lambda: gateway.get_domain_name(domainName=domain),
    )


def _of_gateway(gateway: Any, path: str, get: Callable[[], Any]) -> Tagged:
    arn = API_ARN.format(path)

    def listed() -> Tags:
        shown: Tags = get().get("tags", {})
        assert gateway.get_tags(resourceArn=arn)["tags"] == shown
        return shown

    return Tagged(
        lambda tags: gateway.tag_resource(resourceArn=arn, tags=tags),
        lambda keys: gateway.untag_resource(resourceArn=arn, tagKeys=keys),
        listed,
    )


def stack(stacks: Any, name: str, tags: Tags) -> Tagged:
    template = json.dumps(STACK)
    stacks.create_stack(StackName=name, TemplateBody=template, Tags=_listed(tags))
    stacks.get_waiter("stack_create_complete").wait(
        StackName=name, WaiterConfig={"Delay": 1}
    )

    def listed() -> Tags:
        found = stacks.describe_stacks(StackName=name)["Stacks"][0]
        assert found["StackStatus"] in ("CREATE_COMPLETE", "UPDATE_COMPLETE")
        return _by_key(found.get("Tags"))

    def change(tags: Tags) -> None:
        stacks.update_stack(StackName=name, TemplateBody=template, Tags=_listed(tags))

    return Tagged(
        lambda tags: change(listed() | tags),
        lambda keys: change({k: v for k, v in listed().items() if k not in keys}),
        listed,
    )


def log_group(logs: Any, name: str, tags: Tags) -> Tagged:
    arn = ARN.format("logs", f"log-group:{name}")
    logs.create_log_group(logGroupName=name, tags=tags)
    return Tagged(
        lambda tags: logs.tag_resource(resourceArn=arn, tags=tags),
        lambda keys: logs.untag_resource(resourceArn=arn, tagKeys=keys),
        lambda: dict(logs.list_tags_for_resource(resourceArn=arn)["tags"]),
    )


def event_rule(events: Any, name: str, tags: Tags) -> Tagged:
    pattern = json.dumps({"source": [name]})
    arn = events.put_rule(Name=name, EventPattern=pattern, Tags=_listed(tags))[
        "RuleArn"
    ]
    return _of_capitals(events, "ResourceARN", arn)


def schedule_group(scheduler: Any, name: str, tags: Tags) -> Tagged:
    made = scheduler.create_schedule_group(Name=name, Tags=_listed(tags))
    return _of_capitals(scheduler, "ResourceArn", made["ScheduleGroupArn"])


def topic(sns: Any, name: str, tags: Tags) -> Tagged:
    made = sns.create_topic(Name=name, Tags=_listed(tags))
    return _of_capitals(sns, "ResourceArn", made["TopicArn"])


def alarm(cloudwatch: Any, name: str, tags: Tags) -> Tagged:
    cloudwatch.put_metric_alarm(
        AlarmName=name,
        Namespace="AWS/States",
        MetricName="ExecutionsFailed",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=0,
        ComparisonOperator="GreaterThanThreshold",
        Tags=_listed(tags),
    )
    return _of_capitals(
        cloudwatch, "ResourceARN", ARN.format("cloudwatch", f"alarm:{name}")
    )


def table(dynamodb: Any, name: str, tags: Tags) -> Tagged:
    made = dynamodb.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        Tags=_listed(tags),
    )
    arn = made["TableDescription"]["TableArn"]
    return _of_capitals(dynamodb, "ResourceArn", arn, "list_tags_of_resource")


def _of_capitals(
    client: Any, parameter: str, arn: str, lists: str = "list_tags_for_resource"
) -> Tagged:
    where = {parameter: arn}
    return Tagged(
        lambda tags: client.tag_resource(**where, Tags=_listed(tags)),
        lambda keys: client.untag_resource(**where, TagKeys=keys),
        lambda: _by_key(getattr(client, lists)(**where)["Tags"]),
    )


def queue(sqs: Any, name: str, tags: Tags) -> Tagged:
    url = sqs.create_queue(QueueName=name, tags=tags)["QueueUrl"]
    return Tagged(
        lambda tags: sqs.tag_queue(QueueUrl=url, Tags=tags),
        lambda keys: sqs.untag_queue(QueueUrl=url, TagKeys=keys),
        lambda: dict(sqs.list_queue_tags(QueueUrl=url).get("Tags", {})),
    )


def role(iam: Any, name: str, tags: Tags) -> Tagged:
    iam.create_role(
        RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST), Tags=_listed(tags)
    )
    return Tagged(
        lambda tags: iam.tag_role(RoleName=name, Tags=_listed(tags)),
        lambda keys: iam.untag_role(RoleName=name, TagKeys=keys),
        lambda: _by_key(iam.get_role(RoleName=name)["Role"].get("Tags")),
    )


def policy(iam: Any, name: str, tags: Tags) -> Tagged:
    arn = iam.create_policy(
        PolicyName=name, PolicyDocument=json.dumps(POLICY), Tags=_listed(tags)
    )["Policy"]["Arn"]
    return Tagged(
        lambda tags: iam.tag_policy(PolicyArn=arn, Tags=_listed(tags)),
        lambda keys: iam.untag_policy(PolicyArn=arn, TagKeys=keys),
        lambda: _by_key(iam.get_policy(PolicyArn=arn)["Policy"].get("Tags")),
    )


def function(functions: Any, name: str, tags: Tags) -> Tagged:
    arn = functions.create_function(
        FunctionName=name,
        Runtime="python3.13",
        Role=ROLE,
        Handler="index.handler",
        Code={"ZipFile": _package()},
        Tags=tags,
    )["FunctionArn"]
    return Tagged(
        lambda tags: functions.tag_resource(Resource=arn, Tags=tags),
        lambda keys: functions.untag_resource(Resource=arn, TagKeys=keys),
        lambda: dict(functions.get_function(FunctionName=name).get("Tags", {})),
    )


def secret(secrets: Any, name: str, tags: Tags) -> Tagged:
    arn = secrets.create_secret(Name=name, Tags=_listed(tags))["ARN"]
    return Tagged(
        lambda tags: secrets.tag_resource(SecretId=arn, Tags=_listed(tags)),
        lambda keys: secrets.untag_resource(SecretId=arn, TagKeys=keys),
        lambda: _by_key(secrets.describe_secret(SecretId=arn).get("Tags")),
    )


def key(kms: Any, _name: str, tags: Tags) -> Tagged:
    names = ("TagKey", "TagValue")
    made = kms.create_key(Tags=_listed(tags, *names))["KeyMetadata"]["KeyId"]
    return Tagged(
        lambda tags: kms.tag_resource(KeyId=made, Tags=_listed(tags, *names)),
        lambda keys: kms.untag_resource(KeyId=made, TagKeys=keys),
        lambda: _by_key(kms.list_resource_tags(KeyId=made)["Tags"], *names),
    )


def state_machine(states: Any, name: str, tags: Tags) -> Tagged:
    names = ("key", "value")
    arn = states.create_state_machine(
        name=name,
        roleArn=ROLE,
        definition=json.dumps(DEFINITION),
        tags=_listed(tags, *names),
    )["stateMachineArn"]
    return Tagged(
        lambda tags: states.tag_resource(resourceArn=arn, tags=_listed(tags, *names)),
        lambda keys: states.untag_resource(resourceArn=arn, tagKeys=keys),
        lambda: _by_key(states.list_tags_for_resource(resourceArn=arn)["tags"], *names),
    )


RESOURCES: dict[Callable[[Any, str, Tags], Tagged], str] = {
    alarm: "cloudwatch",
    api_key: "apigateway",
    domain_name: "apigateway",
    event_rule: "events",
    function: "lambda",
    key: "kms",
    log_group: "logs",
    policy: "iam",
    queue: "sqs",
    rest_api: "apigateway",
    role: "iam",
    schedule_group: "scheduler",
    secret: "secretsmanager",
    stack: "cloudformation",
    stage: "apigateway",
    state_machine: "stepfunctions",
    table: "dynamodb",
    topic: "sns",
    usage_plan: "apigateway",
}


@pytest.mark.parametrize("make", RESOURCES, ids=lambda make: make.__name__)
def test_a_resource_has_the_tags_that_it_was_last_given(
    make: Callable[[Any, str, Tags], Tagged], stepwire_client: ClientFactory
) -> None:
    name = f"tagged-{uuid.uuid4().hex[:8]}"
    tagged = make(stepwire_client(RESOURCES[make]), name, {"team": "orders"})
    assert tagged.listed() == {"team": "orders"}
    tagged.tag({"team": "payments", "stage": "test"})
    assert tagged.listed() == {"team": "payments", "stage": "test"}
    tagged.untag(["team"])
    assert tagged.listed() == {"stage": "test"}
    tagged.tag({"team": "orders"})
    assert tagged.listed() == {"team": "orders", "stage": "test"}
    tagged.untag(["team", "stage"])
    assert tagged.listed() == {}


def test_a_stack_that_stays_as_it_is_has_no_updates(
    stepwire_client: ClientFactory,
) -> None:
    stacks = stepwire_client("cloudformation")
    name = f"tagged-{uuid.uuid4().hex[:8]}"
    tags = _listed({"team": "orders"})
    stack(stacks, name, {"team": "orders"})
    for options in ({}, {"Tags": tags}):
        with pytest.raises(stacks.exceptions.ClientError, match="No updates"):
            stacks.update_stack(
                StackName=name, TemplateBody=json.dumps(STACK), **options
            )
    assert stacks.describe_stacks(StackName=name)["Stacks"][0]["Tags"] == tags


def test_a_plan_is_empty_after_each_change_of_tags(
    stepwire_emulator: Emulator, tmp_path: Path
) -> None:
    terraform = Terraform(
        FIXTURE,
        build_folder=tmp_path,
        environment=stepwire_emulator.environment(),
    )
    code = base64.b64encode(_package()).decode()
    try:
        # The second adds one, changes one and takes one away.
        for tags in (
            {"team": "orders", "stage": "test"},
            {"team": "payments", "cost": "low"},
        ):
            variables = {"name": "tagged", "tags": tags, "code": code}
            terraform.apply(variables)
            plan = terraform.plan(variables)
            assert plan.is_empty, (tags, plan.changes)
    finally:
        terraform.destroy()
