"""boto3 clients for the endpoint that the tests, the demo and Terraform use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import localstack_client.session
from botocore.config import Config
from localstack_client.config import get_service_endpoints

_CONFIGURATION = Config(
    # Without this StartSyncExecution goes to "sync-localhost", which is no host.
    inject_host_prefix=False,
    # boto3 keeps ten connections; load tests have more threads than that.
    max_pool_connections=64,
)


def client(service: str, environment: Mapping[str, str], **options: Any) -> Any:
    """A boto3 client of ``service`` (boto3's name, such as ``stepfunctions``).

    ``environment`` says where and as whom: AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID,
    AWS_SECRET_ACCESS_KEY and AWS_DEFAULT_REGION, as ``Emulator.environment()``
    returns them. ``options`` are those of ``boto3.client``; a ``config`` among them
    is added to what every client has.
    """
    if isinstance(given := options.pop("config", None), Config):
        configuration = _CONFIGURATION.merge(given)
    else:
        configuration = _CONFIGURATION
    return _Session(environment).client(service, config=configuration, **options)


class _Session(localstack_client.session.Session):  # type: ignore[misc]
    """localstack-client's session, at the endpoint of an environment that is passed.

    The base class reads AWS_ENDPOINT_URL of the process, which is not set, or is
    another's, when the process has started emulators of its own.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        super().__init__(
            aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
            aws_session_token=environment.get("AWS_SESSION_TOKEN"),
            region_name=environment["AWS_DEFAULT_REGION"],
        )
        self._service_endpoint_mapping: dict[str, str] = dict.fromkeys(
            get_service_endpoints(), environment["AWS_ENDPOINT_URL"]
        )
