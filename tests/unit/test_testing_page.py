"""docs/testing.md has every fixture and every method, and no other."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest

from stepwire import pytest_plugin
from stepwire.api import ApiClient
from stepwire.emulator import Emulator
from stepwire.mails import Mail, Mails
from stepwire.terraform import Plan
from stepwire.testing import Deployment, Execution, Executions

PAGE = (Path(__file__).parents[2] / "docs" / "testing.md").read_text("utf-8")
# Set by __init__, so that the class does not have them.
SET = {Plan: {"is_empty", "warnings"}, ApiClient: {"url"}, Execution: {"arn"}}


def documented(heading: str) -> set[str]:
    """The names in the first column of the tables below a heading."""
    section = re.split(r"(?m)^##+ ", PAGE.partition(f"# {heading}\n")[2])[0]
    cells = re.findall(r"(?m)^\| (`[^|]+) \|", section)
    return {name for cell in cells for name in re.findall(r"`(\w+)`", cell)}


def test_every_fixture_is_on_the_page() -> None:
    fixtures = {
        name
        for name, value in vars(pytest_plugin).items()
        if isinstance(value, type(pytest_plugin.stepwire_emulator))
        and not name.startswith("_")
    }
    assert documented("Fixtures") == fixtures


@pytest.mark.parametrize(
    "kind", [Emulator, Deployment, Plan, Executions, Execution, Mails, Mail, ApiClient]
)
def test_every_method_is_on_the_page(kind: type) -> None:
    public = {name for name in vars(kind) if not name.startswith("_")} - {"from_json"}
    public |= SET.get(kind, set())
    if dataclasses.is_dataclass(kind):
        public |= {field.name for field in dataclasses.fields(kind)}
    assert documented(kind.__name__) == public


def test_every_option_is_on_the_page(pytestconfig: pytest.Config) -> None:
    options = {
        f"--{name.replace('_', '-')}"
        for name in vars(pytestconfig.option)
        if name.startswith("stepwire_")
    }
    assert "--stepwire-keep" in options
    assert options == set(re.findall(r"--stepwire-[\w-]+", PAGE))
