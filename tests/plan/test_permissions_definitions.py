"""What AWS would refuse about a definition is an error that says what to change."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from tests.plan.derivation import Case, Derived, derive, machine, task

PASS = {"Type": "Pass", "End": True}
WAIT = task("sns:publish.waitForTaskToken", {"TopicArn": "arn:aws:sns:us-east-1:1:t"})
RUN = task("glue:startJobRun.sync", {"JobName": "clean"})


def inside(inner: Any) -> dict[str, Any]:
    return machine({"Outer": {"Type": "Parallel", "Branches": [inner]}})


def bad(definition: Any, **case: Any) -> Case:
    return Case((definition,), **case)


CASES: dict[str, tuple[Case, str]] = {
    "not JSON": (bad("{"), "definition is not JSON"),
    "a JSON list": (bad("[]"), "definition is not a JSON object"),
    "a JSON string": (bad('"StartAt"'), "definition is not a JSON object"),
    "no StartAt": (
        bad({"States": {"A": PASS}}),
        "The definition has no StartAt: add StartAt",
    ),
    "no States": (bad({"StartAt": "A"}), "The definition has no States"),
    "States that are a list": (
        bad({"StartAt": "A", "States": ["A"]}),
        "The definition has no States: add the object with its states",
    ),
    "States that are null": (
        bad({"StartAt": "A", "States": None}),
        "The definition has no States: add the object with its states",
    ),
    "a type that is null": (
        bad({"StartAt": "A", "States": {"A": {"Type": None}}}),
        'State "A" has no Type: use one of Task, Pass',
    ),
    "parts of a state of the wrong kind": (
        bad(
            machine(
                {
                    "A": {"Type": "Parallel", "Branches": None, "Next": "B"},
                    "B": {"Type": "Map", "Iterator": 5, "Catch": "all", "Next": "C"},
                    "C": {"Type": "Choice", "Choices": 5, "Default": "D"},
                }
            )
        ),
        'State "C" goes to "D" (Default), which is not a state beside it',
    ),
    "StartAt to nowhere": (
        bad({"StartAt": "B", "States": {"A": PASS}}),
        'The definition starts at "B", which is not one of its states: ["A"]',
    ),
    "Next to nowhere": (
        bad(machine({"A": {"Type": "Pass", "Next": "B"}})),
        'State "A" goes to "B" (Next), which is not a state beside it',
    ),
    "Default to nowhere": (
        bad(machine({"A": {"Type": "Choice", "Choices": [], "Default": "B"}})),
        'State "A" goes to "B" (Default)',
    ),
    "a choice to nowhere": (
        bad(machine({"A": {"Type": "Choice", "Choices": [{"Next": "B"}]}})),
        'State "A" goes to "B" (Choices)',
    ),
    "a Catch to nowhere": (
        bad(machine({"A": {"Type": "Map", "Catch": [{"Next": "B"}]}})),
        'State "A" goes to "B" (Catch)',
    ),
    "Next out of a branch": (
        bad(
            inside({"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "Outer"}}})
        ),
        'State "Outer > Branches[0] > A" goes to "Outer" (Next)',
    ),
    "StartAt of a branch": (
        bad(inside({"States": {"A": PASS}})),
        "Outer > Branches[0] has no StartAt",
    ),
    "an unknown type": (
        bad(machine({"A": {"Type": "Pause"}})),
        'State "A" has the unknown Type "Pause": use one of Task, Pass',
    ),
    "no type": (bad({"StartAt": "A", "States": {"A": {}}}), 'State "A" has no Type'),
    "EXPRESS that waits for a token": (
        bad(machine({"A": WAIT}), type="EXPRESS"),
        'State "A" waits with .waitForTaskToken, which EXPRESS does not support',
    ),
    "EXPRESS that waits for a job": (
        bad(inside(machine({"A": RUN})), type="EXPRESS"),
        'State "Outer > Branches[0] > A" waits with .sync',
    ),
    "EXPRESS children that wait": (
        bad(
            machine(
                {
                    "Each": {
                        "Type": "Map",
                        "ItemProcessor": machine(
                            {"A": RUN},
                            ProcessorConfig={
                                "Mode": "DISTRIBUTED",
                                "ExecutionType": "EXPRESS",
                            },
                        ),
                    }
                }
            )
        ),
        'State "Each > ItemProcessor > A" waits with .sync',
    ),
    "EXPRESS with an activity": (
        bad(
            machine({"A": task("arn:aws:states:us-east-1:1:activity:a")}),
            type="EXPRESS",
        ),
        'State "A" runs an activity, which EXPRESS does not support',
    ),
    "EXPRESS with a Distributed Map": (
        bad(
            machine(
                {
                    "Each": {
                        "Type": "Map",
                        "ItemProcessor": machine(
                            {"A": PASS}, ProcessorConfig={"Mode": "DISTRIBUTED"}
                        ),
                    }
                }
            ),
            type="EXPRESS",
        ),
        'State "Each" is a Distributed Map, which EXPRESS does not support',
    ),
    "a retained definition that is not JSON": (
        Case((machine({"A": PASS}), "{")),
        'retained_definitions["1"] is not JSON',
    ),
    "a retained definition to nowhere": (
        Case((machine({"A": PASS}), machine({"A": {"Type": "Pass", "Next": "B"}}))),
        'State "retained_definitions["1"] > A" goes to "B"',
    ),
}


@cache
def derived() -> dict[str, Derived]:
    return derive({name: case for name, (case, _) in CASES.items()})


@pytest.mark.parametrize("name", CASES)
def test_a_bad_definition_is_said_with_what_to_change(name: str) -> None:
    [text] = derived()[name].definition_problems
    assert CASES[name][1] in text
