"""What an apply of the modules needs: docs/deployer, made by tools/deployer.py.

That it is what an apply calls is seen in tests/system/test_onboarding.py.
"""

from __future__ import annotations

import json
import re
import subprocess
import textwrap
from pathlib import Path
from typing import Any

import pytest

from tests.plan.test_permissions_table import reference
from tools import deployer

ROOT = Path(__file__).parents[2]
NEEDS = deployer.load()
POLICIES = sorted((ROOT / deployer.POLICIES).iterdir())
PAGE = ROOT / "docs" / "deployer.md"
# Of a managed policy, without white space (IAM User Guide, "IAM and AWS STS quotas").
LONGEST_POLICY = 6144


@pytest.mark.parametrize("file", POLICIES, ids=lambda file: file.stem)
def test_the_policy_of_a_module_is_what_the_tool_writes(file: Path) -> None:
    types = deployer.resource_types(ROOT / "modules" / file.stem)
    written = deployer.text(deployer.policy(types, NEEDS))
    assert file.read_text("utf-8") == written, "run: python -m tools.deployer"


@pytest.mark.parametrize("file", POLICIES, ids=lambda file: file.stem)
def test_it_fits_into_a_managed_policy(file: Path) -> None:
    document = json.loads(file.read_text("utf-8"))
    assert len(json.dumps(document, separators=(",", ":"))) <= LONGEST_POLICY


def test_there_is_a_policy_of_each_module_and_no_other_file() -> None:
    names = [file.stem for file in POLICIES]
    assert names == [module.name for module in deployer.modules()]
    page = PAGE.read_text("utf-8")
    for name in names:
        assert f"[{name}](deployer/{name}.json)" in page


def shown(language: str) -> str:
    """The page's one block of a language."""
    fences = rf"^( *)```{language}\n(.*?)^\1```$"
    [(_, block)] = re.findall(fences, PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    return textwrap.dedent(block)


def test_the_command_of_the_page_fills_a_policy_in(tmp_path: Path) -> None:
    (tmp_path / "docs").symlink_to(ROOT / "docs")
    subprocess.run(["sh", "-ec", shown("sh")], cwd=tmp_path, check=True)
    policy = (tmp_path / "orders-deployer.json").read_text("utf-8")
    assert re.findall(r"NAME|REGION|ACCOUNT", policy) == []
    assert "role/orders*" in policy


def test_the_page_s_statements_let_nobody_take_a_boundary_off() -> None:
    statements = json.loads(shown("json"))
    always = [s["Action"] for s in statements if "Condition" not in s]
    # With the condition a role that has the right boundary could lose it.
    assert always == [["iam:DeleteRolePermissionsBoundary"]]
    for action in (action for s in statements for action in s["Action"]):
        assert _is_defined(action, "arn:aws:iam::ACCOUNT:role/NAME")


def test_every_resource_type_of_the_modules_is_there_and_no_other() -> None:
    used = set().union(
        *(deployer.resource_types(module) for module in deployer.modules())
    )
    assert set(NEEDS) == used


def actions() -> list[tuple[str, str, list[str]]]:
    return [
        (resource_type, action, statement["resources"])
        for resource_type, statements in NEEDS.items()
        for statement in statements
        for action in statement["actions"]
    ]


def test_every_action_is_one_of_aws_s_and_is_checked_against_such_a_resource() -> None:
    wrong = [
        f"{resource_type}: {action} on {resource}"
        for resource_type, action, resources in actions()
        for resource in resources
        if not _is_defined(action, resource)
    ]
    assert wrong == []


def _is_defined(action: str, resource: str) -> bool:
    """Whether AWS knows the action, and checks it against resources of that kind."""
    service, _, name = action.partition(":")
    known: dict[str, Any] = reference()[service]
    privilege = known["privileges"].get(name)
    if privilege is None:
        return False
    kinds = [
        _kind(known["resources"][kind]["arn"])
        for kind in privilege["resource_types"]
        if kind in known["resources"]
    ]
    if resource == "*" or not kinds:
        return resource == "*"
    return resource == "SECRET" or _kind(resource) in kinds


def _kind(arn: str) -> tuple[str, str]:
    """The service of an ARN, and the word that its last part begins with, if any."""
    _, _, service, _, _, what = arn.split(":", 5)
    found = re.match(r"[a-z][A-Za-z-]*(?=[:/])", what)
    return service, found[0] if found else ""
