"""boto3 clients for the endpoint that the tests, the demo and Terraform use."""

from __future__ import annotations

import functools
import os
from collections.abc import Mapping
from typing import Any

import boto3
import botocore.session
import localstack_client.session
from botocore.config import Config
from localstack_client.config import get_service_endpoints

_CONFIGURATION = Config(
    # Without this StartSyncExecution goes to "sync-localhost", which is no host.
    inject_host_prefix=False,
    # boto3 keeps ten connections; load tests have more threads than that.
    max_pool_connections=64,
)
# An emulator's clients use neither a profile of the user's, which may not exist or have
# settings for AWS, nor the files that hold them.
_NO_FILES = {
    "profile": (None, None, None, None),
    "config_file": (None, None, os.devnull, None),
    "credentials_file": (None, None, os.devnull, None),
}


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
    another's, when the process has started emulators itself.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        super().__init__(
            aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
            aws_session_token=environment.get("AWS_SESSION_TOKEN"),
            region_name=environment["AWS_DEFAULT_REGION"],
        )
        self._endpoint_url = environment["AWS_ENDPOINT_URL"]
        self._service_endpoint_mapping: dict[str, str] = dict.fromkeys(
            get_service_endpoints(), self._endpoint_url
        )

    def client(self, service_name: str, **options: Any) -> Any:
        """The base class makes it with boto3's default session, which fails where
        AWS_PROFILE names a profile that does not exist."""
        given: dict[str, Any] = options | self.common_protected_kwargs
        make: Any = _session().client  # typed, it has an overload for each service
        # Of services that the base class does not list, too: boto3 knows more, and
        # what it does not know it explains.
        return make(service_name, endpoint_url=self._endpoint_url, **given)


@functools.cache
def _session() -> boto3.Session:
    core = botocore.session.Session(session_vars=_NO_FILES)
    return boto3.Session(botocore_session=core)
