"""One process of a function's runtime, with its Runtime API."""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import subprocess
import threading
import time
import weakref
from collections.abc import Mapping
from pathlib import Path

import psutil

from .runtime_api import Event, Invocation, RuntimeApi

_BOOTSTRAP = Path(__file__).parent / "function_runtime" / "bootstrap.py"
_running: weakref.WeakSet[FunctionProcess] = weakref.WeakSet()


def end_all() -> None:
    """Kills every function process of this LocalStack, and waits until they are gone.

    Not for longer than a second, since LocalStack ends next: what cannot be waited for
    is killed by its watcher then.
    """
    processes = list(_running)
    for process in processes:
        process.kill()
    deadline = time.monotonic() + 1
    for process in processes:
        process.wait_until_ended(max(deadline - time.monotonic(), 0))


class FunctionProcess:
    """A runtime that has been started.

    It leads a process group, so that what a function starts ends with it.
    A watcher in the group holds a pipe by which it notices that LocalStack is gone.
    Raises OSError when the interpreter cannot be started.
    """

    def __init__(
        self, python: str, environment: Mapping[str, str], code: Path, log: Path
    ) -> None:
        self.init_duration: float | None = None
        self._events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._first: Event | None = None
        self._ended = threading.Event()
        self._begun = time.monotonic()
        self._api = RuntimeApi(self._events)
        try:
            with log.open("ab") as output:
                self._process = subprocess.Popen(
                    # -P: the folder of the bootstrap is no place to import from.
                    # -B: the folder of the code is read-only on AWS.
                    [python, "-P", "-B", _BOOTSTRAP],
                    env={**environment, "AWS_LAMBDA_RUNTIME_API": self._api.address},
                    cwd=code,
                    stdin=subprocess.PIPE,
                    stdout=output,
                    stderr=output,
                    start_new_session=True,
                )
        except OSError:
            self._api.close()
            raise
        self._group = self._process.pid
        _running.add(self)
        threading.Thread(
            target=self._wait, name=f"stepwire-function-{self._group}", daemon=True
        ).start()

    def wait_until_initialised(self, seconds: float) -> Event:
        """The first event: ``ready``, ``init_error`` or ``exit``.

        Raises queue.Empty when it does not come within ``seconds``.
        """
        if self._first is None:
            self._first = self._events.get(timeout=max(seconds, 0))
            self.init_duration = time.monotonic() - self._begun
        return self._first

    def invoke(self, invocation: Invocation, seconds: float) -> Event:
        """Gives the runtime an event and waits for its result.

        That is ``response``, ``error``, ``too_large`` or ``exit``. Raises queue.Empty
        when none comes within ``seconds``.
        """
        self._api.send(invocation)
        return self._events.get(timeout=max(seconds, 0))

    def has_ended_by_itself(self) -> bool:
        """Whether it ended while it had nothing to do."""
        return self._first == Event("ready") and not self._is_running()

    def memory(self) -> int | None:
        """Bytes that the process holds now; None once it has ended."""
        try:
            return int(psutil.Process(self._group).memory_info().rss)
        except psutil.NoSuchProcess:
            return None

    def _is_running(self) -> bool:
        # The system knows before the thread that waits for it does.
        try:
            status = psutil.Process(self._group).status()
        except psutil.NoSuchProcess:
            return False
        return status != psutil.STATUS_ZOMBIE and not self._ended.is_set()

    def kill(self) -> None:
        """Ends the process and all that it started."""
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._group, signal.SIGKILL)

    def wait_until_ended(self, seconds: float) -> None:
        """Returns when it has ended by itself, or after ``seconds``."""
        self._ended.wait(seconds)

    def end(self) -> None:
        """Kills it, and returns when its output is complete."""
        self.kill()
        self._ended.wait()

    def _wait(self) -> None:
        # The group may outlive its leader, whose id cannot be another's before the
        # leader is reaped.
        os.waitid(os.P_PID, self._group, os.WEXITED | os.WNOWAIT)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._group, signal.SIGKILL)
        status = self._process.wait()
        _running.discard(self)
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._ended.set()
        self._events.put(Event("exit", status=status))
        self._api.close()
