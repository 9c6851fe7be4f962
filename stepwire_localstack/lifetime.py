"""The end of LocalStack: at once, with its function processes, without a trace.

Its own orderly shutdown waits for open connections, and keeps nothing.
"""

from __future__ import annotations

import os
import shutil
import sys
import threading
import time
from pathlib import Path
from typing import Final

_REMOVED_WITHIN_SECONDS: Final = 5.0


def end_with_standard_input(remove: Path | None) -> None:
    """Ends this process when the one that started it ends, however that ends.

    The parent holds the write end of a pipe, which is standard input here. The system
    closes it with the parent, also after SIGKILL, on Linux and on macOS alike.
    ``remove`` is a folder that goes, too.
    """
    pipe = os.dup(0)
    # Nothing else may wait for, or take, what belongs to this pipe.
    with open(os.devnull) as nothing:
        os.dup2(nothing.fileno(), 0)

    def watch() -> None:
        while os.read(pipe, 1):
            pass
        end(remove)

    threading.Thread(target=watch, name="stepwire-lifetime", daemon=True).start()


def end_at_signals() -> None:
    """Ends this process at SIGTERM and SIGINT, which LocalStack itself handles."""
    # Here: LocalStack reads its settings when it is imported.
    from localstack.runtime.runtime import LocalstackRuntime  # noqa: PLC0415

    LocalstackRuntime.exit = lambda _runtime, code=0: end(None, code)


def end(remove: Path | None, status: int = 0) -> None:
    """Kills the function processes, removes the folder, and exits."""
    # Loaded only where a function was ever created.
    processes = sys.modules.get("stepwire_localstack.function_process")
    if processes is not None:
        processes.end_all()
    if remove is not None:
        _remove(remove)
    os._exit(status)


def _remove(folder: Path) -> None:
    """Removes it although other threads still write into it."""
    deadline = time.monotonic() + _REMOVED_WITHIN_SECONDS
    while folder.exists() and time.monotonic() < deadline:
        shutil.rmtree(folder, ignore_errors=True)
