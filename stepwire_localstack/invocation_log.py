"""Lambda's lines around a function's output, and its results for failures.

The lines are those of AWS's "Using CloudWatch Logs with Lambda"; the results those of
"Understanding Lambda function invocation errors".
"""

from __future__ import annotations

import json
import math
import signal
from dataclasses import dataclass
from datetime import UTC, datetime

from .runtime_api import MAXIMUM_RESPONSE


@dataclass(frozen=True)
class Failure:
    """A failed invocation: what its caller gets and what its log says."""

    payload: bytes
    line: str = ""
    """Lambda's line in the function's log."""
    report: str = ""
    """The end of the REPORT line."""


def exited(request_id: str, status: int) -> Failure:
    """The runtime ended with ``status`` (negative: by that signal)."""
    if status == 0:
        message = "Runtime exited without providing a reason"
    elif status < 0:
        # "signal: killed", in the words of the system.
        name = signal.strsignal(-status) or f"signal {-status}"
        message = f"Runtime exited with error: signal: {name.lower()}"
    else:
        message = f"Runtime exited with error: exit status {status}"
    return Failure(
        _payload("Runtime.ExitError", request_id, message),
        f"RequestId: {request_id} Error: {message}\n",
        "Status: error\tError Type: Runtime.ExitError\t",
    )


def timed_out(request_id: str, seconds: float) -> Failure:
    """The function ran for longer than its configured time-out."""
    message = f"Task timed out after {seconds:.2f} seconds"
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3]
    return Failure(
        _payload("Sandbox.Timedout", request_id, message),
        f"{now}Z {request_id} {message}\n\n",
        "Status: timeout\t",
    )


def too_large(size: int) -> Failure:
    """The function returned more than ``MAXIMUM_RESPONSE`` bytes."""
    message = (
        f"Response payload size ({size} bytes) exceeded maximum allowed payload size "
        f"({MAXIMUM_RESPONSE} bytes)."
    )
    return Failure(_payload("Function.ResponseSizeTooLarge", None, message))


def not_initialised(body: bytes) -> Failure:
    """The runtime could not load the handler; ``body`` is what it reported.

    Lambda passes that on as it is: with the request id that the runtime had, which is
    an empty one.
    """
    try:
        error_type = json.loads(body)["errorType"]
    except (ValueError, TypeError, KeyError):
        return Failure(body)
    return Failure(body, report=f"Status: error\tError Type: {error_type}\t")


def _payload(error_type: str, request_id: str | None, message: str) -> bytes:
    if request_id is not None:
        message = f"RequestId: {request_id} Error: {message}"
    failure = {"errorType": error_type, "errorMessage": message}
    return json.dumps(failure, separators=(",", ":")).encode()


def start(request_id: str, version: str) -> str:
    """The event before the function's output."""
    return f"START RequestId: {request_id} Version: {version}\n"


def end(
    request_id: str,
    failure: Failure | None,
    *,
    duration: float,
    memory_size: int,
    memory_used: int | None,
    init_duration: float | None,
) -> list[str]:
    """The events after the function's output.

    Durations are in seconds, ``memory_size`` in MB as configured, ``memory_used`` in
    bytes (None: the process is gone).
    """
    milliseconds = duration * 1000
    report = (
        f"REPORT RequestId: {request_id}\tDuration: {milliseconds:.2f} ms\t"
        f"Billed Duration: {math.ceil(milliseconds)} ms\t"
        f"Memory Size: {memory_size} MB\t"
    )
    if memory_used is not None:
        report += f"Max Memory Used: {math.ceil(memory_used / 2**20)} MB\t"
    if init_duration is not None:
        report += f"Init Duration: {init_duration * 1000:.2f} ms\t"
    lines = [f"END RequestId: {request_id}\n"]
    if failure is not None:
        report += failure.report
        if failure.line:
            lines.insert(0, failure.line)
    return [*lines, f"{report}\n"]
