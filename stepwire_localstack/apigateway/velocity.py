"""Velocity's expressions on Java's values, where airspeed's are Python's.

airspeed looks methods up on Python's objects: `$order.items` of an order without items
is a method, and `split` or `replaceAll` follow Python's rules.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final

from airspeed import operators
from localstack.utils.patch import patch

from .texts import Entry, text


def install() -> None:
    operators.value_to_string = text

    @patch(operators.NameOrCall.calculate)  # type: ignore[untyped-decorator]
    def name_or_call(
        fn: Any, self: Any, current: Any, loader: Any, namespace: Any
    ) -> Any:
        if isinstance(current, operators.LocalNamespace):
            return fn(self, current, loader, namespace)
        methods = _methods_of(current)
        if methods is None:
            return fn(self, current, loader, namespace)
        if self.parameters is not None:
            method = methods.get(self.name)
            arguments = self.parameters.calculate(namespace, loader)
            return None if method is None else method(current, *arguments)
        value = current.get(self.name) if isinstance(current, dict) else None
        if self.index is None:
            return value
        index = self.index.calculate(namespace, loader)
        return _element(value, index)

    @patch(operators.SubExpression.calculate)  # type: ignore[untyped-decorator]
    def sub_expression(
        fn: Any, self: Any, current: Any, loader: Any, namespace: Any
    ) -> Any:
        # Null has neither elements nor properties; airspeed raises Python's error.
        if not isinstance(self.expression, operators.ArrayIndex):
            return fn(self, current, loader, namespace)
        value = _element(current, self.expression.calculate(namespace, loader))
        if self.subexpression is None or value is None:
            return value
        return self.subexpression.calculate(value, loader, namespace)

    @patch(operators.Expression.calculate)  # type: ignore[untyped-decorator]
    def expression(_fn: Any, self: Any, namespace: Any, loader: Any) -> Any:
        return _calculate(list(self.expression), namespace, loader)

    # "#${name}" is a number sign before a reference, which airspeed takes for text.
    operators.Text.PLAIN = re.compile(
        r"((?:[^\\\$#]+|\\[\$#])+|\$[^!\{a-z0-9_]|\$$|#$|#(?=\$)"
        r"|#[^\{\}a-zA-Z0-9#\*\$]+|\\.)(.*)$",
        re.DOTALL | re.IGNORECASE,
    )


def _element(value: Any, index: Any) -> Any:
    if isinstance(value, dict):
        return value.get(index)
    if isinstance(value, list) and isinstance(index, int):
        return value[index] if -len(value) <= index < len(value) else None
    return None


# Tightest first, as in Java.
_PRECEDENCE: Final = (
    ("*", "/", "%"),
    ("+", "-"),
    (">", "<", ">=", "<=", "gt", "lt", "ge", "le"),
    ("==", "!=", "eq", "ne"),
    ("&&", "and"),
    ("||", "or"),
)


def _calculate(terms: list[Any], namespace: Any, loader: Any) -> Any:
    """Evaluates `value operator value …`, from the operators that bind least.

    airspeed evaluates both sides of `&&` and `||` whatever the first one is, and does
    not add a number to a text.
    """
    if len(terms) == 1:
        return terms[0].calculate(namespace, loader)
    names = [_name(term) for term in terms[1::2]]
    level = next(level for level in reversed(_PRECEDENCE) if set(level) & set(names))
    # Operators of one level are taken from the left: the last one splits.
    index = max(i for i, name in enumerate(names) if name in level) * 2 + 1
    left = _calculate(terms[:index], namespace, loader)
    name = names[index // 2]
    if name in ("&&", "and") and not truth(left):
        return False
    if name in ("||", "or") and truth(left):
        return True
    right = _calculate(terms[index + 1 :], namespace, loader)
    if name in ("&&", "and", "||", "or"):
        return truth(right)
    return _OPERATIONS[name](left, right)


def _name(term: Any) -> str:
    return str(term.my_text()).strip()


def truth(value: Any) -> bool:
    return bool(operators.boolean_value(value))


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _add(left: Any, right: Any) -> Any:
    if _is_number(left) and _is_number(right):
        return left + right
    return text(left) + text(right)


def _arithmetic(
    operation: Callable[[Any, Any], Any],
) -> Callable[[Any, Any], Any]:
    def apply(left: Any, right: Any) -> Any:
        # Velocity yields null for what is no number, and for a division by zero.
        if not (_is_number(left) and _is_number(right)):
            return None
        try:
            return operation(left, right)
        except ZeroDivisionError:
            return None

    return apply


def _divide(left: Any, right: Any) -> Any:
    # Whole numbers divide towards zero.
    if isinstance(left, int) and isinstance(right, int):
        return int(math.copysign(abs(left) // abs(right), left * right))
    return left / right


def _remainder(left: Any, right: Any) -> Any:
    rest = math.fmod(left, right) if right else operator.mod(left, right)
    return int(rest) if isinstance(left, int) and isinstance(right, int) else rest


def _equal(left: Any, right: Any) -> bool:
    # Velocity compares values of different classes as texts.
    if isinstance(left, bool) != isinstance(right, bool) or (
        _is_number(left) != _is_number(right)
    ):
        return text(left) == text(right) if _both(left, right) else False
    return bool(left == right)


def _both(left: Any, right: Any) -> bool:
    return left not in (None, "") and right not in (None, "")


def _ordered(
    operation: Callable[[Any, Any], bool],
) -> Callable[[Any, Any], bool]:
    def apply(left: Any, right: Any) -> bool:
        return _is_number(left) and _is_number(right) and bool(operation(left, right))

    return apply


_OPERATIONS: Final[Mapping[str, Callable[[Any, Any], Any]]] = {
    "+": _add,
    "-": _arithmetic(operator.sub),
    "*": _arithmetic(operator.mul),
    "/": _arithmetic(_divide),
    "%": _arithmetic(_remainder),
    "==": _equal,
    "eq": _equal,
    "!=": lambda left, right: not _equal(left, right),
    "ne": lambda left, right: not _equal(left, right),
    ">": _ordered(operator.gt),
    "gt": _ordered(operator.gt),
    ">=": _ordered(operator.ge),
    "ge": _ordered(operator.ge),
    "<": _ordered(operator.lt),
    "lt": _ordered(operator.lt),
    "<=": _ordered(operator.le),
    "le": _ordered(operator.le),
}


@lru_cache(maxsize=512)
def _regex(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _replacement(template: str) -> Callable[[re.Match[str]], str]:
    """Java's replacement texts: `$1` is a group, a backslash takes `$` literally."""

    def replaced(found: re.Match[str]) -> str:
        return re.sub(
            r"\\(.)|\$(\d)",
            lambda part: part[1] if part[1] else (found[int(part[2])] or ""),
            template,
            flags=re.DOTALL,
        )

    return replaced


