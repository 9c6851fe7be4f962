"""Every integration, in every pattern, gets what it needs on what the state names."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
import yaml

from tests.plan.derivation import FIXTURE, Case, Derived, derive, machine, task
from tests.plan.integrations import table


@cache
def calls() -> dict[str, dict[str, Any]]:
    loaded: dict[str, dict[str, Any]] = yaml.safe_load(
        (FIXTURE / "calls.yaml").read_text(encoding="utf-8")
    )
    return loaded


@cache
def together() -> dict[str, list[str]]:
    """The calls in few definitions; no two calls of one need the same action.

    A call whose target only a run knows has a definition of its own.
    """
    groups: dict[str, list[str]] = {}
    actions: dict[str, set[str]] = {}
    for call, expected in calls().items():
        needed = set(expected["allows"])
        group = call
        if "run-time" not in expected:
            free = (name for name, taken in actions.items() if not needed & taken)
            group = next(free, call)
            actions.setdefault(group, set()).update(needed)
        groups.setdefault(group, []).append(call)
    return groups


@cache
def definitions() -> dict[str, Derived]:
    return derive(
        {
            name: Case(
                (
                    machine(
                        {call: task(call, calls()[call]["arguments"]) for call in group}
                    ),
                )
            )
            for name, group in together().items()
        }
    )


@cache
def derived() -> dict[str, Derived]:
    """Call -> what is derived from the definition that it is in."""
    return {
        call: definitions()[name]
        for name, group in together().items()
        for call in group
    }


@pytest.mark.parametrize("call", calls())
def test_a_call_is_granted_what_it_needs(call: str) -> None:
    expected, got = calls()[call], derived()[call]
    assert {
        action: resources
        for action, resources in got.resources.items()
        if action in expected["allows"]
    } == expected["allows"]
    assert {
        action: [
            statement["Condition"]
            for statement in got.statements
            if action in statement["Action"] and "Condition" in statement
        ]
        for action in expected.get("conditions", {})
    } == expected.get("conditions", {})


def test_the_calls_are_granted_nothing_else() -> None:
    for name, group in together().items():
        needed = {action for call in group for action in calls()[call]["allows"]}
        assert set(definitions()[name].resources) == needed


@pytest.mark.parametrize("call", calls())
def test_a_call_whose_target_is_not_named_says_what_to_add(call: str) -> None:
    unknown = calls()[call].get("run-time", [])
    got = derived()[call]
    assert not got.definition_problems
    assert len(got.permission_problems) == (1 if unknown else 0)
    for action in unknown:
        assert f'state "{call}": {action} ' in got.permission_problems[0]
        assert f'    "{action}" = ["arn:' in got.permission_problems[0]


def test_every_optimised_integration_in_every_pattern_is_among_the_calls() -> None:
    # A Distributed Map's own, which no Task state calls.
    elsewhere = {"s3", "step-functions"}
    offered = {
        f"{service}:{api}"
        for service, apis in table()["optimised"].items()
        for api in apis
        if service not in elsewhere
    }
    assert not offered - set(calls())
