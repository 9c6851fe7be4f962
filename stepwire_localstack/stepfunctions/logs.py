"""Logs of executions: delivered together, not one request for each event.

"Publishing logs doesn't block or slow down executions", says Step Functions' guide. In
stock every event of an execution waits until its line is written, which is most of
what an execution with logging costs. Here all lines are there when an execution has
ended, or a moment later where its end is not logged.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Final

from localstack.services.stepfunctions.asl.eval.event.logging import (
    CloudWatchLoggingSession,
)
from localstack.utils.patch import patch

_DELAY_SECONDS: Final = 0.2
_LAST: Final = (
    "ExecutionAborted",
    "ExecutionFailed",
    "ExecutionSucceeded",
    "ExecutionTimedOut",
)


def install() -> None:
    session = CloudWatchLoggingSession

    @patch(session.publish_history_log)  # type: ignore[untyped-decorator]
    def publish(fn: Any, self: Any, history_log: Any) -> None:
        fn(self, history_log)
        if history_log["type"] in _LAST:
            self.waiting_lines.send()

    @patch(session._publish_history_log_or_setup)  # type: ignore[untyped-decorator]
    def put(fn: Any, self: Any, log_events: list[Any]) -> None:
        if not hasattr(self, "waiting_lines"):
            self.waiting_lines = _Lines(lambda events: fn(self, log_events=events))
        self.waiting_lines.add(log_events)


class _Lines:
    """Lines of one execution that wait to be sent together."""

    def __init__(self, put: Callable[[list[Any]], None]) -> None:
        self._put = put
        self._events: list[Any] = []
        self._lock = threading.Lock()
        self._sending = threading.Lock()

    def add(self, events: list[Any]) -> None:
        with self._lock:
            is_first = not self._events
            self._events += events
        if is_first:
            timer = threading.Timer(_DELAY_SECONDS, self.send)
            timer.daemon = True
            timer.start()

    def send(self) -> None:
        with self._sending:
            with self._lock:
                events, self._events = self._events, []
            if events:
                # PutLogEvents wants them in the order of their times.
                self._put(sorted(events, key=lambda event: event["timestamp"]))
