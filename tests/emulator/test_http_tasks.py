"""HTTP Tasks and their connections on the embedded emulator, against a stub API."""

from __future__ import annotations

import asyncio
import base64
import json
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from botocore.exceptions import ClientError

from stepwire import http_calls
from stepwire.emulator import Emulator
from stepwire.pytest_plugin import ApplyFactory, ClientFactory
from stepwire.testing import Deployment, Executions
from tests.publishing import PlainApi
from tests.stub_api import Answer, Received, StubApi, reset
from tests.system.policies import recorded, without_each_statement
from tests.waiting import until

FIXTURE = Path(__file__).parent / "fixtures" / "http_tasks"
LOGIN = "login.http-tasks.example"
ROLE = "arn:aws:iam::000000000000:role/any"
INVOKE = "arn:aws:states:::http:invoke"
PNG = b"\x89PNG\r\n\x1a\n"

Call = Callable[..., dict[str, Any]]
Connect = Callable[..., str]
Create = Callable[..., str]


def token(value: str, **more: Any) -> Answer:
    return Answer(200, {"access_token": value, "token_type": "Bearer", **more})


@pytest.fixture(scope="module")
def deployment(stepwire_apply: ApplyFactory, stub_api: StubApi) -> Deployment:
    stub_api.on(LOGIN, token("token-1", expires_in=3600))
    return stepwire_apply(FIXTURE)


@pytest.fixture(scope="module")
def states(stepwire_client: ClientFactory) -> Any:
    return stepwire_client("stepfunctions")


@pytest.fixture(scope="module")
def events(stepwire_client: ClientFactory) -> Any:
    return stepwire_client("events")


@pytest.fixture(scope="module")
def call(deployment: Deployment, states: Any) -> Call:
    """Runs one HTTP Task; returns its result, or the error and the cause."""

    def run(
        endpoint: str, method: str = "POST", connection: str = "basic", **more: Any
    ) -> dict[str, Any]:
        known = deployment.outputs["connections"]
        arguments = {
            "ApiEndpoint": endpoint,
            "Method": method,
            "InvocationConfig": {"ConnectionArn": known.get(connection, connection)},
            **more,
        }
        answer = states.start_sync_execution(
            stateMachineArn=deployment.outputs["machine_arn"],
            input=json.dumps(arguments),
        )
        if answer["status"] == "SUCCEEDED":
            result: dict[str, Any] = json.loads(answer["output"])
            return result
        return {"error": answer["error"], "cause": answer.get("cause")}

    return run


@pytest.fixture
def connect(events: Any) -> Iterator[Connect]:
    """Creates a connection and returns its ARN; all are deleted at the end."""
    names: list[str] = []

    def make(kind: str, parameters: dict[str, Any], **options: Any) -> str:
        names.append(f"http-tasks-{uuid.uuid4().hex[:8]}")
        arn: str = events.create_connection(
            Name=names[-1], AuthorizationType=kind, AuthParameters=parameters, **options
        )["ConnectionArn"]
        return arn

    yield make
    for name in names:
        events.delete_connection(Name=name)


@pytest.fixture(scope="module")
def create(states: Any) -> Iterator[Create]:
    """Creates a state machine and returns its ARN; all are deleted at the end."""
    created: list[str] = []

    def make(state: dict[str, Any], **rest: Any) -> str:
        definition = {"StartAt": "Call", "States": {"Call": state}} | rest
        arn: str = states.create_state_machine(
            name=f"http-tasks-{uuid.uuid4().hex[:8]}",
            definition=json.dumps(definition),
            roleArn=ROLE,
        )["stateMachineArn"]
        created.append(arn)
        return arn

    yield make
    for arn in created:
        states.delete_state_machine(stateMachineArn=arn)


def api_key(value: str = "k") -> dict[str, Any]:
    return {"ApiKeyAuthParameters": {"ApiKeyName": "X-Api-Key", "ApiKeyValue": value}}


def oauth(endpoint: str, method: str = "POST") -> dict[str, Any]:
    client = {"ClientID": "client", "ClientSecret": "secret"}
    return {
        "OAuthParameters": {
            "AuthorizationEndpoint": endpoint,
            "HttpMethod": method,
            "ClientParameters": client,
        }
    }


def name_of(connection_arn: str) -> str:
    return connection_arn.split("/")[1]


