"""Which calls the states of executions made, with which role: for tests of policies.

``GET /_stepwire/calls`` answers with a list of ``{role_arn, state_machine_arn, state,
service, operation, parameters}``, the oldest first, each kind of call once: ``service``
and ``operation`` as botocore names them, ``parameters`` those that name what is
touched. What a call carries (items, messages, inputs, task tokens) is not kept.
"""

from __future__ import annotations

import contextvars
import json
import threading
import weakref
from typing import Any, Final

from localstack.http import Response
from localstack.services.edge import ROUTER
from localstack.services.stepfunctions.asl.component.state.state_execution.execute_state import (  # noqa: E501
    ExecutionState,
)
from localstack.services.stepfunctions.asl.utils import boto_client
from localstack.utils.patch import Patch

PATH: Final = "/_stepwire/calls"

_NAMING: Final = ("arn", "bucket", "name", "prefix", "secretid", "url")
"""The endings of parameters that name the resource of a call."""

_state: contextvars.ContextVar[tuple[str, str]] = contextvars.ContextVar("state")
_calls: dict[str, None] = {}
_lock: Final = threading.Lock()
_noted: Final[weakref.WeakSet[Any]] = weakref.WeakSet()


def install() -> None:
    ROUTER.add(PATH, lambda _request, **_path: _answer(), methods=["GET"])
    boto_client.connect_to = _Recorder(boto_client.connect_to)

    def evaluate(fn: Any, self: Any, env: Any) -> Any:
        execution = env.states.context_object.context_object_data
        _state.set((execution["StateMachine"]["Id"], self.name))
        return fn(self, env)

    for kind in _kinds(ExecutionState):
        if "_eval_execution" in vars(kind):
            Patch.function(kind._eval_execution, evaluate).apply()


def note(
    role_arn: str, service: str, operation: str, parameters: dict[str, str]
) -> None:
    """Keeps a call of the state that this thread runs."""
    machine_arn, state = _state.get(("", ""))
    call = {
        "role_arn": role_arn,
        "state_machine_arn": machine_arn,
        "state": state,
        "service": service,
        "operation": operation,
        "parameters": parameters,
    }
    with _lock:
        _calls[json.dumps(call, sort_keys=True)] = None


def _kinds(kind: Any) -> list[Any]:
    found = [kind]
    for subclass in kind.__subclasses__():
        found += _kinds(subclass)
    return found


class _Recorder:
    """``connect_to`` of the tasks, whose clients note what they call."""

    def __init__(self, connect_to: Any) -> None:
        self._connect_to = connect_to

    def with_assumed_role(self, *, role_arn: str, **options: Any) -> Any:
        factory = self._connect_to.with_assumed_role(role_arn=role_arn, **options)
        return _Clients(factory, role_arn)


class _Clients:
    def __init__(self, factory: Any, role_arn: str) -> None:
        self._factory = factory
        self._role_arn = role_arn

    def get_client(self, service: str) -> Any:
        client = self._factory.get_client(service=service)
        role_arn = self._role_arn

        def note_call(params: dict[str, Any], model: Any, **_: Any) -> None:
            naming = {
                name: value
                for name, value in params.items()
                if isinstance(value, str) and name.lower().endswith(_NAMING)
            }
            note(role_arn, model.service_model.service_name, model.name, naming)

        # LocalStack gives the same client again for the same credentials.
        if client._client not in _noted:
            _noted.add(client._client)
            client._client.meta.events.register("provide-client-params", note_call)
        return client


def _answer() -> Response:
    with _lock:
        calls = [json.loads(call) for call in _calls]
    return Response(json.dumps(calls), content_type="application/json")
