"""Files that Stepwire keeps: for their owner alone, with errors in plain words."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import platformdirs

from stepwire.errors import StepwireError

STATE = ".stepwire"
"""The folder of a project for what Stepwire keeps there."""

_FULL = (errno.ENOSPC, errno.EDQUOT)
_FULL_MESSAGES = ("No space left on device", "Disk quota exceeded")
# Less than a LocalStack writes while it starts.
_NEEDED_BYTES = 1_000_000


def home() -> Path:
    """The folder of this user for what all projects share: ``$STEPWIRE_HOME``, or
    else ``stepwire`` in the user's cache folder."""
    configured = os.environ.get("STEPWIRE_HOME")
    if configured:
        return Path(configured).expanduser().absolute()
    return platformdirs.user_cache_path("stepwire")


@contextlib.contextmanager
def translate_os_errors(folder: Path, setting: str | None = None) -> Iterator[None]:
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
    """The hint where the disk of ``path`` is full."""
    return f"The disk is full: free some space for {path}, and try again."


def is_full(path: Path) -> bool:
    """Whether the disk of the folder has no room for an emulator's files."""
    return shutil.disk_usage(path).free < _NEEDED_BYTES


def reports_full_disk(output: str) -> bool:
    """Whether a program's output says that a disk is full."""
    return any(words in output for words in _FULL_MESSAGES)


def make_private_folder(path: Path) -> None:
    """Makes the folder, and what is missing above it, for the owner alone.

    One that is there already is closed to others. From ``.stepwire`` on, it has to be
    where it seems to be: a project may have been somebody else's, and a link in it
    would have the folder it leads to closed, written to and emptied. Raises OSError,
    and StepwireError for such a link and for a folder of another user.
    """
    for folder in (*reversed(path.parents), path):
        if STATE in folder.parts:
            _require_own(folder)
        if not folder.exists():
            folder.mkdir(mode=0o700, exist_ok=True)
            if STATE in folder.parts:
                # In a folder for all, such as /tmp, another may have been quicker.
                _require_own(folder)
    path.mkdir(exist_ok=True)
    path.chmod(0o700)


def keep_from_git(folder: Path) -> None:
    """Has Git ignore all that is in the folder: nobody commits it by mistake.

    Of a folder that cannot be written to nothing is said: what is to be written there
    says it better.
    """
    # Only where there is none: neither what follows a link nor a file of the user's is
    # overwritten.
    with contextlib.suppress(OSError), (folder / ".gitignore").open("x") as file:
        file.write("*\n")


def _require_own(folder: Path) -> None:
    try:
        status = folder.lstat()
    except FileNotFoundError:
        return
    if stat.S_ISLNK(status.st_mode):
        raise StepwireError(
            f"{folder} is a link to {folder.readlink()}: Stepwire keeps its files in "
            "the project itself.",
            hint=f"Remove the link: rm {folder}",
        )
    # The project's owner could change all of it anyway.
    project = Path(*folder.parts[: folder.parts.index(STATE)])
    if status.st_uid not in (os.geteuid(), 0, project.stat().st_uid):
        raise StepwireError(
            f"{folder} belongs to user {status.st_uid}, who could have Stepwire run "
            "other programs.",
            hint=f"Remove it, or work in a folder with a {STATE} of yours.",
        )


def open_private_file(path: Path) -> BinaryIO:
    """An empty file to be written, for the owner alone. Raises OSError.

    It takes the place of one that is there; of a link, not of what that leads to.
    """
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    return os.fdopen(descriptor, "wb")


def write_private(path: Path, text: str) -> None:
    """Writes a file for the owner alone, whole or not at all. Raises OSError."""
    new = path.with_name(f"{path.name}.new")
    with open_private_file(new) as file:
        file.write(text.encode())
    new.replace(path)


def remove(path: Path) -> None:
    """Removes a folder, or whatever else is there; nothing is fine, too."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
