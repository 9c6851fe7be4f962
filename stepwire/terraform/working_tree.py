"""A folder of links in which Terraform works, so that it never writes in the source.

Terraform writes its lock file, its ``.terraform`` folder and its state beside the
root module and cannot be told to put the lock file elsewhere. So it runs in a copy
of the folder made of links. Everything that a relative path can reach
(``source = "../../modules/x"``, ``${path.module}/../package.zip``) is linked too,
at the same place relative to the root module.
"""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from stepwire.errors import StepwireError
from stepwire.syntax import blocks_in, configuration_files, source_of

_LOCK_FILE = ".terraform.lock.hcl"
# Written by Terraform beside a root module, or by Stepwire, which has links to it.
_WORKING_FILES = frozenset({".terraform", _LOCK_FILE, ".stepwire"})
# Looked for in the text, before each plan: of the 60 files of an example that takes
# 20 ms, and reading them as HCL half a second. Where a comment or a string looks like
# one of these, a link too many is made, or `init` runs once more.
_UPWARD = re.compile(r"(?:\.\./)+")
_SOURCE = re.compile(r'\bsource"?\s*[=:]\s*"([^"]+)"')
_VERSION = re.compile(r'\b(?:version|required_version)"?\s*[=:]\s*"[^"]+"')
_PROVIDER = re.compile(r"\bprovider\b")
_HIDDEN = re.compile(r"(?<![\w.])\.[A-Za-z_][\w.-]*")


@dataclass(frozen=True)
class Source:
    """A root module as it is on disk, with the local modules that it calls."""

    directory: Path

    @cached_property
    def files(self) -> dict[Path, str]:
        """The text of each ``.tf`` file of the root module and its local modules."""
        files: dict[Path, str] = {}
        seen: set[Path] = set()
        waiting = [self.directory]
        while waiting:
            directory = waiting.pop()
            if directory in seen:
                continue
            seen.add(directory)
            for file in configuration_files(directory):
                text = file.read_text(encoding="utf-8-sig", errors="replace")
                files[file] = text
                waiting += [
                    (directory / source).resolve()
                    for source in _SOURCE.findall(text)
                    if _is_local(source)
                ]
        return files

    @cached_property
    def modules(self) -> frozenset[Path]:
        """The folders of the root module and of its local modules."""
        return frozenset(file.parent for file in self.files)

    @property
    def requirements(self) -> frozenset[str]:
        """The texts that decide which providers ``terraform init`` installs.

        Every version constraint, every source that is not a folder (a provider's
        address, or a remote module, which has requirements as well), and the lock file.
        """
        found: set[str] = set()
        for text in self.files.values():
            found.update(_VERSION.findall(text))
        lock = self.directory / _LOCK_FILE
        if lock.exists():
            found.add(lock.read_text(encoding="utf-8", errors="replace"))
        return frozenset(found) | self.sources_elsewhere

    @property
    def sources_elsewhere(self) -> frozenset[str]:
        """Addresses of providers, and of modules that are no folder here."""
        return frozenset(
            source
            for text in self.files.values()
            for source in _SOURCE.findall(text)
            if not _is_local(source)
        )

    @property
    def calls(self) -> str:
        """Changes when ``terraform init`` has something to do again."""
        calls = sorted(
            f"{file} {source}"
            for file, text in self.files.items()
            for source in _SOURCE.findall(text)
        )
        return hashlib.sha256(
            repr((calls, sorted(self.requirements))).encode()
        ).hexdigest()

    def providers(self, name: str) -> list[str]:
        """The text of each block ``provider "name" {...}`` of the configuration.

        Raises StepwireError where a file with one is no HCL.
        """
        return [
            source_of(file, block.node)
            for file, text in self.files.items()
            # The few files that have one: reading all takes half a second.
            if _PROVIDER.search(text)
            for block in blocks_in(file)
            if (block.kind, block.labels) == ("provider", (name,))
        ]

    @cached_property
    def top(self) -> Path:
        """The highest folder that a relative path of the configuration reaches."""
        top = self.directory
        for file, text in self.files.items():
            for upward in set(_UPWARD.findall(text)):
                reached = file.parent
                for _ in range(upward.count("../")):
                    reached = reached.parent
                if top.is_relative_to(reached):
                    top = reached
        return top

    def digest(self) -> str:
        """Changes with the content of any file of any module, whatever its kind."""
        digest = hashlib.sha256()
        for module in sorted(self.modules | {self.directory}):
            for file in sorted(self._content(module)):
                digest.update(f"{file}\0".encode())
                digest.update(hashlib.sha256(file.read_bytes()).digest())
        return digest.hexdigest()

    @cached_property
    def _hidden_names(self) -> frozenset[str]:
        """Names of hidden files and folders that the configuration mentions."""
        return frozenset(
            name for text in self.files.values() for name in _HIDDEN.findall(text)
        )

    def _content(self, module: Path) -> Iterator[Path]:
        """The module's files, templates in its folders included.

        Hidden ones are others' (Git's, an editor's) unless they are mentioned.
        """

        def is_its(name: str) -> bool:
            return not _is_working_file(name) and (
                not name.startswith(".") or name in self._hidden_names
            )

        for folder, folders, files in module.walk():
            folders[:] = [
                name
                for name in folders
                if is_its(name)
                and not name.startswith("__")
                # Another module: it counts where it is called.
                and not configuration_files(folder / name)
            ]
            yield from (folder / name for name in files if is_its(name))


def require_configuration(source: Source) -> None:
    """Raises StepwireError when the directory is none, or holds no configuration."""
    if not source.directory.is_dir():
        raise StepwireError(
            f"There is no folder {source.directory}.",
            hint="A relative path is relative to the current folder.",
        )
    if not any(file.parent == source.directory for file in source.files):
        raise StepwireError(
            f"{source.directory} holds no Terraform configuration.",
            hint="Name a folder that has .tf files.",
        )


def lay_out(source: Source, tree: Path) -> Path:
    """Make ``tree`` mirror ``source`` and return the root module's folder in it.

    May be called again at any time: links follow the source, and what Terraform
    wrote stays.
    """
    path = source.directory.relative_to(source.top)
    # Named by its height: a link of a lower tree could stand where a higher one
    # needs a folder.
    original, folder = source.top, tree / str(len(path.parts))
    for part in path.parts:
        _link_entries(original, folder, except_for=part)
        original, folder = original / part, folder / part
    _link_entries(original, folder)
    lock, copy = original / _LOCK_FILE, folder / _LOCK_FILE
    if lock.exists() and (
        not copy.exists() or copy.stat().st_mtime < lock.stat().st_mtime
    ):
        # A copy: its author's choice of versions holds, and stays untouched by init,
        # which may add checksums to it.
        shutil.copyfile(lock, copy)
    return folder


def _link_entries(original: Path, folder: Path, except_for: str | None = None) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    wanted = {
        entry.name: entry
        for entry in original.iterdir()
        if not _is_working_file(entry.name) and entry.name != except_for
    }
    for link in folder.iterdir():
        if link.is_symlink() and wanted.get(link.name) != link.readlink():
            link.unlink()
    for name, entry in wanted.items():
        link = folder / name
        if not link.is_symlink() and not link.exists():
            link.symlink_to(entry)


def _is_working_file(name: str) -> bool:
    return name in _WORKING_FILES or ".tfstate" in name


def _is_local(source: str) -> bool:
    """Whether a module's ``source`` names a folder on this machine."""
    return source.startswith(("./", "../", "/"))
