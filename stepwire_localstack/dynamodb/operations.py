"""Operations: looked at, done by moto one at a time, and answered as DynamoDB does."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any, Final

from localstack.aws.api import RequestContext, ServiceRequest, ServiceResponse
from localstack.aws.api.dynamodb import DynamodbApi
from localstack.aws.forwarder import ForwardingFallbackDispatcher
from localstack.aws.skeleton import DispatchTable
from localstack.services.moto import call_moto
from moto.dynamodb.exceptions import ResourceNotFoundException
from moto.dynamodb.models import dynamodb_backends

from . import expressions, items, responses, statements, streams, values, writes
from .transactions import Tokens

# moto reads an item, checks the condition and writes the item, and another thread may
# come in between: then two conditional writes win. The interpreter lets one thread
# work at a time anyway, so that taking turns costs nothing.
_turn: Final = threading.RLock()
_tokens: Final = Tokens()
_STATEMENTS: Final = {
    "ExecuteStatement": statements.execute,
    "BatchExecuteStatement": statements.execute_batch,
    "ExecuteTransaction": statements.execute_transaction,
}


def dispatch_table(provider: DynamodbApi) -> DispatchTable:
    """Every operation of the service, done by moto."""
    return ForwardingFallbackDispatcher(provider, _call)


def _call(context: RequestContext, request: ServiceRequest) -> ServiceResponse:
    with _turn:
        with writes.whole() as journal:
            response = _answer(context, request)
        streams.record(journal.changes())
    return response


def _answer(context: RequestContext, request: ServiceRequest) -> ServiceResponse:
    if execute := _STATEMENTS.get(context.operation.name):
        values.check(context.operation, request, context.request.get_data())
        return execute(context, request, _perform)
    if context.operation.name == "TransactWriteItems":
        return _tokens.once(context, request, lambda: _perform(context, request))
    return _perform(context, request)


def _perform(context: RequestContext, request: ServiceRequest) -> ServiceResponse:
    """Does one operation, or the one that a statement stands for."""
    operation = context.operation.name
    values.check(context.operation, request, context.request.get_data())
    expressions.check(request)
    _check_keys(
        dynamodb_backends[context.account_id][context.region], operation, request
    )
    with writes.whole() as journal, expressions.evaluated(request):
        response = call_moto(context)
    responses.shape(operation, request, response, journal.changes())
    return response


def _check_keys(backend: Any, operation: str, request: Any) -> None:
    for table_name, key in _keys(operation, request):
        try:
            table = backend.get_table(table_name)
        except ResourceNotFoundException:
            # moto says so, too, in the operation's words.
            return
        items.check_key(table, key)


def _keys(operation: str, request: Any) -> Iterator[tuple[str, Any]]:
    """The primary keys of a request with the names of their tables."""
    if operation in {"GetItem", "UpdateItem", "DeleteItem"}:
        yield request["TableName"], request["Key"]
    elif operation == "BatchGetItem":
        for table, asked in request["RequestItems"].items():
            for key in asked["Keys"]:
                yield table, key
    elif operation == "BatchWriteItem":
        for table, entries in request["RequestItems"].items():
            for entry in entries:
                if "DeleteRequest" in entry:
                    yield table, entry["DeleteRequest"]["Key"]
    elif operation == "TransactGetItems":
        for entry in request["TransactItems"]:
            yield entry["Get"]["TableName"], entry["Get"]["Key"]
