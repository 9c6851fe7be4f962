"""The emulator's launcher with code of a test's in front of it."""

from __future__ import annotations

from pathlib import Path

from stepwire.emulator import server


def with_code(folder: Path, code: str) -> Path:
    """A program in ``folder`` that runs ``code`` and then ``server.LAUNCHER``."""
    launcher = f"runpy.run_path({str(server.LAUNCHER)!r}, run_name='__main__')"
    program = folder / server.LAUNCHER.name
    program.write_text(f"{code}\nimport runpy\n{launcher}\n", encoding="utf-8")
    return program
