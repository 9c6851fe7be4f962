"""The README's Python is a test that passes."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
_BLOCK = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def test_the_readme_shows_tests_that_pass(
    pytester: pytest.Pytester, stepwire_emulator: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocks = _BLOCK.findall((ROOT / "README.md").read_text("utf-8"))
    assert blocks
    monkeypatch.setenv("AWS_ENDPOINT_URL", stepwire_emulator.endpoint_url)
    os.symlink(ROOT / "examples", pytester.path / "examples")
    pytester.makepyfile("\n\n".join(blocks))
    result = pytester.runpytest_subprocess(
        # The emulator ends with this session: there is nothing to destroy.
        "-p",
        "no:cacheprovider",
        "--stepwire-keep",
    )
    tests = re.findall(r"^def test_", "\n".join(blocks), re.MULTILINE)
    result.assert_outcomes(passed=len(tests))
