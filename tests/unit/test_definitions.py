"""Definitions are found in plans and linted."""

from __future__ import annotations

import json
from typing import Any

import pytest

from stepwire.definitions import definitions, problems


def machine(**state: Any) -> str:
    return json.dumps({"StartAt": "A", "States": {"A": state}})


def test_definitions_are_those_of_state_machines_that_are_known() -> None:
    resources: dict[str, dict[str, Any]] = {
        "aws_sfn_state_machine.plain": {"definition": "{}"},
        'module.a["x.y"].aws_sfn_state_machine.inner[0]': {"definition": "[]"},
        "module.a.aws_sfn_state_machine.unknown": {},
        "module.a.aws_batch_job_definition.other": {"definition": "no"},
        "module.aws_sfn_state_machine_like.terraform_data.x": {"definition": "no"},
    }
    assert definitions(resources) == {
        "aws_sfn_state_machine.plain": "{}",
        'module.a["x.y"].aws_sfn_state_machine.inner[0]': "[]",
    }


def test_a_right_definition_has_no_problems() -> None:
    task = machine(
        Type="Task",
        Resource="arn:aws:states:::sqs:sendMessage",
        Retry=[{"ErrorEquals": ["States.ALL"], "BackoffRate": 2}],
        End=True,
    )
    assert problems(task) == []


@pytest.mark.parametrize(
    ("definition", "said"),
    [
        (machine(Type="Pass", Next="Nowhere"), 'No state found named "Nowhere"'),
        (machine(Type="Psas", End=True), "Psas"),
        ("not JSON", "Problem reading/parsing JSON"),
    ],
)
def test_a_wrong_definition_says_what_is_wrong(definition: str, said: str) -> None:
    assert any(said in problem for problem in problems(definition))
