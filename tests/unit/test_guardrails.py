"""Every module that makes a role lets an organisation say how."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

MODULES = Path(__file__).parents[2] / "modules"

_MAKES_ROLES = re.compile(
    r'resource "aws_iam_role"|source += "\.\./(state-machine|lambda-function|rest-api)"'
)
_ROLE = re.compile(r'^resource "aws_iam_role" "\w+" \{.*?^\}', re.DOTALL | re.MULTILINE)
_SHAPE = {
    "boundary_arn": "optional(string)",
    "role_path": 'optional(string, "/")',
}


def _text(module: Path) -> str:
    return "\n".join(path.read_text("utf-8") for path in sorted(module.glob("*.tf")))


WITH_ROLES = [
    module.name
    for module in sorted(MODULES.iterdir())
    if _MAKES_ROLES.search(_text(module))
]


@pytest.mark.parametrize("name", WITH_ROLES)
def test_the_variable_has_the_same_shape(name: str) -> None:
    text = _text(MODULES / name)
    [variable] = re.findall(
        r'^variable "permissions" \{.*?^\}', text, re.DOTALL | re.MULTILINE
    )
    fields = dict(
        re.findall(r"^    (\w+) += (optional\(.*\))$", variable, re.MULTILINE)
    )
    assert _SHAPE.items() <= fields.items()
    assert len({"role_arn", "role_arns"} & fields.keys()) == 1
    assert 'output "role_policies"' in text


@pytest.mark.parametrize("name", WITH_ROLES)
def test_each_role_has_boundary_path_and_a_name_of_the_one_rule(name: str) -> None:
    text = _text(MODULES / name)
    for role in _ROLE.findall(text):
        assert re.search(r"permissions_boundary += var.permissions.boundary_arn", role)
        assert re.search(r"path += var.permissions.role_path", role)
        assert re.search(r"name += local\._\w*role_name\b", role)
        assert "name_prefix" not in role
    whole = re.findall(r'_whole_\w*role_name += "(.*)"', text)
    # Names are an account's, whatever the path: a new role beside the old one.
    hashed = re.findall(r'role_path == "/" \?.*\n.*sha1\(.*role_path', text)
    assert len(hashed) == len(whole)
    assert len(whole) == len(_ROLE.findall(text))
    for said in whole:
        assert re.fullmatch(
            r"\$\{var\.name\}-(states|lambda|apigateway|events)-"
            r"\$\{data\.aws_region\.this\.id\}",
            said,
        )
