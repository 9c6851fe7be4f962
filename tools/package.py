"""The package of this repository's functions: ``lambda_src`` as a committed zip.

``python -m tools.package [--check]`` writes it, or only checks that it is up to date.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from stepwire import package
from stepwire.errors import StepwireError

SOURCES = Path("lambda_src")
PACKAGE = SOURCES / "package.zip"


def check(root: Path) -> None:
    """Raises StepwireError unless the package is built from the present sources."""
    file = root / PACKAGE
    if not file.exists() or file.read_bytes() != package.build(root / SOURCES):
        raise StepwireError(
            f"{file} is not built from the present sources in {root / SOURCES}.",
            hint="Run: make package",
        )


def update(root: Path) -> int:
    """Writes the package; its size in bytes."""
    return (root / PACKAGE).write_bytes(package.build(root / SOURCES))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tools.package")
    parser.add_argument(
        "--check", action="store_true", help="only check that it is up to date"
    )
    if not parser.parse_args().check:
        print(f"{PACKAGE}: {update(Path.cwd()):,} bytes")
        return
    try:
        check(Path.cwd())
    except StepwireError as error:
        sys.exit(f"stepwire: {error}")


if __name__ == "__main__":
    main()
