"""Retries of the definitions: modules share no file, so a test compares them."""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import dedent

import yaml

ROOT = Path(__file__).parents[2]
MODULES = ROOT / "modules"
RETRY_VARIABLES = (
    "modules/http-notifier/variables-delivery.tf",
    "modules/webhook-publisher/variables-destinations.tf",
    "variables-http-notifier.tf",
    "variables-webhook-publisher.tf",
)

_BACKOFF = re.compile(
    r"(?m)(?:^ +"
    r"(?:IntervalSeconds|BackoffRate|MaxAttempts|MaxDelaySeconds|JitterStrategy)"
    r": [\w.]+\n){2,}"
)

_KIND = re.compile(
    r"(throttled|server_error|unauthorized|unreachable) = optional\(object\(\{"
    r"([^{}]*)\}\), \{\}\)"
)


def backoffs(max_attempts: int) -> dict[str, dict[str, int | str]]:
    """The backoffs with this many attempts, by the definition that has them."""
    found = {}
    for file in sorted(MODULES.glob("*/workflow/*.asl.yaml")):
        for lines in _BACKOFF.findall(file.read_text(encoding="utf-8")):
            backoff = yaml.safe_load(dedent(lines))
            if backoff.get("MaxAttempts") == max_attempts:
                found[f"{file.relative_to(MODULES)}: {lines}"] = backoff
    return found


def test_what_nobody_waits_for_is_tried_eight_times_over_five_minutes() -> None:
    found = backoffs(8)
    assert {"order-approval", "rollout"} <= {where.partition("/")[0] for where in found}
    for where, backoff in found.items():
        assert backoff == {
            "IntervalSeconds": 1,
            "BackoffRate": 2,
            "MaxAttempts": 8,
            "MaxDelaySeconds": 60,
            "JitterStrategy": "FULL",
        }, where


def test_what_an_api_waits_for_is_tried_three_times_within_seven_seconds() -> None:
    found = backoffs(3)
    assert len(found) == 3
    for where, backoff in found.items():
        assert backoff == {
            "IntervalSeconds": 1,
            "BackoffRate": 2,
            "MaxAttempts": 3,
            "JitterStrategy": "FULL",
        }, where


def test_the_retries_of_http_tasks_have_the_same_defaults_in_each_variable() -> None:
    """The publisher has no retry of what is unauthorized."""
    types = {
        file: {
            kind: " ".join(attributes.split())
            for kind, attributes in _KIND.findall((ROOT / file).read_text("utf-8"))
        }
        for file in RETRY_VARIABLES
    }
    notifier = types["modules/http-notifier/variables-delivery.tf"]
    assert set(notifier) == {
        *("throttled", "server_error", "unauthorized", "unreachable"),
    }
    for file, kinds in types.items():
        assert {"throttled", "server_error", "unreachable"} <= set(kinds), file
        assert kinds.items() <= notifier.items(), file
