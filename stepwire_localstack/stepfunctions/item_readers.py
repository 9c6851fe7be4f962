"""States.ItemReaderFailed, where an ItemReader cannot read; a Catch may name it.

Stock ends the execution with States.Runtime, which nothing catches.
"""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError
from localstack.aws.api.stepfunctions import HistoryEventType, MapRunFailedEventDetails
from localstack.services.stepfunctions.asl.component.common.error_name.failure_event import (  # noqa: E501
    FailureEvent,
    FailureEventException,
)
from localstack.services.stepfunctions.asl.component.common.error_name.states_error_name import (  # noqa: E501
    StatesErrorName,
)
from localstack.services.stepfunctions.asl.component.common.error_name.states_error_name_type import (  # noqa: E501
    StatesErrorNameType,
)
from localstack.services.stepfunctions.asl.component.state.state_execution.state_map.item_reader.resource_eval.resource_eval_s3 import (  # noqa: E501
    ResourceEvalS3,
)
from localstack.services.stepfunctions.asl.eval.event.event_detail import EventDetails
from localstack.utils.patch import patch


def install() -> None:
    @patch(ResourceEvalS3.eval_resource)  # type: ignore[untyped-decorator]
    def eval_resource(fn: Any, self: Any, env: Any) -> None:
        try:
            fn(self, env)
        except ClientError as error:
            raise _failed(env, error.response["Error"]["Message"]) from error


def _failed(env: Any, cause: str) -> FailureEventException:
    name = StatesErrorName(typ=StatesErrorNameType.StatesItemReaderFailed)
    details = MapRunFailedEventDetails(error=name.error_name, cause=cause)
    return FailureEventException(
        failure_event=FailureEvent(
            env=env,
            error_name=name,
            event_type=HistoryEventType.TaskFailed,
            event_details=EventDetails(mapRunFailedEventDetails=details),
        )
    )
