"""Attribute values of requests, looked at before anything is done with them."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any, Final

from . import numbers
from .errors import SerializationError, ValidationError

_TYPES: Final = ("S", "N", "B", "SS", "NS", "BS", "M", "L", "NULL", "BOOL")
_SETS: Final = {"SS": "string", "NS": "number", "BS": "binary"}
# "Quotas in Amazon DynamoDB": nested attributes.
_DEEPEST: Final = 32
_INVALID: Final = "One or more parameter values were invalid: "


def check(operation: Any, request: Any, body: bytes) -> None:
    """Raises a ServiceException where a value cannot be one of DynamoDB's.

    Args:
        operation: botocore's model of the operation.
        request: its parameters, as LocalStack has parsed them.
        body: what was sent.
    """
    # Characters past ASCII come as such or escaped, and a surrogate only escaped.
    if b"\\ud" in body.lower():
        _check_text(request)
    for value in _attribute_values(operation.input_shape, request):
        _check_value(value, depth=0)


def _check_text(request: Any) -> None:
    try:
        for text in _texts(request):
            text.encode()
    except UnicodeEncodeError:
        raise SerializationError(
            "A string has half of a surrogate pair, which is no character"
        ) from None


def _texts(value: Any) -> Iterator[str]:
    """Every string of a request. (`json` writes a surrogate as an escape here.)"""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, member in value.items():
            yield name
            yield from _texts(member)
    elif isinstance(value, list):
        for member in value:
            yield from _texts(member)


def _attribute_values(shape: Any, value: Any) -> Iterator[Any]:
    """Every attribute value of a request, wherever the service's model has one."""
    if value is None or not _has_values(shape):
        return
    if shape.name == "AttributeValue":
        yield value
    elif shape.type_name == "structure":
        for name, member in value.items():
            if name in shape.members:
                yield from _attribute_values(shape.members[name], member)
    elif shape.type_name == "list":
        for member in value:
            yield from _attribute_values(shape.member, member)
    elif shape.type_name == "map":
        for member in value.values():
            yield from _attribute_values(shape.value, member)


@functools.cache
def _has_values(shape: Any) -> bool:
    if shape.name == "AttributeValue":
        return True
    if shape.type_name == "structure":
        return any(_has_values(member) for member in shape.members.values())
    if shape.type_name == "list":
        return _has_values(shape.member)
    return shape.type_name == "map" and _has_values(shape.value)


def _check_value(value: Any, depth: int) -> None:
    types = [name for name in value if name in _TYPES]
    if len(types) != 1:
        problem = "has more than one datatypes set" if types else "is empty"
        raise ValidationError(
            f"Supplied AttributeValue {problem}, must contain exactly one of the"
            " supported datatypes"
        )
    (kind,) = types
    content = value[kind]
    if depth > _DEEPEST:
        raise ValidationError(
            "Nesting Levels have exceeded supported limits: Attributes in the item have"
            " nested levels beyond supported limit"
        )
    if kind == "N":
        numbers.check(content)
    elif kind == "NULL" and content is not True:
        raise ValidationError(
            f"{_INVALID}Null attribute value types must have the value of true"
        )
    elif kind in _SETS:
        _check_set(kind, content)
    elif kind in {"M", "L"}:
        for member in content.values() if kind == "M" else content:
            _check_value(member, depth + 1)


def _check_set(kind: str, members: list[Any]) -> None:
    if not members:
        raise ValidationError(
            f"{_INVALID}Binary sets should not be empty"
            if kind == "BS"
            else f"{_INVALID}An {_SETS[kind]} set  may not be empty"
        )
    if kind == "NS":
        for member in members:
            numbers.check(member)
        members = [numbers.canonical(member) for member in members]
    if len(set(members)) < len(members):
        listed = ", ".join(map(str, members))
        raise ValidationError(
            "Input collection contains duplicates"
            if kind == "NS"
            else f"{_INVALID}Input collection [{listed}] contains duplicates."
        )
