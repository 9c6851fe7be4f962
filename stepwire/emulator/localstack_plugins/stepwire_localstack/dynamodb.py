"""DynamoDB by moto, which needs neither Java nor a download.

Stock runs Amazon's DynamoDB Local, a Java program that it fetches from the network.
Its container image brings that program along: there it stays.
"""

from __future__ import annotations

import threading
from typing import Any

from localstack import config
from localstack.aws.api import RequestContext, ServiceRequest, ServiceResponse
from localstack.aws.api.dynamodb import DynamodbApi
from localstack.aws.forwarder import ForwardingFallbackDispatcher
from localstack.aws.skeleton import DispatchTable
from localstack.services import providers
from localstack.services.moto import call_moto
from localstack.services.plugins import Service, aws_provider
from localstack.utils.patch import patch

# moto reads an item, checks the condition and writes the item, and another thread may
# come in between: then two conditional writes win. The interpreter lets one thread
# work at a time anyway, so that taking turns costs nothing.
_turn = threading.RLock()


def install() -> None:
    """Replaces the provider of DynamoDB, outside a container."""
    if not config.is_in_docker:
        providers.dynamodb = aws_provider(api="dynamodb")(_service)


def _service() -> Service:
    # Here, because loading moto's DynamoDB takes as long as the rest of a start.
    from moto.dynamodb.models import DynamoDBBackend  # noqa: PLC0415
    from moto.dynamodb.responses import DynamoHandler  # noqa: PLC0415

    @patch(DynamoHandler.update_table)  # type: ignore[untyped-decorator]
    def update_table(fn: Any, self: Any) -> Any:
        # moto takes the encryption of a new table, and ignores that of an update.
        specification = self.body.get("SSESpecification")
        if specification is not None:
            table = self.dynamodb_backend.get_table(self.body["TableName"])
            key = specification.get(
                "KMSMasterKeyId"
            ) or table._get_default_encryption_key(table.account_id, table.region_name)
            table.sse_specification = {**specification, "KMSMasterKeyId": key}
        return fn(self)

    @patch(DynamoDBBackend.update_continuous_backups)  # type: ignore[untyped-decorator]
    def update_continuous_backups(
        fn: Any, self: Any, table_name: str, point_in_time_spec: Any
    ) -> Any:
        # moto leaves out how long backups are kept: on AWS 35 days, if not told.
        backups = fn(self, table_name, point_in_time_spec)
        if point_in_time_spec["PointInTimeRecoveryEnabled"]:
            backups["PointInTimeRecoveryDescription"]["RecoveryPeriodInDays"] = (
                point_in_time_spec.get("RecoveryPeriodInDays", 35)
            )
        return backups

    return Service.for_provider(DynamodbApi(), dispatch_table_factory=_dispatch_table)


def _dispatch_table(provider: DynamodbApi) -> DispatchTable:
    return ForwardingFallbackDispatcher(provider, _call_moto)


def _call_moto(context: RequestContext, request: ServiceRequest) -> ServiceResponse:
    with _turn:
        response = call_moto(context)
    # Asked for or not, moto tells both after an update.
    if context.operation.name == "UpdateItem":
        if not request.get("ReturnConsumedCapacity"):
            response.pop("ConsumedCapacity", None)
        if request.get("ReturnValues", "NONE") == "NONE":
            response.pop("Attributes", None)
    return response
