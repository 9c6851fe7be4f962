"""Files that nobody but root and the user can change, as OpenSSH asks of its keys."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_WRITE = stat.S_IWGRP | stat.S_IWOTH
_ENTER = stat.S_IXGRP | stat.S_IXOTH
_MOST_LINKS = 40  # Linux follows as many


@dataclass(frozen=True)
class Distrust:
    """A path that somebody else can change, and the command that ends that."""

    path: Path
    reason: str
    remedy: str


def distrust(path: Path) -> Distrust | None:
    """A reason to distrust ``path``, which exists; None where no other can change it.

    Looks at every folder on the way from the root, and at links and where they lead.
    """
    return next(_on_the_way(path), None)


def distrust_within(path: Path) -> Distrust | None:
    """The same for ``path`` and everything below it."""
    return next(_within(path), None)


def _within(path: Path) -> Iterator[Distrust]:
    yield from _on_the_way(path)
    waiting, seen = [path], set[Path]()
    while waiting:
        folder = waiting.pop().resolve()
        if folder in seen or not folder.is_dir():
            continue
        seen.add(folder)
        for entry in folder.iterdir():
            # A link's way is all of its target's, anything else's is the last step.
            if entry.is_symlink():
                yield from _on_the_way(entry)
            elif found := _judge(entry, is_passage=False):
                yield found
            waiting.append(entry)


def _on_the_way(path: Path) -> Iterator[Distrust]:
    parts = list((Path.cwd() / path).parts)
    here, links = Path(parts.pop(0)), 0
    while True:
        if found := _judge(here, is_passage=bool(parts)):
            yield found
        if here.is_symlink() and links < _MOST_LINKS:
            links += 1
            parts = [*here.readlink().parts, *parts]
            here = here.parent
        if not parts:
            return
        # ``here`` has no links, so that its parent is what ".." means.
        here = here.parent if parts[0] == ".." else here / parts[0]
        del parts[0]


def _judge(path: Path, *, is_passage: bool) -> Distrust | None:
    try:
        status = path.lstat()
    except FileNotFoundError:  # where a link leads to
        return None
    if status.st_uid not in (0, os.geteuid()):
        return Distrust(
            path, f"belongs to user {status.st_uid}", f"chown {os.geteuid()} {path}"
        )
    if stat.S_ISLNK(status.st_mode) or not status.st_mode & _WRITE:
        return None
    if is_passage and status.st_mode & stat.S_ISVTX:
        # As in /tmp: there, nobody can rename what belongs to another.
        return None
    if _is_closed(path.parent):
        return None
    return Distrust(path, "can be written by others", f"chmod go-w {path}")


def _is_closed(folder: Path) -> bool:
    """Whether the user alone may go into it or into one that it is in."""
    return any(not one.stat().st_mode & _ENTER for one in (folder, *folder.parents))
