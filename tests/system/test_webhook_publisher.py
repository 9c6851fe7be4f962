"""The webhook publisher: from a webhook to four platforms, and when they fail."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from stepwire.pytest_plugin import ApplyFactory, ClientFactory
from stepwire.testing import Deployment, Executions
from tests.publishing import DOWN, PlainApi, Platform, Sanity, server_errors, slow
from tests.scale import at_scale
from tests.stub_api import Answer, Received, StubApi
from tests.system.policies import recorded, without_each_statement
from tests.system.posts import (
    NAMES,
    Outcome,
    Platforms,
    Publisher,
    a_document,
    a_name,
    a_post,
    messages,
    outcome,
)
from tests.unit.webhooks import now_ms

FIXTURE = Path(__file__).parent / "fixtures" / "webhook_publisher"
SITE = "site.publisher.example.com"
SUMMARY = "summary.publisher.example.com"
SECRETS = (
    "signing-secret",
    "github-secret",
    "dev-key",
    "medium-token",
    "hashnode-token",
    "search-password",
    "site-token",
)
AT_ONCE = at_scale(12, 50)
SCRIPT = "<script>alert(1)</script> & *more*"


def everywhere(state: str, **others: str) -> dict[str, str]:
    """The same state for all destinations but some."""
    return dict.fromkeys(NAMES, state) | others


@pytest.fixture(scope="module")
def plain_apis() -> Iterator[tuple[PlainApi, PlainApi]]:
    """What functions call: Sanity, and the domain whose requests are signed."""
    with PlainApi() as sanity, PlainApi() as signed:
        yield sanity, signed


@pytest.fixture(scope="module")
def sanity(plain_apis: tuple[PlainApi, PlainApi]) -> Sanity:
    return Sanity(plain_apis[0], plain_apis[0].host)


@pytest.fixture(scope="module")
def platforms(stub_api: StubApi, plain_apis: tuple[PlainApi, PlainApi]) -> Platforms:
    return Platforms(stub_api, plain_apis[1])


@pytest.fixture(scope="module")
def dead_letters(stepwire_client: ClientFactory) -> str:
    queue: str = stepwire_client("sqs").create_queue(QueueName="publisher-letters")[
        "QueueUrl"
    ]
    return queue


@pytest.fixture(scope="module")
def deployed(
    stepwire_apply: ApplyFactory,
    plain_apis: tuple[PlainApi, PlainApi],
    dead_letters: str,
) -> Deployment:
    sanity, signed = plain_apis
    return stepwire_apply(
        FIXTURE,
        {
            "sanity_url": sanity.url,
            "signed_url": signed.url,
            "dead_letters_url": dead_letters,
        },
    )


@pytest.fixture(scope="module")
def publisher(
    deployed: Deployment,
    stepwire_executions: Executions,
    stepwire_client: ClientFactory,
    stepwire_emulator: Any,
    sanity: Sanity,
    platforms: Platforms,
) -> Publisher:
    """Sanity's, with all four platforms and an OpenSearch domain of each kind."""
    return Publisher(
        deployed.outputs["publisher"],
        stepwire_executions,
        stepwire_client,
        stepwire_emulator.endpoint_url,
    )


@pytest.fixture(scope="module")
def site(
    deployed: Deployment,
    stepwire_executions: Executions,
    stepwire_client: ClientFactory,
    stepwire_emulator: Any,
) -> Publisher:
    """GitHub's, with an API that no platform's entry describes."""
    return Publisher(
        deployed.outputs["site"],
        stepwire_executions,
        stepwire_client,
        stepwire_emulator.endpoint_url,
    )


@pytest.fixture(autouse=True)
def every_article_is_right_and_there_once(platforms: Platforms) -> Iterator[None]:
    yield
    platforms.assert_right()


# A post's life, as a sender and a reader see it


