"""A function's log in CloudWatch Logs, with the events that Lambda makes.

Stock makes an event of each line; on AWS a message of several lines, such as a stack
trace, is one.
"""

from __future__ import annotations

import contextlib
import functools
import logging
import os
import time
from typing import Any

from localstack.aws.connect import connect_to
from localstack.services.lambda_.invocation.logs import (
    QUEUE_SHUTDOWN,
    LogHandler,
    LogItem,
)
from localstack.services.lambda_.invocation.version_manager import LambdaVersionManager
from localstack.utils.aws.client_types import ServicePrincipal
from localstack.utils.patch import patch

from .lambda_functions import RUNTIMES_VARIABLE

_LOG = logging.getLogger(__name__)


def install() -> None:
    """Changes what is written after an invocation, where functions are processes."""
    if RUNTIMES_VARIABLE not in os.environ:
        return

    @patch(LambdaVersionManager.store_logs)  # type: ignore[untyped-decorator]
    def store(_fn: Any, self: Any, invocation_result: Any, execution_env: Any) -> None:
        self.log_handler.add_logs(
            LogItem(
                execution_env.get_log_group_name(),
                execution_env.get_log_stream_name(),
                invocation_result.log_events,
            )
        )

    @patch(LogHandler.run_log_loop)  # type: ignore[untyped-decorator]
    def write(_fn: Any, self: Any, *_args: Any, **_options: Any) -> None:
        client = connect_to.with_assumed_role(
            region_name=self.region,
            role_arn=self.role_arn,
            service_principal=ServicePrincipal.lambda_,
        ).logs
        while (item := self.log_queue.get()) is not QUEUE_SHUTDOWN:
            try:
                _put(client, item)
            except Exception:
                # The function's result does not depend on it.
                _LOG.exception("Cannot write to log group %s", item.log_group)


def _put(client: Any, item: LogItem) -> None:
    """Writes the events, and makes group and stream where they are missing."""
    now = int(time.time() * 1000)
    put = functools.partial(
        client.put_log_events,
        logGroupName=item.log_group,
        logStreamName=item.log_stream,
        logEvents=[
            {"timestamp": now, "message": event}
            for event in item.logs
            if event.strip("\n")
        ],
    )
    try:
        put()
    except client.exceptions.ResourceNotFoundException:
        names = {"logGroupName": item.log_group}
        with contextlib.suppress(client.exceptions.ResourceAlreadyExistsException):
            client.create_log_group(**names)
        with contextlib.suppress(client.exceptions.ResourceAlreadyExistsException):
            client.create_log_stream(**names, logStreamName=item.log_stream)
        put()
