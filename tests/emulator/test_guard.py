"""What the emulator refuses, byte for byte: other hosts, other sites' pages.

What a browser makes of it is in test_guard_browser.py.
"""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest
import urllib3

from stepwire.emulator import Emulator
from tests.system import functions

HANDLER = "def handler(event, context):\n    return event['requestContext']['http']"
HEALTH = "/_localstack/health"
CREATE_TOPIC = "/?Action=CreateTopic&Version=2010-03-31&Name=refused"
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Answer:
    status: int
    text: str
    headers: str


Send = Callable[..., Answer]


@pytest.fixture(scope="module")
def port(stepwire_emulator: Any) -> int:
    return int(urlsplit(stepwire_emulator.endpoint_url).port)


@pytest.fixture(scope="module")
def send(port: int) -> Send:
    """Sends a request of these bytes alone; PORT is the emulator's."""
    return lambda *lines, body="": exchange(port, lines, body)


def exchange(port: int, lines: tuple[str, ...], body: str = "") -> Answer:
    if not any(line.startswith("Connection:") for line in lines):
        lines = (*lines, "Connection: close")
    head = "\r\n".join(lines).replace("PORT", str(port))
    if body:
        head += f"\r\nContent-Length: {len(body)}"
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.sendall(f"{head}\r\n\r\n{body}".encode("latin-1"))
        method = lines[0].partition(" ")[0]
        response = http.client.HTTPResponse(connection, method=method)
        response.begin()
        return Answer(response.status, response.read().decode(), str(response.headers))


def get(path: str = HEALTH, host: str = "localhost:PORT") -> tuple[str, str]:
    return f"GET {path} HTTP/1.1", f"Host: {host}"


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "localhost:PORT",
        "LocalHost:PORT",
        "127.0.0.1:PORT",
        "[::1]:PORT",
        "anything.localhost:PORT",
        "bucket.s3.us-east-1.localhost:PORT",
    ],
)
def test_the_emulator_goes_by_names_of_this_machine(send: Send, host: str) -> None:
    assert send(*get(host=host)).status == 200


@pytest.mark.parametrize("path", [HEALTH, "/_aws/ses", "/_stepwire/calls", "/", "/b/k"])
@pytest.mark.parametrize(
    "host",
    [
        "evil.example:PORT",
        "localhost.evil.example:PORT",
        "evil-localhost:PORT",
        "localhost.:PORT",
        "localhost.localstack.cloud:PORT",
        "192.0.2.1:PORT",
        "0.0.0.0:PORT",
        "127.0.0.1.evil.example",
        "localhost@evil.example",
        "evil.example,localhost",
        "localhost:PORT:80",
        "",
    ],
)
def test_other_names_are_refused_whatever_is_asked_for(
    send: Send, host: str, path: str
) -> None:
    answer = send(*get(path, host), "X-Forwarded-Host: localhost")
    assert answer.status == 403
    assert "STEPWIRE_ALLOWED_HOSTS" in answer.text


def test_a_request_names_one_host(send: Send) -> None:
    for lines in [
        (f"GET {HEALTH} HTTP/1.0",),
        (*get(), "Host: evil.example"),
        (*get(host="evil.example"), "host: localhost:PORT"),
        (f"GET http://evil.example{HEALTH} HTTP/1.1", "Host: localhost:PORT"),
    ]:
        assert send(*lines).status == 403, lines
    absolute = f"GET http://localhost:PORT{HEALTH} HTTP/1.1"
    assert send(absolute, "Host: localhost:PORT").status == 200
    assert send(*get(), "X-Forwarded-Host: evil.example").status == 200


