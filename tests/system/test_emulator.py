"""An emulator starts quickly, is reached from this machine alone, and leaves nothing.

These tests start emulators of their own, whatever AWS_ENDPOINT_URL says.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import psutil
import pytest

from stepwire import aws
from stepwire.emulator import Emulator, install, server
from stepwire.errors import StepwireError
from tests.system import functions
from tests.waiting import until

SLEEPER = """
import os, subprocess, time
def handler(event, context):
    subprocess.Popen(["sleep", "600"])
    return os.getpid()
"""

# A program as a user would write it, with a function in its emulator that has started
# a program of its own; it says who is there, and then does what it is told.
PARENT = """
import json, sys, tempfile, time
from stepwire import aws
from stepwire.emulator import Emulator
from tests.system import functions
# Five of them start at once.
with Emulator(ready_within=300) as emulator:
    client = aws.client("lambda", emulator.environment())
    functions.create(client, "sleeper", sys.argv[1])
    client.invoke(FunctionName="sleeper")["Payload"].read()
    print(json.dumps(str(emulator.log_file.parent)), flush=True)
    if sys.stdin.readline() == "raise\\n":
        raise ValueError("as the test wants it")
"""


class Parent:
    """A running PARENT, with the processes and the folder that it is answerable for."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", PARENT, SLEEPER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        )

    def wait_until_up(self) -> None:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, self.process.communicate()[1]
        self.directory = Path(json.loads(line))
        self.descendants = psutil.Process(self.process.pid).children(recursive=True)

    def assert_nothing_is_left(self) -> None:
        _, alive = psutil.wait_procs(self.descendants, timeout=60)
        assert not alive
        until(lambda: not self.directory.exists(), "the folder to be removed")


ENDS: dict[str, Any] = {
    "SIGKILL": signal.SIGKILL,
    "SIGTERM": signal.SIGTERM,
    "SIGINT": signal.SIGINT,
    "exception": "raise\n",
    "normal end": "\n",
}


@pytest.fixture(scope="module")
def parents() -> Iterator[dict[str, Parent]]:
    parents = {name: Parent() for name in ENDS}
    with ExitStack() as stack:
        for parent in parents.values():
            stack.callback(parent.process.kill)
        for parent in parents.values():
            parent.wait_until_up()
        yield parents


@pytest.mark.parametrize("end", ENDS)
def test_however_its_program_ends_nothing_is_left(
    end: str, parents: dict[str, Parent]
) -> None:
    parent, how = parents[end], ENDS[end]
    # LocalStack, the function, and the program that the function started.
    assert len(parent.descendants) == 3
    if isinstance(how, str):
        parent.process.communicate(how)
    else:
        parent.process.send_signal(how)
        parent.process.wait(60)
    parent.assert_nothing_is_left()


@pytest.fixture(scope="module")
def emulators() -> Iterator[tuple[Emulator, Emulator]]:
    install.ensure()
    with Emulator() as first, Emulator() as second:
        yield first, second


def test_an_emulator_is_ready_within_three_seconds() -> None:
    install.ensure()
    before = psutil.Process().children()
    with Emulator():
        [localstack] = [
            child for child in psutil.Process().children() if child not in before
        ]
        used = localstack.cpu_times()
    # Three seconds are the promise on two idle cores. What a busy machine does to it is
    # no part of that: its processor's time stays about the same.
    assert used.user + used.system < 6


