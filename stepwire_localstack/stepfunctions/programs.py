"""State machine definitions, parsed once for all their executions."""

from __future__ import annotations

import logging
from functools import lru_cache
from typing import Any, Final

from localstack.services.stepfunctions.asl.component.eval_component import (
    EvalComponent,
)
from localstack.services.stepfunctions.asl.parse.asl_parser import (
    AmazonStateLanguageParser,
)
from localstack.services.stepfunctions.backend.execution_worker import ExecutionWorker
from localstack.utils.patch import patch

LOG: Final = logging.getLogger(__name__)


def install() -> None:
    @patch(EvalComponent._log_failure_event_exception)  # type: ignore[untyped-decorator]
    def log_failure(_fn: Any, self: Any, failure_event_exception: Any) -> None:
        # Stock logs a failure once for each component that it passes through, as an
        # error and with the component's whole definition, also where it is caught.
        event = failure_event_exception.failure_event
        LOG.debug("%s: %s", type(self).__name__, event.event_details)

    @patch(ExecutionWorker._get_evaluation_entrypoint)  # type: ignore[untyped-decorator]
    def entrypoint(_fn: Any, self: Any) -> Any:
        # Stock parses the definition for every execution, which takes longer than most
        # executions do. A parsed program keeps its state in the execution's
        # environment: the iterations of a Map share one in stock, too.
        return _program(self._evaluation_details.state_machine_details.definition)


@lru_cache(maxsize=256)
def _program(definition: str) -> Any:
    program, _ = AmazonStateLanguageParser.parse(definition)
    return program
