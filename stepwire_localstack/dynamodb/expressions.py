"""Conditions and filters that cannot be read.

moto finds that out while it does the operation, and fails as if it were its fault.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from localstack.aws.api import CommonServiceException
from moto.dynamodb.comparisons import create_condition_expression_parser
from moto.dynamodb.exceptions import MockValidationException

from .errors import ValidationError

_NAMES: Final = ("ConditionExpression", "FilterExpression")
# "Quotas in Amazon DynamoDB": expression length.
_LONGEST: Final = 4096


def check(request: Mapping[str, Any]) -> None:
    """Raises ValidationError for the first one that is none, in DynamoDB's words."""
    for part in _parts(request):
        for name in _NAMES:
            if part.get(name) is not None:
                problem = _problem(part, part[name])
                if problem:
                    raise ValidationError(f"Invalid {name}: {problem}")


@contextmanager
def evaluated(request: Mapping[str, Any]) -> Iterator[None]:
    """An error of moto's while it evaluates an expression is the sender's fault.

    That is so where operands have types that do not go together
    (``size(id) > :text``), and where a key condition is none.
    """
    try:
        yield
    except CommonServiceException:
        raise
    except Exception as error:
        named = [
            name
            for part in _parts(request)
            for name in part
            if name.endswith("Expression") and part[name]
        ]
        if not named:
            raise
        raise ValidationError(
            f"Invalid {' or '.join(named)}: it cannot be evaluated; {error}"
        ) from error


def _parts(request: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The request, or the actions of its transaction."""
    yield request
    for item in request.get("TransactItems") or ():
        yield from item.values()


def _problem(part: Mapping[str, Any], expression: str) -> str | None:
    size = len(expression.encode())
    if size > _LONGEST:
        return (
            "Expression size has exceeded the maximum allowed size; "
            f"expression size: {size}"
        )
    if not size:
        return "The expression can not be empty;"
    if _has_redundant_parentheses(expression):
        return "The expression has redundant parentheses;"
    return _unreadable(part, expression)


def _has_redundant_parentheses(expression: str) -> bool:
    """Whether a pair holds nothing but another one; expressions hold no strings."""
    opened: list[int] = []
    closed_at: dict[int, int] = {}
    for index, character in enumerate("".join(expression.split())):
        if character == "(":
            opened.append(index)
        elif character == ")" and opened:
            closed_at[opened.pop()] = index
    return any(closed_at.get(start + 1) == end - 1 for start, end in closed_at.items())


def _unreadable(part: Mapping[str, Any], expression: str) -> str | None:
    names = part.get("ExpressionAttributeNames") or {}
    values = part.get("ExpressionAttributeValues") or {}
    problem = None
    try:
        create_condition_expression_parser(expression, names, values).parse()
    except MockValidationException:
        # moto says so, too, in the operation's words.
        pass
    except KeyError as error:
        name = str(error.args[0])
        problem = (
            "An expression attribute value used in expression is not defined; "
            f"attribute value: {name}"
            if name.startswith(":")
            else "An expression attribute name used in the document path is not "
            f"defined; attribute name: {name}"
        )
    except (ValueError, IndexError, AttributeError) as error:
        problem = f"Syntax error; {error}"
    except RecursionError:
        problem = "The expression is nested too deeply"
    return problem
