"""The stand-ins of the platforms refuse what the platforms refuse, and can fail."""

from __future__ import annotations

import base64
import http.client
import json
import socket
import ssl
import time
import urllib.request
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from tests.publishing import (
    DOWN,
    Dev,
    Hashnode,
    Medium,
    OpenSearch,
    PlainApi,
    Platform,
    Sanity,
    server_errors,
    slow,
)
from tests.publishing.opensearch import Basic, Signed
from tests.publishing.sanity import Query
from tests.stub_api import Answer, StubApi

JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True)
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Client:
    """Calls the stand-ins as HTTP Tasks do: by TLS, with the host's name."""

    def __init__(self, api: StubApi) -> None:
        self._port = api.port
        self._context = ssl.create_default_context(cadata=api.certificates)

    def __call__(
        self,
        platform: Platform,
        method: str,
        target: str,
        body: Any = None,
        headers: dict[str, str] | None = None,
    ) -> Reply:
        connection = http.client.HTTPSConnection(platform.host, context=self._context)
        connection.sock = self._context.wrap_socket(
            socket.create_connection(("127.0.0.1", self._port)),
            server_hostname=platform.host,
        )
        text = body if body is None or isinstance(body, bytes) else json.dumps(body)
        kind = {} if body is None else JSON
        connection.request(method, target, text, kind | (headers or {}))
        answer = connection.getresponse()
        reply = Reply(answer.status, dict(answer.getheaders()), answer.read())
        connection.close()
        return reply


@pytest.fixture(scope="module")
def call(stub_api: StubApi) -> Client:
    return Client(stub_api)


# DEV

DEV = {"api-key": "dev-key", "Accept": "application/vnd.forem.api-v1+json"}
ARTICLE = {
    "title": "Hello, world",
    "body_markdown": "# Hello",
    "published": True,
    "canonical_url": "https://blog.example.com/hello",
    "tags": ["aws", "terraform"],
}


@pytest.fixture
def dev(stub_api: StubApi) -> Dev:
    return Dev(stub_api, "dev.stubs.example.com")


def test_dev_publishes_updates_and_unpublishes_an_article(
    call: Client, dev: Dev
) -> None:
    created = call(dev, "POST", "/api/articles", {"article": ARTICLE}, DEV)
    id_ = created.json["id"]
    assert created.status == 201
    assert created.headers["Location"] == created.json["url"]
    assert created.json["tags"] == ["aws", "terraform"]

    target = f"/api/articles/{id_}"
    changed = call(dev, "PUT", target, {"article": {"title": "Hello again"}}, DEV)
    assert (changed.status, changed.json["title"]) == (200, "Hello again")
    assert [one["title"] for one in dev.published] == ["Hello again"]

    call(dev, "PUT", target, {"article": {"published": False}}, DEV)
    assert dev.published == []
    assert dev.problems == []


def test_dev_lists_the_articles_of_the_author_to_find_one_by_its_canonical_url(
    call: Client, dev: Dev
) -> None:
    for number in range(3):
        article = ARTICLE | {
            "title": f"Number {number}",
            "canonical_url": f"https://blog.example.com/{number}",
        }
        call(dev, "POST", "/api/articles", {"article": article}, DEV)
    [first] = call(dev, "GET", "/api/articles/me/all?per_page=1", headers=DEV).json
    assert first["canonical_url"] == "https://blog.example.com/2"
    assert first["tag_list"] == ["aws", "terraform"]


def test_dev_takes_a_canonical_url_once(call: Client, dev: Dev) -> None:
    call(dev, "POST", "/api/articles", {"article": ARTICLE}, DEV)
    other = ARTICLE | {"title": "Another", "body_markdown": "Other words"}
    again = call(dev, "POST", "/api/articles", {"article": other}, DEV)
    assert again.status == 422
    assert "Canonical url has already been taken" in again.json["error"]
    assert len(dev.articles) == 1


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"tags": "aws, terraform"}, "is not of type 'array'"),
        ({"tags": ["a", "b", "c", "d", "e"]}, "is too long"),
        ({"tags": ["step-functions"]}, "does not match"),
        ({"title": "x" * 129}, "is too long"),
        ({"published": "true"}, "is not of type 'boolean'"),
        ({"cover_image": "https://cdn.example.com/a.png"}, "unexpected"),
        ({"canonical_url": "hello"}, "does not match"),
    ],
    ids=lambda value: value if isinstance(value, str) else json.dumps(value)[:40],
)
def test_dev_refuses_an_article_that_its_api_does_not_know(
    call: Client, dev: Dev, change: dict[str, Any], reason: str
) -> None:
    article = {"article": ARTICLE | change}
    refused = call(dev, "POST", "/api/articles", article, DEV)
    assert refused.status == 422
    [problem] = dev.problems
    assert reason in problem.reason
    assert dev.articles == {}


