"""Definitions with HTTP Tasks: the names of their errors, and their fields."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from localstack.services.stepfunctions.asl.component.common.error_name.custom_error_name import (  # noqa: E501
    CustomErrorName,
)
from localstack.services.stepfunctions.asl.component.common.error_name.error_name import (  # noqa: E501
    ErrorName,
)
from localstack.utils.patch import patch

from ..stepfunctions import definitions
from .errors import SOCKET, STATUS_CODE_PREFIX, HttpTaskError
from .requests import FIELDS, checked_endpoint, checked_method

_RESOURCE: Final = "arn:aws:states:::http:invoke"
_SCHEMA: Final = "SCHEMA_VALIDATION_FAILED"


def install() -> None:
    definitions.CHECKS.append(field_problems)

    @patch(CustomErrorName.__init__)  # type: ignore[untyped-decorator]
    def initialise(fn: Any, self: Any, error_name: str | None) -> None:
        # Stock takes every name that begins with "States." and is not of the language
        # itself for a mistake.
        if error_name is not None and _is_of_http_tasks(error_name):
            ErrorName.__init__(self, error_name=error_name)
        else:
            fn(self, error_name)


def _is_of_http_tasks(name: str) -> bool:
    status = name.removeprefix(STATUS_CODE_PREFIX)
    return name == SOCKET or (status != name and status.isdecimal())


def field_problems(machine: Any, pointer: str = "") -> Iterator[str]:
    """Names fields that HTTP Tasks do not have, and those that they lack."""
    states = machine.get("States")
    if not isinstance(states, dict):
        return
    for name, state in states.items():
        location = f"{pointer}/States/{name}"
        if state.get("Resource") == _RESOURCE:
            for field in ("Parameters", "Arguments"):
                if isinstance(state.get(field), dict):
                    yield from _problems(state[field], f"{location}/{field}")
        for inner, where in definitions.inner_machines(state):
            yield from field_problems(inner, f"{location}/{where}")


def _problems(parameters: dict[str, Any], location: str) -> Iterator[str]:
    names = {name.removesuffix(".$") for name in parameters}
    for name in sorted(names - set(FIELDS)):
        yield (
            f'{_SCHEMA}: The field "{name}" is not supported by Step Functions at '
            f"{location}"
        )
    missing = sorted({"ApiEndpoint", "Method"} - names)
    if not names & {"InvocationConfig", "Authentication"}:
        missing.append("InvocationConfig")
    if missing:
        yield f"{_SCHEMA}: These required fields are missing: {missing} at {location}"
    for name, check in (("ApiEndpoint", checked_endpoint), ("Method", checked_method)):
        value = parameters.get(name)
        if value is None or str(value).startswith("{%"):
            continue
        try:
            check(parameters)
        except HttpTaskError as error:
            yield f"{_SCHEMA}: {error.cause} at {location}/{name}"
