"""The words in a picture: conditions, what a state does, texts cut to lines."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from stepwire.printable import printable

WIDTH = 28
"""Characters in a line of a label."""
LINES = 4
"""Lines of a name or a condition; the rest is cut."""

_COMPARISON = re.compile(
    r"(?:String|Numeric|Boolean|Timestamp)"
    r"(Equals|LessThanEquals|LessThan|GreaterThanEquals|GreaterThan)(Path)?"
)
_SIGNS = {
    "Equals": "=",
    "LessThan": "<",
    "LessThanEquals": "≤",
    "GreaterThan": ">",
    "GreaterThanEquals": "≥",
}
_RESOURCE = re.compile(r"arn:[^:]+:states:[^:]*:[^:]*:(?:aws-sdk:)?(.+)")
_FUNCTION = re.compile(r"arn:[^:]+:lambda:[^:]*:[^:]*:function:(.+)")
# Where a long word breaks best.
_BREAKS = (re.compile(r"(?<=[._/:&-])"), re.compile(r"(?<=[a-z0-9])(?=[A-Z])"))
# Characters that no XML document may hold, beside those that printable() escapes.
_NO_XML = re.compile("[\ufffe\uffff]")


def readable(text: str) -> str:
    """A text of a definition on one line, with escapes for control characters."""
    return _NO_XML.sub("\ufffd", printable(text, keep=""))


def lines(text: str, width: int = WIDTH, limit: int = LINES) -> list[str]:
    """A text wrapped to lines of ``width`` characters, at most ``limit`` of them.

    A word that is too long breaks behind a dot or the like, or before a capital.
    """
    found: list[str] = []
    for word in text.split():
        first, *rest = _parts(word, width)
        if found and len(found[-1]) + 1 + len(first) <= width:
            found[-1] += f" {first}"
        else:
            found.append(first)
        found += rest
    if len(found) > limit:
        found[limit - 1 :] = [f"{found[limit - 1][: width - 1]}…"]
    return found


def wrapped(texts: Iterable[str], width: int = WIDTH) -> list[str]:
    """The lines of several texts, each of which begins a line."""
    return [line for text in texts for line in lines(text, width)]


def condition(rule: Mapping[str, Any]) -> str:
    """A rule of a Choice state in words: its comment, its expression or both."""
    text = _condition(rule)
    comment = rule.get("Comment")
    if isinstance(comment, str) and comment.strip():
        return f"{readable(comment.strip())}: {text}"
    return text


def details(state: Mapping[str, Any]) -> tuple[str, ...]:
    """The work of a state, beyond its name."""
    match state.get("Type"):
        case "Task":
            return (_resource(state.get("Resource")),)
        case "Wait":
            return (f"Wait {_duration(state)}".rstrip(),)
        case "Fail":
            error = state.get("Error", state.get("ErrorPath", ""))
            return (f"Fail {_value(error)}".rstrip(),)
        case "Map":
            return _map(state)
        case "Choice" | None:
            return ()
        case kind:
            return (readable(str(kind)),)


def _condition(rule: Mapping[str, Any], outer: str = "") -> str:
    if "Condition" in rule:
        return _value(rule["Condition"])
    for key, word in (("And", " and "), ("Or", " or ")):
        inner = rule.get(key)
        if isinstance(inner, list):
            parts = [_condition(one, key) for one in inner if isinstance(one, Mapping)]
            text = word.join(parts)
            return f"({text})" if outer and outer != key and len(parts) > 1 else text
    if isinstance(inner := rule.get("Not"), Mapping):
        return f"not ({_condition(inner)})"
    variable = readable(str(rule.get("Variable", "")))
    for key, value in rule.items():
        if compared := _comparison(key, value):
            return f"{variable} {compared}"
    return variable


def _comparison(key: str, value: object) -> str | None:
    if match := _COMPARISON.fullmatch(key):
        shown = readable(str(value)) if match[2] else _literal(value)
        return f"{_SIGNS[match[1]]} {shown}"
    if key == "StringMatches":
        return f"matches {_literal(value)}"
    if key == "IsPresent":
        return "is present" if value is True else "is absent"
    if key.startswith("Is"):
        what = key.removeprefix("Is").lower()
        article = "" if what in ("null", "numeric", "boolean") else "a "
        return f"is {'' if value is True else 'not '}{article}{what}"
    return None


def _resource(resource: object) -> str:
    text = _value(resource)
    if match := _FUNCTION.fullmatch(text):
        return f"lambda {match[1]}"
    if match := _RESOURCE.fullmatch(text):
        return match[1]
    return text


def _duration(state: Mapping[str, Any]) -> str:
    for key in ("Seconds", "SecondsPath"):
        if key in state:
            return "1 second" if state[key] == 1 else f"{_value(state[key])} seconds"
    for key in ("Timestamp", "TimestampPath"):
        if key in state:
            return f"until {_value(state[key])}"
    return ""


def _map(state: Mapping[str, Any]) -> tuple[str, ...]:
    items = state.get("Items", state.get("ItemsPath"))
    text = f"Map: for each of {_value(items)}" if items is not None else "Map"
    processor = state.get("ItemProcessor")
    processor = processor if isinstance(processor, Mapping) else {}
    configuration = processor.get("ProcessorConfig")
    if isinstance(configuration, Mapping) and configuration.get("Mode") is not None:
        mode = readable(str(configuration["Mode"]))
        return (text,) if mode == "INLINE" else (text, mode)
    return (text,)


def _literal(value: object) -> str:
    return readable(json.dumps(value, ensure_ascii=False))


def _value(value: object) -> str:
    """A text without the marks of a JSONata expression; anything else as JSON."""
    if not isinstance(value, str):
        return "" if value is None else _literal(value)
    text = value.strip()
    if text.startswith("{%") and text.endswith("%}"):
        text = text[2:-2]
    return readable(" ".join(text.split()))


def _parts(word: str, width: int) -> list[str]:
    found: list[str] = []
    while len(word) > width:
        at = next(
            filter(None, (_last_break(one, word, width) for one in _BREAKS)), width
        )
        found.append(word[:at])
        word = word[at:]
    return [*found, word]


def _last_break(pattern: re.Pattern[str], word: str, width: int) -> int:
    """Where a part of a useful length can end; 0 is nowhere."""
    ends = [match.start() for match in pattern.finditer(word, 0, width + 1)]
    return max((end for end in ends if end >= width // 3), default=0)
