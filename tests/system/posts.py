"""A deployed webhook publisher: tells it of posts, and looks at what became of them."""

from __future__ import annotations

import hashlib
import hmac
import json
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from stepwire.api import ApiClient, Response, emulated_url
from stepwire.testing import Execution, Executions
from tests.publishing import Dev, Hashnode, Medium, OpenSearch, Platform
from tests.publishing.opensearch import Basic, Signed
from tests.stub_api import StubApi
from tests.unit.webhooks import document_of, sign

SIGNING_SECRET = "signing-secret"
GITHUB_SECRET = "github-secret"
NAMES = ("dev", "hashnode", "medium", "search", "signed")
"""The destinations, in the order in which a summary lists them."""


class Platforms:
    """The stand-ins of all destinations, by their names."""

    def __init__(self, api: StubApi, plain: StubApi) -> None:
        host = "{}.publisher.example.com".format
        self.dev = Dev(api, host("dev"))
        self.hashnode = Hashnode(api, host("hashnode"))
        self.medium = Medium(api, host("medium"))
        self.search = OpenSearch(api, host("search"), access=Basic())
        # A function's keys are its role's, and of this moment.
        self.signed = OpenSearch(plain, plain.host, access=Signed(secret_key=None))

    def __iter__(self) -> Iterator[Platform]:
        return (self[name] for name in NAMES)

    def __getitem__(self, name: str) -> Platform:
        platform: Platform = getattr(self, name)
        return platform

    def of(self, post_id: str) -> dict[str, list[dict[str, Any]]]:
        """What readers find of a post, by platform."""
        url = address(post_id)
        keys = {"dev": "canonical_url", "hashnode": "originalArticleURL"}
        keys |= {"medium": "canonicalUrl", "search": "url", "signed": "url"}
        return {
            name: [one for one in self[name].published if one.get(key) == url]
            for name, key in keys.items()
        }

    def assert_right(self) -> None:
        """That nothing was asked that a platform does not document, or posted twice."""
        assert [problem.reason for each in self for problem in each.problems] == []
        for urls in (
            [one["canonical_url"] for one in self.dev.articles.values()],
            [one["originalArticleURL"] for one in self.hashnode.published],
            [one["canonicalUrl"] for one in self.medium.posts],
        ):
            assert len(urls) == len(set(urls)), "an article was posted twice"


def address(post_id: str) -> str:
    """Where a post of ``a_post`` is at home."""
    return f"https://blog.example.com/{post_id}"


def a_name(about: str) -> str:
    """A post's id that no other post has, nor has in its own."""
    return f"{about}-{uuid.uuid4().hex[:8]}"


def a_post(post_id: str, version: int = 1, **changes: Any) -> dict[str, Any]:
    """A post as the initiator makes it, at its ``version``."""
    return {
        "id": post_id,
        "version": version,
        "revision": f"r{version}",
        "title": f"About {post_id}",
        "title_html": f"About {post_id}",
        "title_markdown": f"About {post_id}",
        "slug": post_id,
        "canonical_url": address(post_id),
        "excerpt": "In short.",
        "markdown": f"Text {version} of {post_id}.",
        "html": f"<p>Text {version} of {post_id}.</p>",
        "text": f"Text {version} of {post_id}.",
        "cover_image": None,
        "tags": [{"name": "Step Functions", "slug": "step-functions"}],
        "author": None,
        "language": None,
        "published_at": "2026-01-01T00:00:00Z",
        "updated_at": "2026-01-02T00:00:00Z",
        "reading_minutes": 1,
    } | changes


def a_document(post_id: str, fixture: str, **changes: Any) -> dict[str, Any]:
    """A document of Sanity's: that of ``fixture``, as a post of its own."""
    return {
        **document_of(fixture),
        "_id": post_id,
        "_updatedAt": "2026-01-02T00:00:00Z",
        "title": f"About {post_id}",
        "slug": {"current": post_id},
    } | changes


@dataclass(frozen=True)
class Outcome:
    """What an execution that has ended says of itself."""

    execution: Execution
    status: str
    error: str | None
    summary: dict[str, Any]

    @property
    def records(self) -> dict[str, dict[str, Any]]:
        """What became of the post, by destination."""
        return {one["destination"]: one for one in self.summary["destinations"]}

    @property
    def states(self) -> dict[str, str]:
        """One word for it, by destination."""
        return {name: record["state"] for name, record in self.records.items()}


