"""A function's process, without LocalStack: AWS's client and our loop do the same.

Which of the two runs is not a setting: the loop runs where AWS's client cannot be
imported, as in the environment of these tests themselves.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

from stepwire.emulator import install
from stepwire_localstack import function_output, function_process, runtime_api
from tests.waiting import until


@pytest.fixture(params=["aws", "loop"])
def python(request: pytest.FixtureRequest) -> str:
    """An interpreter with AWS's client, and one without it."""
    if request.param == "loop":
        return sys.executable
    if sys.platform != "linux":
        pytest.skip("awslambdaric has wheels for Linux alone")
    return str(install.ensure().runtimes["python3.13"])


@dataclass
class Function:
    """A started function process."""

    process: function_process.FunctionProcess
    log_file: Path

    def invoke(self, event: Any, seconds: float = 20) -> Any:
        deadline = int((time.time() + seconds) * 1000)
        headers = {
            "Lambda-Runtime-Aws-Request-Id": "request-1",
            "Lambda-Runtime-Deadline-Ms": str(deadline),
            "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:x:1:function:f",
            "Lambda-Runtime-Trace-Id": "Root=1-5759e988-bd862e3fe1be46a994272793",
        }
        assert self.process.wait_until_initialised(60).kind == "ready"
        invocation = runtime_api.Invocation(json.dumps(event).encode(), headers)
        return self.process.invoke(invocation, seconds)

    @property
    def log_events(self) -> list[str]:
        return function_output.events(self.log_file.read_bytes())

    @property
    def log(self) -> str:
        return "".join(self.log_events)


Start = Callable[..., Function]


@pytest.fixture
def start(python: str, tmp_path: Path) -> Iterator[Start]:
    def run(source: str, handler: str = "app.handler", **variables: str) -> Function:
        code = tmp_path / "code"
        code.mkdir(exist_ok=True)
        (code / "app.py").write_text(source)
        environment = {
            "_HANDLER": handler,
            "LAMBDA_TASK_ROOT": str(code),
            "AWS_LAMBDA_FUNCTION_NAME": "f",
            "AWS_LAMBDA_FUNCTION_VERSION": "7",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128",
            "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/f",
            "AWS_LAMBDA_LOG_STREAM_NAME": "stream",
            **variables,
        }
        log = tmp_path / "log"
        process = function_process.FunctionProcess(python, environment, code, log)
        return Function(process, log)

    yield run
    function_process.end_all()


def test_events_are_answered_one_after_the_other(start: Start) -> None:
    function = start("def handler(event, context): return {'got': event, 'ü': None}")
    for event in ({"n": 1}, [1.5, "ü'\""], None):
        answer = function.invoke(event)
        assert answer.kind == "response"
        assert json.loads(answer.body) == {"got": event, "ü": None}


def test_the_context_is_as_on_aws(start: Start) -> None:
    function = start("""
def handler(event, context):
    names = (
        "function_name", "function_version", "invoked_function_arn",
        "memory_limit_in_mb", "aws_request_id", "log_group_name", "log_stream_name",
        "client_context",
    )
    found = {name: getattr(context, name) for name in names}
    identity = context.identity.cognito_identity_id
    return found | {"left": context.get_remaining_time_in_millis(), "who": identity}
""")
    context = json.loads(function.invoke({}).body)
    assert 10_000 < context.pop("left") <= 20_000
    assert context == {
        "function_name": "f",
        "function_version": "7",
        "invoked_function_arn": "arn:aws:lambda:x:1:function:f",
        "memory_limit_in_mb": "128",
        "aws_request_id": "request-1",
        "log_group_name": "/aws/lambda/f",
        "log_stream_name": "stream",
        "client_context": None,
        "who": None,
    }


