"""The README's commands set everything up, or say in one line what is missing."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOOLS = ("sh", "awk", "cat", "cmp", "dirname", "make", "rm", "sed")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout's files for the set-up, on a machine that has only ``TOOLS``."""
    folder = tmp_path / "checkout"
    (folder / "scripts").mkdir(parents=True)
    for name in ("Makefile", "scripts/venv.sh", "requirements-dev.txt"):
        shutil.copy(ROOT / name, folder / name)
    shutil.copy(ROOT / "pyproject.toml", folder)
    programs = tmp_path / "bin"
    programs.mkdir()
    for tool in TOOLS:
        found = shutil.which(tool)
        assert found is not None
        (programs / tool).symlink_to(found)
    return folder


def install(checkout: Path, name: str, script: str) -> None:
    program = checkout.parent / "bin" / name
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)


def make(checkout: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", "--no-print-directory", *arguments],
        cwd=checkout,
        env={"PATH": str(checkout.parent / "bin"), "HOME": str(checkout.parent)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def test_make_alone_lists_the_targets(checkout: Path) -> None:
    listed = make(checkout).stdout.splitlines()
    assert [line.split()[1] for line in listed] == [
        "help",
        "demo",
        "test",
        "test-slow",
        "up",
        "down",
        "lint",
        "bench",
        "package",
        "definitions",
        "clean",
    ]


def test_without_python_and_uv_one_line_says_what_to_install(checkout: Path) -> None:
    # As a shim of pyenv does where no 3.13 is chosen.
    install(
        checkout, "python3.13", "echo 'python3.13: command not found' >&2; exit 127"
    )
    install(checkout, "python3", "exit 1")
    ran = make(checkout, "package")
    assert ran.returncode != 0
    first, *_ = ran.stderr.splitlines()
    assert first == (
        "stepwire: Python 3.13 was not found: install it, or uv "
        "(https://docs.astral.sh/uv)."
    )
    assert not (checkout / ".venv").exists()


def test_uv_brings_python_where_there_is_none(checkout: Path) -> None:
    install(checkout, "uv", 'echo "uv $*" >&2; exit 1')
    assert "uv venv --quiet --seed --python 3.13 .venv" in make(checkout, "up").stderr


def test_a_set_up_that_failed_is_begun_anew(checkout: Path) -> None:
    (checkout / ".venv").mkdir()
    (checkout / ".venv" / "left-over").touch()
    assert make(checkout, "package").returncode != 0
    assert not (checkout / ".venv" / "left-over").exists()


def test_a_lock_file_has_names_and_versions_only() -> None:
    for line in (ROOT / "requirements-dev.txt").read_text().splitlines():
        requirement = line.partition(" ; ")[0]
        name, _, version = requirement.partition("==")
        assert name
        assert version
        assert not set(requirement) & set("/:@ ")
