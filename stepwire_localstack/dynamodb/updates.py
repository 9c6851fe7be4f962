"""Update expressions: what moto lets pass or does otherwise than DynamoDB."""

from __future__ import annotations

import copy
import functools
from collections.abc import Iterator
from typing import Any, Final

from localstack.utils.patch import patch
from moto.dynamodb.exceptions import (
    IncorrectOperandType,
    InvalidUpdateExpressionInvalidDocumentPath,
    ProvidedKeyDoesNotExist,
    UpdateHashRangeKeyException,
)
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.dynamodb.parsing import executors, validators
from moto.dynamodb.parsing.ast_nodes import (  # type: ignore[attr-defined]
    ExpressionAttribute,
    ExpressionAttributeName,
    ExpressionAttributeValue,
    ExpressionSelector,
    UpdateExpressionAddAction,
    UpdateExpressionDeleteAction,
    UpdateExpressionRemoveAction,
    UpdateExpressionSetAction,
)
from moto.dynamodb.parsing.expressions import (  # type: ignore[attr-defined]
    UpdateExpressionParser,
)

from .errors import ValidationError

_ACTIONS: Final = (
    UpdateExpressionSetAction,
    UpdateExpressionAddAction,
    UpdateExpressionRemoveAction,
    UpdateExpressionDeleteAction,
)
_OPERANDS: Final = {"ADD": {"N", "SS", "NS", "BS"}, "DELETE": {"SS", "NS", "BS"}}


def install() -> None:
    """Makes moto refuse what DynamoDB refuses in an update."""
    # An expression is parsed twice in each operation and is the same in many.
    UpdateExpressionParser.make = functools.lru_cache(maxsize=512)(
        UpdateExpressionParser.make
    )
    _check_paths()
    _check_operands()
    _replace_attribute_updates()

    plain_set = executors.SetExecutor.set

    def set_value(*, value_to_set: Any, **target: Any) -> None:
        # `SET b = a` makes a copy, not a second name of the same map.
        plain_set(value_to_set=copy.deepcopy(value_to_set), **target)

    executors.SetExecutor.set = staticmethod(set_value)  # type: ignore[assignment, method-assign]


def paths(expression: str, names: dict[str, str]) -> list[list[str | int]]:
    """The document paths that an update expression writes."""
    actions = UpdateExpressionParser.make(expression).find_clauses(list(_ACTIONS))
    return [list(_elements(action.children[0], names)) for action in actions]


def values_in(expression: str | None) -> list[str]:
    """The names of the values that an update expression uses."""
    if not expression:
        return []
    tree = UpdateExpressionParser.make(expression)
    return [
        node.get_value_name() for node in tree.find_clauses([ExpressionAttributeValue])
    ]


def _elements(path: Any, names: dict[str, str]) -> Iterator[str | int]:
    for node in path.children:
        if isinstance(node, ExpressionAttributeName):
            yield names[node.get_attribute_name_placeholder()]
        elif isinstance(node, ExpressionAttribute):
            yield node.get_attribute_name()
        elif isinstance(node, ExpressionSelector):
            yield node.get_index()


def _check_paths() -> None:
    executor = executors.NodeExecutor

    def parent(self: Any, item: Any) -> Any:
        """The map or list in which the last element of the path is."""
        nodes = self.get_path_expression_nodes()
        try:
            found = self.get_item_part_for_path_nodes(item, nodes[:-1])
        except ProvidedKeyDoesNotExist:
            raise InvalidUpdateExpressionInvalidDocumentPath from None
        if isinstance(found, DynamoType):
            in_list = isinstance(nodes[-1], ExpressionSelector)
            if not (found.is_list() if in_list else found.is_map()):
                raise InvalidUpdateExpressionInvalidDocumentPath
        return found

    executor.get_item_before_end_of_path = parent  # type: ignore[method-assign]
    executor.get_item_part_in_which_to_perform_action = parent

    @patch(executor.get_item_at_end_of_path)  # type: ignore[untyped-decorator]
    def get_item_at_end_of_path(fn: Any, self: Any, item: Any) -> Any:
        parent(self, item)
        return fn(self, item)

    @patch(validators.UpdateHashRangeKeyValidator._processing_map)  # type: ignore[untyped-decorator]
    def processing_map(_fn: Any, self: Any) -> Any:
        # Of the paths that are written alone: `SET copy = id` only reads the key.
        return dict.fromkeys(_ACTIONS, functools.partial(_check_key_untouched, self))


def _check_key_untouched(validator: Any, action: Any) -> Any:
    names = validator.expression_attribute_names
    first = action.children[0].children[0].children[0]
    attribute = names.get(first, first)
    if attribute in validator.table_key_attributes:
        raise UpdateHashRangeKeyException(attribute)
    return action


def _check_operands() -> None:
    for operator, executor in (
        ("ADD", executors.AddExecutor),
        ("DELETE", executors.DeleteExecutor),
    ):

        @patch(executor.execute)  # type: ignore[untyped-decorator]
        def execute(fn: Any, self: Any, item: Any, operator: str = operator) -> None:
            kind = self.get_action_value().type
            if kind not in _OPERANDS[operator]:
                raise IncorrectOperandType(operator, kind)
            fn(self, item)


def _replace_attribute_updates() -> None:
    """Does `AttributeUpdates`, of old, as the expression that says the same.

    moto stores some types as strings, and fails at others.
    """

    @patch(DynamoDBBackend.update_item)  # type: ignore[untyped-decorator]
    def update_item(fn: Any, self: Any, *args: Any, **request: Any) -> Any:
        if updates := request.pop("attribute_updates", None):
            request.update(_expression_of(updates))
        return fn(self, *args, **request)

    @patch(Item.update_with_attribute_updates)  # type: ignore[untyped-decorator]
    def update_with_attribute_updates(_fn: Any, _self: Any, _updates: Any) -> None:
        """Called where an update has no actions at all."""


def _expression_of(updates: dict[str, Any]) -> dict[str, Any]:
    clauses: dict[str, list[str]] = {}
    names, values = {}, {}
    for number, (name, update) in enumerate(updates.items()):
        names[f"#n{number}"] = name
        action = update.get("Action", "PUT")
        if "Value" not in update:
            if action != "DELETE":
                raise ValidationError(
                    "One or more parameter values were invalid: Only DELETE action is"
                    " allowed when no attribute value is specified"
                )
            clauses.setdefault("REMOVE", []).append(f"#n{number}")
            continue
        values[f":v{number}"] = update["Value"]
        if action == "PUT":
            clauses.setdefault("SET", []).append(f"#n{number} = :v{number}")
        else:
            clauses.setdefault(action, []).append(f"#n{number} :v{number}")
    return {
        "update_expression": " ".join(
            f"{clause} {', '.join(actions)}" for clause, actions in clauses.items()
        ),
        "expression_attribute_names": names,
        "expression_attribute_values": values,
    }
