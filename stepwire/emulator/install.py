"""The emulator's own virtual environments, made once and then shared.

LocalStack's pinned dependencies would not go together with a user's. So it gets a
virtual environment, and Lambda functions another, in ``$STEPWIRE_HOME`` or, where
that is unset, in the user's cache folder (XDG on Linux, ~/Library/Caches on macOS).
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import uv

from stepwire import files
from stepwire.errors import StepwireError
from stepwire.locks import locked

OnProgress = Callable[[str], None]
"""Called with one line, without a line end, before each step that takes seconds."""

FUNCTION_RUNTIMES = ("python3.13",)
"""The Lambda runtimes that have a lock file beside this module."""

_COMPLETE = "stepwire-complete"
# A version of the way in which environments are made; raised when that changes.
_RECIPE = 1


def _ignore(_line: str) -> None:
    pass


@dataclass(frozen=True)
class Installation:
    """The interpreters and the cache that an emulator needs on the machine."""

    python: Path
    """The Python interpreter that has LocalStack."""
    runtimes: Mapping[str, Path]
    """The Python interpreter of each Lambda runtime."""
    cache: Path
    """A folder for what LocalStack computes once; as old as its interpreter."""


def ensure(on_progress: OnProgress = _ignore) -> Installation:
    """The installation; missing parts of it are made first.

    Processes that want the same at once wait for the first of them. Existing parts are
    only read. Raises StepwireError when something cannot be installed.
    """
    python = _environment("localstack", on_progress)
    return Installation(
        python,
        {
            runtime: _environment(f"function-{runtime}", on_progress)
            for runtime in FUNCTION_RUNTIMES
        },
        python.parent.parent / "cache",
    )


def _environment(name: str, on_progress: OnProgress) -> Path:
    lock_file = Path(__file__).with_name(f"{name}.txt")
    folder = files.home() / f"{name}-{_key(lock_file)}"
    python = folder / "bin" / "python"
    if (folder / _COMPLETE).exists():
        return python
    lock = folder.with_name(f"{folder.name}.lock")
    waits = partial(on_progress, "waiting for another process that installs the same")
    with files.translate_os_errors(files.home(), "STEPWIRE_HOME"), locked(lock, waits):
        if not (folder / _COMPLETE).exists():
            # An interrupted attempt may have left something.
            shutil.rmtree(folder, ignore_errors=True)
            on_progress(f"installing {_title(name)} into {folder}")
            _make(folder, lock_file, on_progress)
            (folder / _COMPLETE).touch()
    return python


def _key(lock_file: Path) -> str:
    # An environment depends on the interpreter that it was made with, too.
    parts = [lock_file.read_text(), sys.version, sys.base_prefix, str(_RECIPE)]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]


def _title(name: str) -> str:
    if name == "localstack":
        return "LocalStack"
    return f"the Lambda runtime {name.removeprefix('function-')}"


def _make(folder: Path, lock_file: Path, on_progress: OnProgress) -> None:
    try:
        _make_with_uv(folder, lock_file)
        return
    except (OSError, subprocess.CalledProcessError) as error:
        by_uv = _output(error)
    # uv does not read pip's settings: pip may know an index that uv does not.
    on_progress("uv could not; installing with pip, which takes about a minute")
    shutil.rmtree(folder, ignore_errors=True)
    try:
        _make_with_pip(folder, lock_file)
    except (OSError, subprocess.CalledProcessError) as error:
        shutil.rmtree(folder, ignore_errors=True)
        said = f"uv: {by_uv}\npip: {_output(error)}"
        hint = (
            "It takes a network with PyPI, or an index that uv or pip is set up for "
            "(UV_DEFAULT_INDEX, PIP_INDEX_URL)."
        )
        if files.reports_full_disk(said):
            hint = files.full_hint(folder.parent)
        raise StepwireError(
            f"The packages of {lock_file} could not be installed.\n{said}", hint=hint
        ) from error


def _make_with_uv(folder: Path, lock_file: Path) -> None:
    # The system's certificates: companies put those of their proxies there.
    environment = {"UV_SYSTEM_CERTS": "1", **os.environ}
    program = uv.find_uv_bin()
    venv = [program, "venv", "--no-project", "--python", sys.executable]
    _run([*venv, str(folder)], environment)
    # Compiled now, the first start is as quick as the next.
    sync = [program, "pip", "sync", "--compile-bytecode", "--python"]
    _run([*sync, str(folder / "bin" / "python"), str(lock_file)], environment)


def _make_with_pip(folder: Path, lock_file: Path) -> None:
    _run([sys.executable, "-m", "venv", str(folder)], dict(os.environ))
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--no-deps"]
    _run([*pip, "--requirement", str(lock_file)], dict(os.environ))


def _run(command: Sequence[str], environment: dict[str, str]) -> None:
    # A virtual environment that is active would be taken for the one to change.
    environment.pop("VIRTUAL_ENV", None)
    subprocess.run(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=True,
    )


def _output(error: OSError | subprocess.CalledProcessError) -> str:
    if isinstance(error, OSError):
        return str(error)
    return "\n".join(str(error.stdout).strip().splitlines()[-15:])
