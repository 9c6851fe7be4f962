"""Every definition that is deployed is right in the eyes of a linter."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from stepwire.definitions import definitions, problems

ROOT = Path(__file__).parents[2]


def test_the_definitions_have_no_problems(stepwire_apply: Any) -> None:
    deployment = stepwire_apply(ROOT, {"order_approval": {"name": "orders"}})
    found = definitions(deployment.resources())
    assert len(found) >= 4
    assert {
        address: said
        for address, definition in found.items()
        if (said := problems(definition))
    } == {}
