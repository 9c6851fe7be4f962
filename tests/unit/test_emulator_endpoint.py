"""An AWS_ENDPOINT_URL that names an emulator which is down by now."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from stepwire import cli
from stepwire.emulator import Emulator
from stepwire.emulator.emulator import client_environment, unset_command
from stepwire.errors import StepwireError
from stepwire.session import Session


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def stale(monkeypatch: pytest.MonkeyPatch) -> str:
    """As after ``eval "$(stepwire up)"; stepwire down``."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        endpoint_url = f"http://localhost:{server.getsockname()[1]}"
    for name, value in client_environment(endpoint_url).items():
        monkeypatch.setenv(name, value)
    return endpoint_url


@pytest.fixture
def silent(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An endpoint that takes its time."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        endpoint_url = f"http://localhost:{server.getsockname()[1]}"
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint_url)
        yield endpoint_url


def test_nothing_there_is_said_at_once(stale: str, tmp_path: Path) -> None:
    began = time.monotonic()
    for use in (Emulator.connect, lambda: Session(tmp_path)):
        with pytest.raises(StepwireError, match=f"Nothing answers at .*{stale}"):
            use()
    # Both together end before one that waits for an answer would; alone they take
    # milliseconds.
    assert time.monotonic() - began < 3


@pytest.mark.parametrize("command", [["up"], ["status"], ["demo", "--yes"]])
def test_commands_say_what_to_do(
    stale: str,
    command: list[str],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # The demo needs the checkout.
    monkeypatch.chdir(Path(__file__).parents[2])
    assert cli.main(command) == 1
    said = capsys.readouterr().err
    assert f"Nothing answers at AWS_ENDPOINT_URL, which is {stale}" in said
    assert "unset AWS_ENDPOINT_URL AWS_ENDPOINT_URL_S3 AWS_ACCESS_KEY_ID" in said


def test_pytest_says_it(stale: str, pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_it(stepwire_emulator): pass")
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: Nothing answers at AWS_ENDPOINT_URL*"])


def test_a_slow_endpoint_is_used(silent: str) -> None:
    assert Emulator.connect().endpoint_url == silent


def test_an_endpoint_behind_a_proxy_is_not_asked(
    stale: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "https://sqs.us-east-1.amazonaws.com")
    monkeypatch.setenv("HTTPS_PROXY", stale)
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    assert Emulator.connect().endpoint_url == "https://sqs.us-east-1.amazonaws.com"


@pytest.mark.parametrize(
    "url", ["localhost:4566", "http://", "http://h:x", "ftp://h", "http://[::1"]
)
def test_what_is_no_url_is_said(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", url)
    with pytest.raises(StepwireError, match=re.escape(f"is no URL: {url}")):
        Emulator.connect()


def test_what_has_another_value_by_now_stays(
    stale: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "of an account")
    assert "AWS_SECRET_ACCESS_KEY" not in unset_command(stale)
    assert unset_command(stale).startswith("unset AWS_ENDPOINT_URL ")
