"""docs/benchmarks.md: a section for each benchmark, each of which can be rewritten."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import psutil

HEAD: Final = """\
# Benchmarks

Written by `make bench`; do not edit. `make bench ARGS=NAME` rewrites one section.
All runs on one machine: clients, Terraform and the embedded emulator. The numbers
compare ways on one emulator; they are not AWS's.
"""
_SECTION: Final = re.compile(r"^<!-- bench (\S+) -->$.*?^<!-- /bench -->$", re.M | re.S)


@dataclass(frozen=True)
class Conditions:
    """Date, machine and load of a measurement."""

    date: str
    machine: str
    load: float

    @classmethod
    def now(cls) -> Conditions:
        memory = psutil.virtual_memory().total / 2**30
        return cls(
            datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
            f"{os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()} "
            f"{platform.machine()}, Python {platform.python_version()}",
            os.getloadavg()[0],
        )


def section(name: str, title: str, conditions: Conditions, body: str) -> str:
    """The section of one benchmark, between the marks that identify it."""
    return (
        f"<!-- bench {name} -->\n\n## {title}\n\n"
        f"Measured {conditions.date} on {conditions.machine};\n"
        f"one-minute load before it began: {conditions.load:.1f}.\n\n"
        f"{body}\n\n<!-- /bench -->"
    )


def document(before: str, names: Sequence[str], sections: dict[str, str]) -> str:
    """The whole text: the new sections, and those of ``before`` that have none."""
    kept = {match[1]: match[0] for match in _SECTION.finditer(before)}
    written = kept | sections
    return "\n".join(
        [HEAD, *(written[name] + "\n" for name in names if name in written)]
    )


def table(head: list[str], rows: list[list[str]]) -> list[str]:
    """The lines of a table."""
    lines = [head, ["---"] * len(head), *rows]
    return ["| " + " | ".join(cells) + " |" for cells in lines]


def targets(ratios: Sequence[tuple[str, float, float]]) -> list[str]:
    """The lines of a table: each target, its ratio, and the limit of the ratio."""
    return table(
        ["target", "measured", "met"],
        [
            [target, f"{ratio:.3f} times", "yes" if ratio <= most else "**no**"]
            for target, ratio, most in ratios
        ],
    )
