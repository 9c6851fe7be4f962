"""Objects that stock LocalStack makes for every state, made once."""

from __future__ import annotations

import time
from functools import lru_cache
from typing import Any, Final

from localstack.services.stepfunctions.asl.component.common.path import result_path
from localstack.services.stepfunctions.asl.utils import boto_client, json_path

_KEPT_SECONDS: Final = 600
"""The time that a role's credentials serve; LocalStack issues them for an hour."""


def install() -> None:
    # A path is parsed at every state that has one, JSONata's default "$" included,
    # and each parse builds the parser's tables: 20 ms under one lock, which is most
    # of what an execution takes.
    for module in (result_path, json_path):
        module.parse = lru_cache(maxsize=1024)(module.parse)
    boto_client.connect_to = _KeptRoles(boto_client.connect_to)


class _KeptRoles:
    """``connect_to`` of the tasks: a role is assumed once, not for every task."""

    def __init__(self, connect_to: Any) -> None:
        @lru_cache(maxsize=256)
        def assume(
            _period: int, role_arn: str, region_name: str, **options: Any
        ) -> Any:
            return connect_to.with_assumed_role(
                role_arn=role_arn, region_name=region_name, **options
            )

        self._assume = assume

    def with_assumed_role(self, **options: Any) -> Any:
        return self._assume(int(time.monotonic() // _KEPT_SECONDS), **options)
