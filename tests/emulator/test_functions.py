"""Lambda functions on the emulator: results, failures and logs as on AWS."""

from __future__ import annotations

import base64
import io
import json
import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest
from botocore.exceptions import ClientError

from tests.system import functions
from tests.waiting import until

# One function that does what its event says.
SOURCE = """
import json, logging, os, pathlib, sys, threading, time, uuid
print("initialised")
ENVIRONMENT = str(uuid.uuid4())

def handler(event, context):
    action = event.get("action")
    print("action", action)
    logging.getLogger().warning("a warning")
    if action == "raise":
        raise ValueError("bad order")
    if action == "sleep":
        time.sleep(event["seconds"])
    if action == "exit":
        sys.exit(event["status"])
    if action == "kill":
        os.kill(os.getpid(), 9)
    if action == "surroundings":
        return {
            "variables": dict(os.environ),
            "folder": os.getcwd(),
            "file": __file__,
            "input": sys.stdin.read(),
            "packages": [os.path.basename(path) for path in sys.path],
        }
    if action == "call":
        import boto3
        return boto3.client("sts").get_caller_identity()["Account"]
    if action == "end later":
        # Once Lambda has the result: the runtime asks for the next event then.
        threading.Timer(0.2, os._exit, [5]).start()
        return os.getpid()
    if action == "meet":
        folder = pathlib.Path(event["folder"])
        (folder / ENVIRONMENT).touch()
        while len(list(folder.iterdir())) < event["number"]:
            time.sleep(0.02)
    if action == "return":
        return "x" * event["size"]
    if action == "unreturnable":
        return {1, 2}
    return {
        "event": event,
        "environment": ENVIRONMENT,
        "request_id": context.aws_request_id,
        "milliseconds": context.get_remaining_time_in_millis(),
        "memory": context.memory_limit_in_mb,
        "arn": context.invoked_function_arn,
    }
"""


@dataclass
class Answer:
    """What an invocation answered."""

    payload: Any
    error: str | None
    log: str
    request_id: str


Invoke = Callable[..., Answer]


@pytest.fixture(scope="module")
def client(stepwire_client: Any) -> Any:
    return stepwire_client("lambda")


@pytest.fixture(scope="module")
def make(client: Any) -> Iterator[Callable[..., Invoke]]:
    """Creates a function of a source; returns what invokes it."""
    names: list[str] = []

    def create(name: str, source: str = SOURCE, **options: Any) -> Invoke:
        functions.create(client, name, source, **options)
        names.append(name)

        def invoke(event: Any = None, **more: Any) -> Answer:
            response = client.invoke(
                FunctionName=name,
                Payload=json.dumps(event or {}),
                LogType="Tail",
                **more,
            )
            return Answer(
                json.loads(response["Payload"].read()),
                response.get("FunctionError"),
                base64.b64decode(response["LogResult"]).decode(),
                response["ResponseMetadata"]["RequestId"],
            )

        return invoke

    yield create
    for name in names:
        client.delete_function(FunctionName=name)


@pytest.fixture(scope="module")
def invoke(make: Callable[..., Invoke]) -> Invoke:
    return make("everything", Timeout=60, MemorySize=256)


def test_a_handler_gets_its_event_and_its_context(invoke: Invoke) -> None:
    answer = invoke({"order": "ü'\""})
    assert answer.error is None
    assert answer.payload["event"] == {"order": "ü'\""}
    assert answer.payload["request_id"] == answer.request_id
    assert answer.payload["memory"] == "256"
    assert answer.payload["arn"].endswith(":function:everything")
    assert 30_000 < answer.payload["milliseconds"] <= 60_000


def test_an_environment_serves_the_next_event(invoke: Invoke) -> None:
    first, second = invoke(), invoke()
    assert first.payload["environment"] == second.payload["environment"]
    assert "initialised" not in second.log


def test_an_exception_is_an_unhandled_error(invoke: Invoke) -> None:
    answer = invoke({"action": "raise"})
    assert answer.error == "Unhandled"
    assert answer.payload["errorType"] == "ValueError"
    assert answer.payload["errorMessage"] == "bad order"
    assert answer.payload["requestId"] == answer.request_id
    [frame] = answer.payload["stackTrace"]
    assert frame.startswith('  File "/var/task/app.py", line ')
    assert 'raise ValueError("bad order")' in frame
    assert "[ERROR] ValueError: bad order\nTraceback (most recent" in answer.log
    assert "\r" not in answer.log


