"""DynamoDB refuses what it cannot read; that is the sender's fault (400), not its own,
and what would spoil later reads is not stored."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

TABLE = "hostile-requests"
KEY = {"id": {"S": "order"}}
WRONG_JSON: list[Any] = [
    {"N": 1},
    {"S": 1},
    {"S": {"a": 1}},
    {"N": []},
    {"BOOL": "true"},
    {"BOOL": 1},
    {"NULL": "x"},
    {"SS": "abc"},
    {"SS": [None]},
    {"NS": [1]},
    {"L": {}},
    {"L": ["x"]},
    {"M": []},
    {"M": {"a": "x"}},
    {"B": 5},
    {"B": "!!!"},
    {"BS": ["YQ==", "a"]},
    {"M": {"a": {"L": [{"N": 1}]}}},
    "x",
    3,
    [],
]


@pytest.fixture(scope="module")
def client(stepwire_client: Any) -> Iterator[Any]:
    client = stepwire_client("dynamodb")
    client.create_table(
        TableName=TABLE,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    yield client
    client.delete_table(TableName=TABLE)


def call(client: Any, operation: str, body: str) -> tuple[int, str, str]:
    """The status, the error's code and its message."""
    answer = httpx.post(
        client.meta.endpoint_url,
        content=body,
        headers={
            "X-Amz-Target": f"DynamoDB_20120810.{operation}",
            "Content-Type": "application/x-amz-json-1.0",
            "Authorization": "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1"
            "/dynamodb/aws4_request, SignedHeaders=host, Signature=none",
        },
        timeout=60,
    )
    error = answer.json()
    return answer.status_code, error.get("__type", ""), error.get("message", "")


def requests(value: Any) -> dict[str, dict[str, Any]]:
    """A request of each kind that has the value."""
    item = {**KEY, "x": value}
    values = {":v": value}
    return {
        "PutItem": {"TableName": TABLE, "Item": item},
        "UpdateItem": {
            "TableName": TABLE,
            "Key": KEY,
            "UpdateExpression": "SET x = :v",
            "ExpressionAttributeValues": values,
        },
        "Scan": {
            "TableName": TABLE,
            "FilterExpression": "x = :v",
            "ExpressionAttributeValues": values,
        },
        "BatchWriteItem": {"RequestItems": {TABLE: [{"PutRequest": {"Item": item}}]}},
        "TransactWriteItems": {
            "TransactItems": [{"Put": {"TableName": TABLE, "Item": item}}]
        },
        "ExecuteStatement": {
            "Statement": f'SELECT * FROM "{TABLE}" WHERE id = ?',
            "Parameters": [value],
        },
    }


@pytest.mark.parametrize("value", WRONG_JSON, ids=json.dumps)
def test_a_value_in_json_of_another_type_is_refused(client: Any, value: Any) -> None:
    client.put_item(TableName=TABLE, Item=KEY)
    for operation, request in requests(value).items():
        status, code, message = call(client, operation, json.dumps(request))
        assert (operation, status, code) == (operation, 400, "SerializationException")
        assert message
    assert client.scan(TableName=TABLE)["Items"] == [KEY]


def test_the_words_for_a_number_are_dynamodbs(client: Any) -> None:
    body = json.dumps(requests({"N": 1})["PutItem"])
    assert call(client, "PutItem", body)[2] == (
        "NUMBER_VALUE cannot be converted to String"
    )


@pytest.mark.parametrize("value", [None, {"S": None}, {"X": "a"}, {}], ids=json.dumps)
def test_a_value_of_no_type_is_refused(client: Any, value: Any) -> None:
    for operation, request in requests(value).items():
        status, code, message = call(client, operation, json.dumps(request))
        assert (operation, status, code) == (operation, 400, "ValidationException")
        assert "Supplied AttributeValue is empty" in message


@pytest.mark.parametrize(
    "body",
    ["{", "[]", "3", '"x"', '{"TableName": "t", "Key": []}']
    + [
        f'{{"TableName": "{TABLE}", "Key": {{"id": {"[" * depth}{"]" * depth}}}}}'
        for depth in (1, 5_000)
    ],
    ids=lambda body: body[:40],
)
def test_what_is_not_the_operations_json_is_refused(client: Any, body: str) -> None:
    assert call(client, "GetItem", body)[:2] == (400, "SerializationException")


CONDITIONS = {
    "": "The expression can not be empty;",
    "id =": "Syntax error; ",
    "attribute_exists(": "Syntax error; ",
    "id = :v OR OR id = :v": "Syntax error; ",
    "#name = :v": "An expression attribute name used in the document path is not "
    "defined; attribute name: #name",
    "id = :w": "An expression attribute value used in expression is not defined; "
    "attribute value: :w",
    f"id = :v{' AND id = :v' * 400}": "Expression size has exceeded the maximum "
    "allowed size; expression size: 4807",
    "((id = :v))": "The expression has redundant parentheses;",
    f"{'(' * 1500}id = :v{')' * 1500}": "The expression has redundant parentheses;",
}


@pytest.mark.parametrize(
    ("condition", "problem"), CONDITIONS.items(), ids=lambda text: text[:40]
)
def test_a_condition_that_cannot_be_read_is_refused(
    client: Any, condition: str, problem: str
) -> None:
    client.put_item(TableName=TABLE, Item=KEY)
    values = {":v": {"S": "order"}}
    put = {
        "TableName": TABLE,
        "Item": {**KEY, "x": {"S": "written"}},
        "ConditionExpression": condition,
        "ExpressionAttributeValues": values,
    }
    scan = {
        "TableName": TABLE,
        "FilterExpression": condition,
        "ExpressionAttributeValues": values,
    }
    for operation, request, name in (
        ("PutItem", put, "ConditionExpression"),
        (
            "TransactWriteItems",
            {"TransactItems": [{"Put": put}]},
            "ConditionExpression",
        ),
        ("Scan", scan, "FilterExpression"),
    ):
        status, code, message = call(client, operation, json.dumps(request))
        assert (operation, status, code) == (operation, 400, "ValidationException")
        assert message.startswith(f"Invalid {name}: {problem}")
    assert client.scan(TableName=TABLE)["Items"] == [KEY]


UNEVALUATED = {
    "KeyConditionExpression": ["id = :v OR OR id = :v", "size(id) = :v"],
    "FilterExpression": ["size(id) > :v"],
}


@pytest.mark.parametrize(
    ("name", "expression"),
    [(name, text) for name, texts in UNEVALUATED.items() for text in texts],
    ids=lambda text: text[:40],
)
def test_an_expression_that_cannot_be_evaluated_is_the_senders_fault(
    client: Any, name: str, expression: str
) -> None:
    client.put_item(TableName=TABLE, Item=KEY)
    request = {
        "TableName": TABLE,
        "KeyConditionExpression": "id = :v",
        name: expression,
        "ExpressionAttributeValues": {":v": {"S": "order"}},
    }
    status, error, message = call(client, "Query", json.dumps(request))
    assert (status, error) == (400, "ValidationException")
    assert name in message
