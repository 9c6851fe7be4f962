"""REST API: what callers of each kind of route are promised."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import time
import uuid
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from openapi_spec_validator import validate

from stepwire.api import ApiClient, Response, emulated_url
from tests.waiting import until

FIXTURE = Path(__file__).parent / "fixtures" / "rest_api"


class Api(ApiClient):
    """A client that keeps every answer, for what no answer may hold."""

    def __init__(self, url: str, **options: Any) -> None:
        super().__init__(url, **options)
        self.answers: list[Response] = []

    def request(self, *arguments: Any, **options: Any) -> Response:
        answer = super().request(*arguments, **options)
        self.answers.append(answer)
        return answer


@pytest.fixture(scope="session")
def deployment(stepwire_apply: Any) -> Any:
    return stepwire_apply(FIXTURE)


@pytest.fixture(scope="session")
def api(deployment: Any, stepwire_emulator: Any) -> Api:
    return Api(emulated_url(deployment.outputs["url"], stepwire_emulator.endpoint_url))


@pytest.fixture
def executions(deployment: Any, stepwire_executions: Any) -> Any:
    """Finds an execution by the names of its machine and its own."""

    def find(machine: str, name: str) -> Any:
        arn = deployment.outputs["arns"][machine]
        return stepwire_executions.get(
            arn.replace(":stateMachine:", ":execution:") + f":{name}"
        )

    return find


def refusal(answer: Response, status: int, error: str) -> str:
    """Its message, once the answer is as every refusal has to be."""
    assert answer.status == status, answer
    assert answer.headers["content-type"].startswith("application/json")
    assert set(answer.body) == {"error", "message", "request_id"}
    assert answer.body["error"] == error
    assert answer.body["request_id"]
    return str(answer.body["message"])


@contextmanager
def answering(answer: object) -> Iterator[str]:
    """The address of a server that answers every POST with ``answer``."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.dumps(answer).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def unique() -> str:
    return f"n-{uuid.uuid4().hex}"


# Starting


def test_a_start_is_accepted_and_names_the_execution(api: Api, executions: Any) -> None:
    answer = api.post("/body", {"customer": "O'Neill"})
    assert answer.status == 202
    assert set(answer.body) == {"execution_name", "started_at"}
    assert answer.body["started_at"] == pytest.approx(time.time(), abs=60)
    started = executions("keep", answer.body["execution_name"]).wait()
    assert json.loads(started.describe()["input"]) == {"customer": "O'Neill"}


@pytest.mark.parametrize("header", ["Idempotency-Key", "idempotency-key"])
def test_a_header_names_the_execution(api: Api, executions: Any, header: str) -> None:
    name = unique()
    answer = api.post("/named", {"n": 1}, headers={header: name})
    assert (answer.status, answer.body["execution_name"]) == (202, name)
    assert executions("keep", name).wait().output == {"n": 1}


def test_a_path_parameter_names_the_execution(api: Api) -> None:
    name = unique()
    answer = api.request("PUT", f"/named/{name}", {"n": 1})
    assert (answer.status, answer.body["execution_name"]) == (202, name)


def test_a_field_of_the_body_names_the_execution(api: Api) -> None:
    name = unique()
    answer = api.post("/fields", {"order": {"id": name}})
    assert (answer.status, answer.body["execution_name"]) == (202, name)


@pytest.mark.parametrize(
    ("path", "body"),
    [("/named", {}), ("/fields", {}), ("/fields", {"order": {"id": None}})],
)
def test_a_request_without_a_name_gets_one(api: Api, path: str, body: Any) -> None:
    first, second = api.post(path, body), api.post(path, body)
    assert (first.status, second.status) == (202, 202)
    assert first.body["execution_name"] != second.body["execution_name"]


@pytest.mark.parametrize("name", ["a b", 'a"b', "a\\b", "a:b", "x" * 81, "#set($a)"])
def test_a_name_that_step_functions_refuses_is_a_bad_request(
    api: Api, name: str
) -> None:
    answer = api.post("/fields", {"order": {"id": name}})
    assert "name of an execution" in refusal(answer, 400, "bad_request")


