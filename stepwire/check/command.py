"""``stepwire check [DIR]`` and ``stepwire check --plan FILE``."""

from __future__ import annotations

import argparse
from pathlib import Path

from rich.console import Console

from stepwire.check.callers import check
from stepwire.check.planned import check_plan
from stepwire.printable import printable
from stepwire.terminal import output


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments that ``run`` understands."""
    checked = parser.add_mutually_exclusive_group()
    checked.add_argument(
        "directory",
        nargs="?",
        type=Path,
        default=Path(),
        help="the folder to check, with those below it; the current one by default",
    )
    checked.add_argument(
        "--plan",
        type=Path,
        metavar="FILE",
        help="check a plan instead, as `terraform show -json` prints it: it must not "
        "delete what a version behind an alias may use",
    )


def run(arguments: argparse.Namespace, messages: Console) -> int:
    """Prints what is wrong, a line each.

    The exit status is 1 where something is, or where a module could not be looked at.
    """
    if arguments.plan:
        deletions = check_plan(arguments.plan.read_bytes())
        for deletion in deletions:
            output.print(printable(str(deletion)), markup=False)
        messages.print(f"Plan checked, {len(deletions)} problems.")
        return int(bool(deletions))
    result = check(arguments.directory)
    for problem in result.problems:
        output.print(printable(str(problem)), markup=False)
    for call in result.unchecked:
        output.print(
            f"{printable(str(call))} is not installed: run terraform init", markup=False
        )
    checked = f"{result.calls} calls of modules checked"
    if result.unchecked:
        checked += f", {len(result.unchecked)} not"
    messages.print(f"{checked}, {len(result.problems)} problems.")
    return int(bool(result.problems or result.unchecked))
