"""TransactWriteItems: all of its writes, or none and the reasons why.

moto copies whole tables before each transaction, which takes the longer the more is in
them. Here `writes` undoes a transaction that is refused.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from localstack.aws.api import CommonServiceException, RequestContext, ServiceResponse
from localstack.utils.patch import patch
from moto.dynamodb.comparisons import (
    create_condition_expression_parser,
    get_filter_expression,
)
from moto.dynamodb.exceptions import (
    ConditionalCheckFailed,
    DynamodbException,
    MultipleTransactionsException,
    TransactionCanceledException,
)
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.responses import validate_attributes_used

from . import items, updates
from .errors import ValidationError

# Each with the member that its key is in.
_ACTIONS: Final = {
    "ConditionCheck": "Key",
    "Put": "Item",
    "Update": "Key",
    "Delete": "Key",
}
_MOST_ACTIONS: Final = 100
# "TransactWriteItems", idempotency: a token is good for 10 minutes after the request.
_TOKEN_SECONDS: Final = 600


@dataclass(frozen=True)
class _Reason:
    """The reason why an action of a transaction is refused; without one: no code."""

    code: str | None = None
    message: str | None = None
    item: Any = None


def install() -> None:
    """Replaces how moto writes a transaction."""

    @patch(DynamoDBBackend.transact_write_items)  # type: ignore[untyped-decorator]
    def transact_write_items(_fn: Any, self: Any, transact_items: Any) -> None:
        actions = [_action(entry) for entry in transact_items]
        _check_distinct(self, actions)
        for _, action in actions:
            _check_values_used(action)
        reasons = [_write(self, kind, action) for kind, action in actions]
        if any(reason.code for reason in reasons):
            raise TransactionCanceledException(
                [(reason.code, reason.message, reason.item) for reason in reasons]
            )


class Tokens:
    """The client request tokens of late: a repeated request is not done again."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, str, str], tuple[float, str]] = {}

    def once(
        self, context: RequestContext, request: Any, do: Callable[[], ServiceResponse]
    ) -> ServiceResponse:
        """Does a request, unless the same was done with its token already.

        Raises CommonServiceException (IdempotentParameterMismatchException) where
        another one was done with it.
        """
        token = request.get("ClientRequestToken")
        if not token:
            return do()
        self._forget()
        known_as = context.account_id, context.region, token
        fingerprint = json.dumps(request, sort_keys=True, default=repr)
        if known_as in self._seen:
            if self._seen[known_as][1] == fingerprint:
                return {}
            raise CommonServiceException(
                "IdempotentParameterMismatchException",
                "The request was rejected because its client token was used in another"
                " request, with other parameters",
                sender_fault=True,
            )
        response = do()
        self._seen[known_as] = time.monotonic(), fingerprint
        return response

    def _forget(self) -> None:
        earliest = time.monotonic() - _TOKEN_SECONDS
        for known_as, (seen, _) in list(self._seen.items()):
            if seen > earliest:
                # The rest is younger.
                break
            del self._seen[known_as]


def _action(entry: Any) -> tuple[str, Any]:
    if len(entry) != 1 or not entry.keys() <= _ACTIONS.keys():
        raise ValidationError(
            "TransactItems can only contain one of Check, Put, Update or Delete"
        )
    ((kind, action),) = entry.items()
    return kind, action


def _check_distinct(backend: Any, actions: list[tuple[str, Any]]) -> None:
    if len(actions) > _MOST_ACTIONS:
        raise ValidationError(
            "1 validation error detected: Value at 'transactItems' failed to satisfy"
            " constraint: Member must have length less than or equal to"
            f" {_MOST_ACTIONS}"
        )
    seen = set()
    for kind, action in actions:
        table = backend.get_table(action["TableName"])
        touched = table.name, *items.key(table, action[_ACTIONS[kind]])
        if touched in seen:
            raise MultipleTransactionsException
        seen.add(touched)


def _check_values_used(action: Any) -> None:
    """moto does this of single writes only."""
    parser = create_condition_expression_parser(
        action.get("ConditionExpression"),
        action.get("ExpressionAttributeNames"),
        action.get("ExpressionAttributeValues"),
    )
    parser.parse()
    used = parser.expr_attr_values_found + updates.values_in(
        action.get("UpdateExpression")
    )
    validate_attributes_used(action.get("ExpressionAttributeValues"), used, "Values")


def _write(backend: Any, kind: str, action: Any) -> _Reason:
    condition = {
        "condition_expression": action.get("ConditionExpression"),
        "expression_attribute_names": action.get("ExpressionAttributeNames"),
        "expression_attribute_values": action.get("ExpressionAttributeValues"),
    }
    table = backend.get_table(action["TableName"])
    try:
        if kind != "Put":
            items.check_key(table, action["Key"])
        _check_condition(table, action[_ACTIONS[kind]], condition)
        if kind == "Put":
            table.put_item(action["Item"])
        elif kind == "Update":
            backend.update_item(
                table.name,
                action["Key"],
                update_expression=action["UpdateExpression"],
                **condition,
            )
        elif kind == "Delete":
            backend.delete_item(table.name, action["Key"])
    except ConditionalCheckFailed as failure:
        old = table.get_item(*items.key(table, action[_ACTIONS[kind]]))
        shown = action.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD" and old
        return _Reason(
            "ConditionalCheckFailed",
            failure.message,
            old.to_json()["Attributes"] if shown else None,
        )
    except (DynamodbException, CommonServiceException) as failure:
        return _Reason("ValidationError", failure.message)
    return _Reason()


def _check_condition(table: Any, attributes: Any, condition: dict[str, Any]) -> None:
    hash_key, range_key = items.key(table, attributes)
    if hash_key is None or (table.has_range_key and range_key is None):
        # Put says which attribute is missing.
        return
    item = table.get_item(hash_key, range_key)
    if not get_filter_expression(*condition.values()).expr(item):
        raise ConditionalCheckFailed
