"""The root module offers each system's variables as the system's module has them."""

from __future__ import annotations

from pathlib import Path

import pytest

from stepwire import syntax
from stepwire.syntax import Block, arguments, elements, unwrapped

ROOT = Path(__file__).parents[2]
# What the root module has once, for all systems.
SHARED = {"package", "tags"}
# A call's own arguments, beside those of its module.
META = {"source", "count"}

BLOCKS = syntax.blocks(ROOT)
SYSTEMS = [
    block.labels[0]
    for block in BLOCKS
    if block.kind == "module" and block.labels[0] != "package"
]


def block(kind: str, name: str) -> Block:
    return next(one for one in BLOCKS if one.kind == kind and one.labels == (name,))


def folder(system: str) -> Path:
    found = syntax.called_folder(block("module", system))
    assert found is not None
    return found


def module_variables(system: str) -> dict[str, str]:
    """The module's variables as an object's attributes, without white space."""
    found = {}
    for variable in syntax.blocks(folder(system)):
        if variable.kind != "variable":
            continue
        text, default = source(variable, "type"), source(variable, "default")
        if default == "null":
            text = f"optional({text})"
        elif default:
            text = f"optional({text},{default})"
        found[variable.labels[0]] = text
    return {name: text for name, text in found.items() if name not in SHARED}


def root_attributes(system: str) -> dict[str, str]:
    """The attributes of the root's object variable, without white space."""
    variable = block("variable", system)
    type_ = variable.get("type")
    assert type_ is not None
    name, [attributes] = arguments(unwrapped(type_))
    assert name == "object"
    return {
        one.name: squeezed(syntax.source_of(variable.file, one.value))
        for one in elements(unwrapped(attributes))
    }


def source(of: Block, name: str) -> str:
    """The text of an attribute without white space; empty without one."""
    value = of.get(name)
    return "" if value is None else squeezed(syntax.source_of(of.file, value))


def squeezed(text: str) -> str:
    lines = (line.partition("#")[0] for line in text.splitlines())
    # The comma behind the last element of a list is nobody's difference.
    return "".join("".join(lines).split()).replace(",]", "]")


def test_every_system_is_an_object_variable_that_is_off_by_default() -> None:
    assert len(SYSTEMS) == 4
    for system in SYSTEMS:
        assert source(block("variable", system), "default") == "null"


@pytest.mark.parametrize("system", SYSTEMS)
def test_the_types_and_defaults_are_those_of_the_module(system: str) -> None:
    assert root_attributes(system) == module_variables(system), (
        f"The variable {system} differs from the variables of {folder(system)}"
    )


@pytest.mark.parametrize("system", SYSTEMS)
def test_each_variable_is_passed_on(system: str) -> None:
    call = block("module", system)
    passed = {
        one.name: squeezed(syntax.source_of(call.file, one.value))
        for one in call.attributes
        if one.name not in META | SHARED
    }
    assert passed == {name: f"var.{system}.{name}" for name in module_variables(system)}