def settled(events: Any, arn: str) -> str:
    """The state of the connection once it is no longer AUTHORIZING."""

    def look() -> str | None:
        state: str = events.describe_connection(Name=name_of(arn))["ConnectionState"]
        return None if state == "AUTHORIZING" else state

    return until(look, "the connection to be AUTHORIZED or not")


# Requests and results


def test_a_request_is_sent_byte_for_byte_as_aws_sends_it(
    call: Call, stub_api: StubApi
) -> None:
    host = "bytes.example.com"
    stub_api.on(host, Answer(200, {"ok": True}, {"X-Twice": "1", "Date": "then"}))
    result = call(
        f"https://{host}/a%20b?fixed=1",
        "PUT",
        Headers={"X-One": "1", "Accept": ["a/b", "c/d"], "user-agent": "mine"},
        QueryParameters={"q": "x y&z", "list": ["1", "2"]},
        RequestBody={"text": "ü €", "n": [1, 2.5, None, True], "o": {}},
    )
    [received] = stub_api.received(host)
    body = '{"text":"ü €","n":[1,2.5,null,true],"o":{}}'.encode()
    password = base64.b64encode(b"Aladdin:open sesame").decode()
    assert (received.method, received.target, received.body) == (
        "PUT",
        "/a%20b?fixed=1&q=x%20y%26z&list=1&list=2",
        body,
    )
    assert received.headers == [
        ("Host", host),
        ("X-One", "1"),
        ("Accept", "a/b"),
        ("Accept", "c/d"),
        ("User-Agent", "Amazon|StepFunctions|HttpInvoke|us-east-1"),
        ("Content-Type", "application/json; charset=UTF-8"),
        ("Authorization", f"Basic {password}"),
        ("Range", "bytes=0-262144"),
        ("Content-Length", str(len(body))),
    ]
    assert result["Headers"].pop("server")
    assert result == {
        "Headers": {
            "content-type": ["application/json"],
            "content-length": ["12"],
            "date": ["then"],
            "x-twice": ["1"],
        },
        "ResponseBody": {"ok": True},
        "StatusCode": 200,
        "StatusText": "OK",
    }


def test_values_of_the_connection_overwrite_those_of_the_task(
    call: Call, stub_api: StubApi
) -> None:
    stub_api.on("merge.example.com", Answer())
    call(
        "https://merge.example.com/",
        connection="api_key",
        Headers={"x-tenant": "task", "x-api-key": "task", "X-Other": "task"},
        QueryParameters={"version": "task", "page": 3},
        RequestBody={"tenant": "task", "other": "task"},
    )
    [received] = stub_api.received("merge.example.com")
    assert received.query == "version=connection%202&page=3"
    assert received.json == {"tenant": "connection", "other": "task"}
    sent = {name: received.header(name) for name, _ in received.headers}
    assert sent["X-Tenant"] == "connection"
    assert sent["X-Secret"] == "hidden"
    assert sent["X-Api-Key"] == "key-1"
    assert sent["X-Other"] == "task"


def test_body_parameters_of_the_connection_are_the_body_of_a_task_without(
    call: Call, stub_api: StubApi
) -> None:
    stub_api.on("alone.example.com", Answer())
    call("https://alone.example.com/", connection="api_key")
    [received] = stub_api.received("alone.example.com")
    assert received.body == b'{"tenant":"connection"}'


def test_a_string_body_cannot_be_merged(call: Call, stub_api: StubApi) -> None:
    stub_api.on("string.example.com", Answer())
    endpoint = "https://string.example.com/"
    merged = call(endpoint, connection="api_key", RequestBody="text")
    assert merged["error"] == "States.Runtime"
    assert stub_api.received("string.example.com") == []
    call(endpoint, RequestBody="<a/>", Headers={"Content-Type": "text/xml"})
    [received] = stub_api.received("string.example.com")
    assert (received.body, received.header("Content-Type")) == (b"<a/>", "text/xml")