@dataclass(frozen=True)
class Life:
    """What happened to one of Sanity's documents, and to what readers find."""

    created: Outcome
    after_creation: dict[str, list[dict[str, Any]]]
    updated: Outcome
    after_update: dict[str, list[dict[str, Any]]]
    removed: Outcome
    after_removal: dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def life(publisher: Publisher, platforms: Platforms, sanity: Sanity) -> Life:
    """A document that is published, changed and deleted in Sanity."""
    name = a_name("life")
    document = a_document(name, "code-tutorial", title=SCRIPT)

    def tell(operation: str) -> tuple[Outcome, dict[str, list[dict[str, Any]]]]:
        answer = publisher.tell({"_id": name, "_type": "post"}, operation)
        assert answer.status == 202, answer
        run = outcome(publisher.started(answer))
        return run, {
            platform: [dict(one) for one in found]
            for platform, found in platforms.of(name).items()
        }

    sanity.documents[name] = document
    created = tell("create")
    sanity.documents[name] = document | {
        "title": "Another title",
        "_updatedAt": "2026-01-03T00:00:00.5Z",
    }
    updated = tell("update")
    del sanity.documents[name]
    return Life(*created, *updated, *tell("delete"))


def test_a_webhook_publishes_the_post_everywhere(life: Life) -> None:
    assert life.created.status == "SUCCEEDED"
    assert life.created.summary["outcome"] == "PUBLISHED"
    assert life.created.states == everywhere("CREATED")
    assert {name: len(found) for name, found in life.after_creation.items()} == (
        dict.fromkeys(NAMES, 1)
    )
    for name, record in life.created.records.items():
        assert record["url"].startswith("http"), name
        assert record["remote_id"], name
        assert record["url"] in life.created.summary["text"]


def test_every_platform_gets_the_post_as_it_wants_it(life: Life) -> None:
    markdown = FIXTURE.parents[2] / "unit" / "fixtures" / "sanity" / "code-tutorial.md"
    text = markdown.read_text("utf-8").strip()
    found = {name: posts[0] for name, posts in life.after_creation.items()}
    assert found["dev"]["title"] == found["hashnode"]["title"] == SCRIPT
    assert found["dev"]["body_markdown"].strip() == text
    assert found["hashnode"]["contentMarkdown"].strip() == text
    # Medium shows no title but the heading, and reads it as Markdown with HTML in it.
    heading, _, body = found["medium"]["content"].partition("\n\n")
    assert heading.startswith("# ")
    assert "<script>" not in heading
    assert body.strip() == text
    for name in ("search", "signed"):
        assert found[name]["title"] == SCRIPT


def test_an_update_changes_what_is_there(life: Life) -> None:
    assert life.updated.status == "SUCCEEDED"
    assert life.updated.states == everywhere("UPDATED", medium="UNSUPPORTED")
    found = {name: posts[0] for name, posts in life.after_update.items()}
    for name in ("dev", "hashnode", "search", "signed"):
        assert found[name]["title"] == "Another title"
    medium = life.updated.records["medium"]
    assert medium["url"] == life.created.records["medium"]["url"]
    assert medium["hint"]


def test_a_deletion_removes_it_where_that_is_possible(life: Life) -> None:
    assert life.removed.status == "SUCCEEDED"
    assert life.removed.states == everywhere("REMOVED", medium="UNSUPPORTED")
    assert {name for name, found in life.after_removal.items() if found} == {"medium"}
    assert life.removed.records["medium"]["hint"]


def test_a_post_of_200_kilobytes_is_published(
    publisher: Publisher, platforms: Platforms, sanity: Sanity
) -> None:
    name = a_name("long")
    text = "All work and no play makes Jack a dull boy. " * 4_600
    sanity.documents[name] = a_document(name, "text-body", body=text)
    answer = publisher.tell({"_id": name}, "create")
    assert outcome(publisher.started(answer)).states == everywhere("CREATED")
    assert len(platforms.of(name)["dev"][0]["body_markdown"]) >= len(text.strip())


# The same again, and out of order


