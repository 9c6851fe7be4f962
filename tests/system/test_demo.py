"""`make demo`: what it prints works, and its exit status tells the truth."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from stepwire.demo.order_approval import read_steps
from stepwire.emulator.detached import Project
from stepwire.errors import StepwireError

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """What the demo needs of a checkout, with an emulator of its own."""
    directory = tmp_path_factory.mktemp("checkout")
    for name in ("modules", "examples"):
        shutil.copytree(ROOT / name, directory / name)
    for file in ROOT.glob("*.tf"):
        shutil.copy(file, directory)
    (directory / ".stepwire").mkdir()
    yield directory
    Project(directory).down()


def _stepwire(directory: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {
        name: value for name, value in os.environ.items() if name != "AWS_ENDPOINT_URL"
    }
    return subprocess.run(
        [sys.executable, "-m", "stepwire.cli", *arguments],
        cwd=directory,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )


@pytest.fixture(scope="module")
def first(checkout: Path) -> Any:
    return _stepwire(checkout, "demo")


def test_every_order_ends_as_expected(first: Any) -> None:
    assert first.returncode == 0, first.stdout + first.stderr
    steps = json.loads((ROOT / "examples/order-approval/orders.json").read_text())
    assert len(steps) >= 20
    assert f"{len(steps)} of {len(steps)} orders ended as expected" in first.stdout
    assert first.stdout.count("✓") == len(steps)
    assert "✗" not in first.stdout


@pytest.mark.skipif(
    shutil.which("curl") is None, reason="the demo prints curl commands"
)
def test_the_commands_that_it_prints_work(first: Any, checkout: Path) -> None:
    text = first.stdout.replace("\\\n", " ")
    commands = re.findall(r"^  (curl .*)$", text, re.MULTILINE)
    assert len(commands) == 3
    post, decide, get = [
        json.loads(
            subprocess.run(
                command + " --silent --retry 5 --retry-all-errors --fail-with-body",
                shell=True,
                capture_output=True,
                text=True,
                timeout=60,
                check=True,
            ).stdout
        )
        for command in commands
    ]
    assert post["order_id"] == decide["order_id"] == get["order_id"] == "mine"
    assert decide["decision"] == get["decision"]["decision"] == "approve"
    assert _stepwire(checkout, "status").returncode == 0


def test_a_second_demo_that_goes_wrong_says_so(first: Any, checkout: Path) -> None:
    file = checkout / "examples/order-approval/orders.json"
    good = file.read_text()
    steps = json.loads(good)
    steps = [steps[0], steps[1] | {"ends": "rejected"}]
    file.write_text(json.dumps(steps))
    try:
        second = _stepwire(checkout, "demo")
    finally:
        file.write_text(good)
    assert second.returncode == 1
    assert "1 of 2 orders ended as expected" in second.stdout


def test_down_ends_what_the_demo_left_running(first: Any, checkout: Path) -> None:
    assert _stepwire(checkout, "down").returncode == 0
    assert _stepwire(checkout, "status").returncode == 3


def test_orders_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    file = tmp_path / "orders.json"
    file.write_text('[{"what": "x", "answr": 200}]')
    with pytest.raises(StepwireError, match="answr"):
        read_steps(file, "")


def test_outside_a_checkout_the_demo_says_where_it_runs(tmp_path: Path) -> None:
    result = _stepwire(tmp_path, "demo")
    assert result.returncode == 1
    assert "checkout of terraform-aws-stepwire" in result.stderr