@pytest.mark.parametrize(
    ("options", "body"),
    [
        ({}, b"tags%5B0%5D=a&tags%5B1%5D=b%20c&nested%5Bkey%5D=v%26w"),
        (
            {"ArrayFormat": "INDICES"},
            b"tags%5B0%5D=a&tags%5B1%5D=b%20c&nested%5Bkey%5D=v%26w",
        ),
        ({"ArrayFormat": "REPEAT"}, b"tags=a&tags=b%20c&nested%5Bkey%5D=v%26w"),
        ({"ArrayFormat": "COMMAS"}, b"tags=a,b%20c&nested%5Bkey%5D=v%26w"),
        (
            {"ArrayFormat": "BRACKETS"},
            b"tags%5B%5D=a&tags%5B%5D=b%20c&nested%5Bkey%5D=v%26w",
        ),
    ],
)
def test_a_form_is_url_encoded(
    call: Call, stub_api: StubApi, options: dict[str, str], body: bytes
) -> None:
    stub_api.on("form.example.com", Answer())
    call(
        "https://form.example.com/",
        Headers={"Content-Type": "application/x-www-form-urlencoded"},
        RequestBody={"tags": ["a", "b c"], "nested": {"key": "v&w"}},
        Transform={
            "RequestBodyEncoding": "URL_ENCODED",
            "RequestEncodingOptions": options,
        },
    )
    [received] = stub_api.received("form.example.com")
    assert received.body == body
    content_type = received.header("Content-Type")
    assert content_type == "application/x-www-form-urlencoded"


def test_a_jsonpath_definition_with_authentication_works(
    create: Create,
    deployment: Deployment,
    stepwire_executions: Executions,
    stub_api: StubApi,
) -> None:
    stub_api.on("jsonpath.example.com", Answer(200, {"id": 7}))
    connection = deployment.outputs["connections"]["basic"]
    machine = create(
        {
            "Type": "Task",
            "Resource": INVOKE,
            "Parameters": {
                "ApiEndpoint.$": "States.Format('https://{}/', $.host)",
                "Method": "POST",
                "Authentication": {"ConnectionArn": connection},
                "RequestBody": {"name.$": "$.name"},
            },
            "ResultSelector": {"id.$": "$.ResponseBody.id"},
            "End": True,
        }
    )
    execution = stepwire_executions.start(
        machine, {"host": "jsonpath.example.com", "name": "Ada"}
    ).assert_status("SUCCEEDED")
    assert execution.output == {"id": 7}
    [received] = stub_api.received("jsonpath.example.com")
    assert received.json == {"name": "Ada"}


def test_a_head_request_has_no_body(call: Call, stub_api: StubApi) -> None:
    stub_api.on("head.example.com", Answer(200, "not sent"))
    result = call("https://head.example.com/", "HEAD")
    assert (result["ResponseBody"], result["StatusCode"]) == ("", 200)
    [received] = stub_api.received("head.example.com")
    assert received.header("Content-Type") is None


def test_201_with_text(call: Call, stub_api: StubApi) -> None:
    stub_api.on("201.example.com", Answer(201, "grüße"))
    result = call("https://201.example.com/")
    assert (result["ResponseBody"], result["StatusCode"]) == ("grüße", 201)
    assert result["StatusText"] == "Created"


def test_204_without_a_body(call: Call, stub_api: StubApi) -> None:
    stub_api.on("204.example.com", Answer(204))
    result = call("https://204.example.com/", "DELETE")
    assert (result["ResponseBody"], result["StatusCode"]) == ("", 204)


def test_what_only_claims_to_be_json_stays_text(call: Call, stub_api: StubApi) -> None:
    claim = {"Content-Type": "application/json"}
    stub_api.on("claim.example.com", Answer(200, "ok", claim))
    assert call("https://claim.example.com/")["ResponseBody"] == "ok"


# What goes wrong


def test_301_is_not_followed(call: Call, stub_api: StubApi) -> None:
    elsewhere = {"Location": "https://elsewhere.example.com/"}
    stub_api.on("301.example.com", Answer(301, "", elsewhere))
    stub_api.on("elsewhere.example.com", Answer())
    assert call("https://301.example.com/", "GET") == {
        "error": "States.Http.StatusCode.301",
        "cause": "Moved Permanently",
    }
    assert stub_api.received("elsewhere.example.com") == []


@pytest.mark.parametrize("status", [400, 404])
def test_a_status_is_an_error_whose_cause_is_the_body(
    call: Call, stub_api: StubApi, status: int
) -> None:
    stub_api.on("4xx.example.com", Answer(status, {"reason": "because"}))
    assert call("https://4xx.example.com/") == {
        "error": f"States.Http.StatusCode.{status}",
        "cause": '{"reason": "because"}',
    }
    assert len(stub_api.received("4xx.example.com")) == 1


