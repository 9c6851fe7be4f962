"""Link approval: what workflows and their approvers are promised."""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from itertools import batched
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from link_approval import link as personal_link
from stepwire.api import Response
from tests.scale import at_scale
from tests.system.approvals import (
    FORM,
    PAGE,
    Approvals,
    answer,
    call,
    choose,
    document,
    page,
)
from tests.system.policies import recorded, without_each_statement

FIXTURE = Path(__file__).parent / "fixtures" / "link-approval"
MANY = at_scale(20, 100)
SHIPMENT = {
    "summary": "Customer asked for express.",
    "amount": 5697,
    "customer": "Ada & Sons",
    "invoice": "https://example.com/invoices/1",
}
Kinds = dict[str, Approvals]


@pytest.fixture(scope="session")
def deployed(stepwire_apply: Any) -> Any:
    return stepwire_apply(FIXTURE)


@pytest.fixture(scope="session")
def kinds(deployed: Any, stepwire_client: Any, stepwire_emulator: Any) -> Kinds:
    """The approvals of the fixture: ``single``, ``board`` and ``mailed``."""
    return {
        key: Approvals(outputs, stepwire_emulator.endpoint_url, stepwire_client)
        for key, outputs in deployed.outputs["approvals"].items()
    }


@pytest.fixture(scope="session")
def single(kinds: Kinds) -> Approvals:
    """One approver, Ann Lee."""
    return kinds["single"]


@pytest.fixture(scope="session")
def board(kinds: Kinds) -> Approvals:
    """Ann, Ben and Cleo, of whom two have to agree within thirty seconds."""
    return kinds["board"]


@pytest.fixture(scope="module", autouse=True)
def board_runs(board: Approvals) -> Iterator[dict[str, Future[Any]]]:
    """Two requests whose time passes while the other tests run.

    Nobody answers ``forgotten``; Ann answers ``escalated`` at once, and Dora, of the
    second list, as soon as she is asked.
    """

    def escalated() -> Any:
        execution = board.start({"title": "Escalated"})
        choose(board.link("Escalated"), "approve")
        choose(board.link("Escalated", "dora@example.com"), "approve", "for them")
        return board.output(execution)

    def forgotten() -> Any:
        return board.output(board.start({"title": "Forgotten"}), seconds=90)

    with ThreadPoolExecutor() as pool:
        yield {
            "escalated": pool.submit(escalated),
            "forgotten": pool.submit(forgotten),
        }


def ship(deployed: Any, single: Approvals, title: str) -> str:
    """An execution of the workflow that asks one approver, in JSONata."""
    return single.start({"title": title, **SHIPMENT}, deployed.outputs["shipping_arn"])


# One approver


def test_an_approval_resumes_the_workflow_with_the_decision(
    deployed: Any, single: Approvals
) -> None:
    execution = ship(deployed, single, "Approve me")
    link = single.link("Approve me")
    assert choose(link, "approve", "fine by me").status == 200
    output = single.output(execution)
    approval = output["approval"]
    at = approval["decided_at"]
    assert output == {
        "shipped": True,
        "approval": {
            "decision": "approve",
            "decided_by": "ann@example.com",
            "decided_at": at,
            "comment": "fine by me",
            "votes": [
                {
                    "approver": "ann@example.com",
                    "decision": "approve",
                    "comment": "fine by me",
                    "voted_at": at,
                }
            ],
        },
    }
    again = page(link)
    assert again.status == 200
    assert "Ann Lee decided “Approve” on" in again.text


def test_a_rejection_resumes_it_too(deployed: Any, single: Approvals) -> None:
    execution = ship(deployed, single, "Reject me")
    choose(single.link("Reject me"), "reject")
    output = single.output(execution)
    assert output["shipped"] is False
    assert output["approval"]["decision"] == "reject"
    assert output["approval"]["comment"] is None


