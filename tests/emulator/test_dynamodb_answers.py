"""DynamoDB on the emulator: answers hold what DynamoDB sends, and nothing else."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.emulator.tables import create_visits

TABLE = "emulator-answers"
KEY = {"user": {"S": "ada"}, "at": {"N": "1"}}
ITEM = {
    **KEY,
    "amount": {"N": "5"},
    "note": {"M": {"text": {"S": "x"}, "more": {"S": "y"}}},
}


@pytest.fixture(scope="module")
def table(stepwire_client: Any) -> Iterator[Any]:
    client = stepwire_client("dynamodb")
    create_visits(client, TABLE)
    yield client
    client.delete_table(TableName=TABLE)


@pytest.fixture
def client(table: Any) -> Any:
    """With one item, and none of another key."""
    table.delete_item(TableName=TABLE, Key={**KEY, "at": {"N": "2"}})
    table.put_item(TableName=TABLE, Item=ITEM)
    return table


def answer(client: Any, operation: str, **request: Any) -> dict[str, Any]:
    response = getattr(client, operation)(**request)
    del response["ResponseMetadata"]
    return dict(response)


OTHER = {**KEY, "at": {"N": "2"}}
SET = {
    "UpdateExpression": "SET amount = :v, note.#t = :v",
    "ExpressionAttributeNames": {"#t": "text"},
    "ExpressionAttributeValues": {":v": {"N": "5"}},
}
REMOVE = {"UpdateExpression": "REMOVE note.more, amount"}
ADD = {
    "UpdateExpression": "ADD amount :v",
    "ExpressionAttributeValues": {":v": {"N": "5"}},
}


@pytest.mark.parametrize(
    ("operation", "request_", "expected"),
    [
        ("put_item", {"Item": ITEM}, {}),
        ("put_item", {"Item": ITEM, "ReturnValues": "ALL_OLD"}, {"Attributes": ITEM}),
        ("put_item", {"Item": OTHER, "ReturnValues": "ALL_OLD"}, {}),
        ("get_item", {"Key": KEY}, {"Item": ITEM}),
        ("get_item", {"Key": OTHER}, {}),
        ("delete_item", {"Key": KEY}, {}),
        ("delete_item", {"Key": KEY, "ReturnValues": "ALL_OLD"}, {"Attributes": ITEM}),
        ("delete_item", {"Key": OTHER, "ReturnValues": "ALL_OLD"}, {}),
        ("update_item", {"Key": KEY, **SET}, {}),
        ("update_item", {"Key": OTHER, **ADD}, {}),
        ("update_item", {"Key": OTHER, **ADD, "ReturnValues": "ALL_OLD"}, {}),
        ("update_item", {"Key": OTHER, **ADD, "ReturnValues": "UPDATED_OLD"}, {}),
        (
            "update_item",
            {"Key": OTHER, **ADD, "ReturnValues": "ALL_NEW"},
            {"Attributes": {**OTHER, "amount": {"N": "5"}}},
        ),
        (
            "update_item",
            {"Key": OTHER, **ADD, "ReturnValues": "UPDATED_NEW"},
            {"Attributes": {"amount": {"N": "5"}}},
        ),
        (
            "update_item",
            {"Key": KEY, **SET, "ReturnValues": "ALL_OLD"},
            {"Attributes": ITEM},
        ),
        (
            # Named by the update, although the value is the same.
            "update_item",
            {"Key": KEY, **SET, "ReturnValues": "UPDATED_NEW"},
            {
                "Attributes": {
                    "amount": {"N": "5"},
                    "note": {"M": {"text": {"N": "5"}}},
                }
            },
        ),
        (
            "update_item",
            {"Key": KEY, **SET, "ReturnValues": "UPDATED_OLD"},
            {
                "Attributes": {
                    "amount": {"N": "5"},
                    "note": {"M": {"text": {"S": "x"}}},
                }
            },
        ),
        ("update_item", {"Key": KEY, **REMOVE, "ReturnValues": "UPDATED_NEW"}, {}),
        ("update_item", {"Key": KEY}, {}),
        ("scan", {"Select": "COUNT"}, {"Count": 1, "ScannedCount": 1}),
        ("scan", {}, {"Count": 1, "ScannedCount": 1, "Items": [ITEM]}),
    ],
)
def test_an_answer_of_one_table(
    client: Any, operation: str, request_: dict[str, Any], expected: dict[str, Any]
) -> None:
    assert answer(client, operation, TableName=TABLE, **request_) == expected


@pytest.mark.parametrize(
    ("operation", "request_", "expected"),
    [
        (
            "batch_write_item",
            {"RequestItems": {TABLE: [{"PutRequest": {"Item": ITEM}}]}},
            {"UnprocessedItems": {}},
        ),
        (
            "batch_get_item",
            {"RequestItems": {TABLE: {"Keys": [KEY, OTHER]}}},
            {"Responses": {TABLE: [ITEM]}, "UnprocessedKeys": {}},
        ),
        (
            "transact_write_items",
            {"TransactItems": [{"Put": {"TableName": TABLE, "Item": ITEM}}]},
            {},
        ),
        (
            "transact_get_items",
            {
                "TransactItems": [
                    {"Get": {"TableName": TABLE, "Key": key}} for key in (KEY, OTHER)
                ]
            },
            {"Responses": [{"Item": ITEM}, {}]},
        ),
    ],
)
def test_an_answer_of_many(
    client: Any, operation: str, request_: dict[str, Any], expected: dict[str, Any]
) -> None:
    assert answer(client, operation, **request_) == expected


@pytest.mark.parametrize(
    ("operation", "request_"),
    [
        ("put_item", {"TableName": TABLE, "Item": ITEM}),
        ("get_item", {"TableName": TABLE, "Key": KEY}),
        ("update_item", {"TableName": TABLE, "Key": KEY}),
        ("delete_item", {"TableName": TABLE, "Key": OTHER}),
        ("scan", {"TableName": TABLE}),
        (
            "transact_write_items",
            {"TransactItems": [{"Put": {"TableName": TABLE, "Item": ITEM}}]},
        ),
    ],
)
def test_capacity_is_told_to_who_asks(
    client: Any, operation: str, request_: dict[str, Any]
) -> None:
    told = answer(client, operation, ReturnConsumedCapacity="TOTAL", **request_)
    consumed = told["ConsumedCapacity"]
    first = consumed[0] if isinstance(consumed, list) else consumed
    assert first["TableName"] == TABLE
    assert first["CapacityUnits"] > 0


def test_a_workflow_sees_whether_there_was_an_item(
    client: Any, stepwire_client: Any
) -> None:
    states = stepwire_client("stepfunctions")
    put = {
        "Type": "Task",
        "Resource": "arn:aws:states:::dynamodb:putItem",
        "Arguments": {
            "TableName": TABLE,
            "Item": "{% $states.input %}",
            "ReturnValues": "ALL_OLD",
        },
        "Output": "{% {'known': $exists($states.result.Attributes)} %}",
        "End": True,
    }
    machine = {"QueryLanguage": "JSONata", "StartAt": "Put", "States": {"Put": put}}
    arn = states.create_state_machine(
        name="emulator-answers",
        definition=json.dumps(machine),
        roleArn="arn:aws:iam::000000000000:role/workflow",
        type="EXPRESS",
    )["stateMachineArn"]
    known = [
        json.loads(
            states.start_sync_execution(stateMachineArn=arn, input=json.dumps(OTHER))[
                "output"
            ]
        )
        for _ in range(2)
    ]
    states.delete_state_machine(stateMachineArn=arn)
    assert known == [{"known": False}, {"known": True}]


def test_a_page_ends_at_its_limit_and_the_next_goes_on(client: Any) -> None:
    client.put_item(TableName=TABLE, Item=OTHER)
    found = []
    for page in client.get_paginator("scan").paginate(
        TableName=TABLE, PaginationConfig={"PageSize": 1}
    ):
        assert page["Count"] <= 1
        found += page["Items"]
    assert found == [ITEM, OTHER]


def test_a_page_ends_at_a_megabyte(client: Any) -> None:
    keys = [{"user": {"S": "large"}, "at": {"N": str(number)}} for number in range(4)]
    for key in keys:
        item = {**key, "text": {"S": "x" * 390_000}}
        client.put_item(TableName=TABLE, Item=item)
    request = {
        "TableName": TABLE,
        "KeyConditionExpression": "#user = :user",
        "ExpressionAttributeNames": {"#user": "user"},
        "ExpressionAttributeValues": {":user": {"S": "large"}},
    }
    first = client.query(**request)
    second = client.query(**request, ExclusiveStartKey=first["LastEvaluatedKey"])
    assert (first["Count"], second["Count"]) == (2, 2)
    for key in keys:
        client.delete_item(TableName=TABLE, Key=key)


def describe(client: Any, name: str) -> dict[str, Any]:
    return dict(client.describe_table(TableName=name)["Table"])


def test_a_table_is_described_as_on_aws(client: Any) -> None:
    table = describe(client, TABLE)
    for changing in ("ItemCount", "TableSizeBytes", "CreationDateTime", "TableId"):
        assert table.pop(changing) is not None
    assert table.pop("BillingModeSummary")["BillingMode"] == "PAY_PER_REQUEST"
    del table["WarmThroughput"]
    assert table == {
        "TableName": TABLE,
        "TableStatus": "ACTIVE",
        "TableArn": f"arn:aws:dynamodb:us-east-1:000000000000:table/{TABLE}",
        "AttributeDefinitions": [
            {"AttributeName": "user", "AttributeType": "S"},
            {"AttributeName": "at", "AttributeType": "N"},
        ],
        "KeySchema": [
            {"AttributeName": "user", "KeyType": "HASH"},
            {"AttributeName": "at", "KeyType": "RANGE"},
        ],
        "ProvisionedThroughput": {
            "NumberOfDecreasesToday": 0,
            "ReadCapacityUnits": 0,
            "WriteCapacityUnits": 0,
        },
        "DeletionProtectionEnabled": False,
    }


def test_the_settings_of_a_table_are_told_as_they_were_made(client: Any) -> None:
    name = "emulator-settings"
    throughput = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 6}
    index = {
        "IndexName": "by-b",
        "KeySchema": [
            {"AttributeName": "a", "KeyType": "HASH"},
            {"AttributeName": "b", "KeyType": "RANGE"},
        ],
        "Projection": {"ProjectionType": "KEYS_ONLY"},
    }
    client.create_table(
        TableName=name,
        KeySchema=[
            {"AttributeName": "a", "KeyType": "HASH"},
            {"AttributeName": "c", "KeyType": "RANGE"},
        ],
        AttributeDefinitions=[
            {"AttributeName": attribute, "AttributeType": "S"} for attribute in "abc"
        ],
        LocalSecondaryIndexes=[index],
        GlobalSecondaryIndexes=[
            {**index, "IndexName": "all-b", "ProvisionedThroughput": throughput}
        ],
        ProvisionedThroughput=throughput,
        TableClass="STANDARD_INFREQUENT_ACCESS",
    )
    table = describe(client, name)
    assert "BillingModeSummary" not in table
    assert table["ProvisionedThroughput"] == {"NumberOfDecreasesToday": 0, **throughput}
    assert table["TableClassSummary"] == {"TableClass": "STANDARD_INFREQUENT_ACCESS"}
    (local,) = table["LocalSecondaryIndexes"]
    (everywhere,) = table["GlobalSecondaryIndexes"]
    assert local == {
        **index,
        "IndexArn": f"{table['TableArn']}/index/by-b",
        "IndexSizeBytes": 0,
        "ItemCount": 0,
    }
    assert everywhere["ProvisionedThroughput"] == table["ProvisionedThroughput"]
    client.update_table(TableName=name, BillingMode="PAY_PER_REQUEST")
    table = describe(client, name)
    assert table["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert table["ProvisionedThroughput"]["ReadCapacityUnits"] == 0
    assert table["GlobalSecondaryIndexes"][0]["ProvisionedThroughput"] == {
        "NumberOfDecreasesToday": 0,
        "ReadCapacityUnits": 0,
        "WriteCapacityUnits": 0,
    }
    client.delete_table(TableName=name)


def test_an_index_is_added_and_taken_away(client: Any) -> None:
    def change(action: str, index: dict[str, Any], *attributes: str) -> None:
        client.update_table(
            TableName=TABLE,
            AttributeDefinitions=[
                {"AttributeName": attribute, "AttributeType": "S"}
                for attribute in attributes
            ],
            GlobalSecondaryIndexUpdates=[{action: index}],
        )

    def defined() -> set[str]:
        definitions = describe(client, TABLE)["AttributeDefinitions"]
        return {entry["AttributeName"] for entry in definitions}

    index = {
        "IndexName": "by-stage",
        "KeySchema": [{"AttributeName": "stage", "KeyType": "HASH"}],
        "Projection": {"ProjectionType": "ALL"},
    }
    with pytest.raises(ClientError, match="ValidationException"):
        change("Delete", {"IndexName": "by-stage"})
    change("Create", index, "stage")
    with pytest.raises(ClientError, match="ValidationException"):
        change("Create", index, "stage")
    assert defined() == {"user", "at", "stage"}
    with pytest.raises(ClientError, match="Type mismatch for Index Key stage"):
        client.put_item(TableName=TABLE, Item={**OTHER, "stage": {"N": "1"}})
    change("Delete", {"IndexName": "by-stage"})
    assert defined() == {"user", "at"}
    assert "GlobalSecondaryIndexes" not in describe(client, TABLE)


def test_a_tag_has_one_value(client: Any) -> None:
    arn = describe(client, TABLE)["TableArn"]
    for value in ("first", "second"):
        tags = [{"Key": "stage", "Value": value}, {"Key": "team", "Value": "x"}]
        client.tag_resource(ResourceArn=arn, Tags=tags)
    client.untag_resource(ResourceArn=arn, TagKeys=["team"])
    tags = client.list_tags_of_resource(ResourceArn=arn)["Tags"]
    assert tags == [{"Key": "stage", "Value": "second"}]
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        client.tag_resource(ResourceArn=f"{arn}-none", Tags=tags)


def test_time_to_live_is_told_as_on_aws(client: Any) -> None:
    def change(*, enabled: bool, attribute: str = "until") -> None:
        client.update_time_to_live(
            TableName=TABLE,
            TimeToLiveSpecification={"Enabled": enabled, "AttributeName": attribute},
        )

    def told() -> Any:
        return client.describe_time_to_live(TableName=TABLE)["TimeToLiveDescription"]

    assert told() == {"TimeToLiveStatus": "DISABLED"}
    change(enabled=True)
    assert told() == {"TimeToLiveStatus": "ENABLED", "AttributeName": "until"}
    with pytest.raises(ClientError, match="TimeToLive is already enabled"):
        change(enabled=True)
    change(enabled=False)
    assert told() == {"TimeToLiveStatus": "DISABLED"}
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        client.describe_time_to_live(TableName="nowhere")


def test_backups_are_told_as_on_aws(client: Any) -> None:
    def told() -> Any:
        backups = client.describe_continuous_backups(TableName=TABLE)
        return backups["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]

    assert told() == {"PointInTimeRecoveryStatus": "DISABLED"}
    client.update_continuous_backups(
        TableName=TABLE,
        PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True},
    )
    enabled = told()
    assert enabled["RecoveryPeriodInDays"] == 35
    assert isinstance(enabled["EarliestRestorableDateTime"], datetime.datetime)