def test_dev_refuses_other_keys_other_versions_and_what_only_moderators_may(
    call: Client, dev: Dev
) -> None:
    body = {"article": ARTICLE}
    wrong = call(dev, "POST", "/api/articles", body, DEV | {"api-key": "other"})
    assert (wrong.status, wrong.json["error"]) == (401, "unauthorized")
    assert dev.problems == []

    old = call(dev, "POST", "/api/articles", body, {"api-key": "dev-key"})
    assert old.status == 422
    gone = call(dev, "PUT", "/api/articles/1/unpublish", headers=DEV)
    assert gone.status == 401
    assert len(dev.problems) == 2


# Medium

MEDIUM = {"Authorization": "Bearer medium-token", "Accept": "application/json"}
POST = {
    "title": "Hello, world",
    "contentFormat": "markdown",
    "content": "# Hello",
    "tags": ["aws"],
    "canonicalUrl": "https://blog.example.com/hello",
    "publishStatus": "public",
}


@pytest.fixture
def medium(stub_api: StubApi) -> Medium:
    return Medium(stub_api, "medium.stubs.example.com", author_id="a1")


def test_medium_creates_a_post_and_can_do_nothing_else_with_it(
    call: Client, medium: Medium
) -> None:
    created = call(medium, "POST", "/v1/users/a1/posts", POST, MEDIUM)
    assert created.status == 201
    post = created.json["data"]
    assert post["url"].endswith(post["id"])
    assert "content" not in post
    assert medium.problems == []

    changed = call(medium, "PUT", f"/v1/posts/{post['id']}", POST, MEDIUM)
    assert changed.status == 404
    assert [one["title"] for one in medium.published] == ["Hello, world"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"contentFormat": "md"}, "is not one of"),
        ({"tags": ["a", "b", "c", "d"]}, "is too long"),
        ({"tags": ["x" * 26]}, "is too long"),
        ({"title": "x" * 101}, "is too long"),
        ({"content": ""}, "should be non-empty"),
        ({"publishStatus": "published"}, "is not one of"),
        ({"canonical_url": "https://x.example.com"}, "unexpected"),
    ],
    ids=lambda value: value if isinstance(value, str) else json.dumps(value)[:40],
)
def test_medium_refuses_a_post_that_its_api_does_not_know(
    call: Client, medium: Medium, change: dict[str, Any], reason: str
) -> None:
    refused = call(medium, "POST", "/v1/users/a1/posts", POST | change, MEDIUM)
    assert refused.status == 400
    assert reason in medium.problems[0].reason
    assert medium.posts == []


def test_medium_knows_its_token_and_its_author(call: Client, medium: Medium) -> None:
    path = "/v1/users/a1/posts"
    medium.token = "the-next-one"
    expired = call(medium, "POST", path, POST, MEDIUM)
    assert expired.json["errors"][0]["code"] == 6003
    assert expired.status == 401

    medium.token = "medium-token"
    assert call(medium, "GET", "/v1/me", headers=MEDIUM).json["data"]["id"] == "a1"
    assert call(medium, "POST", "/v1/users/b2/posts", POST, MEDIUM).status == 404


# Hashnode

HASHNODE = {"Authorization": "Bearer hashnode-token"}
PUBLISH = """
mutation Publish($input: PublishPostInput!) {
  publishPost(input: $input) { post { id slug url } }
}
"""
UPDATE = """
mutation Update($input: UpdatePostInput!) {
  updatePost(input: $input) { post { id url title } }
}
"""
REMOVE = """
mutation Remove($input: RemovePostInput!) {
  removePost(input: $input) { post { id } }
}
"""
FIND = """
query Find($publication: ObjectId!, $slug: String!) {
  publication(id: $publication) { post(slug: $slug) { id url } }
}
"""


