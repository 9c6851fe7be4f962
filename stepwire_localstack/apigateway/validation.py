"""Request validators: bodies against models, with AWS's words for what is wrong.

Stock validates every content type with the model for JSON, by a later draft of JSON
Schema than the draft 4 that API Gateway implements, and keeps the reasons to itself.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any, Final

from jsonata.regex_engine import RegexFlags
from jsonschema import Draft4Validator, ValidationError, validators
from localstack.services.apigateway.helpers import EMPTY_MODEL, ModelResolver
from localstack.services.apigateway.next_gen.execute_api.gateway_response import (
    BadRequestBodyError,
    BadRequestParametersError,
)
from localstack.services.apigateway.next_gen.execute_api.handlers.method_request import (  # noqa: E501
    MethodRequestHandler,
)
from localstack.utils.patch import patch

from ..javascript_patterns import compile_pattern
from .media_types import JSON, media_type

_MOST_DIGITS: Final = 1000


def install() -> None:
    @patch(MethodRequestHandler.validate_request)  # type: ignore[untyped-decorator]
    def validate(_fn: Any, self: Any, method: Any, rest_api: Any, request: Any) -> None:
        validator = rest_api.validators.get(method.get("requestValidatorId") or "")
        if not validator:
            return
        if self.should_validate_request(validator):
            missing = self._get_missing_required_parameters(method, request)
            if missing:
                names = ", ".join(missing)
                raise _described(
                    BadRequestParametersError(
                        message=f"Missing required request parameters: [{names}]"
                    ),
                    f"Missing required request parameters: [{names}]",
                )
        if self.should_validate_body(validator):
            _validate_body(method, rest_api, request)


def _described(exception: Any, reason: str) -> Any:
    """Attaches what `$context.error.validationErrorString` says."""
    exception.validation_error = reason
    return exception


def _validate_body(method: Any, rest_api: Any, request: Any) -> None:
    model = _model_name(method, request)
    if model is None:
        return
    schema = ModelResolver(rest_api, model).get_resolved_model()
    if schema is None:
        raise BadRequestBodyError(message="Invalid request body")
    try:
        # An empty body counts as an empty object.
        body = parse_exactly(request.get("body") or b"{}")
    except ValueError as error:
        reason = f"[Unable to parse the body as JSON: {error}]"
        raise _described(BadRequestBodyError("Invalid request body"), reason) from error
    reasons = explain(body, json.dumps(schema))
    if reasons:
        raise _described(
            BadRequestBodyError("Invalid request body"), f"[{', '.join(reasons)}]"
        )


def _model_name(method: Any, request: Any) -> str | None:
    """The model for the request's content type. None: AWS does not validate it."""
    models = method.get("requestModels")
    if not models:
        return str(EMPTY_MODEL)
    content_type = request["headers"].get("Content-Type") or JSON
    name = (
        models.get(content_type)
        or models.get(media_type(content_type))
        or models.get("$default")
    )
    return None if name is None else str(name)


