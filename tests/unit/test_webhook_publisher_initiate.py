"""The initiator function: what senders and workflows are promised, attacks included."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import datetime
from math import ceil
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from botocore.stub import Stubber

from shared import secrets
from tests.publishing import DOWN, PlainApi, Sanity, slow
from tests.stub_api import Answer as ApiAnswer
from tests.unit.webhooks import (
    ENVIRONMENT,
    KEY,
    MACHINE,
    TOKEN,
    Answer,
    Machine,
    digest,
    document_of,
    event_of,
    now_ms,
    send,
    sign,
    tell,
)
from webhook_publisher import (
    aws,
    content_lake,
    documents,
    execution,
    initiate,
    post,
)

SOURCES = Path(__file__).parents[2] / "lambda_src"
ABOUT = {"_id": "long-read", "_type": "post"}


@pytest.fixture(scope="module")
def api() -> Iterator[PlainApi]:
    with PlainApi() as api:
        yield api


@pytest.fixture
def sanity(api: PlainApi) -> Sanity:
    """A dataset with one post, as nobody has asked for it yet."""
    sanity = Sanity(api, api.host)
    publish(sanity)
    return sanity


def publish(sanity: Sanity, **changes: Any) -> dict[str, Any]:
    """One of the fixtures' documents, there to be asked for."""
    document = {**document_of("long-read"), **changes}
    sanity.documents[document["_id"]] = document
    return document


@pytest.fixture
def machine(
    sanity: Sanity,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Machine]:
    """The publisher's state machine and secrets; checks what was logged at the end."""
    for name, value in {**ENVIRONMENT, "SANITY_API_URL": sanity.url}.items():
        monkeypatch.setenv(name, value)
    machine = Machine()
    monkeypatch.setattr(aws, "call", machine.call)
    monkeypatch.setattr(secrets, "_known", {})
    monkeypatch.setattr(content_lake, "_connections", {})
    yield machine
    logged = "".join(capsys.readouterr())
    for secret in (KEY, TOKEN, "v1=", "Bearer"):
        assert secret not in logged
    assert "Traceback" not in logged
    assert sanity.problems == []


def is_refused(answer: Answer, status: int, code: str, machine: Machine) -> bool:
    """Whether nothing was started, and the answer says why and nothing else."""
    assert answer.headers["Content-Type"].startswith("application/json")
    assert set(answer.body) == {"error", "message"}
    return (answer.status, answer.body["error"]) == (
        status,
        code,
    ) and not machine.executions


# What a publication is


def test_a_webhook_starts_the_workflow_with_the_post(
    machine: Machine, sanity: Sanity
) -> None:
    answer = tell(ABOUT, sanity_operation="create")
    assert answer.status == 202
    assert answer.body == {"status": "started", "execution": "delivery-1"}
    started = machine.input
    assert set(started) == {"event", "source", "post"}
    event = started["event"]
    assert event["operation"] == "create"
    assert event["delivery"] == "delivery-1"
    assert event["request_id"].startswith("request-")
    assert event["received_at"].endswith("Z")
    assert event["type"] is None
    assert started["source"] == {
        "name": "sanity",
        "project_id": "zp7mbokg",
        "dataset": "production",
        "document_type": "post",
    }
    # Its _updatedAt.
    version = 1_768_210_200_000
    assert started["post"] == post.from_document(sanity.documents["long-read"], version)


def test_categories_and_author_are_asked_for_with_the_post(
    machine: Machine, sanity: Sanity
) -> None:
    tell({"_id": "long-read", "categories": [{"_ref": "c1"}, {"_ref": "c2"}]})
    [query] = sanity.queries
    assert "categories[]->" in query.groq
    assert "author->" in query.groq
    assert query.parameters == {"id": "long-read", "type": "post"}
    assert [tag["name"] for tag in machine.input["post"]["tags"]] == [
        "Databases",
        "War Stories",
    ]
    assert machine.input["post"]["author"] == "Ada Byron"