def test_the_message_says_what_the_workflow_asks_and_holds_no_token(
    deployed: Any, single: Approvals, stepwire_executions: Any
) -> None:
    ship(deployed, single, "Read me")
    (mail,) = single.mails("Read me", 1)
    for said in (
        "Hello Ann Lee",
        "Customer asked for express.",
        "Amount: 5697",
        "Customer: Ada & Sons",
        "Invoice: https://example.com/invoices/1",
    ):
        assert said in mail.text
    shown = document(mail.link).body
    assert shown["details"] == {"Amount": "5697", "Customer": "Ada & Sons"}
    token = single.token(shown["request_id"])
    assert token not in mail.text
    assert token not in page(mail.link).text


def test_the_audit_trail_tells_the_whole_story(
    deployed: Any, single: Approvals
) -> None:
    execution = ship(deployed, single, "Audit me")
    link = single.link("Audit me")
    choose(link, "approve")
    single.output(execution)
    request_id = document(link).body["request_id"]
    events = single.audit(request_id)
    assert [event["event"] for event in events] == [
        "opened",
        "notified",
        "voted",
        "resumed",
    ]
    assert events[0]["asked_by"] == execution
    assert events[1]["to"] == events[2]["by"] == "ann@example.com"
    assert events == sorted(events, key=lambda event: event["at"])
    item = single.item(request_id)
    assert "task_token" not in item
    assert int(item["delete_at"]["N"]) > int(item["expires_at"]["N"])


def test_opening_a_link_decides_nothing(deployed: Any, single: Approvals) -> None:
    ship(deployed, single, "Scan me")
    link = single.link("Scan me")
    for method in ("GET", "HEAD", "GET"):
        opened = call(f"{link}?choice=approve&confirmed=yes", method, headers=PAGE)
        assert opened.status == 200
    assert call(link, "PUT", text="choice=approve", headers=FORM).status == 405
    shown = document(link).body
    assert (shown["status"], shown["votes"]) == ("open", 0)


def test_refusals_and_headers_are_the_same_over_http(
    deployed: Any, single: Approvals
) -> None:
    ship(deployed, single, "Attack me")
    link = single.link("Attack me")
    big = "choice=approve&confirmed=yes&comment=" + "x" * 10_000_000
    assert call(link, "POST", text=big, headers=FORM).status == 413
    assert call(link[:-1], headers=PAGE).status == 404
    other = "0" if link[-1] != "0" else "1"
    assert call(link[:-1] + other, headers=PAGE).status == 404
    headers = page(link).headers
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-frame-options"] == "DENY"
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert document(link).body["status"] == "open"


# What is no request, and what cannot be sent


def test_a_bad_request_fails_the_workflow_with_the_reason(
    deployed: Any, board: Approvals
) -> None:
    ended = board.result(board.start({"titel": "x"}, deployed.outputs["refund_arn"]))
    assert ended["status"] == "FAILED"
    cause = json.loads(ended["cause"])
    assert cause["Error"] == "LinkApproval.BadRequest"
    assert cause["Cause"] == 'The approval\'s input needs a "title" that is not empty.'


def test_an_approver_who_cannot_be_notified_fails_it_with_address_and_error(
    board: Approvals, board_runs: dict[str, Future[Any]], stepwire_client: Any
) -> None:
    # The same function still has reminders and an escalation of these to send.
    wait(board_runs.values())
    functions = stepwire_client("lambda")
    name = board.outputs["notify_function_name"]
    configuration = functions.get_function_configuration(FunctionName=name)
    variables = configuration["Environment"]["Variables"]

    def set_topic(arn: str) -> None:
        functions.update_function_configuration(
            FunctionName=name,
            Environment={"Variables": variables | {"TOPIC_ARN": arn}},
        )
        functions.get_waiter("function_updated_v2").wait(
            FunctionName=name, WaiterConfig={"Delay": 0.05}
        )

    set_topic(variables["TOPIC_ARN"] + "-gone")
    try:
        ended = board.result(board.start({"title": "Nobody hears"}))
    finally:
        set_topic(variables["TOPIC_ARN"])
    assert (ended["status"], ended["error"]) == (
        "FAILED",
        "LinkApproval.NotificationFailed",
    )
    assert "ann@example.com (NotFound)" in ended["cause"]


