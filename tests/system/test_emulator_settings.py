"""LocalStack's own settings in the environment of who starts an emulator."""

from __future__ import annotations

import json
import logging
import subprocess
from pathlib import Path

import psutil
import pytest

from stepwire import aws
from stepwire.emulator import Emulator, install, settings

ROLE = "arn:aws:iam::000000000000:role/any"
DEFINITION = {
    "StartAt": "Ask",
    "States": {
        "Ask": {
            "Type": "Task",
            "Resource": "arn:aws:states:::lambda:invoke",
            "Parameters": {"FunctionName": "none"},
            "End": True,
        }
    },
}


def test_harmless_settings_are_taken_and_the_others_named(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    mocks = {
        "StateMachines": {"mocked": {"TestCases": {"Happy": {"Ask": "answer"}}}},
        "MockedResponses": {"answer": {"0": {"Return": "mocked"}}},
    }
    (tmp_path / "mocks.json").write_text(json.dumps(mocks))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SFN_MOCK_CONFIG", "mocks.json")
    monkeypatch.setenv("DEBUG", "1")
    monkeypatch.setenv("STEPWIRE_ALLOWED_HOSTS", "aws.example")
    monkeypatch.setenv("GATEWAY_LISTEN", "0.0.0.0:4566")
    monkeypatch.setenv("PERSISTENCE", "1")
    monkeypatch.setenv("PROVIDER_OVERRIDE_DYNAMODB", "v2")
    monkeypatch.setenv("CI", "true")
    before = psutil.Process().children()
    with Emulator() as emulator:
        [process] = [
            child for child in psutil.Process().children() if child not in before
        ]
        environment = process.environ()
        client = aws.client("stepfunctions", emulator.environment())
        arn = client.create_state_machine(
            name="mocked", roleArn=ROLE, definition=json.dumps(DEFINITION)
        )["stateMachineArn"]
        execution = client.start_execution(stateMachineArn=f"{arn}#Happy")
        assert emulator.log_file is not None
        assert "DEBUG" in emulator.log_file.read_text()
    assert execution["executionArn"]
    assert environment["STEPWIRE_ALLOWED_HOSTS"] == "aws.example"
    assert environment["GATEWAY_LISTEN"].startswith("127.0.0.1:")
    assert not environment.keys() & {"PERSISTENCE", "PROVIDER_OVERRIDE_DYNAMODB", "CI"}
    [line] = [
        message
        for name, level, message in caplog.record_tuples
        if (name, level) == ("stepwire.emulator", logging.WARNING)
    ]
    assert line.endswith(
        "does not take: GATEWAY_LISTEN, PERSISTENCE, PROVIDER_OVERRIDE_DYNAMODB"
    )


def test_every_setting_that_is_taken_is_one_of_localstack() -> None:
    python = install.ensure().python
    program = """
import re
from pathlib import Path
from localstack import config
text = Path(config.__file__).read_text()
print(*config.CONFIG_ENV_VARS, *re.findall('"([A-Z0-9_]+)"', text))
"""
    answer = subprocess.run(
        [python, "-c", program], capture_output=True, text=True, check=True
    )
    known = set(answer.stdout.split())
    assert {name for name in settings.ACCEPTED if name[:9] != "STEPWIRE_"} <= known
    assert set(settings._known(python)) <= known
    assert len(settings._known(python)) > 100


def test_without_settings_nothing_is_said(caplog: pytest.LogCaptureFixture) -> None:
    python = install.ensure().python
    environment = {"CI": "1", "HOSTNAME": "h", "DISABLE_EVENTS": "1", "SERVICES": ""}
    assert settings.accepted(python, environment) == {}
    assert not caplog.record_tuples