@pytest.mark.slow
def test_fifty_deliveries_at_once_publish_once(
    publisher: Publisher, platforms: Platforms, sanity: Sanity
) -> None:
    name = a_name("many")
    sanity.documents[name] = a_document(name, "emoji")
    before = publisher.executions()

    def deliver(_: int) -> Any:
        return publisher.tell({"_id": name}, "create", delivery=name)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(deliver, range(50)))
    assert {answer.status for answer in answers} <= {200, 202}
    assert {answer.body["execution"] for answer in answers} == {name}
    assert publisher.executions() - before == {name}
    run = outcome(publisher.started(answers[0]))
    assert run.states == everywhere("CREATED")
    assert {key: len(found) for key, found in platforms.of(name).items()} == (
        dict.fromkeys(NAMES, 1)
    )
    assert publisher.tell({"_id": name}, "create", delivery=name).status == 200


def test_the_same_version_again_asks_no_platform(
    publisher: Publisher, platforms: Platforms
) -> None:
    post = a_post(a_name("again"))
    assert publisher.publish(post, "create").states == everywhere("CREATED")
    before = [len(each.requests) for each in platforms]
    run = publisher.publish(post)
    assert run.status == "SUCCEEDED"
    assert run.states == everywhere("UNCHANGED")
    assert [len(each.requests) for each in platforms] == before


def test_what_is_older_than_what_was_published_changes_nothing(
    publisher: Publisher, platforms: Platforms
) -> None:
    name = a_name("order")
    publisher.publish(a_post(name, 10), "create")
    publisher.publish(a_post(name, 20))
    assert publisher.publish(a_post(name, 15)).states == everywhere("SUPERSEDED")
    assert platforms.of(name)["dev"][0]["body_markdown"] == f"Text 20 of {name}."
    assert platforms.of(name)["search"][0]["body"] == f"Text 20 of {name}."

    assert publisher.remove(name, 30).status == "SUCCEEDED"
    late = publisher.publish(a_post(name, 25))
    assert late.states == everywhere("SUPERSEDED")
    assert platforms.of(name)["dev"] == platforms.of(name)["hashnode"] == []
    again = publisher.publish(a_post(name, 40))
    assert again.status == "SUCCEEDED"
    assert {key: len(found) for key, found in platforms.of(name).items()} == (
        dict.fromkeys(NAMES, 1)
    )


def test_a_deletion_that_comes_first_keeps_the_post_away(
    publisher: Publisher, platforms: Platforms
) -> None:
    name = a_name("gone")
    assert publisher.remove(name, 5).states == everywhere("NOTHING_TO_REMOVE")
    assert publisher.publish(a_post(name, 4), "create").states == (
        everywhere("SUPERSEDED")
    )
    assert not any(platforms.of(name).values())


def test_versions_that_come_at_once_end_with_the_newest(
    publisher: Publisher, platforms: Platforms
) -> None:
    name = a_name("race")
    versions = list(range(1, 6))
    random.shuffle(versions)
    posts = [a_post(name, version) for version in versions]
    with ThreadPoolExecutor(5) as pool:
        runs = list(pool.map(publisher.publish, posts))
    assert {run.status for run in runs} == {"SUCCEEDED"}, versions
    found = platforms.of(name)
    assert found["dev"][0]["body_markdown"] == f"Text 5 of {name}."
    assert found["hashnode"][0]["contentMarkdown"] == f"Text 5 of {name}."
    assert found["search"][0]["body"] == f"Text 5 of {name}."


# Platforms that fail: each with a post of its own, all at the same time


@dataclass(frozen=True)
class Fault:
    """What a platform does to one post, and what becomes of the post.

    ``error`` is the record's, None where it was published after all; ``after`` the
    state after the platform recovered and the execution was redriven.
    """

    platform: str
    happens: Callable[[Any, str], None]
    state: str
    error: str | None = None
    after: str | None = None


def down(platform: Platform, name: str) -> None:
    platform.always_fails(DOWN, about=name)


def answers(*answers: Any) -> Callable[[Platform, str], None]:
    return lambda platform, name: platform.fails(*answers, about=name)


def always(answer: Any) -> Callable[[Platform, str], None]:
    return lambda platform, name: platform.always_fails(answer, about=name)


def loses_the_answer(platform: Platform, name: str) -> None:
    platform.loses_answers(about=name)


def graphql(code: str) -> Answer:
    """Hashnode's failure, with status 200."""
    failure = {"message": "No", "extensions": {"code": code}}
    return Answer(200, {"errors": [failure], "data": None})