def test_the_same_request_again_is_the_same_execution_while_it_runs(api: Api) -> None:
    body = {"name": unique()}
    first, again = api.post("/waiting", body), api.post("/waiting", body)
    assert (first.status, again.status) == (202, 202)
    assert again.body == first.body
    refusal(api.post("/waiting", body | {"other": 1}), 409, "already_exists")
    assert api.request("DELETE", f"/waiting/{body['name']}").status == 200


@pytest.mark.parametrize("path", ["/aliased", "/versioned", "/express"])
def test_versions_aliases_and_express_machines_can_be_started(
    api: Api, path: str
) -> None:
    answer = api.post(path, {"n": 1})
    assert answer.status == 202
    assert ":" not in answer.body["execution_name"]


def test_an_execution_of_an_alias_is_found_by_its_name(api: Api) -> None:
    name = api.post("/aliased", {}).body["execution_name"]
    assert api.get(f"/aliased/{name}").body["execution_name"] == name


def test_an_envelope_holds_what_the_caller_sent(api: Api, executions: Any) -> None:
    answer = api.post(
        "/enveloped/a%20%22b%22?q=it%27s&empty=",
        {"n": [1]},
        headers={"x-trace": 'quo"te', "X-Not-Named": "secret"},
    )
    name = answer.body["execution_name"]
    envelope = executions("keep", name).wait().output
    assert envelope["requested_at"] == pytest.approx(time.time() * 1000, abs=60_000)
    del envelope["requested_at"]
    assert envelope.pop("request_id")
    caller = envelope.pop("caller")
    assert caller["arn"].startswith("arn:aws:iam::")
    assert caller["account_id"] == "000000000000"
    assert caller["source_ip"] == "127.0.0.1"
    assert envelope == {
        "method": "POST",
        "path": envelope["path"],
        # As it stands in the URL.
        "path_parameters": {"id": "a%20%22b%22"},
        "query_parameters": {"q": "it's", "empty": ""},
        # One that was not sent is not there.
        "headers": {"x-trace": 'quo"te'},
        "body": {"n": [1]},
    }


def test_a_body_cannot_pretend_to_be_another_caller(api: Api) -> None:
    spoof = '{"x": 1}, "caller": {"arn": "me"}, "body": {"x": 1}'
    refusal(api.post("/echo/1/2", text=spoof), 400, "bad_request")
    twice = '{"caller": {"arn": "me"}, "x": "\\"},\\"caller\\":{\\"arn\\":\\"me\\"}"}'
    envelope = api.post("/echo/1/2", text=twice).body
    assert envelope["body"] == json.loads(twice)
    assert envelope["caller"]["arn"].startswith("arn:aws:iam::")


# Answers of EXPRESS workflows


def test_the_output_is_the_answer(api: Api) -> None:
    answer = api.post("/echo", {"a": [1, "it's"]})
    assert (answer.status, answer.body) == (200, {"a": [1, "it's"]})


def test_a_workflow_chooses_status_headers_and_body(api: Api) -> None:
    chosen = {
        "statusCode": 201,
        "headers": {"Location": "/things/1", "X-Other": "no"},
        "body": '{"id":"it\'s"}',
    }
    answer = api.post("/chosen", chosen)
    assert (answer.status, answer.body) == (201, {"id": "it's"})
    assert answer.headers["location"] == "/things/1"
    assert "x-other" not in answer.headers


def test_a_workflow_that_chooses_nothing_is_an_empty_200(api: Api) -> None:
    answer = api.post("/chosen", {})
    assert (answer.status, answer.body) == (200, {})


@pytest.mark.parametrize(
    "chosen",
    [
        {"body": {"a": 1}},
        {"body": [1]},
        {"body": 5},
        {"body": False},
        {"statusCode": "created"},
        {"statusCode": 199},
        {"statusCode": 600},
        {"statusCode": 200.5},
        {"headers": {"Location": {"a": 1}}},
        {"headers": {"Location": ["/things/1"]}},
        ["no object"],
        "a text",
        None,
    ],
)
def test_a_workflow_that_chooses_what_is_no_answer_is_a_502(
    api: Api, chosen: object
) -> None:
    refusal(api.post("/chosen", text=json.dumps(chosen)), 502, "bad_gateway")


