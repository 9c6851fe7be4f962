"""JSON text of values, in outputs, histories and task results."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any, Final

from localstack.services.stepfunctions.asl.component.state.state_execution.state_task.service.state_task_service import (  # noqa: E501
    StateTaskService,
)
from localstack.services.stepfunctions.asl.parse import preprocessor
from localstack.services.stepfunctions.asl.utils import encoding as stock
from localstack.utils.patch import patch

_SURROGATE: Final = re.compile("[\ud800-\udfff]")


def install() -> None:
    # Stock reads a definition's strings as Python's, which takes the two escapes of one
    # character beyond the basic plane for two characters, and keeps the "\\" of "\\/".
    preprocessor.from_string_literal = _string_literal

    @patch(stock._DateTimeEncoder.__init__)  # type: ignore[untyped-decorator]
    def initialise(fn: Any, self: Any, **options: Any) -> None:
        # AWS writes characters as they are; stock as six-byte escapes, which it then
        # counts against the 256 KiB that a state may hold.
        fn(self, **{**options, "ensure_ascii": False})

    @patch(stock._DateTimeEncoder.encode)  # type: ignore[untyped-decorator]
    def encode(fn: Any, self: Any, value: Any) -> str:
        # Half of a surrogate pair is no character and cannot be sent as one.
        return _SURROGATE.sub(lambda half: f"\\u{ord(half[0]):04x}", fn(self, value))

    @patch(StateTaskService._from_boto_response_value)  # type: ignore[untyped-decorator]
    def from_response(fn: Any, _self: Any, value: Any) -> Any:
        # A time in a task's result is text on AWS; stock leaves Python's own object,
        # which JSONata cannot read.
        return timestamp(value) if isinstance(value, datetime) else fn(value)


def _string_literal(parser_rule_context: Any) -> str:
    text: str = parser_rule_context.getText()
    try:
        return str(json.loads(text))
    except ValueError:
        return text.removeprefix('"').removesuffix('"')


def timestamp(moment: datetime) -> str:
    """`2026-08-28T20:34:59.712Z`, as AWS writes times."""
    text = moment.astimezone(UTC).isoformat(timespec="milliseconds")
    return text.removesuffix("+00:00") + "Z"
