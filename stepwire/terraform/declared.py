"""The input variables that a root module declares."""

from __future__ import annotations

import contextlib
import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stepwire import syntax
from stepwire.errors import StepwireError


@dataclass(frozen=True)
class Declared:
    """A ``variable`` block: Terraform keeps no value of an ephemeral one."""

    is_ephemeral: bool
    is_required: bool


def declared(directory: Path) -> Mapping[str, Declared] | None:
    """The variables by name; None where a file is no HCL, which Terraform explains."""
    try:
        blocks = syntax.blocks(directory)
    except StepwireError:
        return None
    return {
        block.labels[0]: Declared(
            is_ephemeral=block.is_true("ephemeral"),
            is_required=block.get("default") is None,
        )
        for block in blocks
        if block.kind == "variable" and block.labels
    }


def require_declared(variables: Mapping[str, Any], directory: Path) -> None:
    """Raises StepwireError, with the nearest name, where one is not declared."""
    # Terraform only warns of a misspelt variable in a file, and goes on without it.
    known = declared(directory) if variables else None
    if known is None:
        return
    for name in sorted(set(variables) - set(known)):
        close = difflib.get_close_matches(name, known, 1)
        raise StepwireError(
            f"{directory} declares no variable {name!r}.",
            hint=f"Did you mean {close[0]!r}?"
            if close
            else f"It declares: {', '.join(sorted(known)) or 'none'}.",
        )


def value_files(directory: Path) -> list[Path]:
    """The files of values that Terraform reads in a root module by itself."""
    names = ("terraform.tfvars", "terraform.tfvars.json")
    return [
        *(directory / name for name in names if (directory / name).exists()),
        *directory.glob("*.auto.tfvars"),
        *directory.glob("*.auto.tfvars.json"),
    ]


def named_in_files(files: Iterable[Path]) -> frozenset[str]:
    """The variables that files have values for; Terraform explains what is no HCL."""
    names: set[str] = set()
    for file in files:
        with contextlib.suppress(StepwireError):
            names.update(one.name for one in syntax.assignments(file))
    return frozenset(names)
