"""Starts LocalStack core with Stepwire's plugins, as a child of Stepwire."""

from __future__ import annotations

import argparse
from pathlib import Path

from . import install, lifetime


def main() -> None:
    """The program; LocalStack's own settings come by environment variables."""
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


if __name__ == "__main__":
    main()
