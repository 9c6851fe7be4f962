"""The presets of modules/http-notifier, and what its README says of them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

MODULE = Path(__file__).parents[2] / "modules" / "http-notifier"
PRESETS: dict[str, dict[str, Any]] = yaml.safe_load(
    (MODULE / "presets.yaml").read_text("utf-8")
)
KEYS = {
    *("about", "documentation", "endpoint", "secret_endpoint", "credential", "needs"),
    *("takes", "method", "headers", "query", "form", "body", "problem", "id"),
}


def _row(name: str, preset: dict[str, Any]) -> str:
    needs = [f"`{field}`" for field in preset.get("needs", [])]
    takes = [*preset.get("takes", [])]
    if "$idempotency_key" in str(preset):
        takes.append("idempotency_key")
    absent = ", ".join(f"`{field}`" for field in takes)
    fields = ", ".join([*needs, *([f"({absent})"] if absent else [])])
    credential = preset["credential"]
    if credential == "the URL":
        credential += ": see below"
    fields = fields or "those of `endpoint`"
    return f"| `{name}` | {preset['about']} | {fields} | {credential} |"


def test_the_readme_lists_the_presets() -> None:
    rows = re.findall(
        r"^\| `.*$", (MODULE / "README.md").read_text("utf-8"), re.MULTILINE
    )
    assert rows[: len(PRESETS)] == [_row(*each) for each in PRESETS.items()]


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_whole(name: str) -> None:
    preset = PRESETS[name]
    assert set(preset) <= KEYS
    assert {"about", "documentation", "credential", "body"} <= set(preset)
    assert preset["documentation"].startswith("https://")
    for key in ("endpoint", "secret_endpoint"):
        assert preset.get(key, "https://").startswith("https://")
    # What is named is used, and what is used is named.
    used = set(
        re.findall(r"\$([a-z_]+)", str(preset["body"]) + str(preset.get("headers")))
    )
    path = set(re.findall(r"\{([a-z_]+)\}", preset.get("endpoint", "")))
    fields = {*preset.get("needs", []), *preset.get("takes", [])}
    known = {"exists", "states", "append", "schema", "idempotency_key"}
    assert used - known == fields - path