def test_a_result_that_is_no_json_is_an_error(invoke: Invoke) -> None:
    answer = invoke({"action": "unreturnable"})
    assert answer.error == "Unhandled"
    assert answer.payload["errorType"] == "Runtime.MarshalError"


def test_a_function_that_takes_too_long_is_ended_and_recovers(
    make: Callable[..., Invoke],
) -> None:
    # Long enough for a new environment, which comes up within it, on a busy machine.
    invoke = make("slow", Timeout=5)
    before = invoke().payload["environment"]
    began = time.monotonic()
    answer = invoke({"action": "sleep", "seconds": 60})
    assert time.monotonic() - began < 50
    assert answer.error == "Unhandled"
    assert answer.payload == {
        "errorType": "Sandbox.Timedout",
        "errorMessage": f"RequestId: {answer.request_id} "
        "Error: Task timed out after 5.00 seconds",
    }
    assert f"{answer.request_id} Task timed out after 5.00 seconds" in answer.log
    report = answer.log.splitlines()[-1]
    assert "\tDuration: 5000.00 ms\tBilled Duration: 5000 ms\t" in report
    assert "Status: timeout" in report
    after = invoke()
    assert after.payload["environment"] != before
    assert "initialised" in after.log


@pytest.mark.parametrize(
    ("event", "message"),
    [
        ({"action": "exit", "status": 3}, "exited with error: exit status 3"),
        ({"action": "exit", "status": 0}, "exited without providing a reason"),
        ({"action": "kill"}, "exited with error: signal: killed"),
    ],
)
def test_a_function_that_ends_its_process_fails_and_recovers(
    invoke: Invoke, event: dict[str, Any], message: str
) -> None:
    answer = invoke(event)
    assert answer.error == "Unhandled"
    assert answer.payload == {
        "errorType": "Runtime.ExitError",
        "errorMessage": f"RequestId: {answer.request_id} Error: Runtime {message}",
    }
    assert "Error Type: Runtime.ExitError" in answer.log
    assert invoke().error is None


def test_a_process_that_ended_between_events_is_replaced(invoke: Invoke) -> None:
    pid = invoke({"action": "end later"}).payload
    until(lambda: has_ended(pid), "the process to end")
    answer = invoke()
    assert answer.error is None
    assert "initialised" in answer.log


