"""The Lambda package: one zip of ``lambda_src``, the same bytes on every machine.

``python -m tools.package [--check] [SOURCES [PACKAGE]]``
"""

from __future__ import annotations

import argparse
import io
import zipfile
from pathlib import Path

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


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m stepwire.package")
    parser.add_argument("sources", type=Path, help="the folder of the sources")
    parser.add_argument("package", type=Path, help="the zip file to write")
    options = parser.parse_args()
    if not sources(options.sources):
        parser.error(f"{options.sources} has no sources")
    content = build(options.sources)
    options.package.write_bytes(content)
    print(f"{options.package}: {len(content):,} bytes")


if __name__ == "__main__":
    main()
