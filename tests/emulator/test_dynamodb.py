"""DynamoDB on the emulator: conditions, transactions, and what Terraform reads back."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from stepwire import aws
from stepwire.emulator import Emulator, server
from stepwire.terraform import Terraform
from tests import launcher
from tests.emulator.tables import create_orders
from tests.scale import at_scale

THREADS = 32
TABLE = "emulator-orders"


# Threads of LocalStack's process take turns much more often than they do by default,
# so that what can go wrong between two of them does.
HURRY = """
import sys
sys.setswitchinterval(1e-6)
"""


@pytest.fixture(scope="module")
def client(stepwire_client: Any) -> Iterator[Any]:
    client = stepwire_client("dynamodb")
    create_orders(client, TABLE)
    yield client
    client.delete_table(TableName=TABLE)


@pytest.fixture(scope="module")
def hurried(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A client of an emulator whose threads switch all the time."""
    folder = tmp_path_factory.mktemp("hurry")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(server, "LAUNCHER", launcher.with_code(folder, HURRY))
        emulator = Emulator()
        emulator.start()
    with emulator:
        client = aws.client("dynamodb", emulator.environment())
        create_orders(client, TABLE)
        yield client


def order(order_id: str, status: str = "pending") -> dict[str, Any]:
    return {"id": {"S": order_id}, "status": {"S": status}}


def claim(order_id: str, **more: Any) -> dict[str, Any]:
    """An update that only one caller may win."""
    return {
        "TableName": TABLE,
        "Key": {"id": {"S": order_id}},
        "UpdateExpression": "SET #status = :decided",
        "ConditionExpression": "#status = :pending",
        "ExpressionAttributeNames": {"#status": "status"},
        "ExpressionAttributeValues": {
            ":decided": {"S": "decided"},
            ":pending": {"S": "pending"},
        },
        **more,
    }


def winners(call: Callable[[], Any], *refusals: type[Exception]) -> int:
    """How many of many calls at once were not refused."""

    def attempt(_index: int) -> bool:
        try:
            call()
        except refusals:
            return False
        return True

    with ThreadPoolExecutor(THREADS) as threads:
        return sum(threads.map(attempt, range(THREADS)))


@pytest.mark.parametrize("turn", range(10))
def test_of_many_conditional_updates_exactly_one_wins(hurried: Any, turn: int) -> None:
    hurried.put_item(TableName=TABLE, Item=order(f"update-{turn}"))
    refused = hurried.exceptions.ConditionalCheckFailedException
    request = claim(f"update-{turn}")
    assert winners(lambda: hurried.update_item(**request), refused) == 1


@pytest.mark.parametrize("turn", range(10))
def test_of_many_conditional_puts_exactly_one_wins(hurried: Any, turn: int) -> None:
    request = {
        "TableName": TABLE,
        "Item": order(f"put-{turn}"),
        "ConditionExpression": "attribute_not_exists(id)",
    }
    refused = hurried.exceptions.ConditionalCheckFailedException
    assert winners(lambda: hurried.put_item(**request), refused) == 1


@pytest.mark.parametrize("turn", range(10))
def test_of_many_transactions_exactly_one_wins(hurried: Any, turn: int) -> None:
    put = {
        "TableName": TABLE,
        "Item": order(f"transaction-{turn}"),
        "ConditionExpression": "attribute_not_exists(id)",
    }
    refused = hurried.exceptions.TransactionCanceledException
    write = hurried.transact_write_items
    assert winners(lambda: write(TransactItems=[{"Put": put}]), refused) == 1


def test_no_addition_is_lost(hurried: Any) -> None:
    request = {
        "TableName": TABLE,
        "Key": {"id": {"S": "counter"}},
        "UpdateExpression": "ADD amount :one",
        "ExpressionAttributeValues": {":one": {"N": "1"}},
    }
    for _ in range(10):
        assert winners(lambda: hurried.update_item(**request)) == THREADS
    item = hurried.get_item(TableName=TABLE, Key={"id": {"S": "counter"}})["Item"]
    assert item["amount"] == {"N": str(10 * THREADS)}


WORKERS = 16
ACCOUNTS = 4
BALANCE = 1000