def test_a_workflow_that_fails_is_a_500_without_its_cause(api: Api) -> None:
    answer = api.post("/failed", {})
    refusal(answer, 500, "execution_failed")
    assert "Secret" not in answer.text
    assert "internal" not in answer.text


def test_a_workflow_that_takes_too_long_is_a_504(api: Api) -> None:
    refusal(api.post("/slow", {}), 504, "execution_timed_out")


def test_a_route_that_its_machine_cannot_serve_is_a_502(api: Api) -> None:
    refusal(api.post("/wrong", {}), 502, "bad_gateway")


# Describing and stopping


def test_an_execution_is_described_by_its_name(api: Api, executions: Any) -> None:
    name = api.post("/body", {"n": 1}).body["execution_name"]
    executions("keep", name).wait()
    short = api.get(f"/executions/{name}").body
    assert short["execution_name"] == name
    assert short["status"] == "SUCCEEDED"
    assert short["stopped_at"] >= short["started_at"]
    assert set(short) == {"execution_name", "status", "started_at", "stopped_at"}
    whole = api.get(f"/inputs/{name}").body
    assert (whole["input"], whole["output"]) == ({"n": 1}, {"n": 1})


def test_a_failure_shows_its_error_and_what_else_is_asked_for(
    api: Api, executions: Any
) -> None:
    name = api.post("/failing", {}).body["execution_name"]
    executions("fails", name).wait()
    shown = api.get(f"/failing/{name}").body
    assert (shown["status"], shown["error"]) == ("FAILED", "Refused")
    assert not {"cause", "input", "output"} & set(shown)


@pytest.mark.parametrize("name", ["nobody", "a%22b", "a%3Ab", "%27", "x" * 200])
def test_an_unknown_execution_is_not_found(api: Api, name: str) -> None:
    refusal(api.get(f"/executions/{name}"), 404, "not_found")
    refusal(api.request("DELETE", f"/waiting/{name}"), 404, "not_found")


def test_an_execution_is_stopped_by_its_name(api: Api, executions: Any) -> None:
    name = unique()
    api.post("/waiting", {"name": name})
    answer = api.request("DELETE", f"/waiting/{name}")
    assert answer.status == 200
    assert set(answer.body) == {"stopped_at"}
    executions("wait", name).assert_status("ABORTED")
    shown = api.get(f"/waiting/{name}").body
    assert shown["error"] == "StoppedByCaller"
    assert shown["cause"].startswith("Request ")


# Tasks


@pytest.fixture
def asked(api: Api, deployment: Any, stepwire_client: Any, executions: Any) -> Any:
    """A waiting execution, and the token that its task handed out."""
    name = api.post("/ask", {}).body["execution_name"]
    task = stepwire_client("stepfunctions").get_activity_task(
        activityArn=deployment.outputs["activity_arn"]
    )
    return executions("ask", name), task["taskToken"]


def test_a_task_succeeds_with_any_output(api: Api, asked: Any) -> None:
    execution, token = asked
    output = {"it's": ['"', None, 1.5], "": "$util"}
    answer = api.post("/tasks/success", {"task_token": token, "output": output})
    assert answer.status == 200
    assert set(answer.body) == {"request_id"}
    execution.assert_status("SUCCEEDED")
    assert execution.output == output


def test_a_task_fails_with_error_and_cause(api: Api, asked: Any) -> None:
    execution, token = asked
    body = {"task_token": token, "error": "Rejected", "cause": 'it\'s "no"'}
    assert api.post("/tasks/failure", body).status == 200
    described = execution.assert_status("FAILED").describe()
    assert (described["error"], described["cause"]) == ("Rejected", 'it\'s "no"')


def test_a_sign_of_life_leaves_the_task_waiting(api: Api, asked: Any) -> None:
    execution, token = asked
    assert api.post("/tasks/heartbeat", {"task_token": token}).status == 200
    assert execution.status == "RUNNING"
    api.post("/tasks/failure", {"task_token": token})
    execution.assert_status("FAILED")


