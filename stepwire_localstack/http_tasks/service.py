"""The task itself: its place in LocalStack's interpreter and in the history."""

from __future__ import annotations

from typing import Any, Final

from localstack.aws.api.stepfunctions import HistoryEventType, TaskFailedEventDetails
from localstack.services.stepfunctions.asl.component.common.error_name.error_name import (  # noqa: E501
    ErrorName,
)
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
from localstack.services.stepfunctions.asl.component.state.state_execution.state_task import (  # noqa: E501
    state_task_factory,
)
from localstack.services.stepfunctions.asl.component.state.state_execution.state_task.service.state_task_service import (  # noqa: E501
    StateTaskService,
)
from localstack.services.stepfunctions.asl.eval.event.event_detail import EventDetails

from ..http_calls import transport
from ..stepfunctions import calls
from . import connections, requests, responses
from .errors import DATA_LIMIT_EXCEEDED, RUNTIME, SOCKET, HttpTaskError

_STATES_ERRORS: Final = {
    RUNTIME: StatesErrorNameType.StatesRuntime,
    DATA_LIMIT_EXCEEDED: StatesErrorNameType.StatesStatesDataLimitExceeded,
}


def install() -> None:
    stock = state_task_factory.state_task_service_for

    def state_task_service_for(service_name: str) -> Any:
        return HttpTask() if service_name == "http" else stock(service_name)

    state_task_factory.state_task_service_for = state_task_service_for


class HttpTask(StateTaskService):  # type: ignore[misc]
    """A Task state whose resource is ``arn:aws:states:::http:invoke``."""

    def _get_supported_parameters(self) -> set[str] | None:
        if self.resource.api_action != "invoke" or self.resource.condition:
            return None
        return set(requests.FIELDS)

    def _normalise_parameters(self, *_args: Any, **_kwargs: Any) -> None:
        """No AWS API: the parameters go out as they are."""

    def _normalise_response(self, *_args: Any, **_kwargs: Any) -> None:
        """Nor does an API's answer have a shape of AWS's."""

    def _eval_service_task(
        self,
        env: Any,
        resource_runtime_part: Any,
        normalised_parameters: dict[str, Any],
        state_credentials: Any,
    ) -> None:
        region = resource_runtime_part.region
        role_arn = state_credentials.role_arn
        try:
            result = _invoke(normalised_parameters, region, role_arn)
        except HttpTaskError as error:
            raise self._failure(env, error) from error
        env.stack.append(result)

    def _failure(self, env: Any, error: HttpTaskError) -> FailureEventException:
        known = _STATES_ERRORS.get(error.error)
        return FailureEventException(
            FailureEvent(
                env=env,
                error_name=StatesErrorName(typ=known)
                if known
                else ErrorName(error_name=error.error),
                event_type=HistoryEventType.TaskFailed,
                event_details=EventDetails(
                    taskFailedEventDetails=TaskFailedEventDetails(
                        resource=self._get_sfn_resource(),
                        resourceType=self._get_sfn_resource_type(),
                        error=error.error,
                        cause=error.cause,
                    )
                ),
            )
        )


def _invoke(parameters: dict[str, Any], region: str, role_arn: str) -> dict[str, Any]:
    calls.note(
        role_arn,
        "states",
        "InvokeHTTPEndpoint",
        {
            "HTTPEndpoint": requests.checked_endpoint(parameters),
            "HTTPMethod": requests.checked_method(parameters),
        },
    )
    connection = connections.authorized(requests.connection_arn(parameters), role_arn)
    credentials = connections.credentials(connection)
    request = requests.build(parameters, credentials, region)
    try:
        answer = transport.send(request, responses.MAX_BODY_BYTES)
    except transport.ConnectionTrouble as error:
        raise HttpTaskError(SOCKET, str(error)) from error
    except transport.TooLarge as error:
        raise HttpTaskError(DATA_LIMIT_EXCEEDED, str(error)) from error
    connections.answered(connection, credentials, answer.status)
    return responses.result(answer)
