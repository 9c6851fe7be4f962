"""The function that signs: what Amazon OpenSearch Service gets, and what is raised."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs

import pytest

from tests.publishing import DOWN, OpenSearch, PlainApi, server_errors, slow
from tests.publishing.opensearch import Signed
from tests.stub_api import Answer
from webhook_publisher import search

ROLE = Signed(access_key="AKIDEXAMPLE", secret_key="role-key", region="eu-west-1")
DOCUMENT = {"title": "Überraschung 🚀", "tags": [{"name": "C++", "slug": "c"}]}


@pytest.fixture(scope="module")
def api() -> Iterator[PlainApi]:
    with PlainApi() as api:
        yield api


@pytest.fixture
def domain(api: PlainApi, monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenSearch]:
    """A domain that believes the function's role; nothing was asked wrongly of it."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", ROLE.access_key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", ROLE.secret_key)
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    domain = OpenSearch(api, api.host, access=ROLE)
    yield domain
    assert domain.problems == []


def put(domain: OpenSearch, **changes: Any) -> dict[str, Any]:
    """The event that puts a document."""
    return {
        "method": "PUT",
        "url": f"{domain.url}/posts/_doc/one",
        "query": {"version": "17", "version_type": "external_gte"},
        "body": DOCUMENT,
        "region": ROLE.region,
        **changes,
    }


def delete(domain: OpenSearch, **changes: Any) -> dict[str, Any]:
    """The event that deletes a document."""
    event = put(domain, method="DELETE", **changes)
    del event["body"]
    return event


def refusal(event: dict[str, Any]) -> tuple[str, str]:
    """What Step Functions would call the error, and its message."""
    try:
        answer = search.handler(event, None)
    except Exception as error:
        return type(error).__name__, str(error)
    raise AssertionError(answer)


def test_a_document_is_put_under_its_id_with_its_version(domain: OpenSearch) -> None:
    answer = search.handler(put(domain), None)
    assert answer["StatusCode"] == 201
    body: Any = answer["ResponseBody"]
    assert (body["_id"], body["_version"]) == ("one", 17)
    assert domain.documents == {("posts", "one"): DOCUMENT}


def test_a_document_is_deleted(domain: OpenSearch) -> None:
    search.handler(put(domain), None)
    query = {"version": "18", "version_type": "external_gte"}
    assert search.handler(delete(domain, query=query), None)["StatusCode"] == 200
    assert domain.documents == {}


def test_what_was_sent_is_what_was_signed(domain: OpenSearch) -> None:
    # The stand-in verifies the signature; this is what it covers.
    search.handler(put(domain), None)
    [request] = domain.requests
    signature = request.header("authorization") or ""
    scope = f"Credential={ROLE.access_key}/"
    assert scope in signature
    assert "/eu-west-1/es/aws4_request" in signature
    assert "SignedHeaders=accept;content-type;host;x-amz-date" in signature
    assert json.loads(request.body) == DOCUMENT
    assert parse_qs(request.query) == {
        "version": ["17"],
        "version_type": ["external_gte"],
    }


def test_the_signature_is_the_one_of_awss_guide(domain: OpenSearch) -> None:
    # "Create a signed AWS API request" in the IAM guide, step by step: what the
    # stand-in verifies with comes from the SDK, as the signature does.
    search.handler(put(domain, url=f"{domain.url}/posts/_doc/a%20b"), None)
    [request] = domain.requests
    moment = request.header("x-amz-date") or ""
    names = ["accept", "content-type", "host", "x-amz-date"]
    canonical_request = "\n".join(
        [
            "PUT",
            "/posts/_doc/a%2520b",
            "version=17&version_type=external_gte",
            *(f"{name}:{request.header(name)}" for name in names),
            "",
            ";".join(names),
            hashlib.sha256(request.body).hexdigest(),
        ]
    )
    scope = [moment[:8], "eu-west-1", "es", "aws4_request"]
    text = "\n".join(
        [
            "AWS4-HMAC-SHA256",
            moment,
            "/".join(scope),
            hashlib.sha256(canonical_request.encode()).hexdigest(),
        ]
    )
    key = f"AWS4{ROLE.secret_key}".encode()
    for part in scope:
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.digest(key, text.encode(), "sha256").hex()
    assert (request.header("authorization") or "").endswith(f"Signature={signature}")


