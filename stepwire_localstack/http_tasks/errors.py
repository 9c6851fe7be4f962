"""Failures of HTTP Tasks: "Call HTTPS APIs in Step Functions workflows"."""

from __future__ import annotations

from typing import Final

RUNTIME: Final = "States.Runtime"
DATA_LIMIT_EXCEEDED: Final = "States.DataLimitExceeded"
SOCKET: Final = "States.Http.Socket"

STATUS_CODE_PREFIX: Final = "States.Http.StatusCode."
CONNECTION_PREFIX: Final = "Events.ConnectionResource."

RESOURCE_NOT_FOUND: Final = f"{CONNECTION_PREFIX}ResourceNotFound"
AUTH_IN_PROGRESS: Final = f"{CONNECTION_PREFIX}AuthInProgress"
INVALID_STATE: Final = f"{CONNECTION_PREFIX}InvalidConnectionState"
INVALID_PRIVATE_STATE: Final = f"{CONNECTION_PREFIX}InvalidPrivateConnectionState"
INTERNAL_ERROR: Final = f"{CONNECTION_PREFIX}InternalError"


class HttpTaskError(Exception):
    """A failed HTTP Task: the ``Error`` and the ``Cause`` of its state."""

    def __init__(self, error: str, cause: str) -> None:
        super().__init__(f"{error}: {cause}")
        self.error = error
        self.cause = cause
