"""Deriving permissions costs little: 200 states, beside a plan without derivation."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from stepwire.emulator import Emulator
from stepwire.terraform import Terraform
from tests.plan.derivation import task
from tests.scale import SLOW

FIXTURES = Path(__file__).parent / "fixtures" / "cost"
STATES = 200
AT_MOST = 1.3
# The fastest of several, in turn: other programs only ever slow a plan down. Where
# they do, more are tried.
TRIES_AT_LEAST = 3
TRIES_AT_MOST = 10


pytestmark = [
    pytest.mark.slow,
    # Beside other work the ratio says little, and the tries take a minute.
    pytest.mark.skipif(
        not SLOW, reason="it measures: `make test-slow` runs it, on a machine at rest"
    ),
]


def definition() -> str:
    """States of four services, twenty functions, five of each other thing."""
    calls = [
        lambda i: task(
            "lambda:invoke",
            {
                "FunctionName": f"arn:aws:lambda:us-east-1:000000000000:function:f{i}",
                "Payload.$": "$",
            },
        ),
        lambda i: task(
            "dynamodb:putItem",
            {"TableName": f"t{i % 5}", "Item": {"id": {"S.$": "$.id"}}},
        ),
        lambda i: task(
            "sqs:sendMessage",
            {
                "QueueUrl": f"https://sqs.us-east-1.amazonaws.com/0/q{i % 5}",
                "MessageBody.$": "$",
            },
        ),
        lambda i: task(
            "aws-sdk:s3:getObject", {"Bucket": f"b{i % 5}", "Key.$": "$.key"}
        ),
    ]
    states = {
        f"S{number}": calls[number % 4](number // 4 % 20)
        | {
            "Retry": [{"ErrorEquals": ["States.ALL"], "MaxAttempts": 3}],
            "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Failed"}],
            "Next": f"S{number + 1}" if number < STATES - 1 else "Failed",
        }
        for number in range(STATES)
    }
    return json.dumps(
        {"StartAt": "S0", "States": states | {"Failed": {"Type": "Fail"}}}
    )


def test_deriving_the_permissions_of_200_states_slows_a_plan_by_less_than_a_third(
    stepwire_emulator: Emulator, tmp_path: Path
) -> None:
    variables = {"definition": definition()}
    roots = {
        name: Terraform(
            FIXTURES / name,
            build_folder=tmp_path / name,
            environment=stepwire_emulator.environment(),
            # As it is for a user.
            share_provider=False,
        )
        for name in ("plain", "derived")
    }
    for root in roots.values():
        root.plan(variables)
    fastest = dict.fromkeys(roots, float("inf"))
    ratio = float("inf")
    for number in range(TRIES_AT_MOST):
        for name, root in roots.items():
            begun = time.perf_counter()
            root.plan(variables)
            fastest[name] = min(fastest[name], time.perf_counter() - begun)
        ratio = fastest["derived"] / fastest["plain"]
        if number + 1 >= TRIES_AT_LEAST and ratio <= AT_MOST:
            break
    print(f"plan of {STATES} states, seconds: {fastest}, ratio {ratio:.2f}")
    assert ratio <= AT_MOST, fastest
