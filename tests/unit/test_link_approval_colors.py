"""The pages' colors: every text can be read, whatever choices a page has."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

STYLE = Path(__file__).parents[2] / "lambda_src" / "link_approval" / "style.css"
CHOICES = ("green", "red", "amber", "blue", "purple", "gray")
# WCAG 2.2, success criteria 1.4.3 and 1.4.11.
TEXT, EDGE = 4.5, 3.0

light, dark = (
    dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block))
    for block in re.findall(r":root \{(.*?)\}", STYLE.read_text("utf-8"), re.DOTALL)
)


def luminance(color: str) -> float:
    channels = (int(color[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, brighter = sorted((luminance(one), luminance(other)))
    return (brighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("colors", [light, dark], ids=["light", "dark"])
def test_every_text_has_enough_contrast(colors: dict[str, str]) -> None:
    pairs = [("text", ground) for ground in ("card", "tint", "page")]
    pairs += [("soft", "card"), ("soft", "tint"), ("accent", "card"), ("on-bad", "bad")]
    pairs += [("on-choice", choice) for choice in CHOICES]
    low = {p: contrast(colors[p[0]], colors[p[1]]) for p in pairs}
    assert {pair: ratio for pair, ratio in low.items() if ratio < TEXT} == {}


@pytest.mark.parametrize("colors", [light, dark], ids=["light", "dark"])
def test_buttons_fields_and_the_focus_stand_out(colors: dict[str, str]) -> None:
    for edge in (*CHOICES, "soft", "accent"):
        assert contrast(colors[edge], colors["card"]) >= EDGE, edge


def test_dark_pages_change_every_color() -> None:
    assert light.keys() == dark.keys()
