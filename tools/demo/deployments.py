"""Several root modules that are applied at once, and that end together."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Self

from stepwire.errors import StepwireError
from stepwire.terraform import StoppedError

_AT_ONCE = 3


class Deployments:
    """Runs deployments in threads, for as long as its ``with`` lasts.

    The first that fails ends the others, and so does leaving the ``with`` by an error
    or a Ctrl-C: ``stop`` is the event that every Terraform of a deployment gets.
    """

    def __init__(self) -> None:
        self.stop = threading.Event()
        self._pool = ThreadPoolExecutor(_AT_ONCE)
        self._failures: list[Exception] = []

    def start[T](self, deploy: Callable[[], T]) -> Future[T]:
        """Starts a deployment as soon as a thread is free."""

        def run() -> T:
            try:
                return deploy()
            except Exception as error:
                if not isinstance(error, StoppedError):
                    self._failures.append(error)
                    self.stop.set()
                raise

        return self._pool.submit(run)

    def result[T](self, deployment: Future[T]) -> T:
        """The deployment's result, when it has ended. Raises the failures of any."""
        try:
            return deployment.result()
        except Exception:
            # The failure of another deployment may have ended this one.
            self.check()
            raise

    def check(self) -> None:
        """Raises the failures of any deployment so far.

        Where several failed before they could be ended, the error has all messages.
        """
        if not self._failures:
            return
        first, *others = list(self._failures)
        if not others or not isinstance(first, StepwireError):
            raise first
        raise StepwireError("\n\n".join(str(error) for error in (first, *others)))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        if kind is not None:
            self.stop.set()
        self._pool.shutdown(cancel_futures=kind is not None)