LIMITED = Answer(429, {"error": "Rate limit reached, try again in 1 seconds"})
SOCKET = "States.Http.Socket"
FAULTS = {
    "dev is down": Fault("dev", down, "FAILED", SOCKET, "CREATED"),
    "hashnode is down": Fault("hashnode", down, "FAILED", SOCKET, "CREATED"),
    "search is down": Fault("search", down, "FAILED", SOCKET, "CREATED"),
    "signed is down": Fault(
        "signed", down, "FAILED", "OpenSearchUnreachable", "CREATED"
    ),
    # It may have got through, and Medium cannot be asked.
    "medium is down": Fault("medium", down, "UNSURE", SOCKET, "UNSURE"),
    "dev's answer is lost": Fault("dev", loses_the_answer, "CREATED"),
    "hashnode's answer is lost": Fault("hashnode", loses_the_answer, "CREATED"),
    "search's answer is lost": Fault("search", loses_the_answer, "CREATED"),
    "signed's answer is lost": Fault("signed", loses_the_answer, "CREATED"),
    "medium's answer is lost": Fault(
        "medium", loses_the_answer, "UNSURE", SOCKET, "UNSURE"
    ),
    "dev is slow": Fault("dev", answers(slow(1.5)), "CREATED"),
    "dev limits twice": Fault("dev", answers(LIMITED, LIMITED), "CREATED"),
    "medium limits": Fault(
        "medium", always(LIMITED), "FAILED", "States.Http.StatusCode.429", "CREATED"
    ),
    "signed limits": Fault("signed", answers(LIMITED), "CREATED"),
    "search has a bad day": Fault(
        "search", lambda one, name: one.fails(*server_errors(1), about=name), "CREATED"
    ),
    "hashnode fails inside": Fault(
        "hashnode", answers(graphql("INTERNAL_SERVER_ERROR")), "CREATED"
    ),
    "hashnode has no plan": Fault(
        "hashnode",
        always(graphql("FORBIDDEN")),
        "FAILED",
        "Hashnode.FORBIDDEN",
        "CREATED",
    ),
    "hashnode has moved": Fault(
        "hashnode",
        always(Answer(301, "", {"Location": "https://example.com"})),
        "FAILED",
        "States.Http.StatusCode.301",
        "CREATED",
    ),
    "dev refuses": Fault(
        "dev",
        always(Answer(422, {"error": "Title is too long", "status": 422})),
        "FAILED",
        "States.Http.StatusCode.422",
        "CREATED",
    ),
}


@dataclass(frozen=True)
class Suffered:
    """A post that met a fault: its end, and its end after the redrive."""

    name: str
    first: Outcome
    redriven: Outcome | None


@pytest.fixture(scope="module")
def suffered(
    publisher: Publisher, platforms: Platforms
) -> Iterator[dict[str, Future[Suffered]]]:
    def suffer(number: int, fault: Fault) -> Suffered:
        name = a_name(f"fault{number}")
        platform = platforms[fault.platform]
        fault.happens(platform, name)
        first = publisher.publish(a_post(name), "create")
        platform.recovers(about=name)
        redriven = publisher.redrive(first) if first.status == "FAILED" else None
        return Suffered(name, first, redriven)

    with ThreadPoolExecutor(len(FAULTS)) as pool:
        yield {
            what: pool.submit(suffer, number, fault)
            for number, (what, fault) in enumerate(FAULTS.items())
        }


