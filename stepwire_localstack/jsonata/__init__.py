"""JSONata in Step Functions without a Java virtual machine.

Stock LocalStack downloads a Java library and a Java runtime to evaluate JSONata, and
hands it every value as source text inside the expression: a quotation mark in a
variable breaks the expression. Here expressions are evaluated in Python, on values.
"""

from __future__ import annotations

from typing import Any, NoReturn

from localstack.aws.api.stepfunctions import (
    EvaluationFailedEventDetails,
    HistoryEventType,
)
from localstack.services.stepfunctions.asl.component.common.error_name import (
    failure_event as failures,
)
from localstack.services.stepfunctions.asl.component.common.error_name import (
    states_error_name as states_errors,
)
from localstack.services.stepfunctions.asl.component.common.string import (
    string_expression,
)
from localstack.services.stepfunctions.asl.eval.environment import Environment
from localstack.services.stepfunctions.asl.eval.event.event_detail import EventDetails
from localstack.services.stepfunctions.asl.eval.event.event_manager import EventManager
from localstack.services.stepfunctions.asl.jsonata import jsonata as stock
from localstack.services.stepfunctions.asl.parse.asl_parser import ASLParserException
from localstack.services.stepfunctions.asl.parse.preprocessor import Preprocessor
from localstack.utils.patch import patch

from . import engine, locations

QUERY_EVALUATION_ERROR = states_errors.StatesErrorNameType.StatesQueryEvaluationError


def install() -> None:
    """Patches LocalStack's interpreter of the Amazon States Language, in process."""
    stock._eval_jsonata = _evaluate_source
    _patch_definitions()
    _patch_evaluation()
    _patch_failures()


def _evaluate_source(source: str) -> Any:
    """Called by stock's `eval_jsonata_expression`: the expression holds its values."""
    try:
        return engine.evaluate(source, {})
    except engine.Undefined:
        return None


def _patch_definitions() -> None:
    @patch(Preprocessor.visitString_jsonata)  # type: ignore[untyped-decorator]
    def visit_string_jsonata(fn: Any, self: Any, ctx: Any) -> Any:
        # AWS refuses a definition whose expressions do not parse; stock finds out when
        # they run. The parsed expression is kept, and the field that it stands in.
        component = fn(self, ctx)
        pointer, field = locations.of(ctx)
        component.field = field
        try:
            engine.compile_expression(component.expression)
        except engine.JsonataError as error:
            reason = f"INVALID_JSONATA_EXPRESSION: {error} at {pointer}"
            raise ASLParserException([reason]) from error
        return component


def _patch_evaluation() -> None:
    @patch(string_expression.StringJSONata._eval_body)  # type: ignore[untyped-decorator]
    def evaluate_expression(_fn: Any, self: Any, env: Environment) -> None:
        try:
            value = engine.evaluate(self.expression, _variables(env))
        except engine.JsonataError as error:
            separator = f". {error.code}: " if error.code else ": "
            _fail(env, self, f"threw an error during evaluation{separator}{error}")
        except engine.Undefined:
            _fail(env, self, "returned nothing (undefined).")
        except engine.NotJson:
            _fail(env, self, "returned an unsupported result type.")
        env.stack.append(value)

    @patch(string_expression.StringVariableSample._eval_body)  # type: ignore[untyped-decorator]
    def evaluate_variable(_fn: Any, self: Any, env: Environment) -> None:
        # A variable in a JSONPath state ("$order.id"), which stock reads with JSONata.
        try:
            value = engine.evaluate(self.expression, _variables(env))
        except (engine.JsonataError, engine.Undefined, engine.NotJson):
            value = None
        env.stack.append(value)


def _variables(env: Environment) -> dict[str, Any]:
    states = dict(env.states._states_data)
    if states.get("errorOutput") is None:  # stock's word for "there is none"
        states.pop("errorOutput", None)
    store = env.variable_store
    return {**store._outer_scope, **store._inner_scope, "states": states}


def _fail(env: Environment, component: Any, outcome: str) -> NoReturn:
    """Ends the state with States.QueryEvaluationError, in AWS's words.

    Stock's cause names neither the field nor, in a catcher's `$states.errorOutput`,
    the state.
    """
    error = states_errors.StatesErrorName(typ=QUERY_EVALUATION_ERROR)
    field = getattr(component, "field", "")
    event = failures.FailureEvent(
        env=env,
        error_name=error,
        event_type=HistoryEventType.EvaluationFailed,
    )
    details = EvaluationFailedEventDetails(
        error=error.error_name,
        cause=(
            f"{_prefix(event)}The JSONata expression '{component.expression}' "
            f"specified for the field '{field}' {outcome}"
        ),
        location=field,
        state=event.state_name,
    )
    event.event_details = EventDetails(evaluationFailedEventDetails=details)
    env.event_manager.add_event(
        context=env.event_history_context,
        event_type=HistoryEventType.EvaluationFailed,
        event_details=event.event_details,
    )
    raise failures.FailureEventException(failure_event=event)


def _prefix(event: failures.FailureEvent) -> str:
    return (
        f"An error occurred while executing the state '{event.state_name}' "
        f"(entered at the event id #{event.source_event_id}). "
    )


def _patch_failures() -> None:
    failure = failures.FailureEventException

    @patch(failure.get_execution_failed_event_details)  # type: ignore[untyped-decorator]
    def execution_failed_details(fn: Any, self: Any) -> Any:
        # The cause names its state already: once is enough.
        details = fn(self)
        cause = (self.extract_error_cause_pair() or (None, None))[1]
        if details and cause and cause.startswith(_prefix(self.failure_event)):
            details["cause"] = cause
        return details

    @patch(EventManager.add_event)  # type: ignore[untyped-decorator]
    def add_event(fn: Any, self: Any, *args: Any, **kwargs: Any) -> Any:
        # AWS records one EvaluationFailed for each failed evaluation. Stock's states
        # that can be retried record what they catch once more.
        if kwargs.get("event_type") == HistoryEventType.EvaluationFailed:
            details = kwargs.get("event_details")
            if getattr(self, "_evaluation_failed", None) is details:
                return kwargs["context"].source_event_id
            self._evaluation_failed = details
        return fn(self, *args, **kwargs)
