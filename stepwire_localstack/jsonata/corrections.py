"""Corrections of jsonata-python, to agree with JSONata's reference implementation.

Each function here replaces the package's own of that name; found by evaluating the
same expressions with both (`tests/emulator/test_jsonata.py` keeps them).
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from jsonata.datetimeutils import DateTimeUtils
from jsonata.functions import Functions
from jsonata.jexception import JException
from jsonata.jsonata import Jsonata
from jsonata.utils import Utils

from ..javascript_patterns import compile_pattern
from .numbers import round_half_even, to_string

_NUMBER: Final = re.compile(
    r"-?[0-9]+(\.[0-9]+)?([Ee][-+]?[0-9]+)?"
    r"|0[xX][0-9A-Fa-f]+|0[bB][01]+|0[oO][0-7]+"
)
_TIMESTAMP: Final = re.compile(
    r"\d{4}(-[01]\d)?(-[0-3]\d)?(T[0-2]\d:[0-5]\d:[0-5]\d)?(\.\d+)?"
    r"([+-][0-2]\d:?[0-5]\d|Z)?"
)

# The letters of a function's signature, as messages name them.
_TYPES: Final[Mapping[Any, str]] = {
    "a": "arrays",
    "b": "booleans",
    "f": "functions",
    "n": "numbers",
    "o": "objects",
    "s": "strings",
}


class CorrectedJsonata(Jsonata):  # type: ignore[misc]
    """An expression whose operators behave like the reference implementation's."""

    def __init__(self, source: str):
        super().__init__(source, compile_pattern)

    def evaluate_numeric_expression(self, lhs: Any, rhs: Any, op: str) -> Any:
        # The package's % cuts fractions off, its / raises on zero, and a result that
        # is not finite is an error there; JavaScript's is a number like any other.
        if lhs is not None and not Utils.is_numeric(lhs):
            raise JException("T2001", -1, op, lhs)
        if rhs is not None and not Utils.is_numeric(rhs):
            raise JException("T2002", -1, op, rhs)
        if lhs is None or rhs is None:
            return None
        return _narrowed(_ARITHMETIC[op](float(lhs), float(rhs)))

    def evaluate_string_concat(self, lhs: Any, rhs: Any) -> str:
        return "".join(string(side) for side in (lhs, rhs) if side is not None)


def message_of(error: JException) -> str:
    """The reference implementation's message for an error.

    The package's says "Object" where that one says "function", and leaves the quotation
    marks of values out.
    """
    template = JException.error_codes.get(error.error)
    if template is None or template == "{{{message}}}":
        return str(error)
    extra = _TYPES.get(error.extra, error.extra)
    values = iter([error.current, error.expected, extra])
    text = re.sub(r"\{\{+\w+\}\}+", lambda _: _in_message(next(values, None)), template)
    return text.replace(" Object ", " function ")


def _in_message(value: Any) -> str:
    if isinstance(value, float) and not math.isfinite(value):
        return "null"
    return "" if value is None else to_string(value)


def _divide(dividend: float, divisor: float) -> float:
    if divisor:
        return dividend / divisor
    if not dividend or math.isnan(dividend):
        return math.nan
    return math.copysign(math.inf, dividend) * math.copysign(1, divisor)


def _remainder(dividend: float, divisor: float) -> float:
    return math.fmod(dividend, divisor) if divisor else math.nan


_ARITHMETIC: Final[Mapping[str, Callable[[float, float], float]]] = {
    "+": float.__add__,
    "-": float.__sub__,
    "*": float.__mul__,
    "/": _divide,
    "%": _remainder,
}


def _narrowed(number: float) -> float | int:
    """A whole number as an int, which is what the package takes as an index."""
    return int(number) if math.isfinite(number) and number.is_integer() else number


def string(value: Any, prettify: Any = None) -> Any:
    # The package writes 1e+20, and every character beyond ASCII as an escape.
    if isinstance(value, Utils.JList) and value.outer_wrapper:
        value = value[0]
    if value is None or isinstance(value, str):
        return value
    if Utils.is_function(value) or Functions.is_lambda(value):
        return ""
    if isinstance(value, float) and not math.isfinite(value):
        raise JException("D3001", -1, number_name(value))
    return to_string(value, "  " if prettify is True else None)


