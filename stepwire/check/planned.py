"""Checks a plan: what it deletes, no version behind an alias may need.

modules/state-machine leaves an older version what it may do as long as its alias routes
to it, and says for which version each statement is. What the statements name is made
elsewhere in the configuration, and only the whole plan shows that it goes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from stepwire.errors import StepwireError

# The attributes with a resource's name: under the same name the ARN stays.
_NAMES = ("name", "function_name", "bucket")


@dataclass(frozen=True)
class Deletion:
    """A resource that is deleted, and the state machine's version that may use it."""

    address: str
    actions: tuple[str, ...]
    """The IAM actions on it."""

    version: str
    state_machine: str
    alias: str

    def __str__(self) -> str:
        return (
            f"{self.address} is deleted, but the alias {self.alias} routes to version "
            f"{self.version} of {self.state_machine}, which may use it "
            f"({', '.join(self.actions)}): keep it until the alias has moved on, and "
            "delete it with a later apply"
        )


def check_plan(text: str | bytes) -> list[Deletion]:
    """The problems of a plan, in the shape of ``terraform show -json``.

    Raises StepwireError where it is no plan.
    """
    changes = _changes(text)
    deleted = {
        change["address"]: arn for change in changes if (arn := _deleted_arn(change))
    }
    return [
        Deletion(address, actions, number, machine, alias)
        for module, alias, machine, number in _routes(changes)
        for address, arn in deleted.items()
        if (actions := tuple(sorted(_actions_on(arn, changes, module, number))))
    ]


def _changes(text: str | bytes) -> list[dict[str, Any]]:
    # PowerShell writes UTF-16 into a file, which json tells by its bytes.
    try:
        plan = json.loads(text)
    except ValueError:
        plan = None
    # Terraform leaves out what would be empty; a state has no planned_values.
    if not isinstance(plan, dict) or not {"planned_values", "resource_changes"} & {
        *plan
    }:
        raise StepwireError(
            "This is no plan in JSON.",
            hint="`terraform show -json FILE` prints one, of what "
            "`terraform plan -out FILE` wrote.",
        )
    changes: list[dict[str, Any]] = plan.get("resource_changes") or []
    return changes


def _deleted_arn(change: Mapping[str, Any]) -> str | None:
    """The ARN of what a change takes away; None where it takes nothing away."""
    before, after = change["change"]["before"], change["change"]["after"]
    if "delete" not in change["change"]["actions"]:
        return None
    if after and any(
        name in before and before[name] == after.get(name) for name in _NAMES
    ):
        return None
    return before.get("arn") or None


def _routes(changes: list[dict[str, Any]]) -> Iterator[tuple[str, str, str, str]]:
    """The routes of aliases after the apply, as far as they are known by now: module,
    alias, state machine, and the version's number."""
    for change in changes:
        after = change["change"]["after"]
        if change["type"] != "aws_sfn_alias" or not after:
            continue
        for route in after.get("routing_configuration") or []:
            if arn := route.get("state_machine_version_arn"):
                *_, machine, number = arn.split(":")
                yield change.get("module_address", ""), after["name"], machine, number


def _actions_on(
    arn: str, changes: list[dict[str, Any]], module: str, number: str
) -> set[str]:
    """The actions on ``arn`` that the version's policy allows before the apply."""
    return {
        action
        for change in changes
        if change["type"] == "aws_iam_role_policy"
        and change.get("module_address", "") == module
        and (before := change["change"]["before"])
        and before["name"] == "deployed"
        for statement in json.loads(before["policy"])["Statement"]
        if number in re.findall(r"v(\d+)", statement.get("Sid", ""))
        if any(_is_of(resource, arn) for resource in statement["Resource"])
        for action in statement["Action"]
    }


def _is_of(resource: str, arn: str) -> bool:
    """Whether a statement's resource is ``arn`` or something in it, such as a
    function's version or a bucket's objects."""
    if resource == "*":
        return False
    pattern = re.escape(resource).replace(r"\*", ".*").replace(r"\?", ".")
    within = resource.startswith((f"{arn}/", f"{arn}:"))
    return within or re.fullmatch(pattern, arn) is not None
