"""The init script of docs/emulators.md in a LocalStack that Stepwire did not start.

In host mode: the container that the document is about cannot be run here.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
import urllib3

from stepwire import aws, http_calls
from stepwire.emulator import install, server
from stepwire.emulator.emulator import client_environment
from tests.stub_api import Answer, StubApi

DOCUMENT = Path(__file__).parents[2] / "docs" / "emulators.md"
PLUGINS = server.LAUNCHER.parents[1]
STATES = """{
  "QueryLanguage": "JSONata",
  "StartAt": "Only",
  "States": {"Only": {"Type": "Pass", "Output": "{% 6 * 7 %}", "End": true}}
}"""


def script() -> str:
    """The document's script, with the folder that has the plugins here."""
    [block] = re.findall(
        r"^  ```python\n(.*?)^  ```", DOCUMENT.read_text(), re.DOTALL | re.MULTILINE
    )
    assert '"/etc/stepwire"' in block
    return re.sub("^  ", "", block, flags=re.MULTILINE).replace(
        '"/etc/stepwire"', repr(str(PLUGINS))
    )


@pytest.fixture(scope="module")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[psutil.Popen]:
    """Stock LocalStack, started as its own documentation says."""
    directory = tmp_path_factory.mktemp("stock")
    scripts = directory / "etc" / "localstack" / "init" / "start.d"
    scripts.mkdir(parents=True)
    (scripts / "stepwire.py").write_text(script())
    (directory / "tmp").mkdir()
    with server._listen(None) as listener:
        port = listener.getsockname()[1]
    with (directory / "log").open("w") as log:
        process = psutil.Popen(
            [str(install.ensure().python), "-m", "localstack.runtime.main"],
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(directory),
                "TEMP": str(directory / "tmp"),
                "FILESYSTEM_ROOT": str(directory),
                "GATEWAY_LISTEN": f"127.0.0.1:{port}",
                "LOCALSTACK_HOST": f"localhost:{port}",
                "OVERRIDE_IN_DOCKER": "0",
                "DNS_ADDRESS": "0",
                "DISABLE_EVENTS": "1",
                "SKIP_SSL_CERT_DOWNLOAD": "1",
            },
            cwd=directory,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        deadline = time.monotonic() + 60
        while not server.is_answering(port):
            assert process.poll() is None, (directory / "log").read_text()
            assert time.monotonic() < deadline
            time.sleep(0.1)
        process.port = port
        yield process
    finally:
        process.kill()
        process.wait()


def client(stock: Any, service: str) -> Any:
    return aws.client(service, client_environment(f"http://localhost:{stock.port}"))


def test_jsonata_and_tracing_work(stock: Any) -> None:
    states = client(stock, "stepfunctions")
    machine = states.create_state_machine(
        name="jsonata",
        definition=STATES,
        roleArn="arn:aws:iam::000000000000:role/states",
        type="EXPRESS",
        tracingConfiguration={"enabled": True},
    )["stateMachineArn"]
    described = states.describe_state_machine(stateMachineArn=machine)
    assert described["tracingConfiguration"] == {"enabled": True}
    answer = states.start_sync_execution(stateMachineArn=machine)
    assert (answer["status"], answer.get("output")) == ("SUCCEEDED", "42")


def test_http_tasks_work(stock: Any, stub_api: StubApi) -> None:
    stub_api.on("init-script.example.com", Answer(200, {"ok": True}))
    http_calls.change(
        f"http://localhost:{stock.port}",
        hosts={"*": stub_api.url},
        certificates=stub_api.certificates,
    )
    connection = client(stock, "events").create_connection(
        Name="http-tasks",
        AuthorizationType="API_KEY",
        AuthParameters={
            "ApiKeyAuthParameters": {"ApiKeyName": "X-Api-Key", "ApiKeyValue": "k"}
        },
    )
    task = {
        "Type": "Task",
        "Resource": "arn:aws:states:::http:invoke",
        "Parameters": {
            "ApiEndpoint": "https://init-script.example.com/",
            "Method": "POST",
            "InvocationConfig": {"ConnectionArn": connection["ConnectionArn"]},
        },
        "OutputPath": "$.ResponseBody",
        "Retry": [{"ErrorEquals": ["States.Http.StatusCode.429"]}],
        "End": True,
    }
    states = client(stock, "stepfunctions")
    machine = states.create_state_machine(
        name="http-tasks",
        definition=json.dumps({"StartAt": "Call", "States": {"Call": task}}),
        roleArn="arn:aws:iam::000000000000:role/states",
        type="EXPRESS",
    )["stateMachineArn"]
    answer = states.start_sync_execution(stateMachineArn=machine)
    assert answer["status"] == "SUCCEEDED", answer
    assert json.loads(answer["output"]) == {"ok": True}
    [received] = stub_api.received("init-script.example.com")
    assert received.header("X-Api-Key") == "k"


def test_emails_can_be_asked_for_before_there_are_any(stock: Any) -> None:
    url = f"http://localhost:{stock.port}/_aws/ses"
    assert urllib3.request("GET", url).json() == {"messages": []}
    assert urllib3.request("DELETE", url).status == 204


def test_the_guard_is_in_front_of_it(stock: Any) -> None:
    url = f"http://localhost:{stock.port}/_localstack/health"
    for headers in ({"Host": "evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        assert urllib3.request("GET", url, headers=headers).status == 403


def test_dynamodb_needs_no_java(stock: Any) -> None:
    assert client(stock, "dynamodb").list_tables()["TableNames"] == []


def test_it_listens_where_it_is_told(stock: Any) -> None:
    listening = {
        connection.laddr
        for connection in stock.net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    }
    assert listening == {("127.0.0.1", stock.port)}
