"""The emulator of a project that ``stepwire up`` starts and ``stepwire down`` ends.

Its files are in ``.stepwire/emulator`` of the project, not in a folder of the user's:
each checkout has its emulator, and deleting the checkout deletes all of it.
The list of processes alone says whether it is there: it is the launcher that runs in
that folder. A file that says so could be missing, damaged or wrong.
The project is the nearest folder, from the current one upwards, that has a
``.stepwire`` or a ``.git``; without one it is the current folder.
"""

from __future__ import annotations

import contextlib
import fcntl
import http.client
import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import psutil

from stepwire import files
from stepwire.emulator import install, server
from stepwire.emulator.emulator import client_environment
from stepwire.emulator.install import OnProgress

_READY_WITHIN = 60.0


@dataclass(frozen=True)
class Running:
    """An emulator that was started by ``up`` and is there now."""

    process: psutil.Process
    port: int
    directory: Path

    @property
    def endpoint_url(self) -> str:
        """The AWS_ENDPOINT_URL of clients."""
        return f"http://localhost:{self.port}"

    @property
    def log_file(self) -> Path:
        """LocalStack's log."""
        return server.log_file(self.directory)

    def environment(self) -> dict[str, str]:
        """The AWS_* variables for programs that are to use it."""
        return client_environment(self.endpoint_url)

    def is_answering(self) -> bool:
        """Whether it answers at once, or within a second."""
        return server.is_answering(self.port)

    def wait_until_ready(self) -> None:
        """Returns when it answers, which it may not do yet.

        Raises StepwireError as ``server.wait_until_ready`` does.
        """
        server.wait_until_ready(
            self.port,
            self.log_file,
            _READY_WITHIN,
            lambda: None if _is_alive(self.process) else "its log may say why",
        )

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
        """The services that have been used since the start, by LocalStack's names.

        None where it does not answer any more.
        """
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        states: dict[str, str] = {}
        with (
            contextlib.closing(connection),
            contextlib.suppress(OSError, http.client.HTTPException),
        ):
            connection.request("GET", "/_localstack/health")
            states = json.load(connection.getresponse())["services"]
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
    """The emulator of one project, whether it runs or not."""

    def __init__(self, directory: Path) -> None:
        # As the system names the folder that a process runs in.
        self._directory = directory.resolve() / files.STATE / "emulator"

    @classmethod
    def of(cls, directory: Path) -> Self:
        """The project that ``directory`` is in."""
        for folder in (directory, *directory.parents):
            if any((folder / name).exists() for name in (files.STATE, ".git")):
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
        """The project's emulator, where it is up or about to be."""
        found: dict[int, Running] = {}
        for process in psutil.process_iter():
            # It may end meanwhile, or be another user's.
            with contextlib.suppress(psutil.Error):
                port = _port(process)
                if port is not None and Path(process.cwd()) == self._directory:
                    found[process.pid] = Running(process, port, self._directory)
        for running in found.values():
            with contextlib.suppress(psutil.NoSuchProcess):
                # A child of it has its command line, for an instant.
                if running.process.ppid() not in found:
                    return running
        return None

    def up(
        self, port: int | None = None, on_progress: OnProgress | None = None
    ) -> Running:
        """Starts the project's emulator, or returns the one that is up.

        Raises StepwireError as ``Emulator.start`` does.
        """
        with self._locked():
            running = self.running()
            if running is not None:
                # The command that started it may have been ended before it was ready.
                running.wait_until_ready()
                return running
            installation = install.ensure(on_progress or (lambda _line: None))
            self._remove_data()
            started = server.start(installation, self._directory, port, detached=True)
            process = psutil.Process(started.process.pid)
            running = Running(process, started.port, self._directory)
            try:
                started.wait_until_ready(_READY_WITHIN)
            except BaseException:
                running.end()
                self._remove_data()
                raise
            return running

    def down(self) -> bool:
        """Ends the project's emulator; whether there was one. Its log stays.

        Raises StepwireError when its files cannot be removed.
        """
        if self.running() is None and not self._directory.exists():
            return False
        with self._locked():
            running = self.running()
            if running is not None:
                running.end()
            self._remove_data()
            return running is not None

    def _remove_data(self) -> None:
        with files.translate_os_errors(self._directory):
            server.remove_data(self._directory)

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        with files.translate_os_errors(self._directory):
            files.make_private_folder(self._directory)
            files.keep_from_git(self.folder)
            # The folder itself: there is no file to be damaged or left.
            lock = os.open(self._directory, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)


def _port(process: psutil.Process) -> int | None:
    """The port of a process that is an emulator of ``up`` and this user's; else None.

    Raises psutil.Error.
    """
    match process.cmdline():
        case [_, "-P", launcher, server.DETACHED, port] if _is_launcher(launcher):
            return int(port) if process.uids().real == os.getuid() else None
    return None


def _is_launcher(path: str) -> bool:
    """Whether it is that of this installation of Stepwire or of another."""
    return Path(path).parts[-2:] == server.LAUNCHER.parts[-2:]


def _is_alive(process: psutil.Process) -> bool:
    with contextlib.suppress(psutil.NoSuchProcess):
        return process.status() != psutil.STATUS_ZOMBIE
    return False