def parse_exactly(text: str | bytes) -> Any:
    """Parses JSON without losing digits: fractions become Decimal.

    Raises ValueError, also for NaN and Infinity, which JSON does not have, and for
    bytes that are not UTF-8.
    """
    try:
        return json.loads(text, parse_float=Decimal, parse_constant=_refused)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def _refused(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def explain(instance: Any, schema: str) -> list[str]:
    """Says what is wrong with a JSON value, one sentence for each failed keyword.

    As in AWS's validator, what a failed object or array holds is not looked at.
    """
    errors = sorted(_validator(schema).iter_errors(instance), key=_location)
    failed = {tuple(error.absolute_path) for error in errors}
    reasons = {
        # jsonschema has one error for each missing property, AWS one for them all.
        (*_location(error), str(error.schema_path)): reason(error)
        for error in errors
        if not any(
            tuple(error.absolute_path)[:depth] in failed
            for depth in range(len(error.absolute_path))
        )
    }
    return list(reasons.values())


def _location(error: ValidationError) -> tuple[str, str]:
    return error.json_path, str(error.validator)


@lru_cache(maxsize=256)
def _validator(schema: str) -> Any:
    # A schema's fractions are exact too: 0.3 is a multiple of 0.1.
    draft_4 = validators.extend(
        Draft4Validator, {"pattern": _pattern, "multipleOf": _multiple_of}
    )
    return draft_4(parse_exactly(schema))


def _pattern(
    _validator: Any, pattern: str, instance: Any, _schema: Any
) -> Iterable[ValidationError]:
    # JavaScript's rules: Python's "$" would let a line feed at the end pass.
    if isinstance(instance, str) and not compile_pattern(pattern, RegexFlags()).search(
        instance
    ):
        yield ValidationError(f"{instance!r} does not match {pattern!r}")


def _multiple_of(
    _validator: Any, divisor: Any, instance: Any, _schema: Any
) -> Iterable[ValidationError]:
    if isinstance(instance, bool) or not isinstance(instance, (int, Decimal)):
        return
    # A number of so many digits that their division would take long is no multiple.
    digits = abs(Decimal(instance).adjusted()) + abs(Decimal(divisor).adjusted())
    if digits > _MOST_DIGITS or Fraction(instance) % Fraction(divisor):
        yield ValidationError(f"{instance} is not a multiple of {divisor}")


def reason(error: ValidationError) -> str:
    """One failed keyword in the words of the validator that API Gateway uses."""
    describe = _REASONS.get(error.validator)
    return describe(error) if describe else error.message


def _type(error: ValidationError) -> str:
    wanted = error.validator_value
    names = set([wanted] if isinstance(wanted, str) else wanted)
    if "number" in names:
        names.add("integer")
    return (
        f"instance type ({type_name(error.instance)}) does not match any allowed "
        f"primitive type (allowed: {_listed(names)})"
    )


def type_name(value: Any) -> str:
    if value is None:
        return "null"
    for kind, name in _TYPE_NAMES:
        if isinstance(value, kind):
            return name
    raise TypeError(type(value).__name__)


_TYPE_NAMES: Final[tuple[tuple[Any, str], ...]] = (
    (bool, "boolean"),
    (int, "integer"),
    (Decimal, "number"),
    (str, "string"),
    (list, "array"),
    (dict, "object"),
)


def _required(error: ValidationError) -> str:
    missing = [name for name in error.validator_value if name not in error.instance]
    return f"object has missing required properties ({_listed(missing)})"


def _additional(error: ValidationError) -> str:
    schema = error.schema
    known = schema.get("properties") or {}
    patterns = schema.get("patternProperties") or {}
    extra = [
        name
        for name in error.instance
        if name not in known
        and not any(compile_pattern(p, RegexFlags()).search(name) for p in patterns)
    ]
    return (
        "object instance has properties which are not allowed by the schema: "
        f"{_listed(extra)}"
    )


def _minimum(error: ValidationError) -> str:
    bound, found = error.validator_value, error.instance
    if found == bound:
        return (
            "numeric instance is not strictly greater than the required minimum "
            f"{bound}"
        )
    return (
        "numeric instance is lower than the required minimum "
        f"(minimum: {bound}, found: {found})"
    )


def _maximum(error: ValidationError) -> str:
    bound, found = error.validator_value, error.instance
    if found == bound:
        return (
            f"numeric instance is not strictly lower than the required maximum {bound}"
        )
    return (
        "numeric instance is greater than the required maximum "
        f"(maximum: {bound}, found: {found})"
    )


def _listed(values: Iterable[Any]) -> str:
    """`["a","b"]`, sorted, as the validator lists names."""
    return _json(sorted(values))


def _json(value: Any) -> str:
    return json.dumps(
        value,
        separators=(",", ":"),
        ensure_ascii=False,
        default=float,
    )


_REASONS: Final[Mapping[Any, Callable[[ValidationError], str]]] = {
    "type": _type,
    "required": _required,
    "additionalProperties": _additional,
    "minimum": _minimum,
    "maximum": _maximum,
    "multipleOf": lambda error: (
        f"remainder of division is not zero "
        f"({error.instance} / {error.validator_value})"
    ),
    "minLength": lambda error: (
        f"string {_json(error.instance)} is too short (length: {len(error.instance)}, "
        f"required minimum: {error.validator_value})"
    ),
    "maxLength": lambda error: (
        f"string {_json(error.instance)} is too long (length: {len(error.instance)}, "
        f"maximum allowed: {error.validator_value})"
    ),
    "pattern": lambda error: (
        f"ECMA 262 regex {_json(error.validator_value)} does not match input string "
        f"{_json(error.instance)}"
    ),
    "minItems": lambda error: (
        f"array is too short: must have at least {error.validator_value} elements but "
        f"instance has {len(error.instance)} elements"
    ),
    "maxItems": lambda error: (
        f"array is too long: must have at most {error.validator_value} elements but "
        f"instance has {len(error.instance)} elements"
    ),
    "uniqueItems": lambda _: "array must not contain duplicate elements",
    "minProperties": lambda error: (
        f"object has too few properties (found {len(error.instance)} but schema "
        f"requires at least {error.validator_value})"
    ),
    "maxProperties": lambda error: (
        f"object has too many properties (found {len(error.instance)} but schema "
        f"requires at most {error.validator_value})"
    ),
    "enum": lambda error: (
        f"instance value ({_json(error.instance)}) not found in enum "
        f"(possible values: {_json(error.validator_value)})"
    ),
    "anyOf": lambda error: (
        "instance failed to match at least one required schema among "
        f"{len(error.validator_value)}"
    ),
    "oneOf": lambda error: (
        "instance failed to match exactly one schema "
        f"(matched {0 if error.context else 2} out of {len(error.validator_value)})"
    ),
    "not": lambda _: "instance matched a schema which it should not have",
}
