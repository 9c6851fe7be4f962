"""Lambda functions without Docker: each execution environment is a process.

Stock LocalStack runs functions in containers. Here LocalStack's execution environments
(one per concurrent invocation, kept for the next one) get a process each, in the
virtual environment of their runtime, with AWS's runtime interface client in it.
"""

from __future__ import annotations

import json
import os
import queue
import shutil
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from localstack import config
from localstack.services.lambda_.invocation import runtime_executor as stock
from localstack.services.lambda_.invocation.executor_endpoint import (
    StatusErrorException,
)
from localstack.services.lambda_.invocation.lambda_models import (
    FunctionVersion,
    InitializationType,
    InvocationResult,
)

from . import function_output, invocation_log
from .function_process import FunctionProcess
from .invocation_log import Failure
from .runtime_api import Event, Invocation

RUNTIMES_VARIABLE = "STEPWIRE_FUNCTION_RUNTIMES"
"""A JSON object: the Python interpreter of each Lambda runtime."""
INIT_SECONDS = 10
"""The time that Lambda gives a function's initialisation before the first event."""
_EXIT_SECONDS = 2
"""The time that a runtime has to exit by itself, before it is killed."""


def install() -> None:
    """Makes processes of execution environments, where runtimes are installed."""
    if RUNTIMES_VARIABLE in os.environ:
        stock.get_runtime_executor = lambda: ProcessExecutor


def runtimes() -> dict[str, str]:
    """The Python interpreter of each Lambda runtime that is installed."""
    interpreters: dict[str, str] = json.loads(os.environ[RUNTIMES_VARIABLE])
    return interpreters


@dataclass
class Result(InvocationResult):  # type: ignore[misc]
    """A result, with the events of the log beside their text."""

    log_events: list[str] = field(default_factory=list)