# Several approvers


def test_two_of_three_decide_in_a_jsonpath_workflow(
    deployed: Any, board: Approvals
) -> None:
    request = {"title": "Refund 7", "details": {"Why": "lost"}}
    execution = board.start(request, deployed.outputs["refund_arn"])
    links = {mail.to: mail.link for mail in board.mails("Refund 7", 3)}
    assert answer(links["ann@example.com"], "approve").body["status"] == "open"
    assert "stays open" in page(links["ann@example.com"]).text
    assert answer(links["cleo@example.com"], "approve").body["status"] == "decided"
    output = board.output(execution)
    assert output["title"] == "Refund 7"
    approval = output["approval"]
    assert (approval["decision"], approval["decided_by"]) == (
        "approve",
        "cleo@example.com",
    )
    assert [vote["approver"] for vote in approval["votes"]] == [
        "ann@example.com",
        "cleo@example.com",
    ]
    late = answer(links["ben@example.com"], "reject")
    assert (late.status, late.body["error"]) == (409, "already_decided")


def test_one_rejection_rejects(board: Approvals) -> None:
    execution = board.start({"title": "Veto"})
    links = {mail.to: mail.link for mail in board.mails("Veto", 3)}
    answer(links["ann@example.com"], "approve")
    answer(links["ben@example.com"], "reject", comment="no")
    output = board.output(execution)
    assert (output["decision"], output["comment"]) == ("reject", "no")
    assert len(output["votes"]) == 2


def test_a_message_can_be_sent_again(board: Approvals, stepwire_client: Any) -> None:
    board.start({"title": "Resend"})
    first = {mail.to: mail.link for mail in board.mails("Resend", 3)}
    request_id = document(first["ben@example.com"]).body["request_id"]
    event = {
        "action": "resend",
        "request_id": request_id,
        "approver": "ben@example.com",
    }
    stepwire_client("lambda").invoke(
        FunctionName=board.outputs["notify_function_name"], Payload=json.dumps(event)
    )
    again = [mail for mail in board.mails("Resend", 4) if mail.to == "ben@example.com"]
    assert len(again) == 2
    assert {mail.link for mail in again} == {first["ben@example.com"]}


def test_other_protocols_get_json_with_a_line_for_a_chat(
    board: Approvals, stepwire_client: Any
) -> None:
    sqs, sns = stepwire_client("sqs"), stepwire_client("sns")
    queue = sqs.create_queue(QueueName="approvals-of-ben")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])
    subscription = sns.subscribe(
        TopicArn=board.outputs["topic_arn"],
        Protocol="sqs",
        Endpoint=arn["Attributes"]["QueueArn"],
        Attributes={
            "FilterPolicy": json.dumps({"approver": ["ben@example.com"]}),
            "RawMessageDelivery": "true",
        },
        ReturnSubscriptionArn=True,
    )["SubscriptionArn"]
    try:
        board.start({"title": "Chat"})
        received = sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=10)
        body = json.loads(received["Messages"][0]["Body"])
        link = next(m.link for m in board.mails("Chat", 3) if m.to == "ben@example.com")
        assert body["url"] == link
        assert body["approver"] == {"email": "ben@example.com", "name": "Ben Ode"}
        assert body["message"].startswith("Ben Ode, your decision is needed until")
        assert link in body["message"]
    finally:
        sns.unsubscribe(SubscriptionArn=subscription)
        sqs.delete_queue(QueueUrl=queue)