@pytest.mark.parametrize(
    "header",
    [
        "Sec-Fetch-Site: cross-site",
        "Sec-Fetch-Site: same-site",
        "Sec-Fetch-Site: Cross-Site",
        "Origin: null",
        "Origin: http://evil.example",
        "Origin: http://localhost:1",
        "Origin: http://other.localhost:PORT",
        "Origin: http://127.0.0.1:PORT",
        "Origin: https://app.localstack.cloud",
        "Origin: http://app.localstack.cloud",
        "Origin: https://localhost.localstack.cloud",
        "Origin: http://bucket.s3-website.localhost:PORT",
        "Origin: http://id.cloudfront.localhost:PORT",
        "Origin: https://localhost",
        "Origin: file://",
        "Referer: https://evil.example/page",
        "Referer: http://localhost:1/",
        "Referer: http://[",
    ],
)
@pytest.mark.parametrize("path", [HEALTH, "/_aws/ses", "/?Action=ListTopics", "/b/k"])
def test_a_page_of_another_origin_reaches_nothing(
    send: Send, header: str, path: str
) -> None:
    for method in ("GET", "OPTIONS", "DELETE"):
        answer = send(f"{method} {path} HTTP/1.1", "Host: localhost:PORT", header)
        assert answer.status == 403
        assert "A page of another origin" in answer.text
        assert "Access-Control-Allow" not in answer.headers


@pytest.mark.parametrize(
    "headers",
    [
        ["Sec-Fetch-Site: none"],
        ["Sec-Fetch-Site: same-origin", "Origin: http://localhost:PORT"],
        ["Origin: https://LOCALHOST:PORT"],
        ["Referer: http://localhost:PORT/_localstack/swagger"],
    ],
)
def test_the_person_and_the_emulators_own_pages_may(
    send: Send, headers: list[str]
) -> None:
    assert send(*get(), *headers).status == 200


def test_one_right_header_does_not_outweigh_a_wrong_one(send: Send) -> None:
    own = "Origin: http://localhost:PORT"
    for header in (own, "Sec-Fetch-Site: same-origin"):
        assert send(*get(), header, "Sec-Fetch-Site: cross-site").status == 403
        assert send(*get(), "Sec-Fetch-Site: cross-site", header).status == 403
    assert send(*get(), own, "Origin: http://evil.example").status == 403


def test_a_websocket_is_refused_too(send: Send) -> None:
    websocket = [
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version: 13",
    ]
    for lines in [
        (*get("/", "evil.example"), *websocket),
        (*get("/"), "Origin: http://evil.example", *websocket),
    ]:
        assert send(*lines).status == 403


def test_a_link_changes_nothing(send: Send) -> None:
    """Not even one that a person opens, or a browser that does not tell its source."""
    for method in ("GET", "HEAD"):
        for path in (CREATE_TOPIC, CREATE_TOPIC.replace("/?", "/bucket?")):
            answer = send(f"{method} {path} HTTP/1.1", "Host: localhost:PORT")
            assert answer.status == 403
    reading_first = f"{CREATE_TOPIC}&Action=ListTopics"
    assert "'CreateTopic' changes something" in send(*get(reading_first)).text
    assert send(*get("/?Action=ListTopics&Version=2010-03-31")).status == 200


TEXT = "Action=CreateTopic&Version=2010-03-31&Name=refused"
PARTS = "".join(
    f'--B\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
    for name, value in {"Action": "CreateTopic", "Name": "refused", "key": "k"}.items()
)


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        (FORM, TEXT),
        ("text/plain", TEXT),
        ("TEXT/PLAIN; x=application/json", TEXT),
        ("multipart/form-data; boundary=B", f"{PARTS}--B--\r\n"),
        ("", TEXT),
    ],
)
def test_a_form_changes_nothing(send: Send, content_type: str, body: str) -> None:
    lines = ["POST / HTTP/1.1", "Host: localhost:PORT"]
    if content_type:
        lines.append(f"Content-Type: {content_type}")
    # A browser has the second where a person has signed in to another page.
    for more in ([], ["Authorization: Basic dXNlcjpwYXNz"]):
        answer = send(*lines, *more, body=body)
        assert answer.status == 403
        assert "could be a form of any web page" in answer.text


def test_nothing_of_all_that_was_done(stepwire_client: Any) -> None:
    topics = stepwire_client("sns").list_topics()["Topics"]
    assert not [topic for topic in topics if topic["TopicArn"].endswith(":refused")]