@pytest.fixture
def hashnode(stub_api: StubApi) -> Hashnode:
    return Hashnode(stub_api, "hashnode.stubs.example.com")


def _post(hashnode: Hashnode, **change: Any) -> dict[str, Any]:
    return {
        "publicationId": hashnode.publication_id,
        "title": "Hello, world",
        "contentMarkdown": "# Hello",
        "slug": "hello",
        "tags": [{"slug": "aws", "name": "AWS"}],
        "originalArticleURL": "https://blog.example.com/hello",
        **change,
    }


def _ask(call: Client, hashnode: Hashnode, query: str, **variables: Any) -> Any:
    body = {"query": query, "variables": variables}
    reply = call(hashnode, "POST", "/", body, HASHNODE)
    assert reply.status == 200
    return reply.json


def _code(answer: Any) -> str:
    [error] = answer["errors"]
    code: str = error["extensions"]["code"]
    return code


def test_hashnode_publishes_finds_updates_and_removes_a_post(
    call: Client, hashnode: Hashnode
) -> None:
    created = _ask(call, hashnode, PUBLISH, input=_post(hashnode))
    post = created["data"]["publishPost"]["post"]
    assert post["url"] == "https://stepwire.hashnode.dev/hello"

    where = {"publication": hashnode.publication_id, "slug": "hello"}
    found = _ask(call, hashnode, FIND, **where)["data"]["publication"]["post"]
    assert found["id"] == post["id"]

    change = {"id": post["id"], "title": "Hello again"}
    changed = _ask(call, hashnode, UPDATE, input=change)
    assert changed["data"]["updatePost"]["post"]["title"] == "Hello again"

    _ask(call, hashnode, REMOVE, input={"id": post["id"]})
    assert hashnode.published == []
    assert _code(_ask(call, hashnode, REMOVE, input={"id": post["id"]})) == "NOT_FOUND"
    assert hashnode.problems == []


def test_hashnode_tells_its_failures_with_status_200(
    call: Client, hashnode: Hashnode
) -> None:
    post = _post(hashnode)
    many = [{"slug": f"tag-{number}"} for number in range(16)]
    answers = [
        _ask(call, hashnode, PUBLISH, input=post | {"tags": many}),
        _ask(call, hashnode, PUBLISH, input=post | {"publicationId": "0" * 24}),
        _ask(call, hashnode, UPDATE, input={"id": "none"}),
    ]
    hashnode.is_pro = False
    answers.append(_ask(call, hashnode, PUBLISH, input=post))
    hashnode.token = "the-next-one"
    answers.append(_ask(call, hashnode, PUBLISH, input=post))

    assert [_code(answer) for answer in answers] == [
        "BAD_USER_INPUT",
        "NOT_FOUND",
        "NOT_FOUND",
        "FORBIDDEN",
        "UNAUTHENTICATED",
    ]
    assert hashnode.posts == {}


@pytest.mark.parametrize(
    ("query", "variables", "reason"),
    [
        ("mutation { publishPost }", {}, "must have a selection"),
        (PUBLISH.replace("slug", "permalink"), {}, "Cannot query field"),
        (PUBLISH, {"input": {"title": "No body"}}, "required field"),
        (UPDATE, {"input": {"id": "1", "body": "?"}}, "unknown field"),
        ("mutation {", {}, "Syntax Error"),
    ],
    ids=["no fields", "unknown field", "missing field", "other field", "no GraphQL"],
)
def test_hashnode_refuses_what_its_schema_has_not(
    call: Client, hashnode: Hashnode, query: str, variables: Any, reason: str
) -> None:
    body = {"query": query, "variables": variables}
    assert call(hashnode, "POST", "/", body, HASHNODE).status == 400
    [problem] = hashnode.problems
    assert reason in problem.reason


def test_two_posts_of_one_slug_are_two_posts(call: Client, hashnode: Hashnode) -> None:
    for _ in range(2):
        _ask(call, hashnode, PUBLISH, input=_post(hashnode))
    assert len({post["slug"] for post in hashnode.published}) == 2


# OpenSearch

BASIC = {
    "Authorization": "Basic " + base64.b64encode(b"publisher:search-password").decode()
}
EXTERNAL = "/posts/_doc/p-1?version_type=external&version="


@pytest.fixture
def search(stub_api: StubApi) -> OpenSearch:
    return OpenSearch(stub_api, "search.stubs.example.com", access=Basic())