def has_ended(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


@pytest.mark.parametrize(
    ("name", "source", "error_type", "message"),
    [
        (
            "no-module",
            "import nothing_of_that_name",
            "Runtime.ImportModuleError",
            "Unable to import module 'app': No module named 'nothing_of_that_name'",
        ),
        ("no-python", "def (", "Runtime.UserCodeSyntaxError", "Syntax error in module"),
        ("no-handler", "", "Runtime.HandlerNotFound", "Handler 'handler' missing on"),
        ("raises", "1 / 0", "ZeroDivisionError", "division by zero"),
        ("exits", "raise SystemExit(4)", "Runtime.ExitError", "exit status 4"),
    ],
)
def test_a_function_that_cannot_be_initialised_says_why(
    make: Callable[..., Invoke], name: str, source: str, error_type: str, message: str
) -> None:
    invoke = make(name, source)
    for _ in range(2):
        answer = invoke()
        assert answer.error == "Unhandled"
        assert answer.payload["errorType"] == error_type
        assert message in answer.payload["errorMessage"]
        # As the runtime reported it; of an exit it reports nothing.
        assert answer.payload.get("requestId", "") == ""
        assert message in answer.log
        assert f"Error Type: {error_type}" in answer.log


def test_lambda_writes_its_lines_around_the_output(invoke: Invoke) -> None:
    answer = invoke()
    lines = answer.log.splitlines()
    assert lines[0] == f"START RequestId: {answer.request_id} Version: $LATEST"
    assert lines[1] == "action None"
    assert lines[2].startswith("[WARNING]")
    assert answer.request_id in lines[2]
    assert lines[-2] == f"END RequestId: {answer.request_id}"
    assert lines[-1].startswith(f"REPORT RequestId: {answer.request_id}\tDuration: ")
    assert "\tMemory Size: 256 MB\tMax Memory Used: " in lines[-1]


def test_the_log_arrives_in_cloudwatch(invoke: Invoke, stepwire_client: Any) -> None:
    logs = stepwire_client("logs")
    answer = invoke({"action": "raise"})
    messages: list[str] = []

    def arrived() -> bool:
        events = logs.filter_log_events(logGroupName="/aws/lambda/everything")["events"]
        messages[:] = [event["message"] for event in events]
        return answer.request_id in " ".join(messages)

    until(arrived, "the log to arrive")
    start = messages.index(f"START RequestId: {answer.request_id} Version: $LATEST\n")
    assert messages[start + 1] == "action raise\n"
    # One event, although it has several lines.
    [failure] = [text for text in messages[start:] if "ValueError: bad order" in text]
    assert failure.startswith("[ERROR] ValueError: bad order\nTraceback (most recent")
    assert failure.endswith('raise ValueError("bad order")\n')
    assert any(message.startswith("REPORT ") for message in messages[start:])


def test_the_surroundings_of_a_function_are_its_own(invoke: Invoke) -> None:
    found = invoke({"action": "surroundings"}).payload
    variables = found["variables"]
    assert found["folder"] == variables["LAMBDA_TASK_ROOT"]
    assert found["file"] == f"{found['folder']}/app.py"
    assert found["input"] == ""
    assert variables["AWS_LAMBDA_FUNCTION_NAME"] == "everything"
    assert variables["_HANDLER"] == "app.handler"
    assert variables["AWS_EXECUTION_ENV"] == "AWS_Lambda_python3.13"
    assert re.fullmatch(
        r"127\.0\.0\.1:\d+/[\w-]{43}", variables["AWS_LAMBDA_RUNTIME_API"]
    )
    assert variables["AWS_ENDPOINT_URL"].startswith("http://127.0.0.1:")
    assert variables["TMPDIR"] != variables["LAMBDA_TASK_ROOT"]
    assert "stepwire_localstack" not in found["packages"]
    assert not variables.keys() & {"PYTHONPATH", "STEPWIRE_FUNCTION_RUNTIMES"}
    assert "_LAMBDA_TELEMETRY_LOG_FD" not in variables


def test_a_function_calls_other_services_with_boto3(
    make: Callable[..., Invoke],
) -> None:
    invoke = make("caller", Timeout=60)
    assert invoke({"action": "call"}).payload == "000000000000"


def test_variables_of_the_function_are_set(make: Callable[..., Invoke]) -> None:
    invoke = make("variables", Environment={"Variables": {"TABLE": "orders"}})
    found = invoke({"action": "surroundings"}).payload
    assert found["variables"]["TABLE"] == "orders"


def test_a_response_of_six_megabytes_arrives_and_a_larger_one_fails(
    make: Callable[..., Invoke],
) -> None:
    invoke = make("large", Timeout=60)
    assert len(invoke({"action": "return", "size": 6_000_000}).payload) == 6_000_000
    answer = invoke({"action": "return", "size": 6_400_000})
    assert answer.error == "Unhandled"
    assert answer.payload == {
        "errorType": "Function.ResponseSizeTooLarge",
        "errorMessage": "Response payload size (6400002 bytes) exceeded maximum "
        "allowed payload size (6291556 bytes).",
    }
    # The runtime says so and ends, as on AWS; the next event gets another one.
    assert "Http response code: 413" in answer.log
    assert "initialised" in invoke().log


SYNCHRONOUS = (
    "Request must be smaller than 6291456 bytes for the InvokeFunction operation"
)
ASYNCHRONOUS = (
    "1048577 byte payload is too large for the Event invocation type "
    "(limit 1048576 bytes)"
)


@pytest.mark.parametrize(
    ("invocation_type", "largest", "message"),
    [
        ("RequestResponse", 6_291_456, SYNCHRONOUS),
        ("Event", 1_048_576, ASYNCHRONOUS),
    ],
)
def test_an_event_that_is_too_large_is_refused(
    make: Callable[..., Invoke],
    client: Any,
    invocation_type: str,
    largest: int,
    message: str,
) -> None:
    name = f"takes-{invocation_type}"
    make(name, "def handler(event, context): return len(event)", Timeout=60)

    def send(size: int) -> Any:
        event = b'"' + b"x" * (size - 2) + b'"'
        return client.invoke(
            FunctionName=name, InvocationType=invocation_type, Payload=event
        )

    assert send(largest)["StatusCode"] in (200, 202)
    with pytest.raises(ClientError) as raised:
        send(largest + 1)
    error = raised.value.response
    assert error["Error"]["Code"] == "RequestEntityTooLargeException"
    assert error["Error"]["Message"] == message
    assert error["ResponseMetadata"]["HTTPStatusCode"] == 413


def test_concurrent_events_get_environments_of_their_own(
    make: Callable[..., Invoke], client: Any, tmp_path: Path
) -> None:
    make("concurrent", Timeout=60)
    # Each waits for the others.
    event = json.dumps({"action": "meet", "folder": str(tmp_path), "number": 4})

    def call(_index: int) -> str:
        response = client.invoke(FunctionName="concurrent", Payload=event)
        return str(json.loads(response["Payload"].read())["environment"])

    with ThreadPoolExecutor(4) as threads:
        environments = list(threads.map(call, range(4)))
    assert len(set(environments)) == 4


def test_reserved_concurrency_throttles(
    make: Callable[..., Invoke], client: Any
) -> None:
    invoke = make("reserved")
    client.put_function_concurrency(
        FunctionName="reserved", ReservedConcurrentExecutions=0
    )
    with pytest.raises(client.exceptions.TooManyRequestsException):
        invoke()
    client.delete_function_concurrency(FunctionName="reserved")
    assert invoke().error is None


def test_an_asynchronous_event_is_worked_on(
    make: Callable[..., Invoke], client: Any, stepwire_client: Any
) -> None:
    make("asynchronous")
    response = client.invoke(
        FunctionName="asynchronous",
        InvocationType="Event",
        Payload=json.dumps({"action": "later"}),
    )
    assert response["StatusCode"] == 202
    logs = stepwire_client("logs")

    def was_worked_on() -> bool:
        try:
            events = logs.filter_log_events(logGroupName="/aws/lambda/asynchronous")
        except logs.exceptions.ResourceNotFoundException:
            return False
        return "action later\n" in [event["message"] for event in events["events"]]

    until(was_worked_on, "the event to be worked on")


def test_new_code_is_used_and_what_runs_ends_with_the_old(
    make: Callable[..., Invoke], client: Any, tmp_path: Path
) -> None:
    source = """
import pathlib, time
def handler(event, context):
    if folder := event.get("folder"):
        pathlib.Path(folder, "begun").touch()
        while not pathlib.Path(folder, "go on").exists():
            time.sleep(0.02)
    return "old"
"""
    invoke = make("updated", source, Timeout=60)
    assert invoke().payload == "old"
    with ThreadPoolExecutor(1) as threads:
        running = threads.submit(invoke, {"folder": str(tmp_path)})
        until((tmp_path / "begun").exists, "the function to begin")
        client.update_function_code(
            FunctionName="updated",
            ZipFile=functions.zipped(source.replace("old", "new")),
        )
        functions.wait_until(client, "function_updated_v2", "updated")
        assert invoke().payload == "new"
        (tmp_path / "go on").touch()
        assert running.result().payload == "old"


def test_a_package_from_s3_and_the_arm64_architecture_are_accepted(
    make: Callable[..., Invoke], stepwire_client: Any
) -> None:
    s3 = stepwire_client("s3")
    s3.create_bucket(Bucket="function-packages")
    package = io.BytesIO(functions.zipped(SOURCE))
    s3.upload_fileobj(package, "function-packages", "function.zip")
    try:
        invoke = make(
            "packaged",
            Code={"S3Bucket": "function-packages", "S3Key": "function.zip"},
            Architectures=["arm64"],
        )
        assert invoke({"a": 1}).payload["event"] == {"a": 1}
    finally:
        s3.delete_object(Bucket="function-packages", Key="function.zip")
        s3.delete_bucket(Bucket="function-packages")


def test_a_runtime_that_is_not_there_is_refused_by_name(
    make: Callable[..., Invoke], client: Any
) -> None:
    refused = client.exceptions.InvalidParameterValueException
    message = "nodejs22.x is not available without Docker; available: python3.13"
    with pytest.raises(refused, match=message):
        functions.create(client, "node", "", Runtime="nodejs22.x")
    make("python")
    with pytest.raises(refused, match=message):
        client.update_function_configuration(
            FunctionName="python", Runtime="nodejs22.x"
        )


def test_a_container_image_is_refused(client: Any) -> None:
    with pytest.raises(
        client.exceptions.InvalidParameterValueException, match="needs Docker"
    ):
        client.create_function(
            FunctionName="image",
            Role=functions.ROLE,
            PackageType="Image",
            Code={"ImageUri": "000000000000.dkr.ecr.us-east-1.amazonaws.com/x:1"},
        )