def _split(value: str, pattern: str, limit: int = 0) -> list[str]:
    parts = _regex(pattern).split(value, max(0, limit - 1))
    while limit == 0 and len(parts) > 1 and parts[-1] == "":
        parts.pop()  # Java leaves empty parts at the end out
    return parts


def _put(target: dict[Any, Any], key: Any, value: Any) -> Any:
    previous = target.get(key)
    target[key] = value
    return previous


def _add_to(target: list[Any], *arguments: Any) -> bool:
    if len(arguments) == 2:
        target.insert(*arguments)
    else:
        target.append(arguments[0])
    return True


def _set_in(target: list[Any], index: int, value: Any) -> Any:
    previous = target[index]
    target[index] = value
    return previous


def _index_of(value: list[Any], wanted: Any) -> int:
    return value.index(wanted) if wanted in value else -1


_OBJECT: Final[Mapping[str, Callable[..., Any]]] = {
    "toString": text,
    "equals": lambda value, other: type(value) is type(other) and value == other,
}
_STRING: Final[Mapping[str, Callable[..., Any]]] = {
    **_OBJECT,
    "equals": lambda value, other: isinstance(other, str) and value == other,
    "equalsIgnoreCase": lambda value, other: value.lower() == text(other).lower(),
    "length": len,
    "isEmpty": lambda value: not value,
    "isBlank": lambda value: not value.strip(),
    "charAt": lambda value, index: value[index],
    "concat": lambda value, other: value + other,
    "contains": lambda value, other: text(other) in value,
    "startsWith": lambda value, other: value.startswith(other),
    "endsWith": lambda value, other: value.endswith(other),
    "indexOf": lambda value, other, start=0: value.find(text(other), start),
    "lastIndexOf": lambda value, other: value.rfind(text(other)),
    "substring": lambda value, start, end=None: value[start:end],
    "trim": lambda value: value.strip(),
    "toLowerCase": lambda value: value.lower(),
    "toUpperCase": lambda value: value.upper(),
    "replace": lambda value, old, new: value.replace(old, new),
    "matches": lambda value, pattern: bool(_regex(pattern).fullmatch(value)),
    "split": _split,
    "replaceAll": lambda value, pattern, new: _regex(pattern).sub(
        _replacement(new), value
    ),
    "replaceFirst": lambda value, pattern, new: _regex(pattern).sub(
        _replacement(new), value, count=1
    ),
}
_LIST: Final[Mapping[str, Callable[..., Any]]] = {
    **_OBJECT,
    "size": len,
    "isEmpty": lambda value: not value,
    "get": _element,
    "contains": lambda value, item: item in value,
    "indexOf": _index_of,
    "add": _add_to,
    "addAll": lambda value, items: bool(value.extend(items) or items),
    "set": _set_in,
    "remove": lambda value, index: value.pop(index),
    "subList": lambda value, start, end: value[start:end],
}
_MAP: Final[Mapping[str, Callable[..., Any]]] = {
    **_OBJECT,
    "size": len,
    "isEmpty": lambda value: not value,
    "get": lambda value, key: value.get(key),
    "getOrDefault": lambda value, key, default: value.get(key, default),
    "containsKey": lambda value, key: key in value,
    "containsValue": lambda value, item: item in value.values(),
    "keySet": list,
    "values": lambda value: list(value.values()),
    "entrySet": lambda value: [
        Entry(key=key, value=item) for key, item in value.items()
    ],
    "put": _put,
    "putAll": lambda value, other: value.update(other),
    "remove": lambda value, key: value.pop(key, None),
}
_ENTRY: Final[Mapping[str, Callable[..., Any]]] = {
    **_OBJECT,
    "getKey": lambda value: value["key"],
    "getValue": lambda value: value["value"],
}


def _methods_of(value: Any) -> Mapping[str, Callable[..., Any]] | None:
    """The methods of a Java value; None for one of API Gateway's own objects."""
    if isinstance(value, str):
        return _STRING
    if isinstance(value, (list, range)):
        return _LIST
    if isinstance(value, Entry):
        return _ENTRY
    if isinstance(value, dict):
        return _MAP
    if isinstance(value, (bool, int, float)):
        return _OBJECT
    return None