def test_opensearch_keeps_the_newest_version_whatever_the_order(
    call: Client, search: OpenSearch
) -> None:
    first = call(search, "PUT", f"{EXTERNAL}20", {"title": "two"}, BASIC)
    assert (first.status, first.json["result"]) == (201, "created")
    stale = call(search, "PUT", f"{EXTERNAL}10", {"title": "one"}, BASIC)
    assert stale.status == 409
    assert stale.json["error"]["type"] == "version_conflict_engine_exception"
    same = call(search, "PUT", f"{EXTERNAL}20", {"title": "two"}, BASIC)
    assert same.status == 409
    next_ = call(search, "PUT", f"{EXTERNAL}30", {"title": "three"}, BASIC)
    assert (next_.status, next_.json["_version"]) == (200, 30)
    found = call(search, "GET", "/posts/_doc/p-1", headers=BASIC)
    assert found.json["_source"] == {"title": "three"}


def test_opensearch_remembers_a_deletion_for_a_while(
    call: Client, search: OpenSearch
) -> None:
    call(search, "PUT", f"{EXTERNAL}10", {"title": "one"}, BASIC)
    assert call(search, "DELETE", f"{EXTERNAL}20", headers=BASIC).status == 200
    late = call(search, "PUT", f"{EXTERNAL}15", {"title": "late"}, BASIC)
    assert late.status == 409
    search.forgets_deletions()
    later = call(search, "PUT", f"{EXTERNAL}15", {"title": "late"}, BASIC)
    assert later.status == 201


def test_opensearch_says_not_found_to_a_deletion_of_nothing(
    call: Client, search: OpenSearch
) -> None:
    gone = call(search, "DELETE", f"{EXTERNAL}20", headers=BASIC)
    assert (gone.status, gone.json["result"]) == (404, "not_found")


def test_opensearch_takes_its_own_parameters_and_users_only(
    call: Client, search: OpenSearch
) -> None:
    document = {"title": "one"}
    assert call(search, "PUT", "/posts/_doc/p-1", document).status == 401
    odd = call(search, "PUT", "/posts/_doc/p-1?versio=1", document, BASIC)
    assert odd.status == 400
    no_type = call(search, "PUT", "/posts/_doc/p-1", b"[]", BASIC | JSON)
    assert no_type.status == 400
    assert search.documents == {}
    assert len(search.problems) == 2


def _signed(
    method: str, url: str, body: bytes, secret: str = "test", service: str = "es"
) -> dict[str, str]:
    request = AWSRequest(method=method, url=url, data=body, headers=JSON)
    SigV4Auth(Credentials("test", secret), service, "us-east-1").add_auth(request)
    return dict(request.headers)


def test_opensearch_checks_a_signature_over_all_that_is_sent(
    call: Client, stub_api: StubApi
) -> None:
    search = OpenSearch(stub_api, "signed.stubs.example.com", access=Signed())
    # As an id may be: the signature is over the path as it is sent.
    target = (
        f"/posts/_doc/{quote('drafts.a b', safe='')}?version=1&version_type=external"
    )
    url = f"{search.url}{target}"
    body = b'{"title": "one"}'

    good = _signed("PUT", url, body)
    assert call(search, "PUT", target, body, good).status == 201
    refusals = [
        call(search, "PUT", target, b'{"title": "two"}', good),
        call(search, "PUT", target.replace("=1", "=2"), body, good),
        call(search, "PUT", target, body, _signed("PUT", url, body, "other")),
        call(search, "PUT", target, body, _signed("PUT", url, body, service="s3")),
        call(search, "PUT", target, body),
    ]
    assert {refusal.status for refusal in refusals} == {403}
    assert list(search.documents) == [("posts", "drafts.a b")]


# Sanity

POSTED = '*[_type == "post" && _id == $id][0]{..., categories[]->{title}}'


def _sanity_target(**parameters: str) -> str:
    pairs = {f"${name}": text for name, text in parameters.items()}
    return "/v2025-02-19/data/query/production?" + urlencode({"query": POSTED} | pairs)


@pytest.fixture
def sanity(stub_api: StubApi) -> Sanity:
    sanity = Sanity(stub_api, "sanity.stubs.example.com", token="sanity-token")
    sanity.documents["p-1"] = {"_id": "p-1", "title": "Hello"}
    return sanity


