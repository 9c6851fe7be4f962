"""What pytest's last lines say with ``--stepwire-keep``."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from stepwire.emulator.detached import Project

OURS = "http://localhost:4001"


@pytest.mark.parametrize(
    ("used", "is_said"), [("", True), (OURS, True), ("http://localhost:4002", False)]
)
def test_the_emulator_that_stays_is_named_where_the_run_used_it(
    used: str, is_said: bool, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    running = SimpleNamespace(endpoint_url=OURS)
    monkeypatch.setattr(Project, "running", lambda _project: running)
    monkeypatch.setenv("AWS_ENDPOINT_URL", used)
    pytester.makepyfile("def test_it(): pass")
    result = pytester.runpytest_inprocess("--stepwire-keep")
    result.assert_outcomes(passed=1)
    assert (f"the emulator at {OURS}" in result.stdout.str()) == is_said