def outcome(execution: Execution) -> Outcome:
    """Waits for the end of an execution."""
    described = execution.wait(60).describe()
    if described["status"] == "SUCCEEDED":
        summary = json.loads(described["output"])
    else:
        assert "cause" in described, described
        summary = json.loads(json.loads(described["cause"])["errorMessage"])
    return Outcome(execution, described["status"], described.get("error"), summary)


class Publisher:
    """One deployed publisher."""

    def __init__(
        self,
        outputs: dict[str, Any],
        executions: Executions,
        client: Callable[[str], Any],
        endpoint_url: str,
    ) -> None:
        self.outputs = outputs
        self.client = client
        self._executions = executions
        url = emulated_url(outputs["webhook_url"], endpoint_url)
        self._api = ApiClient(url, credentials=None, timeout=60)

    # Without the initiator

    def start(self, post: dict[str, Any], operation: str = "update") -> Execution:
        """Starts the workflow as the initiator does."""
        event = {"operation": operation, "delivery": uuid.uuid4().hex, "type": None}
        return self._executions.start(
            self.outputs["start_arn"],
            {
                "event": event | {"received_at": "2026-01-02T00:00:01.000Z"},
                "source": {"name": "sanity"},
                "post": post,
            },
        )

    def publish(self, post: dict[str, Any], operation: str = "update") -> Outcome:
        """The end of the workflow."""
        return outcome(self.start(post, operation))

    def remove(self, post_id: str, version: int) -> Outcome:
        """The end of the workflow of a deletion."""
        return self.publish({"id": post_id, "version": version}, "delete")

    def redrive(self, run: Outcome) -> Outcome:
        """How a failed execution ends when it is redriven."""
        self.client("stepfunctions").redrive_execution(executionArn=run.execution.arn)
        return outcome(run.execution)

    def item(self, post_id: str, destination: str) -> dict[str, str]:
        """What the table remembers, each attribute's value as text."""
        found = self.client("dynamodb").get_item(
            TableName=self.outputs["table_name"],
            Key={"post_id": {"S": post_id}, "destination": {"S": destination}},
            ConsistentRead=True,
        )
        return {
            name: next(iter(value.values()))
            for name, value in found.get("Item", {}).items()
        }

    # As a sender

    def post(self, body: bytes, headers: dict[str, str]) -> Response:
        """One delivery, byte for byte."""
        return self._api.post(text=body, headers=headers)

    def get(self, path: str) -> Response:
        """What is at ``path`` below the webhook's."""
        return self._api.get(path)

    def tell(
        self,
        payload: Any,
        operation: str = "update",
        *,
        delivery: str | None = None,
        key: str = SIGNING_SECRET,
        at: int | None = None,
        sent: bytes | None = None,
    ) -> Response:
        """What Sanity sends, bytes as they are.

        ``sent`` takes the place of the body that was signed.
        """
        is_raw = isinstance(payload, bytes)
        body = payload if is_raw else json.dumps(payload, ensure_ascii=False).encode()
        headers = {
            "sanity-webhook-signature": sign(body, key, at),
            "sanity-operation": operation,
            "idempotency-key": delivery or uuid.uuid4().hex,
        }
        return self.post(body if sent is None else sent, headers)

    def push(self, payload: Any, *, key: str = GITHUB_SECRET) -> Response:
        """What GitHub sends."""
        body = json.dumps(payload).encode()
        digest = hmac.new(key.encode(), body, hashlib.sha256).hexdigest()
        return self.post(
            body,
            {
                "X-Hub-Signature-256": f"sha256={digest}",
                "X-GitHub-Event": "push",
                "X-GitHub-Delivery": str(uuid.uuid4()),
            },
        )

    def started(self, answer: Response) -> Execution:
        """The execution that an answer to a delivery names."""
        arn = self.outputs["state_machine_arn"].replace(":stateMachine:", ":execution:")
        return self._executions.get(f"{arn}:{answer.body['execution']}")

    def executions(self) -> set[str]:
        """The names of all executions so far."""
        pages = (
            self.client("stepfunctions")
            .get_paginator("list_executions")
            .paginate(stateMachineArn=self.outputs["state_machine_arn"])
        )
        return {one["name"] for page in pages for one in page["executions"]}


def messages(client: Any, groups: Iterable[str]) -> list[str]:
    """Every line in the log groups."""
    return [
        event["message"]
        for group in groups
        for page in client.get_paginator("filter_log_events").paginate(
            logGroupName=group
        )
        for event in page["events"]
    ]
