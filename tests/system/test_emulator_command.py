"""`stepwire up`, `status`, `logs` and `down`, as typed in a project's folder."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from stepwire import aws
from stepwire.emulator import install
from stepwire.emulator.detached import Project
from tests.system import functions

Command = Callable[..., "subprocess.CompletedProcess[str]"]


def run_in(folder: Path, **variables: str) -> Command:
    environment = {k: v for k, v in os.environ.items() if k != "AWS_ENDPOINT_URL"}

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "stepwire.cli", *arguments],
            check=False,
            cwd=folder,
            env=environment | variables,
            capture_output=True,
            text=True,
            timeout=120,
        )

    return run


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A project whose emulator is up, with a function in it."""
    install.ensure()
    folder = tmp_path_factory.mktemp("project")
    (folder / ".git").mkdir()
    started = run_in(folder)("up")
    try:
        assert started.returncode == 0, started.stderr
        client = aws.client("lambda", variables_of(started.stdout))
        functions.create(client, "greeter", "def handler(event, context): return 1")
        client.invoke(FunctionName="greeter")["Payload"].read()
        yield folder
    finally:
        Project.of(folder).down()


def variables_of(exports: str) -> dict[str, str]:
    return dict(re.findall(r"^export (\w+)=(.*)$", exports, re.MULTILINE))


def test_up_twice_starts_one(project: Path) -> None:
    before = Project.of(project).running()
    again = run_in(project)("up")
    assert again.returncode == 0
    assert "up already" in again.stderr
    assert Project.of(project).running() == before
    assert before is not None
    assert variables_of(again.stdout)["AWS_ENDPOINT_URL"] == before.endpoint_url


def test_up_at_another_port_says_where_it_is(project: Path) -> None:
    running = Project.of(project).running()
    assert running is not None
    other = run_in(project)("up", "--port", str(running.port - 1))
    assert (other.returncode, other.stdout) == (1, "")
    assert f"up already, at {running.endpoint_url}" in other.stderr
    assert "stepwire down" in other.stderr
    assert run_in(project)("up", "--port", str(running.port)).returncode == 0


def test_status_says_what_runs_also_from_a_folder_below(project: Path) -> None:
    below = project / "modules" / "orders"
    below.mkdir(parents=True)
    answered = run_in(below)("status")
    running = Project.of(project).running()
    assert answered.returncode == 0
    assert running is not None
    found = dict(
        re.split(r"\s{2,}|(?<=running) ", line, maxsplit=1)
        for line in answered.stdout.splitlines()
    )
    assert found["endpoint"] == running.endpoint_url
    assert found["state"] == "up"
    assert int(found["process"]) == running.process.pid
    assert 50 < int(found["memory"].split()[0]) < 2000
    assert found["up for"].startswith("0:0")
    assert "lambda" in found["services used"]
    assert found["functions running"] == "greeter"
    assert Path(found["log"]).is_relative_to(project)


def test_logs_prints_the_log(project: Path) -> None:
    answered = run_in(project)("logs")
    assert answered.returncode == 0
    assert "AWS lambda.CreateFunction => 201" in answered.stdout


def test_logs_follows_until_it_is_down_and_down_ends_everything(
    tmp_path: Path,
) -> None:
    (tmp_path / ".stepwire").mkdir()
    stepwire = run_in(tmp_path)
    assert stepwire("up").returncode == 0
    running = Project.of(tmp_path).running()
    assert running is not None
    client = aws.client("lambda", running.environment())
    functions.create(client, "f", "def handler(event, context): return 1")
    client.invoke(FunctionName="f")["Payload"].read()
    processes = [running.process, *running.process.children(recursive=True)]
    assert len(processes) == 2
    follower = subprocess.Popen(
        [sys.executable, "-m", "stepwire.cli", "logs", "--follow"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert stepwire("down").returncode == 0
    assert "lambda.Invoke => 200" in follower.communicate(timeout=120)[0]
    assert follower.returncode == 0
    assert not any(process.is_running() for process in processes)
    assert stepwire("status").returncode == 3
    assert stepwire("down").returncode == 0
    assert stepwire("logs").returncode == 0


def test_a_port_that_is_taken_is_one_clear_line(project: Path, tmp_path: Path) -> None:
    running = Project.of(project).running()
    assert running is not None
    (tmp_path / ".stepwire").mkdir()
    answered = run_in(tmp_path)("up", "--port", str(running.port))
    assert answered.returncode == 1
    assert f"cannot listen on port {running.port}" in answered.stderr
    assert "Traceback" not in answered.stderr


def test_no_log_says_how_to_get_one(tmp_path: Path) -> None:
    answered = run_in(tmp_path)("logs")
    assert answered.returncode == 1
    assert "stepwire up" in answered.stderr


@pytest.mark.parametrize("command", ["up", "status"])
def test_an_endpoint_that_is_set_is_used(tmp_path: Path, command: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        endpoint_url = f"http://127.0.0.1:{other.getsockname()[1]}"
        answered = run_in(tmp_path, AWS_ENDPOINT_URL=endpoint_url)(command)
    assert answered.returncode == 0
    assert f"AWS_ENDPOINT_URL is set: {endpoint_url}" in (
        answered.stdout + answered.stderr
    )
    assert not (tmp_path / ".stepwire").exists()


def test_a_port_that_is_none_is_refused(tmp_path: Path) -> None:
    answered: Any = run_in(tmp_path)("up", "--port", "99999")
    assert answered.returncode == 2
    assert "99999" in answered.stderr
