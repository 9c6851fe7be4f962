"""Members of answers: those that DynamoDB sends, and no others.

An absent member is a fact for a workflow: `$exists($states.result.Attributes)` asks
whether there was an item before.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from . import items, updates
from .writes import Change

# Asked for by a member of the request; without it, not told.
_ASKED_FOR: Final = {
    "ConsumedCapacity": "ReturnConsumedCapacity",
    "ItemCollectionMetrics": "ReturnItemCollectionMetrics",
}
_WRITES_OF_ONE_ITEM: Final = {"PutItem", "UpdateItem", "DeleteItem"}


def shape(
    operation: str, request: Any, response: Any, changes: Sequence[Change]
) -> None:
    """Brings an answer of moto's into the form of DynamoDB's.

    Args:
        operation: its name, ``UpdateItem``.
        request: its parameters.
        response: what moto answered, changed in place.
        changes: what the operation wrote.
    """
    for member, asked_by in _ASKED_FOR.items():
        if request.get(asked_by, "NONE") == "NONE" or not response.get(member):
            response.pop(member, None)
    if operation in _WRITES_OF_ONE_ITEM:
        _shape_attributes(request, response, changes)
    if operation in {"Query", "Scan"} and request.get("Select") == "COUNT":
        response.pop("Items", None)
    if operation == "TransactWriteItems":
        _shape_capacity_of_transaction(request, response)


def _shape_attributes(request: Any, response: Any, changes: Sequence[Change]) -> None:
    values = request.get("ReturnValues", "NONE")
    if values.startswith("UPDATED_") and changes:
        item = changes[0].old if values == "UPDATED_OLD" else changes[0].new
        response["Attributes"] = _updated(request, item) if item else {}
    if values == "NONE" or not response.get("Attributes"):
        response.pop("Attributes", None)


def _updated(request: Any, item: Any) -> dict[str, Any]:
    """Of an item what the update names, changed or not."""
    if expression := request.get("UpdateExpression"):
        names = request.get("ExpressionAttributeNames") or {}
        paths = updates.paths(expression.strip(), names)
    else:
        paths = [[name] for name in request.get("AttributeUpdates") or {}]
    tree: dict[Any, Any] = {}
    for path in paths:
        branch = tree
        for element in path:
            branch = branch.setdefault(element, {})
    return _members(item.attrs, tree)


def _members(attributes: Any, tree: dict[Any, Any]) -> dict[str, Any]:
    found = {
        name: _part(attributes[name], branch)
        for name, branch in tree.items()
        if name in attributes
    }
    return {name: value for name, value in found.items() if value is not None}


def _part(value: Any, tree: dict[Any, Any]) -> Any:
    """A value, or what the paths of a tree name in it; ``None`` if that is nothing."""
    if not tree:
        return items.plain(value)
    if value.is_map():
        members = _members(value.value, tree)
        return {"M": members} if members else None
    if value.is_list():
        parts = [
            _part(value.value[index], branch)
            for index, branch in sorted(tree.items())
            if index < len(value.value)
        ]
        parts = [part for part in parts if part is not None]
        return {"L": parts} if parts else None
    return None


def _shape_capacity_of_transaction(request: Any, response: Any) -> None:
    if request.get("ReturnConsumedCapacity", "NONE") == "NONE":
        return
    units: dict[str, float] = {}
    for entry in request["TransactItems"]:
        for action in entry.values():
            table = action["TableName"]
            # Each is prepared and committed.
            units[table] = units.get(table, 0.0) + 2.0
    response["ConsumedCapacity"] = [
        {"TableName": table, "CapacityUnits": count, "WriteCapacityUnits": count}
        for table, count in units.items()
    ]
