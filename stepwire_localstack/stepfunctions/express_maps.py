"""Distributed Maps with EXPRESS child executions, which stock takes for a mistake.

Its grammar knows `"ExecutionType": "STANDARD"` alone. The children run as those do;
what is EXPRESS alone, five minutes and no history, is not played.
"""

from __future__ import annotations

import json
from typing import Any, Final

from localstack.services.stepfunctions.asl.parse.asl_parser import (
    AmazonStateLanguageParser,
)
from localstack.utils.patch import patch

from .definitions import inner_machines

_EXPRESS: Final = "EXPRESS"


def install() -> None:
    @patch(AmazonStateLanguageParser.parse)  # type: ignore[untyped-decorator]
    def parse(fn: Any, *given: Any) -> Any:
        definition = given[-1]
        return fn(with_standard_children(definition))


def with_standard_children(definition: str) -> str:
    """The same definition, where it has EXPRESS children with STANDARD ones."""
    if _EXPRESS not in definition:
        return definition
    try:
        machine = json.loads(definition)
    except ValueError:
        return definition  # the parser says what is wrong with it
    return json.dumps(machine) if _changed(machine) else definition


def _changed(machine: Any) -> bool:
    """Change the processors of a machine's Map states, at any depth."""
    states = machine.get("States") if isinstance(machine, dict) else None
    if not isinstance(states, dict):
        return False
    found = False
    for state in states.values():
        if not isinstance(state, dict):
            continue
        for inner, _place in inner_machines(state):
            config = inner.get("ProcessorConfig") if isinstance(inner, dict) else None
            if isinstance(config, dict) and config.get("ExecutionType") == _EXPRESS:
                config["ExecutionType"] = "STANDARD"
                found = True
            found |= _changed(inner)
    return found
