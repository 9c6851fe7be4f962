"""AWS, asked by clients that are made when they are first needed.

By botocore itself, which the Lambda runtime has: boto3's resource layer costs a cold
start more than it gives here.
"""

from __future__ import annotations

import gc
import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Unavailable(Exception):
    """AWS did not do what was asked; ``code`` is its error code.

    Holds nothing else of the answer: messages may quote what was sent.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Aws:
    """The services, with time-outs (seconds) and attempts that suit a function.

    ``attempts`` counts the first one.
    """

    def __init__(
        self, *, connect_timeout: float, read_timeout: float, attempts: int
    ) -> None:
        self._options: dict[str, Any] = {
            "connect_timeout": connect_timeout,
            "read_timeout": read_timeout,
            "retries": {"mode": "standard", "total_max_attempts": attempts},
        }
        self._session: Any = None
        self._clients: dict[str, Any] = {}

    def call(self, service: str, operation: str, **parameters: Any) -> Any:
        """``call("dynamodb", "get_item", TableName=…)``; raises Unavailable."""
        client = self.client(service)
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

        try:
            return getattr(client, operation)(**parameters)
        except ClientError as error:
            raise Unavailable(error.response["Error"]["Code"]) from None
        except BotoCoreError as error:
            raise Unavailable(type(error).__name__) from None

    def client(self, service: str) -> Any:
        """The service's client, the same one for as long as the function lives."""
        if service not in self._clients:
            # The SDK stays loaded for good. To look through it for garbage, now
            # and ever after, takes a tenth of a cold start.
            gc.disable()
            try:
                self._clients[service] = self._new_client(service)
            finally:
                gc.freeze()
                gc.enable()
        return self._clients[service]

    def _new_client(self, service: str) -> Any:
        from botocore.config import Config  # noqa: PLC0415

        if self._session is None:
            self._session = _new_session()
        return self._session.create_client(service, config=Config(**self._options))


def _new_session() -> Any:
    from botocore.loaders import Loader  # noqa: PLC0415
    from botocore.session import get_session  # noqa: PLC0415

    class OneLook(Loader):
        """Takes each folder for a service, and does not look into all of them.

        botocore does, some 3,500 times, a third of the time of the first client.
        """

        def list_available_services(self, type_name: str) -> list[str]:
            return os.listdir(self.BUILTIN_DATA_PATH)

    session = get_session()
    session.register_component("data_loader", OneLook())
    return session
