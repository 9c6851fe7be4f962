"""JSONPath as `$input.path` and `$input.json` understand it.

Stock builds a parser for every look-up, which takes longer than all the rest of a call,
and knows neither filters nor `length()`.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Final

from jsonpath_ng.ext import parse

# A path that names one place: $.orders[0]['unit price'].length()
_STEP: Final = re.compile(
    r"\.(?P<name>[^.\[\]()*?@:,'\"\s]+)"
    r"|\[(?P<quote>['\"])(?P<quoted>[^'\"]*)(?P=quote)\]"
    r"|\[(?P<index>-?\d+)\]"
)
_LENGTH: Final = re.compile(r"\.(?:length|size)\(\)$")
MISSING: Final = object()


def find(value: Any, path: str) -> Any:
    """The part of a JSON value that a path names; MISSING for nothing.

    A path that can name several places (`..`, `*`, a filter, a slice) yields a list.
    """
    path = path if path.startswith("$") else f"$.{path}"
    if _LENGTH.search(path):
        found = find(value, _LENGTH.sub("", path))
        return len(found) if isinstance(found, (list, dict, str)) else MISSING
    steps = _definite(path)
    if steps is None:
        return [match.value for match in _compiled(path).find(value)]
    for step in steps:
        value = _child(value, step)
        if value is MISSING:
            break
    return value


def _child(value: Any, step: str | int) -> Any:
    if isinstance(value, dict) and isinstance(step, str):
        return value.get(step, MISSING)
    if isinstance(value, list) and isinstance(step, int):
        return value[step] if -len(value) <= step < len(value) else MISSING
    return MISSING


@lru_cache(maxsize=1024)
def _definite(path: str) -> tuple[str | int, ...] | None:
    """The steps of a path that names one place; None for any other."""
    steps: list[str | int] = []
    position = 1
    while position < len(path):
        step = _STEP.match(path, position)
        if step is None:
            return None
        if step["index"] is not None:
            steps.append(int(step["index"]))
        else:
            steps.append(step["name"] if step["quote"] is None else step["quoted"])
        position = step.end()
    return tuple(steps)


@lru_cache(maxsize=256)
def _compiled(path: str) -> Any:
    return parse(path)