def test_ses_sends_one_letter_and_nobody_is_subscribed(
    kinds: Kinds, stepwire_client: Any, stepwire_mails: Any
) -> None:
    mailed = kinds["mailed"]
    execution = mailed.start({"title": "By SES"})
    link = mailed.link("By SES", "eva@example.com")
    assert choose(link, "approve").status == 200
    assert mailed.output(execution)["decided_by"] == "eva@example.com"
    (mail,) = stepwire_mails.all("eva@example.com", containing="By SES")
    assert mail.sender == "Approvals <approvals@example.com>"
    found = stepwire_client("sns").list_subscriptions_by_topic(
        TopicArn=mailed.outputs["topic_arn"]
    )
    assert found["Subscriptions"] == []


def test_the_page_says_that_the_workflow_was_stopped(
    single: Approvals, stepwire_client: Any
) -> None:
    execution = single.start({"title": "Stop me"})
    link = single.link("Stop me")
    stepwire_client("stepfunctions").stop_execution(executionArn=execution)
    refused = choose(link, "approve", "too late")
    assert refused.status == 409
    assert "no longer waits" in refused.text
    shown = document(link).body
    assert shown["status"] == "stopped"
    last = single.audit(shown["request_id"])[-1]
    assert (last["event"], last["execution"]) == ("token_refused", "ABORTED")


# Many at once


@pytest.mark.slow
def test_each_of_many_requests_is_decided_once(single: Approvals) -> None:
    executions: dict[str, str] = {}
    links: dict[str, str] = {}
    # A few at a time: each request at once would start an environment of its own.
    for batch in batched(
        (f"Many {number:03}" for number in range(MANY)), 5, strict=True
    ):
        executions |= {title: single.start({"title": title}) for title in batch}
        links |= single.links(batch)
    # Each link twice, once for each answer, in any order.
    clicks = [(title, c) for title in links for c in ("approve", "reject")]
    random.Random(5).shuffle(clicks)

    def click(title: str, choice: str) -> Response:
        reply = answer(links[title], choice)
        # AWS was busy: the same again does no harm, whatever became of the first.
        return reply if reply.status != 503 else answer(links[title], choice)

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda one: click(*one), clicks))
    counted = Counter(reply.status for reply in answers)
    assert counted == {200: MANY, 409: MANY}, counted
    chosen = {
        title: choice
        for (title, choice), reply in zip(clicks, answers, strict=True)
        if reply.status == 200
    }
    for title, execution in executions.items():
        output = single.output(execution)
        assert output["decision"] == chosen[title]
        assert len(output["votes"]) == 1


# Time passes


def test_approvers_who_have_not_voted_are_reminded_until_it_expires(
    board: Approvals, board_runs: dict[str, Future[Any]]
) -> None:
    output = board_runs["forgotten"].result()
    assert output == {
        "decision": "expired",
        "decided_by": None,
        "decided_at": output["decided_at"],
        "comment": None,
        "votes": [],
    }
    mails = board.mails("Forgotten", 7)
    asked = [mail.to for mail in mails if "please decide" in mail.text]
    # SNS delivers in any order.
    assert sorted(asked) == ["ann@example.com", "ben@example.com", "cleo@example.com"]
    reminded = Counter(mail.to for mail in mails if "still waits" in mail.text)
    assert reminded["ann@example.com"] >= 2
    escalated = [mail.to for mail in mails if "escalated to you" in mail.text]
    assert escalated == ["dora@example.com"]
    for link in {mail.link for mail in mails}:
        assert page(link).status == 410
        assert choose(link, "approve").status == 410


def test_the_second_list_can_decide(board_runs: dict[str, Future[Any]]) -> None:
    output = board_runs["escalated"].result()
    assert (output["decision"], output["decided_by"], output["comment"]) == (
        "approve",
        "dora@example.com",
        "for them",
    )
    assert len(output["votes"]) == 2


