"""docs/testing.md from zero, in another repository: its files, its commands."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from stepwire.emulator.detached import Project

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "testing.md").read_text("utf-8")
# The environment that it would make is the one that runs this.
PROGRAMS = {
    ".venv/bin/pytest": [sys.executable, "-m", "pytest"],
    ".venv/bin/stepwire": [sys.executable, "-m", "stepwire.cli"],
    "python3": [sys.executable],
}
RELEASED = re.compile(r"git::https://[^\"]+//(modules/[^?]+)\?ref=[^\"]+")
HOME = str(Path.home())


def files() -> dict[str, str]:
    """The files that the page shows: their first line is a comment with the name."""
    blocks = re.findall(r"(?ms)^```(?:hcl|python)\n# (\S+/\S+)\n(.*?)^```$", PAGE)
    # This checkout's modules, not those that were released.
    return {name: RELEASED.sub(rf"{ROOT}/\1", text) for name, text in blocks}


def commands() -> list[list[str]]:
    lines = [
        line
        for block in re.findall(r"(?ms)^```sh\n(.*?)^```$", PAGE)
        for line in block.splitlines()
    ]
    return [
        [*PROGRAMS.get(words[0], words[:1]), *words[1:]]
        for words in map(shlex.split, lines)
        if "venv" not in words and words[0] != ".venv/bin/pip"
    ]


def test_the_page_works_from_zero(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    # One apply for both of its runs.
    monkeypatch.setenv("PYTEST_ADDOPTS", "--stepwire-keep")
    for name, text in files().items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    try:
        said = [
            subprocess.run(
                command,
                cwd=tmp_path,
                env=os.environ | {"HOME": HOME},
                capture_output=True,
                text=True,
                check=False,
            )
            for command in commands()
        ]
    finally:
        Project.of(tmp_path).down()
    output = "\n".join(one.stdout + one.stderr for one in said)
    assert not any(one.returncode for one in said), output
    assert output.count("5 passed") == 2, output
    assert output.count("LocalStack is down.") == 1
