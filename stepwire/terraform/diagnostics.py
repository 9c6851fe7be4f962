"""Terraform's diagnostics, as data and as a few readable lines.

The shape is that of the "diagnostic" messages of Terraform's machine-readable UI.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stepwire.errors import StepwireError
from stepwire.printable import printable

_MOST_SHOWN = 5


@dataclass(frozen=True)
class Diagnostic:
    """One error or warning.

    ``file`` is the file as its author knows it (not its link in the build
    folder), ``line`` counts from 1, ``code`` is the source that it is about and
    ``context`` the block around it (``resource "aws_sns_topic" "orders"``).
    ``values`` are the values in that code, as Terraform words them
    (``var.name is ""``).
    """

    severity: str
    summary: str
    detail: str = ""
    address: str | None = None
    file: Path | None = None
    line: int | None = None
    code: str | None = None
    context: str | None = None
    values: tuple[str, ...] = ()

    @classmethod
    def from_json(cls, message: Mapping[str, Any], root: Path) -> Diagnostic:
        """Read a diagnostic whose file names are relative to the folder ``root``."""
        source_range = message.get("range") or {}
        snippet = message.get("snippet") or {}
        filename = source_range.get("filename")
        return cls(
            severity=message["severity"],
            summary=message["summary"],
            detail=message.get("detail") or "",
            address=message.get("address"),
            file=(root / filename).resolve() if filename else None,
            line=source_range["start"]["line"] if filename else None,
            code=snippet.get("code"),
            context=snippet.get("context"),
            values=tuple(
                f"{value['traversal']} {value['statement']}"
                for value in snippet.get("values") or ()
            ),
        )

    def __str__(self) -> str:
        lines = [f"{self.severity.capitalize()}: {self.summary}"]
        if self.address:
            lines.append(f"  with {self.address}")
        if self.file is not None:
            within = f", in {self.context}" if self.context else ""
            lines.append(f"  on {_short(self.file)} line {self.line}{within}")
        if self.code and self.line is not None:
            lines += [
                f"    {number}: {text}"
                for number, text in enumerate(
                    textwrap.dedent(self.code).splitlines(), self.line
                )
            ]
        lines += [f"    | {value}" for value in self.values]
        if self.detail:
            lines.append(textwrap.indent(self.detail.rstrip(), "  "))
        return printable("\n".join(lines))


class TerraformError(StepwireError):
    """A Terraform command failed; ``diagnostics`` are its own words, errors first."""

    def __init__(
        self,
        message: str,
        diagnostics: Iterable[Diagnostic] = (),
        *,
        hint: str | None = None,
    ) -> None:
        super().__init__(message, hint=hint)
        self.diagnostics = tuple(
            sorted(diagnostics, key=lambda diagnostic: diagnostic.severity != "error")
        )

    def __str__(self) -> str:
        # Terraform repeats itself for each instance of a module.
        errors = list(
            dict.fromkeys(
                str(one) for one in self.diagnostics if one.severity == "error"
            )
        )
        summaries = [one.summary for one in self.diagnostics if one.severity == "error"]
        # The verdict first: a list of failures shows the first line, and not all of it.
        verdict = f"{summaries[0]} ({self.message})" if summaries else self.message
        parts = [verdict, *errors[:_MOST_SHOWN]]
        if len(errors) > _MOST_SHOWN:
            parts.append(f"... and {len(errors) - _MOST_SHOWN} more errors")
        if self.hint:
            parts.append(self.hint)
        return printable("\n\n".join(parts))


def _short(file: Path) -> Path:
    """Relative to the current folder where it is below it, as compilers print."""
    current = Path.cwd()
    return file.relative_to(current) if file.is_relative_to(current) else file
