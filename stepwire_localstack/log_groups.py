"""AssociateKmsKey and DisassociateKmsKey of CloudWatch Logs, which stock has not.

The key of a log group is shown; nothing is encrypted with it here.
"""

from __future__ import annotations

from typing import Any

from localstack.aws.api import handler
from localstack.aws.api.logs import ResourceNotFoundException
from localstack.services.logs.provider import LogsProvider
from moto.logs.models import logs_backends


def install() -> None:
    """Adds the operations. Call it before the service is loaded."""
    LogsProvider.associate_kms_key = associate_kms_key
    LogsProvider.disassociate_kms_key = disassociate_kms_key


@handler("AssociateKmsKey")  # type: ignore[untyped-decorator]
def associate_kms_key(_self: Any, context: Any, kms_key_id: str, **where: Any) -> None:
    """AssociateKmsKey: the log group shows the key."""
    _group(context, **where).kms_key_id = kms_key_id


@handler("DisassociateKmsKey")  # type: ignore[untyped-decorator]
def disassociate_kms_key(_self: Any, context: Any, **where: Any) -> None:
    """DisassociateKmsKey: the log group shows none."""
    _group(context, **where).kms_key_id = None


def _group(
    context: Any,
    log_group_name: str | None = None,
    resource_identifier: str | None = None,
    **_rest: Any,
) -> Any:
    arn = (resource_identifier or "").removesuffix(":*")
    name = log_group_name or arn.partition(":log-group:")[2]
    groups = logs_backends[context.account_id][context.region].groups
    if name not in groups:
        raise ResourceNotFoundException("The specified log group does not exist.")
    return groups[name]
