"""The demo's target, and the recovery from a demo that did not finish.

Terraform that was interrupted may have made what its state does not know. The
project's emulator forgets everything when it ends, so a demo that finds the mark of
an unfinished one begins with a new emulator and new states.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from rich.console import Console

from stepwire import files
from stepwire.emulator.detached import Project
from stepwire.emulator.emulator import Emulator
from stepwire.errors import StepwireError
from stepwire.locks import Ownership


@dataclass(frozen=True)
class Target:
    """An emulator; ``is_ours`` says whether it is the project's.

    ``build_folder`` is where Terraform keeps the states of what is deployed there.
    """

    environment: Mapping[str, str]
    build_folder: Path
    is_ours: bool

    def mark_deployed(self) -> None:
        """Marks the deployment as finished: another demo may build on its resources."""
        _mark(self.build_folder.parent).unlink(missing_ok=True)


def prepare(directory: Path, console: Console) -> Target:
    """The emulator at AWS_ENDPOINT_URL, or else the project's, started if needed.

    It counts as unfinished from now on until ``mark_deployed``.
    """
    folder = _folder(directory)
    mark = _mark(folder)
    if os.environ.get("AWS_ENDPOINT_URL"):
        emulator = Emulator.connect()
        url = emulator.endpoint_url
        console.print(f"AWS_ENDPOINT_URL is set: {url} is used.")
        build_folder = folder / re.sub(r"\W+", "-", url)
        if mark.exists():
            console.print(
                "The last demo did not finish. Where names are taken now: end that "
                f"emulator, start it again, and rm -r {build_folder}"
            )
        mark.touch()
        return Target(emulator.environment(), build_folder, is_ours=False)
    project = Project.of(directory)
    was_up = project.running() is not None
    if was_up and mark.exists():
        console.print("The last demo did not finish: LocalStack is restarted.")
        project.down()
        was_up = False
    mark.touch()
    running = project.up(on_progress=console.print)
    console.print(
        f"LocalStack {'was' if was_up else 'is'} up at {running.endpoint_url}"
    )
    # A new emulator has none of the resources in an old state. A Terraform that
    # outlived a killed demo may still write into the old folder.
    name = f"localstack-{running.process.pid}-{running.port}"
    for old in folder.glob("localstack-*"):
        if old.name != name:
            shutil.rmtree(old, ignore_errors=True)
    return Target(running.environment(), folder / name, is_ours=True)


def left_running(directory: Path) -> str:
    """A message for a demo that did not finish: what still runs, and how to end it."""
    if endpoint_url := os.environ.get("AWS_ENDPOINT_URL"):
        return f"The resources at {endpoint_url} are left there."
    running = Project.of(directory).running()
    if running is None:
        return "Nothing is left running."
    return (
        f"LocalStack is still up at {running.endpoint_url} "
        f"({running.memory() / 2**20:.0f} MB): `make down` or `stepwire down` ends it."
    )


@contextlib.contextmanager
def only_one(directory: Path) -> Iterator[None]:
    """Raises StepwireError where another demo of this checkout runs."""
    ownership = Ownership.take(_folder(directory) / "lock")
    if ownership is None:
        raise StepwireError(
            f"Another demo runs in {directory}.", hint="Wait for its end."
        )
    try:
        yield
    finally:
        ownership.release()


@contextlib.contextmanager
def ended_by_signals() -> Iterator[None]:
    """Raises KeyboardInterrupt when the terminal is closed or the process killed."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    numbers = (signal.SIGTERM, signal.SIGHUP)
    before = [signal.signal(number, interrupt) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)


def _folder(directory: Path) -> Path:
    folder = directory / files.STATE / "demo"
    # States may hold secrets.
    with files.translate_os_errors(folder):
        files.make_private_folder(folder)
    return folder


def _mark(folder: Path) -> Path:
    return folder / "unfinished"
