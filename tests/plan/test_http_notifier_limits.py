"""modules/http-notifier: a text that is longer than its API takes is cut, and sent."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any

import pytest
import yaml

from stepwire.pytest_plugin import PlanFactory
from tests.jsonata import evaluate

FIXTURE = Path(__file__).parent / "fixtures" / "notifier"
MODULE = Path(__file__).parents[2] / "modules" / "http-notifier"
PRESETS: dict[str, dict[str, Any]] = yaml.safe_load(
    (MODULE / "presets.yaml").read_text("utf-8")
)
MARK = "..."
# What people see as one character, though it is several.
FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"
GRAPHEMES = {
    "a letter": "a",
    "an accent": "e\u0301",
    "three accents": "a\u0302\u0323\u0308",
    "an emoji": "\U0001f600",
    "a family": FAMILY,
    "a tone of skin": "\U0001f44d\U0001f3fd",
    "a selector": "\u2764\ufe0f",
    "a key cap": "1\ufe0f\u20e3",
    "a flag": "\U0001f1eb\U0001f1f7",
    "a flag of tags": "\U0001f3f4\U000e0067\U000e0062\U000e0077\U000e007f",
    "Devanagari": "\u0915\u094d\u0937\u093f",
    "Tamil": "\u0ba8\u0bbf",
    "Thai": "\u0e01\u0e33\u0e49",
    "Hangul": "\u1112\u1161\u11ab",
    "Hebrew": "\u05e9\u05c1\u05b8",
    "a line break": "\r\n",
}


def fields_with(unit: str) -> list[tuple[str, str, int]]:
    """Preset, field and limit of each field whose limit is of this unit."""
    return [
        (preset, field, limit["max"])
        for preset, entry in PRESETS.items()
        for field, limit in entry.get("limits", {}).items()
        if isinstance(limit, dict)
        and limit.get("unit", "characters") == unit
        and field not in ("idempotency_key", "metadata")
    ]


def size(text: str, unit: str) -> int:
    return len(text.encode()) if unit == "bytes" else len(text.encode("utf-16-le")) // 2


CUT = [
    (preset, field, most, unit)
    for unit in ("characters", "bytes")
    for preset, field, most in fields_with(unit)
]


@pytest.fixture(scope="module")
def arguments(stepwire_plan: PlanFactory) -> dict[str, Any]:
    return stepwire_plan(FIXTURE).outputs["arguments"]


class Sent:
    """What one preset sends of an input, every field that is not given being short."""

    def __init__(self, preset: str, arguments: dict[str, Any]) -> None:
        self._preset = preset
        self._arguments = arguments[preset]

    def body(self, **fields: Any) -> Any:
        return self._evaluated(self._arguments["RequestBody"], fields)

    def of(self, field: str, value: Any) -> Any:
        """What is sent in the place of a field, which a marker finds."""
        marker = {"list": ["<here>"], "dict": {"here": "<here>"}}.get(
            type(value).__name__, "<here>"
        )
        path = _path_to(self.body(**{field: marker}), marker)
        assert path is not None, f"{self._preset} does not send {field}"
        found = self.body(**{field: value})
        for step in path:
            found = found[step]
        return found

    def header(self, name: str, **fields: Any) -> Any:
        return self._evaluated(self._arguments["Headers"][name], fields)

    def _evaluated(self, expression: str, fields: dict[str, Any]) -> Any:
        needed = dict.fromkeys(PRESETS[self._preset].get("required", []), "short")
        context = {"Execution": {"Id": "arn"}, "State": {"Name": "Tell"}}
        states = {"input": {**needed, **fields}, "context": context}
        return evaluate(expression, {"states": states})


def _path_to(value: Any, marker: Any) -> list[Any] | None:
    if value == marker:
        return []
    items: list[tuple[Any, Any]] = []
    if isinstance(value, dict):
        items = list(value.items())
    elif isinstance(value, list):
        items = list(enumerate(value))
    for key, item in items:
        path = _path_to(item, marker)
        if path is not None:
            return [key, *path]
    return None


@pytest.mark.parametrize(("preset", "field", "most", "unit"), CUT)
def test_a_text_at_its_limit_is_sent_unchanged(
    preset: str, field: str, most: int, unit: str, arguments: dict[str, Any]
) -> None:
    sent = Sent(preset, arguments)
    for text in ("x" * most, "\U0001f600" * (most // (4 if unit == "bytes" else 2))):
        assert sent.of(field, text) == text


@pytest.mark.parametrize(("preset", "field", "most", "unit"), CUT)
def test_a_text_over_its_limit_is_cut_and_marked(
    preset: str, field: str, most: int, unit: str, arguments: dict[str, Any]
) -> None:
    sent = Sent(preset, arguments)
    assert sent.of(field, "x" * (most + 1)) == "x" * (most - 3) + MARK
    assert sent.of(field, "x" * 5 * most) == "x" * (most - 3) + MARK
    for text in ("\U0001f600" * most, "\u00fc" * 2 * most, "\u4e2d\U0001f600a" * most):
        found = sent.of(field, text)
        assert found.endswith(MARK)
        assert text.startswith(found.removesuffix(MARK))
        assert most - 8 < size(found, unit) <= most


@pytest.mark.parametrize("grapheme", GRAPHEMES.values(), ids=GRAPHEMES)
@pytest.mark.parametrize("before", range(12))
def test_no_character_is_cut_in_two(
    grapheme: str, before: int, arguments: dict[str, Any]
) -> None:
    """Wherever in it the limit is."""
    for preset, field, most in (("discord", "username", 80), ("teams", "title", 1000)):
        text = "x" * before + grapheme * (most + 1)
        found = Sent(preset, arguments).of(field, text).removesuffix(MARK)
        assert text.startswith(found)
        assert (len(found) - before) % len(grapheme) == 0
        unit = "bytes" if preset == "teams" else "characters"
        room = most - len(MARK)
        assert room - size(grapheme, unit) < size(found, unit) <= room


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("\ud83d", "\ufffd"),
        ("cut by others \ud83d", "cut by others \ufffd"),
        ("\U0001f600\udc00\ud83d.", "\U0001f600\ufffd\ufffd."),
        ("x" * 76 + "\ud83d" + "y" * 9, "x" * 76 + "\ufffd" + MARK),
    ],
)
def test_half_of_a_character_loses_no_notification(
    text: str, sent: str, arguments: dict[str, Any]
) -> None:
    """As "😀".slice(0, 1) of JavaScript leaves it."""
    assert Sent("discord", arguments).of("username", text) == sent
    assert Sent("teams", arguments).of("title", text).startswith(sent[:70])


def test_no_mark_is_parted_from_its_letter(arguments: dict[str, Any]) -> None:
    sent = Sent("discord", arguments)
    marks = [
        chr(code)
        for code in range(0x10000)
        if unicodedata.category(chr(code)) in ("Mn", "Mc", "Me")
    ]
    assert len(marks) > 1300
    parted = [
        f"{ord(mark):04X}"
        for mark in marks
        if sent.of("username", "x" * 77 + mark + "y" * 9) != "x" * 76 + MARK
    ]
    assert parted == []


def test_a_letter_with_endless_marks_is_cut(arguments: dict[str, Any]) -> None:
    found = Sent("discord", arguments).of("text", "z" + "\u0301" * 9000)
    assert 1900 < len(found) <= 2000


@pytest.mark.parametrize(("preset", "field", "most"), fields_with("items"))
def test_of_a_list_the_first_items_are_sent(
    preset: str, field: str, most: int, arguments: dict[str, Any]
) -> None:
    sent = Sent(preset, arguments)
    items = [{"number": number} for number in range(most + 5)]
    assert sent.of(field, items) == items[:most]
    assert sent.of(field, items[:most]) == items[:most]
    assert sent.of(field, items[:1]) == items[:1]


def test_each_value_of_metadata_is_cut(arguments: dict[str, Any]) -> None:
    sent = Sent("stripe-payment-intent", arguments)
    metadata = {"order": "o-1", "note": "x" * 501, "count": 7}
    assert sent.of("metadata", metadata) == {**metadata, "note": "x" * 497 + MARK}
    assert "metadata" not in sent.body()


def test_of_a_key_that_is_too_long_the_hash_is_sent(arguments: dict[str, Any]) -> None:
    sent = Sent("stripe-payment-intent", arguments)
    assert sent.header("Idempotency-Key", key="k" * 255) == "k" * 255
    one, other = (
        sent.header("Idempotency-Key", key="k" * 255 + end) for end in ("a", "b")
    )
    assert len(one) == len(other) == 64
    assert one != other


def test_values_other_than_texts_are_sent_unchanged(arguments: dict[str, Any]) -> None:
    sent = Sent("pagerduty", arguments)
    assert sent.body(summary=7)["payload"]["summary"] == 7
    assert sent.body(custom_details={"a": ["x" * 9999]})["payload"][
        "custom_details"
    ] == {"a": ["x" * 9999]}