def test_an_approver_who_voted_gets_no_reminder(
    board: Approvals, board_runs: dict[str, Future[Any]]
) -> None:
    board_runs["escalated"].result()
    text = board.link("Escalated").rpartition("/")[2]
    events = board.audit(personal_link.read(text, now=0).request_id)
    voted = next(n for n, event in enumerate(events) if event["event"] == "voted")
    told = [event for event in events[voted:] if event["event"] == "notified"]
    assert told
    assert not any("ann@example.com" in event["to"] for event in told)


# Permissions and logs


def test_the_workflow_may_do_what_it_does_and_nothing_else(
    board: Approvals, board_runs: dict[str, Future[Any]]
) -> None:
    board_runs["forgotten"].result()
    machine = board.outputs["state_machine_arn"]
    policy = json.loads(board.outputs["execution_policies"]["workflow"])
    calls = {
        made
        for made in recorded(board.endpoint_url, task_machine=machine)
        if machine.endswith(f":{made.state_machine}")
    }
    paths = {
        "OpenRequest",
        "AwaitDecision",
        "Remind",
        "Escalate",
        "ReadDecision",
        "MarkExpired",
    }
    assert {made.state for made in calls} >= paths
    assert [made for made in calls if not made.is_allowed_by(policy)] == []
    unneeded = [
        action
        for action, smaller in without_each_statement(policy)
        if all(made.is_allowed_by(smaller) for made in calls)
    ]
    assert unneeded == []


def test_no_link_token_or_key_is_in_any_log(
    kinds: Kinds, stepwire_client: Any, stepwire_executions: Any
) -> None:
    single = kinds["single"]
    execution = single.start({"title": "Log me"})
    link = single.link("Log me")
    token = single.token(document(link).body["request_id"])
    choose(link, "approve")
    single.output(execution)
    secrets = stepwire_client("secretsmanager")
    key = secrets.get_secret_value(SecretId=single.outputs["secret_arn"])
    hidden = [token, key["SecretString"], link.rpartition("/")[2]]
    logs = stepwire_client("logs")
    seen = 0
    for approvals in kinds.values():
        for group in filter(None, approvals.outputs["log_group_names"].values()):
            pages = logs.get_paginator("filter_log_events").paginate(logGroupName=group)
            for event in (event for found in pages for event in found["events"]):
                seen += 1
                assert not any(text in event["message"] for text in hidden)
                assert not re.search(r"[0-9a-v]{96}", event["message"])
    assert seen > 100


# Another key


def test_the_key_is_in_no_state(
    deployed: Any, kinds: Kinds, stepwire_client: Any
) -> None:
    secret = stepwire_client("secretsmanager").get_secret_value(
        SecretId=kinds["single"].outputs["secret_arn"]
    )
    assert len(secret["SecretString"]) == 64
    assert secret["SecretString"] not in json.dumps(deployed.terraform.state())


@pytest.mark.extended
def test_a_key_rotation_leaves_sent_links_valid(
    deployed: Any, single: Approvals
) -> None:
    single.start({"title": "Before the rotation"})
    old = single.link("Before the rotation")
    assert page(old).status == 200
    variables = {"link_key_version": 2}
    deployed.terraform.apply(variables)
    single.start({"title": "After the rotation"})
    new = single.link("After the rotation")
    assert old[-96:][2:8] != new[-96:][2:8]
    for link in (new, old):
        assert page(link).status == 200
        assert choose(link, "approve").status == 200
    assert deployed.terraform.plan(variables).is_empty


def test_the_page_about_tests_shows_how_to_vote(
    single: Approvals, stepwire_executions: Any, stepwire_mails: Any
) -> None:
    page = (Path(__file__).parents[2] / "docs" / "testing.md").read_text("utf-8")
    (example,) = re.findall(r"(?ms)^```python\n(def test_.*?)^```$", page)
    shown: dict[str, Any] = {
        "REFUND": {"title": "Refund by mail", "summary": "It came late."}
    }
    exec(example, shown)
    (test,) = (value for name, value in shown.items() if name.startswith("test_"))
    test(SimpleNamespace(outputs=single.outputs), stepwire_executions, stepwire_mails)