def decide(order_id: str, worker: int, **more: Any) -> dict[str, Any]:
    """A decision on an order, counted, that only one worker may make."""
    return {
        "TableName": TABLE,
        "Key": {"id": {"S": order_id}},
        "UpdateExpression": "SET #status = :processing, decided_by = :worker"
        " ADD decisions :one",
        "ConditionExpression": "#status = :pending",
        "ExpressionAttributeNames": {"#status": "status"},
        "ExpressionAttributeValues": {
            ":processing": {"S": "processing"},
            ":pending": {"S": "pending"},
            ":worker": {"N": str(worker)},
            ":one": {"N": "1"},
        },
        **more,
    }


def refused_decisions(order_id: str, worker: int) -> Iterator[dict[str, Any]]:
    """Decisions without an author, each of which is refused at its second action."""
    request = decide(order_id, worker)
    values = request["ExpressionAttributeValues"]
    del values[":worker"], request["ConditionExpression"], values[":pending"]
    for action in ("ADD note :one", "SET note.a = :one", "SET id = :one"):
        word, _, rest = action.partition(" ")
        joined = f", {rest}" if word == "SET" else f" {action}"
        expression = f"SET #status = :processing{joined}"
        yield {**request, "UpdateExpression": expression}


def transfer(source: int, target: int) -> list[dict[str, Any]]:
    """Moves one from an account to another, together or not at all."""

    def change(account: int, amount: int) -> dict[str, Any]:
        return {
            "Update": {
                "TableName": TABLE,
                "Key": {"id": {"S": f"account-{account}"}},
                "UpdateExpression": "ADD balance :amount",
                "ExpressionAttributeValues": {":amount": {"N": str(amount)}},
            }
        }

    return [change(source, -1), change(target, 1)]


@pytest.mark.slow
def test_among_refused_updates_every_order_is_decided_once(hurried: Any) -> None:
    orders = [f"decided-{number}" for number in range(at_scale(6, 60))]
    for name in orders:
        item = {**order(name), "note": {"S": "text"}}
        hurried.put_item(TableName=TABLE, Item=item)
    for account in range(ACCOUNTS):
        item = {"id": {"S": f"account-{account}"}, "balance": {"N": str(BALANCE)}}
        hurried.put_item(TableName=TABLE, Item=item)
    refused = hurried.exceptions.ConditionalCheckFailedException
    cancelled = hurried.exceptions.TransactionCanceledException

    def work(worker: int) -> int:
        choice = random.Random(worker)
        decided = 0
        for name in choice.sample(orders, len(orders)):
            for request in refused_decisions(name, worker):
                with pytest.raises(ClientError, match="ValidationException"):
                    hurried.update_item(**request)
            source, target = choice.sample(range(ACCOUNTS), 2)
            hurried.transact_write_items(TransactItems=transfer(source, target))
            check = {
                "TableName": TABLE,
                "Key": {"id": {"S": name}},
                "ConditionExpression": "#status = :never",
                "ExpressionAttributeNames": {"#status": "status"},
                "ExpressionAttributeValues": {":never": {"S": "never"}},
            }
            with pytest.raises(cancelled):
                hurried.transact_write_items(
                    TransactItems=[
                        *transfer(source, target),
                        {"ConditionCheck": check},
                    ]
                )
            try:
                hurried.update_item(**decide(name, worker))
            except refused:
                continue
            decided += 1
        return decided

    with ThreadPoolExecutor(WORKERS) as threads:
        assert sum(threads.map(work, range(WORKERS))) == len(orders)
    for name in orders:
        item = hurried.get_item(TableName=TABLE, Key={"id": {"S": name}})["Item"]
        assert item["decisions"] == {"N": "1"}
        assert item["status"] == {"S": "processing"}
        assert "decided_by" in item
        assert item["note"] == {"S": "text"}
    balances = [
        hurried.get_item(TableName=TABLE, Key={"id": {"S": f"account-{account}"}})
        for account in range(ACCOUNTS)
    ]
    total = sum(int(found["Item"]["balance"]["N"]) for found in balances)
    assert total == ACCOUNTS * BALANCE


@pytest.mark.parametrize("operation", ["put_item", "update_item", "delete_item"])
def test_a_failed_condition_shows_the_item(client: Any, operation: str) -> None:
    client.put_item(TableName=TABLE, Item=order(operation, "approved"))
    request = claim(operation, ReturnValuesOnConditionCheckFailure="ALL_OLD")
    if operation != "update_item":
        del request["UpdateExpression"]
        del request["ExpressionAttributeValues"][":decided"]
    if operation == "put_item":
        del request["Key"]
        request["Item"] = order(operation)
    with pytest.raises(client.exceptions.ConditionalCheckFailedException) as raised:
        getattr(client, operation)(**request)
    assert raised.value.response["Item"] == order(operation, "approved")


