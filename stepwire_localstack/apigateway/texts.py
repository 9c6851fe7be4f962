"""Texts of values in mapping templates, as Java writes them.

API Gateway's templates run on Java: a map is `{a=1, b=null}`, a list that a template
makes is `[x, y]`, a fraction is `1.0E10`. The lists of a body (`$input.path`,
`$util.parseJson`) are JSON, also within a map.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Final

from localstack.services.apigateway.next_gen.execute_api.template_mapping import (
    VTLJsonList,
)

_SURROGATE: Final = re.compile("[\ud800-\udfff]")


class Entry(dict[str, Any]):
    """A key of a map with its value: `$entry.key` or `$entry.getKey()`."""


def text(value: Any) -> str:
    """The text of a value in a template."""
    match value:
        case str():
            written = value
        case None:
            written = "null"
        case bool():
            written = str(value).lower()
        case float():
            written = _fraction(value)
        case Entry():
            written = f"{text(value['key'])}={text(value['value'])}"
        case VTLJsonList():
            written = to_json(value)
        case Mapping():
            items = (f"{text(key)}={text(each)}" for key, each in value.items())
            written = f"{{{', '.join(items)}}}"
        case Iterable():
            written = f"[{', '.join(map(text, value))}]"
        case _:
            written = str(value)
    return written


def _fraction(value: float) -> str:
    """Double.toString: an exponent below a thousandth and from ten millions."""
    magnitude = abs(value)
    if value == 0 or 1e-3 <= magnitude < 1e7:
        return f"{Decimal(repr(value)):f}"
    exact = Decimal(repr(magnitude)).normalize()
    first, *rest = map(str, exact.as_tuple().digits)
    minus = "-" if value < 0 else ""
    return f"{minus}{first}.{''.join(rest) or '0'}E{exact.adjusted()}"


def to_json(value: Any) -> str:
    """Compact JSON, its characters as they are; half a surrogate pair as an escape."""
    written = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return _SURROGATE.sub(lambda half: f"\\u{ord(half[0]):04x}", written)