def test_429_is_tried_again(call: Call, stub_api: StubApi) -> None:
    busy = Answer(429, "slow down", {"Retry-After": "1"})
    stub_api.on("429.example.com", busy, Answer(200, "ok"))
    assert call("https://429.example.com/")["ResponseBody"] == "ok"
    assert len(stub_api.received("429.example.com")) == 2


def test_500_twice_then_200(call: Call, stub_api: StubApi) -> None:
    stub_api.on("500.example.com", Answer(500), Answer(500), Answer(200, "ok"))
    result = call("https://500.example.com/", RequestBody={"n": 1})
    assert result["ResponseBody"] == "ok"
    received = stub_api.received("500.example.com")
    assert [request.json for request in received] == [{"n": 1}] * 3


def test_a_slow_answer_is_given_up(
    call: Call, stub_api: StubApi, one_second: None
) -> None:
    stub_api.on("slow.example.com", Answer(200, after=30))
    begun = time.monotonic()
    assert call("https://slow.example.com/") == {
        "error": "States.Http.Socket",
        "cause": "no complete answer within 1 seconds",
    }
    assert time.monotonic() - begun < 15


async def drip(request: web.Request, _received: Received) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "text/plain"})
    await response.prepare(request)
    for _ in range(120):
        await response.write(b".")
        await asyncio.sleep(0.25)
    return response


def test_the_limit_is_for_all_of_the_answer(
    call: Call, stub_api: StubApi, one_second: None
) -> None:
    stub_api.on("drip.example.com", drip)
    assert call("https://drip.example.com/")["error"] == "States.Http.Socket"


@pytest.fixture
def one_second(stepwire_emulator: Emulator) -> Iterator[None]:
    """A limit of one second instead of AWS's 60."""
    url = stepwire_emulator.endpoint_url
    http_calls.change(url, limit_seconds=1)
    yield
    http_calls.change(url, limit_seconds=60)


def test_a_reset_connection(call: Call, stub_api: StubApi) -> None:
    stub_api.on("reset.example.com", reset)
    assert call("https://reset.example.com/")["error"] == "States.Http.Socket"
    assert len(stub_api.received("reset.example.com")) == 1


async def cut_off(request: web.Request, _received: Received) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Length": "100"})
    await response.prepare(request)
    await response.write(b"the first part of ")
    assert request.transport is not None
    request.transport.close()
    return response


def test_an_answer_that_is_cut_off(call: Call, stub_api: StubApi) -> None:
    stub_api.on("cut.example.com", cut_off)
    assert call("https://cut.example.com/")["error"] == "States.Http.Socket"


def test_a_refused_connection(call: Call, stepwire_emulator: Emulator) -> None:
    # Nothing listens on port 1, which only root could open.
    there = {"refused.example.com": "https://127.0.0.1:1"}
    http_calls.change(stepwire_emulator.endpoint_url, hosts=there)
    result = call("https://refused.example.com/")
    assert result["error"] == "States.Http.Socket"
    assert "refused" in result["cause"]


def test_a_certificate_of_an_unknown_authority(
    call: Call, stepwire_emulator: Emulator
) -> None:
    with StubApi() as stranger:
        there = {"stranger.example.com": stranger.url}
        http_calls.change(stepwire_emulator.endpoint_url, hosts=there)
        result = call("https://stranger.example.com/", RequestBody={"secret": 1})
        assert stranger.received("stranger.example.com") == []
    assert result["error"] == "States.Http.Socket"
    assert "certificate" in result["cause"].lower()


def test_a_host_that_the_settings_refuse(
    call: Call, stepwire_emulator: Emulator
) -> None:
    nowhere = {"nowhere.example.com": None}
    http_calls.change(stepwire_emulator.endpoint_url, hosts=nowhere)
    result = call("https://nowhere.example.com/")
    assert result["error"] == "States.Http.Socket"
    assert "refused by the emulator's settings" in result["cause"]


def test_a_stub_without_tls_and_one_on_localhost(
    call: Call, stepwire_emulator: Emulator, stub_api: StubApi
) -> None:
    with PlainApi() as plain:
        plain.on("plain.example.com", Answer(200, "without"))
        hosts = {"plain.example.com": plain.url}
        http_calls.change(stepwire_emulator.endpoint_url, hosts=hosts)
        assert call("https://plain.example.com/")["ResponseBody"] == "without"
    # The loopback interface is reached without a mapping, whatever "*" says.
    stub_api.on(f"localhost:{stub_api.port}", Answer(200, "here"))
    assert call(f"https://localhost:{stub_api.port}/")["ResponseBody"] == "here"


