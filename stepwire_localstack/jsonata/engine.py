"""Evaluates JSONata expressions in Python, the way Step Functions does.

Step Functions evaluates an expression without a context item, with `$states` and
the workflow's variables bound, and turns what it yields into JSON. The language is
the `jsonata-python` package's; where that differs from JSONata's reference
implementation or from Step Functions, `library` and `corrections` say so.
"""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from jsonata.jexception import JException
from jsonata.jsonata import Jsonata
from jsonata.utils import Utils

from .corrections import CorrectedJsonata, message_of, number_name
from .library import LIBRARY

# Step Functions refuses an expression that nests more than 100 evaluations. Tail
# calls do not nest: an endless one is ended after JSONata's usual 5 s of work, which a
# machine with much else to do does not shorten.
MAX_DEPTH: Final = 100
MAX_SECONDS: Final = 5.0


class JsonataError(Exception):
    """An expression that does not parse or whose evaluation threw an error.

    `code` is JSONata's ("T2001"), or None for a limit; `str()` is the message.
    """

    def __init__(self, message: str, code: str | None = None):
        super().__init__(message)
        self.code = code


class Undefined(Exception):
    """The expression returned nothing: JSON has no word for it."""


class NotJson(Exception):
    """The expression returned a function, which JSON cannot hold."""


class _LimitPassed(Exception):
    """A limit, which ends an evaluation from inside the library."""


@lru_cache(maxsize=4096)
def compile_expression(source: str) -> Jsonata:
    """Parses an expression, once for all executions.

    Evaluation does not write to what parsing made: `evaluate` copies the few
    attributes that it does write to.

    Raises JsonataError when the expression does not parse.
    """
    try:
        expression = CorrectedJsonata(source)
    except JException as error:
        raise JsonataError(message_of(error), error.error) from error
    expression.environment = Jsonata.Frame(LIBRARY)
    expression.set_output_convert_nulls(False)
    expression.set_validate_input(False)
    return expression


def evaluate(source: str, variables: Mapping[str, Any]) -> Any:
    """Evaluates an expression and returns plain JSON values (dict, list, str, …).

    `variables` maps names without `$` to JSON values. They are not changed, and the
    result shares nothing with them.

    Raises JsonataError, Undefined or NotJson.
    """
    expression = copy.copy(compile_expression(source))
    bindings: dict[str, Any] = {
        name: Utils.NULL_VALUE if value is None else value
        for name, value in variables.items()
    }
    _limit(bindings)
    # The library finds the expression that it evaluates in a thread-local variable,
    # which parsing sets and evaluation does not: without this, an expression that was
    # parsed before would be evaluated in the frame of the thread's latest one.
    Jsonata.CURRENT.jsonata = expression
    try:
        result = expression.evaluate(None, bindings)
    except JException as error:
        raise JsonataError(message_of(error), error.error) from error
    except (_LimitPassed, RecursionError) as error:
        raise JsonataError(str(error)) from error
    except (ArithmeticError, LookupError, TypeError, ValueError, AttributeError) as bug:
        # Not an error of JSONata's: the library met something that it does not handle.
        raise JsonataError(f"{type(bug).__name__}: {bug}") from bug
    if result is None:
        raise Undefined
    return to_json(result)


def _limit(bindings: dict[str, Any]) -> None:
    """Adds the callbacks that keep one evaluation within Step Functions' limits."""
    depth = 0
    deadline = time.thread_time() + MAX_SECONDS

    def enter(*_: Any) -> None:
        nonlocal depth
        depth += 1
        if depth > MAX_DEPTH:
            raise _LimitPassed(f"Stack overflow error: Depth={depth} max={MAX_DEPTH}")
        if time.thread_time() > deadline:
            raise _LimitPassed(f"Expression evaluation timeout: {MAX_SECONDS:g} s")

    def leave(*_: Any) -> None:
        nonlocal depth
        depth -= 1

    bindings["__evaluate_entry"] = enter
    bindings["__evaluate_exit"] = leave


def to_json(value: Any) -> Any:
    """Copies a value of JSONata into plain JSON.

    JSON has one kind of number: 2.0 is written 2. It has no infinity: Step Functions
    writes the name that JavaScript gives it.

    Raises NotJson for a function.
    """
    if value is None or value is Utils.NULL_VALUE:
        return None
    if isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        return _number_to_json(value)
    if isinstance(value, Mapping):
        return {str(key): to_json(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        # Not all of the library's lists iterate over what they hold (a range).
        return [to_json(value[index]) for index in range(len(value))]
    raise NotJson


def _number_to_json(number: float) -> float | int | str:
    if not math.isfinite(number):
        return number_name(number)
    if number.is_integer() and abs(number) < 1e21:
        return int(number)
    return number