@pytest.mark.parametrize("what", FAULTS)
def test_one_platform_that_fails_neither_stops_nor_repeats_the_others(
    what: str, suffered: dict[str, Future[Suffered]], platforms: Platforms
) -> None:
    fault, result = FAULTS[what], suffered[what].result(120)
    first = result.first
    assert first.states == everywhere("CREATED", **{fault.platform: fault.state})
    record = first.records[fault.platform]
    if fault.error is None:
        assert first.status == "SUCCEEDED"
        assert "error" not in record
    else:
        assert (first.status, first.error) == ("FAILED", "PartlyPublished")
        assert first.summary["outcome"] == "PARTLY_PUBLISHED"
        assert record["error"] == fault.error
        assert fault.error in first.summary["text"]

        redriven = result.redriven
        assert redriven is not None
        assert redriven.states == (
            everywhere("UNCHANGED", **{fault.platform: fault.after or ""})
        )
        good = fault.after != "UNSURE"
        assert redriven.status == ("SUCCEEDED" if good else "FAILED")
        assert redriven.summary["redrives"] == 1
    counts = {name: len(found) for name, found in platforms.of(result.name).items()}
    there = 0 if what == "medium is down" else 1
    assert counts == dict.fromkeys(NAMES, 1) | {fault.platform: there}


def test_when_all_are_down_nothing_is_published_until_the_redrive(
    publisher: Publisher, platforms: Platforms
) -> None:
    name = a_name("all-down")
    for platform in platforms:
        platform.always_fails(DOWN, about=name)
    first = publisher.publish(a_post(name), "create")
    assert (first.status, first.error) == ("FAILED", "NotPublished")
    assert first.states == everywhere("FAILED", medium="UNSURE")
    for platform in platforms:
        platform.recovers(about=name)
    redriven = publisher.redrive(first)
    assert redriven.states == everywhere("CREATED", medium="UNSURE")
    assert redriven.error == "PartlyPublished"
    assert {key for key, found in platforms.of(name).items() if not found} == {"medium"}


def test_a_delivery_that_is_stopped_fails_its_destination_alone(
    publisher: Publisher, platforms: Platforms
) -> None:
    name = a_name("stopped")
    # More than a state takes: nothing catches that.
    platforms.search.always_fails(Answer(201, {"_id": "x" * 300_000}), about=name)
    run = publisher.publish(a_post(name), "create")
    assert (run.status, run.error) == ("FAILED", "PartlyPublished")
    assert run.states == everywhere("CREATED", search="FAILED")
    assert run.records["search"]["error"] == "States.DataLimitExceeded"
    assert run.records["search"]["hint"]
    # The claim is there until the request cannot be under way any more.
    item = publisher.item(name, "search")
    assert 0 < int(item["claimed_until"]) - time.time() <= 360
    assert "sending" in item


def test_an_expired_token_is_renewed_and_the_post_redriven(
    publisher: Publisher,
    platforms: Platforms,
    deployed: Deployment,
    stepwire_client: ClientFactory,
) -> None:
    name = a_name("expired")
    platforms.medium.token = "a-newer-medium-token"
    first = publisher.publish(a_post(name), "create")
    assert first.states == everywhere("CREATED", medium="FAILED")
    assert first.records["medium"]["error"] == "States.Http.StatusCode.401"
    # From now on nothing is sent: EventBridge has deauthorized the connection.
    second = publisher.publish(a_post(name, 2))
    failed = second.records["medium"]
    assert failed["error"] == "Events.ConnectionResource.InvalidConnectionState"
    assert failed["hint"]

    connection = deployed.outputs["connections"]["medium"].split("/")[1]
    stepwire_client("events").update_connection(
        Name=connection,
        AuthorizationType="API_KEY",
        AuthParameters={
            "ApiKeyAuthParameters": {
                "ApiKeyName": "Authorization",
                "ApiKeyValue": f"Bearer {platforms.medium.token}",
            }
        },
    )
    redriven = publisher.redrive(second)
    assert redriven.status == "SUCCEEDED"
    assert redriven.states == everywhere("UNCHANGED", medium="CREATED")
    assert publisher.redrive(first).states == everywhere("SUPERSEDED")


# Other senders, other platforms


def test_githubs_payload_goes_to_an_api_of_ones_own(
    site: Publisher, stub_api: StubApi
) -> None:
    stub_api.on(SITE, Answer(201, {"id": 7}))
    stub_api.on(SUMMARY, Answer(200))
    # More digits than JSONata writes.
    push = {"ref": a_name("refs/heads/main"), "id": 1_234_567_890_123_456}
    answer = site.push(push)
    assert answer.status == 202
    run = outcome(site.started(answer))
    assert (run.status, run.states) == ("SUCCEEDED", {"site": "CREATED"})
    assert run.records["site"]["remote_id"] == "7"
    [request] = stub_api.received(SITE)
    assert (request.method, request.path) == ("POST", "/posts")
    assert request.json["payload"] == push
    assert request.header("authorization") == "Bearer site-token"
    [told] = stub_api.received(SUMMARY)
    assert run.summary["text"] in json.dumps(told.json)