def test_a_task_is_answered_once(api: Api, asked: Any) -> None:
    execution, token = asked
    body = {"task_token": token, "output": 1}
    assert api.post("/tasks/success", body).status == 200
    execution.assert_status("SUCCEEDED")
    refusal(api.post("/tasks/success", body), 410, "task_ended")


@pytest.mark.parametrize("task", ["success", "failure", "heartbeat"])
@pytest.mark.parametrize(
    ("token", "reason"),
    [
        ({}, "task_token"),
        ({"task_token": ""}, "too short"),
        ({"task_token": 1}, "type"),
    ],
)
def test_an_answer_without_a_token_is_refused(
    api: Api, task: str, token: dict[str, Any], reason: str
) -> None:
    answer = api.post(f"/tasks/{task}", {"output": 1} | token)
    assert reason in refusal(answer, 400, "bad_request")


@pytest.mark.parametrize(
    ("field", "most"), [("task_token", "2,048"), ("error", "256"), ("cause", "32,768")]
)
def test_a_text_that_is_too_long_for_a_task_is_not_quoted(
    api: Api, asked: Any, field: str, most: str
) -> None:
    _, token = asked
    body = {"task_token": token} | {field: "x" * 33_000}
    said = refusal(api.post("/tasks/failure", body), 400, "bad_request")
    assert said == f"{field} has at most {most} characters."


def test_what_is_no_token_is_refused(api: Api) -> None:
    answer = api.post("/tasks/success", {"task_token": "it's", "output": 1})
    assert "not the token" in refusal(answer, 400, "bad_request")


# Functions

FUNCTION = """
import json

def handler(event, context):
    kept = ("body", "pathParameters", "stageVariables", "httpMethod")
    answer = {name: event[name] for name in kept}
    headers = {"X-Tea": "green"}
    return {"statusCode": 418, "headers": headers, "body": json.dumps(answer)}
"""


@pytest.fixture
def function(stepwire_client: Any) -> Any:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as package:
        package.writestr("function.py", FUNCTION)
    client = stepwire_client("lambda")
    client.create_function(
        FunctionName="routes-function",
        Runtime="python3.13",
        Role="arn:aws:iam::000000000000:role/function",
        Handler="function.handler",
        Code={"ZipFile": archive.getvalue()},
    )
    client.get_waiter("function_active_v2").wait(FunctionName="routes-function")
    yield
    client.delete_function(FunctionName="routes-function")


def test_a_function_gets_the_request_and_its_answer_is_the_callers(
    api: Api, function: None
) -> None:
    answer = api.post("/function/7", {"n": "it's"})
    assert (answer.status, answer.headers["x-tea"]) == (418, "green")
    assert answer.body == {
        "body": json.dumps({"n": "it's"}),
        "pathParameters": {"id": "7"},
        "stageVariables": {"colour": "blue"},
        "httpMethod": "POST",
    }


def test_a_function_that_cannot_be_called_is_a_5xx_without_reasons(api: Api) -> None:
    answer = api.post("/function/7", {})
    assert answer.status >= 500
    refusal(answer, answer.status, "internal_error")


# What is refused before anything is called


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({}, 'missing required properties (["items"])'),
        ({"items": []}, "array is too short"),
        ({"items": "beans"}, "(string) does not match any allowed primitive type"),
        ({"items": [{}]}, 'missing required properties (["sku"])'),
        ({"items": [{"sku": "A"}]}, 'does not match input string "A"'),
    ],
)
def test_a_body_that_is_not_as_its_schema_is_refused_with_the_reason(
    api: Api, body: Any, reason: str
) -> None:
    answer = api.post("/orders", body, headers={"X-Shop": "a"})
    assert reason in refusal(answer, 400, "bad_request")


def test_a_body_as_its_schema_says_is_taken(api: Api) -> None:
    body = {"items": [{"sku": "beans"}]}
    assert api.post("/orders", body, headers={"X-Shop": "a"}).body == body


