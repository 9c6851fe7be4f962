"""EventBridge's operations on connections, where stock's differ from AWS's."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime
from typing import Any

from localstack.aws.api import handler
from localstack.aws.api.events import ConnectionState, DeauthorizeConnectionResponse
from localstack.services.events.connection import ConnectionService
from localstack.services.events.provider import EventsProvider
from localstack.utils.patch import patch

from . import authorization
from .secrets import public_parameters, secret_value, without_secret_values


def install() -> None:
    _patch_service()
    _patch_secret()
    _patch_describe()
    _patch_key()
    EventsProvider.deauthorize_connection = deauthorize_connection


def _patch_service() -> None:
    @patch(ConnectionService.__init__)  # type: ignore[untyped-decorator]
    def initialise(fn: Any, self: Any, *args: Any, **named: Any) -> None:
        fn(self, *args, **named)
        # Stock gives all connections of a process the same id.
        self.connection.id = str(uuid.uuid4())
        if self.connection.secret_arn:
            _show(self.connection)
            authorization.authorize(self.connection)

    @patch(ConnectionService.update)  # type: ignore[untyped-decorator]
    def update(
        _fn: Any,
        self: Any,
        description: str | None,
        authorization_type: str | None,
        auth_parameters: Any,
        invocation_connectivity_parameters: Any = None,
    ) -> None:
        # Stock writes the secret of an update from nothing but the update, and calls
        # every connection authorised after it.
        connection = self.connection
        if description is not None:
            connection.description = description
        if invocation_connectivity_parameters is not None:
            connection.invocation_connectivity_parameters = (
                invocation_connectivity_parameters
            )
        connection.last_modified_time = datetime.now(UTC)
        if authorization_type is None and auth_parameters is None:
            return
        kind = authorization_type or connection.authorization_type
        before: dict[str, Any] = {}
        if connection.secret_arn and kind == connection.authorization_type:
            before = authorization.read_secret(connection)
        connection.authorization_type = kind
        value = secret_value(kind, auth_parameters or {}, before)
        if connection.secret_arn:
            authorization.secrets_manager(connection).put_secret_value(
                SecretId=connection.secret_arn, SecretString=json.dumps(value)
            )
        else:
            connection.secret_arn = self.create_connection_secret(
                connection.region,
                connection.account_id,
                connection.name,
                kind,
                auth_parameters or {},
            )
        _show(connection)
        authorization.authorize(connection)


def _patch_secret() -> None:
    @patch(ConnectionService._get_secret_value)  # type: ignore[untyped-decorator]
    def secret(
        _fn: Any, _self: Any, authorization_type: str, auth_parameters: Any
    ) -> str:
        return json.dumps(secret_value(authorization_type, auth_parameters, {}))


def _show(connection: Any) -> None:
    secret = authorization.read_secret(connection)
    connection.auth_parameters = public_parameters(secret)


def _patch_describe() -> None:
    @patch(EventsProvider._connection_to_api_type_connection)  # type: ignore[untyped-decorator]
    def described(fn: Any, self: Any, connection: Any) -> Any:
        more = {
            "Description": connection.description,
            "StateReason": getattr(connection, "state_reason", None),
            "KmsKeyIdentifier": getattr(connection, "kms_key_identifier", None),
        }
        shown = {name: value for name, value in more.items() if value}
        return {**fn(self, connection), **shown}

    @patch(EventsProvider.describe_connection)  # type: ignore[untyped-decorator]
    def describe(fn: Any, self: Any, context: Any, name: str, **rest: Any) -> Any:
        answer = fn(self, context, name, **rest)
        if context.is_internal_call:
            # Stock's API destinations take the values from here.
            return answer
        return {
            **answer,
            "AuthParameters": without_secret_values(answer.get("AuthParameters", {})),
        }


def _patch_key() -> None:
    @patch(EventsProvider.create_connection)  # type: ignore[untyped-decorator]
    def create(
        fn: Any, self: Any, context: Any, name: str, *args: Any, **named: Any
    ) -> Any:
        answer = fn(self, context, name, *args, **named)
        _keep_key(self, context, name, named.get("kms_key_identifier"))
        return answer

    @patch(EventsProvider.update_connection)  # type: ignore[untyped-decorator]
    def update(
        fn: Any, self: Any, context: Any, name: str, *args: Any, **named: Any
    ) -> Any:
        answer = fn(self, context, name, *args, **named)
        _keep_key(self, context, name, named.get("kms_key_identifier"))
        return answer


def _keep_key(provider: Any, context: Any, name: str, key: str | None) -> None:
    if key is None:
        return
    connection = _connection(provider, context, name)
    connection.kms_key_identifier = key
    authorization.secrets_manager(connection).update_secret(
        SecretId=connection.secret_arn, KmsKeyId=key
    )


def _connection(provider: Any, context: Any, name: str) -> Any:
    store = provider.get_store(context.region, context.account_id)
    return provider.get_connection(name, store)


@handler("DeauthorizeConnection")  # type: ignore[untyped-decorator]
def deauthorize_connection(self: Any, context: Any, name: str, **_rest: Any) -> Any:
    """DeauthorizeConnection, which stock has not: the connection loses its secret."""
    connection = _connection(self, context, name)
    if connection.secret_arn:
        authorization.secrets_manager(connection).delete_secret(
            SecretId=connection.secret_arn, ForceDeleteWithoutRecovery=True
        )
    authorization.deauthorized(connection, "The connection was deauthorized.")
    connection.secret_arn = None
    connection.auth_parameters = {}
    connection.last_modified_time = datetime.now(UTC)
    return DeauthorizeConnectionResponse(
        ConnectionArn=connection.arn,
        ConnectionState=ConnectionState.DEAUTHORIZING,
        CreationTime=connection.creation_time,
        LastModifiedTime=connection.last_modified_time,
        LastAuthorizedTime=connection.last_authorized_time,
    )
