"""The states of a connection, and what makes it change them.

"De-authorizing connections" of the EventBridge guide: a token that cannot be had, a
secret that is gone, and for Basic and API Key an answer 401 or 407, deauthorise a
connection. "Authorization methods": on 401 and 407 an OAuth token is refreshed.
"""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime
from typing import Any, Final

from localstack.aws.api.events import ConnectionState
from localstack.aws.connect import connect_to
from localstack.services.events.models import events_stores

from . import tokens
from .credentials import Credentials, credentials
from .secrets import OAUTH
from .tokens import Token, TokenRefused

REFUSED: Final = (401, 407)
"""The statuses of a server's answer to credentials that it refuses."""

_tokens: Final[dict[str, Token]] = {}
"""By the ARN of the connection."""
_locks: Final[dict[str, threading.Lock]] = {}
"""Of several calls that need a token at once one asks for it."""


class SecretIsGone(Exception):
    """The connection's secret cannot be read any more."""


def _lock(connection: Any) -> threading.Lock:
    return _locks.setdefault(connection.arn, threading.Lock())


def find(arn: str) -> Any | None:
    """The connection with this ARN, or None."""
    parts = arn.split(":", 5)
    if len(parts) != 6 or parts[2] != "events":
        return None
    name = parts[5].removeprefix("connection/").partition("/")[0]
    connection = events_stores[parts[4]][parts[3]].connections.get(name)
    return connection if connection is not None and connection.arn == arn else None


def read_secret(connection: Any) -> dict[str, Any]:
    """The connection's secret as it is now. Raises SecretIsGone."""
    client = secrets_manager(connection)
    try:
        text = client.get_secret_value(SecretId=connection.secret_arn)["SecretString"]
        secret: dict[str, Any] = json.loads(text)
    except Exception as error:
        deauthorized(connection, "The secret of the connection cannot be read.")
        raise SecretIsGone(str(error)) from error
    return secret


def secrets_manager(connection: Any) -> Any:
    """A client in the connection's account and region."""
    return connect_to(
        aws_access_key_id=connection.account_id, region_name=connection.region
    ).secretsmanager


def authorize(connection: Any) -> None:
    """Makes the connection AUTHORIZED: at once, or with OAuth once there is a token."""
    _tokens.pop(connection.arn, None)
    if connection.authorization_type != OAUTH:
        authorized(connection)
        return
    connection.state = ConnectionState.AUTHORIZING
    connection.state_reason = None
    attempt = connection.attempt = object()

    def fetch() -> None:
        try:
            token = tokens.fetch(read_secret(connection))
        except (TokenRefused, SecretIsGone) as error:
            with _lock(connection):
                if connection.attempt is attempt:
                    deauthorized(connection, f"No OAuth token: {error}.")
            return
        with _lock(connection):
            # An update in between has asked for another token.
            if connection.attempt is attempt:
                _tokens[connection.arn] = token
                authorized(connection)

    threading.Thread(target=fetch, name="connection-token", daemon=True).start()


def authorized(connection: Any) -> None:
    """The effect of an accepted credential."""
    connection.state = ConnectionState.AUTHORIZED
    connection.state_reason = None
    connection.last_authorized_time = datetime.now(UTC)


def deauthorized(connection: Any, reason: str) -> None:
    """The effect of a refused credential: only an update makes it authorised again."""
    connection.attempt = None
    _tokens.pop(connection.arn, None)
    connection.state = ConnectionState.DEAUTHORIZED
    connection.state_reason = reason


def current_credentials(connection: Any) -> Credentials:
    """The credentials of an authorised connection's next request.

    Raises SecretIsGone, and TokenRefused; both have deauthorised the connection.
    """
    secret = read_secret(connection)
    token = None
    if connection.authorization_type == OAUTH:
        token = _current_token(connection, secret).header
    return credentials(connection.authorization_type, secret, token)


def refused(connection: Any, used: Credentials) -> None:
    """The effect of an answer 401 or 407 to these credentials."""
    if connection.authorization_type != OAUTH:
        reason = "The API refused the credentials of the connection."
        deauthorized(connection, reason)
        return
    with _lock(connection):
        token = _tokens.get(connection.arn)
        # Of several calls that were refused the first has asked for another token.
        if token is None or ("Authorization", token.header) not in used.headers:
            return
        del _tokens[connection.arn]


def _current_token(connection: Any, secret: dict[str, Any]) -> Token:
    with _lock(connection):
        token = _tokens.get(connection.arn)
        if token is not None and token.is_good():
            return token
        try:
            token = tokens.fetch(secret)
        except TokenRefused as error:
            deauthorized(connection, f"No OAuth token: {error}.")
            raise
        _tokens[connection.arn] = token
        authorized(connection)
        return token
