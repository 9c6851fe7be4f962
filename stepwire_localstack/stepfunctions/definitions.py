"""Transitions to nowhere, which AWS refuses in a definition and stock accepts.

AWS's messages are those of CreateStateMachine and ValidateStateMachineDefinition.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any, Final

from localstack.aws.api.stepfunctions import InvalidDefinition
from localstack.services.stepfunctions.asl.parse.asl_parser import ASLParserException
from localstack.services.stepfunctions.asl.static_analyser.express_static_analyser import (  # noqa: E501
    ExpressStaticAnalyser,
)
from localstack.services.stepfunctions.asl.static_analyser.static_analyser import (
    StaticAnalyser,
)
from localstack.services.stepfunctions.provider import StepFunctionsProvider
from localstack.utils.patch import patch

_TARGET: Final = "MISSING_TRANSITION_TARGET"
_END: Final = "MISSING_END_STATE"


def install() -> None:
    @patch(StepFunctionsProvider._validate_definition)  # type: ignore[untyped-decorator]
    def validate(_fn: Any, *_: Any, definition: str, static_analysers: Any) -> None:
        # Stock's message shows the names of its exceptions, and the definition.
        try:
            for analyser in static_analysers:
                analyser.analyse(definition)
                if type(analyser) in (StaticAnalyser, ExpressStaticAnalyser):
                    machine = json.loads(definition)
                    problems = [text for find in CHECKS for text in find(machine)]
                    if problems:
                        raise ASLParserException(problems)
        except ASLParserException as error:
            raise invalid_definition("; ".join(error.errors)) from error
        except Exception as error:
            raise invalid_definition(str(error) or type(error).__name__) from error


def invalid_definition(reason: str) -> InvalidDefinition:
    """`Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: …'`, AWS's form."""
    reason = reason.removeprefix("Invalid State Machine Definition: ").strip("'")
    code = "" if re.match(r"[A-Z_]{5,}: ", reason) else "SCHEMA_VALIDATION_FAILED: "
    return InvalidDefinition(f"Invalid State Machine Definition: '{code}{reason}'")


def transition_problems(machine: Any, pointer: str = "") -> Iterator[str]:
    """Names transitions to states that are not there, and unreachable states."""
    states = machine.get("States")
    if not isinstance(states, dict):
        return
    start = machine.get("StartAt")
    if start not in states:
        yield f"{_TARGET}: Missing 'Next' target: {start} at {pointer}/StartAt"
    reached = {start}
    for name, state in states.items():
        location = f"{pointer}/States/{name}"
        for target, where in _targets(state):
            reached.add(target)
            if target not in states:
                missing = f"Missing 'Next' target: {target} at {location}/{where}"
                yield f"{_TARGET}: {missing}"
        for inner, where in inner_machines(state):
            yield from transition_problems(inner, f"{location}/{where}")
    for name in states:
        if name not in reached:
            location = f"{pointer}/States/{name}"
            yield f'{_TARGET}: State "{name}" is not reachable. at {location}'
    if not any(_ends(state) for state in states.values()):
        yield f"{_END}: No terminal state found in machine. at {pointer}/States"


def _targets(state: Any) -> Iterator[tuple[str, str]]:
    for field in ("Next", "Default"):
        if isinstance(state.get(field), str):
            yield state[field], field
    for field in ("Choices", "Catch"):
        for index, rule in enumerate(state.get(field) or []):
            if isinstance(rule, dict) and isinstance(rule.get("Next"), str):
                yield rule["Next"], f"{field}[{index}]/Next"


CHECKS: Final[list[Callable[[Any], Iterator[str]]]] = [transition_problems]
"""Checks of a definition; each yields AWS's words for what it finds."""


def inner_machines(state: Any) -> Iterator[tuple[Any, str]]:
    """The branches and processors of a state, each with its location in the state."""
    for index, branch in enumerate(state.get("Branches") or []):
        yield branch, f"Branches[{index}]"
    for field in ("ItemProcessor", "Iterator"):
        if isinstance(state.get(field), dict):
            yield state[field], field


def _ends(state: Any) -> bool:
    return bool(state.get("End")) or state.get("Type") in ("Succeed", "Fail")
