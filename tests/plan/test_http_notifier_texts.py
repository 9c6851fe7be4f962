"""modules/http-notifier: README's workflow that sends two texts by one notifier."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from stepwire.pytest_plugin import PlanFactory
from tests.jsonata import evaluate

ROOT = Path(__file__).parents[2]
README = ROOT / "modules" / "http-notifier" / "README.md"


@pytest.fixture(scope="module")
def states(
    stepwire_plan: PlanFactory, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    """The states that README.md's example plans."""
    _, _, section = README.read_text("utf-8").partition(
        "## One notifier with two texts"
    )
    example = section.partition("```hcl\n")[2].partition("```")[0]
    folder = tmp_path_factory.mktemp("two-texts")
    # Relative: an absolute path is a package that may not look outside.
    modules = os.path.relpath(ROOT / "modules", folder)
    local = re.sub(
        r'"git::[^"]*//modules/([a-z-]+)\?ref=[^"]+"', rf'"{modules}/\1"', example
    )
    (folder / "main.tf").write_text(local, "utf-8")
    [machine] = stepwire_plan(folder).of_type("aws_sfn_state_machine").values()
    found: dict[str, Any] = json.loads(machine["definition"])["States"]
    return found


@pytest.mark.parametrize(
    ("days", "text"),
    [(1, "Order o-1 was shipped"), (4, "Order o-1 is late: 4 days")],
)
def test_each_branch_sends_its_text(
    days: int, text: str, states: dict[str, Any]
) -> None:
    value: Any = {"order_id": "o-1", "days": days}

    def of(expression: str) -> Any:
        return evaluate(expression, {"states": {"input": value}})

    choice = states["Is it late?"]
    [rule] = choice["Choices"]
    said = states[rule["Next"] if of(rule["Condition"]) else choice["Default"]]
    value = {name: of(expression) for name, expression in said["Output"].items()}
    body = of(states[said["Next"]]["Arguments"]["RequestBody"])
    assert body == {"channel": "#orders", "text": text}
