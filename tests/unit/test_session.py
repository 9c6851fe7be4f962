"""Which AWS the commands talk to, and what they say when it does not answer."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest
from botocore.exceptions import UnknownServiceError

from stepwire import aws, cli
from stepwire.emulator.emulator import client_environment
from stepwire.errors import StepwireError
from stepwire.session import Session


@pytest.fixture(autouse=True)
def without_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine on which nobody has set up AWS."""
    for name in os.environ:
        if name.startswith("AWS_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


def test_the_endpoint_that_is_set_is_used(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        endpoint_url = f"http://localhost:{server.getsockname()[1]}"
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint_url)
        session = Session(tmp_path)
    assert session.target == endpoint_url
    client = session.client("stepfunctions")
    assert client.meta.endpoint_url == endpoint_url


def test_without_an_endpoint_or_an_emulator_it_is_aws(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    session = Session(tmp_path)
    assert session.target == "AWS"
    endpoint_url = session.client("stepfunctions").meta.endpoint_url
    assert endpoint_url == "https://states.eu-central-1.amazonaws.com"


def test_where_aws_is_not_set_up_it_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.main(["versions", "orders"]) == 1
    said = capfd.readouterr().err
    assert "You must specify a region" in said
    assert "stepwire up" in said


def test_an_endpoint_that_does_not_answer_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://localhost:1")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    monkeypatch.chdir(tmp_path)
    assert cli.main(["rollout", "start", "orders-rollout"]) == 1
    said = capfd.readouterr().err
    assert "Nothing answers at AWS_ENDPOINT_URL, which is http://localhost:1 " in said


def test_executions_of_another_region_are_asked_for_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str | None] = []

    def client(_session: Session, _service: str, region: str | None = None) -> object:
        asked.append(region)
        raise StepwireError("Asked.")

    monkeypatch.setattr(Session, "client", client)
    for arguments in ([], ["orders"]):
        assert cli.main(["executions", "--region", "eu-west-1", *arguments]) == 1
    assert asked == ["eu-west-1"] * 2


def test_a_region_that_is_none_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["executions", "--region", "xx"])
    assert "'xx' is no region, such as eu-west-1" in capsys.readouterr().err


def test_a_service_that_does_not_exist_is_explained() -> None:
    environment = client_environment("http://localhost:4566")
    with pytest.raises(UnknownServiceError, match="Unknown service: 'stepfunctoins'"):
        aws.client("stepfunctoins", environment)


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:states:us-east-1:123456789012:execution:orders:1",
        "arn:aws:sns:us-east-1:123456789012:orders",
    ],
)
def test_an_arn_of_something_else_is_refused(arn: str, tmp_path: Path) -> None:
    with pytest.raises(StepwireError, match="is no ARN of a state machine"):
        Session(tmp_path).state_machine_arn(arn)


def test_an_arn_is_taken_as_it_is(tmp_path: Path) -> None:
    arn = "arn:aws-cn:states:cn-north-1:123456789012:stateMachine:orders:live"
    assert Session(tmp_path).state_machine_arn(arn) == arn


def test_a_profile_that_does_not_exist_is_one_clear_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    monkeypatch.chdir(tmp_path)
    for command in ("versions", "executions"):
        assert cli.main([command, "orders"]) == 1
        said = capfd.readouterr().err
        assert "nobody" in said
        assert "Traceback" not in said


def test_a_port_that_is_none_is_said_in_words(
    capfd: pytest.CaptureFixture[str],
) -> None:
    for text in ("http", "0", "65536", "-1"):
        with pytest.raises(SystemExit):
            cli.main(["up", f"--port={text}"])
        assert f"'{text}' is not a port, which is 1 to 65535" in capfd.readouterr().err
