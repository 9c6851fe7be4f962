"""`stepwire executions`, `history`, `graph`, `mails`, `run`, and regions."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from stepwire import aws, cli
from stepwire.commands import mails
from stepwire.emulator import Emulator
from stepwire.mails import Mail
from stepwire.testing import Executions

ELSEWHERE = "eu-central-1"
CAUSE = "a long story, " * 60 + "\x1b[2Jand its end"
DEFINITION = {
    "StartAt": "Charge",
    "States": {"Charge": {"Type": "Fail", "Error": "Card.Declined", "Cause": CAUSE}},
}


@pytest.fixture
def emulated(
    monkeypatch: pytest.MonkeyPatch, stepwire_emulator: Emulator, tmp_path: Path
) -> dict[str, str]:
    """What the commands read of the environment, in an empty folder."""
    environment = stepwire_emulator.environment()
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    return environment


def machine(
    environment: dict[str, str], region: str, name: str
) -> Iterator[tuple[Any, str]]:
    client = aws.client("stepfunctions", environment | {"AWS_DEFAULT_REGION": region})
    arn = client.create_state_machine(
        name=name,
        definition=json.dumps(DEFINITION),
        roleArn="arn:aws:iam::000000000000:role/none",
        publish=True,
    )["stateMachineArn"]
    try:
        yield client, arn
    finally:
        client.delete_state_machine(stateMachineArn=arn)


@pytest.fixture
def failing(emulated: dict[str, str]) -> Iterator[tuple[Any, str]]:
    yield from machine(emulated, emulated["AWS_DEFAULT_REGION"], "commands")


@pytest.fixture
def failing_elsewhere(emulated: dict[str, str]) -> Iterator[tuple[Any, str]]:
    yield from machine(emulated, ELSEWHERE, "commands-elsewhere")


def test_a_state_machine_is_drawn_by_its_arn(
    failing_elsewhere: tuple[Any, str], capfd: pytest.CaptureFixture[str]
) -> None:
    _, arn = failing_elsewhere
    assert cli.main(["graph", arn]) == 0
    assert "Charge<br/>Fail Card.Declined" in capfd.readouterr().out
    assert cli.main(["graph", f"{arn}-gone"]) == 1
    assert "StateMachineDoesNotExist" in capfd.readouterr().err


def test_executions_are_listed_and_one_explains_itself(
    failing: tuple[Any, str], capfd: pytest.CaptureFixture[str]
) -> None:
    client, arn = failing
    executions = Executions(client)
    first = executions.start(arn, name="first").wait()
    second = executions.start(arn, name="second").wait()
    assert cli.main(["executions", "commands"]) == 0
    header, *lines = capfd.readouterr().out.splitlines()
    assert header.split("\t") == ["status", "started", "seconds", "execution"]
    found = [line.split("\t") for line in lines]
    assert [(line[0], line[3]) for line in found] == [
        ("FAILED", second.arn),
        ("FAILED", first.arn),
    ]
    assert cli.main(["executions", "--status", "running"]) == 0
    assert first.arn not in capfd.readouterr().out
    assert cli.main(["executions", "commands", "-n", "1"]) == 0
    assert len(capfd.readouterr().out.splitlines()) == 2

    shown = []
    for name in (first.arn, "commands:first"):
        assert cli.main(["history", name]) == 0
        printed = capfd.readouterr()
        # Whole, however long, and nothing that the terminal would carry out.
        whole = CAUSE.replace("\x1b", r"\x1b")
        assert f"first is FAILED. Card.Declined: {whole}" in printed.err
        assert printed.out.splitlines()[-1].endswith(f"Card.Declined: {whole}")
        assert "FailStateEntered\tCharge" in printed.out
        shown.append(printed.out)
    assert shown[0] == shown[1]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["history", "commands:nothing"], "ExecutionDoesNotExist"),
        (["history", "x"], "names no execution"),
        (["history", "arn:aws:sns:us-east-1:000000000000:x"], "names no execution"),
        (["executions", "nothing"], "no state machine nothing in us-east-1"),
    ],
)
def test_what_is_not_there_is_one_clear_line(
    failing: tuple[Any, str],
    capfd: pytest.CaptureFixture[str],
    arguments: list[str],
    said: str,
) -> None:
    assert cli.main(arguments) == 1
    printed = capfd.readouterr()
    assert said in printed.err
    assert printed.out == ""


def test_an_arn_is_asked_for_in_its_region(
    failing_elsewhere: tuple[Any, str], capfd: pytest.CaptureFixture[str]
) -> None:
    client, arn = failing_elsewhere
    executed = Executions(client).start(arn, name="far").wait()
    assert cli.main(["versions", arn]) == 0
    assert "\n1\t" in capfd.readouterr().out
    assert cli.main(["executions", arn]) == 0
    assert executed.arn in capfd.readouterr().out
    assert cli.main(["history", executed.arn]) == 0
    assert "Card.Declined" in capfd.readouterr().err
    assert cli.main(["rollout", "watch", arn]) == 1
    assert "Card.Declined" in capfd.readouterr().err
    assert cli.main(["versions", "commands-elsewhere"]) == 1
    assert "commands-elsewhere in us-east-1" in capfd.readouterr().err


def test_a_profile_that_does_not_exist_is_no_matter_for_an_emulator(
    failing: tuple[Any, str],
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    assert cli.main(["versions", "commands"]) == 0
    assert capfd.readouterr().err == ""


def test_mails_are_printed_whole(
    emulated: dict[str, str], capfd: pytest.CaptureFixture[str]
) -> None:
    ses = aws.client("ses", emulated)
    ses.verify_email_identity(EmailAddress="us@example.com")
    link = f"https://example.com/{'x' * 300}"
    ses.send_email(
        Source="us@example.com",
        Destination={"ToAddresses": ["ada@example.com"]},
        Message={
            "Subject": {"Data": "Decide\x1b[2J"},
            "Body": {"Text": {"Data": f"Hello\n\n{link}\n"}},
        },
    )
    assert cli.main(["mails", "--to", "ada@example.com"]) == 0
    lines = capfd.readouterr().out.splitlines()
    assert lines[-7:] == [
        "From: us@example.com",
        "To: ada@example.com",
        r"Subject: Decide\x1b[2J",
        "",
        "Hello",
        "",
        link,
    ]
    assert cli.main(["mails", "--to", "nobody@example.com"]) == 0
    assert "no such e-mail" in capfd.readouterr().err


def test_run_directs_a_program_to_the_emulator(
    emulated: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")
    program = (
        "import json, os, sys; print(json.dumps(dict(os.environ))); sys.exit(int("
        "sys.argv[1]))"
    )
    assert cli.main(["run", "--", sys.executable, "-c", program, "7"]) == 7
    seen = json.loads(capfd.readouterr().out)
    assert seen["AWS_ENDPOINT_URL"] == emulated["AWS_ENDPOINT_URL"]
    assert "AWS_PROFILE" not in seen
    assert Path(seen["TF_CLI_CONFIG_FILE"]).exists()
    assert cli.main(["run", "--", "no-such-program"]) == 1
    assert "no-such-program cannot be run" in capfd.readouterr().err
    assert cli.main(["run"]) == 1


def test_run_says_what_works_for_the_addresses_in_outputs(
    emulated: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    # Stands for Terraform: what it does is not at issue.
    outputs = {
        "orders": {
            "value": {
                "url": "https://abc.execute-api.us-east-1.amazonaws.com/live/orders",
                "docs": "https://docs.aws.amazon.com/",
            }
        },
        "key": {"value": "https://x.execute-api.a.amazonaws.com/", "sensitive": True},
    }
    program = tmp_path / "terraform"
    program.write_text(
        f"#!{sys.executable}\nimport sys\n"
        f"if sys.argv[1:] == ['-chdir=infra', 'output', '-json']:\n"
        f"    print({json.dumps(outputs)!r})\n"
    )
    program.chmod(0o755)
    assert cli.main(["run", "--", str(program), "-chdir=infra", "apply"]) == 0
    port = emulated["AWS_ENDPOINT_URL"].rpartition(":")[2]
    assert capfd.readouterr().err.splitlines() == [
        f"orders here: http://abc.execute-api.localhost:{port}/live/orders"
    ]


@pytest.mark.parametrize("command", [["run", "--", "true"], ["mails"]])
def test_without_an_emulator_nothing_reaches_aws(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    command: list[str],
) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.chdir(tmp_path)
    assert cli.main(command) == 1
    assert "No emulator is up here" in capfd.readouterr().err


def test_an_e_mail_of_html_or_raw_data_is_shown() -> None:
    sent = {"Id": "1", "Timestamp": "2026-01-02T03:04:05"}
    html = Mail.from_json({**sent, "Body": {"html_part": "<p>Hi</p>"}})
    assert "<p>Hi</p>" in mails.letter(html)
    raw = Mail.from_json({**sent, "RawData": "raw", "Destination": "a@example.com"})
    assert "To: a@example.com" in mails.letter(raw)
    assert mails.letter(raw).endswith("\n\nraw\n")
