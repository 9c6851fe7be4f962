"""Runs the derivation of permissions on many definitions at once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from stepwire.terraform import Terraform

FIXTURE = Path(__file__).parent / "fixtures" / "permissions"

Definition = Mapping[str, Any]


@dataclass(frozen=True)
class Case:
    """Definitions (the machine's own first; the others are retained, by "1" and so on),
    and what the caller says about them."""

    definitions: tuple[Definition | str, ...]
    type: str = "STANDARD"
    targets: Mapping[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Derived:
    """What the module makes of a case."""

    statements: list[dict[str, Any]]
    definition_problems: list[str]
    permission_problems: list[str]

    @property
    def problems(self) -> list[str]:
        return self.definition_problems + self.permission_problems

    @property
    def resources(self) -> dict[str, list[str]]:
        """Action -> the resources it is allowed on, over all statements, sorted."""
        found: dict[str, set[str]] = {}
        for statement in self.statements:
            for action in statement["Action"]:
                found.setdefault(action, set()).update(statement["Resource"])
        return {action: sorted(resources) for action, resources in found.items()}

    def statement(self, action: str) -> dict[str, Any]:
        """The one statement that has the action."""
        [statement] = [one for one in self.statements if action in one["Action"]]
        return statement


def derive(cases: Mapping[str, Case]) -> dict[str, Derived]:
    """Derives all cases in one plan, offline and without a provider."""
    plan = Terraform(FIXTURE).plan(
        {
            "cases": {
                name: {
                    "definition": _text(case.definitions[0]),
                    "retained_definitions": {
                        str(number): _text(one)
                        for number, one in enumerate(case.definitions[1:], 1)
                    },
                    "type": case.type,
                    "targets": case.targets,
                }
                for name, case in cases.items()
            }
        }
    )
    return {
        name: Derived(**derived) for name, derived in plan.outputs["derived"].items()
    }


def _text(definition: Definition | str) -> str:
    return definition if isinstance(definition, str) else json.dumps(definition)


def machine(states: Mapping[str, Any], **rest: Any) -> dict[str, Any]:
    """A definition that starts at its first state; states without Next end it."""
    ends = {"Succeed", "Fail", "Choice"}
    return {
        "StartAt": next(iter(states)),
        "States": {
            name: state
            if "Next" in state or state["Type"] in ends
            else state | {"End": True}
            for name, state in states.items()
        },
        **rest,
    }


def task(resource: str, arguments: Any = None, **rest: Any) -> dict[str, Any]:
    """A Task state; ``sns:publish`` is short for ``arn:aws:states:::sns:publish``."""
    if not resource.startswith("arn:"):
        resource = f"arn:aws:states:::{resource}"
    given = {} if arguments is None else {"Parameters": arguments}
    return {"Type": "Task", "Resource": resource, **given, **rest}
