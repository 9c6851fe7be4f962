"""python-terraform, made to stream, to obey an environment and to stop cleanly.

python-terraform builds the command lines. It runs them with the caller's own
environment, its output either captured whole or not at all, and a Ctrl-C ends
Terraform in the middle of an apply; so its ``cmd`` is replaced.
"""

from __future__ import annotations

import contextlib
import math
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, TextIO

import python_terraform

from stepwire import files
from stepwire.errors import StepwireError

FLAG = python_terraform.IsFlagged
"""The value of an option that has none, such as ``json=FLAG`` for ``-json``."""

_POLL_SECONDS = 0.02
_LONGEST_END_SECONDS = 8
# Ends of a program beside a Ctrl-C: by a supervisor, by a terminal that is closed.
_ENDING = (signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True)
class Finished:
    """A Terraform command that has ended: its exit status and what it wrote."""

    status: int
    stdout: str
    stderr: str


class StoppedError(StepwireError):
    """A command was ended from outside, because something else went wrong."""


class Command(python_terraform.Terraform):  # type: ignore[misc]
    """Runs Terraform's commands in ``folder``; use ``cmd`` only.

    Output goes through files in ``logs``, which only the user can read. A pipe would
    end Terraform in the middle of an apply (SIGPIPE) when the program that reads it
    dies; a file lets it finish and write its state.
    """

    def __init__(
        self,
        program: Path,
        folder: Path,
        logs: Path,
        stop: threading.Event | None = None,
    ) -> None:
        super().__init__(working_dir=str(folder), terraform_bin_path=str(program))
        self.logs = logs
        self._stop = stop or threading.Event()

    def read_state_file(self, file_path: str | None = None) -> None:
        """Not read after every command: the state is not where it is looked for."""

    def forget(self, cmd: str) -> None:
        """Remove what the last run of a command wrote."""
        for file in self._log_files(cmd):
            file.unlink(missing_ok=True)

    def _log_files(self, cmd: str) -> tuple[Path, Path]:
        name = cmd.replace(" ", "-")
        return self.logs / f"{name}.out", self.logs / f"{name}.err"

    def cmd(
        self,
        cmd: str,
        *arguments: str,
        environment: Mapping[str, str],
        on_line: Callable[[str], None] | None = None,
        standard_input: str = "",
        **options: Any,
    ) -> Finished:
        """Run ``terraform cmd -option=value ... arguments`` to its end.

        ``on_line`` gets each line of the standard output as it is written. On
        Ctrl-C Terraform is interrupted once, finishes or cancels what it has started,
        writes and releases its state; then KeyboardInterrupt goes on. A second Ctrl-C
        makes Terraform end at once, and after a few seconds it is killed. So it is
        when the event ``stop`` is set, which raises StoppedError, and when this
        process is told to end (SIGTERM, SIGHUP), which raises SystemExit.
        """
        if self._stop.is_set():
            raise StoppedError(f"terraform {cmd} was not begun.")
        # Named by the command: the last run of each is left to be looked at.
        out, err = self._log_files(cmd)
        with (
            _exit_on_signals(),
            files.open_private_file(out) as stdout,
            files.open_private_file(err) as stderr,
            out.open(encoding="utf-8", errors="replace") as reader,
        ):
            process = subprocess.Popen(
                self.generate_cmd_string(cmd, *arguments, **options),
                cwd=self.working_dir,
                env=dict(environment),
                stdin=subprocess.PIPE if standard_input else subprocess.DEVNULL,
                stdout=stdout,
                stderr=stderr,
                # Another one, so that a terminal's Ctrl-C reaches Terraform once,
                # through here, and not twice: twice means "end at once".
                process_group=0,
            )
            if process.stdin is not None:
                # Beside: Terraform may end before it has read all of it.
                threading.Thread(
                    target=_write, args=(process.stdin, standard_input), daemon=True
                ).start()
            _follow(process, reader, on_line, self._stop)
        return Finished(
            process.returncode,
            out.read_text(encoding="utf-8", errors="replace"),
            err.read_text(encoding="utf-8", errors="replace"),
        )


def _write(pipe: IO[bytes], text: str) -> None:
    with contextlib.suppress(BrokenPipeError), pipe:
        pipe.write(text.encode())


@contextlib.contextmanager
def _exit_on_signals() -> Iterator[None]:
    """Turns a signal that would end this process into SystemExit.

    Signals that the program handles by itself are left to it.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(number: int, _frame: object) -> None:
        sys.exit(128 + number)

    taken = [one for one in _ENDING if signal.getsignal(one) == signal.SIG_DFL]
    for one in taken:
        signal.signal(one, end)
    try:
        yield
    finally:
        for one in taken:
            signal.signal(one, signal.SIG_DFL)


def _follow(
    process: subprocess.Popen[bytes],
    reader: TextIO,
    on_line: Callable[[str], None] | None,
    stop: threading.Event,
) -> None:
    """Wait for the end of Terraform, and see to it where something is in the way."""
    reason: BaseException | None = None
    deadline = math.inf
    lines = _Lines(reader)
    ended = False
    while not ended:
        try:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_POLL_SECONDS)
            # Asked before the rest is read: what it wrote last is then seen.
            ended = process.poll() is not None
            for line in lines.read():
                if on_line is not None and not isinstance(reason, Exception):
                    on_line(line)
            if stop.is_set() and reason is None and not ended:
                raise StoppedError("Terraform was ended before it was done.")
            if time.monotonic() > deadline:
                # With what it has started, such as a provider that does not answer.
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
        except BaseException as error:
            if reason is None:
                deadline = time.monotonic() + _LONGEST_END_SECONDS
            reason = error
            # Terraform alone: it tells its providers to cancel what they do.
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGINT)
    if reason is not None:
        raise reason


class _Lines:
    """The whole lines that have been written since the last look."""

    def __init__(self, reader: TextIO) -> None:
        self._reader = reader
        self._pending = ""

    def read(self) -> list[str]:
        self._pending += self._reader.read()
        *whole, self._pending = self._pending.split("\n")
        return whole
