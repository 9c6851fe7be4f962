"""Keys and items: what a table takes."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any, Final

from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.models.utilities import bytesize

from . import numbers
from .errors import ValidationError

# "Quotas in Amazon DynamoDB": 400 KB, names included.
_LARGEST: Final = 400 * 1024
_NO_MATCH: Final = "The provided key element does not match the schema"


def key(table: Any, attributes: Any) -> tuple[Any, Any]:
    """The hash key and the range key among attributes: ``None`` where there is none."""
    hash_key, range_key = (
        DynamoType(attributes[name]) if name in attributes else None
        for name in (table.hash_key_attr, table.range_key_attr)
    )
    return hash_key, range_key


def check_key(table: Any, attributes: Any) -> None:
    """Raises ValidationError unless these are the key attributes of the table."""
    types = {table.hash_key_attr: table.hash_key_type}
    if table.range_key_attr:
        types[table.range_key_attr] = table.range_key_type
    if attributes.keys() != types.keys():
        raise ValidationError(_NO_MATCH)
    for name, kind in types.items():
        if kind not in attributes[name]:
            raise ValidationError(_NO_MATCH)
        if not attributes[name][kind]:
            empty = "binary" if kind == "B" else "string"
            raise ValidationError(
                "One or more parameter values are not valid. The AttributeValue for a"
                f" key attribute cannot contain an empty {empty} value. Key: {name}"
            )


def check(table: Any, item: Any, too_large: str) -> None:
    """Raises ValidationError where an item is too large or unfit for an index."""
    if size(item.attrs) > _LARGEST:
        raise ValidationError(too_large)
    types = {entry["AttributeName"]: entry["AttributeType"] for entry in table.attr}
    for index, name in _index_keys(table):
        value = item.attrs.get(name)
        if value is None:
            continue
        if value.type != types[name]:
            raise ValidationError(
                "One or more parameter values were invalid: Type mismatch for Index Key"
                f" {name} Expected: {types[name]} Actual: {value.type}"
                f" IndexName: {index}"
            )
        if not value.value:
            raise ValidationError(
                "One or more parameter values are not valid. A value specified for a"
                " secondary index key is not supported. The AttributeValue for a key"
                " attribute cannot contain an empty string value."
                f" IndexName: {index}, IndexKey: {name}"
            )


def size(attributes: Any) -> int:
    """Bytes of an item, as "DynamoDB item sizes and formats" counts them."""
    return sum(
        len(name.encode()) + _value_size(value) for name, value in attributes.items()
    )


def plain(value: Any) -> dict[str, Any]:
    """A value of moto's as the service's answers have it: binary as bytes."""
    kind, content = value.type, value.value
    if kind == "M":
        content = {name: plain(member) for name, member in content.items()}
    elif kind == "L":
        content = [plain(member) for member in content]
    elif kind == "B":
        content = base64.b64decode(content)
    elif kind == "BS":
        content = [base64.b64decode(member) for member in content]
    return {kind: content}


def _value_size(value: Any) -> int:
    kind, content = value.type, value.value
    if kind == "M":
        return 3 + len(content) + size(content)
    if kind == "L":
        return 3 + sum(1 + _value_size(member) for member in content)
    if kind in {"SS", "NS", "BS"}:
        return sum(_scalar_size(kind[0], member) for member in content)
    return _scalar_size(kind, content)


def _scalar_size(kind: str, content: Any) -> int:
    if kind == "S":
        return bytesize(content)
    if kind == "N":
        # A byte for two digits, one more, and one more for a sign.
        digits = numbers.significant_digits(content)
        return (digits + 1) // 2 + 1 + int(content.startswith("-"))
    if kind == "B":
        return len(base64.b64decode(content))
    return 1


def _index_keys(table: Any) -> Iterator[tuple[str, str]]:
    for index in table.all_indexes():
        for entry in index.schema:
            yield index.name, entry["AttributeName"]