def test_what_was_not_published_is_kept_as_a_dead_letter(
    site: Publisher,
    stub_api: StubApi,
    dead_letters: str,
    stepwire_client: ClientFactory,
) -> None:
    stub_api.on(SITE, Answer(403, {"error": "no"}))
    # A summary that cannot be sent changes nothing.
    stub_api.on(SUMMARY, Answer(400))
    run = outcome(site.started(site.push({"ref": a_name("broken")})))
    assert (run.status, run.error) == ("FAILED", "NotPublished")
    received = stepwire_client("sqs").receive_message(
        QueueUrl=dead_letters, MaxNumberOfMessages=10
    )
    [letter] = [json.loads(message["Body"]) for message in received["Messages"]]
    assert letter["execution_arn"] == run.execution.arn
    assert letter["error"] == "NotPublished"
    assert letter["summary"]["destinations"] == run.summary["destinations"]

    stub_api.on(SITE, Answer(201, {"id": 8}))
    stub_api.on(SUMMARY, Answer(200))
    assert site.redrive(run).status == "SUCCEEDED"


@pytest.fixture(scope="module")
def own_api(site: Publisher, stub_api: StubApi) -> tuple[list[str], list[Received]]:
    """What became of a post at an API of one's own, and what that API was asked."""
    name = a_name("own")
    stub_api.on(SITE, Answer(201, {"id": 9}))
    stub_api.on(SUMMARY, Answer(200))
    first = {"id": name, "version": 1, "payload": {"text": "one"}}
    second = first | {"version": 2, "payload": {"text": "two"}}
    runs = [site.publish(first, "create"), site.publish(second), site.publish(second)]
    runs.append(site.remove(name, 3))
    return [run.states["site"] for run in runs], stub_api.received(SITE)


def test_an_api_of_ones_own_is_asked_to_change_and_to_delete(
    own_api: tuple[list[str], list[Received]],
) -> None:
    states, requests = own_api
    assert states == ["CREATED", "UPDATED", "UNCHANGED", "REMOVED"]
    assert [(one.method, one.path) for one in requests] == [
        ("POST", "/posts"),
        ("PUT", "/posts/9"),
        ("DELETE", "/posts/9"),
    ]
    assert [one.json["payload"]["text"] for one in requests[:2]] == ["one", "two"]


# Attacks, through the API


def nested(depth: int) -> bytes:
    """JSON that no parser that calls itself survives."""
    return b'{"_id":"deep","a":' + b"[" * depth + b"]" * depth + b"}"


@pytest.mark.parametrize(
    ("status", "options"),
    [
        (401, {"key": "another-key"}),
        (401, {"at": now_ms() - 3_600_000}),
        (401, {"at": now_ms() + 3_600_000}),
        (401, {"sent": b'{"_id":"changed"}'}),
    ],
    ids=["another key", "an hour old", "an hour early", "changed after signing"],
)
def test_what_is_not_signed_rightly_is_refused(
    status: int, options: dict[str, Any], publisher: Publisher
) -> None:
    before = publisher.executions()
    answer = publisher.tell({"_id": "attack"}, **options)
    assert answer.status == status
    assert answer.body.keys() == {"error", "message"}
    assert publisher.executions() == before


def test_without_a_signature_nothing_is_read(
    publisher: Publisher, sanity: Sanity
) -> None:
    before = len(sanity.requests)
    answer = publisher.post(b'{"_id":"attack"}', {})
    assert (answer.status, answer.body["error"]) == (401, "invalid_signature")
    assert publisher.post(b'{"_id":"' + b"x" * 5_000_000 + b'"}', {}).status == 413
    assert len(sanity.requests) == before