def test_an_exception_is_posted_and_logged(start: Start) -> None:
    function = start("""
def fail(order):
    raise KeyError(order)
def handler(event, context):
    fail(event)
""")
    answer = function.invoke("a1")
    assert answer.kind == "error"
    result = json.loads(answer.body)
    assert result["errorType"] == "KeyError"
    assert result["errorMessage"] == "'a1'"
    assert result["requestId"] == "request-1"
    assert [line.split(", in ")[1].split("\n")[0] for line in result["stackTrace"]] == [
        "handler",
        "fail",
    ]
    assert "[ERROR] KeyError: 'a1'" in function.log
    assert function.invoke("a2").kind == "error"


def test_numbers_of_dynamodb_are_written(start: Start) -> None:
    function = start("""
from decimal import Decimal
def handler(event, context): return [Decimal("1"), Decimal("1.5")]
""")
    assert json.loads(function.invoke({}).body) == [1, 1.5]


def test_a_result_that_is_no_json_is_an_error(start: Start) -> None:
    function = start("def handler(event, context): return {1, 2}")
    answer = function.invoke({})
    assert answer.kind == "error"
    assert json.loads(answer.body)["errorType"] == "Runtime.MarshalError"
    assert function.invoke({}).kind == "error"


@pytest.mark.parametrize(
    ("handler", "source", "error_type"),
    [
        ("app.handler", "import nothing_of_that_name", "Runtime.ImportModuleError"),
        ("nowhere.handler", "", "Runtime.ImportModuleError"),
        ("app.handler", "def (", "Runtime.UserCodeSyntaxError"),
        ("app.handler", "", "Runtime.HandlerNotFound"),
        ("handler", "", "Runtime.MalformedHandlerName"),
        ("app.handler", "raise ValueError('no setting')", "ValueError"),
    ],
)
def test_a_handler_that_cannot_be_loaded_is_reported(
    start: Start, handler: str, source: str, error_type: str
) -> None:
    function = start(source, handler)
    first = function.process.wait_until_initialised(60)
    assert first.kind == "init_error"
    report = json.loads(first.body)
    assert report["errorType"] == error_type
    assert report["requestId"] == ""
    assert f"[ERROR] {error_type}" in function.log


def test_a_stack_trace_names_the_files_as_on_aws(start: Start) -> None:
    function = start("""
import helper
def handler(event, context):
    helper.fail()
""")
    (function.log_file.parent / "code" / "helper.py").write_text(
        "def fail():\n    raise ValueError('one\\ntwo')\n"
    )
    trace = json.loads(function.invoke({}).body)["stackTrace"]
    handler = '  File "/var/task/app.py", line 4, in handler\n    helper.fail()\n'
    helper = '  File "/var/task/helper.py", line 2, in fail\n'
    assert trace == [handler, helper + "    raise ValueError('one\\ntwo')\n"]
    [event] = function.log_events
    assert event.splitlines() == [
        "[ERROR] ValueError: one",
        "two",
        "Traceback (most recent call last):",
        '\xa0\xa0File "/var/task/app.py", line 4, in handler',
        "\xa0\xa0\xa0\xa0helper.fail()",
        '\xa0\xa0File "/var/task/helper.py", line 2, in fail',
        "\xa0\xa0\xa0\xa0raise ValueError('one\\ntwo')",
    ]


def test_a_syntax_error_names_the_file_as_on_aws(start: Start) -> None:
    first = start("x = (").process.wait_until_initialised(60)
    [place] = json.loads(first.body)["stackTrace"]
    assert place.startswith('  File "/var/task/app.py" Line 1\n')


def test_a_message_of_several_lines_is_one_event(start: Start) -> None:
    function = start("""
import logging
def handler(event, context):
    print("one\\rline")
    print("two\\nlines")
    try:
        1 / 0
    except ZeroDivisionError:
        logging.getLogger().exception("caught")
    print("no end", end="")
""")
    function.invoke({})
    line, two, lines, message, no_end = function.log_events
    assert (line, two, lines, no_end) == ("one\rline\n", "two\n", "lines\n", "no end\n")
    assert message.startswith("[ERROR]\t")
    assert 'File "/var/task/app.py", line 7, in handler\n    1 / 0\n' in message
    assert message.endswith("ZeroDivisionError: division by zero\n")