def test_clients_of_aws_are_served(
    stepwire_client: Any, stepwire_emulator: Any
) -> None:
    """What they send without a signature in a header: presigned URLs and forms."""
    http_pool = urllib3.PoolManager()
    identity = stepwire_client("sts").generate_presigned_url("get_caller_identity")
    assert http_pool.request("GET", identity).status == 200
    token = stepwire_client("sts").assume_role_with_web_identity(
        RoleArn="arn:aws:iam::000000000000:role/r",
        RoleSessionName="session",
        WebIdentityToken="token",
    )
    assert token["Credentials"]
    s3 = stepwire_client("s3")
    s3.create_bucket(Bucket="guarded")
    try:
        post = s3.generate_presigned_post("guarded", "posted")
        fields = {**post["fields"], "file": ("name", b"content")}
        answer = http_pool.request("POST", post["url"], fields=fields)
        assert answer.status == 204, answer.data
        target = {"Bucket": "guarded", "Key": "posted"}
        link = s3.generate_presigned_url("get_object", target)
        assert http_pool.request("GET", link).data == b"content"
        put = s3.generate_presigned_url("put_object", target)
        assert http_pool.request("PUT", put, body=b"new").status == 200
        s3.delete_object(**target)
    finally:
        s3.delete_bucket(Bucket="guarded")


def test_a_subscription_ends_by_the_link_that_sns_sends(
    send: Send, stepwire_client: Any
) -> None:
    sns = stepwire_client("sns")
    topic = sns.create_topic(Name="guarded")["TopicArn"]
    subscription = sns.subscribe(
        TopicArn=topic,
        Protocol="email",
        Endpoint="reader@example.com",
        ReturnSubscriptionArn=True,
    )["SubscriptionArn"]
    link = f"/?Action=Unsubscribe&Version=2010-03-31&SubscriptionArn={subscription}"
    assert send(*get(link), "Origin: http://evil.example").status == 403
    assert send(*get(link)).status == 200
    assert sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"] == []
    sns.delete_topic(TopicArn=topic)


@pytest.fixture(scope="module")
def function_host(stepwire_client: Any) -> Iterator[str]:
    client = stepwire_client("lambda")
    functions.create(client, "guarded", HANDLER)
    url = client.create_function_url_config(FunctionName="guarded", AuthType="NONE")
    for action, condition in (
        ("InvokeFunctionUrl", {"FunctionUrlAuthType": "NONE"}),
        ("InvokeFunction", {"InvokedViaFunctionUrl": True}),
    ):
        client.add_permission(
            FunctionName="guarded",
            StatementId=action,
            Action=f"lambda:{action}",
            Principal="*",
            **condition,
        )
    yield urlsplit(url["FunctionUrl"]).netloc
    client.delete_function(FunctionName="guarded")


@pytest.fixture(scope="module")
def api_host(stepwire_client: Any, port: int) -> Iterator[str]:
    """An API of one route, `GET /live/page`, that answers with a page."""
    client = stepwire_client("apigateway")
    answer = {
        "statusCode": "200",
        "responseParameters": {
            "method.response.header.Content-Type": "'text/html'",
        },
        "responseTemplates": {"text/html": "<p>page</p>"},
    }
    document = {
        "openapi": "3.0.1",
        "info": {"title": "guarded", "version": "1"},
        "paths": {
            "/page": {
                "get": {
                    "responses": {
                        "200": {
                            "description": "a page",
                            "headers": {"Content-Type": {"schema": {"type": "string"}}},
                        }
                    },
                    "x-amazon-apigateway-integration": {
                        "type": "mock",
                        "requestTemplates": {"application/json": '{"statusCode": 200}'},
                        "responses": {"default": answer},
                    },
                }
            }
        },
    }
    api = client.import_rest_api(body=json.dumps(document))["id"]
    client.create_deployment(restApiId=api, stageName="live")
    yield f"{api}.execute-api.localhost:{port}"
    client.delete_rest_api(restApiId=api)


STRANGE = [
    "Origin: http://evil.example",
    "Sec-Fetch-Site: cross-site",
    "Referer: http://evil.example/",
]


