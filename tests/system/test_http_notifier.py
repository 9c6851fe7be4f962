"""modules/http-notifier: requests of each preset, outcomes of a notification."""

from __future__ import annotations

import asyncio
import json
import random
import re
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import yaml
from aiohttp import web

from stepwire.definitions import problems
from stepwire.emulator import Emulator
from stepwire.pytest_plugin import ApplyFactory, ClientFactory
from stepwire.testing import Deployment, Execution, Executions
from tests.scale import at_scale
from tests.stub_api import Answer, Received, StubApi, reset
from tests.system.policies import Call, recorded, without_each_statement
from tests.waiting import until

FIXTURE = Path(__file__).parent / "fixtures" / "notifier"
APIS: dict[str, Any] = yaml.safe_load((FIXTURE / "apis.yaml").read_text("utf-8"))
# What Step Functions, the connections and the server side of HTTP add.
OWN_HEADERS = {"content-length", "host", "range", "user-agent", "x-sent-by"}
SLACK = "slack.com"
GOOD = Answer(200, {"ok": True, "ts": "1.2"})


@pytest.fixture(scope="module")
def queues(stepwire_client: ClientFactory) -> dict[str, str]:
    """The URLs of the queues of dead letters, and of what their topic tells."""
    client = stepwire_client("sqs")
    return {
        name: client.create_queue(QueueName=f"notifier-{name}")["QueueUrl"]
        for name in ("dead-letters", "told")
    }


@pytest.fixture(scope="module")
def deployed(
    stepwire_apply: ApplyFactory,
    stepwire_client: ClientFactory,
    queues: dict[str, str],
) -> Deployment:
    told = stepwire_client("sqs").get_queue_attributes(
        QueueUrl=queues["told"], AttributeNames=["QueueArn"]
    )
    variables = {
        "dead_letters_url": queues["dead-letters"],
        "told_arn": told["Attributes"]["QueueArn"],
    }
    return stepwire_apply(FIXTURE, {"queues": variables})


@pytest.fixture(scope="module")
def resources(deployed: Deployment) -> list[tuple[str, dict[str, Any]]]:
    """What Terraform's state holds: each resource's type and attributes."""
    state = json.loads(deployed.terraform.state_file.read_text("utf-8"))
    return [
        (resource["type"], instance["attributes"])
        for resource in state["resources"]
        for instance in resource["instances"]
    ]


class Letters:
    """A queue of dead letters, which are taken out as they are read."""

    def __init__(self, client: Any, url: str) -> None:
        self._client = client
        self._url = url
        self._kept: list[dict[str, Any]] = []

    def of(self, execution: Execution) -> list[dict[str, Any]]:
        """The letters of an execution that has ended."""
        return [one for one in self.all() if one["execution_arn"] == execution.arn]

    def all(self) -> list[dict[str, Any]]:
        while messages := self._client.receive_message(
            QueueUrl=self._url, MaxNumberOfMessages=10
        ).get("Messages"):
            for message in messages:
                self._kept.append(json.loads(message["Body"]))
                self._client.delete_message(
                    QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"]
                )
        return self._kept


@pytest.fixture(scope="module")
def letters(queues: dict[str, str], stepwire_client: ClientFactory) -> Letters:
    return Letters(stepwire_client("sqs"), queues["dead-letters"])


@pytest.fixture(scope="module")
def told(queues: dict[str, str], stepwire_client: ClientFactory) -> Letters:
    """What the topic of dead letters passed on."""
    return Letters(stepwire_client("sqs"), queues["told"])


class Sender:
    """Starts the state machine of the notifier ``failing``, which is Slack's."""

    def __init__(self, deployed: Deployment, executions: Executions) -> None:
        self._arn = deployed.outputs["failing"]["start_arn"]
        self._executions = executions

    def send(self, text: str = "Hi", **fields: Any) -> Execution:
        return self._executions.start(self._arn, {"text": text, **fields}).wait()


@pytest.fixture(scope="module")
def sender(deployed: Deployment, stepwire_executions: Executions) -> Sender:
    return Sender(deployed, stepwire_executions)


# What is sent