def test_sanity_answers_a_query_by_its_parameters(call: Client, sanity: Sanity) -> None:
    token = {"Authorization": "Bearer sanity-token"}
    answer = call(sanity, "GET", _sanity_target(id='"p-1"'), headers=token)
    assert answer.json["result"] == {"_id": "p-1", "title": "Hello"}
    posted = {"query": POSTED, "params": {"id": "p-1"}}
    path = "/v2025-02-19/data/query/production"
    again = call(sanity, "POST", path, posted, token)
    assert again.json["result"] == answer.json["result"]
    assert sanity.queries == [Query(POSTED, {"id": "p-1"})] * 2
    assert sanity.problems == []


def test_sanity_shows_a_private_dataset_to_nobody_without_a_token(
    call: Client, sanity: Sanity
) -> None:
    target = _sanity_target(id='"p-1"')
    assert call(sanity, "GET", target).json["result"] is None
    other = call(sanity, "GET", target, headers={"Authorization": "Bearer other"})
    assert other.status == 401


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        (_sanity_target(), "not provided"),
        (_sanity_target(id="p-1"), "is not JSON"),
        (_sanity_target(id='"p-1"').replace("v2025-02-19", "v1x"), "there is no"),
        (_sanity_target(id='"p-1"') + "&order=asc", "no parameter order"),
    ],
    ids=["no parameter", "no quotes", "no version", "unknown option"],
)
def test_sanity_refuses_a_query_that_is_not_whole(
    call: Client, sanity: Sanity, target: str, reason: str
) -> None:
    refused = call(sanity, "GET", target)
    assert refused.status == 400
    assert reason in sanity.problems[0].reason


def test_sanity_can_be_played_without_tls() -> None:
    with PlainApi() as api:
        sanity = Sanity(api, api.host)
        sanity.documents["p-1"] = {"_id": "p-1"}
        url = sanity.url + _sanity_target(id='"p-1"')
        with urllib.request.urlopen(url) as response:
            assert json.load(response)["result"] == {"_id": "p-1"}


# Failures


def _publish(call: Client, dev: Dev) -> Reply:
    return call(dev, "POST", "/api/articles", {"article": ARTICLE}, DEV)


def test_a_platform_fails_in_turn_and_then_works(call: Client, dev: Dev) -> None:
    dev.fails(*server_errors(2), dev.rate_limited(7))
    replies = [_publish(call, dev) for _ in range(4)]
    assert [reply.status for reply in replies] == [500, 500, 429, 201]
    assert replies[2].headers["Retry-After"] == "7"
    assert len(dev.requests) == 4


def test_a_platform_is_down_until_it_recovers(call: Client, dev: Dev) -> None:
    dev.always_fails(DOWN)
    for _ in range(2):
        with pytest.raises(http.client.RemoteDisconnected):
            _publish(call, dev)
    dev.recovers()
    assert _publish(call, dev).status == 201


def test_a_lost_answer_is_of_something_done(call: Client, dev: Dev) -> None:
    dev.loses_answers()
    with pytest.raises(http.client.RemoteDisconnected):
        _publish(call, dev)
    assert len(dev.published) == 1
    assert "already been taken" in _publish(call, dev).json["error"]


def test_a_slow_platform_does_what_it_is_asked(call: Client, dev: Dev) -> None:
    dev.fails(slow(0.2))
    start = time.monotonic()
    assert _publish(call, dev).status == 201
    assert time.monotonic() - start >= 0.2


def test_graphql_fails_with_status_200_when_told_to(
    call: Client, hashnode: Hashnode
) -> None:
    hashnode.fails(hashnode.error("INTERNAL_SERVER_ERROR"))
    failed = _ask(call, hashnode, PUBLISH, input=_post(hashnode))
    assert _code(failed) == "INTERNAL_SERVER_ERROR"
    assert hashnode.posts == {}


def test_each_platform_limits_its_rate_in_its_own_words(
    call: Client, dev: Dev, medium: Medium, search: OpenSearch, sanity: Sanity
) -> None:
    limited: list[tuple[Platform, Answer]] = [
        (dev, dev.rate_limited()),
        (medium, medium.rate_limited()),
        (search, search.rate_limited()),
        (sanity, sanity.rate_limited()),
    ]
    for platform, answer in limited:
        platform.fails(answer)
        assert call(platform, "GET", "/").status == 429
