"""stepwire rollout and stepwire versions, on rollouts with seconds for minutes."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from rich.console import Console

from stepwire import cli, rollout, versions
from stepwire.emulator import Emulator
from stepwire.errors import StepwireError
from stepwire.pytest_plugin import ApplyFactory, ClientFactory
from tests.system.rollouts import ALARM, Target, deployed, set_alarm


@pytest.fixture
def target(
    stepwire_apply: ApplyFactory, stepwire_client: ClientFactory
) -> Iterator[Target]:
    yield from deployed(stepwire_apply, stepwire_client)


@pytest.fixture
def emulated(monkeypatch: pytest.MonkeyPatch, stepwire_emulator: Emulator) -> None:
    """What the command reads of the environment."""
    for name, value in stepwire_emulator.environment().items():
        monkeypatch.setenv(name, value)


@pytest.mark.usefixtures("emulated")
def test_the_command_starts_a_rollout_and_shows_its_progress(
    target: Target, capfd: pytest.CaptureFixture[str]
) -> None:
    old = target.settle()
    new = target.publish()
    assert cli.main(["rollout", "start", "rollout-canary"]) == 0
    shown = capfd.readouterr()
    assert f"live: version {new} gets 25 %, version {old} 75 %" in shown.err
    assert f"live: version {new} gets 100 %" in shown.err
    assert f"live is at version {new}." in shown.out
    assert cli.main(["rollout", "watch", "rollout-canary"]) == 0
    assert f"live is at version {new}." in capfd.readouterr().out


@pytest.mark.usefixtures("emulated")
def test_the_command_aborts_a_rollout_and_waits_until_the_alias_is_back(
    target: Target, capfd: pytest.CaptureFixture[str]
) -> None:
    old = target.settle()
    target.publish()
    assert cli.main(["rollout", "start", "rollout-slow", "--no-watch"]) == 0
    running = rollout.Rollout.latest(
        target.client, target.outputs["start_arns"]["slow"]
    )
    target.executions.get(running.arn).wait_for_state("Pause")
    assert (
        cli.main(["rollout", "abort", "rollout-slow", "--cause", "wrong colour"]) == 0
    )
    assert target.routing() == {old: 100}
    assert "wrong colour" in capfd.readouterr().out
    assert cli.main(["rollout", "abort", "rollout-slow"]) == 1
    assert "No rollout runs" in capfd.readouterr().err


@pytest.mark.usefixtures("emulated")
def test_the_command_says_why_a_rollout_failed(
    target: Target, capfd: pytest.CaptureFixture[str]
) -> None:
    target.settle()
    target.publish()
    set_alarm(target, "ALARM")
    assert cli.main(["rollout", "start", "rollout-canary"]) == 1
    assert f"in ALARM: {ALARM}" in capfd.readouterr().err


def test_the_versions_show_who_gets_them_and_what_runs_on_them(
    target: Target,
) -> None:
    old = target.settle()
    new = target.publish()
    started = target.start("slow").wait_for_state("Pause")
    try:
        found = {
            version.number: version
            for version in versions.read(target.client, target.arn).versions
        }
        assert found[old].weights == {"live": 75}
        assert found[new].weights == {"live": 25}
        assert (found[old].running, found[new].running) == (0, 0)
        slow = versions.read(target.client, target.outputs["start_arns"]["slow"])
        assert slow.versions == []
        assert slow.running_unversioned == 1
    finally:
        target.stop(started, "enough seen", back_to={old: 100})


@pytest.mark.usefixtures("emulated")
def test_the_versions_are_a_table(
    target: Target, capfd: pytest.CaptureFixture[str]
) -> None:
    version = target.settle()
    assert cli.main(["versions", "rollout-target"]) == 0
    header, newest, *_rest = capfd.readouterr().out.splitlines()
    assert header.split() == [
        "version",
        "published",
        "aliases",
        "running",
        "description",
    ]
    assert newest.split()[0] == str(version)
    assert "live 100 %" in newest
    assert "release" in newest
    assert cli.main(["versions", "rollout-slow"]) == 1
    assert "has no version" in capfd.readouterr().err
    assert cli.main(["versions", "nothing-of-this-name"]) == 1
    assert "rollout-target" in capfd.readouterr().err


def test_an_outcome_that_failed_is_an_error() -> None:
    described = {"name": "r", "status": "FAILED", "error": "E", "cause": "why"}
    with pytest.raises(StepwireError, match=r"The rollout r is FAILED\. E: why"):
        rollout.outcome(described)


def test_a_watch_shows_each_weight_once(target: Target) -> None:
    target.settle()
    new = target.publish()
    lines = Console(file=io.StringIO(), width=200)
    started = target.start("linear")
    said = rollout.watch(rollout.Rollout(target.client, started.arn), lines)
    assert said.startswith(f"live is at version {new}.")
    shown = lines.file.getvalue()  # type: ignore[attr-defined]
    assert [
        shown.count(f"version {new} gets {weight} %") for weight in (40, 80, 100)
    ] == [
        1,
        1,
        1,
    ]