def test_what_lies_beside_the_code_is_found_where_it_is(start: Start) -> None:
    function = start("""
import importlib.resources, inspect, os, pathlib
def handler(event, context):
    return [
        pathlib.Path(__file__).with_name("data.txt").read_text(),
        importlib.resources.files("package").joinpath("data.txt").read_text(),
        inspect.getsource(handler).splitlines()[0],
        os.getcwd() == os.environ["LAMBDA_TASK_ROOT"],
    ]
""")
    code = function.log_file.parent / "code"
    (code / "data.txt").write_text("data")
    (code / "package").mkdir()
    (code / "package" / "__init__.py").touch()
    (code / "package" / "data.txt").write_text("data of the package")
    assert json.loads(function.invoke({}).body) == [
        "data",
        "data of the package",
        "def handler(event, context):",
        True,
    ]


def test_a_wrapper_script_starts_the_runtime(start: Start, tmp_path: Path) -> None:
    wrapper = tmp_path / "code" / "wrapper"
    wrapper.parent.mkdir()
    # As in AWS's guide: one more option for the interpreter, before the last argument.
    wrapper.write_text("""#!/bin/bash
args=("$@")
args=("${args[@]:0:$#-1}" "-X" "dev" "${args[@]: -1}")
export SET_BY=wrapper
exec "${args[@]}"
""")
    wrapper.chmod(0o755)
    function = start(
        "import os, sys\n"
        "def handler(event, context):\n"
        "    return [os.environ['SET_BY'], sys.flags.dev_mode]",
        AWS_LAMBDA_EXEC_WRAPPER="/var/task/wrapper",
    )
    assert json.loads(function.invoke({}).body) == ["wrapper", True]


@pytest.mark.parametrize(
    ("exists", "status", "message"),
    [(False, 127, "does not exist"), (True, 126, "is not an executable")],
)
def test_a_wrapper_that_cannot_be_run_says_why(
    start: Start, tmp_path: Path, exists: bool, status: int, message: str
) -> None:
    (tmp_path / "code").mkdir()
    if exists:
        (tmp_path / "code" / "wrapper").touch(0o644)
    function = start("", AWS_LAMBDA_EXEC_WRAPPER="/var/task/wrapper")
    first = function.process.wait_until_initialised(60)
    assert (first.kind, first.status) == ("exit", status)
    assert function.log == f"/var/task/wrapper: {message}\n"


def test_logging_and_prints_are_written_at_once(start: Start) -> None:
    function = start("""
import logging, sys
def handler(event, context):
    print("printed")
    print("to the error stream", file=sys.stderr)
    logging.getLogger(__name__).warning("logged")
""")
    function.invoke({})
    assert "printed\n" in function.log
    assert "to the error stream\n" in function.log
    [line] = [line for line in function.log.splitlines() if line.endswith("logged")]
    level, _time, request_id, _message = line.split("\t")
    assert (level, request_id) == ("[WARNING]", "request-1")


def test_a_function_imports_its_own_modules_and_not_ours(start: Start) -> None:
    function = start("""
import os, sys
def handler(event, context):
    return [sys.path[0] == os.environ["LAMBDA_TASK_ROOT"], "loop" in sys.modules]
""")
    assert json.loads(function.invoke({}).body) == [True, False]


def test_an_exit_ends_the_process_with_its_status(start: Start) -> None:
    function = start("""
import sys
def handler(event, context): sys.exit(event)
""")
    answer = function.invoke(3)
    assert (answer.kind, answer.status) == ("exit", 3)


def test_a_killed_function_takes_along_what_it_started(start: Start) -> None:
    function = start("""
import os, subprocess
def handler(event, context):
    return [os.getpid(), subprocess.Popen(["sleep", "600"]).pid]
""")
    leader, started = map(psutil.Process, json.loads(function.invoke({}).body))
    # It reaps the leader; to wait for that in here would take it away.
    function.process.end()
    assert not leader.is_running()
    assert psutil.wait_procs([started], timeout=60) == ([started], [])


