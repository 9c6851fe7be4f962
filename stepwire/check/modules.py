"""Finds the modules that a configuration calls, and reads their variables."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

from stepwire import syntax
from stepwire.check import types
from stepwire.check.types import Anything, Type

# git::https://host/owner/terraform-aws-stepwire//modules/orders?ref=v1, and the
# registry's owner/stepwire/aws//modules/orders.
_OURS = re.compile(
    r"(?:terraform-aws-stepwire(?:\.git)?|/stepwire/aws)(?://(?P<folder>[^?]+))?(?:\?.*)?$"
)
_CHECKOUT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Variable:
    """A ``variable`` block."""

    type: Type
    required: bool


def variables(folder: Path) -> dict[str, Variable]:
    """The variables of the module in ``folder``, by name."""
    found = {}
    for block in syntax.blocks(folder):
        if block.kind == "variable":
            constraint = block.get("type")
            found[block.labels[0]] = Variable(
                Anything() if constraint is None else types.read(constraint),
                required=block.get("default") is None,
            )
    return found


def folder_of(caller: Path, name: str, source: str) -> Path | None:
    """The folder of the module ``name`` of a configuration; None where it is not here.

    A local source is a folder. Any other is where ``terraform init`` put it; a module
    of ours that has not been fetched yet is looked for beside this package.
    """
    if source.startswith(("./", "../")):
        folder = caller / source
        return folder if folder.is_dir() else None
    try:
        document = json.loads((caller / ".terraform/modules/modules.json").read_text())
        for module in document["Modules"]:
            # Not by its source, which Terraform spells out ("git::https://…").
            if module["Key"] == name:
                folder = caller / str(module["Dir"])
                return folder if folder.is_dir() else None
    except (OSError, ValueError, KeyError, TypeError):
        pass  # terraform init has not been here, or was ended
    if match := _OURS.search(source):
        folder = _CHECKOUT / (match["folder"] or "")
        if syntax.configuration_files(folder):
            return folder
    return None
