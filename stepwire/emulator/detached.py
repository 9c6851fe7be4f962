"""The emulator of a project that ``stepwire up`` starts and ``stepwire down`` ends.

Its state is in ``.stepwire/emulator`` of the project, not in a folder of the user's:
each checkout has an emulator of its own, and deleting the checkout deletes all of it.
The project is the nearest folder, from the current one upwards, that has a
``.stepwire`` or a ``.git``; without one it is the current folder.
"""

from __future__ import annotations

import contextlib
import fcntl
import http.client
import json
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import psutil

from stepwire.emulator import install, server
from stepwire.emulator.emulator import client_environment
from stepwire.emulator.install import OnProgress

_STATE = "state.json"


@dataclass(frozen=True)
class Running:
    """An emulator that was started by ``up`` and is there now."""

    process: psutil.Process
    port: int
    directory: Path

    @property
    def endpoint_url(self) -> str:
        """What clients get as AWS_ENDPOINT_URL."""
        return f"http://localhost:{self.port}"

    @property
    def log_file(self) -> Path:
        """LocalStack's log."""
        return server.log_file(self.directory)

    def environment(self) -> dict[str, str]:
        """The AWS_* variables for programs that shall use it."""
        return client_environment(self.endpoint_url)

    def is_answering(self) -> bool:
        """Whether it answers at once, or within a second."""
        return server.is_answering(self.port)

    def uptime(self) -> float:
        """Seconds since it was started."""
        return time.time() - self.process.create_time()

    def memory(self) -> int:
        """Bytes in memory, of LocalStack and of the functions' processes together."""
        total = 0
        for process in (self.process, *self._children()):
            with contextlib.suppress(psutil.NoSuchProcess):
                total += process.memory_info().rss
        return total

    def services(self) -> list[str]:
        """The services that have been used since the start, by LocalStack's names."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        with contextlib.closing(connection):
            connection.request("GET", "/_localstack/health")
            states: dict[str, str] = json.load(connection.getresponse())["services"]
        return sorted(name for name, state in states.items() if state == "running")

    def functions(self) -> dict[str, int]:
        """The functions that have execution environments, and how many."""
        counts: dict[str, int] = {}
        for process in self._children():
            with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
                name = process.environ().get("AWS_LAMBDA_FUNCTION_NAME")
                if name is not None and process.parent() == self.process:
                    counts[name] = counts.get(name, 0) + 1
        return dict(sorted(counts.items()))

    def _children(self) -> list[psutil.Process]:
        try:
            return self.process.children(recursive=True)
        except psutil.NoSuchProcess:
            return []

    def end(self) -> None:
        """Ends it and everything that it started."""
        everything = [self.process, *self._children()]
        with contextlib.suppress(psutil.NoSuchProcess):
            self.process.terminate()
        _, alive = psutil.wait_procs(everything, timeout=10)
        for process in alive:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(alive, timeout=10)


class Project:
    """The place of one project's emulator."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory / ".stepwire" / "emulator"

    @classmethod
    def of(cls, directory: Path) -> Self:
        """The project that ``directory`` is in."""
        for folder in (directory, *directory.parents):
            if any((folder / name).exists() for name in (".stepwire", ".git")):
                return cls(folder)
        return cls(directory)

    @property
    def folder(self) -> Path:
        """``.stepwire`` of the project, for what is kept beside the emulator."""
        return self._directory.parent

    @property
    def log_file(self) -> Path:
        """The log of the emulator that runs, or of the last one."""
        return server.log_file(self._directory)

    def running(self) -> Running | None:
        """The project's emulator, where it is up.

        A process that only has the same id is not taken for it.
        """
        try:
            state: dict[str, Any] = json.loads((self._directory / _STATE).read_text())
            process = psutil.Process(state["pid"])
            # The clock may have been set a little since.
            if abs(process.create_time() - state["create_time"]) > 2 or (
                process.status() == psutil.STATUS_ZOMBIE
            ):
                return None
        except (FileNotFoundError, psutil.NoSuchProcess):
            return None
        return Running(process, state["port"], self._directory)

    def up(
        self, port: int | None = None, on_progress: OnProgress | None = None
    ) -> Running:
        """Starts the project's emulator, or returns the one that is up.

        Raises StepwireError as ``Emulator.start`` does.
        """
        with self._locked():
            running = self.running()
            if running is not None:
                return running
            installation = install.ensure(on_progress or (lambda _line: None))
            self._remove_data()
            started = server.start(installation, self._directory, port, detached=True)
            process = psutil.Process(started.process.pid)
            running = Running(process, started.port, self._directory)
            try:
                started.wait_until_ready(60)
            except BaseException:
                running.end()
                raise
            self._write(running)
            return running

    def down(self) -> bool:
        """Ends the project's emulator; whether there was one. Its log stays."""
        with self._locked():
            running = self.running()
            if running is not None:
                running.end()
            self._remove_data()
            return running is not None

    def _write(self, running: Running) -> None:
        state = {
            "pid": running.process.pid,
            "create_time": running.process.create_time(),
            "port": running.port,
            "endpoint_url": running.endpoint_url,
        }
        file = self._directory / _STATE
        # Whole or not at all: `status` may read it at any time.
        new = file.with_suffix(".new")
        new.write_text(json.dumps(state, indent=2) + "\n")
        new.replace(file)

    def _remove_data(self) -> None:
        (self._directory / _STATE).unlink(missing_ok=True)
        for name in ("data", "tmp"):
            shutil.rmtree(self._directory / name, ignore_errors=True)

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        self._directory.mkdir(parents=True, exist_ok=True)
        with (self._directory / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
