"""Deployments of the demo end together: by a failure, by a Ctrl-C."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from stepwire.errors import StepwireError
from stepwire.terraform.command import Command, StoppedError
from tools.demo import targets
from tools.demo.deployments import Deployments

# Stands for a Terraform that works for long. Its shell says when it is ready for
# signals.
OBEYS = "trap 'exit 1' INT; echo ready; while :; do sleep 0.05; done"
REFUSES = "trap '' INT; echo ready; while :; do sleep 0.05; done"


@pytest.fixture
def working(tmp_path: Path) -> Callable[..., None]:
    """Runs a Terraform that does not end by itself; sets an event when it works."""

    def work(script: str, works: threading.Event, stop: threading.Event) -> None:
        program = tmp_path / f"terraform-{time.monotonic_ns()}"
        program.write_text(f"#!/bin/sh\necho $$ > {program}.pid\n{script}\n")
        program.chmod(0o755)
        folder = tmp_path / f"logs-{program.name}"
        folder.mkdir()
        Command(program, folder, folder, stop).cmd(
            "apply", environment=os.environ, on_line=lambda _line: works.set()
        )

    return work


def no_program_of(folder: Path) -> bool:
    pids = [int(file.read_text()) for file in folder.glob("terraform-*.pid")]
    assert pids
    return not any(psutil.pid_exists(pid) for pid in pids)


def test_a_failure_ends_the_others_and_is_what_is_told(
    working: Callable[..., None], tmp_path: Path
) -> None:
    works = threading.Event()

    def fail() -> None:
        assert works.wait(30)
        raise StepwireError("The name orders is taken.")

    def demo() -> None:
        with Deployments() as deployments:
            long = deployments.start(lambda: working(OBEYS, works, deployments.stop))
            deployments.start(fail)
            deployments.result(long)

    with pytest.raises(StepwireError, match=r"^The name orders is taken\.$"):
        demo()
    assert no_program_of(tmp_path)


def test_all_failures_are_told() -> None:
    both = threading.Barrier(2)

    def fail(name: str) -> None:
        both.wait(30)
        raise StepwireError(f"{name} is taken.")

    with Deployments() as deployments:
        first = deployments.start(lambda: fail("orders"))
        second = deployments.start(lambda: fail("approval"))
        for deployment in (first, second):
            deployment.exception(30)
        with pytest.raises(StepwireError) as caught:
            deployments.check()
    assert "orders is taken." in str(caught.value)
    assert "approval is taken." in str(caught.value)


@pytest.mark.parametrize("script", [OBEYS, REFUSES])
def test_a_ctrl_c_ends_terraform_in_every_thread(
    working: Callable[..., None], tmp_path: Path, script: str
) -> None:
    works = threading.Event()
    ended = []

    def deploy(stop: threading.Event) -> None:
        with pytest.raises(StoppedError):
            working(script, works, stop)
        # And none is begun after it.
        with pytest.raises(StoppedError, match="was not begun"):
            working(script, works, stop)
        ended.append(True)

    def demo() -> None:
        with Deployments() as deployments:
            deployments.start(lambda: deploy(deployments.stop))
            assert works.wait(30)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        demo()
    assert ended == [True]
    assert no_program_of(tmp_path)


def test_a_second_demo_in_a_checkout_waits_for_the_first(tmp_path: Path) -> None:
    with (
        targets.only_one(tmp_path),
        pytest.raises(StepwireError, match="Another demo runs"),
        targets.only_one(tmp_path),
    ):
        pass
    with targets.only_one(tmp_path):
        pass


def test_what_is_left_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    (tmp_path / ".stepwire").mkdir()
    assert targets.left_running(tmp_path) == "Nothing is left running."
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://localhost:1")
    assert "http://localhost:1" in targets.left_running(tmp_path)