class ProcessExecutor(stock.RuntimeExecutor):  # type: ignore[misc]
    """One execution environment.

    A process that ended (a crash, a time-out, a failed initialisation) is replaced
    when the next event comes, as Lambda does.
    """

    def __init__(self, id: str, function_version: FunctionVersion) -> None:
        super().__init__(id, function_version)
        self._folder = Path(tempfile.gettempdir()) / "functions" / id
        self._log = self._folder / "log"
        self._log_offset = 0
        self._variables: dict[str, str] = {}
        self._process: FunctionProcess | None = None
        self._is_new = True
        self._lock = threading.Lock()
        self._is_invoking = False
        self._is_stopped = False

    @classmethod
    def prepare_version(cls, function_version: FunctionVersion) -> None:
        """Unpacks the code."""
        function_version.config.code.prepare_for_execution()

    @classmethod
    def cleanup_version(cls, function_version: FunctionVersion) -> None:
        """Nothing to do: the code is LocalStack's, and it removes it."""

    def get_address(self) -> str:
        """The address of the environment, as LocalStack sees it."""
        return "127.0.0.1"

    def get_endpoint_from_executor(self) -> str:
        """The address of LocalStack, as the function sees it.

        Not "localhost": names below it, which SDKs make, only browsers and curl know.
        """
        return "127.0.0.1"

    def get_runtime_endpoint(self) -> str:
        """The address that the program in stock's container reports to; none here."""
        return f"http://127.0.0.1:{config.GATEWAY_LISTEN[0].port}"

    def get_logs(self) -> str:
        """All that the function has written."""
        output = self._log.read_bytes() if self._log.exists() else b""
        return "".join(function_output.events(output))

    def start(self, env_vars: dict[str, Any]) -> None:
        """Starts the process and waits until it is initialised, or has failed.

        A failure is the result of the next event, as on AWS; only of provisioned
        concurrency it is the start's own.
        """
        temporary = self._folder / "tmp"
        temporary.mkdir(parents=True)
        self._variables = {
            "PATH": os.environ.get("PATH", os.defpath),
            "LANG": "C.UTF-8",
            # The SDK must not find the settings and credentials of a person.
            "HOME": str(temporary),
            "TMPDIR": str(temporary),
            **{name: str(value) for name, value in env_vars.items()},
            # On AWS each of these is the runtime's own to set.
            "AWS_EXECUTION_ENV": f"AWS_Lambda_{self.function_version.config.runtime}",
            "LAMBDA_TASK_ROOT": str(self._code()),
            "LAMBDA_RUNTIME_DIR": str(Path(__file__).parent / "function_runtime"),
        }
        self._process = self._new_process()
        try:
            first = self._process.wait_until_initialised(INIT_SECONDS)
        except queue.Empty:
            # It goes on, within the time-out of the event that waits for it.
            return
        kind = self._variables["AWS_LAMBDA_INITIALIZATION_TYPE"]
        if kind == InitializationType.provisioned_concurrency and first.kind != "ready":
            raise StatusErrorException(
                "The function could not be initialised.", first.body
            )

    def stop(self) -> None:
        """Ends the environment, once the event that it works on is done."""
        with self._lock:
            self._is_stopped = True
            if self._is_invoking:
                return
        self._end()

    def invoke(self, payload: dict[str, str]) -> Result:
        """Has the function work on one event; ``payload`` is stock's message."""
        with self._lock:
            self._is_invoking = True
        try:
            return self._invoke(payload)
        finally:
            with self._lock:
                self._is_invoking = False
                is_stopped = self._is_stopped
            if is_stopped:
                self._end()

    def _invoke(self, payload: dict[str, str]) -> Result:
        request_id = payload["invoke-id"]
        configuration = self.function_version.config
        begun = time.monotonic()
        process = self._process
        if process is None or process.has_ended_by_itself():
            process = self._process = self._new_process()
        # Lines written before the event: by the initialisation, or by threads that
        # went on after the last one.
        before: list[str] = []
        event: Event | None = None
        try:
            event = process.wait_until_initialised(configuration.timeout)
            before = self._new_log_events()
            if event.kind == "ready":
                seconds = begun + configuration.timeout - time.monotonic()
                event = process.invoke(_invocation(payload, seconds), seconds)
        except queue.Empty:
            event = None
        duration = time.monotonic() - begun
        memory = process.memory()
        if event is not None and event.kind == "too_large":
            # Lambda does not take the result, and the runtime then says so and exits.
            process.wait_until_ended(_EXIT_SECONDS)
        if event is None or event.kind in ("init_error", "exit", "too_large"):
            process.end()
            self._process = None

        failure = _failure(event, request_id, configuration.timeout)
        log = [
            *before,
            invocation_log.start(request_id, self.function_version.id.qualifier),
            *self._new_log_events(),
            *invocation_log.end(
                request_id,
                failure,
                # A function that is ended at its time-out has run for just as long.
                duration=min(duration, configuration.timeout),
                memory_size=configuration.memory_size,
                memory_used=memory,
                init_duration=process.init_duration if self._is_new else None,
            ),
        ]
        self._is_new = False
        if failure is not None:
            return Result(request_id, failure.payload, True, "".join(log), None, log)
        assert event is not None
        return Result(request_id, event.body, False, "".join(log), None, log)

    def _code(self) -> Path:
        return Path(self.function_version.config.code.get_unzipped_code_location())

    def _new_process(self) -> FunctionProcess:
        python = runtimes()[self.function_version.config.runtime]
        return FunctionProcess(python, self._variables, self._code(), self._log)

    def _new_log_events(self) -> list[str]:
        with self._log.open("rb") as log:
            log.seek(self._log_offset)
            output = log.read()
        self._log_offset += len(output)
        return function_output.events(output)

    def _end(self) -> None:
        if self._process is not None:
            self._process.end()
        shutil.rmtree(self._folder, ignore_errors=True)


def _invocation(payload: dict[str, str], seconds: float) -> Invocation:
    deadline = int((time.time() + seconds) * 1000)
    return Invocation(
        payload["payload"].encode(),
        {
            "Lambda-Runtime-Aws-Request-Id": payload["invoke-id"],
            "Lambda-Runtime-Deadline-Ms": str(deadline),
            "Lambda-Runtime-Invoked-Function-Arn": payload["invoked-function-arn"],
            "Lambda-Runtime-Trace-Id": payload["trace-id"],
        },
    )


def _failure(event: Event | None, request_id: str, timeout: float) -> Failure | None:
    if event is None:
        return invocation_log.timed_out(request_id, timeout)
    if event.kind == "exit":
        return invocation_log.exited(request_id, event.status)
    if event.kind == "init_error":
        return invocation_log.not_initialised(event.body)
    if event.kind == "error":
        return Failure(event.body)
    if event.kind == "too_large":
        return invocation_log.too_large(event.size)
    return None
