"""A missing or too old program is one clear line that says what to install."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from stepwire.errors import StepwireError
from stepwire.terraform.program import find_terraform


def install(folder: Path, script: str) -> None:
    program = folder / "terraform"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder on PATH."""
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def test_a_terraform_that_is_new_enough_is_returned(path: Path) -> None:
    install(path, """echo '{"terraform_version": "1.11.0"}'""")
    assert find_terraform() == path / "terraform"


@pytest.mark.parametrize("version", ["1.12.0-beta1", "2.0.1"])
def test_later_and_preliminary_versions_are_new_enough(
    path: Path, version: str
) -> None:
    install(path, f"""echo '{{"terraform_version": "{version}"}}'""")
    assert find_terraform() == path / "terraform"


def test_a_missing_terraform_says_what_to_install(path: Path) -> None:
    with pytest.raises(StepwireError, match="no terraform on PATH") as caught:
        find_terraform()
    assert "Install Terraform 1.11 or newer" in str(caught.value)


@pytest.mark.parametrize(
    "script",
    [
        """echo '{"terraform_version": "1.10.5"}'""",
        "echo Terraform v0.12.31; echo; echo Your version is out of date.",
    ],
)
def test_a_terraform_that_is_too_old_says_which_and_what_to_install(
    path: Path, script: str
) -> None:
    install(path, script)
    with pytest.raises(StepwireError, match=r"is version (1\.10\.5|0\.12\.31)") as it:
        find_terraform()
    assert "1.11 or newer" in str(it.value)


@pytest.mark.parametrize("script", ["echo no; exit 1", "echo broken >&2; exit 2"])
def test_a_terraform_that_does_not_run_is_no_stack_trace(
    path: Path, script: str
) -> None:
    install(path, script)
    with pytest.raises(StepwireError, match="does not tell its version"):
        find_terraform()


def test_the_makefiles_check_is_one_line(path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "tools.terraform"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 1
    assert ran.stderr.startswith("stepwire: There is no terraform on PATH. Install")
    assert len(ran.stderr.splitlines()) == 1