def number_name(number: float) -> str:
    """The word that JavaScript has for a number that is not finite."""
    if math.isnan(number):
        return "NaN"
    return "Infinity" if number > 0 else "-Infinity"


def number(value: Any) -> Any:
    # Python's float() takes " 5 ", "+5", ".5", "Infinity", and raises its own errors.
    if value is None or isinstance(value, (bool, int, float)):
        return int(value) if isinstance(value, bool) else value
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        if value[:2].lower() in ("0x", "0b", "0o"):
            return int(value, 0)
        parsed = float(value)
        if math.isfinite(parsed):
            return _narrowed(parsed)
    raise JException("D3030", -1, string(value))


def power(base: Any, exponent: Any) -> Any:
    if base is None:
        return None
    try:
        result = float(base) ** float(exponent)
    except (OverflowError, ZeroDivisionError):
        result = math.inf
    if isinstance(result, complex) or not math.isfinite(result):
        raise JException("D3061", -1, base, exponent)
    return _narrowed(result)


def total(numbers: Any) -> Any:
    # Python's sum() compensates for lost digits; JavaScript adds one after another.
    if numbers is None:
        return None
    return functools.reduce(lambda so_far, number: so_far + number, numbers, 0)


def average(numbers: Any) -> Any:
    return total(numbers) / len(numbers) if numbers else None


def count(values: Any) -> int:
    # The package counts null as nothing.
    if values is None:
        return 0
    return len(values) if isinstance(values, list) else 1


def distinct(values: Any) -> Any:
    # For Python true equals 1, so that one of them would go.
    if not isinstance(values, list) or len(values) <= 1:
        return values
    kept = Utils.create_sequence() if Utils.is_sequence(values) else []
    for value in values:
        if not any(Utils.is_deep_equal(value, other) for other in kept):
            kept.append(value)
    return kept


def sort(values: Any, comes_after: Any = None) -> Any:
    # The package's order of equal members is not stable, its type error Python's own.
    if values is None or len(values) <= 1:
        return values
    if comes_after is None:
        kinds = {_kind(value) for value in values}
        if kinds not in ({"number"}, {"string"}):
            raise JException("D3070", -1)
        return sorted(values)

    def compare(left: Any, right: Any) -> int:
        # sorted() asks only whether the later one goes first.
        return -1 if Functions.func_apply(comes_after, [right, left]) else 1

    return sorted(values, key=functools.cmp_to_key(compare))


def _kind(value: Any) -> str:
    if isinstance(value, str):
        return "string"
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return "number"
    return "other"


def match(text: Any, pattern: Any, limit: Any = None) -> Any:
    if text is None:
        return None
    if text is Utils.NULL_VALUE or not isinstance(pattern, re.Pattern):
        return Functions.match_(text, pattern, limit)
    if limit is not None and limit < 0:
        raise JException("D3040", -1, limit)
    found = Utils.create_sequence()
    for each in _matches(pattern, text):
        if limit is not None and len(found) >= limit:
            break
        found.append(each)
    return found


def _matches(pattern: re.Pattern[str], text: str) -> Any:
    """The matches as JSONata describes them. An empty one is JException D1004."""
    for found in pattern.finditer(text):
        if not found.group():
            raise JException("D1004", -1, pattern.pattern)
        yield {
            "match": found.group(),
            "index": found.start(),
            "groups": list(found.groups()),
        }


