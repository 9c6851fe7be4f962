"""The input variables that a root module declares."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
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
            is_ephemeral=_is_true(block.get("ephemeral")),
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


def _is_true(node: syntax.Node | None) -> bool:
    if node is None:
        return False
    return str(syntax.unwrapped(node).children[0]) == "true"