@pytest.mark.parametrize("preset", APIS)
def test_the_api_gets_the_request_that_it_documents(
    preset: str,
    deployed: Deployment,
    stub_api: StubApi,
    stepwire_executions: Executions,
) -> None:
    api = APIS[preset]
    expected = api["request"]
    stub_api.on(expected["host"], Answer(**api["answer"]))
    input = {"preset": preset, "sent": api["sent"]}
    execution = stepwire_executions.start(deployed.outputs["workflow"]["arn"], input)
    execution.assert_status("SUCCEEDED")
    [request] = stub_api.received(expected["host"])
    assert (request.method, request.target) == (expected["method"], expected["target"])
    body = request.body.decode()
    headers = {
        name: value
        for name, value in request.headers
        if name.lower() not in OWN_HEADERS
    }
    # A hash that the test of idempotency looks at.
    masked = [
        re.sub(r"\b[0-9a-f]{64}\b", "<key>", text) for text in (body, *headers.values())
    ]
    assert masked[0] == expected["body"]
    assert dict(zip(headers, masked[1:], strict=True)) == expected["headers"]
    output = execution.output
    assert output.pop("at").endswith("Z")
    assert output == {
        "sent": True,
        "to": expected["host"],
        "status": api["answer"]["status"],
        "response": api["answer"].get("body", ""),
        **({"id": api["id"]} if "id" in api else {}),
    }


def test_every_preset_is_tested() -> None:
    presets = Path(__file__).parents[2] / "modules/http-notifier/presets.yaml"
    assert set(APIS) == set(yaml.safe_load(presets.read_text("utf-8")))


def test_the_tries_of_a_notification_share_one_key(
    deployed: Deployment, stub_api: StubApi, stepwire_executions: Executions
) -> None:
    host = "api.stripe.com"
    stub_api.on(host, Answer(500), reset, Answer(200, {"id": "pi_1"}))
    input = {
        "preset": "stripe-payment-intent",
        "sent": {"amount": 1, "currency": "eur"},
    }
    for _ in range(2):
        stepwire_executions.start(
            deployed.outputs["workflow"]["arn"], input
        ).assert_status("SUCCEEDED")
    keys = [one.header("Idempotency-Key") for one in stub_api.received(host)]
    assert len(keys) == 4
    assert Counter(Counter(keys).values()) == Counter([3, 1])


def test_a_task_fits_a_workflow_in_jsonpath(
    deployed: Deployment,
    stub_api: StubApi,
    stepwire_client: ClientFactory,
    stepwire_executions: Executions,
) -> None:
    task = deployed.outputs["tasks"]["slack-workflow"]
    definition = {
        "StartAt": "Compose",
        "States": {
            "Compose": {
                "Type": "Pass",
                "Parameters": {"type": "order", "text.$": "$.said"},
                "Next": "Tell",
            },
            "Tell": task | {"Next": "Look"},
            "Look": {"Type": "Pass", "InputPath": "$.status", "End": True},
        },
    }
    machine = stepwire_client("stepfunctions").create_state_machine(
        name="notifier-jsonpath",
        definition=json.dumps(definition),
        roleArn="arn:aws:iam::000000000000:role/any",
    )["stateMachineArn"]
    stub_api.on("hooks.slack.com", Answer(200, {"ok": True}))
    try:
        execution = stepwire_executions.start(machine, {"said": "Hi"})
        execution.assert_status("SUCCEEDED")
    finally:
        stepwire_client("stepfunctions").delete_state_machine(stateMachineArn=machine)
    assert execution.output == 200
    [request] = stub_api.received("hooks.slack.com")
    assert request.json == {"type": "order", "text": "Hi"}


@pytest.mark.parametrize("part", ["", ".", "..", None])
def test_a_part_of_the_url_cannot_leave_its_place(
    part: str | None,
    deployed: Deployment,
    stub_api: StubApi,
    stepwire_executions: Executions,
) -> None:
    stub_api.on("json.example.com", Answer(204))
    sent = {} if part is None else {"thing": part}
    execution = stepwire_executions.start(
        deployed.outputs["workflow"]["arn"], {"preset": "json", "sent": sent}
    ).assert_status("FAILED")
    assert (
        "no usable value for the URL from $states.input.thing"
        in execution.describe()["cause"]
    )
    assert stub_api.received("json.example.com") == []


def test_no_url_that_is_a_credential_is_in_a_definition_or_a_policy(
    resources: list[tuple[str, dict[str, Any]]],
) -> None:
    secret = re.compile(r"XXXXXXXX|0123456789abcdef|3d89bb7572e0|samplekeyhere|s\+g/n=")
    looked_at = {kind for kind, _ in resources} - {"aws_cloudwatch_event_connection"}
    assert {"aws_sfn_state_machine", "aws_iam_role_policy"} <= looked_at
    for kind, attributes in resources:
        if kind in looked_at:
            assert not secret.search(json.dumps(attributes)), kind


# What becomes of a failure


