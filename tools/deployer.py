"""Writes docs/deployer: a policy for each module with the permissions of its apply.

    python -m tools.deployer

tools/deployer.yaml has the permissions of each resource type. The resource types of a
module are read from its .tf files and those of the modules in it.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from stepwire import syntax

ROOT = Path(__file__).parents[1]
NEEDS = Path(__file__).with_suffix(".yaml")
POLICIES = Path("docs/deployer")

Statement = dict[str, Any]


def main() -> None:
    needs = load()
    for module in modules():
        file = ROOT / POLICIES / f"{module.name}.json"
        file.write_text(text(policy(resource_types(module), needs)), encoding="utf-8")


def load() -> dict[str, list[Statement]]:
    """The statements of each resource type."""
    found: dict[str, list[Statement]] = yaml.safe_load(NEEDS.read_text("utf-8"))
    return found


def modules() -> list[Path]:
    """The modules that make resources, directly or through other modules."""
    folders = sorted(path.parent for path in ROOT.glob("modules/*/versions.tf"))
    return [folder for folder in folders if resource_types(folder)]


def resource_types(folder: Path) -> set[str]:
    """The AWS resource types of a module and of all modules in it."""
    found: set[str] = set()
    for block in syntax.blocks(folder):
        if block.kind in ("resource", "ephemeral"):
            found.add(block.labels[0])
        elif block.kind == "module" and (called := syntax.called_folder(block)):
            found |= resource_types(called)
    return {one for one in found if one.startswith("aws_")}


def policy(types: set[str], needs: dict[str, list[Statement]]) -> dict[str, Any]:
    """One policy document: a statement for each set of resources."""
    actions: dict[tuple[str, ...], set[str]] = defaultdict(set)
    passed_to: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for statement in (each for name in sorted(types) for each in needs[name]):
        resources = tuple(sorted(statement["resources"]))
        if "passed_to" in statement:
            passed_to[resources].add(statement["passed_to"])
        else:
            actions[resources] |= set(statement["actions"])
    return {
        "Version": "2012-10-17",
        "Statement": [*_allowed(actions), *_passed(passed_to)],
    }


def _allowed(actions: dict[tuple[str, ...], set[str]]) -> Iterator[Statement]:
    for resources, names in sorted(actions.items()):
        yield {
            "Effect": "Allow",
            "Action": sorted(names),
            "Resource": list(resources),
        }


def _passed(services: dict[tuple[str, ...], set[str]]) -> Iterator[Statement]:
    for resources, names in sorted(services.items()):
        yield {
            "Effect": "Allow",
            "Action": ["iam:PassRole"],
            "Resource": list(resources),
            "Condition": {"StringEquals": {"iam:PassedToService": sorted(names)}},
        }


def text(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=2) + "\n"


if __name__ == "__main__":
    main()
