"""The emulator's launcher with code of a test's in front of it."""

from __future__ import annotations

from pathlib import Path

from stepwire.emulator import server


def with_code(folder: Path, code: str) -> Path:
    """A copy of ``server.PACKAGE`` in ``folder`` that runs ``code`` when imported."""
    package = folder / server.MODULE
    package.mkdir()
    for entry in server.PACKAGE.iterdir():
        if entry.name != "__init__.py":
            (package / entry.name).symlink_to(entry)
    source = (server.PACKAGE / "__init__.py").read_text(encoding="utf-8")
    (package / "__init__.py").write_text(f"{source}\n{code}", encoding="utf-8")
    return package