def test_a_notification_is_sent_once_the_server_recovers(
    sender: Sender, stub_api: StubApi
) -> None:
    stub_api.on(SLACK, Answer(500), reset, Answer(503), GOOD)
    execution = sender.send()
    assert execution.output["sent"] is True
    assert len(stub_api.received(SLACK)) == 4
    assert len({one.body for one in stub_api.received(SLACK)}) == 1


def test_a_notification_goes_to_the_dead_letters_after_the_last_try(
    sender: Sender, stub_api: StubApi, letters: Letters
) -> None:
    stub_api.on(SLACK, Answer(500, "broken"))
    execution = sender.send("kept")
    assert execution.describe()["error"] == "States.Http.StatusCode.500"
    assert len(stub_api.received(SLACK)) == 3
    [letter] = letters.of(execution)
    assert letter.pop("failed_at").endswith("Z")
    assert letter == {
        "notifier": "notifier-failing",
        "execution_arn": execution.arn,
        "input": {"text": "kept"},
        "error": "States.Http.StatusCode.500",
        "cause": "broken",
    }


@pytest.mark.parametrize("status", [301, 400, 403, 404, 410])
def test_failures_that_would_repeat_are_not_retried(
    status: int, sender: Sender, stub_api: StubApi, letters: Letters
) -> None:
    stub_api.on(SLACK, Answer(status, "no"))
    execution = sender.send()
    assert execution.describe()["error"] == f"States.Http.StatusCode.{status}"
    assert len(stub_api.received(SLACK)) == 1
    assert len(letters.of(execution)) == 1


def test_a_refusal_with_status_200_is_a_failure(
    sender: Sender, stub_api: StubApi, letters: Letters
) -> None:
    stub_api.on(SLACK, Answer(200, {"ok": False, "error": "channel_not_found"}))
    execution = sender.send()
    assert execution.status == "FAILED"
    assert len(stub_api.received(SLACK)) == 1
    [letter] = letters.of(execution)
    assert "slack.com refused it: channel_not_found" in letter["cause"]


def test_without_a_field_nothing_is_sent(
    deployed: Deployment,
    stepwire_executions: Executions,
    stub_api: StubApi,
    letters: Letters,
) -> None:
    stub_api.on(SLACK, GOOD)
    arn = deployed.outputs["failing"]["start_arn"]
    execution = stepwire_executions.start(arn, {"txt": "Hi"}).assert_status("FAILED")
    assert stub_api.received(SLACK) == []
    [letter] = letters.of(execution)
    assert "the input has no text" in letter["cause"]
    assert letter["input"] == {"txt": "Hi"}


def test_it_waits_as_long_as_a_429_asks_for(sender: Sender, stub_api: StubApi) -> None:
    times: list[float] = []

    async def note(_request: web.Request, _received: Received) -> web.Response:
        times.append(time.monotonic())
        if len(times) > 1:
            return web.json_response({"ok": True})
        return web.json_response(
            {"message": "You are being rate limited.", "retry_after": 1.4}, status=429
        )

    stub_api.on(SLACK, note)
    assert sender.send().output["sent"] is True
    # Two whole seconds; unasked it would be one.
    assert times[1] - times[0] > 1.9


@pytest.mark.parametrize(
    "asked", [{"retry_after": 3600}, "Rate limit reached, try again in 3600 seconds"]
)
def test_it_does_not_wait_longer_than_it_may(
    asked: Any, sender: Sender, stub_api: StubApi, letters: Letters
) -> None:
    stub_api.on(SLACK, Answer(429, asked, {"Retry-After": "3600"}))
    execution = sender.send()
    assert execution.describe()["error"] == "States.Http.StatusCode.429"
    assert len(stub_api.received(SLACK)) == 1
    assert len(letters.of(execution)) == 1


def test_a_429_that_does_not_end_is_given_up(
    sender: Sender, stub_api: StubApi, letters: Letters
) -> None:
    stub_api.on(SLACK, Answer(429, "slow down"))
    execution = sender.send()
    assert execution.describe()["error"] == "States.Http.StatusCode.429"
    assert len(stub_api.received(SLACK)) == 3
    assert len(letters.of(execution)) == 1


def test_a_continued_execution_notifies_the_topic_and_the_caller(
    deployed: Deployment,
    stub_api: StubApi,
    stepwire_executions: Executions,
    told: Letters,
) -> None:
    stub_api.on("hooks.slack.com", Answer(500, "broken"))
    arn = deployed.outputs["going_on"]["start_arn"]
    input = {"type": "order", "text": "Hi"}
    execution = stepwire_executions.start(arn, input).assert_status("SUCCEEDED")
    assert execution.output == {
        "sent": False,
        "error": "States.Http.StatusCode.500",
        "cause": "broken",
    }
    assert len(stub_api.received("hooks.slack.com")) == 1
    [message] = until(told.all, "a message to the topic")
    assert json.loads(message["Message"])["input"] == input