def test_300_kilobytes_are_too_many(call: Call, stub_api: StubApi) -> None:
    stub_api.on("large.example.com", Answer(200, "x" * 300_000))
    result = call("https://large.example.com/")
    assert result["error"] == "States.DataLimitExceeded"
    stub_api.on("large.example.com", Answer(200, "x" * 200_000))
    assert len(call("https://large.example.com/")["ResponseBody"]) == 200_000


@pytest.mark.parametrize(
    "answer",
    [
        Answer(200, PNG, {"Content-Type": "image/png"}),
        Answer(200, b"abc", {"Content-Type": "application/octet-stream"}),
        Answer(200, PNG, {"Content-Type": "text/plain"}),
    ],
)
def test_a_binary_body_is_refused(
    call: Call, stub_api: StubApi, answer: Answer
) -> None:
    stub_api.on("binary.example.com", answer)
    assert call("https://binary.example.com/")["error"] == "States.Runtime"


@pytest.mark.parametrize(
    "arguments",
    [
        {"Headers": {"Authorization": "Bearer stolen"}},
        {"Headers": {"x-amz-date": "now"}},
        {"Method": "TRACE"},
        {"ApiEndpoint": "http://runtime.example.com/"},
        {"Transform": {"RequestBodyEncoding": "GZIP"}, "RequestBody": {}},
    ],
)
def test_what_aws_refuses_is_not_sent(
    call: Call, stub_api: StubApi, arguments: dict[str, Any]
) -> None:
    stub_api.on("runtime.example.com", Answer())
    endpoint = arguments.pop("ApiEndpoint", "https://runtime.example.com/")
    method = arguments.pop("Method", "POST")
    assert call(endpoint, method, **arguments)["error"] == "States.Runtime"
    assert stub_api.received("runtime.example.com") == []


# Connections


def test_a_second_plan_is_empty(deployment: Deployment) -> None:
    plan = deployment.plan()
    assert plan.is_empty, plan.changes


def test_a_connection_shows_its_settings_without_its_secrets(
    deployment: Deployment, events: Any
) -> None:
    described = events.describe_connection(Name="http-tasks-api-key")
    shown = json.dumps(described["AuthParameters"])
    assert "hidden" not in shown
    assert "key-1" not in shown
    assert described["ConnectionState"] == "AUTHORIZED"
    assert described["Description"].startswith("An API key")
    assert ":key/" in described["KmsKeyIdentifier"]
    assert described["SecretArn"] == deployment.outputs["secrets"]["api_key"]
    assert ":secret:events!connection/http-tasks-api-key/" in described["SecretArn"]


def test_a_token_is_fetched_once_with_the_connections_parameters(
    call: Call, stub_api: StubApi
) -> None:
    stub_api.on("oauth.example.com", Answer())
    for _ in range(2):
        call("https://oauth.example.com/", connection="oauth")
    headers = [
        request.header("Authorization")
        for request in stub_api.received("oauth.example.com")
    ]
    assert headers == ["Bearer token-1"] * 2
    [login] = stub_api.received(LOGIN)
    assert (login.method, login.target) == ("POST", "/token?tenant=one")
    assert login.header("X-Login") == "yes"
    assert login.header("Content-Type") == "application/x-www-form-urlencoded"
    assert login.form == [
        ("grant_type", "client_credentials"),
        ("client_id", "client"),
        ("client_secret", "secret & more"),
        ("scope", "read write"),
    ]


def test_401_fetches_another_token_for_the_next_attempt(
    call: Call, connect: Connect, events: Any, stub_api: StubApi
) -> None:
    stub_api.on("login-401.example.com", token("old"), token("new"))
    arn = connect("OAUTH_CLIENT_CREDENTIALS", oauth("https://login-401.example.com/"))
    assert settled(events, arn) == "AUTHORIZED"
    stub_api.on("401.example.com", Answer(401, "expired"), Answer(200, "ok"))
    first = call("https://401.example.com/", connection=arn)
    assert first == {"error": "States.Http.StatusCode.401", "cause": "expired"}
    assert call("https://401.example.com/", connection=arn)["ResponseBody"] == "ok"
    received = stub_api.received("401.example.com")
    sent = [request.header("Authorization") for request in received]
    assert sent == ["Bearer old", "Bearer new"]
    assert settled(events, arn) == "AUTHORIZED"


