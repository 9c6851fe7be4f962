"""What modules/state-machine/permissions says of each integration."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parents[2] / "modules" / "state-machine" / "permissions"


@cache
def table() -> dict[str, Any]:
    """integrations.yaml, and under ``services`` all of that folder by name."""
    loaded: dict[str, Any] = _read(FOLDER / "integrations.yaml")
    services = {file.stem: _read(file) for file in FOLDER.glob("services/*.yaml")}
    for service in services.values():
        if "calls_as" in service:
            service["calls"] = services[service.pop("calls_as")]["calls"]
    return {**loaded, "services": dict(sorted(services.items()))}


def _read(file: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return loaded