def test_where_sanity_is_and_what_is_asked_are_settings(
    machine: Machine, sanity: Sanity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SANITY_DATASET", "staging")
    monkeypatch.setenv("SANITY_API_VERSION", "v2030-01-01")
    monkeypatch.setenv("SANITY_QUERY", "*[_id == $id][0]{_id, title}")
    sanity.dataset = "staging"
    assert tell(ABOUT).status == 202
    [request] = sanity.requests
    assert request.path == "/v2030-01-01/data/query/staging"
    assert "perspective=published" in request.query
    assert sanity.queries[0].groq == "*[_id == $id][0]{_id, title}"
    assert machine.input["source"]["dataset"] == "staging"


def test_a_private_dataset_is_read_with_the_token(
    machine: Machine, sanity: Sanity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SANITY_TOKEN_SECRET_ARN", "token")
    sanity.token = TOKEN
    tell(ABOUT)
    tell(ABOUT, idempotency_key="delivery-2")
    assert len(machine.executions) == 2
    assert machine.calls.count("secretsmanager.get_secret_value") == 2


def test_a_token_that_was_changed_is_read_again(
    machine: Machine, sanity: Sanity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SANITY_TOKEN_SECRET_ARN", "token")
    sanity.token = TOKEN
    tell(ABOUT)
    sanity.token = "a-newer-token"
    machine.secrets["token"] = [sanity.token, TOKEN]
    assert tell(ABOUT, idempotency_key="delivery-2").status == 202


def test_without_the_token_of_a_private_dataset_nothing_is_lost(
    machine: Machine, sanity: Sanity
) -> None:
    sanity.token = TOKEN
    assert is_refused(tell(ABOUT), 502, "sanity_failed", machine)


def test_a_body_in_base64_is_read_as_it_was_signed(machine: Machine) -> None:
    body = json.dumps({**ABOUT, "title": "Übermaß 🚀"}).encode()
    answer = send(body, {"sanity-webhook-signature": sign(body)}, encoded=True)
    assert answer.status == 202


def test_a_function_url_does_as_well(machine: Machine) -> None:
    body = json.dumps(ABOUT).encode()
    event = {
        "version": "2.0",
        "headers": {"sanity-webhook-signature": sign(body), "idempotency-key": "d"},
        "requestContext": {"http": {"method": "POST"}, "requestId": "r"},
        "isBase64Encoded": False,
        "body": body.decode(),
    }
    assert initiate.handler(event, None)["statusCode"] == 202


def test_names_of_headers_are_read_in_any_case(machine: Machine) -> None:
    body = json.dumps(ABOUT).encode()
    headers = {"Sanity-Webhook-Signature": sign(body), "Idempotency-Key": "upper"}
    assert send(body, headers).body["execution"] == "upper"


def test_a_connection_is_used_again_unless_it_was_silent_for_long(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    connection = content_lake._connection
    monkeypatch.setattr(
        content_lake, "_connection", lambda url: opened.append(url) or connection(url)
    )
    tell(ABOUT)
    tell(ABOUT, idempotency_key="delivery-2")
    assert len(opened) == 1
    later = time.monotonic() + content_lake._IDLE_SECONDS + 1
    monkeypatch.setattr(content_lake.time, "monotonic", lambda: later)
    tell(ABOUT, idempotency_key="delivery-3")
    assert len(opened) == 2
    assert len(machine.executions) == 3


# Once


def test_a_redelivery_starts_nothing(machine: Machine) -> None:
    tell(ABOUT)
    again = tell(ABOUT)
    assert again.status == 200
    assert again.body == {"status": "duplicate", "execution": "delivery-1"}
    assert len(machine.executions) == 1


def test_fifty_deliveries_at_once_are_one_execution(machine: Machine) -> None:
    answers: list[Answer] = []
    threads = [
        threading.Thread(target=lambda: answers.append(tell(ABOUT))) for _ in range(50)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status for answer in answers) == [200] * 49 + [202]
    assert len(machine.executions) == 1


def test_the_same_post_in_another_delivery_is_published_again(machine: Machine) -> None:
    assert tell(ABOUT).status == 202
    assert tell(ABOUT, idempotency_key="delivery-2").status == 202


@pytest.mark.parametrize(
    "key", ["a b", "ключ", "x" * 81, "../../etc", "$(rm)", "a.b", "n\u0000l", "😀"]
)
def test_any_key_becomes_a_name_that_step_functions_takes(key: str) -> None:
    name = execution.name_of(key)
    assert 1 <= len(name) <= 80
    assert name.isascii()
    assert name.replace("-", "").replace("_", "").isalnum()
    assert name == execution.name_of(key)
    assert name != execution.name_of(f"{key}.")


def test_a_key_that_step_functions_takes_is_the_name() -> None:
    for key in ("a", "x" * 80, "0b4c-_Z"):
        assert execution.name_of(key) == key


def test_without_a_key_what_was_signed_tells_a_redelivery(machine: Machine) -> None:
    at = now_ms()
    first = tell(ABOUT, at=at, idempotency_key="")
    assert (first.status, tell(ABOUT, at=at, idempotency_key="").status) == (202, 200)
    assert tell(ABOUT, at=at - 1, idempotency_key="").status == 202


# Create, update, delete


def test_a_deleted_post_is_told_by_its_id(machine: Machine, sanity: Sanity) -> None:
    sanity.documents.clear()
    assert tell(ABOUT, sanity_operation="delete").status == 202
    assert machine.input["event"]["operation"] == "delete"
    assert set(machine.input["post"]) == {"id", "version"}
    assert machine.input["post"]["id"] == "long-read"


def test_a_deletion_without_a_projection_is_told_by_the_header(
    machine: Machine, sanity: Sanity
) -> None:
    sanity.documents.clear()
    answer = tell(None, sanity_operation="delete", sanity_document_id="long-read")
    assert answer.status == 202
    assert machine.input["post"]["id"] == "long-read"


def test_a_deletion_of_what_exists_again_is_an_update(machine: Machine) -> None:
    tell(ABOUT, sanity_operation="delete")
    assert machine.input["event"]["operation"] == "update"
    assert machine.input["post"]["title"].startswith("How we moved")


def test_headers_alone_delete_nothing_that_exists(machine: Machine) -> None:
    answer = tell(None, sanity_operation="delete", sanity_document_id="long-read")
    assert answer.body == {"status": "ignored", "reason": "not_deleted"}
    assert not machine.executions


def test_an_update_without_an_id_in_what_was_signed_is_refused(
    machine: Machine,
) -> None:
    answer = tell({"title": "x"}, sanity_document_id="long-read")
    assert is_refused(answer, 400, "invalid_id", machine)


def test_the_operation_in_the_projection_counts_more_than_the_header(
    machine: Machine,
) -> None:
    tell({**ABOUT, "operation": "create"}, sanity_operation="delete")
    assert machine.input["event"]["operation"] == "create"


def test_updates_out_of_order_publish_what_is_there_now(
    machine: Machine, sanity: Sanity
) -> None:
    publish(sanity, title="Newest", _updatedAt="2026-02-01T00:00:03Z", _rev="3")
    tell({**ABOUT, "title": "Old", "_updatedAt": "2026-02-01T00:00:01Z"})
    assert machine.input["post"]["title"] == "Newest"
    assert machine.input["post"]["revision"] == "3"
    assert machine.input["post"]["updated_at"] == "2026-02-01T00:00:03Z"


def test_an_answer_older_than_the_webhook_is_asked_for_again(
    machine: Machine,
) -> None:
    answer = tell({**ABOUT, "_updatedAt": "2027-01-01T00:00:00Z"})
    assert is_refused(answer, 502, "sanity_failed", machine)


@pytest.mark.parametrize("document_id", ["drafts.long-read", "versions.r1.long-read"])
def test_drafts_and_versions_are_ignored(
    document_id: str, machine: Machine, sanity: Sanity
) -> None:
    answer = tell({**ABOUT, "_id": document_id})
    assert (answer.status, answer.body["reason"]) == (200, "draft")
    assert (machine.executions, sanity.requests) == ({}, [])


def test_other_types_are_ignored(machine: Machine, sanity: Sanity) -> None:
    answer = tell({**ABOUT, "_type": "author"})
    assert (answer.status, answer.body["reason"]) == (200, "document_type")
    assert (machine.executions, sanity.requests) == ({}, [])


def test_a_query_may_leave_out_when_it_was_changed(
    machine: Machine, api: PlainApi
) -> None:
    Sanity(api, api.host, result=lambda _: {"_id": "long-read", "title": "Only this"})
    assert tell({**ABOUT, "_updatedAt": "2027-01-01T00:00:00Z"}).status == 202
    assert machine.input["post"]["title"] == "Only this"


# Versions


@pytest.mark.parametrize(
    ("updated_at", "version"),
    [
        ("2026-02-01T00:00:01Z", 1_769_904_001_000),
        ("2026-02-01T00:00:01.001Z", 1_769_904_001_001),
        ("2026-02-01T00:00:01.999999Z", 1_769_904_001_999),
        ("2026-02-01T02:00:01.5+02:00", 1_769_904_001_500),
    ],
)
def test_a_change_has_the_documents_time_as_its_version(
    updated_at: str, version: int, machine: Machine, sanity: Sanity
) -> None:
    publish(sanity, _updatedAt=updated_at)
    tell({"_id": "long-read"})
    assert machine.input["post"]["version"] == version


@pytest.mark.parametrize("updated_at", [None, "", "yesterday", 7, {}])
def test_a_change_without_a_time_has_the_one_when_it_was_received(
    updated_at: Any, machine: Machine, sanity: Sanity
) -> None:
    publish(sanity, _updatedAt=updated_at)
    before = now_ms()
    tell({"_id": "long-read"}, at=before - 60_000)
    assert before <= machine.input["post"]["version"] <= now_ms()
    received_at = datetime.fromisoformat(machine.input["event"]["received_at"])
    of_event = received_at.timestamp() * 1000
    assert machine.input["post"]["version"] == pytest.approx(of_event, abs=1)


def test_a_deletion_has_the_time_of_its_signature_as_its_version(
    machine: Machine, sanity: Sanity
) -> None:
    sanity.documents.clear()
    at = now_ms() - 60_000
    tell(ABOUT, at=at, sanity_operation="delete")
    assert machine.input["post"] == {"id": "long-read", "version": at}


# Sanity fails


@pytest.mark.parametrize(
    "answer",
    [
        (500, b"oops"),
        (429, b"{}"),
        (401, b'{"error": "who are you"}'),
        (302, b""),
        (200, b"<html>"),
        (200, b"[]"),
        (200, b'{"result": 7}'),
        (200, b'{"error": {}}'),
        (200, b'{"result": null}'),
        (200, b"[" * 100_000),
        (200, b'{"result": "' + b"x" * 4_200_000 + b'"}'),
    ],
    ids=lambda answer: f"{answer[0]}-{answer[1][:12].decode()}",
)
def test_what_sanity_cannot_give_is_sent_again_later(
    answer: tuple[int, bytes], machine: Machine, sanity: Sanity
) -> None:
    sanity.fails(ApiAnswer(*answer))
    assert is_refused(tell(ABOUT), 502, "sanity_failed", machine)
    assert tell(ABOUT).status == 202


def test_nobody_at_sanitys_address_is_a_502(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SANITY_API_URL", "http://127.0.0.1:1")
    assert is_refused(tell(ABOUT), 502, "sanity_failed", machine)


def test_a_slow_sanity_is_a_502(
    machine: Machine, sanity: Sanity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(content_lake, "_TIMEOUT_SECONDS", 0.05)
    sanity.fails(slow(0.2))
    assert is_refused(tell(ABOUT), 502, "sanity_failed", machine)


def test_a_connection_that_was_closed_meanwhile_is_opened_again(
    machine: Machine, sanity: Sanity
) -> None:
    tell(ABOUT)
    sanity.fails(DOWN)
    assert tell(ABOUT, idempotency_key="delivery-2").status == 202


# AWS


@pytest.fixture
def aws_clients(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Stubber]]:
    """The SDK's own clients, which check what they are given."""
    for name, value in {
        **ENVIRONMENT,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    for name in ("AWS_ENDPOINT_URL", "AWS_CA_BUNDLE", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(aws._aws, "_session", None)
    monkeypatch.setattr(aws._aws, "_clients", {})
    stubbers = {
        service: Stubber(aws.client(service))
        for service in ("secretsmanager", "stepfunctions")
    }
    for stubber in stubbers.values():
        stubber.activate()
    yield stubbers
    for stubber in stubbers.values():
        stubber.assert_no_pending_responses()


def test_step_functions_is_asked_as_it_wants_to_be(
    aws_clients: dict[str, Stubber],
) -> None:
    step_functions = aws_clients["stepfunctions"]
    given = {"stateMachineArn": MACHINE, "name": "n", "input": '{"post":{}}'}
    started = {"executionArn": f"{MACHINE}:n", "startDate": 0}
    step_functions.add_response("start_execution", started, given)
    step_functions.add_client_error("start_execution", "ExecutionAlreadyExists")
    step_functions.add_client_error("start_execution", "AccessDeniedException", KEY)
    assert execution.start("n", {"post": {}})
    assert not execution.start("n", {"post": {}})
    with pytest.raises(aws.Unavailable, match=r"^AccessDeniedException$"):
        execution.start("n", {"post": {}})


def test_secrets_manager_is_asked_as_it_wants_to_be(
    aws_clients: dict[str, Stubber],
) -> None:
    secrets_manager = aws_clients["secretsmanager"]
    for stage, text in (("AWSCURRENT", "new"), ("AWSCURRENT", "new")):
        secrets_manager.add_response(
            "get_secret_value",
            {"SecretString": text},
            {"SecretId": "signing", "VersionStage": stage},
        )
    secrets_manager.add_client_error("get_secret_value", "ResourceNotFoundException")
    signing = secrets.Secret("signing", aws.call)
    assert signing.find(lambda key: key == "old") is None


# AWS fails


def test_when_step_functions_is_down_the_sender_tries_again(machine: Machine) -> None:
    machine.faults["start_execution"] = ["ThrottlingException"]
    assert is_refused(tell(ABOUT), 503, "unavailable", machine)
    assert tell(ABOUT).status == 202


def test_when_secrets_manager_is_down_the_sender_tries_again(machine: Machine) -> None:
    machine.faults["get_secret_value"] = ["InternalServiceError"]
    assert is_refused(tell(ABOUT), 503, "unavailable", machine)
    assert tell(ABOUT).status == 202


def test_a_mistake_of_ours_tells_nothing_of_itself(
    machine: Machine,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fail(*_arguments: Any) -> None:
        raise KeyError(f"{KEY} v1=")

    monkeypatch.setattr(post, "from_document", fail)
    assert is_refused(tell(ABOUT), 500, "internal", machine)
    logged = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (logged["event"], logged["error"]) == ("crashed", "KeyError")
    assert logged["at"].startswith("test_webhook_publisher_initiate.py:")


# Attacks: signatures


@pytest.mark.parametrize(
    "signature",
    [
        "",
        "t=,v1=",
        "v1={v1}",
        "t={t}",
        "t={t},v1=",
        "t={t},v1=!!!",
        "t={t},v1=ключ",
        "t={t},v0={v1}",
        "t={t},t={t},v1={v1}",
        "t=-{t},v1={v1}",
        "t= {t},v1 = {v1}",
        "t=١٢٣,v1={v1}",
        "t=" + "9" * 5000 + ",v1={v1}",
        "t={t}" + ",v1={v1}" * 5,
        "t={t};v1={v1}",
        "\x00",
        "=,=,=",
    ],
)
def test_what_is_no_signature_is_refused_without_asking_anyone(
    signature: str, machine: Machine, sanity: Sanity
) -> None:
    at = now_ms()
    made = digest(json.dumps(ABOUT).encode(), KEY, at)
    answer = tell(ABOUT, sanity_webhook_signature=signature.format(t=at, v1=made))
    assert is_refused(answer, 401, "invalid_signature", machine)
    assert (machine.calls, sanity.requests) == ([], [])


def test_another_key_is_refused(machine: Machine, sanity: Sanity) -> None:
    assert is_refused(tell(ABOUT, key="guess"), 401, "invalid_signature", machine)
    assert sanity.requests == []


def test_a_body_that_was_changed_after_signing_is_refused(machine: Machine) -> None:
    signature = sign(json.dumps(ABOUT).encode())
    answer = tell({**ABOUT, "_id": "other"}, sanity_webhook_signature=signature)
    assert is_refused(answer, 401, "invalid_signature", machine)


def test_a_time_that_was_changed_after_signing_is_refused(machine: Machine) -> None:
    old = now_ms() - 86_400_000
    body = json.dumps(ABOUT).encode()
    signature = f"t={now_ms()},v1={digest(body, KEY, old)}"
    answer = tell(ABOUT, sanity_webhook_signature=signature)
    assert is_refused(answer, 401, "invalid_signature", machine)


@pytest.mark.parametrize("offset", [-301_000, 301_000, -86_400_000])
def test_a_signature_outside_the_window_is_refused(
    offset: int, machine: Machine
) -> None:
    answer = tell(ABOUT, at=now_ms() + offset)
    assert is_refused(answer, 401, "invalid_signature", machine)


@pytest.mark.parametrize("offset", [-290_000, 290_000])
def test_a_signature_inside_the_window_is_taken(offset: int, machine: Machine) -> None:
    assert tell(ABOUT, at=now_ms() + offset).status == 202


def test_a_replay_starts_nothing(machine: Machine) -> None:
    body = json.dumps(ABOUT).encode()
    captured = {"sanity-webhook-signature": sign(body), "idempotency-key": "seen"}
    assert [send(body, captured).status for _ in range(3)] == [202, 200, 200]
    assert len(machine.executions) == 1


def test_a_second_header_cannot_be_put_beside_the_first(machine: Machine) -> None:
    body = json.dumps(ABOUT).encode()
    event = event_of(body, {"sanity-webhook-signature": sign(body)})
    event["multiValueHeaders"] = {
        "sanity-webhook-signature": [sign(body, "guess"), sign(body)]
    }
    assert is_refused(
        Answer(initiate.handler(event, None)), 401, "invalid_signature", machine
    )


def test_one_of_several_signatures_is_enough(machine: Machine) -> None:
    body = json.dumps(ABOUT).encode()
    at = now_ms()
    both = f"t={at},v1={digest(body, 'other', at)},v1={digest(body, KEY, at)}"
    assert send(body, {"sanity-webhook-signature": both}).status == 202


def test_all_refusals_of_signatures_look_the_same(machine: Machine) -> None:
    answers = [
        tell(ABOUT, sanity_webhook_signature=""),
        tell(ABOUT, key="guess"),
        tell(ABOUT, at=1),
        tell(ABOUT, key="guess", at=1),
    ]
    assert len({answer.text for answer in answers}) == 1


# Secrets


def test_the_key_is_read_once(machine: Machine) -> None:
    for number in range(5):
        tell(ABOUT, idempotency_key=f"delivery-{number}")
    assert machine.calls.count("secretsmanager.get_secret_value") == 1


def test_a_rotated_key_needs_no_deployment(machine: Machine) -> None:
    tell(ABOUT)
    machine.secrets["signing"] = ["a-new-key", KEY]
    assert tell(ABOUT, key="a-new-key", idempotency_key="2").status == 202
    assert tell(ABOUT, key=KEY, idempotency_key="3").status == 202


def test_a_key_that_was_rotated_out_is_refused(machine: Machine) -> None:
    machine.secrets["signing"] = ["newest", "new", KEY]
    assert is_refused(tell(ABOUT), 401, "invalid_signature", machine)


def test_a_key_that_is_rotated_out_meanwhile_is_forgotten(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(ABOUT)
    machine.secrets["signing"] = ["newest", "new", KEY]
    later = time.monotonic() + secrets._FRESH_SECONDS + 1
    monkeypatch.setattr(secrets.time, "monotonic", lambda: later)
    assert tell(ABOUT, idempotency_key="2").status == 401


def test_made_up_signatures_are_not_as_many_calls(machine: Machine) -> None:
    for _ in range(20):
        tell(ABOUT, key="guess")
    assert machine.calls.count("secretsmanager.get_secret_value") <= 3


def test_a_line_end_after_the_key_is_not_part_of_it(machine: Machine) -> None:
    machine.secrets["signing"] = [f"{KEY}\n"]
    assert tell(ABOUT).status == 202


# Attacks: bodies


@pytest.mark.parametrize("encoded", [False, True])
def test_five_megabytes_are_refused(encoded: bool, machine: Machine) -> None:
    body = b'"' + b"x" * 5_000_000 + b'"'
    headers = {"sanity-webhook-signature": sign(body)}
    answer = send(body, headers, encoded=encoded)
    assert is_refused(answer, 413, "too_large", machine)
    assert machine.calls == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"not json",
        b"\xff\xfe",
        '{"_id": "long-read"}'.encode("utf-16"),
        b'{"_id": NaN}',
        b"[" * 500_000,
        b'{"a":' * 101 + b"1" + b"}" * 101,
        b"1" * 5000,
    ],
    ids=lambda body: body[:12].decode(errors="replace"),
)
def test_what_is_no_json_is_refused(body: bytes, machine: Machine) -> None:
    headers = {"sanity-webhook-signature": sign(body)}
    assert is_refused(send(body, headers, encoded=True), 400, "malformed", machine)


def test_base64_that_is_none_is_refused(machine: Machine) -> None:
    event = {**event_of(b"", {}, encoded=True), "body": "ü"}
    assert initiate.handler(event, None)["statusCode"] == 400


@pytest.mark.parametrize(
    "document_id",
    [
        '" || true || "',
        'x"] | *[true',
        "x' || _type == 'user",
        "*",
        "a b",
        "x\n",
        "",
        "..",
        "é",
        "x" * 129,
        7,
        None,
        {"$ne": 1},
        ["long-read"],
    ],
)
def test_groq_in_an_id_never_reaches_sanity(
    document_id: Any, machine: Machine, sanity: Sanity
) -> None:
    assert is_refused(tell({"_id": document_id}), 400, "invalid_id", machine)
    assert sanity.requests == []


def test_parameters_are_values_whatever_is_in_them(
    machine: Machine, sanity: Sanity
) -> None:
    evil = 'x" || true] | *[_type == "user"]&$type="user"&query=*//'
    content_lake.query("*[_id == $id]", id=evil)
    [query] = sanity.queries
    assert (query.groq, query.parameters) == ("*[_id == $id]", {"id": evil})


def test_a_prototype_changes_nothing(machine: Machine, sanity: Sanity) -> None:
    publish(sanity, **{"__proto__": {"title": "evil"}})
    body = b'{"_id": "long-read", "__proto__": {"_type": "author", "_id": "x"}}'
    answer = send(body, {"sanity-webhook-signature": sign(body)})
    assert answer.status == 202
    assert "__proto__" not in next(iter(machine.executions.values()))
    assert machine.input["post"]["title"].startswith("How we moved")


def test_a_prototype_cannot_be_hidden() -> None:
    body = rb'{"_id": "long-read", "\u005f_pr\u006fto\u005f_": {"_id": "x"}, "a": {}}'
    for payload in (body, body.replace(rb"\u005f", b"_").replace(rb"\u006f", b"o")):
        assert documents.read(payload) == {"_id": "long-read", "a": {}}


def test_a_get_is_refused(machine: Machine) -> None:
    answer = send(b"", {}, method="GET")
    assert is_refused(answer, 405, "method_not_allowed", machine)


# Sizes


def test_a_document_of_200_kilobytes_is_published(
    machine: Machine, sanity: Sanity
) -> None:
    document = publish(sanity, body=sanity.documents["long-read"]["body"] * 14)
    assert len(json.dumps(document)) > 200_000
    assert tell(document).status == 202
    made = machine.input["post"]
    assert made["html"]
    assert made["markdown"].count("## How it began") == 14


@pytest.mark.parametrize(
    ("characters", "has_html", "has_text"),
    [(40_000, True, True), (50_000, False, True), (100_000, False, False)],
)
def test_what_three_forms_do_not_fit_into_is_told_in_fewer(
    characters: int, has_html: bool, has_text: bool, machine: Machine, sanity: Sanity
) -> None:
    # Two bytes each, in each of the forms.
    publish(sanity, body="ä" * characters)
    assert tell(ABOUT).status == 202
    made = machine.input["post"]
    assert (made["html"] is not None, made["text"] is not None) == (has_html, has_text)
    assert len(made["markdown"]) == characters + 1
    assert made["excerpt"]
    assert made["reading_minutes"] == ceil(characters / 900)


def test_the_result_of_a_delivery_has_room_for_the_post(
    machine: Machine, sanity: Sanity
) -> None:
    # Step Functions repeats a delivery's input, as a text within JSON.
    publish(sanity, body='"' * 58_000)
    assert tell(ABOUT).status == 202
    assert machine.input["post"]["text"] is None
    assert len(json.dumps(json.dumps(machine.input))) < 262_144 - 16_384


def test_a_post_that_no_workflow_takes_is_refused(
    machine: Machine, sanity: Sanity
) -> None:
    publish(sanity, body="🚀" * 70_000)
    assert is_refused(tell(ABOUT), 413, "too_large", machine)


# Other senders

PUSH = json.dumps({"ref": "refs/heads/main", "id": "evt_1", "type": "a.b"}).encode()


def github(body: bytes, key: str = KEY) -> dict[str, str]:
    made = hmac.new(key.encode(), body, hashlib.sha256).hexdigest()
    return {
        "X-Hub-Signature-256": f"sha256={made}",
        "X-GitHub-Delivery": "72d3162e-cc78-11e3-81ab-4c9367dc0958",
        "X-GitHub-Event": "push",
    }


def stripe(body: bytes, key: str = KEY, at: int | None = None) -> dict[str, str]:
    moment = int(time.time()) if at is None else at
    made = hmac.new(key.encode(), f"{moment}.".encode() + body, hashlib.sha256)
    return {"Stripe-Signature": f"t={moment},v1={made.hexdigest()},v0=00"}


def standard(body: bytes, key: str = KEY, at: int | None = None) -> dict[str, str]:
    moment = int(time.time()) if at is None else at
    made = hmac.digest(key.encode(), f"msg_1.{moment}.".encode() + body, "sha256")
    return {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(moment),
        "webhook-signature": f"v1a,x v1,{base64.b64encode(made).decode()}",
    }


SENDERS = {
    # Its delivery id is not signed, so that the body names the execution.
    "github": (github, hashlib.sha256(PUSH).hexdigest(), "push"),
    "stripe": (stripe, "evt_1", "a.b"),
    "standard-webhooks": (standard, "msg_1", "a.b"),
}


@pytest.fixture(params=SENDERS)
def sender(
    request: pytest.FixtureRequest, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> str:
    monkeypatch.setenv("SOURCE", request.param)
    if request.param == "standard-webhooks":
        secret = "whsec_" + base64.b64encode(KEY.encode()).decode()
        machine.secrets["signing"] = [secret]
    return str(request.param)


def test_other_senders_payloads_are_passed_through(
    sender: str, machine: Machine, sanity: Sanity
) -> None:
    signed, name, event_type = SENDERS[sender]
    assert send(PUSH, signed(PUSH)).body == {"status": "started", "execution": name}
    started = machine.input
    assert set(started) == {"event", "source", "payload"}
    assert started["payload"] == json.loads(PUSH)
    assert started["source"] == {"name": sender}
    assert started["event"]["type"] == event_type
    assert started["event"]["operation"] is None
    assert sanity.requests == []


def test_other_senders_redeliveries_start_nothing(
    sender: str, machine: Machine
) -> None:
    signed, _, _ = SENDERS[sender]
    another_key = {"idempotency-key": f"{time.time()}"}
    statuses = [send(PUSH, {**signed(PUSH), **another_key}).status for _ in range(3)]
    assert statuses == [202, 200, 200]


def test_a_captured_delivery_of_github_starts_nothing_under_another_id(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE", "github")
    assert send(PUSH, github(PUSH)).status == 202
    assert machine.input["event"]["delivery"] == github(PUSH)["X-GitHub-Delivery"]
    captured = github(PUSH) | {"X-GitHub-Delivery": "another", "X-GitHub-Event": "x"}
    assert send(PUSH, captured).status == 200
    assert send(PUSH + b" ", github(PUSH + b" ")).status == 202


@pytest.mark.parametrize("content_type", ["application/x-www-form-urlencoded", ""])
def test_githubs_form_holds_its_json(
    content_type: str, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE", "github")
    said = {"ref": "a + b & c = d % \u00e9 \U0001f680 \0", "payload": [{"x": "y"}]}
    form = urlencode({"payload": json.dumps(said, ensure_ascii=False)}).encode()
    headers = github(form) | {"Content-Type": content_type}
    assert send(form, headers).status == 202
    assert machine.input["payload"] == said


@pytest.mark.parametrize(
    "form", [b"payload=", b"payload=%7B", b"payload=1&payload=2", b"other=%7B%7D"]
)
def test_a_form_without_its_json_is_refused(
    form: bytes, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE", "github")
    assert is_refused(send(form, github(form)), 400, "malformed", machine)


def test_a_form_is_githubs_alone(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE", "stripe")
    assert is_refused(
        send(b"payload=1", stripe(b"payload=1")), 400, "malformed", machine
    )


def test_no_unsigned_key_makes_a_replay_of_what_has_no_id_look_new(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE", "stripe")
    body, headers = b"{}", stripe(b"{}")
    statuses = [
        send(body, headers | {"idempotency-key": key}).status for key in ("1", "2")
    ]
    assert statuses == [202, 200]


def test_other_senders_are_believed_by_their_signatures_only(
    sender: str, machine: Machine
) -> None:
    signed, _, _ = SENDERS[sender]
    wrong: list[dict[str, str]] = [
        {},
        signed(PUSH, key="guess"),
        signed(PUSH + b" "),
        {"sanity-webhook-signature": sign(PUSH)},
        {name: value.upper() for name, value in signed(PUSH).items()},
        {**signed(PUSH), next(iter(signed(PUSH))): "sha1=00"},
    ]
    for headers in wrong:
        assert is_refused(send(PUSH, headers), 401, "invalid_signature", machine)


@pytest.mark.parametrize("source", ["stripe", "standard-webhooks"])
@pytest.mark.parametrize("offset", [-301, 301])
def test_other_senders_windows_are_in_the_same_unit(
    source: str, offset: int, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE", source)
    headers = {"stripe": stripe, "standard-webhooks": standard}[source](
        PUSH, at=int(time.time()) + offset
    )
    assert is_refused(send(PUSH, headers), 401, "invalid_signature", machine)
    assert machine.calls == []


def test_a_key_that_is_no_base64_opens_nothing(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE", "standard-webhooks")
    for secret in ("whsec_", "whsec_***", "", "whsec_a"):
        machine.secrets["signing"] = [secret]
        secrets._known.clear()
        answer = send(PUSH, standard(PUSH, key=""))
        assert is_refused(answer, 401, "invalid_signature", machine)


def test_payloads_that_json_cannot_tell_are_refused(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE", "stripe")
    body = b'{"amount": 1e999}'
    assert is_refused(send(body, stripe(body)), 400, "malformed", machine)


def test_a_payload_without_its_prototypes_is_all_there(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE", "stripe")
    body = (
        '{"a": [{"__proto__": {"x": 1}, "b": "\\u0000é"}], "constructor": 1}'.encode()
    )
    assert send(body, stripe(body)).status == 202
    assert machine.input["payload"] == {"a": [{"b": "\0é"}], "constructor": 1}


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (b'{"a": [{"b": "x"}, {"b": "\\ud800"}]}', "payload.a[1].b has"),
        (b'{"a": {"\\udc00": 1}}', "payload.a (a name in it) has"),
        (b'"\\ud83d"', "payload has"),
        (b'{"' + b"n" * 3000 + b'": "\\ud800"}', "payload." + "n" * 92 + " has"),
    ],
    ids=["a text", "a name", "the body", "a long name"],
)
def test_half_a_character_is_refused_with_its_place(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, body: bytes, place: str
) -> None:
    monkeypatch.setenv("SOURCE", "stripe")
    answer = send(body, stripe(body))
    assert is_refused(answer, 400, "malformed", machine)
    assert answer.body["message"].startswith(place)


# The price of a refusal


@pytest.mark.parametrize("signature", ["", "t=1,v1=x", sign(b"{}", at=1)])
def test_what_is_refused_by_its_looks_imports_no_sdk(signature: str) -> None:
    script = f"""
import json, os, sys
os.environ |= {{"SOURCE": "sanity", "SIGNATURE_TOLERANCE_MS": "1"}}
from webhook_publisher import initiate
event = {{
    "httpMethod": "POST", "body": "{{}}",
    "headers": {{"sanity-webhook-signature": "{signature}"}},
    "requestContext": {{"requestId": "r"}},
}}
assert initiate.handler(event, None)["statusCode"] == 401
heavy = {{"boto3", "botocore", "hmac", "hashlib", "urllib", "http", "typing", "html"}}
print(sorted(heavy & set(sys.modules)))
"""
    # -S: what the machine's own start-up files import does not count.
    found = subprocess.run(
        [sys.executable, "-S", "-c", script],
        cwd=SOURCES,
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout.splitlines()[-1] == "[]"
