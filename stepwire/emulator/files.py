"""The emulator's files: for their owner alone, and errors in words for the reader."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from stepwire.errors import StepwireError

_FULL = (errno.ENOSPC, errno.EDQUOT)
_FULL_TO_THE_READER = ("No space left on device", "Disk quota exceeded")
# Less than a LocalStack writes while it starts.
_NEEDED_BYTES = 1_000_000


@contextlib.contextmanager
def explained(folder: Path, setting: str | None = None) -> Iterator[None]:
    """Turns the OSError of what is done in ``folder`` into a StepwireError.

    ``setting``: the environment variable that can name another folder.
    """
    try:
        yield
    except OSError as error:
        hint = f"{folder} has to be a folder that you can write to."
        if setting is not None:
            hint = f"{hint} {setting} can name another."
        if error.errno in _FULL:
            hint = full_hint(folder)
        # It may be a descriptor's number, or missing.
        where = error.filename if isinstance(error.filename, str | Path) else folder
        raise StepwireError(
            f"{where}: {error.strerror or error}.", hint=hint
        ) from error


def full_hint(path: Path) -> str:
    """What to do where the disk of ``path`` is full."""
    return f"The disk is full: free some space for {path}, and try again."


def is_full(path: Path) -> bool:
    """Whether the disk of the folder has no room for an emulator's files."""
    return shutil.disk_usage(path).free < _NEEDED_BYTES


def says_full(output: str) -> bool:
    """Whether a program's output says that a disk is full."""
    return any(words in output for words in _FULL_TO_THE_READER)


def make_private_folder(path: Path) -> None:
    """Makes the folder, and what is missing above it, for the owner alone.

    One that is there already is closed to others. Raises OSError.
    """
    for folder in (*reversed(path.parents), path):
        if not folder.exists():
            folder.mkdir(mode=0o700, exist_ok=True)
    path.mkdir(exist_ok=True)
    path.chmod(0o700)


def open_private_file(path: Path) -> BinaryIO:
    """An empty file to be written, for the owner alone. Raises OSError."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.fchmod(descriptor, 0o600)
    return os.fdopen(descriptor, "wb")


def remove(path: Path) -> None:
    """Removes a folder, or whatever else is there; nothing is fine, too."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
