"""Numbers as JavaScript writes them, which is how JSONata turns them into text."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from typing import Any, Final

from jsonata.jexception import JException
from jsonata.jsonata import Jsonata
from jsonata.parser import Parser
from jsonata.utils import Utils

# The largest whole number that JavaScript writes without an exponent.
_EXPONENT_FROM: Final = 1e21
_EXPONENT_BELOW: Final = 1e-6
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


def number_to_string(number: float) -> str:
    """`1.5`, `100000000000000000000`, `1e+21`, `1e-7`: never `1.0` or `1e-07`.

    Raises JException D1001 for a number that is not finite.
    """
    if isinstance(number, int):
        if abs(number) < _EXPONENT_FROM:
            return str(number)
        number = float(number)
    if not math.isfinite(number):
        raise JException("D1001", -1, number)
    if not number.is_integer():
        # JSONata keeps 15 significant digits, which hides 0.1 + 0.2.
        number = float(f"{number:.15g}")
    if number == 0:
        return "0"
    digits = repr(number)
    if _EXPONENT_BELOW <= abs(number) < _EXPONENT_FROM:
        return format(Decimal(digits), "f").removesuffix(".0")
    mantissa, _, exponent = digits.partition("e")
    return f"{mantissa.removesuffix('.0')}e{int(exponent):+d}"


def to_string(value: Any, indent: str | None = None, margin: str = "\n") -> str:
    """JSON text of a JSONata value, as JavaScript's `JSON.stringify` writes it.

    Functions become empty strings; with `indent`, one member a line.
    """
    inner = margin + (indent or "")
    if isinstance(value, Mapping):
        colon = ":" if indent is None else ": "
        members = [
            f"{to_string(str(key))}{colon}{to_string(item, indent, inner)}"
            for key, item in value.items()
        ]
        return _enclosed("{", members, "}", indent, margin)
    if isinstance(value, list):
        members = [
            to_string(value[index], indent, inner) for index in range(len(value))
        ]
        return _enclosed("[", members, "]", indent, margin)
    return _scalar_to_string(value)


def _scalar_to_string(value: Any) -> str:
    if isinstance(value, str):
        text = json.dumps(value, ensure_ascii=False)
        # Half of a surrogate pair is no character: it is written as an escape.
        return _SURROGATE.sub(lambda half: f"\\u{ord(half[0]):04x}", text)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return number_to_string(value)
    if isinstance(value, (Jsonata.JFunctionCallable, Parser.Symbol)):
        return '""'
    return json.dumps(None if value is Utils.NULL_VALUE else value)


def _enclosed(
    opening: str, members: list[str], closing: str, indent: str | None, margin: str
) -> str:
    if indent is None or not members:
        return f"{opening}{','.join(members)}{closing}"
    inner = margin + indent
    return f"{opening}{inner}{f',{inner}'.join(members)}{margin}{closing}"


def round_half_even(number: float, digits: int) -> float:
    """Rounds the number that is written, not the binary fraction that stores it."""
    try:
        rounded = Decimal(repr(number)).quantize(
            Decimal(1).scaleb(-digits), ROUND_HALF_EVEN
        )
    except InvalidOperation:  # more digits than a decimal holds: nothing to round
        return number
    return float(rounded)