def test_a_token_that_expires_is_fetched_anew(
    call: Call, connect: Connect, events: Any, stub_api: StubApi
) -> None:
    lasts = 0.2
    short, long = token("short", expires_in=lasts), token("long", expires_in=3600)
    stub_api.on("login-short.example.com", short, long)
    arn = connect("OAUTH_CLIENT_CREDENTIALS", oauth("https://login-short.example.com/"))
    assert settled(events, arn) == "AUTHORIZED"
    # It was fetched before, so that it is over by then, however slow the machine is.
    time.sleep(lasts)
    stub_api.on("short.example.com", Answer())
    call("https://short.example.com/", connection=arn)
    [received] = stub_api.received("short.example.com")
    assert received.header("Authorization") == "Bearer long"


def test_a_token_by_get(connect: Connect, events: Any, stub_api: StubApi) -> None:
    stub_api.on("login-get.example.com", token("t"))
    arn = connect(
        "OAUTH_CLIENT_CREDENTIALS", oauth("https://login-get.example.com/", "GET")
    )
    assert settled(events, arn) == "AUTHORIZED"
    [login] = stub_api.received("login-get.example.com")
    assert login.query == (
        "grant_type=client_credentials&client_id=client&client_secret=secret"
    )
    assert login.body == b""


def test_a_refused_token_deauthorises_the_connection(
    call: Call, connect: Connect, events: Any, stub_api: StubApi
) -> None:
    stub_api.on("login-no.example.com", Answer(401, "who are you"))
    arn = connect("OAUTH_CLIENT_CREDENTIALS", oauth("https://login-no.example.com/"))
    assert settled(events, arn) == "DEAUTHORIZED"
    described = events.describe_connection(Name=name_of(arn))
    assert "answered 401" in described["StateReason"]
    stub_api.on("no.example.com", Answer())
    result = call("https://no.example.com/", connection=arn)
    assert result["error"] == "Events.ConnectionResource.InvalidConnectionState"
    assert stub_api.received("no.example.com") == []


def test_a_connection_that_waits_for_its_token(
    call: Call, connect: Connect, events: Any, stub_api: StubApi
) -> None:
    asked = threading.Event()

    async def late(_request: web.Request, _received: Received) -> web.Response:
        while not asked.is_set():
            await asyncio.sleep(0.01)
        return web.json_response({"access_token": "late"})

    stub_api.on("login-late.example.com", late)
    stub_api.on("late.example.com", Answer())
    arn = connect("OAUTH_CLIENT_CREDENTIALS", oauth("https://login-late.example.com/"))
    result = call("https://late.example.com/", connection=arn)
    asked.set()
    assert result["error"] == "Events.ConnectionResource.AuthInProgress"
    assert settled(events, arn) == "AUTHORIZED"
    assert call("https://late.example.com/", connection=arn)["StatusCode"] == 200


def test_401_deauthorises_an_api_key_until_it_is_updated(
    call: Call, connect: Connect, events: Any, stub_api: StubApi
) -> None:
    arn = connect("API_KEY", api_key("wrong"))
    stub_api.on("key.example.com", Answer(401, "wrong key"), Answer(200, "ok"))
    endpoint = "https://key.example.com/"
    assert call(endpoint, connection=arn)["error"] == "States.Http.StatusCode.401"
    state = events.describe_connection(Name=name_of(arn))["ConnectionState"]
    assert state == "DEAUTHORIZED"
    refused = call(endpoint, connection=arn)["error"]
    assert refused == "Events.ConnectionResource.InvalidConnectionState"
    # The name of the header is not repeated: what is left out stays.
    events.update_connection(
        Name=name_of(arn),
        AuthParameters={"ApiKeyAuthParameters": {"ApiKeyValue": "right"}},
    )
    assert call(endpoint, connection=arn)["ResponseBody"] == "ok"
    keys = [
        request.header("X-Api-Key") for request in stub_api.received("key.example.com")
    ]
    assert keys == ["wrong", "right"]


