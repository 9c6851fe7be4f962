"""The log of the emulator: what strangers send cannot pass for something else."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import urllib3

from stepwire import cli

ESCAPE = "\x1b[31m"


@pytest.fixture(scope="module")
def written(stepwire_emulator: Any) -> bytes:
    """What the emulator writes about requests with control characters."""
    log = stepwire_emulator.log_file
    if log is None:
        pytest.skip("the log of an emulator of others is elsewhere")
    position = log.stat().st_size
    for path in (
        "/bucket/red%1b%5b31m",
        "/_localstack/line%0d%0a2026-11-27T00:00:00.000%20INFO%20forged",
        "/_aws/execute-api/none/red%1b%5b31m",
        "/_localstack/red%1b%5b31m",
        "/?Action=Red%1b%5b31m",
    ):
        # What is logged is written before the answer is.
        urllib3.request("GET", f"{stepwire_emulator.endpoint_url}{path}")
    with log.open("rb") as file:
        file.seek(position)
        content: bytes = file.read()
    return content


def test_control_characters_of_a_request_are_escaped(written: bytes) -> None:
    assert b"red\\x1b[31m" in written
    assert not re.search(rb"[\x00-\x09\x0b-\x1f\x7f]", written)


def test_a_request_is_one_line(written: bytes) -> None:
    assert b"/line\\r\\n2026-11-27T00:00:00.000 INFO forged" in written
    assert not re.search(rb"^2026-11-27T00:00:00\.000 INFO forged", written, re.M)


def test_the_command_shows_an_old_log_without_carrying_it_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / ".stepwire" / "emulator" / "localstack.log"
    log.parent.mkdir(parents=True)
    log.write_text(f"GET /{ESCAPE}\x9b2J é\n\tnext\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert cli.main(["logs"]) == 0
    assert capsys.readouterr().out == "GET /\\x1b[31m\\x9b2J é\n\tnext\n"


def test_a_schedule_that_will_never_fire_is_named(
    stepwire_emulator: Any, stepwire_client: Any
) -> None:
    log = stepwire_emulator.log_file
    if log is None:
        pytest.skip("the log of an emulator of others is elsewhere")
    scheduler = stepwire_client("scheduler")
    scheduler.create_schedule(
        Name="nightly",
        ScheduleExpression="rate(1 minutes)",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={
            "Arn": "arn:aws:states:us-east-1:000000000000:stateMachine:m",
            "RoleArn": "arn:aws:iam::000000000000:role/r",
        },
    )
    scheduler.delete_schedule(Name="nightly")
    assert "The schedule nightly is kept and never fires" in log.read_text()
