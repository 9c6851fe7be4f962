"""The derivation on real definitions, where they lie beside the checkout.

They are other people's and stay where they are; their README tells the conventions.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest

from tests.plan.derivation import Case, Derived, derive

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"
# What the conventions let a derivation add.
WELCOME = {
    "athena:GetDataCatalog",
    "lakeformation:GetDataAccess",
    "states:DescribeExecution",
    "states:RedriveExecution",
    "states:StopExecution",
}
EXACT_AT_LEAST = 54

pytestmark = pytest.mark.skipif(
    not CORPUS.is_dir(), reason="../shared/corpus is not beside this checkout"
)


@cache
def expected() -> dict[str, set[str]]:
    return {
        file.stem: set(json.loads(file.read_text(encoding="utf-8"))["expected_actions"])
        for file in sorted(CORPUS.glob("*.json"))
    }


@cache
def derived() -> dict[str, Derived]:
    cases = {}
    for name, actions in expected().items():
        entry = json.loads((CORPUS / f"{name}.json").read_text(encoding="utf-8"))
        definition = entry["definition"]
        # A copy reads its source, which these definitions know at run time only.
        named = actions | (
            {"s3:GetObject"} if "s3:copyObject" in str(definition) else set()
        )
        cases[name] = Case(
            (definition,),
            type=entry["type"],
            targets={action: ["arn:aws:named:::target"] for action in named},
        )
    return derive(cases)


def missing(name: str) -> set[str]:
    return expected()[name] - set(derived()[name].resources)


def extra(name: str) -> set[str]:
    return set(derived()[name].resources) - expected()[name] - WELCOME


def test_no_real_definition_is_refused() -> None:
    refused = {name: got.problems for name, got in derived().items() if got.problems}
    assert not refused


def test_no_real_definition_misses_an_action() -> None:
    assert not {name: sorted(missing(name)) for name in expected() if missing(name)}


def test_nearly_all_real_definitions_get_exactly_their_actions() -> None:
    inexact = {name: sorted(extra(name)) for name in expected() if extra(name)}
    assert len(expected()) - len(inexact) >= EXACT_AT_LEAST, inexact
