"""Checks every call of a module in a folder and those below it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from stepwire import syntax
from stepwire.check import modules
from stepwire.check.values import Comparison, Local, Location, Problem, nearest
from stepwire.errors import StepwireError
from stepwire.syntax import Block, text_of, unwrapped

_META = frozenset({"source", "version", "providers", "count", "for_each", "depends_on"})


@dataclass(frozen=True)
class Result:
    """``calls``: how many calls were compared; ``unchecked``: calls of modules that
    are not here, as ``FILE:LINE: module.NAME (SOURCE)``."""

    problems: list[Problem]
    calls: int
    unchecked: list[str]


def check(folder: Path) -> Result:
    """Compares the calls in the configurations of ``folder`` and of those below it.

    Raises StepwireError where there is no ``.tf`` or ``.tf.json`` file, or one that is
    no HCL.
    """
    results = [check_folder(one) for one in _folders(folder)]
    if not results:
        raise StepwireError(
            f"There is no .tf file in {folder} or below it.",
            hint="stepwire check DIR checks another folder.",
        )
    return Result(
        [problem for result in results for problem in result.problems],
        sum(result.calls for result in results),
        [call for result in results for call in result.unchecked],
    )


def check_folder(folder: Path) -> Result:
    """Compares the calls of one configuration with the variables of its modules, and
    its ``.tfvars`` files with its own."""
    found = syntax.blocks(folder)
    comparison = Comparison(_locals(found))
    problems: set[Problem] = set()
    unchecked: list[str] = []
    calls = 0
    for block in found:
        if block.kind != "module":
            continue
        source = block.get("source")
        said = "" if source is None else text_of(unwrapped(source)) or ""
        callee = modules.folder_of(folder, block.labels[0], said)
        if callee is None:
            name = f"{block.file}:{block.line}: module.{block.labels[0]}"
            unchecked.append(f"{name} ({said})")
        else:
            calls += 1
            problems |= set(_problems(block, modules.variables(callee), comparison))
    problems |= set(_wrong_values(folder, comparison))
    return Result(sorted(problems), calls, unchecked)


def _wrong_values(folder: Path, comparison: Comparison) -> Iterator[Problem]:
    """The problems in the ``.tfvars`` files of a root module."""
    files = sorted([*folder.glob("*.tfvars"), *folder.glob("*.tfvars.json")])
    variables = modules.variables(folder) if files else {}
    for file in files:
        for one in syntax.assignments(file):
            location = Location(file, one.line, f"var.{one.name}")
            if variable := variables.get(one.name):
                yield from comparison.compare(one.value, variable.type, location)
            else:
                yield location.problem(f"is not known: {nearest(one.name, variables)}")


def _folders(folder: Path) -> Iterator[Path]:
    """``folder`` and those below it with a configuration; hidden ones are others'."""
    for one, folders, files in folder.walk():
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        if any(name.endswith((".tf", ".tf.json")) for name in files):
            yield one


def _problems(
    block: Block, variables: dict[str, modules.Variable], comparison: Comparison
) -> Iterator[Problem]:
    location = Location(block.file, block.line, f"module.{block.labels[0]}")
    given = {one.name for one in block.attributes}
    for one in block.attributes:
        if one.name in _META:
            continue
        where = Location(
            one.file or block.file, one.line, f"{location.path}.{one.name}"
        )
        if variable := variables.get(one.name):
            yield from comparison.compare(one.value, variable.type, where)
        else:
            yield where.problem(f"is not known: {nearest(one.name, variables)}")
    for name, variable in variables.items():
        if variable.required and name not in given:
            yield location.problem(f"has no {name}, which is required")


def _locals(found: list[Block]) -> dict[str, Local]:
    return {
        one.name: Local(one.value, one.file or block.file, one.line)
        for block in found
        if block.kind == "locals"
        for one in block.attributes
    }
