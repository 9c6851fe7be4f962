"""The results of ``terraform test``, one for each ``run`` block."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from stepwire.errors import StepwireError
from stepwire.syntax import blocks_in
from stepwire.terraform.diagnostics import Diagnostic

SUFFIXES = (".tftest.hcl", ".tftest.json")


@dataclass
class RunResult:
    """The result of a ``run`` block: ``pass``, ``fail``, ``error`` or ``skip``."""

    status: str = "skip"
    diagnostics: list[Diagnostic] = field(default_factory=list)
    document: Mapping[str, Any] | None = None
    """The plan, or after an apply the state, in the shape of ``terraform show -json``;
    only where the test was asked to be verbose."""

    def __str__(self) -> str:
        errors = [one for one in self.diagnostics if one.severity == "error"]
        if not errors:
            return self.status
        # The author's own words first: a list of failures shows the first line, and
        # "Test assertion failed" is what all of them have in common.
        summary, detail = errors[0].summary, errors[0].detail.strip()
        verdict = f"{detail.splitlines()[0]} ({summary})" if detail else summary
        return "\n\n".join([verdict, *map(str, errors)])


def run_names(file: Path) -> list[str]:
    """The names of the ``run`` blocks of a test file, in their order.

    Raises StepwireError, with the line, where the file is no HCL or a run has no name.
    """
    runs = [block for block in blocks_in(file) if block.kind == "run"]
    for run in runs:
        if not run.labels:
            raise StepwireError(
                f"{file}:{run.line}: this run has no name.",
                hint='Write `run "what_it_shows" {`.',
            )
    return [run.labels[0] for run in runs]


def configures_provider(file: Path) -> bool:
    """Whether a test file has an AWS provider that is configured in its own way."""
    return _has(file, "provider")


def mocks_provider(file: Path) -> bool:
    """Whether a test file has an AWS provider that only tells its schema."""
    return _has(file, "mock_provider")


def _has(file: Path, kind: str) -> bool:
    return any(
        block.kind == kind and block.labels == ("aws",) for block in blocks_in(file)
    )


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
        elif document := message.get("test_plan") or message.get("test_state"):
            self.runs[message["@testrun"]].document = document
        elif found := message.get("diagnostic"):
            run = self.runs.get(message.get("@testrun", ""))
            diagnostics = self.of_file if run is None else run.diagnostics
            diagnostics.append(Diagnostic.from_json(found, self._root))