def test_a_missing_header_or_query_parameter_is_named(api: Api) -> None:
    answer = api.post("/orders", {"items": [{"sku": "a"}]})
    assert "X-Shop" in refusal(answer, 400, "bad_request")
    assert "[q]" in refusal(api.get("/search"), 400, "bad_request")
    assert api.get("/search?q=1").status == 200


@pytest.mark.parametrize(
    "text", ["nope", "{", '{"a":}', "[1,]", "NaN", '"\n"', "{'a': 1}", "\ufeff{}"]
)
@pytest.mark.parametrize("path", ["/body", "/echo/1/2"])
def test_a_body_that_is_not_json_is_refused(api: Api, path: str, text: str) -> None:
    refusal(api.post(path, text=text), 400, "bad_request")


def test_another_content_type_is_refused(api: Api) -> None:
    answer = api.post("/body", text="a=1", headers={"Content-Type": "text/plain"})
    refusal(answer, 415, "unsupported_media_type")


def test_256_kilobytes_are_taken_and_no_more(api: Api, executions: Any) -> None:
    largest = "x" * (262_144 - 2)
    answer = api.post("/body", largest)
    assert answer.status == 202
    execution = executions("keep", answer.body["execution_name"]).wait()
    assert json.loads(execution.describe()["input"]) == largest
    refusal(api.post("/body", largest + "x"), 413, "request_too_large")
    refusal(api.post("/body", "x" * 11_000_000), 413, "request_too_large")


def test_unknown_paths_and_methods_are_told_apart(api: Api) -> None:
    for path in ("/", "/nothing", "/executions", "/executions/a/b"):
        refusal(api.get(path), 404, "not_found")
    answer = api.request("DELETE", "/orders")
    refusal(answer, 405, "method_not_allowed")
    assert answer.headers["allow"] == "OPTIONS, POST"


# Who may call


@pytest.fixture
def stranger(api: Api) -> Api:
    return Api(api.url, credentials=None)


def test_an_unsigned_request_is_refused(stranger: Api) -> None:
    refusal(stranger.post("/body", {}), 403, "unauthenticated")


def test_a_wrong_signature_is_refused(api: Api) -> None:
    forger = Api(api.url, credentials=("test", "guessed"))
    refusal(forger.post("/body", {}), 403, "unauthenticated")


def test_anyone_may_call_where_authorization_is_none(stranger: Api) -> None:
    envelope = stranger.get("/anyone").body
    assert envelope["caller"] == {
        "arn": "",
        "account_id": "",
        "source_ip": "127.0.0.1",
        "principal_id": "",
    }


def test_an_api_key_opens_its_route(
    stranger: Api, deployment: Any, stepwire_client: Any
) -> None:
    refusal(stranger.get("/partners"), 403, "forbidden")
    wrong = stranger.get("/partners", headers={"X-Api-Key": "guessed"})
    refusal(wrong, 403, "forbidden")
    key = stepwire_client("apigateway").get_api_key(
        apiKey=deployment.outputs["api_key_ids"]["acme"], includeValue=True
    )
    answer = stranger.get("/partners", headers={"X-Api-Key": key["value"]})
    assert answer.status == 200
    assert key["value"] not in answer.text


# Pages of other origins


def test_every_answer_lets_the_page_read_it(api: Api, stranger: Api) -> None:
    answers = [
        api.post("/body", {}),
        api.post("/body", text="nope"),
        api.post("/failed", {}),
        api.get("/executions/nobody"),
        api.get("/nothing"),
        api.request("PATCH", "/body", {}),
        stranger.post("/body", {}),
    ]
    assert {answer.status for answer in answers} == {202, 400, 500, 404, 405, 403}
    for answer in answers:
        origin = answer.headers["access-control-allow-origin"]
        assert origin == "https://shop.example.com"


def test_a_preflight_request_needs_no_signature(stranger: Api) -> None:
    answer = stranger.request(
        "OPTIONS",
        "/orders",
        headers={
            "Origin": "https://shop.example.com",
            "Access-Control-Request-Method": "POST",
        },
    )
    assert answer.status == 204
    assert answer.headers["access-control-allow-methods"] == "POST"
    assert "Authorization" in answer.headers["access-control-allow-headers"]


