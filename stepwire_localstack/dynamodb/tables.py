"""Tables: what is told of them, and what Terraform reads back."""

from __future__ import annotations

import uuid
from typing import Any, Final

from localstack.utils.patch import patch
from moto.dynamodb.exceptions import ResourceNotFoundException
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.table import Table
from moto.dynamodb.models.utilities import dynamo_json_dump
from moto.dynamodb.responses import DynamoHandler

from .errors import ValidationError

# "PointInTimeRecoverySpecification": how long, if not told.
_RECOVERY_DAYS: Final = 35
# Settings that moto does not know, kept beside the table, and the members of a
# table's description that show them.
_SETTINGS: Final = ("TableClass", "OnDemandThroughput")


def install() -> None:
    """Makes moto keep and tell all settings of a table."""
    _mend_descriptions()
    _mend_settings()
    _mend_tags()
    _mend_time_to_live()
    _mend_backups()


def _mend_descriptions() -> None:
    @patch(Table.describe)  # type: ignore[untyped-decorator]
    def describe(fn: Any, self: Any, base_key: str = "TableDescription") -> Any:
        description = fn(self, base_key)[base_key]
        description["TableId"] = str(
            uuid.uuid5(uuid.NAMESPACE_URL, f"{self.table_arn} {self.created_at}")
        )
        for member in ("GlobalSecondaryIndexes", "LocalSecondaryIndexes"):
            indexes = description.pop(member)
            if indexes:
                description[member] = [_index(self, index) for index in indexes]
        description["ProvisionedThroughput"] = _throughput(self.throughput)
        if self.billing_mode == "PAY_PER_REQUEST":
            description["BillingModeSummary"]["LastUpdateToPayPerRequestDateTime"] = (
                description["CreationDateTime"]
            )
        else:
            # Told of tables that were billed by request at some time.
            del description["BillingModeSummary"]
        settings = vars(self).get("settings", {})
        if "TableClass" in settings:
            description["TableClassSummary"] = {"TableClass": settings["TableClass"]}
        if "OnDemandThroughput" in settings:
            description["OnDemandThroughput"] = settings["OnDemandThroughput"]
        return {base_key: description}


def _index(table: Any, index: Any) -> dict[str, Any]:
    told = {
        **index,
        "IndexArn": f"{table.table_arn}/index/{index['IndexName']}",
        "IndexSizeBytes": 0,
        "ItemCount": len(table.has_idx_items(index["IndexName"])),
    }
    if "ProvisionedThroughput" in index:
        told["ProvisionedThroughput"] = _throughput(index["ProvisionedThroughput"])
    return told


def _throughput(units: Any) -> dict[str, Any]:
    return {"NumberOfDecreasesToday": 0, **units}


def _mend_settings() -> None:
    @patch(DynamoHandler.create_table)  # type: ignore[untyped-decorator]
    def create_table(fn: Any, self: Any) -> str:
        fn(self)
        table = self.dynamodb_backend.get_table(self.body["TableName"])
        _keep_settings(table, self.body)
        return dynamo_json_dump(table.describe())

    @patch(DynamoHandler.update_table)  # type: ignore[untyped-decorator]
    def update_table(fn: Any, self: Any) -> str:
        table = self.dynamodb_backend.get_table(self.body["TableName"])
        _check_stream(table, self.body.get("StreamSpecification"))
        attributes = table.attr
        _add_attributes(table, self.body)
        try:
            fn(self)
        except ValueError as refusal:
            # How moto says that there is such an index, or none.
            table.attr = attributes
            raise ValidationError(str(refusal)) from None
        used = table.attribute_keys
        table.attr = [entry for entry in table.attr if entry["AttributeName"] in used]
        _keep_settings(table, self.body)
        _keep_encryption(table, self.body.get("SSESpecification"))
        if self.body.get("BillingMode") == "PAY_PER_REQUEST":
            for billed in (table, *table.global_indexes):
                billed.throughput = {"ReadCapacityUnits": 0, "WriteCapacityUnits": 0}
        return dynamo_json_dump(table.describe())

    @patch(DynamoDBBackend.update_table_streams)  # type: ignore[untyped-decorator]
    def update_table_streams(_fn: Any, _self: Any, table: Any, streams: Any) -> None:
        # moto refuses a second stream although the first is disabled.
        table.set_stream_specification(streams)


