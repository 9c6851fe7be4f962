"""Starts LocalStack core with Stepwire's plugins, as a child of Stepwire.

A program that is run by its path: where the package is installed, the user's packages
are beside it, and those of LocalStack have other versions. So no folder is put on
Python's path, and this package alone is made known.
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
from pathlib import Path

PACKAGE = Path(__file__).parent


def main() -> None:
    """The program; LocalStack's own settings come by environment variables."""
    import_package()
    from stepwire_localstack import install, lifetime  # noqa: PLC0415

    parser = argparse.ArgumentParser(prog="stepwire_localstack")
    parser.add_argument(
        "--detached",
        type=int,
        metavar="PORT",
        help="stay when the program that started it ends; read, with the port, from "
        "the list of processes by `stepwire status` and `stepwire down`",
    )
    parser.add_argument(
        "--end-with-standard-input",
        action="store_true",
        help="end with everything it started as soon as standard input is closed",
    )
    parser.add_argument(
        "--remove",
        type=Path,
        metavar="FOLDER",
        help="a folder to remove when standard input is closed",
    )
    arguments = parser.parse_args()
    if arguments.end_with_standard_input:
        lifetime.end_with_standard_input(arguments.remove)
    install()
    lifetime.end_at_signals()
    # After the plugins are in place: importing it reads LocalStack's settings.
    from localstack.runtime.main import main as localstack_main  # noqa: PLC0415

    localstack_main()


def import_package() -> None:
    """Imports the package that this file is in, under its name."""
    spec = importlib.util.spec_from_file_location(PACKAGE.name, PACKAGE / "__init__.py")
    assert spec is not None
    assert spec.loader is not None
    package = importlib.util.module_from_spec(spec)
    sys.modules[PACKAGE.name] = package
    spec.loader.exec_module(package)


if __name__ == "__main__":
    main()
