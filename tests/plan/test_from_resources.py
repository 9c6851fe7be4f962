"""Modules that are given attributes of resources that are not there yet, planned."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from stepwire.check.modules import variables
from stepwire.check.types import Many, Object, Type
from stepwire.pytest_plugin import PlanFactory
from stepwire.syntax import blocks

ROOT = Path(__file__).parents[2]
FIXTURES = Path(__file__).parent / "fixtures" / "from_resources"
MODULES = sorted(module.name for module in (ROOT / "modules").iterdir())

# The names, in variables and in their types, of what a caller takes from a resource.
_VARIABLES = re.compile(r"\w*(?:arns?|_url|definition|alarm_names)")
_FIELDS = re.compile(r"\w*(?:arns?|_url|actions|resources|s3_bucket|s3_key)")
_NONE = {
    "lambda-package": "has a name and tags, which name the resources that it makes"
}


def fields(type_: Type) -> Iterator[str]:
    """The names of the attributes in a type, at any depth."""
    if isinstance(type_, Many):
        yield from fields(type_.element)
    elif isinstance(type_, Object):
        for name, attribute in type_.attributes.items():
            yield name
            yield from fields(attribute.type)


def inputs(module: str) -> set[str]:
    """The names in a module's variables that stand for something of a resource."""
    found = variables(ROOT / "modules" / module)
    return {name for name in found if _VARIABLES.fullmatch(name)} | {
        field
        for variable in found.values()
        for field in fields(variable.type)
        if _FIELDS.fullmatch(field)
    }


@pytest.mark.parametrize("module", [name for name in MODULES if name not in _NONE])
def test_what_is_known_after_apply_only_is_no_obstacle(
    module: str, stepwire_plan: PlanFactory
) -> None:
    changes = stepwire_plan(FIXTURES / module).changes
    planned = {address.split(".")[1] for address in changes if "module." in address}
    assert planned == {
        block.labels[0] for block in blocks(FIXTURES / module) if block.kind == "module"
    }


@pytest.mark.parametrize("module", [name for name in MODULES if name not in _NONE])
def test_every_input_that_resources_have_is_taken_from_one(module: str) -> None:
    fixture = (FIXTURES / module / "main.tf").read_text("utf-8")
    values = r"(?=\[?local\.|format|jsonencode|\{ \w+ = local\.)"
    given = set(re.findall(rf"(\w+)\s*= {values}", fixture))
    # IAM's actions are words.
    assert inputs(module) - given - {"actions"} == set()