# A LocalStack with one function that has started a program; it says which processes
# there are, and waits.
HOLDER = """
import json, sys, time
from pathlib import Path
from stepwire_localstack import function_process, runtime_api

python, folder = sys.argv[1], Path(sys.argv[2])
variables = {"_HANDLER": "app.handler", "LAMBDA_TASK_ROOT": str(folder)}
process = function_process.FunctionProcess(python, variables, folder, folder / "log")
assert process.wait_until_initialised(60).kind == "ready"
headers = {
    "Lambda-Runtime-Aws-Request-Id": "request-1",
    "Lambda-Runtime-Deadline-Ms": str(int((time.time() + 20) * 1000)),
    "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:x:1:function:f",
    "Lambda-Runtime-Trace-Id": "Root=1-5759e988-bd862e3fe1be46a994272793",
}
event = process.invoke(runtime_api.Invocation(b"{}", headers), 20)
print(event.body.decode(), flush=True)
sys.stdin.read()
"""
STARTER = """
import os, subprocess
def handler(event, context):
    return [os.getpid(), subprocess.Popen(["sleep", "600"]).pid]
"""


@pytest.fixture
def holder(python: str, tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    (tmp_path / "app.py").write_text(STARTER)
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, python, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield process
        process.kill()


@pytest.mark.parametrize("order", ["LocalStack alone", "the function's runtime first"])
def test_what_a_function_started_ends_with_a_killed_localstack(
    holder: subprocess.Popen[str], order: str
) -> None:
    assert holder.stdout is not None
    runtime, started = json.loads(holder.stdout.readline())
    if order != "LocalStack alone":
        # A runtime that has lost its Runtime API may end before all else; a stopped
        # LocalStack does not notice.
        holder.send_signal(signal.SIGSTOP)
        os.kill(runtime, signal.SIGKILL)
    holder.kill()
    holder.wait()
    wait_until_group_is_gone(runtime)
    assert not psutil.pid_exists(started) or is_zombie(started)


def wait_until_group_is_gone(leader: int) -> None:
    """Waits for the last process that runs in the group; the watcher is one."""
    until(
        lambda: not any(is_in_group(one, leader) for one in psutil.process_iter()),
        f"the end of the group {leader}",
    )


def is_in_group(process: psutil.Process, leader: int) -> bool:
    try:
        return os.getpgid(process.pid) == leader and not is_zombie(process.pid)
    except (ProcessLookupError, PermissionError):
        return False


def is_zombie(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_a_function_has_no_child_that_it_did_not_start(start: Start) -> None:
    function = start("""
import os
def handler(event, context):
    try:
        return os.wait()
    except ChildProcessError:
        return "none"
""")
    assert json.loads(function.invoke({}).body) == "none"


def test_a_forged_result_is_refused_and_the_function_answers(start: Start) -> None:
    function = start("""
import http.client, os
def handler(event, context):
    host, _, secret = os.environ["AWS_LAMBDA_RUNTIME_API"].partition("/")
    found = []
    for prefix, request_id in [("", "request-1"), ("/x", "request-1"), (secret, "x")]:
        api = http.client.HTTPConnection(host)
        path = f"{prefix}/2018-06-01/runtime/invocation/{request_id}/response"
        api.request("POST", path if prefix != secret else "/" + path, '"forged"')
        found.append(api.getresponse().status)
    return found
""")
    for _ in range(3):
        assert json.loads(function.invoke({}).body) == [403, 403, 400]


def test_a_result_that_is_too_large_is_told_and_ends_the_runtime(start: Start) -> None:
    function = start("def handler(event, context): return 'x' * 7_000_000")
    answer = function.invoke({})
    assert (answer.kind, answer.size) == ("too_large", 7_000_002)
    function.process.wait_until_ended(20)
    assert function.process.memory() is None
    assert "413" in function.log


def test_a_function_that_hangs_does_not_answer_in_time(start: Start) -> None:
    function = start("""
def handler(event, context):
    while True: pass
""")
    with pytest.raises(queue.Empty):
        function.invoke({}, 0.2)
    function.process.end()
    assert function.process.memory() is None
