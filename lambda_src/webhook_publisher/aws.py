"""AWS clients, made when they are first needed.

By botocore itself, which the Lambda runtime has: boto3's resource layer costs a cold
start more than it gives here.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_session: Any = None
_clients: dict[str, Any] = {}


class Unavailable(Exception):
    """AWS did not do what was asked; ``code`` is its error code.

    Holds nothing else of the answer: messages may quote what was sent.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def call(service: str, operation: str, **parameters: Any) -> Any:
    """``call("stepfunctions", "start_execution", …)``; raises Unavailable."""
    client = _client(service)
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

    try:
        return getattr(client, operation)(**parameters)
    except ClientError as error:
        raise Unavailable(error.response["Error"]["Code"]) from None
    except BotoCoreError as error:
        raise Unavailable(type(error).__name__) from None


def _client(service: str) -> Any:
    global _session  # noqa: PLW0603
    if service not in _clients:
        if _session is None:
            import botocore.session  # noqa: PLC0415

            _session = botocore.session.get_session()
        from botocore.config import Config  # noqa: PLC0415

        # With Sanity's answer all of it stays under API Gateway's 29 seconds.
        _clients[service] = _session.create_client(
            service,
            config=Config(
                connect_timeout=1,
                read_timeout=3,
                retries={"mode": "standard", "total_max_attempts": 2},
            ),
        )
    return _clients[service]