def test_a_failed_transaction_writes_nothing_and_says_why(client: Any) -> None:
    client.put_item(TableName=TABLE, Item=order("there"))
    check = {
        "TableName": TABLE,
        "Key": {"id": {"S": "there"}},
        "ConditionExpression": "attribute_not_exists(id)",
    }
    with pytest.raises(client.exceptions.TransactionCanceledException) as raised:
        client.transact_write_items(
            TransactItems=[
                {"Put": {"TableName": TABLE, "Item": order("never")}},
                {"ConditionCheck": check},
            ]
        )
    reasons = [
        reason["Code"] for reason in raised.value.response["CancellationReasons"]
    ]
    assert reasons == ["None", "ConditionalCheckFailed"]
    assert "Item" not in client.get_item(TableName=TABLE, Key={"id": {"S": "never"}})


def test_an_update_tells_only_what_it_was_asked(client: Any) -> None:
    client.put_item(TableName=TABLE, Item=order("quiet"))
    response = client.update_item(**claim("quiet"))
    assert response.keys() == {"ResponseMetadata"}


def test_an_index_is_queried(client: Any) -> None:
    client.put_item(TableName=TABLE, Item=order("indexed", "shipped"))
    found = client.query(
        TableName=TABLE,
        IndexName="by-status",
        KeyConditionExpression="#status = :status",
        ExpressionAttributeNames={"#status": "status"},
        ExpressionAttributeValues={":status": {"S": "shipped"}},
    )
    assert found["Items"] == [order("indexed", "shipped")]


TABLES = """
variable "second" {
  type = bool
}

resource "aws_kms_key" "tables" {}

resource "aws_dynamodb_table" "own_key" {
  name                        = "emulator-own-key"
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = "id"
  deletion_protection_enabled = !var.second

  attribute {
    name = "id"
    type = "S"
  }

  point_in_time_recovery {
    enabled                 = !var.second
    recovery_period_in_days = var.second ? null : 7
  }

  server_side_encryption {
    enabled     = true
    kms_key_arn = var.second ? null : aws_kms_key.tables.arn
  }

  ttl {
    enabled        = !var.second
    attribute_name = "expires_at"
  }

  tags = { second = var.second }
}

resource "aws_dynamodb_table" "aws_key" {
  name         = "emulator-aws-key"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"

  attribute {
    name = "id"
    type = "S"
  }

  point_in_time_recovery {
    enabled = true
  }

  dynamic "server_side_encryption" {
    for_each = var.second ? [] : [1]
    content {
      enabled = true
    }
  }
}

resource "aws_dynamodb_table" "indexed" {
  name             = "emulator-indexed"
  billing_mode     = var.second ? "PAY_PER_REQUEST" : "PROVISIONED"
  read_capacity    = var.second ? null : 5
  write_capacity   = var.second ? null : 5
  hash_key         = "id"
  range_key        = "at"
  table_class      = var.second ? "STANDARD" : "STANDARD_INFREQUENT_ACCESS"
  stream_enabled   = !var.second
  stream_view_type = var.second ? null : "NEW_IMAGE"

  dynamic "attribute" {
    for_each = { id = "S", at = "N", status = "S" }
    content {
      name = attribute.key
      type = attribute.value
    }
  }

  local_secondary_index {
    name            = "by-status"
    range_key       = "status"
    projection_type = "KEYS_ONLY"
  }

  global_secondary_index {
    name               = "all-status"
    hash_key           = "status"
    range_key          = "at"
    projection_type    = "INCLUDE"
    non_key_attributes = ["amount"]
    read_capacity      = var.second ? null : 2
    write_capacity     = var.second ? null : 2
  }

  tags = { stage = var.second ? "second" : "first" }
}
"""


@pytest.mark.extended
def test_terraform_reads_back_what_it_wrote(
    stepwire_emulator: Any, tmp_path: Path
) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (root / "main.tf").write_text(TABLES)
    terraform = Terraform(root, environment=stepwire_emulator.environment())
    try:
        for variables in ({"second": False}, {"second": True}):
            terraform.apply(variables)
            plan = terraform.plan(variables)
            assert plan.is_empty, plan.changes
    finally:
        terraform.apply({"second": True})
        terraform.destroy()
