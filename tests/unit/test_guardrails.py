"""Every module that makes a role lets an organisation say how."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from stepwire.check import types
from stepwire.syntax import Block, blocks, called_folder, source_of

MODULES = Path(__file__).parents[2] / "modules"
_MAKE_ROLES = ("state-machine", "lambda-function", "rest-api")
_NAME = re.compile(
    r'"\$\{var\.name\}-(states|lambda|apigateway|events)-'
    r'\$\{data\.aws_region\.this\.id\}"'
)

Modules = dict[str, list[Block]]


@pytest.fixture(scope="module")
def modules() -> Modules:
    """The blocks of each module that makes roles, itself or by a module it calls."""
    read = {folder.name: blocks(folder) for folder in sorted(MODULES.iterdir())}
    return {name: found for name, found in read.items() if any(map(makes_role, found))}


def makes_role(block: Block) -> bool:
    called = called_folder(block) if block.kind == "module" else None
    return is_role(block) or (called is not None and called.name in _MAKE_ROLES)


def is_role(block: Block) -> bool:
    return block.kind == "resource" and block.labels[0] == "aws_iam_role"


def written(block: Block) -> dict[str, str]:
    """The attributes of a block as its file has them."""
    return {
        one.name: source_of(block.file, one.value).strip() for one in block.attributes
    }


def test_the_variable_has_the_same_shape(modules: Modules) -> None:
    for name, found in modules.items():
        by_name = {(block.kind, *block.labels): block for block in found}
        variable = by_name["variable", "permissions"]
        constraint = variable.get("type")
        assert constraint is not None, name
        shape = types.read(constraint)
        assert isinstance(shape, types.Object), name
        optional_string = types.Attribute(types.Primitive("string"), required=False)
        assert shape.attributes["boundary_arn"] == optional_string, name
        assert re.search(
            r'role_path += optional\(string, "/"\)', written(variable)["type"]
        ), name
        assert len({"role_arn", "role_arns"} & shape.attributes.keys()) == 1, name
        assert ("output", "role_policies") in by_name, name


def test_each_role_has_boundary_path_and_a_name_of_the_one_rule(
    modules: Modules,
) -> None:
    for module, found in modules.items():
        roles = [written(block) for block in found if is_role(block)]
        for role in roles:
            assert role["permissions_boundary"] == "var.permissions.boundary_arn"
            assert role["path"] == "var.permissions.role_path"
            assert re.fullmatch(r"local\.\w*role_name", role["name"])
            assert "name_prefix" not in role
        names = {
            name: text
            for block in found
            if block.kind == "locals"
            for name, text in written(block).items()
            if name.endswith("role_name")
        }
        shortened = {role["name"].removeprefix("local.") for role in roles}
        # Names are an account's, whatever the path: a new role beside the old one.
        for name in shortened:
            assert re.search(
                r'role_path == "/" \?.*\n.*sha1\(.*role_path', names[name]
            ), name
        whole = [text for name, text in names.items() if name not in shortened]
        assert len(whole) == len(roles), module
        assert all(map(_NAME.fullmatch, whole)), module