def test_errors_of_the_api_itself_can_be_read_by_pages(publisher: Publisher) -> None:
    unknown = publisher.get("/nothing")
    assert unknown.status == 404
    assert unknown.body.keys() >= {"error", "message"}
    assert unknown.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize(
    "id_",
    ['x"] | *[_type == "user', "a' || true || '", "../../secrets", "{{7*7}}", "a b"],
    ids=["closed filter", "quote", "path", "template", "space"],
)
def test_an_id_is_never_part_of_a_query(
    id_: str, publisher: Publisher, sanity: Sanity
) -> None:
    before = len(sanity.queries)
    answer = publisher.tell({"_id": id_, "_type": "post"})
    assert (answer.status, answer.body["error"]) == (400, "invalid_id")
    assert sanity.queries[before:] == []


def test_a_strange_body_does_no_harm(
    publisher: Publisher, platforms: Platforms, sanity: Sanity
) -> None:
    name = a_name("proto")
    sanity.documents[name] = a_document(name, "marks")
    strange = {"_id": name, "__proto__": {"admin": True}, "constructor": {"a": 1}}
    run = outcome(publisher.started(publisher.tell(strange, "create")))
    assert run.states == everywhere("CREATED")
    assert "admin" not in json.dumps(run.summary)

    answer = publisher.tell(nested(100_000))
    assert (answer.status, answer.body["error"]) == (400, "malformed")


def test_a_delivery_that_is_replayed_starts_nothing(
    publisher: Publisher, sanity: Sanity
) -> None:
    name = a_name("replay")
    sanity.documents[name] = a_document(name, "marks")
    moment = now_ms()
    first = publisher.tell({"_id": name}, delivery=name, at=moment)
    outcome(publisher.started(first))
    before = publisher.executions()
    again = publisher.tell({"_id": name}, delivery=name, at=moment)
    assert (again.status, again.body["status"]) == (200, "duplicate")
    assert publisher.executions() == before
    # Under another name it is another execution, in which nothing happens.
    other = publisher.tell({"_id": name}, delivery=f"{name}-2", at=moment)
    assert outcome(publisher.started(other)).states == everywhere("UNCHANGED")


# What is left behind


def test_no_secret_is_in_a_log_or_a_history(
    life: Life,
    suffered: dict[str, Future[Suffered]],
    publisher: Publisher,
    deployed: Deployment,
    stepwire_client: ClientFactory,
) -> None:
    groups = [
        group
        for one in ("publisher", "site")
        for group in deployed.outputs[one]["log_group_names"].values()
    ]
    lines = messages(stepwire_client("logs"), groups)
    runs = [life.created, suffered["signed is down"].result().first]
    seen = "\n".join(lines) + repr([run.execution.history() for run in runs])
    assert len(lines) > 100
    assert [secret for secret in SECRETS if secret in seen] == []
    assert "v1=" not in seen


def test_the_roles_may_do_what_the_workflows_did_and_no_more(
    life: Life,
    suffered: dict[str, Future[Suffered]],
    own_api: tuple[list[str], list[Received]],
    publisher: Publisher,
    site: Publisher,
    stub_api: StubApi,
    stepwire_emulator: Any,
) -> None:
    for future in suffered.values():
        future.result()
    # A dead letter, whichever tests ran before.
    stub_api.on(SITE, Answer(403))
    assert outcome(site.started(site.push({"ref": a_name("x")}))).status == "FAILED"
    for one in (publisher, site):
        workflow = one.outputs["state_machine_arn"]
        for key, text in one.outputs["execution_policies"].items():
            machine = workflow if key == "workflow" else f"{workflow}-{key}"
            policy = json.loads(text)
            calls = {
                call
                for call in recorded(stepwire_emulator.endpoint_url, machine)
                if call.state_machine == machine.rpartition(":")[2]
            }
            assert [call for call in calls if not call.is_allowed_by(policy)] == []
            needless = [
                action
                for action, smaller in without_each_statement(policy)
                if all(call.is_allowed_by(smaller) for call in calls)
            ]
            assert needless == [], machine


def test_the_second_plan_is_empty(deployed: Deployment) -> None:
    assert deployed.plan().is_empty
