"""The plugins that run inside LocalStack, as far as they can be read without it."""

from __future__ import annotations

import ast
import importlib.util
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import stepwire
import stepwire_localstack

PACKAGE = Path(stepwire_localstack.__file__).parent


def test_every_plugin_is_installed() -> None:
    sources = [*PACKAGE.glob("[a-z]*.py"), *PACKAGE.glob("*/__init__.py")]
    plugins = {
        (source.parent if source.name == "__init__.py" else source).stem
        for source in sources
        for node in ast.parse(source.read_text()).body
        if isinstance(node, ast.FunctionDef) and node.name == "install"
    }
    assert plugins == {plugin for plugin, _ in stepwire_localstack.PLUGINS}


def test_a_missing_plugin_stops_the_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "wrapt", ModuleType("wrapt"))
    nothing = (("nothing", "localstack.config"),)
    monkeypatch.setattr(stepwire_localstack, "PLUGINS", nothing)
    with pytest.raises(ModuleNotFoundError, match="nothing"):
        stepwire_localstack.install()


def test_stepwire_itself_needs_no_localstack() -> None:
    for source in Path(stepwire.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(source.read_text())):
            if not isinstance(node, ast.Import | ast.ImportFrom):
                continue
            names = [alias.name for alias in node.names]
            names.append(getattr(node, "module", None) or "")
            imported = {name.split(".")[0] for name in names}
            assert not imported & {"localstack", "stepwire_localstack"}, source


@pytest.fixture(scope="module")
def rules() -> Any:
    """When AWS redrives: a module of a package that LocalStack alone can import."""
    file = PACKAGE / "stepfunctions" / "redrivable.py"
    spec = importlib.util.spec_from_file_location("redrivable", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "days_open", "days_closed", "events", "reason"),
    [
        ("FAILED", 0, 14, 24_998, None),
        ("ABORTED", 0, 0, 3, None),
        ("TIMED_OUT", 364, 0, 3, None),
        ("SUCCEEDED", 0, 0, 3, "Execution is SUCCEEDED and cannot be redriven"),
        ("RUNNING", 0, 0, 3, "Execution is RUNNING and cannot be redriven"),
        ("FAILED", 0, 14.1, 3, "Execution redrivable period exceeded"),
        ("FAILED", 366, 0, 3, "Execution has exceeded the max execution time"),
        ("FAILED", 0, 0, 24_999, "Execution history event limit exceeded"),
    ],
)
def test_an_execution_is_redriven_within_aws_limits(
    rules: Any,
    status: str,
    days_open: float,
    days_closed: float,
    events: int,
    reason: str | None,
) -> None:
    stopped = NOW - timedelta(days=days_closed)
    started = stopped - timedelta(days=days_open)
    assert rules.reason_against(status, started, stopped, events, NOW) == reason


def test_a_client_token_counts_for_a_quarter_of_an_hour_and_ten_redrives(
    rules: Any,
) -> None:
    tokens = {f"t{n}": NOW - timedelta(minutes=16 - n) for n in range(12)}
    assert rules.answered(tokens, "t11", NOW) == tokens["t11"]
    assert rules.answered(tokens, "t2", NOW) == tokens["t2"]
    assert rules.answered(tokens, "t1", NOW) is None  # eleven redrives ago
    assert rules.answered({"t0": tokens["t0"]}, "t0", NOW) is None  # 16 minutes ago
    assert rules.answered(tokens, "new", NOW) is None
    assert rules.answered(tokens, None, NOW) is None
