"""The derivation on real definitions, where they lie beside the checkout.

They are other people's and stay where they are; their README tells the conventions.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest

from tests.conftest import BesideCheckout
from tests.plan.derivation import Case, Derived, derive

# What the conventions let a derivation add.
WELCOME = {
    "athena:GetDataCatalog",
    "lakeformation:GetDataAccess",
    "states:DescribeExecution",
    "states:RedriveExecution",
    "states:StopExecution",
}
EXACT_AT_LEAST = 54


@dataclass(frozen=True)
class Comparison:
    """A definition: what its permissions are to be, and what was derived."""

    expected: set[str]
    derived: Derived

    @property
    def missing(self) -> set[str]:
        return self.expected - set(self.derived.resources)

    @property
    def extra(self) -> set[str]:
        return set(self.derived.resources) - self.expected - WELCOME


Compared = dict[str, Comparison]


@pytest.fixture(scope="module")
def compared(beside_checkout: BesideCheckout) -> Compared:
    files = sorted(beside_checkout("corpus").glob("*.json"))
    entries = {file.stem: json.loads(file.read_text("utf-8")) for file in files}
    expected = {name: set(entry["expected_actions"]) for name, entry in entries.items()}
    derived = derive(
        {name: case(entry, expected[name]) for name, entry in entries.items()}
    )
    return {name: Comparison(expected[name], derived[name]) for name in entries}


def case(entry: Any, actions: set[str]) -> Case:
    definition = entry["definition"]
    # A copy reads its source, which these definitions know at run time only.
    copies = {"s3:GetObject"} if "s3:copyObject" in str(definition) else set()
    return Case(
        (definition,),
        type=entry["type"],
        targets={action: ["arn:aws:named:::target"] for action in actions | copies},
    )


def test_no_real_definition_is_refused(compared: Compared) -> None:
    problems = {name: one.derived.problems for name, one in compared.items()}
    assert {name: said for name, said in problems.items() if said} == {}


def test_no_real_definition_misses_an_action(compared: Compared) -> None:
    missing = {name: one.missing for name, one in compared.items()}
    assert {name: actions for name, actions in missing.items() if actions} == {}


def test_nearly_all_real_definitions_get_exactly_their_actions(
    compared: Compared,
) -> None:
    inexact = {name: sorted(one.extra) for name, one in compared.items() if one.extra}
    assert len(compared) - len(inexact) >= EXACT_AT_LEAST, inexact
