"""``stepwire demo``: the demo of a checkout, which the installed package has not."""

from __future__ import annotations

import argparse
import importlib
import sys
from pathlib import Path

from stepwire.errors import StepwireError
from stepwire.terminal import messages, output

_MODULE = "tools.demo"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments that ``run`` understands."""
    parser.add_argument(
        "--yes",
        action="store_true",
        help="approve what the reader is asked, instead of waiting for it",
    )


def run(arguments: argparse.Namespace) -> int:
    """Runs the demo of the checkout that is the current folder; the exit status.

    Raises StepwireError where it is none.
    """
    checkout = Path.cwd()
    if not checkout.joinpath(*_MODULE.split("."), "__init__.py").exists():
        raise StepwireError(
            f"{checkout} is no checkout of terraform-aws-stepwire, which has the demo.",
            hint="Clone terraform-aws-stepwire, and run `make demo` in it.",
        )
    sys.path.insert(0, str(checkout))
    demo = importlib.import_module(_MODULE)
    asks = not arguments.yes and sys.stdin.isatty()
    if not asks and not arguments.yes:
        messages.print("Nobody can be asked here: the demo decides by itself.")
    return 0 if demo.run(checkout, output, asks=asks) else 1
