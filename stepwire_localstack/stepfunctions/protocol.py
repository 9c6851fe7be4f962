"""Requests that are no requests, and the type of an error on the wire."""

from __future__ import annotations

import json
from typing import Any, Final

from botocore.model import Shape, StructureShape
from localstack.aws.api import CommonServiceException
from localstack.aws.api.stepfunctions import ValidationException
from localstack.aws.handlers.service import (
    ServiceExceptionSerializer,
    ServiceRequestParser,
)
from localstack.aws.protocol.parser import RequestParserError
from localstack.aws.protocol.serializer import JSONResponseSerializer
from localstack.utils.patch import patch

_SERVICE: Final = "stepfunctions"
_NAMESPACE: Final = "com.amazonaws.swf.service.v2.model#"
_NAMESPACES: Final = {
    "ValidationException": "com.amazon.coral.validate#",
    "SerializationException": "com.amazon.coral.service#",
    "UnknownOperationException": "com.amazon.coral.service#",
}
# How AWS calls the JSON value that is none of the member's type.
_TOKENS: Final[tuple[tuple[type, str], ...]] = (
    (bool, "TRUE_VALUE"),
    (int, "NUMBER_VALUE"),
    (float, "DECIMAL_VALUE"),
    (list, "START_ARRAY"),
    (dict, "START_OBJECT"),
    (str, "STRING_VALUE"),
)
_WANTED: Final[dict[str, tuple[tuple[type, ...], str]]] = {
    "string": ((str,), "String"),
    "boolean": ((bool,), "Boolean"),
    "integer": ((int,), "Integer"),
    "structure": ((dict,), "Object"),
    "list": ((list,), "List"),
}


def install() -> None:
    @patch(ServiceRequestParser.parse_and_enrich)  # type: ignore[untyped-decorator]
    def parse(fn: Any, self: Any, context: Any) -> None:
        # Stock passes whatever it parsed on, and fails on it with an InternalError.
        fn(self, context)
        if context.service.service_name == _SERVICE and context.operation is not None:
            check_members(context.operation.input_shape, context.service_request)

    @patch(ServiceExceptionSerializer.create_exception_response)  # type: ignore[untyped-decorator]
    def serialize(fn: Any, self: Any, exception: Exception, context: Any) -> Any:
        # A body that is no JSON is the caller's fault; stock calls it its own.
        if context.service.service_name == _SERVICE and isinstance(
            exception, RequestParserError
        ):
            target = context.request.headers.get("X-Amz-Target", "").rpartition(".")[2]
            known = context.service.operation_names
            code = "SerializationException"
            if target not in known:
                code, target = "UnknownOperationException", known[0]
            context.operation = context.service.operation_model(target)
            exception = CommonServiceException(code, "")
        return fn(self, exception, context)

    @patch(JSONResponseSerializer._serialize_error)  # type: ignore[untyped-decorator]
    def serialize_error(
        fn: Any, self: Any, error: Any, response: Any, *rest: Any, **named: Any
    ) -> None:
        # Step Functions' errors carry a name space, which SDKs drop and the mapping
        # templates of an API do not.
        fn(self, error, response, *rest, **named)
        operation = named.get("operation_model", rest[1] if len(rest) > 1 else None)
        if operation and operation.service_model.service_name == _SERVICE:
            body = json.loads(response.get_data())
            body["__type"] = qualified(body["__type"])
            response.set_json(body)


def qualified(code: str) -> str:
    """`ExecutionAlreadyExists` with the name space that AWS writes before it."""
    return _NAMESPACES.get(code, _NAMESPACE) + code


def check_members(shape: StructureShape | None, request: Any) -> None:
    """Refuses a request that lacks a required member or has one of another type."""
    if shape is None:
        return
    for name, member in shape.members.items():
        value = request.get(name)
        if value is not None:
            _check_type(value, member)
    missing = [name for name in shape.required_members if request.get(name) is None]
    if missing:
        reasons = "; ".join(
            f"Value null at '{name}' failed to satisfy constraint: Member must not be "
            "null"
            for name in missing
        )
        errors = "error" if len(missing) == 1 else "errors"
        raise ValidationException(
            f"{len(missing)} validation {errors} detected: {reasons}"
        )


def _check_type(value: Any, shape: Shape) -> None:
    wanted = _WANTED.get(shape.type_name)
    if wanted is None:
        return
    types, name = wanted
    # For Python a truth value is a number, too.
    if isinstance(value, types) and (bool in types or not isinstance(value, bool)):
        return
    token = next(token for kind, token in _TOKENS if isinstance(value, kind))
    raise CommonServiceException(
        "SerializationException", f"{token} cannot be converted to {name}"
    )