def test_a_roles_session_is_signed_with_its_token(
    domain: OpenSearch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SESSION_TOKEN", "session")
    search.handler(put(domain), None)
    [request] = domain.requests
    assert request.header("x-amz-security-token") == "session"
    assert "x-amz-security-token" in (request.header("authorization") or "")


@pytest.mark.parametrize(
    ("encoded", "document_id"),
    [
        ("a%20b", "a b"),
        ("a%2Fb", "a/b"),
        ("%D9%85%D8%B1", "مر"),
        ("100%25", "100%"),
        ("a~b.c-d_e", "a~b.c-d_e"),
        ("%2B%26%3D", "+&="),
    ],
)
def test_any_id_is_signed_as_it_is_sent(
    encoded: str, document_id: str, domain: OpenSearch
) -> None:
    search.handler(put(domain, url=f"{domain.url}/posts/_doc/{encoded}"), None)
    assert list(domain.documents) == [("posts", document_id)]


def test_a_query_is_signed_as_it_is_sent(domain: OpenSearch) -> None:
    query = {"version": "17", "version_type": "external_gte", "routing": "a b+c/d~&="}
    search.handler(put(domain, query=query), None)
    assert parse_qs(domain.requests[0].query)["routing"] == ["a b+c/d~&="]


def test_without_a_version_there_is_no_query(domain: OpenSearch) -> None:
    event = put(domain)
    del event["query"]
    search.handler(event, None)
    assert domain.requests[0].target == "/posts/_doc/one"


def test_another_key_is_refused_by_the_status(
    domain: OpenSearch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "guess")
    assert refusal(put(domain))[0] == "OpenSearch403"
    assert domain.documents == {}
    domain.problems.clear()


def test_an_older_version_is_a_conflict(domain: OpenSearch) -> None:
    search.handler(put(domain), None)
    query = {"version": "16", "version_type": "external_gte"}
    for event in (put(domain, query=query), delete(domain, query=query)):
        error, message = refusal(event)
        assert error == "OpenSearch409"
        assert "version_conflict_engine_exception" in message
    domain.problems.clear()


def test_what_is_not_there_cannot_be_deleted(domain: OpenSearch) -> None:
    assert refusal(delete(domain))[0] == "OpenSearch404"


@pytest.mark.parametrize("status", [301, 400, 429, 500, 503])
def test_a_status_is_the_errors_name(status: int, domain: OpenSearch) -> None:
    domain.fails(*server_errors(1, status))
    assert refusal(put(domain)) == (f"OpenSearch{status}", "Internal Server Error")


def test_a_message_is_not_longer_than_a_cause_needs(domain: OpenSearch) -> None:
    domain.fails(Answer(500, "x" * 100_000), Answer(500, ""))
    assert len(refusal(put(domain))[1]) == 1_000
    assert refusal(put(domain))[1] == "Internal Server Error"


def test_nobody_there_is_an_error_of_its_own(
    domain: OpenSearch, monkeypatch: pytest.MonkeyPatch
) -> None:
    domain.fails(DOWN)
    assert refusal(put(domain))[0] == "OpenSearchUnreachable"
    nobody = "http://127.0.0.1:1/posts/_doc/one"
    assert refusal(put(domain, url=nobody))[0] == "OpenSearchUnreachable"
    monkeypatch.setattr(search, "_TIMEOUT_SECONDS", 0.05)
    domain.fails(slow(0.2))
    assert refusal(put(domain))[0] == "OpenSearchUnreachable"


def test_it_tries_once(domain: OpenSearch) -> None:
    domain.fails(DOWN)
    refusal(put(domain))
    domain.fails(*server_errors(1))
    refusal(put(domain))
    assert len(domain.requests) == 2


@pytest.mark.parametrize(
    "url",
    [
        "http://search-posts.eu-west-1.es.amazonaws.com/posts/_doc/one",
        "http://127.0.0.1.example.com/posts/_doc/one",
        "http://localhost@example.com/posts/_doc/one",
        "ftp://127.0.0.1/posts/_doc/one",
        "/posts/_doc/one",
        "",
    ],
)
def test_a_signature_is_sent_by_https_only(url: str, domain: OpenSearch) -> None:
    assert refusal(put(domain, url=url))[0] == "ValueError"


def test_an_answer_that_is_no_json_is_a_text(domain: OpenSearch) -> None:
    domain.fails(Answer(200, "done"))
    assert search.handler(put(domain), None)["ResponseBody"] == "done"