@pytest.mark.slow
def test_of_many_notifications_none_is_lost_or_sent_twice_with_a_key(
    sender: Sender, stub_api: StubApi, letters: Letters
) -> None:
    """One in five goes wrong; so do its further tries."""
    chance = random.Random(6)
    delivered: Counter[str] = Counter()
    unsure: set[str] = set()

    async def react(request: web.Request, received: Received) -> Any:
        text = received.json["text"]
        if chance.random() > 0.2:
            delivered[text] += 1
            return web.json_response({"ok": True})
        kind = chance.choice(["500", "429", "404", "before", "after"])
        if kind == "before":
            return await reset(request, received)
        if kind == "after":
            # It arrived, and the answer did not.
            delivered[text] += 1
            unsure.add(text)
            return await reset(request, received)
        await asyncio.sleep(0.01)
        return web.Response(status=int(kind), text=kind)

    stub_api.on(SLACK, react)
    texts = [f"many {number}" for number in range(at_scale(48, 1000))]
    with ThreadPoolExecutor(16) as pool:
        executions = dict(zip(texts, pool.map(sender.send, texts), strict=True))
    kept = Counter(
        letter["input"]["text"]
        for letter in letters.all()
        if letter["input"].get("text") in executions
    )
    failed = {text for text, one in executions.items() if one.status == "FAILED"}
    assert set(kept) == failed
    assert set(kept.values()) <= {1}
    assert set(delivered) | set(kept) == set(texts)
    assert {text for text, count in delivered.items() if count > 1} <= unsure
    assert set(delivered) & set(kept) <= unsure
    assert len(delivered) > len(kept) > 0


# What is deployed


def test_every_permission_is_needed_and_every_call_is_permitted(
    deployed: Deployment,
    stepwire_emulator: Emulator,
    stepwire_executions: Executions,
    stub_api: StubApi,
) -> None:
    outputs = deployed.outputs
    stub_api.on(SLACK, Answer(404))
    stepwire_executions.start(outputs["failing"]["start_arn"], {"text": "Hi"}).wait()
    stub_api.on("hooks.slack.com", Answer(404))
    arn = outputs["going_on"]["start_arn"]
    stepwire_executions.start(arn, {"type": "order", "text": "Hi"}).wait()
    calls = recorded(stepwire_emulator.endpoint_url, task_machine="none")
    for key, name in (
        ("failing", "notifier-failing"),
        ("going_on", "notifier-going-on"),
    ):
        policy = json.loads(outputs[key]["execution_policy"])
        mine = {call for call in calls if call.state_machine == name}
        assert [call for call in mine if not call.is_allowed_by(policy)] == []
        unneeded = [
            action
            for action, smaller in without_each_statement(policy)
            if all(call.is_allowed_by(smaller) for call in mine)
        ]
        assert unneeded == []
        assert {call.action for call in mine} > {"states:InvokeHTTPEndpoint"}
        for call in mine:
            if call.action == "states:InvokeHTTPEndpoint":
                assert _refused_elsewhere(call, policy)


def _refused_elsewhere(call: Call, policy: dict[str, Any]) -> bool:
    others = [
        {"states:HTTPEndpoint": "https://evil.example.com/"},
        {"states:HTTPMethod": "DELETE"},
    ]
    return not any(
        Call(
            call.state_machine,
            call.state,
            call.action,
            call.resource,
            tuple((dict(call.conditions) | other).items()),
        ).is_allowed_by(policy)
        for other in others
    )


def test_the_definitions_are_right(
    resources: list[tuple[str, dict[str, Any]]],
) -> None:
    found = [
        attributes["definition"]
        for kind, attributes in resources
        if kind == "aws_sfn_state_machine"
    ]
    assert len(found) == 3
    assert [problems(definition) for definition in found] == [[], [], []]


def test_a_second_plan_is_empty(deployed: Deployment) -> None:
    assert deployed.plan().is_empty


@pytest.mark.extended
def test_a_changed_secret_reaches_the_next_call(
    deployed: Deployment, sender: Sender, stub_api: StubApi
) -> None:
    stub_api.on(SLACK, GOOD)
    sender.send()
    deployed.terraform.apply({**(deployed.variables or {}), "key": "Bearer second"})
    sender.send()
    first, second = stub_api.received(SLACK)
    assert first.header("Authorization") == "Bearer first"
    assert second.header("Authorization") == "Bearer second"
