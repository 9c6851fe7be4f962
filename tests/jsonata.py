"""Evaluates JSONata as the emulator does: with Step Functions' limits and functions."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import stepwire_localstack


def evaluate(expression: str, variables: Mapping[str, Any]) -> Any:
    """The value of `{% … %}`; `variables` maps names without `$` to JSON values."""
    source = expression.removeprefix("{%").removesuffix("%}").strip()
    return _engine().evaluate(source, variables)


def _engine() -> Any:
    name = f"{stepwire_localstack.__name__}.jsonata"
    if name not in sys.modules:
        # The package itself needs LocalStack; its engine does not.
        package = ModuleType(name)
        folder = Path(stepwire_localstack.__file__).parent
        package.__path__ = [str(folder / "jsonata")]
        sys.modules[name] = package
    return importlib.import_module(f"{name}.engine")
