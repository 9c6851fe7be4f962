"""`make demo`: what it prints works, and its exit status tells the truth."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from stepwire import aws, cli
from stepwire.api import ApiClient
from stepwire.emulator.detached import Project
from stepwire.errors import StepwireError
from tools.demo import link_approval
from tools.demo.order_approval import read_steps

ROOT = Path(__file__).parents[2]


def copy_checkout(directory: Path) -> Path:
    """What the demo needs of a checkout, copied into ``directory``."""
    for name in ("modules", "examples", "lambda_src", "tools"):
        shutil.copytree(ROOT / name, directory / name)
    for file in ROOT.glob("*.tf"):
        shutil.copy(file, directory)
    (directory / ".stepwire").mkdir()
    return directory


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """What the demo needs of a checkout, with another emulator."""
    directory = copy_checkout(tmp_path_factory.mktemp("checkout"))
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
        timeout=300,
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
    assert "✗" not in first.stdout


def test_all_five_systems_are_used(first: Any) -> None:
    assert "orders ended as expected" in first.stdout
    assert "4 of 4 notifications ended as expected" in first.stdout
    assert "4 of 4 webhooks ended as expected" in first.stdout
    assert "The new version was tried by a tenth of the executions" in first.stdout
    assert "The workflow went on: approve" in first.stdout


def test_the_readme_shows_what_it_prints(first: Any) -> None:
    excerpt = (ROOT / "README.md").read_text("utf-8").split("Parts of its output:")[1]
    expected = _normalised(excerpt.split("```")[1])
    printed = _normalised(first.stdout)
    assert len(expected) > 12
    assert [line for line in expected if line not in printed] == []


def _normalised(text: str) -> list[str]:
    """Its lines without widths, random suffixes and counts that chance decides."""
    text = re.sub(r"-[0-9a-f]{4}\b", "-SUFFIX", text)
    # A tenth of fifty executions is none of them once in two hundred runs.
    text = re.sub(r"[A-Z]{3}: \d+ times(, [A-Z]{3}: \d+ times)?", "N times", text)
    lines = [" ".join(line.split()) for line in text.splitlines()]
    return [line for line in lines if line.strip("─")]


def test_without_a_terminal_it_decides_by_itself_and_says_so(first: Any) -> None:
    assert "Nobody can be asked here: the demo decides by itself." in first.stderr
    assert "Open this link to decide" in first.stdout
    assert "The workflow went on: approve, by you@example.com" in first.stdout


@pytest.mark.skipif(
    shutil.which("curl") is None, reason="the demo prints curl commands"
)
def test_the_commands_that_it_prints_work(
    first: Any, checkout: Path, tmp_path: Path
) -> None:
    text = first.stdout.replace("\\\n", " ")
    commands = re.findall(r"^  (curl .*)$", text, re.MULTILINE)
    assert len(commands) == 3
    # A reader types slower than the order gets to its state. Into a file: of several
    # tries curl keeps the last answer there, and prints all.
    answer = tmp_path / "answer.json"
    patience = f"--silent --retry 9 --retry-all-errors --fail --output {answer}"
    answers = []
    for command in commands:
        subprocess.run(f"{command} {patience}", shell=True, timeout=600, check=True)
        answers.append(json.loads(answer.read_text()))
    post, decide, get = answers
    assert post["order_id"] == decide["order_id"] == get["order_id"]
    assert post["order_id"].startswith("mine-")
    assert decide["decision"] == get["decision"]["decision"] == "approve"
    assert _stepwire(checkout, "status").returncode == 0


def test_it_waits_for_its_reader_to_decide_over_the_link(
    first: Any, checkout: Path
) -> None:
    running = Project(checkout).running()
    assert running is not None
    environment = running.environment()
    machines = aws.client("stepfunctions", environment).list_state_machines()
    [start_arn] = [
        machine["stateMachineArn"]
        for machine in machines["stateMachines"]
        if machine["name"] == link_approval.VARIABLES["name"]
    ]
    printed = io.StringIO()
    console = Console(file=printed, width=200)
    with ThreadPoolExecutor(1) as pool:
        demo = pool.submit(link_approval.run, start_arn, environment, console, None)
        deadline = time.monotonic() + 60
        while not (link := re.search(r"^  (http\S+)$", printed.getvalue(), re.M)):
            assert not demo.done(), printed.getvalue()
            assert time.monotonic() < deadline, printed.getvalue()
            time.sleep(0.05)
        page = ApiClient(link[1], credentials=None)
        assert page.get(headers={"Accept": "text/html"}).status == 200
        assert not demo.done()
        assert page.post(body={"choice": "reject"}).status == 200
        assert demo.result(30) is True
    assert "The workflow went on: reject, by you@example.com" in printed.getvalue()


@pytest.mark.parametrize(
    ("arguments", "is_terminal", "asks"),
    [
        ([], True, True),
        ([], False, False),
        (["--yes"], True, False),
        (["--yes"], False, False),
    ],
)
def test_it_asks_only_who_is_there_and_wants_to_be_asked(
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    is_terminal: bool,
    asks: bool,
) -> None:
    asked = []

    def run(*_: object, asks: bool) -> bool:
        asked.append(asks)
        return True

    monkeypatch.setattr("tools.demo.run", run)
    monkeypatch.setattr("sys.stdin.isatty", lambda: is_terminal, raising=False)
    assert cli.main(["demo", *arguments]) == 0
    assert asked == [asks]


@pytest.mark.extended
def test_a_second_demo_that_goes_wrong_says_so(first: Any, checkout: Path) -> None:
    file = checkout / "examples/order-approval/orders.json"
    good = file.read_text()
    steps = json.loads(good)
    steps = [steps[0], steps[1] | {"ends": "rejected"}]
    file.write_text(json.dumps(steps))
    try:
        second = _stepwire(checkout, "demo", "--yes")
    finally:
        file.write_text(good)
    assert second.returncode == 1
    assert "1 of 2 orders ended as expected" in second.stdout
    assert "Nobody can be asked" not in second.stderr


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
