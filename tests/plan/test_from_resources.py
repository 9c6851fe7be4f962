"""Modules that are given attributes of resources that are not there yet, planned."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from stepwire.pytest_plugin import PlanFactory

ROOT = Path(__file__).parents[2]
FIXTURES = Path(__file__).parent / "fixtures" / "from_resources"
MODULES = sorted(module.name for module in (ROOT / "modules").iterdir())

# What a caller takes from a resource, by its name in a variable's type.
_TAKEN = re.compile(
    r"^\s*(\w*(?:arns?|_url|actions|resources|s3_bucket|s3_key))\s*= "
    r"(?:optional|string|list)"
    r"|^variable \"(\w*(?:arns?|_url|definition|alarm_names))\"",
    re.MULTILINE,
)
_NONE = {
    "lambda-package": "has a name and tags, which name the resources that it makes"
}


def _text(folder: Path, pattern: str) -> str:
    return "\n".join(file.read_text("utf-8") for file in sorted(folder.glob(pattern)))


@pytest.mark.parametrize("module", [name for name in MODULES if name not in _NONE])
def test_what_is_known_after_apply_only_is_no_obstacle(
    module: str, stepwire_plan: PlanFactory
) -> None:
    changes = stepwire_plan(FIXTURES / module).changes
    calls = re.findall(r'^module "(\w+)"', _text(FIXTURES / module, "*.tf"), re.M)
    planned = {address.split(".")[1] for address in changes if "module." in address}
    assert planned == set(calls)


@pytest.mark.parametrize("module", [name for name in MODULES if name not in _NONE])
def test_every_input_that_resources_have_is_taken_from_one(module: str) -> None:
    variables = _text(ROOT / "modules" / module, "variables*.tf")
    taken = {name for match in _TAKEN.findall(variables) for name in match if name}
    fixture = _text(FIXTURES / module, "*.tf")
    values = r"(?=\[?local\.|format|jsonencode|\{ \w+ = local\.)"
    given = set(re.findall(rf"(\w+)\s*= {values}", fixture))
    # IAM's actions are words.
    assert taken - given - {"actions"} == set()