def test_a_new_secret_value_reaches_the_next_call(
    call: Call,
    connect: Connect,
    events: Any,
    stepwire_client: ClientFactory,
    stub_api: StubApi,
) -> None:
    arn = connect("API_KEY", api_key("one"))
    secret = events.describe_connection(Name=name_of(arn))["SecretArn"]
    stub_api.on("secret.example.com", Answer())
    call("https://secret.example.com/", connection=arn)
    stepwire_client("secretsmanager").put_secret_value(
        SecretId=secret,
        SecretString='{"api_key_name": "X-Api-Key", "api_key_value": "two"}',
    )
    call("https://secret.example.com/", connection=arn)
    received = stub_api.received("secret.example.com")
    assert [request.header("X-Api-Key") for request in received] == ["one", "two"]


def test_a_connection_can_change_its_kind(
    call: Call, connect: Connect, events: Any, stub_api: StubApi
) -> None:
    arn = connect("API_KEY", api_key())
    basic = {"BasicAuthParameters": {"Username": "u", "Password": "p"}}
    events.update_connection(
        Name=name_of(arn), AuthorizationType="BASIC", AuthParameters=basic
    )
    stub_api.on("kind.example.com", Answer())
    call("https://kind.example.com/", connection=arn)
    [received] = stub_api.received("kind.example.com")
    assert received.header("Authorization") == "Basic dTpw"
    assert received.header("X-Api-Key") is None


def test_a_connection_that_is_not_there(call: Call, deployment: Deployment) -> None:
    arn = deployment.outputs["connections"]["basic"]
    wrong = arn.replace("http-tasks-basic", "http-tasks-none")
    result = call("https://none.example.com/", connection=wrong)
    assert result["error"] == "Events.ConnectionResource.ResourceNotFound"


def test_a_deauthorised_connection_has_no_secret(
    call: Call, connect: Connect, events: Any, stepwire_client: ClientFactory
) -> None:
    arn = connect("API_KEY", api_key())
    secret = events.describe_connection(Name=name_of(arn))["SecretArn"]
    answer = events.deauthorize_connection(Name=name_of(arn))
    assert answer["ConnectionState"] == "DEAUTHORIZING"
    described = events.describe_connection(Name=name_of(arn))
    assert described["ConnectionState"] == "DEAUTHORIZED"
    assert "SecretArn" not in described
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        stepwire_client("secretsmanager").describe_secret(SecretId=secret)
    result = call("https://nobody.example.com/", connection=arn)
    assert result["error"] == "Events.ConnectionResource.InvalidConnectionState"


def test_a_secret_is_deleted_with_its_connection(
    events: Any, stepwire_client: ClientFactory
) -> None:
    events.create_connection(
        Name="http-tasks-deleted", AuthorizationType="API_KEY", AuthParameters=api_key()
    )
    described = events.describe_connection(Name="http-tasks-deleted")
    events.delete_connection(Name="http-tasks-deleted")
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        stepwire_client("secretsmanager").describe_secret(
            SecretId=described["SecretArn"]
        )


def test_connections_of_the_same_name_have_other_arns(
    call: Call, connect: Connect, events: Any
) -> None:
    first, second = connect("API_KEY", api_key()), connect("API_KEY", api_key())
    assert first.rpartition("/")[2] != second.rpartition("/")[2]


# Definitions and histories


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"Parameters": {"Method": "GET"}}, "ApiEndpoint.*InvocationConfig"),
        ({"extra": {"Body": {}}}, 'The field "Body" is not supported'),
        ({"extra": {"ApiEndpoint": "http://example.com"}}, "valid HTTPS URL"),
        ({"extra": {"Method": "CONNECT"}}, "Method must be one of GET, POST"),
        ({"Resource": f"{INVOKE}.waitForTaskToken"}, "not recognized"),
        ({"Resource": "arn:aws:states:::http:get"}, "not recognized"),
        (
            {"Catch": [{"ErrorEquals": ["States.Http.Reset"], "Next": "Call"}]},
            "States.Http.Reset",
        ),
    ],
)
def test_a_definition_that_aws_refuses(
    states: Any, change: dict[str, Any], message: str
) -> None:
    parameters = {
        "ApiEndpoint": "https://example.com",
        "Method": "GET",
        "InvocationConfig": {"ConnectionArn": "arn:aws:events:::connection/a/b"},
        **change.pop("extra", {}),
    }
    state = {"Type": "Task", "Resource": INVOKE, "Parameters": parameters, "End": True}
    definition = {"StartAt": "Call", "States": {"Call": state | change}}
    with pytest.raises(ClientError, match=f"(?s)InvalidDefinition.*{message}"):
        states.create_state_machine(
            name="http-tasks-refused", definition=json.dumps(definition), roleArn=ROLE
        )
    validated = states.validate_state_machine_definition(
        definition=json.dumps(definition)
    )
    assert validated["result"] == "FAIL"