def test_two_emulators_do_not_see_each_other(
    emulators: tuple[Emulator, Emulator],
) -> None:
    clients = [aws.client("dynamodb", emulator.environment()) for emulator in emulators]
    clients[0].create_table(
        TableName="orders",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    assert [client.list_tables()["TableNames"] for client in clients] == [
        ["orders"],
        [],
    ]


def test_everything_listens_on_the_loopback_address_alone(
    emulators: tuple[Emulator, Emulator],
) -> None:
    client = aws.client("lambda", emulators[0].environment())
    functions.create(client, "listening", SLEEPER)
    client.invoke(FunctionName="listening")["Payload"].read()
    listening = {
        connection.laddr
        for process in psutil.Process().children(recursive=True)
        for connection in process.net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    }
    ports = {int(emulator.endpoint_url.split(":")[2]) for emulator in emulators}
    assert ports < {address.port for address in listening}
    assert {address.ip for address in listening} == {"127.0.0.1"}


def test_a_killed_localstack_leaves_no_function(tmp_path: Path) -> None:
    with Emulator(directory=tmp_path) as emulator:
        client = aws.client("lambda", emulator.environment())
        functions.create(client, "orphan", SLEEPER)
        client.invoke(FunctionName="orphan")["Payload"].read()
        [localstack] = [
            process
            for process in psutil.Process().children()
            if Path(process.cwd()) == tmp_path
        ]
        orphans = localstack.children(recursive=True)
        assert len(orphans) == 2
        localstack.kill()
        _, alive = psutil.wait_procs(orphans, timeout=60)
        assert not alive


def test_a_given_directory_keeps_the_log(tmp_path: Path) -> None:
    with Emulator(directory=tmp_path) as emulator:
        assert emulator.log_file == tmp_path / "localstack.log"
    assert "LocalStack version" in (tmp_path / "localstack.log").read_text()


def test_a_given_port_is_used_and_free_again_afterwards() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(StepwireError, match=f"port {port}"):
            Emulator(port=port).start()
    for _ in range(2):
        with Emulator(port=port) as emulator:
            assert emulator.endpoint_url == f"http://localhost:{port}"


def test_a_localstack_that_ends_at_once_is_shown_with_its_log(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "launch.py").write_text("raise OSError('no such thing')")
    monkeypatch.setattr(server, "LAUNCHER", tmp_path / "launch.py")
    with pytest.raises(StepwireError) as raised:
        Emulator().start()
    assert "status 1" in raised.value.message
    assert "OSError: no such thing" in raised.value.message
    log = Path(str(raised.value.hint).split()[-1])
    assert "no such thing" in log.read_text()
    shutil.rmtree(log.parent)


def test_a_localstack_that_does_not_answer_is_ended(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "launch.py").write_text("import time; time.sleep(600)")
    monkeypatch.setattr(server, "LAUNCHER", tmp_path / "launch.py")
    before = psutil.Process().children()
    with pytest.raises(StepwireError, match="did not answer within 1 s"):
        Emulator(directory=tmp_path, ready_within=1).start()
    assert psutil.Process().children() == before


def test_localstack_gets_no_setting_of_other_programs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("AWS_CA_BUNDLE", "HTTPS_PROXY", "PIP_INDEX_URL", "TF_LOG"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://localhost:1")
    before = psutil.Process().children()
    with Emulator():
        [process] = [
            child for child in psutil.Process().children() if child not in before
        ]
        environment = process.environ()
    assert "PATH" in environment
    assert not environment.keys() & {"AWS_CA_BUNDLE", "HTTPS_PROXY", "TF_LOG"}
    assert not environment.keys() & {"PIP_INDEX_URL", "AWS_ENDPOINT_URL"}


def test_an_endpoint_that_is_set_is_used_and_nothing_is_started(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    credentials = {
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_SESSION_TOKEN": "token",
        "AWS_DEFAULT_REGION": "eu-west-1",
    }
    for name, value in credentials.items():
        monkeypatch.setenv(name, value)
    before = psutil.Process().children()
    with socket.create_server(("127.0.0.1", 0)) as other:
        endpoint_url = f"http://127.0.0.1:{other.getsockname()[1]}"
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"{endpoint_url}/")
        connected = Emulator.connect()
    with connected as emulator:
        assert emulator.endpoint_url == endpoint_url
        variables = emulator.environment()
        assert variables["AWS_ENDPOINT_URL"] == emulator.endpoint_url
        assert variables.items() >= credentials.items()
        assert emulator.log_file is None
        assert psutil.Process().children() == before
    assert os.environ["AWS_ENDPOINT_URL"]


def test_without_an_endpoint_connect_starts_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with Emulator.connect() as emulator:
        identity = aws.client("sts", emulator.environment()).get_caller_identity()
    assert identity["Account"] == "000000000000"


def test_before_the_start_there_is_no_endpoint() -> None:
    with pytest.raises(StepwireError, match="not running"):
        _ = Emulator().endpoint_url
