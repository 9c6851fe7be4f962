"""DynamoDB on the emulator: a write happens whole, or not at all and says why."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from botocore.exceptions import ClientError

from tests.emulator.tables import create_orders

TABLE = "emulator-writes"
KILOBYTE = 1024

ORDER = {
    "id": {"S": "order"},
    "status": {"S": "waiting"},
    "note": {"S": "text"},
    "amount": {"N": "12.5"},
    "labels": {"SS": ["a", "b"]},
    "parts": {"L": [{"S": "first"}]},
    "customer": {"M": {"name": {"S": "Ada"}}},
}


@dataclasses.dataclass(frozen=True)
class Refusal:
    """An update that DynamoDB refuses, after or before an action that it could do."""

    action: str
    values: dict[str, Any] = dataclasses.field(default_factory=dict)
    words: str = ""
    code: str = "ValidationException"


PATH = "The document path provided in the update expression is invalid for update"
TYPE = "An operand in the update expression has an incorrect data type"
LARGE = "Item size to update has exceeded the maximum allowed size"
deep: dict[str, Any] = {"S": "bottom"}
for _ in range(40):
    deep = {"L": [deep]}

REFUSALS = {
    "item above 400 KB": Refusal(
        "SET big = :v", {":v": {"S": "x" * 400 * KILOBYTE}}, LARGE
    ),
    "ADD of a number to a string": Refusal("ADD note :v", {":v": {"N": "1"}}, TYPE),
    "ADD of a number to a map": Refusal("ADD customer :v", {":v": {"N": "1"}}, TYPE),
    "ADD of numbers to a set of strings": Refusal(
        "ADD labels :v", {":v": {"NS": ["1"]}}, TYPE
    ),
    "ADD of a string": Refusal(
        "ADD amount :v", {":v": {"S": "1"}}, "Incorrect operand type"
    ),
    "DELETE from a string": Refusal("DELETE note :v", {":v": {"SS": ["a"]}}, TYPE),
    "DELETE of a string": Refusal(
        "DELETE labels :v", {":v": {"S": "a"}}, "Incorrect operand type"
    ),
    "SET in a string": Refusal("SET note.a = :v", {":v": {"S": "x"}}, PATH),
    "SET in a number": Refusal("SET amount.a = :v", {":v": {"S": "x"}}, PATH),
    "SET in a list by name": Refusal("SET parts.a = :v", {":v": {"S": "x"}}, PATH),
    "SET in a map by number": Refusal("SET customer[0] = :v", {":v": {"S": "x"}}, PATH),
    "SET in nothing": Refusal("SET nowhere.a = :v", {":v": {"S": "x"}}, PATH),
    "REMOVE from a string": Refusal("REMOVE note.a", {}, PATH),
    "REMOVE from nothing": Refusal("REMOVE nowhere.a", {}, PATH),
    "ADD in a string": Refusal("ADD note.a :v", {":v": {"N": "1"}}, PATH),
    "DELETE in a string": Refusal("DELETE note.a :v", {":v": {"SS": ["a"]}}, PATH),
    "sum with a string": Refusal("SET amount = amount + :v", {":v": {"S": "1"}}),
    "sum of a string": Refusal("SET amount = note + :v", {":v": {"N": "1"}}),
    "sum of nothing": Refusal("SET amount = nowhere + :v", {":v": {"N": "1"}}),
    "sum above the largest number": Refusal(
        "SET amount = :v + :v", {":v": {"N": "9" * 38 + "E+88"}}, "Number overflow"
    ),
    "list_append to a string": Refusal(
        "SET parts = list_append(note, :v)", {":v": {"L": []}}
    ),
    "list_append of a string": Refusal(
        "SET parts = list_append(parts, :v)", {":v": {"S": "x"}}
    ),
    "copy of nothing": Refusal("SET note = nowhere"),
    "a key attribute": Refusal(
        "SET id = :v", {":v": {"S": "other"}}, "This attribute is part of the key"
    ),
    "an index key of another type": Refusal("SET #status = :v", {":v": {"N": "1"}}),
    "an empty index key": Refusal("SET #status = :v", {":v": {"S": ""}}),
    "two paths that overlap": Refusal(
        "SET customer = :v, customer.a = :v", {":v": {"M": {}}}
    ),
    "an empty set of strings": Refusal(
        "SET labels = :v", {":v": {"SS": []}}, "may not be empty"
    ),
    "an empty set of numbers": Refusal(
        "SET labels = :v", {":v": {"NS": []}}, "may not be empty"
    ),
    "an empty set of bytes": Refusal(
        "SET labels = :v", {":v": {"BS": []}}, "should not be empty"
    ),
    "a set with a member twice": Refusal(
        "SET labels = :v", {":v": {"SS": ["a", "a"]}}, "contains duplicates"
    ),
    "a set with a number twice": Refusal(
        "SET labels = :v", {":v": {"NS": ["1", "1.0"]}}, "contains duplicates"
    ),
    "a number of 39 digits": Refusal(
        "SET amount = :v", {":v": {"N": "1" * 39}}, "more than 38 significant digits"
    ),
    "a number that is too small": Refusal(
        "SET amount = :v", {":v": {"N": "1E-131"}}, "Number underflow"
    ),
    "a number that is none": Refusal(
        "SET amount = :v", {":v": {"N": "NaN"}}, "cannot be converted to a numeric"
    ),
    "NULL that is false": Refusal(
        "SET note = :v", {":v": {"NULL": False}}, "must have the value of true"
    ),
    "a value without a type": Refusal("SET note = :v", {":v": {}}, "is empty"),
    "a value of two types": Refusal(
        "SET note = :v", {":v": {"S": "x", "N": "1"}}, "more than one datatypes"
    ),
    "a value of 41 levels": Refusal("SET note = :v", {":v": deep}, "Nesting Levels"),
    "half of a surrogate pair": Refusal(
        "SET note = :v", {":v": {"S": "\ud83d"}}, code="SerializationException"
    ),
    "half of a surrogate pair in a name": Refusal(
        "SET customer = :v",
        {":v": {"M": {"\udc00": {"S": "x"}}}},
        code="SerializationException",
    ),
    "an unused value": Refusal(
        "SET note = :v", {":v": {"S": "x"}, ":w": {"S": "x"}}, "unused in expressions"
    ),
    "no such value": Refusal("SET note = :w", {":v": {"S": "x"}}),
    "no expression": Refusal("LET note = :v", {":v": {"S": "x"}}),
}


@pytest.fixture(scope="module")
def client(stepwire_client: Any) -> Iterator[Any]:
    client = stepwire_client("dynamodb")
    create_orders(client, TABLE)
    yield client
    client.delete_table(TableName=TABLE)


@pytest.fixture
def order(client: Any) -> Any:
    """An order that waits."""
    for key in ("before", "after"):
        client.delete_item(TableName=TABLE, Key={"id": {"S": key}})
    client.put_item(TableName=TABLE, Item=ORDER)
    return client


def call(client: Any, operation: str, request: dict[str, Any]) -> httpx.Response:
    """A request that botocore itself would not send, in the form of DynamoDB."""
    return httpx.post(
        client.meta.endpoint_url,
        content=json.dumps(request),
        headers={
            "X-Amz-Target": f"DynamoDB_20120810.{operation}",
            "Content-Type": "application/x-amz-json-1.0",
            "Authorization": "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1"
            "/dynamodb/aws4_request, SignedHeaders=host, Signature=none",
        },
        timeout=60,
    )


def update(refusal: Refusal, key: str) -> dict[str, Any]:
    """A decision, and in the same update what is refused."""
    action, _, rest = refusal.action.partition(" ")
    expression = "SET decided = :decided"
    expression += f", {rest}" if action == "SET" else f" {refusal.action}"
    request: dict[str, Any] = {
        "TableName": TABLE,
        "Key": {"id": {"S": key}},
        "UpdateExpression": expression,
        "ExpressionAttributeValues": {":decided": {"S": "yes"}, **refusal.values},
    }
    if "#status" in expression:
        request["ExpressionAttributeNames"] = {"#status": "status"}
    return request


def stored(client: Any, key: str = "order") -> Any:
    request = {"TableName": TABLE, "Key": {"id": {"S": key}}, "ConsistentRead": True}
    item = client.get_item(**request).get("Item")
    if item and "labels" in item:
        item["labels"]["SS"].sort()
    return item


def refused_with(response: httpx.Response) -> tuple[str, str]:
    error = response.json()
    code = error["__type"].rpartition("#")[2]
    return code, error.get("message") or error.get("Message") or ""


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS)
def test_a_refused_update_leaves_the_item_as_it_was(
    order: Any, refusal: Refusal
) -> None:
    response = call(order, "UpdateItem", update(refusal, "order"))
    code, message = refused_with(response)
    assert (response.status_code, code) == (400, refusal.code), message
    assert refusal.words in message
    assert stored(order) == ORDER


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS)
def test_a_refused_transaction_leaves_every_item_as_it_was(
    order: Any, refusal: Refusal
) -> None:
    response = call(
        order,
        "TransactWriteItems",
        {
            "TransactItems": [
                {"Put": {"TableName": TABLE, "Item": {"id": {"S": "before"}}}},
                {"Update": update(refusal, "order")},
                {"Put": {"TableName": TABLE, "Item": {"id": {"S": "after"}}}},
            ]
        },
    )
    assert response.status_code == 400, response.text
    assert [stored(order, key) for key in ("before", "order", "after")] == [
        None,
        ORDER,
        None,
    ]


# Where there is no item, its attributes have no type that an operand could miss.
WITHOUT_ITEM = {name: case for name, case in REFUSALS.items() if case.words != TYPE}


@pytest.mark.parametrize("refusal", WITHOUT_ITEM.values(), ids=WITHOUT_ITEM)
def test_a_refused_update_makes_no_item(client: Any, refusal: Refusal) -> None:
    response = call(client, "UpdateItem", update(refusal, "none"))
    assert response.status_code == 400, response.text
    assert stored(client, "none") is None


@pytest.mark.parametrize(
    ("attributes", "words"),
    [
        ({"big": {"S": "x" * 400 * KILOBYTE}}, "Item size has exceeded the maximum"),
        ({"status": {"N": "1"}}, "Type mismatch for Index Key status"),
        ({"labels": {"SS": []}}, "may not be empty"),
        ({"amount": {"N": "1" * 39}}, "more than 38 significant digits"),
        ({"id": {"N": "1"}}, "Type mismatch for key id"),
        ({"note": {"S": "\ud83d"}}, "surrogate"),
    ],
    ids=["too large", "index key", "empty set", "39 digits", "key", "surrogate"],
)
@pytest.mark.parametrize("operation", ["PutItem", "BatchWriteItem"])
def test_a_refused_put_leaves_the_item_as_it_was(
    order: Any, operation: str, attributes: dict[str, Any], words: str
) -> None:
    item = {**ORDER, **attributes}
    if operation == "PutItem":
        request: dict[str, Any] = {"TableName": TABLE, "Item": item}
    else:
        first = {"PutRequest": {"Item": {"id": {"S": "before"}}}}
        puts = [first, {"PutRequest": {"Item": item}}]
        request = {"RequestItems": {TABLE: puts}}
    response = call(order, operation, request)
    assert response.status_code == 400, response.text
    assert words in refused_with(response)[1]
    assert stored(order) == ORDER
    assert stored(order, "before") is None


@pytest.mark.parametrize(
    "key",
    [
        {},
        {"id": {"N": "1"}},
        {"id": {"S": ""}},
        {"status": {"S": "waiting"}},
        {"id": {"S": "order"}, "status": {"S": "waiting"}},
    ],
    ids=["none", "type", "empty", "index", "more"],
)
@pytest.mark.parametrize("operation", ["get_item", "update_item", "delete_item"])
def test_a_key_is_the_key_of_the_table(
    order: Any, operation: str, key: dict[str, Any]
) -> None:
    with pytest.raises(ClientError, match="ValidationException"):
        getattr(order, operation)(TableName=TABLE, Key=key)
    assert stored(order) == ORDER


@pytest.mark.parametrize("kind", ["S", "M", "B"])
def test_an_item_may_have_400_kilobytes_and_no_byte_more(
    client: Any, kind: str
) -> None:
    # Names count: id, large and text and more.
    rest = len("idlarge") + len("large")
    values: dict[str, Any] = {"S": lambda size: {"S": "x" * size}}
    values["B"] = lambda size: {"B": b"x" * size}
    # A map has 3 bytes, an entry 1, and its name.
    values["M"] = lambda size: {"M": {"text": {"S": "x" * (size - 3 - 1 - 4)}}}
    item = {"id": {"S": "large"}, "large": values[kind](400 * KILOBYTE - rest)}
    client.put_item(TableName=TABLE, Item=item)
    assert stored(client, "large") == item
    item["large"] = values[kind](400 * KILOBYTE - rest + 1)
    with pytest.raises(ClientError, match="Item size has exceeded"):
        client.put_item(TableName=TABLE, Item=item)


def test_what_an_update_reads_is_the_item_as_it_was(order: Any) -> None:
    order.update_item(
        TableName=TABLE,
        Key={"id": {"S": "order"}},
        UpdateExpression="SET copied = id, twin = customer, amount = amount - :small",
        ExpressionAttributeValues={":small": {"N": "12.4"}},
    )
    order.update_item(
        TableName=TABLE,
        Key={"id": {"S": "order"}},
        UpdateExpression="SET twin.age = :age",
        ExpressionAttributeValues={":age": {"N": "36"}},
    )
    item = stored(order)
    assert item["copied"] == {"S": "order"}
    assert item["amount"] == {"N": "0.1"}
    assert item["twin"] == {"M": {"name": {"S": "Ada"}, "age": {"N": "36"}}}
    assert item["customer"] == ORDER["customer"]


def test_attribute_updates_do_what_expressions_do(order: Any) -> None:
    def change(name: str, action: str, value: Any = None) -> None:
        update = {"Action": action, **({"Value": value} if value else {})}
        order.update_item(
            TableName=TABLE,
            Key={"id": {"S": "order"}},
            AttributeUpdates={name: update},
        )

    change("status", "PUT", {"S": "done"})
    change("paid", "PUT", {"BOOL": True})
    change("bytes", "PUT", {"B": b"\x00"})
    change("amount", "ADD", {"N": "1"})
    change("labels", "ADD", {"SS": ["c"]})
    change("labels", "DELETE", {"SS": ["a"]})
    change("note", "DELETE")
    expected = {
        **ORDER,
        "status": {"S": "done"},
        "paid": {"BOOL": True},
        "bytes": {"B": b"\x00"},
        "amount": {"N": "13.5"},
        "labels": {"SS": ["b", "c"]},
    }
    del expected["note"]
    assert stored(order) == expected
    for name, action, value in (
        ("status", "ADD", {"N": "1"}),
        ("amount", "ADD", {"S": "1"}),
        ("labels", "DELETE", {"NS": ["1"]}),
        ("id", "PUT", {"S": "other"}),
        ("amount", "PUT", None),
    ):
        with pytest.raises(ClientError, match="ValidationException"):
            change(name, action, value)
    assert stored(order) == expected


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("1.10", "1.1"),
        ("007", "7"),
        ("1E3", "1000"),
        ("-0", "0"),
        ("0.000", "0"),
        ("1" * 38, "1" * 38),
        ("1E-130", "0." + "0" * 129 + "1"),
    ],
)
def test_a_number_has_one_form(client: Any, sent: str, kept: str) -> None:
    item = {"id": {"S": "number"}, "number": {"N": sent}, "set": {"NS": [sent]}}
    client.put_item(TableName=TABLE, Item=item)
    item = stored(client, "number")
    assert (item["number"], item["set"]) == ({"N": kept}, {"NS": [kept]})


def test_a_transaction_is_done_once_with_a_token(client: Any) -> None:
    request = {
        "ClientRequestToken": "once",
        "TransactItems": [
            {
                "Update": {
                    "TableName": TABLE,
                    "Key": {"id": {"S": "counted"}},
                    "UpdateExpression": "ADD amount :one",
                    "ExpressionAttributeValues": {":one": {"N": "1"}},
                }
            }
        ],
    }
    for _ in range(3):
        client.transact_write_items(**request)
    assert stored(client, "counted")["amount"] == {"N": "1"}
    delete = {"Delete": {"TableName": TABLE, "Key": {"id": {"S": "counted"}}}}
    with pytest.raises(ClientError, match="IdempotentParameterMismatchException"):
        client.transact_write_items(ClientRequestToken="once", TransactItems=[delete])


def test_a_transaction_tells_which_action_was_refused(order: Any) -> None:
    with pytest.raises(order.exceptions.TransactionCanceledException) as raised:
        order.transact_write_items(
            TransactItems=[
                {"Put": {"TableName": TABLE, "Item": {"id": {"S": "fine"}}}},
                {"Update": update(REFUSALS["SET in a string"], "order")},
                {
                    "Delete": {
                        "TableName": TABLE,
                        "Key": {"id": {"S": "large"}},
                        "ConditionExpression": "attribute_exists(nothing)",
                        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
                    }
                },
            ]
        )
    reasons = raised.value.response["CancellationReasons"]
    codes = [reason["Code"] for reason in reasons]
    assert codes == ["None", "ValidationError", "ConditionalCheckFailed"]
    assert reasons[1]["Message"] == PATH
