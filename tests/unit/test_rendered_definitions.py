"""``python -m tools.definitions``: errors of what cannot be rendered."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tools import definitions


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["none.tf"], "none.tf cannot be read"),
        (["."], ". cannot be read"),
        (["--against", "none"], "There is no commit none in this checkout."),
    ],
)
def test_an_argument_that_names_nothing(
    arguments: list[str],
    problem: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["definitions", *arguments])
    assert definitions.main() == 2
    assert problem in capsys.readouterr().err
