"""The Lambda package: one zip of ``lambda_src``, the same bytes on every machine.

``python -m stepwire.package [--check] [SOURCES [PACKAGE]]``
"""

from __future__ import annotations

import argparse
import io
import sys
import zipfile
from pathlib import Path

from stepwire.errors import StepwireError

SOURCES = Path("lambda_src")
PACKAGE = SOURCES / "package.zip"
_SUFFIXES = frozenset({".css", ".html", ".json", ".py", ".txt"})
# The earliest time that a zip can hold; the time of a build would change its bytes.
_TIME = (1980, 1, 1, 0, 0, 0)
_UNIX = 3
_READABLE_FILE = 0o100644 << 16


def sources(folder: Path) -> list[Path]:
    """The files that belong into the package, sorted by name.

    Python and the texts that functions read; not caches, tests or hidden files.
    """
    return sorted(
        (
            file
            for file in folder.rglob("*")
            if file.suffix in _SUFFIXES
            and file.is_file()
            and not any(
                part.startswith((".", "__pycache__"))
                for part in file.relative_to(folder).parts
            )
        ),
        # As text: a path's own order differs between systems.
        key=lambda file: file.relative_to(folder).as_posix(),
    )


def build(folder: Path) -> bytes:
    """The zip of ``folder``, byte for byte the same wherever it is built.

    Stored without compression: zlib's output differs between its versions.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as package:
        for file in sources(folder):
            entry = zipfile.ZipInfo(file.relative_to(folder).as_posix(), _TIME)
            entry.create_system = _UNIX
            entry.external_attr = _READABLE_FILE
            # A checkout on Windows may have turned its line ends.
            package.writestr(entry, file.read_bytes().replace(b"\r\n", b"\n"))
    return buffer.getvalue()


def check(folder: Path, package: Path) -> None:
    """Raise StepwireError unless ``package`` is what ``folder`` builds."""
    if not package.exists() or package.read_bytes() != build(folder):
        raise StepwireError(
            f"{package} is not built from the present sources in {folder}.",
            hint="Run: make package",
        )


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments that ``run`` understands."""
    parser.add_argument("sources", nargs="?", type=Path, default=SOURCES)
    parser.add_argument("package", nargs="?", type=Path, default=PACKAGE)
    parser.add_argument(
        "--check", action="store_true", help="only say whether it is up to date"
    )


def run(options: argparse.Namespace) -> int:
    """Build or check the package; the exit status."""
    if not sources(options.sources):
        print(f"nothing to package: {options.sources} has no sources")
        return 0
    try:
        if options.check:
            check(options.sources, options.package)
        else:
            content = build(options.sources)
            options.package.write_bytes(content)
            print(f"{options.package}: {len(content):,} bytes")
    except StepwireError as error:
        print(f"stepwire: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    main = argparse.ArgumentParser(prog="python -m stepwire.package")
    add_arguments(main)
    sys.exit(run(main.parse_args()))
