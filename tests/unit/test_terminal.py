"""What commands print: on a full disk, to nobody, in any encoding, anybody's text."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from stepwire import terminal
from stepwire.errors import StepwireError
from stepwire.printable import printable
from stepwire.terraform import Diagnostic, TerraformError

FULL = Path("/dev/full")
needs_a_full_device = pytest.mark.skipif(
    not FULL.exists(), reason="this system has no /dev/full"
)


def shell(line: str, folder: Path, **variables: str) -> tuple[int, str, str]:
    """Runs ``line``, in which $STEPWIRE is the command; status, output, errors."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in ("AWS_ENDPOINT_URL", "PYTHONUNBUFFERED")
    }
    finished = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {line}"],
        cwd=folder,
        env=kept | {"STEPWIRE": f"{sys.executable} -m stepwire.cli"} | variables,
        capture_output=True,
        timeout=60,
        check=False,
    )
    return (
        finished.returncode,
        finished.stdout.decode("latin-1"),
        finished.stderr.decode("latin-1"),
    )


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project that has no emulator, and the long log of one."""
    log = tmp_path / ".stepwire" / "emulator" / "localstack.log"
    log.parent.mkdir(parents=True)
    log.write_text("a line\n" * 100_000)
    return tmp_path


@pytest.mark.parametrize("command", ["--version", "--help", "status", "logs"])
@pytest.mark.parametrize(
    "where", [pytest.param("> /dev/full", marks=needs_a_full_device), ">&-"]
)
def test_output_that_cannot_be_written_is_one_line(
    project: Path, command: str, where: str
) -> None:
    status, _, errors = shell(f"$STEPWIRE {command} {where}", project)
    assert status == 1
    assert len(errors.splitlines()) == 1
    assert "No space left" in errors or "Bad file descriptor" in errors


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_reader_that_has_seen_enough_ends_it_quietly(
    project: Path, unbuffered: str
) -> None:
    status, printed, errors = shell(
        "$STEPWIRE logs | head -1", project, PYTHONUNBUFFERED=unbuffered
    )
    assert status in (0, 141)
    assert (printed, errors) == ("a line\n", "")


@pytest.mark.parametrize("where", ["2>&-", "2> /dev/full"])
def test_a_command_does_not_fail_for_its_messages(project: Path, where: str) -> None:
    if "full" in where and not FULL.exists():
        pytest.skip("this system has no /dev/full")
    status, printed, _ = shell(f"$STEPWIRE down {where}", project)
    assert (status, printed) == (0, "")
    status, _, errors = shell(f"$STEPWIRE versions x >&- {where}", project)
    assert (status, errors) == (1, "")


@pytest.mark.parametrize(
    "variables",
    [
        {"PYTHONIOENCODING": "latin-1"},
        {"PYTHONIOENCODING": "ascii"},
        {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
    ],
)
def test_what_an_encoding_lacks_is_spelled(
    tmp_path: Path, variables: dict[str, str]
) -> None:
    program = tmp_path / "program.py"
    program.write_text(
        "from stepwire import terminal; terminal.prepare();"
        r"terminal.output.print('✓ ✗ → “x” 日 \udcff');"
        "terminal.print_records(['a', 'b'], [['✓', '…']])",
        encoding="utf-8",
    )
    status, printed, errors = shell(
        f"{sys.executable} {program}", tmp_path, **variables
    )
    assert (status, errors) == (0, "")
    first, header, record = printed.splitlines()
    assert first.startswith('v x -> "x" ?')
    assert (header, record) == ("a\tb", "v\t...")


def test_text_of_strangers_cannot_steer_the_terminal() -> None:
    assert printable("a\x1b]0;title\x07\r\x9b31m") == r"a\x1b]0;title\x07\r\x9b31m"
    assert printable("one\n\ttwo") == "one\n\ttwo"
    assert printable("one\ntwo", keep="") == r"one\ntwo"
    assert printable("\u202etxt.exe \u2028\ud800") == r"\u202etxt.exe \u2028\ud800"
    assert printable("naïve 日本 👩‍👧 ✓") == "naïve 日本 👩‍👧 ✓"


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """What is printed to a terminal of 80 columns."""
    file = io.StringIO()
    console = Console(file=file, width=80, force_terminal=True, color_system=None)
    monkeypatch.setattr(terminal, "output", console)
    return file


LONG = "arn:aws:states:us-east-1:000000000000:execution:orders:" + "x" * 80
RECORDS = [["FAILED", LONG], ["two\nlines", "tab\tand \x1b[31m"]]


def test_on_a_terminal_a_table_wraps_and_loses_nothing(printed: io.StringIO) -> None:
    terminal.print_records(["status", "execution"], RECORDS)
    lines = printed.getvalue().splitlines()
    assert max(map(len, lines)) <= 80
    assert "".join(line[10:].strip() for line in lines[1:-2]) in LONG
    assert "".join("".join(lines).split()).count("x" * 80) == 1
    assert r"\x1b[31m" in printed.getvalue()


def test_in_a_pipe_a_record_is_a_line(capfd: pytest.CaptureFixture[str]) -> None:
    terminal.print_records(["status", "execution"], RECORDS)
    assert capfd.readouterr().out.splitlines() == [
        "status\texecution",
        f"FAILED\t{LONG}",
        "two\\nlines\ttab\\tand \\x1b[31m",
    ]


def test_an_error_says_what_is_wrong_once_and_escapes_it(
    capfd: pytest.CaptureFixture[str],
) -> None:
    terminal.print_error(StepwireError("Order \x1b[2J is wrong", hint="Do this."))
    assert capfd.readouterr().err == "Order \\x1b[2J is wrong\nDo this.\n"


def test_terraform_says_why(capfd: pytest.CaptureFixture[str]) -> None:
    taken = Diagnostic(
        "error", "creating IAM Role (orders)", "EntityAlreadyExists: orders is taken"
    )
    error = TerraformError("terraform apply failed in /orders", [taken], hint="Wait.")
    terminal.print_error(error)
    said = capfd.readouterr().err
    for text in (error.message, taken.summary, taken.detail):
        assert text in said
    assert said.count("Wait.") == 1
