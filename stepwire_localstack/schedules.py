"""Schedules of EventBridge Scheduler never fire, and the log says so.

Stock keeps them and lists them, as if they did.
"""

from __future__ import annotations

import logging
from typing import Any

from localstack.utils.patch import patch
from moto.scheduler.models import EventBridgeSchedulerBackend

_LOG = logging.getLogger(__name__)


def install() -> None:
    """Adds a warning to CreateSchedule."""

    @patch(EventBridgeSchedulerBackend.create_schedule)  # type: ignore[untyped-decorator]
    def create_schedule(fn: Any, self: Any, **arguments: Any) -> Any:
        schedule = fn(self, **arguments)
        _LOG.warning(
            "The schedule %s is kept and never fires: EventBridge Scheduler is not "
            "emulated. Start what it is for by hand, or use a rule of EventBridge.",
            arguments.get("name"),
        )
        return schedule
