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
    *(
        "about",
        "documentation",
        "endpoint",
        "secret_endpoint",
        "credential",
        "required",
    ),
    *(
        "optional",
        "limits",
        "method",
        "headers",
        "query",
        "form",
        "body",
        "refusal",
        "id",
    ),
}


def _row(name: str, preset: dict[str, Any]) -> str:
    required = [f"`{field}`" for field in preset.get("required", [])]
    optional = [*preset.get("optional", [])]
    if "$idempotency_key" in str(preset):
        optional.append("idempotency_key")
    absent = ", ".join(f"`{field}`" for field in optional)
    fields = ", ".join([*required, *([f"({absent})"] if absent else [])])
    credential = preset["credential"]
    if credential == "the URL":
        credential += ": see below"
    fields = fields or "those of `endpoint`"
    return f"| `{name}` | {preset['about']} | {fields} | {credential} |"


def _limit_rows() -> list[str]:
    return [
        f"| `{name}` | `{field}` | {limit['max']:,} {limit.get('unit', 'characters')}"
        f" | {limit['source']} |"
        for name, preset in PRESETS.items()
        for field, limit in preset.get("limits", {}).items()
        if isinstance(limit, dict)
    ]


def _rows_after(heading: str) -> list[str]:
    _, _, text = (MODULE / "README.md").read_text("utf-8").partition(f"## {heading}\n")
    return re.findall(r"^\| `.*$", text.partition("\n## ")[0], re.MULTILINE)


def test_the_readme_lists_the_presets() -> None:
    assert _rows_after("Presets") == [_row(*each) for each in PRESETS.items()]


def test_the_readme_lists_the_limits() -> None:
    assert _rows_after("Long texts") == _limit_rows()


@pytest.mark.parametrize("name", PRESETS)
def test_every_field_has_its_limit_with_its_source_or_why_it_has_none(
    name: str,
) -> None:
    preset = PRESETS[name]
    fields = {*preset.get("required", []), *preset.get("optional", [])}
    if "$idempotency_key" in str(preset):
        fields.add("idempotency_key")
    limits = preset.get("limits", {})
    assert set(limits) == fields
    for limit in limits.values():
        if isinstance(limit, dict):
            assert limit["source"].startswith("https://")
            assert limit.get("unit", "characters") in ("characters", "bytes", "items")
        else:
            assert len(limit) > 1


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
    fields = {*preset.get("required", []), *preset.get("optional", [])}
    known = {"exists", "states", "append", "schema", "idempotency_key"}
    assert used - known == fields - path
