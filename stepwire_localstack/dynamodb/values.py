"""Attribute values of requests, looked at before anything is done with them."""

from __future__ import annotations

import base64
import functools
import json
from collections.abc import Iterator
from typing import Any, Final

from . import numbers
from .errors import SerializationError, ValidationError

_TYPES: Final = ("S", "N", "B", "SS", "NS", "BS", "M", "L", "NULL", "BOOL")
_SCALARS: Final = ("S", "N", "B")
_SETS: Final = {"SS": "string", "NS": "number", "BS": "binary"}
_TOKENS: Final = {
    str: "STRING_VALUE",
    int: "NUMBER_VALUE",
    float: "DECIMAL_VALUE",
    bool: "BOOLEAN_VALUE",
    type(None): "NULL_VALUE",
}
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
    # As they were sent, which is what moto stores: LocalStack takes the text "ab" for
    # the list of its letters.
    for value in _attribute_values(operation.input_shape, json.loads(body or "{}")):
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
    if not _has_values(shape):
        return
    if shape.name == "AttributeValue":
        yield value
    elif value is None:
        return
    elif shape.type_name == "structure":
        for name, member in value.items():
            # A member that is null is none.
            if name in shape.members and member is not None:
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
    value = {} if value is None else value
    if not isinstance(value, dict):
        raise SerializationError("Unexpected field type")
    types = [name for name in value if name in _TYPES and value[name] is not None]
    if len(types) != 1:
        problem = "has more than one datatypes set" if types else "is empty"
        raise ValidationError(
            f"Supplied AttributeValue {problem}, must contain exactly one of the"
            " supported datatypes"
        )
    (kind,) = types
    content = value[kind]
    _check_json(kind, content)
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


def _check_json(kind: str, content: Any) -> None:
    """Raises SerializationError where JSON of another type was sent, such as ``1``.

    DynamoDB has numbers in texts, so that none loses digits on its way.
    """
    if kind in _SCALARS:
        _check_scalar(content, str, "String")
    elif kind in {"NULL", "BOOL"}:
        _check_scalar(content, bool, "Boolean")
    elif not isinstance(content, dict if kind == "M" else list):
        raise SerializationError("Unexpected field type")
    elif kind in _SETS:
        for member in content:
            _check_scalar(member, str, "String")
    if kind == "B":
        _check_base64(content)
    elif kind == "BS":
        for member in content:
            _check_base64(member)


def _check_base64(content: str) -> None:
    try:
        base64.b64decode(content, validate=True)
    except ValueError as error:
        raise SerializationError(f"Invalid Base64 text: {error}") from None


def _check_scalar(content: Any, expected: type, name: str) -> None:
    match content:
        case dict():
            raise SerializationError(
                "Start of structure or map found where not expected"
            )
        case list():
            raise SerializationError("Start of list found where not expected")
        case _ if not isinstance(content, expected):
            found = _TOKENS[type(content)]
            raise SerializationError(f"{found} cannot be converted to {name}")


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
