"""``application/x-www-form-urlencoded`` as HTTP Tasks write it.

"Applying URL-encoding on request body" of the Step Functions guide: a space is
``%20``, a nested key ``a%5Bb%5D``, and arrays have four formats.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any
from urllib.parse import quote


class ArrayFormat(StrEnum):
    """The way in which the elements of an array are told apart."""

    INDICES = "INDICES"
    REPEAT = "REPEAT"
    COMMAS = "COMMAS"
    BRACKETS = "BRACKETS"


def encode(
    values: Mapping[str, Any], array_format: ArrayFormat = ArrayFormat.INDICES
) -> str:
    """`a=1&b%5Bc%5D=x%20y` for ``{"a": 1, "b": {"c": "x y"}}``."""
    pairs = (
        pair
        for key, value in values.items()
        for pair in _pairs(key, value, array_format)
    )
    return "&".join(f"{_quote(key)}={value}" for key, value in pairs)


def _pairs(
    key: str, value: Any, array_format: ArrayFormat
) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for inner, each in value.items():
            yield from _pairs(f"{key}[{inner}]", each, array_format)
    elif isinstance(value, list):
        yield from _array(key, value, array_format)
    else:
        yield key, _quote(text(value))


def _array(
    key: str, values: list[Any], array_format: ArrayFormat
) -> Iterator[tuple[str, str]]:
    if array_format is ArrayFormat.COMMAS:
        # The commas between the elements stay; those in an element are encoded.
        yield key, ",".join(_quote(text(value)) for value in values)
        return
    for index, value in enumerate(values):
        inner = {
            ArrayFormat.INDICES: f"{key}[{index}]",
            ArrayFormat.BRACKETS: f"{key}[]",
            ArrayFormat.REPEAT: key,
        }[array_format]
        yield from _pairs(inner, value, array_format)


def text(value: Any) -> str:
    """A string as it is, and anything else as JSON; null is empty."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _quote(value: str) -> str:
    return quote(value, safe="")