def test_a_state_can_be_tested_alone(
    deployment: Deployment, states: Any, stub_api: StubApi
) -> None:
    stub_api.on("alone.http-tasks.example", Answer(200, {"id": 7}))
    connection = {"ConnectionArn": deployment.outputs["connections"]["basic"]}
    state = {
        "Type": "Task",
        "Resource": INVOKE,
        "Parameters": {
            "ApiEndpoint": "https://alone.http-tasks.example/",
            "Method": "GET",
            "InvocationConfig": connection,
        },
        "End": True,
    }
    answer = states.test_state(definition=json.dumps(state), roleArn=ROLE)
    assert json.loads(answer["output"])["ResponseBody"] == {"id": 7}


def test_the_history_has_the_task_and_its_attempts(
    create: Create,
    deployment: Deployment,
    states: Any,
    stepwire_executions: Executions,
    stub_api: StubApi,
) -> None:
    stub_api.on("history.example.com", Answer(500, "broken"), Answer(200, "ok"))
    arguments = {
        "ApiEndpoint": "https://history.example.com/",
        "Method": "GET",
        "InvocationConfig": {
            "ConnectionArn": deployment.outputs["connections"]["basic"]
        },
    }
    retry = {
        "ErrorEquals": ["States.Http.StatusCode.500", "States.Http.Socket"],
        "IntervalSeconds": 1,
        "MaxAttempts": 1,
    }
    machine = create(
        {
            "Type": "Task",
            "Resource": INVOKE,
            "Arguments": arguments,
            "TimeoutSeconds": 30,
            "Retry": [retry],
            "End": True,
        },
        QueryLanguage="JSONata",
    )
    execution = stepwire_executions.start(machine).assert_status("SUCCEEDED")
    history = [
        event for event in execution.history() if event["type"].startswith("Task")
    ]
    assert [event["type"] for event in history] == [
        "TaskStateEntered",
        *("TaskScheduled", "TaskStarted", "TaskFailed"),
        *("TaskScheduled", "TaskStarted", "TaskSucceeded"),
        "TaskStateExited",
    ]
    scheduled = history[1]["taskScheduledEventDetails"]
    assert json.loads(scheduled.pop("parameters")) == arguments
    assert scheduled == {
        "resourceType": "http",
        "resource": "invoke",
        "region": "us-east-1",
        "timeoutInSeconds": 30,
    }
    assert history[3]["taskFailedEventDetails"] == {
        "resourceType": "http",
        "resource": "invoke",
        "error": "States.Http.StatusCode.500",
        "cause": "broken",
    }
    output = json.loads(history[6]["taskSucceededEventDetails"]["output"])
    assert output["ResponseBody"] == "ok"


def test_the_derived_policy_is_what_the_calls_need(
    deployment: Deployment,
    stepwire_emulator: Emulator,
    stepwire_executions: Executions,
    stub_api: StubApi,
) -> None:
    stub_api.on("derived.example.com", Answer())
    derived = deployment.outputs["derived"]
    stepwire_executions.start(derived["arn"], {"id": "7"}).assert_status("SUCCEEDED")
    calls = {
        call
        for call in recorded(stepwire_emulator.endpoint_url, task_machine="none")
        if call.state_machine == "http-tasks-derived"
    }
    policy = json.loads(derived["policy"])
    assert [call for call in calls if not call.is_allowed_by(policy)] == []
    lost = [
        (action, {call.state for call in calls if not call.is_allowed_by(smaller)})
        for action, smaller in without_each_statement(policy)
    ]
    assert {action for action, _ in lost} == {
        "states:InvokeHTTPEndpoint",
        "events:RetrieveConnectionCredentials",
        "secretsmanager:GetSecretValue",
        "secretsmanager:DescribeSecret",
    }
    assert [action for action, states in lost if not states] == []
    # The endpoint and the method are conditions: no other may be called.
    read = next(
        call for call in calls if ("states:HTTPMethod", "GET") in call.conditions
    )
    for key, value in (
        ("states:HTTPMethod", "DELETE"),
        ("states:HTTPEndpoint", "https://derived.example.com/users/7"),
    ):
        conditions = tuple({**dict(read.conditions), key: value}.items())
        assert not replace(read, conditions=conditions).is_allowed_by(policy)
