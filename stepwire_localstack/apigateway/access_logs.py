"""Access logs of a stage, written to its log group. Stock writes none."""

from __future__ import annotations

import json
import logging
import queue
import re
import threading
import time
from collections.abc import Mapping
from typing import Any, Final

from localstack.aws.connect import connect_to
from localstack.services.apigateway.next_gen.execute_api.gateway import RestApiGateway
from localstack.services.apigateway.next_gen.execute_api.handlers.integration import (
    IntegrationHandler,
)
from localstack.services.apigateway.next_gen.execute_api.handlers.parse import (
    InvocationRequestParser,
)
from localstack.utils.aws.arns import parse_arn
from localstack.utils.patch import patch

LOG: Final = logging.getLogger(__name__)
_VARIABLE: Final = re.compile(
    r"\$(?P<brace>\{)?context(?P<path>(?:\.[A-Za-z0-9_-]+)+)(?(brace)\})"
)
_lines: Final[queue.SimpleQueue[tuple[str, int, str]]] = queue.SimpleQueue()
_writer_lock: Final = threading.Lock()
_writers: Final[list[threading.Thread]] = []


def install() -> None:
    @patch(RestApiGateway.__init__)  # type: ignore[untyped-decorator]
    def initialise(fn: Any, self: Any) -> None:
        fn(self)
        self.response_handlers.append(_log)

    @patch(InvocationRequestParser.parse_and_enrich)  # type: ignore[untyped-decorator]
    def parse(fn: Any, self: Any, context: Any) -> None:
        context.started = time.monotonic()
        fn(self, context)

    @patch(IntegrationHandler.__call__)  # type: ignore[untyped-decorator]
    def integrate(fn: Any, self: Any, chain: Any, context: Any, response: Any) -> None:
        started = time.monotonic()
        try:
            fn(self, chain, context, response)
        finally:
            context.integration_latency = _milliseconds_since(started)


def _log(_chain: Any, context: Any, response: Any) -> None:
    settings = (context.stage_configuration or {}).get("accessLogSettings") or {}
    destination, form = settings.get("destinationArn"), settings.get("format")
    if not destination or not form or ":logs:" not in destination:
        return
    line = rendered(form, _variables(context, response))
    _start_writer()
    _lines.put((destination, int(time.time() * 1000), line))


def _variables(context: Any, response: Any) -> dict[str, Any]:
    """`$context` as access logs know it: the call's, with its result."""
    variables = dict(context.context_variables or {})
    endpoint = context.endpoint_response or {}
    latency = context.get("integration_latency")
    status = endpoint.get("status_code")
    error = (variables.get("error") or {}).get("message")
    variables |= {
        "status": response.status_code,
        "responseLength": len(response.get_data()),
        "responseLatency": _milliseconds_since(context.started),
        "integrationStatus": status,
        "integrationLatency": latency,
        "integration": {
            "status": status,
            "integrationStatus": status,
            "latency": latency,
            "error": error if context.integration and status is None else None,
            "requestId": (endpoint.get("headers") or {}).get("x-amzn-RequestId"),
        },
        "xrayTraceId": context.trace_id,
    }
    return variables


def rendered(form: str, variables: Mapping[str, Any]) -> str:
    """Fills a stage's log format; what a call does not have is written `-`."""
    form = " ".join(form.splitlines())
    in_json = form.lstrip().startswith("{")

    def replaced(found: re.Match[str]) -> str:
        value: Any = variables
        for name in found["path"].strip(".").split("."):
            value = value.get(name) if isinstance(value, Mapping) else None
        if value is None or value == "":
            return "-"
        if isinstance(value, bool):
            return str(value).lower()
        if found["path"] == ".error.messageString" or not in_json:
            return str(value)
        return json.dumps(str(value), ensure_ascii=False)[1:-1]

    return _VARIABLE.sub(replaced, form)


def _milliseconds_since(started: float) -> int:
    return round((time.monotonic() - started) * 1000)


def _start_writer() -> None:
    with _writer_lock:
        if not _writers:
            writer = threading.Thread(target=_write, daemon=True, name="access-logs")
            _writers.append(writer)
            writer.start()


def _write() -> None:
    """Writes the lines in the background: a call does not wait for its log."""
    streams: set[str] = set()
    while True:
        destination, timestamp, line = _lines.get()
        arn = parse_arn(destination)
        group = arn["resource"].removeprefix("log-group:").removesuffix(":*")
        stream = "stepwire"
        logs = connect_to(
            aws_access_key_id=arn["account"], region_name=arn["region"]
        ).logs
        try:
            if destination not in streams:
                try:
                    logs.create_log_stream(logGroupName=group, logStreamName=stream)
                except logs.exceptions.ResourceAlreadyExistsException:
                    LOG.debug("The log stream of %s exists", group)
                streams.add(destination)
            logs.put_log_events(
                logGroupName=group,
                logStreamName=stream,
                logEvents=[{"timestamp": timestamp, "message": line}],
            )
        except Exception as error:
            # AWS drops the lines of a stage whose log group is gone, too.
            streams.discard(destination)
            LOG.warning("No access log in %s: %s", group, error)