def replace(text: Any, pattern: Any, replacement: Any, limit: Any = None) -> Any:
    # The package gives a replacement function other groups than the expression's.
    if text is None:
        return None
    if pattern == "":
        raise JException("D3010", -1, pattern)
    if limit is not None and limit < 0:
        raise JException("D3011", -1, limit)
    if isinstance(pattern, str):
        pattern = re.compile(re.escape(pattern))
    parts: list[str] = []
    end = 0
    for times, found in enumerate(_matches(pattern, text)):
        if limit is not None and times >= limit:
            break
        parts.append(text[end : found["index"]])
        if isinstance(replacement, str):
            parts.append(_with_groups(replacement, found))
        else:
            made = Functions.func_apply(replacement, [found])
            if not isinstance(made, str):
                raise JException("D3012", -1, made)
            parts.append(made)
        end = found["index"] + len(found["match"])
    return "".join([*parts, text[end:]])


def _with_groups(replacement: str, found: Mapping[str, Any]) -> str:
    groups: Sequence[str | None] = found["groups"]
    most_digits = len(str(len(groups)))

    def group(reference: re.Match[str]) -> str:
        name = reference[1]
        if name == "$":
            return "$"
        if name == "0":
            return str(found["match"])
        # $12 is the twelfth group where there are that many, else the first and a "2".
        digits = name[:most_digits]
        while len(digits) > 1 and int(digits) > len(groups):
            digits = digits[:-1]
        chosen = groups[int(digits) - 1] if 0 < int(digits) <= len(groups) else None
        return (chosen or "") + name[len(digits) :]

    return re.sub(r"\$(\$|0|[0-9]+)", group, replacement)


def format_number(value: Any, picture: Any, options: Any = None) -> Any:
    # The package rounds the stored binary fraction, half away from zero.
    if value is None:
        return None
    point = (options or {}).get("decimal-separator", ".")
    part = picture.partition((options or {}).get("pattern-separator", ";"))[0]
    whole, _, fraction = part.partition(point)
    if "e" not in part:
        digits = sum(mark.isdigit() or mark == "#" for mark in fraction)
        digits += 2 * ("%" in part) + 3 * ("\u2030" in part)
        value = round_half_even(value, digits)
    if fraction and not any(mark.isdigit() for mark in part):
        # Without a mandatory digit, the first optional one of the fraction is one.
        picture = picture.replace(f"{point}#", f"{point}0", 1)
    if not any(mark.isdigit() or mark == "#" for mark in whole + fraction):
        raise JException("D3085", -1)
    return Functions.format_number(value, picture, options)


def parse_integer(value: Any, picture: Any) -> Any:
    try:
        return Functions.parse_integer(value, picture)
    except ValueError:
        return math.nan


def to_millis(timestamp: Any, picture: Any = None) -> Any:
    if timestamp is None or picture is not None:
        return Functions.datetime_to_millis(timestamp, picture)
    if not _TIMESTAMP.fullmatch(timestamp):
        raise JException("D3110", -1, timestamp)
    complete = timestamp + "-01-01"[len(timestamp) - 4 :] * (len(timestamp) < 10)
    try:
        moment = datetime.fromisoformat(complete)
    except ValueError as error:
        raise JException("D3110", -1, timestamp) from error
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return math.floor(moment.timestamp() * 1000)


def from_millis(millis: Any, picture: Any = None, timezone: Any = None) -> Any:
    if millis is None:
        return None
    try:
        return DateTimeUtils.format_datetime(int(millis), picture, timezone)
    except KeyError as error:
        raise JException("D3132", -1, error.args[0]) from error


CORRECTED: Final[Mapping[str, tuple[str, Callable[..., Any]]]] = {
    "string": ("<x-b?:s>", string),
    "number": ("<(nsb)-:n>", number),
    "power": ("<n-n:n>", power),
    "sum": ("<a<n>:n>", total),
    "average": ("<a<n>:n>", average),
    "count": ("<x:n>", count),
    "distinct": ("<x:x>", distinct),
    "sort": ("<af?:a>", sort),
    "match": ("<s-f<s:o>n?:a<o>>", match),
    "replace": ("<s-(sf)(sf)n?:s>", replace),
    "formatNumber": ("<n-so?:s>", format_number),
    "parseInteger": ("<s-s:n>", parse_integer),
    "toMillis": ("<s-s?:n>", to_millis),
    "fromMillis": ("<n-s?s?:s>", from_millis),
}
