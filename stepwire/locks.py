"""Locks among processes of this machine; the kernel releases those of a dead one."""

from __future__ import annotations

import contextlib
import fcntl
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Self


@contextlib.contextmanager
def locked(file: Path, on_wait: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Wait until no other process is in here with the same ``file``.

    ``on_wait`` is called before, where another one is.
    """
    with _opened(file) as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            on_wait()
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


class Ownership:
    """A lock that one process has until it releases it or ends."""

    def __init__(self, lock: IO[str]) -> None:
        self._lock = lock

    @classmethod
    def take(cls, file: Path) -> Self | None:
        """Take what ``file`` stands for; None where another process has it."""
        lock = _opened(file)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            return None
        return cls(lock)

    def release(self) -> None:
        """Let others take it."""
        self._lock.close()


class Use:
    """One of many processes that use what ``file`` stands for."""

    def __init__(self, file: Path) -> None:
        self._lock = _opened(file)
        fcntl.flock(self._lock, fcntl.LOCK_SH)

    def wait_until_alone(self) -> None:
        """Returns when no other process uses it; until the end none can begin to.

        Two that wait for each other are let through one after the other: one that
        waits no longer counts as a user.
        """
        fcntl.flock(self._lock, fcntl.LOCK_EX)

    def end(self) -> None:
        """Use it no longer."""
        self._lock.close()


def _opened(file: Path) -> IO[str]:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return file.open("w", encoding="utf-8")
