"""The input of an EventBridge rule's targets, in two cases that stock drops.

A constant input that is empty, `{}`, is sent like any other. And a state machine gets
part of an event (`InputPath`) or a new text (`InputTransformer`): stock names the
execution after the event's id, which neither has, and starts nothing.
"""

from __future__ import annotations

import json
from typing import Any

from localstack.services.events.target import StatesTargetSender, TargetSender
from localstack.services.events.utils import to_json_str
from localstack.utils.patch import patch
from localstack.utils.strings import long_uid


def install() -> None:
    """Changes how an event becomes a target's input."""

    @patch(TargetSender.process_event)  # type: ignore[untyped-decorator]
    def process_event(fn: Any, self: Any, event: Any, trace_header: Any) -> None:
        constant = self.target.get("Input")
        if constant and not json.loads(constant):
            self.send_event(json.loads(constant), trace_header)
        else:
            fn(self, event, trace_header)

    @patch(StatesTargetSender.send_event)  # type: ignore[untyped-decorator]
    def send_event(fn: Any, self: Any, event: Any, trace_header: Any) -> None:
        if not self.target.get("InputPath") and not self.target.get("InputTransformer"):
            fn(self, event, trace_header)
            return
        self.service = "stepfunctions"
        self.client.start_execution(
            stateMachineArn=self.target["Arn"],
            name=long_uid(),
            input=event if _is_json(event) else to_json_str(event),
        )


def _is_json(event: Any) -> bool:
    """Whether it is JSON already, as a transformer's template makes it."""
    if not isinstance(event, str):
        return False
    try:
        json.loads(event)
    except ValueError:
        return False
    return True
