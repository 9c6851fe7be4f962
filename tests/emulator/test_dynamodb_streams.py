"""DynamoDB on the emulator: streams, and functions that they call."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.system import functions

TABLE = "emulator-streams"
KEY = {"id": {"S": "order"}}


@pytest.fixture
def client(stepwire_client: Any) -> Iterator[Any]:
    client = stepwire_client("dynamodb")
    client.create_table(
        TableName=TABLE,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={
            "StreamEnabled": True,
            "StreamViewType": "NEW_AND_OLD_IMAGES",
        },
    )
    yield client
    client.delete_table(TableName=TABLE)


@pytest.fixture
def streams(stepwire_client: Any) -> Any:
    return stepwire_client("dynamodbstreams")


def stream_arn(client: Any) -> str:
    return str(client.describe_table(TableName=TABLE)["Table"]["LatestStreamArn"])


def iterator(streams: Any, arn: str, kind: str, **more: Any) -> str:
    (shard,) = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
    return str(
        streams.get_shard_iterator(
            StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType=kind, **more
        )["ShardIterator"]
    )


def put(client: Any, status: str, **more: Any) -> None:
    item = {**KEY, "status": {"S": status}, "data": {"B": b"\x00\xff"}}
    client.put_item(TableName=TABLE, Item=item, **more)


def test_a_record_for_each_change_and_for_nothing_else(
    client: Any, streams: Any
) -> None:
    put(client, "new")
    put(client, "new")  # The same again.
    with pytest.raises(client.exceptions.ConditionalCheckFailedException):
        put(client, "never", ConditionExpression="attribute_not_exists(id)")
    with pytest.raises(ClientError):
        client.transact_write_items(
            TransactItems=[
                {"Put": {"TableName": TABLE, "Item": {"id": {"S": "never"}}}},
                {
                    "Update": {
                        "TableName": TABLE,
                        "Key": KEY,
                        "UpdateExpression": "ADD #status :one",
                        "ExpressionAttributeNames": {"#status": "status"},
                        "ExpressionAttributeValues": {":one": {"N": "1"}},
                    }
                },
            ]
        )
    put(client, "done")
    client.delete_item(TableName=TABLE, Key=KEY)

    arn = stream_arn(client)
    start = iterator(streams, arn, "TRIM_HORIZON")
    read = streams.get_records(ShardIterator=start)
    records = read["Records"]
    assert [record["eventName"] for record in records] == ["INSERT", "MODIFY", "REMOVE"]
    statuses = [
        tuple(
            record["dynamodb"].get(image, {}).get("status", {}).get("S")
            for image in ("OldImage", "NewImage")
        )
        for record in records
    ]
    assert statuses == [(None, "new"), ("new", "done"), ("done", None)]
    assert records[0]["dynamodb"]["Keys"] == KEY
    assert records[0]["dynamodb"]["NewImage"]["data"] == {"B": b"\x00\xff"}
    again = streams.get_records(ShardIterator=read["NextShardIterator"])
    assert again["Records"] == []

    middle = records[1]["dynamodb"]["SequenceNumber"]
    for kind, expected in (("AT", records[1:]), ("AFTER", records[2:])):
        place = iterator(streams, arn, f"{kind}_SEQUENCE_NUMBER", SequenceNumber=middle)
        assert streams.get_records(ShardIterator=place)["Records"] == expected
    latest = iterator(streams, arn, "LATEST")
    put(client, "later")
    (record,) = streams.get_records(ShardIterator=latest)["Records"]
    assert record["dynamodb"]["NewImage"]["status"] == {"S": "later"}


def test_a_disabled_stream_can_be_read_to_its_end_and_another_enabled(
    client: Any, streams: Any
) -> None:
    put(client, "new")
    arn = stream_arn(client)
    client.update_table(TableName=TABLE, StreamSpecification={"StreamEnabled": False})
    put(client, "unseen")
    description = streams.describe_stream(StreamArn=arn)["StreamDescription"]
    assert description["StreamStatus"] == "DISABLED"
    read = streams.get_records(ShardIterator=iterator(streams, arn, "TRIM_HORIZON"))
    assert len(read["Records"]) == 1
    assert "NextShardIterator" not in read
    assert "StreamSpecification" not in client.describe_table(TableName=TABLE)["Table"]

    client.update_table(
        TableName=TABLE,
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"},
    )
    assert stream_arn(client) != arn
    put(client, "seen")
    start = iterator(streams, stream_arn(client), "TRIM_HORIZON")
    (record,) = streams.get_records(ShardIterator=start)["Records"]
    assert not {"NewImage", "OldImage"} & record["dynamodb"].keys()
    listed = streams.list_streams(TableName=TABLE)["Streams"]
    assert {stream["StreamArn"] for stream in listed} >= {arn, stream_arn(client)}


def test_a_stream_that_is_not_there_is_not_found(streams: Any) -> None:
    arn = "arn:aws:dynamodb:us-east-1:000000000000:table/none/stream/2026-01-01"
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        streams.describe_stream(StreamArn=arn)


FORWARD = """
import json, os
import boto3

def handler(event, context):
    boto3.client("sqs").send_message(
        QueueUrl=os.environ["QUEUE"], MessageBody=json.dumps(event)
    )
"""


@pytest.fixture
def queue(stepwire_client: Any) -> Iterator[str]:
    client = stepwire_client("sqs")
    url = client.create_queue(QueueName="emulator-streams")["QueueUrl"]
    yield url
    client.delete_queue(QueueUrl=url)


@pytest.fixture
def mapping(client: Any, queue: str, stepwire_client: Any) -> Iterator[Any]:
    """An event source mapping that reads the stream from its beginning."""
    client_of_functions = stepwire_client("lambda")
    name = "emulator-streams"
    functions.create(
        client_of_functions,
        name,
        FORWARD,
        Environment={"Variables": {"QUEUE": queue}},
    )
    mapping = client_of_functions.create_event_source_mapping(
        FunctionName=name,
        EventSourceArn=stream_arn(client),
        StartingPosition="TRIM_HORIZON",
    )
    yield mapping
    client_of_functions.delete_event_source_mapping(UUID=mapping["UUID"])
    client_of_functions.delete_function(FunctionName=name)


def test_a_stream_calls_a_function(
    client: Any, mapping: Any, queue: str, stepwire_client: Any
) -> None:
    put(client, "new")
    # The queue is asked until the function has sent what it got, 60 seconds at most.
    for _ in range(3):
        received = stepwire_client("sqs").receive_message(
            QueueUrl=queue, WaitTimeSeconds=20
        )
        if messages := received.get("Messages"):
            break
    (record,) = json.loads(messages[0]["Body"])["Records"]
    assert record["eventName"] == "INSERT"
    assert record["eventSource"] == "aws:dynamodb"
    assert record["eventSourceARN"] == mapping["EventSourceArn"]
    assert record["dynamodb"]["NewImage"]["status"] == {"S": "new"}
    assert record["dynamodb"]["NewImage"]["data"] == {"B": "AP8="}
