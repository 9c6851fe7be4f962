"""The connection of a task, and the errors that its state makes."""

from __future__ import annotations

from typing import Any, Final

from localstack.aws.api.events import ConnectionState

from ..connections import authorization
from ..connections.authorization import SecretIsGone
from ..connections.credentials import Credentials
from ..connections.tokens import TokenRefused
from ..stepfunctions import calls
from .errors import (
    AUTH_IN_PROGRESS,
    INTERNAL_ERROR,
    INVALID_PRIVATE_STATE,
    INVALID_STATE,
    RESOURCE_NOT_FOUND,
    HttpTaskError,
)

_USABLE: Final = (ConnectionState.AUTHORIZED, ConnectionState.ACTIVE)
_IN_PROGRESS: Final = (
    ConnectionState.AUTHORIZING,
    ConnectionState.CREATING,
    ConnectionState.UPDATING,
)


def authorized(arn: str, role_arn: str) -> Any:
    """The connection, ready for a request. Raises HttpTaskError."""
    calls.note(
        role_arn, "events", "RetrieveConnectionCredentials", {"ConnectionArn": arn}
    )
    connection = authorization.find(arn)
    if connection is None:
        raise HttpTaskError(RESOURCE_NOT_FOUND, f"Connection {arn} does not exist.")
    state = connection.state
    if state in _IN_PROGRESS:
        raise HttpTaskError(AUTH_IN_PROGRESS, f"Connection {arn} is {state}.")
    if state == ConnectionState.FAILED_CONNECTIVITY:
        raise HttpTaskError(INVALID_PRIVATE_STATE, f"Connection {arn} is {state}.")
    if state not in _USABLE:
        raise HttpTaskError(INVALID_STATE, f"Connection {arn} is {state}.")
    for operation in ("DescribeSecret", "GetSecretValue"):
        secret = {"SecretId": connection.secret_arn}
        calls.note(role_arn, "secretsmanager", operation, secret)
    return connection


def credentials(connection: Any) -> Credentials:
    """The parts that the connection adds to a request. Raises HttpTaskError."""
    try:
        return authorization.current_credentials(connection)
    except (SecretIsGone, TokenRefused) as error:
        raise HttpTaskError(
            INVALID_STATE, f"Connection {connection.arn} is {connection.state}: {error}"
        ) from error
    except (KeyError, TypeError) as error:
        raise HttpTaskError(
            INTERNAL_ERROR, f"The secret of connection {connection.arn} lacks {error}."
        ) from error


def answered(connection: Any, used: Credentials, status: int) -> None:
    """Tells the connection that an API has accepted or refused its credentials."""
    if status in authorization.REFUSED:
        authorization.refused(connection, used)
