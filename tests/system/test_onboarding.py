"""The onboarding example: two environments, applied, used, changed, destroyed."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.stub_api import StubApi
from tests.system.onboarding_changes import CHANGES
from tests.system.onboardings import (
    EXAMPLE,
    PAGERDUTY,
    SLACK,
    Onboarding,
    a_customer,
    assert_boundary_of_every_role,
    deployed,
)
from tests.system.test_nothing_left import inventory
from tests.waiting import PATIENCE_SECONDS
from tools import deployer


@pytest.fixture(scope="module")
def onboarding(
    stub_api: StubApi, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Onboarding]:
    with deployed(stub_api, tmp_path_factory.mktemp("onboarding")) as one:
        yield one


# As it was applied


def test_a_second_plan_is_empty(onboarding: Onboarding) -> None:
    onboarding.assert_second_plan_is_empty()


def test_every_role_has_the_boundary(onboarding: Onboarding) -> None:
    assert_boundary_of_every_role(onboarding)


def test_all_that_is_kept_is_encrypted_with_the_key_of_its_environment(
    onboarding: Onboarding,
) -> None:
    client = onboarding.client
    kept = {}
    for name in ("staging", "production"):
        table = client("dynamodb").describe_table(
            TableName=onboarding.outputs["customers_tables"][name]
        )["Table"]
        machine = client("stepfunctions").describe_state_machine(
            stateMachineArn=onboarding.outputs["workflow_arns"][name].rpartition(":")[0]
        )
        function = client("lambda").get_function_configuration(
            FunctionName=f"onboarding-{name}-screen"
        )
        queue = client("sqs").get_queue_attributes(
            QueueUrl=onboarding.outputs["invitations_urls"][name],
            AttributeNames=["KmsMasterKeyId"],
        )
        bucket = client("s3").get_bucket_encryption(
            Bucket=onboarding.outputs["members_buckets"][name]
        )["ServerSideEncryptionConfiguration"]["Rules"][0]
        topic = client("sns").get_topic_attributes(
            TopicArn=next(
                topic["TopicArn"]
                for topic in client("sns").list_topics()["Topics"]
                if topic["TopicArn"].endswith(f":onboarding-{name}-approval")
            )
        )
        keys = {
            table["SSEDescription"]["KMSMasterKeyArn"],
            machine["encryptionConfiguration"]["kmsKeyId"],
            function["KMSKeyArn"],
            queue["Attributes"]["KmsMasterKeyId"],
            bucket["ApplyServerSideEncryptionByDefault"]["KMSMasterKeyID"],
            topic["Attributes"]["KmsMasterKeyId"],
        }
        kept[name] = {key.rpartition("/")[2] for key in keys}
        assert len(kept[name]) == 1, keys
    assert kept["staging"] != kept["production"]


# As it is used


def test_a_customer_is_on_board_when_two_of_three_agree(
    onboarding: Onboarding, stub_api: StubApi
) -> None:
    onboarding.upload("acme")
    assert onboarding.post(a_customer("acme", "Acme Ltd")).status == 202
    # The same again, while it runs, starts nothing.
    assert onboarding.post(a_customer("acme", "Acme Ltd")).status == 202
    execution = onboarding.execution("acme")
    onboarding.vote("Acme Ltd", "approve", "ann")
    assert execution.status == "RUNNING"
    onboarding.vote("Acme Ltd", "approve", "ben")
    ended = execution.assert_status("SUCCEEDED", timeout=PATIENCE_SECONDS)
    assert ended.output == {"result": "on board"}

    assert onboarding.customer("acme") == {
        "customer_id": {"S": "acme"},
        "company": {"S": "Acme Ltd"},
        "country": {"S": "DE"},
        "seats": {"N": "600"},
        "risk": {"S": "600 seats"},
        "approved_by": {"S": "ann@staging.example, ben@staging.example"},
    }
    assert onboarding.customer("acme", "production") is None
    invited = onboarding.invitations()
    assert sorted(one["member"]["email"] for one in invited) == [
        "ada@acme.example",
        "bob@acme.example",
        "cid@acme.example",
    ]
    assert {one["company"] for one in invited} == {"Acme Ltd"}
    told = stub_api.received(SLACK)[-1]
    assert told.header("Authorization") == "Bearer xoxb-1"
    assert told.json == {
        "channel": "#staging",
        "text": "Acme Ltd is on board: 3 invitations",
    }


def test_one_who_rejects_decides_alone(
    onboarding: Onboarding, stub_api: StubApi
) -> None:
    onboarding.post(a_customer("globex", "Globex"))
    onboarding.vote("Globex", "approve", "ann")
    onboarding.vote("Globex", "reject", "cleo")
    execution = onboarding.execution("globex")
    ended = execution.assert_status("SUCCEEDED", timeout=PATIENCE_SECONDS)
    assert ended.output == {"result": "turned down"}
    assert onboarding.customer("globex") is None
    assert stub_api.received(SLACK)[-1].json["text"] == (
        "Globex was not taken on: reject"
    )


def test_somebody_is_called_when_a_state_fails(
    onboarding: Onboarding, stub_api: StubApi
) -> None:
    # There is no file of its members.
    onboarding.post(a_customer("initech", "Initech"))
    onboarding.vote("Initech", "approve", "ann", "cleo")
    execution = onboarding.execution("initech")
    failed = execution.assert_status("FAILED", timeout=PATIENCE_SECONDS).describe()
    assert failed["error"] == "OnboardingFailed"
    assert failed["cause"].startswith("States.ItemReaderFailed: ")
    called = stub_api.received(PAGERDUTY)[-1].json
    assert called["routing_key"] == "R0UTING"
    assert called["payload"] == {
        "summary": "Onboarding of initech failed: States.ItemReaderFailed",
        "source": "onboarding-staging",
        "severity": "error",
    }


def test_what_is_no_customer_is_refused(onboarding: Onboarding) -> None:
    customer = a_customer("umbrella", "Umbrella")
    assert onboarding.post(customer | {"customer_id": "../umbrella"}).status == 400
    del customer["seats"]
    assert onboarding.post(customer).status == 400


# As it is changed


@pytest.mark.extended
@pytest.mark.parametrize("name", CHANGES)
def test_after_a_change_a_second_plan_is_empty(
    onboarding: Onboarding, name: str
) -> None:
    change, look = CHANGES[name]
    onboarding.apply(**change(onboarding))
    look(onboarding)
    onboarding.assert_second_plan_is_empty()


@pytest.mark.extended
def test_the_new_version_is_rolled_out_and_one_more_apply_ends_it(
    onboarding: Onboarding,
) -> None:
    assert set(onboarding.routing()) == {1}
    started = onboarding.executions.start(onboarding.outputs["rollout_arns"]["staging"])
    started.assert_status("SUCCEEDED", timeout=PATIENCE_SECONDS)
    (newest,) = onboarding.routing()
    assert newest > 1
    # It takes from the role what no version needs any more.
    onboarding.apply()
    onboarding.assert_second_plan_is_empty()


def test_destroy_leaves_nothing(onboarding: Onboarding) -> None:
    onboarding.destroy()
    left = inventory(onboarding.client) - onboarding.before
    given = {"secretsmanager token-xoxb-2", "iam company-boundary-2"}
    assert left - given == set()


# Who applied it

# What the example makes beside the modules: its keys, queues and buckets' encryption.
OF_THE_EXAMPLE = re.compile("kms:|sqs:|s3:PutEncryptionConfiguration")


@pytest.mark.extended
def test_who_applies_needs_what_docs_deployer_says(onboarding: Onboarding) -> None:
    # Some actions are called by a change or the end alone: where other tests have not
    # made them, this one does.
    for change, _look in [*CHANGES.values()][onboarding.changes :]:
        onboarding.apply(**change(onboarding))
    if onboarding.is_there:
        onboarding.destroy()
    needs = deployer.load()
    types = deployer.resource_types(EXAMPLE) & needs.keys()
    statements = [one for name in types for one in needs[name]]
    listed = {action for one in statements for action in one["actions"]}
    seen = {
        action for one in statements if "why" not in one for action in one["actions"]
    }
    called = {one for one in onboarding.called if not OF_THE_EXAMPLE.match(one)}
    assert called - listed == set(), "missing in tools/deployer.yaml"
    assert seen - called == set(), "called no more: take it out of tools/deployer.yaml"
