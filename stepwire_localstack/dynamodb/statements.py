"""PartiQL: ExecuteStatement, BatchExecuteStatement and ExecuteTransaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from localstack.aws.api import CommonServiceException, RequestContext, ServiceException
from localstack.aws.api.dynamodb import TransactionCanceledException
from localstack.aws.forwarder import create_aws_request_context
from moto.dynamodb.exceptions import ResourceNotFoundException
from moto.dynamodb.models import dynamodb_backends

from . import partiql
from .errors import ValidationError
from .partiql import Statement

Perform = Callable[[RequestContext, Any], Any]
"""Does one operation: its context and its parameters in, its answer out."""

_NO_KEY: Final = (
    "Where clause does not contain a mandatory equality on all key attributes"
)
# How an exception is called where it is one of several outcomes.
_CODES: Final = {
    "ValidationException": "ValidationError",
    "ResourceNotFoundException": "ResourceNotFound",
    "ConditionalCheckFailedException": "ConditionalCheckFailed",
    "DuplicateItemException": "DuplicateItem",
    "SerializationException": "ValidationError",
}


def execute(context: RequestContext, request: Any, perform: Perform) -> Any:
    """ExecuteStatement; all items at once, without a ``NextToken``."""
    statement = partiql.parse(request["Statement"], request.get("Parameters"))
    return {"Items": _Execution(context, perform, statement).items()}


def execute_batch(context: RequestContext, request: Any, perform: Perform) -> Any:
    """BatchExecuteStatement: each by itself, and refused by itself."""
    responses = []
    for entry in request["Statements"]:
        response: dict[str, Any] = {}
        try:
            statement = partiql.parse(entry["Statement"], entry.get("Parameters"))
            response["TableName"] = statement.table
            execution = _Execution(context, perform, statement)
            if statement.kind == "SELECT" and not execution.has_key():
                raise ValidationError(
                    "Select statements within BatchExecuteStatement must specify the"
                    " primary key in the where clause."
                )
            items = execution.items()
            if items:
                response["Item"] = items[0]
        except ServiceException as refusal:
            response["Error"] = _told(refusal)
            if refusal.code == "ResourceNotFoundException":
                response.pop("TableName", None)
        responses.append(response)
    return {"Responses": responses}


def execute_transaction(context: RequestContext, request: Any, perform: Perform) -> Any:
    """ExecuteTransaction: all statements or none.

    Raises TransactionCanceledException with a reason for each statement; the
    caller undoes what was written.
    """
    responses: list[dict[str, Any]] = []
    reasons: list[dict[str, Any]] = []
    for entry in request["TransactStatements"]:
        response: dict[str, Any] = {}
        reason: dict[str, Any] = {"Code": "None"}
        try:
            statement = partiql.parse(entry["Statement"], entry.get("Parameters"))
            items = _Execution(context, perform, statement).items()
            if items:
                response["Item"] = items[0]
        except ServiceException as refusal:
            reason = _told(refusal)
        responses.append(response)
        reasons.append(reason)
    codes = [reason["Code"] for reason in reasons]
    if any(code != "None" for code in codes):
        raise TransactionCanceledException(
            "Transaction cancelled, please refer cancellation reasons for specific"
            f" reasons [{', '.join(codes)}]",
            CancellationReasons=reasons,
        )
    return {"Responses": responses}


@dataclass(frozen=True)
class _Execution:
    """A statement and the operation that it stands for."""

    context: RequestContext
    perform: Perform
    statement: Statement

    def items(self) -> list[dict[str, Any]]:
        """The items that the statement selects, or returns of those it writes."""
        match self.statement.kind:
            case "SELECT":
                return self._selected()
            case "INSERT":
                return self._inserted()
            case "UPDATE":
                return self._updated()
            case _:
                return self._deleted()

    def has_key(self) -> bool:
        """Whether the condition names the item."""
        return self._key_names() <= self.statement.key.keys()

    def _selected(self) -> list[dict[str, Any]]:
        asked: dict[str, Any] = {}
        if self.statement.index:
            asked["IndexName"] = self.statement.index
        if self.statement.condition:
            asked["FilterExpression"] = self.statement.condition
        items: list[dict[str, Any]] = []
        while True:
            page = self._do("Scan", asked)
            items += page["Items"]
            if "LastEvaluatedKey" not in page:
                break
            asked["ExclusiveStartKey"] = page["LastEvaluatedKey"]
        paths = self.statement.projection
        return items if paths is None else [_projected(item, paths) for item in items]

    def _inserted(self) -> list[dict[str, Any]]:
        self.statement.names["#key"] = self._table().hash_key_attr
        asked = {
            "Item": self.statement.item,
            "ConditionExpression": "attribute_not_exists(#key)",
        }
        try:
            self._do("PutItem", asked)
        except ServiceException as refusal:
            if refusal.code != "ConditionalCheckFailedException":
                raise
            raise CommonServiceException(
                "DuplicateItemException",
                "Duplicate primary key exists in table",
                sender_fault=True,
            ) from None
        return []

    def _updated(self) -> list[dict[str, Any]]:
        asked = {
            "Key": self._key(),
            "UpdateExpression": self.statement.update,
            "ConditionExpression": self.statement.condition,
        }
        return self._written("UpdateItem", asked)

    def _deleted(self) -> list[dict[str, Any]]:
        # Of no item nothing is deleted, and that is no failure.
        key = self._key()
        self.statement.names["#key"] = self._table().hash_key_attr
        condition = f"attribute_not_exists(#key) OR ({self.statement.condition})"
        return self._written(
            "DeleteItem", {"Key": key, "ConditionExpression": condition}
        )

    def _written(self, operation: str, asked: dict[str, Any]) -> list[dict[str, Any]]:
        if self.statement.returning:
            asked["ReturnValues"] = self.statement.returning
        attributes = self._do(operation, asked).get("Attributes")
        return [attributes] if attributes else []

    def _do(self, operation: str, asked: dict[str, Any]) -> Any:
        statement = self.statement
        parameters = {"TableName": statement.table, **asked}
        if statement.names:
            parameters["ExpressionAttributeNames"] = statement.names
        if statement.values:
            parameters["ExpressionAttributeValues"] = statement.values
        derived = create_aws_request_context(
            service_name="dynamodb",
            action=operation,
            parameters=parameters,
            region=self.context.region,
        )
        derived.account_id = self.context.account_id
        headers = self.context.request.headers.copy()
        headers.update(derived.request.headers)
        derived.request.headers = headers
        return self.perform(derived, parameters)

    def _key(self) -> dict[str, Any]:
        if not self.has_key():
            raise ValidationError(_NO_KEY)
        return {name: self.statement.key[name] for name in self._key_names()}

    def _key_names(self) -> set[str]:
        return set(self._table().table_key_attrs)

    def _table(self) -> Any:
        backend = dynamodb_backends[self.context.account_id][self.context.region]
        try:
            return backend.get_table(self.statement.table)
        except ResourceNotFoundException as missing:
            raise CommonServiceException(
                "ResourceNotFoundException", missing.message, sender_fault=True
            ) from None


def _projected(item: dict[str, Any], paths: list[list[str | int]]) -> dict[str, Any]:
    """The parts of an item that paths name, each by its last name."""
    found: dict[str, Any] = {}
    for path in paths:
        value: Any = {"M": item}
        for element in path:
            value = _element(value, element)
        if value is not None:
            found[str([name for name in path if isinstance(name, str)][-1])] = value
    return found


def _element(value: Any, element: str | int) -> Any:
    if value is None:
        return None
    if isinstance(element, str):
        return value.get("M", {}).get(element)
    members = value.get("L", [])
    return members[element] if element < len(members) else None


def _told(refusal: ServiceException) -> dict[str, Any]:
    return {
        "Code": _CODES.get(refusal.code, refusal.code),
        "Message": refusal.message,
    }