def _add_attributes(table: Any, body: Any) -> None:
    """Definitions of an update come to those that there are."""
    if added := body.get("AttributeDefinitions"):
        merged = {entry["AttributeName"]: entry for entry in (*table.attr, *added)}
        body["AttributeDefinitions"] = list(merged.values())


def _keep_settings(table: Any, body: Any) -> None:
    settings = vars(table).setdefault("settings", {})
    settings.update({name: body[name] for name in _SETTINGS if body.get(name)})


def _keep_encryption(table: Any, specification: Any) -> None:
    """moto takes the encryption of a new table, and ignores that of an update."""
    if specification is not None:
        key = specification.get("KMSMasterKeyId") or table._get_default_encryption_key(
            table.account_id, table.region_name
        )
        table.sse_specification = {**specification, "KMSMasterKeyId": key}


def _check_stream(table: Any, specification: Any) -> None:
    if not specification:
        return
    enabled = table.stream_specification["StreamEnabled"]
    if specification.get("StreamEnabled") == enabled:
        state = "already has an enabled stream" if enabled else "has no stream"
        raise ValidationError(f"Table {state}: TableName: {table.name}")


def _mend_tags() -> None:
    @patch(DynamoDBBackend.tag_resource)  # type: ignore[untyped-decorator]
    def tag_resource(_fn: Any, self: Any, table_arn: str, tags: Any) -> None:
        # moto keeps the old value of a tag beside the new one.
        table = _table_of(self, table_arn)
        merged = {tag["Key"]: tag for tag in (*table.tags, *tags)}
        table.tags = list(merged.values())

    @patch(DynamoDBBackend.untag_resource)  # type: ignore[untyped-decorator]
    def untag_resource(fn: Any, self: Any, table_arn: str, keys: Any) -> None:
        _table_of(self, table_arn)
        fn(self, table_arn, keys)


def _table_of(backend: Any, table_arn: str) -> Any:
    for table in backend.tables.values():
        if table.table_arn == table_arn:
            return table
    raise ResourceNotFoundException(
        f"Requested resource not found: ResourceArn: {table_arn} not found"
    )


def _mend_time_to_live() -> None:
    @patch(DynamoDBBackend.update_time_to_live)  # type: ignore[untyped-decorator]
    def update_time_to_live(_fn: Any, self: Any, table_name: str, asked: Any) -> None:
        table = self.get_table(table_name)
        current = table.ttl.get("AttributeName")
        if asked["Enabled"] == (current is not None):
            state = "enabled" if asked["Enabled"] else "disabled"
            raise ValidationError(f"TimeToLive is already {state}")
        if current not in (None, asked["AttributeName"]):
            raise ValidationError(
                "TimeToLive is active on a different AttributeName: current"
                f" AttributeName is {current}"
            )
        # Without the attribute when it is disabled.
        table.ttl = {"TimeToLiveStatus": "DISABLED"}
        if asked["Enabled"]:
            table.ttl = {
                "TimeToLiveStatus": "ENABLED",
                "AttributeName": asked["AttributeName"],
            }

    @patch(DynamoDBBackend.describe_time_to_live)  # type: ignore[untyped-decorator]
    def describe_time_to_live(_fn: Any, self: Any, table_name: str) -> Any:
        return self.get_table(table_name).ttl


def _mend_backups() -> None:
    @patch(DynamoDBBackend.update_continuous_backups)  # type: ignore[untyped-decorator]
    def update_continuous_backups(
        fn: Any, self: Any, table_name: str, point_in_time_spec: Any
    ) -> Any:
        # moto leaves out how long backups are kept.
        backups = fn(self, table_name, point_in_time_spec)
        if point_in_time_spec["PointInTimeRecoveryEnabled"]:
            backups["PointInTimeRecoveryDescription"]["RecoveryPeriodInDays"] = (
                point_in_time_spec.get("RecoveryPeriodInDays", _RECOVERY_DAYS)
            )
        return backups
