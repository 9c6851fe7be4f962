"""The results of ``terraform test``, one for each ``run`` block."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from stepwire.terraform.diagnostics import Diagnostic

SUFFIX = ".tftest.hcl"
_RUN = re.compile(r'^[ \t]*run[ \t]+"([^"]+)"[ \t]*\{', re.MULTILINE)


@dataclass
class RunResult:
    """How a ``run`` block ended: ``pass``, ``fail``, ``error`` or ``skip``."""

    status: str = "skip"
    diagnostics: list[Diagnostic] = field(default_factory=list)

    def __str__(self) -> str:
        errors = [one for one in self.diagnostics if one.severity == "error"]
        return "\n\n".join(map(str, errors)) or self.status


def run_names(file: Path) -> list[str]:
    """The names of the ``run`` blocks of a test file, in their order."""
    return _RUN.findall(file.read_text(encoding="utf-8"))


class Results:
    """Collects the messages of ``terraform test -json`` about one test file."""

    def __init__(self, file: Path, root: Path) -> None:
        self.runs = {name: RunResult() for name in run_names(file)}
        self.of_file: list[Diagnostic] = []
        self._root = root

    def add(self, message: Mapping[str, Any]) -> None:
        """Take in one message of any kind."""
        if done := message.get("test_run"):
            if done["progress"] == "complete":
                self.runs[done["run"]].status = done["status"]
        elif found := message.get("diagnostic"):
            run = self.runs.get(message.get("@testrun", ""))
            diagnostics = self.of_file if run is None else run.diagnostics
            diagnostics.append(Diagnostic.from_json(found, self._root))