# What is deployed


def test_no_answer_holds_an_arn_an_account_or_an_internal_message(
    api: Api, stranger: Api
) -> None:
    """Looks at every answer so far but the envelopes, which show their caller."""
    for call in (api, stranger):
        for path in ("/body", "/named", "/failed", "/wrong", "/tasks/success", "/no"):
            call.post(path, {"a": 1}, headers={"Idempotency-Key": "a b"})
            call.post(path, text="{")
        call.get("/executions/a%22b")
        call.request("DELETE", "/waiting/a%22b")
        call.request("PATCH", "/body", {})
    for answer in [*api.answers, *stranger.answers]:
        if '"requested_at"' in answer.text:
            continue
        assert "Exception" not in answer.text, answer
        for secret in ("arn:aws", "000000000000", "stateMachine", "at com."):
            assert secret not in answer.text + str(answer.headers), answer


def test_each_request_is_a_line_of_json_in_the_log(
    api: Api, deployment: Any, stepwire_client: Any
) -> None:
    request_id = api.get("/nothing").body["request_id"]
    logs = stepwire_client("logs")
    group = deployment.outputs["log_group_name"]

    def look() -> list[Any]:
        events = logs.filter_log_events(logGroupName=group)["events"]
        lines = [json.loads(event["message"]) for event in events]
        return [line for line in lines if line["request_id"] == request_id]

    [line] = until(look, "a line of the request")
    assert (line["method"], line["status"]) == ("GET", "404")


def test_the_document_is_valid_openapi(deployment: Any) -> None:
    document = json.loads(deployment.outputs["openapi"])
    validate(document)
    ids = [
        operation["operationId"]
        for methods in document["paths"].values()
        for operation in methods.values()
        if "operationId" in operation
    ]
    assert len(ids) == len(set(ids)) > 25


def test_a_client_generator_takes_the_document(deployment: Any, tmp_path: Path) -> None:
    document, config = tmp_path / "openapi.json", tmp_path / "config.json"
    document.write_text(deployment.outputs["openapi"], encoding="utf-8")
    # Nothing is done to the code afterwards: formatting it is not our matter.
    config.write_text('{"post_hooks": []}', encoding="utf-8")
    generated = subprocess.run(
        [
            *(sys.executable, "-m", "openapi_python_client", "generate"),
            *(f"--path={document}", f"--config={config}", "--meta=none"),
            *("--output-path=client", "--fail-on-warning"),
        ],
        check=False,
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert generated.returncode == 0, generated.stdout + generated.stderr
    operations = list((tmp_path / "client" / "api").rglob("[!_]*.py"))
    assert len(operations) > 25


def test_an_aborted_run_is_a_500(
    deployment: Any, stepwire_emulator: Any, stepwire_client: Any
) -> None:
    """Nobody can abort an EXPRESS execution on the emulator: a server that answers
    as Step Functions then would takes its place behind the route."""
    document = json.loads(deployment.outputs["openapi"])
    with answering({"status": "ABORTED"}) as url:
        route = document["paths"]["/echo"]["post"]
        integration = route["x-amazon-apigateway-integration"]
        integration |= {"type": "http", "uri": url, "passthroughBehavior": "never"}
        del integration["credentials"]
        document["info"]["title"] = unique()
        document["paths"] = {"/echo": {"post": route}}
        gateway = stepwire_client("apigateway")
        imported = gateway.import_rest_api(body=json.dumps(document))
        gateway.create_deployment(restApiId=imported["id"], stageName="v1")
        host = f"{imported['id']}.execute-api.localhost"
        address = emulated_url(f"https://{host}/v1", stepwire_emulator.endpoint_url)
        try:
            refusal(Api(address).post("/echo", {}), 500, "execution_aborted")
        finally:
            gateway.delete_rest_api(restApiId=imported["id"])


def test_a_second_plan_is_empty(deployment: Any) -> None:
    plan = deployment.plan()
    assert plan.is_empty, plan.changes