def test_every_page_may_call_a_function_url(send: Send, function_host: str) -> None:
    answer = send(
        "POST /path HTTP/1.1",
        f"Host: {function_host}",
        *STRANGE,
        f"Content-Type: {FORM}",
        body="a=b",
    )
    assert (answer.status, json.loads(answer.text)["path"]) == (200, "/path")


def test_every_page_may_call_an_api(send: Send, api_host: str) -> None:
    api = api_host.partition(".")[0]
    for host, path in (
        (api_host, "/live/page"),
        ("localhost:PORT", f"/_aws/execute-api/{api}/live/page"),
        ("localhost:PORT", f"/restapis/{api}/live/_user_request_/page"),
    ):
        answer = send(*get(path, host), *STRANGE)
        assert (answer.status, answer.text) == (200, "<p>page</p>")


# By the guard, an API and a website.
NOT_THERE = ("Refused by Stepwire", '{"message": "Forbidden"}', "NoSuchBucket")


@pytest.mark.parametrize(
    "path",
    [
        HEALTH,
        "//_localstack/health",
        "/_aws/ses",
        "/_stepwire/http-calls",
        "/_stepwire/calls",
        "/_aws/sqs/messages",
        "/queue/us-east-1/000000000000/q?Action=GetQueueAttributes",
        "/restapis",
        "/?Action=ListTopics&Version=2010-03-31",
    ],
)
def test_a_page_of_an_api_or_a_function_url_is_a_stranger_to_the_emulator(
    send: Send, function_host: str, api_host: str, path: str
) -> None:
    """Even under its own host, where all that it asks for is of the same origin."""
    website = "none.s3-website.localhost:PORT"
    signed = "Authorization: AWS4-HMAC-SHA256 Credential=a/b/us-east-1/sns/aws4"
    for host in (function_host, api_host, website):
        for headers in ([], [signed], ["Sec-Fetch-Site: same-origin"]):
            answer = send(*get(path, host), *headers)
            is_page = f'"path":"{path.partition("?")[0]}"' in answer.text
            assert is_page or any(text in answer.text for text in NOT_THERE), answer


def test_what_only_looks_like_an_api_is_none(send: Send, api_host: str) -> None:
    api = api_host.partition(".")[0]
    for path in (
        f"/restapis/{api}/resources?x=/_user_request_",
        f"/restapis/{api}/_user_request_",
        f"/_aws/execute-api/../ses?{api}",
        "/_aws/execute-api",
        "/_aws/ses?/_aws/execute-api/a/b",
    ):
        assert send(*get(path), *STRANGE).status == 403, path
    for host in ("sqs.a.execute-api.localhost", "execute-api.localhost"):
        path = "/000000000000/q?Action=GetQueueUrl"
        assert send(*get(path, host), *STRANGE).status == 403, host


def test_a_page_on_the_emulators_own_origin_is_put_into_a_sandbox(
    send: Send, api_host: str
) -> None:
    api = api_host.partition(".")[0]
    opened = ["Sec-Fetch-Site: none", "Sec-Fetch-Mode: navigate"]
    by_path = f"/_aws/execute-api/{api}/live/page"
    for headers in (opened, ["Accept: text/html,*/*"]):
        sandbox = "Content-Security-Policy: sandbox"
        assert sandbox in send(*get(by_path), *headers).headers
        assert sandbox not in send(*get("/live/page", api_host), *headers).headers


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of an emulator to which the user has given names and an origin."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(
            "STEPWIRE_ALLOWED_HOSTS", "Emulator.test, *.team.test,http://x:1,*"
        )
        with Emulator() as emulator:
            yield int(urlsplit(emulator.endpoint_url).port or 0)


def test_names_of_the_user_are_allowed(named: int) -> None:
    for host, status in {
        "emulator.test": 200,
        "emulator.test:PORT": 200,
        "a.b.team.test": 200,
        "localhost": 200,
        "team.test": 403,
        "a.emulator.test": 403,
        "evil.example": 403,
        "x": 403,
    }.items():
        assert exchange(named, get(host=host)).status == status, host
