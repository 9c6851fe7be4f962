"""Helpers of all tests; the fixtures stepwire_* come from the pytest plugin."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

# A shell starts what it puts into the background with SIGINT ignored, and children
# would inherit that: the tests of Ctrl-C send them a SIGINT.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

Module = Callable[..., Path]


@pytest.fixture
def module(tmp_path: Path) -> Module:
    """Writes a folder of files: ``module({"main.tf": "..."}, "modules/x")``."""

    def write(files: dict[str, str], folder: str = "root") -> Path:
        directory = tmp_path / folder
        for name, text in files.items():
            file = directory / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        return directory

    return write
